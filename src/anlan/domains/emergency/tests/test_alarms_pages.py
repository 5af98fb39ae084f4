"""The pages of alarms through the front door."""

import csv
import io
import json

import pytest
from django.urls import reverse

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Agency, Alarm, Answer, Judgement
from anlan.domains.emergency.tests.alarmed import NOW, Crowd, build_town
from anlan.kit.models import Change

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def town(db):
    return build_town()


@pytest.fixture
def browse(client, town):
    def sign_in(name="chief"):
        client.force_login(getattr(town, name), backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def alarm(town):
    Crowd().tell(town.square, "red")
    return Alarm.objects.get()


def at(name, row=None):
    return reverse(f"emergency:{name}", args=[row.pk] if row else [])


def text_of(answer):
    return answer.content.decode()


def test_the_board_shows_the_worst_first_and_who_has_not_answered(browse, town, alarm):
    Crowd().tell(town.mall, "blue")
    page = text_of(browse().get(at("alarms")))
    assert (
        page.index("示范广场") < page.index("示范百货")
        and "公安\xa0–  消防\xa0–" in page
        and "2 张未签收" in page
    )
    browse("constable").post(at("alarm_answer", alarm), {"measure": "limit_inflow", "next_look_min": 5})
    page = text_of(browse().get(at("alarms")))
    assert "公安\xa0✓  消防\xa0–" in page and "1 张未签收" in page


@pytest.mark.parametrize("query, shown", [
    ("", 1), ("level=red", 1), ("level=blue", 0), ("state=waiting", 1), ("state=filed", 0), ("state=all", 2),
    ("place=SQ", 1), ("place=M", 0), ("unanswered=on", 1), ("scene=replay:bund", 1), ("q=%E5%B9%BF%E5%9C%BA", 1),
    ("q=nowhere", 0),
])  # fmt: skip
def test_filters_live_in_the_address(browse, town, alarm, query, shown):
    Crowd().tell(town.mall, "yellow")
    actions.verify_alarm(
        Alarm.objects.get(place=town.mall), by=town.trader, now=NOW, verdict="false", why="误"
    )
    Crowd("replay:bund").tell(None, "red", code="CHENYI", name="陈毅广场")
    listing = browse().get(f"{at('alarms')}?{query}").context["listing"]
    assert listing.page.paginator.count == shown


def test_an_agency_finds_what_it_has_not_answered(browse, town, alarm):
    query = f"{at('alarms')}?agency={town.police_agency.pk}&unanswered=on"
    assert browse("constable").get(query).context["listing"].page.paginator.count == 1
    browse("constable").post(at("alarm_answer", alarm), {"measure": "acknowledge", "next_look_min": 5})
    assert browse("constable").get(query).context["listing"].page.paginator.count == 0


def test_the_board_goes_out_as_csv_and_geojson(browse, alarm):
    rows = list(
        csv.reader(io.StringIO(b"".join(browse().get(f"{at('alarms')}?format=csv")).decode("utf-8-sig")))
    )
    assert rows[1][0] == "示范广场" and "公安\xa0–" in rows[1][4]
    found = json.loads(browse().get(f"{at('alarms')}?format=geojson").content)
    assert found["features"][0]["geometry"]["coordinates"] == [121.4, 31.2]


def test_another_scene_wears_its_banner(browse, town):
    Crowd("exercise:1").tell(None, "red", code="X", name="演练场")
    row = Alarm.objects.get()
    assert "【演练】非真实情况" in text_of(browse().get(at("alarm", row)))
    assert "【演练】非真实情况" in text_of(browse().get(f"{at('alarms')}?scene=exercise:1"))


def test_the_page_offers_what_the_reader_may_take(browse, town, alarm):
    page = text_of(browse("constable").get(at("alarm", alarm)))
    assert "实施限流" in page and "以“公安”签收并处置" in page and "等待签收" in page
    page = text_of(browse("gardener").get(at("alarm", alarm)))
    assert "建议限流" in page and "实施限流" not in page
    page = text_of(browse("reader").get(at("alarm", alarm)))
    assert 'name="measure"' not in page and "不能签收" in page


def test_two_officers_one_wins_the_other_reads_why(browse, town, alarm):
    seen = browse("constable").get(at("alarm", alarm)).context["seen"]
    words = {"measure": "send_people", "next_look_min": 10, "seen": seen}
    assert browse("constable").post(at("alarm_answer", alarm), words).status_code == 302
    page = text_of(browse("sergeant").post(at("alarm_answer", alarm), words | {"words": "带队十人"}))
    assert "constable已于" in page and "增派力量" in page and "带队十人" in page
    assert Answer.objects.count() == 1


def test_an_answer_without_a_measure_is_none(browse, alarm):
    page = text_of(browse("constable").post(at("alarm_answer", alarm), {"next_look_min": 10}))
    assert "签收就是处置" in page and not Answer.objects.exists()


def test_signing_on_behalf(browse, town, alarm):
    form = browse("guard").get(f"{at('alarm_on_behalf', alarm)}?agency={town.fire_agency.pk}")
    assert "来电人" in text_of(form)
    words = {
        "agency": town.fire_agency.pk, "on_behalf_of": "李队长", "way": "radio", "called_at": "2026-03-01T20:01:00",
        "measure": "send_people", "next_look_min": 15, "seen": queries.seen_of(alarm),
    }  # fmt: skip
    nameless = browse("guard").post(at("alarm_on_behalf", alarm), words | {"on_behalf_of": ""})
    assert "须写明来电人" in text_of(nameless)
    assert browse("guard").post(at("alarm_on_behalf", alarm), words).status_code == 302
    page = text_of(browse("guard").get(at("alarm", alarm)))
    assert "李队长" in page and "电台" in page


def test_raised_by_hand(browse, town):
    words = {
        "origin": "resident", "level": "orange", "title": "示范路口", "organisation": town.parks.pk, "why": "人多走不动",
        "caller": "路人", "caller_contact": "0000", "place": "",
    }  # fmt: skip
    assert browse("guard").get(at("alarm_raise")).status_code == 200
    assert "请写明" in text_of(browse("guard").post(at("alarm_raise"), words | {"title": ""}))
    browse("guard").post(at("alarm_raise"), words)
    row = Alarm.objects.get()
    assert (row.origin, row.level, row.title) == ("resident", "orange", "示范路口")
    assert "0000" in text_of(browse("guard").get(at("alarm", row)))
    assert "0000" not in text_of(browse("reader").get(at("alarm", row))), (
        "the caller is for those who handle it"
    )


def test_from_the_call_to_the_file(browse, town, alarm):
    browse("guard").post(at("alarm_check", alarm))
    browse("constable").post(at("alarm_answer", alarm), {"measure": "ask_judgement", "next_look_min": 5})
    browse("gardener").post(
        at("alarm_judge", alarm), {"decision": "start", "response_level": "III", "reason": "人数仍升"}
    )
    assert Judgement.objects.get().response_level == "III"
    browse("guard").post(
        at("alarm_note", alarm), {"words": "东口已疏通", "happened_at": "2026-03-01T20:00:01"}
    )
    browse("guard").post(at("alarm_verify", alarm), {"verdict": "true", "why": ""})
    refused = text_of(browse("gardener").post(at("alarm_lift", alarm), {"why": "好了"}))
    assert "客流等级仍为" in refused
    crowd = Crowd()
    crowd.known["SQ"], crowd.offset = "red", 90
    crowd.tell(town.square, "none")
    browse("gardener").post(at("alarm_lift", alarm), {"why": "人群散去"})
    page = text_of(browse("gardener").get(at("alarm", alarm)))
    assert "人群散去" in page and "补记" in page and "由 gardener 解除" in page and "Ⅲ级响应" in page
    browse("guard").post(at("alarms_file"), {"picked": [alarm.pk]})
    alarm.refresh_from_db()
    assert alarm.state == "filed"


def test_picking_what_is_open_files_nothing(browse, alarm):
    answer = browse("guard").post(at("alarms_file"), {"picked": [alarm.pk, "x"]}, follow=True)
    assert "不能归档" in text_of(answer)


def test_a_lift_is_undone(browse, town, alarm):
    browse("gardener").post(at("alarm_verify", alarm), {"verdict": "exercise", "why": "演练"})
    browse("gardener").post(at("alarm_reopen", alarm), {"why": "不是演练"})
    alarm.refresh_from_db()
    assert (alarm.state, alarm.round) == ("waiting", 2)


def test_a_level_by_hand(browse, town, alarm):
    page = text_of(browse("guard").post(at("alarm_grade", alarm), {"level": "blue", "why": "因"}))
    assert "人工等级不能低于" in page


def test_the_record_goes_out_whole(browse, town, alarm):
    browse("constable").post(
        at("alarm_answer", alarm), {"measure": "limit_inflow", "next_look_min": 5, "words": "=1+1"}
    )
    record = json.loads(browse().get(at("alarm_json", alarm)).content)
    assert record["answers"][0]["agency"] == "公安" and record["story"][0]["kind"] == "machine"
    rows = list(csv.reader(io.StringIO(browse().get(at("alarm_csv", alarm)).content.decode("utf-8-sig"))))
    assert rows[0][0] == "时间" and len(rows) == 3 and "实施限流" in rows[2][3]


def test_agencies_are_rows(browse, town):
    assert "公安分局" in text_of(browse("reader").get(at("agencies")))
    words = {
        "organisation": town.trade.pk,
        "name": "商务",
        "position": 9,
        "joins_from": "blue",
        "place_kinds": ["mall"],
    }
    browse().post(at("agency_add"), words)
    row = Agency.objects.get(name="商务")
    assert (row.joins_from, row.place_kinds) == ("blue", ["mall"])
    browse().post(at("agency_change", row), words | {"name": "商委"})
    browse().post(at("agency_retire", row), {"why": "机构调整"})
    row.refresh_from_db()
    assert row.name == "商委" and row.retired_at and "商委" in text_of(browse().get(at("agency", row)))
    browse().post(at("agency_restore", row))
    row.refresh_from_db()
    assert row.retired_at is None


def test_joining_from_the_page(browse, town, alarm):
    browse("guard").post(at("alarm_join", alarm), {"agency": town.health_agency.pk})
    assert "卫健" in text_of(browse("guard").get(at("alarm", alarm)))
    assert "请选择" in text_of(browse("guard").post(at("alarm_join", alarm), {}, follow=True))
    assert browse("nurse").get(at("alarm", alarm)).status_code == 200, "who has joined sees the alarm"


def test_hostile_text_is_inert(browse, town):
    bad = "<script>alert(1)</script>"
    actions.change_agency(town.police_agency, by=town.chief, now=NOW, name=bad[:20])
    words = {
        "origin": "phone",
        "level": "red",
        "title": bad,
        "why": bad,
        "caller": bad,
        "caller_contact": bad,
    }
    row = actions.raise_alarm(town.parks, by=town.guard, now=NOW, **words).subject
    actions.answer_alarm(
        row, by=town.guard, now=NOW, measure="send_people", words=bad, next_look_at=NOW.replace(hour=13)
    )
    actions.note_alarm(row, by=town.guard, now=NOW, words=bad)
    actions.judge_alarm(row, by=town.gardener, now=NOW, decision="do_not_start", reason=bad)
    for address in (at("alarm", row), at("alarms"), at("agencies"), at("alarm_on_behalf", row)):
        page = text_of(browse("gardener").get(address))
        assert "<script>alert" not in page, address
    assert "&lt;script&gt;alert(1)" in text_of(browse("gardener").get(at("alarm", row)))


def test_both_languages(browse, alarm):
    browse().cookies["django_language"] = "en"
    page = text_of(browse().get(at("alarm", alarm)))
    assert "SQ is red" in page
    assert Change.objects.exists()


def test_a_replay_tells_its_own_time(browse, town):
    Crowd("replay:bund").tell(None, "red", code="CHENYI", name="陈毅广场")
    page = text_of(browse().get(at("alarm", Alarm.objects.get())))
    assert "【回放】" in page and "刚刚" in page and "data-since" not in page
