"""Planned arrivals: their curves, their minutes, the days they make, and their pages."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.crowd import actions, queries, rules
from anlan.domains.crowd.models import PlannedArrivals
from anlan.kit.actions import Refused
from anlan.kit.models import Change

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Shanghai
EVE = date(2026, 12, 31)
MINUTES = st.integers(0, 95).map(lambda quarter: quarter * 15)


def words(**more):
    return {
        "name": "跨年倒计时", "held_on": EVE, "starts_at": time(20, 0), "ends_at": time(0, 30), "shape": "even",
        "persons": 1801, "approval_number": "示公许〔2026〕12号",
    } | more  # fmt: skip


@pytest.fixture
def planned(town):
    return actions.plan_arrivals(town.square, by=town.gardener, now=NOW, **words()).subject


# ── curves ──────────────────────────────────────────────────────────────────────────────────────


@given(st.sampled_from(["before_start", "even", "toward_end"]), st.integers(1, 500_000), MINUTES, MINUTES)
def test_a_shape_brings_everyone_and_nobody_twice(shape, persons, starts_min, ends_min):
    curve = rules.shape_curve(shape, persons, starts_min=starts_min, ends_min=ends_min)
    assert sum(n for _minute, n in curve) == persons
    assert all(minute % 15 == 0 and n > 0 for minute, n in curve)
    assert len({minute for minute, _n in curve}) == len(curve)


def test_people_come_before_the_start_or_gather_towards_the_end():
    before = dict(rules.shape_curve("before_start", 1000, starts_min=1200, ends_min=1320))
    assert (min(before), max(before)) == (1080, 1215) and max(before, key=before.get) in {1155, 1170}
    toward = rules.shape_curve("toward_end", 1000, starts_min=1200, ends_min=30)
    assert [n for _minute, n in toward] == sorted(n for _minute, n in toward) and toward[-1][0] == 1455


@pytest.mark.parametrize(
    ("text", "curve"),
    [
        ("19:00 300\n19:15 500", [[1140, 300], [1155, 500]]),
        ("19:00=300; 19:15，500", [[1140, 300], [1155, 500]]),
        ("23：45 10\n00:15 20", [[1425, 10], [1455, 20]]),  # after midnight
        ("24:00 5", [[1440, 5]]),
    ],
)
def test_a_written_curve_is_read(text, curve):
    assert rules.read_curve(text, starts_min=1200, ends_min=30) == (curve, None)
    assert rules.read_curve(rules.say_curve(curve), starts_min=1200, ends_min=30)[0] == curve


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "合计"), ("19:00 0", "合计"), ("19:07 3", "19:07"), ("19:00 3\n19:00 4", "两次"), ("19时 3", "19时 3"),
        ("03:00 5", "03:00"), ("19:00 -5", "读不懂"), ("99:00 5", "读不懂"),
    ],
)  # fmt: skip
def test_a_curve_that_makes_no_sense_is_refused_by_name(text, said):
    curve, refusal = rules.read_curve(text, starts_min=1200, ends_min=30)
    assert curve == [] and said in str(refusal)


# ── what the forecast asks ──────────────────────────────────────────────────────────────────────


def test_people_per_minute_sum_to_all_who_are_expected(town, planned):
    start = datetime(2026, 12, 31, 0, 0, tzinfo=UTC)
    rate = queries.planned_arrivals(town.square, start, start + timedelta(days=1))
    assert rate.shape == (1440,) and rate.sum() == pytest.approx(1801)
    first = np.flatnonzero(rate)[0]
    assert first == 12 * 60  # 20:00 in Shanghai is 12:00 UTC
    assert np.flatnonzero(rate)[-1] == 12 * 60 + 270 - 1
    cut = queries.planned_arrivals(town.square, start + timedelta(hours=13), start + timedelta(hours=14))
    assert cut == pytest.approx(rate[780:840])
    assert not queries.planned_arrivals(town.mall, start, start + timedelta(days=1)).any()
    assert queries.planned_arrivals(town.square, start, start).shape == (0,)


def test_the_minute_that_holds_the_start_is_the_first(town, planned):
    start = datetime(2026, 12, 31, 12, 0, 31, tzinfo=UTC)
    rate = queries.planned_arrivals(town.square, start, start + timedelta(minutes=2))
    assert len(rate) == 3 and rate[0] > 0


def test_two_gatherings_add_up_and_a_withdrawn_one_brings_nobody(town, planned):
    more = actions.plan_arrivals(
        town.square, by=town.gardener, now=NOW, **words(name="灯会", persons=900)
    ).subject
    span = (datetime(2026, 12, 31, 0, tzinfo=UTC), datetime(2027, 1, 1, 0, tzinfo=UTC))
    assert queries.planned_arrivals(town.square, *span).sum() == pytest.approx(2701)
    assert set(queries.arrivals_by_place(*span)) == {town.square.pk}
    actions.withdraw_arrivals(more, by=town.gardener, now=NOW, why="取消")
    assert queries.planned_arrivals(town.square, *span).sum() == pytest.approx(1801)


def test_the_date_is_a_gathering_day_of_that_place_only(town, planned):
    assert queries.gathering_days(town.square, EVE, EVE) == {EVE}
    kinds = [day.kind for day in queries.days_of(town.square, EVE - timedelta(days=1), EVE, today=NOW.date())]
    assert kinds == ["workday", "gathering"]
    assert queries.days_of(town.mall, EVE, EVE, today=NOW.date())[0].kind == "eve"
    actions.withdraw_arrivals(planned, by=town.gardener, now=NOW, why="取消")
    assert queries.days_of(town.square, EVE, EVE, today=NOW.date())[0].kind == "eve"


# ── actions ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": " "}, "名称"), ({"approval_number": ""}, "批准文号"), ({"persons": 0}, "5,000,000"),
        ({"persons": None}, "5,000,000"), ({"held_on": date(2030, 1, 1)}, "两年"), ({"shape": "own"}, "合计"),
        ({"shape": "own", "curve": "nonsense"}, "nonsense"),
    ],
)  # fmt: skip
def test_bad_words_are_refused(town, more, said):
    with pytest.raises(Refused, match=said):
        actions.plan_arrivals(town.square, by=town.gardener, now=NOW, **words(**more))
    assert not PlannedArrivals.objects.exists()


def test_nothing_is_counted_twice(town, planned):
    with pytest.raises(Refused, match="同名活动"):
        actions.plan_arrivals(town.square, by=town.gardener, now=NOW, **words(persons=5))
    other = actions.plan_arrivals(town.square, by=town.gardener, now=NOW, **words(name="灯会")).subject
    with pytest.raises(Refused, match="同名活动"):
        actions.change_arrivals(other, by=town.gardener, now=NOW, **words())
    actions.withdraw_arrivals(planned, by=town.gardener, now=NOW, why="重新登记")
    actions.plan_arrivals(town.square, by=town.gardener, now=NOW, **words())


def test_a_change_is_on_record_and_a_withdrawn_row_stays_as_it_is(town, planned):
    change = actions.change_arrivals(planned, by=town.gardener, now=NOW, **words(persons=900))
    assert (change.before["persons"], change.after["persons"]) == (1801, 900)
    with pytest.raises(Refused, match="没有需要保存"):
        actions.change_arrivals(planned, by=town.gardener, now=NOW, **words(persons=900))
    with pytest.raises(Refused, match="原因"):
        actions.withdraw_arrivals(planned, by=town.gardener, now=NOW, why=" ")
    actions.withdraw_arrivals(planned, by=town.gardener, now=NOW, why="取消")
    for act, more in ((actions.change_arrivals, words()), (actions.withdraw_arrivals, {"why": "再撤"})):
        with pytest.raises(Refused, match="已撤回"):
            act(planned, by=town.gardener, now=NOW, **more)
    assert Change.objects.of(planned).count() == 3


@pytest.mark.parametrize("who", ["reader", "trader", "keeper"])
def test_whoever_lacks_the_right_at_the_place_plans_nothing(town, who):
    with pytest.raises(Refused, match="权限"):
        actions.plan_arrivals(town.square, by=getattr(town, who), now=NOW, **words())


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def fill(**more):
    typed = words(held_on="2026-12-31", starts_at="20:00", ends_at="00:30") | {"curve": "", "note": ""}
    return typed | more


def test_a_gathering_is_entered_changed_and_withdrawn_on_its_pages(town, browse, noon):
    client = browse("gardener")
    answer = client.post("/crowd/arrivals/new/", fill(place=town.square.pk), follow=True)
    text = answer.content.decode()
    assert "1,801" in text and "示公许〔2026〕12号" in text and "data-points" in text
    row = PlannedArrivals.objects.get()
    assert "跨年倒计时" in client.get("/crowd/arrivals/").content.decode()
    assert "跨年倒计时" in client.get("/calendar/2026/").content.decode()
    client.post(f"/crowd/arrivals/{row.pk}/change/", fill(shape="own", persons="", curve="23:00 40"))
    row.refresh_from_db()
    assert (row.persons, row.curve) == (40, [[1380, 40]])
    client.post(f"/crowd/arrivals/{row.pk}/withdraw/", {"why": "天气"})
    assert "已撤回" in client.get(f"/crowd/arrivals/{row.pk}/").content.decode()
    assert client.get("/crowd/arrivals/?state=ahead").content.decode().count("跨年倒计时") == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"persons": ""}, "5,000,000"), ({"shape": "own"}, "合计"), ({"held_on": "2026-13-01"}, "日期"),
        ({"starts_at": "25:00"}, "时间"), ({"shape": "magic"}, "magic"), ({"place": "999"}, "选择"),
    ],
)  # fmt: skip
def test_the_form_says_what_is_wrong(town, browse, noon, more, said):
    text = browse("gardener").post("/crowd/arrivals/new/", fill(place=town.square.pk) | more).content.decode()
    assert said in text and not PlannedArrivals.objects.exists()


def test_the_curve_is_shown_before_it_is_kept(town, browse, noon):
    client = browse("gardener")
    told = client.post("/crowd/arrivals/preview.json", fill(name="", approval_number="")).json()
    assert told["persons"] == 1801 and sum(n for _ms, n in told["points"]) == 1801
    assert client.post("/crowd/arrivals/preview.json", fill(shape="own", curve="x")).json()["refusal"]
    assert client.post("/crowd/arrivals/preview.json", {}).json()["missing"]
    assert not PlannedArrivals.objects.exists()


def test_others_see_and_plan_nothing(town, planned, browse, noon):
    client = browse("trader")
    assert client.get(f"/crowd/arrivals/{planned.pk}/").status_code == 404
    assert "跨年倒计时" not in client.get("/crowd/arrivals/").content.decode()
    assert "跨年倒计时" not in client.get("/calendar/2026/").content.decode()
    text = browse("reader").get(f"/crowd/arrivals/{planned.pk}/").content.decode()
    assert "跨年倒计时" in text and "/change/" not in text


FILE = """场所编号,活动名称,日期,开始时间,结束时间,预计到达人数,到达方式,分时人数,批准文号或来源
SQ,灯会,2026-12-24,18:00,21:00,"1,200",全程均匀到达,,示公许1号
SQ,音乐会,2026-12-25,19:30,21:30,,own,19:00 300; 19:15 500,示公许2号
SQ,灯会,2026-12-24,18:00,21:00,5,even,,示公许1号
NOPE,灯会,2026-12-24,18:00,21:00,5,even,,示公许3号
M,促销,2026-12-24,18:00,21:00,5,even,,示公许4号
SQ,坏行,2026-02-30,18:00,21:00,5,even,,示公许5号
SQ,坏曲线,2026-12-26,18:00,21:00,,own,18:07 3,示公许6号
"""


def hand_in(client, text, coding="utf-8"):
    return client.post("/crowd/arrivals/import/", {"body": SimpleUploadedFile("a.csv", text.encode(coding))})


@pytest.mark.parametrize("coding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_is_seen_row_by_row_then_kept(town, browse, noon, coding):
    client = browse("gardener")
    seen = hand_in(client, FILE, coding)
    findings = [row.finding for row in seen.context["planned"]]
    assert findings == ["add", "add", "refuse", "refuse", "refuse", "refuse", "refuse"]
    assert not PlannedArrivals.objects.exists()
    client.post("/crowd/arrivals/import/", {"text": seen.context["text"]})
    assert {row.name: row.persons for row in PlannedArrivals.objects.all()} == {"灯会": 1200, "音乐会": 800}
    again = client.post("/crowd/arrivals/import/", {"text": seen.context["text"]})
    assert [row.finding for row in again.context["planned"]][:2] == ["same", "same"]
    assert PlannedArrivals.objects.count() == 2


def test_what_is_exported_can_be_handed_in_again_without_changing_anything(town, planned, browse, noon):
    client = browse("gardener")
    actions.plan_arrivals(town.square, by=town.gardener, now=NOW, **words(name="=1+1", shape="own", persons=None, curve="20:00 7"))  # fmt: skip
    exported = b"".join(client.get("/crowd/arrivals/?format=csv").streaming_content).decode("utf-8-sig")
    assert "'=1+1" in exported
    assert {row.finding for row in hand_in(client, exported).context["planned"]} == {"same"}


def test_a_place_off_the_register_is_refused_before_anything_is_kept(town, browse, noon):
    town.square.retired_at = NOW
    town.square.save()
    planned = hand_in(browse("gardener"), FILE).context["planned"]
    assert {row.finding for row in planned} == {"refuse"}


def test_too_many_rows_are_refused_as_a_whole(town, browse, noon):
    row = "SQ,灯会,2026-12-24,18:00,21:00,5,even,,示公许1号\n"
    answer = hand_in(browse("gardener"), FILE.splitlines(keepends=True)[0] + row * 501)
    assert "500" in answer.content.decode() and "planned" not in answer.context


@pytest.mark.parametrize("text", ["", "x", "场所编号\n", "a,b\n1,2\n", "场所编号,场所编号\nA,B\n", '"'])
def test_a_file_that_is_no_table_is_refused(town, browse, noon, text):
    answer = hand_in(browse("gardener"), text or "\n")
    assert answer.status_code == 200 and "planned" not in (answer.context or {})
    assert "alert-danger" in answer.content.decode()
