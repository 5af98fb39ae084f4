"""Incidents through the front door: every address and every deed × five kinds of people; what a page shows; exports."""

import json
import re
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.models import Person
from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Incident, Report
from anlan.domains.emergency.pages.incident_deeds import INCIDENT, PARTS
from anlan.domains.emergency.tests.incident_town import add_person, build, open_one
from anlan.domains.emergency.urls import urlpatterns
from anlan.kit.models import Change

# One estate serves all people of a case: the refused try first, and the first who succeeds ends it.
# An observer of the district; a department that the incident does not concern; an agency that has an order, an
# instruction and a team in it; somebody signed out; the duty officer who runs it; the leader who signs as well.
PEOPLE = ("observer", "other", "agency", "nobody", "officer", "leader")
SEEN, LISTED = "200 404 200 302 200 200", "200 200 200 302 200 200"
RUN = "200 404 200 302 302* 302*"  # only who runs it changes anything; the form again is the refusal
NEW = "200 200 200 302 302* 302*"
SIGN = "200 404 200 302 200 302*"
ANSWER = "200 404 302* 302 302* 302*"  # on the screen by whom it concerns, on behalf by who runs it
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>=cmd|'/c calc'!A0"

ADDRESSES = {
    "incidents": (None, LISTED, None),
    "incident_new": ("opening", LISTED, NEW),
    "incident": (None, SEEN, None),
    "incident_brief": (None, SEEN, None),
    "incident_story": (None, SEEN, None),
    "entry_correct": ("text", SEEN, RUN),
    "report": (None, SEEN, None),
    "calls": (None, LISTED, None),
    "call_new": ("call", LISTED, NEW),
    "call": (None, "200 404 404 302 200 200", None),
    "case": (None, "302 404 302 302 302 302", None),
}
WORDS = {
    "opening": {"title": "新", "kind": "accident", "where": "路口", "known_at": "2026-03-01T10:00"},
    "text": {"text": "更正"},
    "call": {"caller_sort": "resident", "caller_name": "匿名", "what": "冒烟"},
    "change_level": {"level": "III", "why": "试"},
    "activate_plan": {"plan_name": "预案", "response_level": "IV"},
    "set_up_command": {},
    "transfer": {"receiver": "市应急局", "why": "试"},
    "bring_under_control": {},
    "declare_false": {"why": "试"},
    "split": {"title": "另一", "why": "试"},
    "correct": {"title": "改名", "kind": "security", "where": "路口", "known_at": "2026-03-01T10:00", "why": "试"},
    "figures": {"injured": 2},
    "resources": {"resources": "十人"},
    "next_report": {"next_report_at": "2036-03-01T10:00"},
    "note": {"text": "记"},
    "improve": {"title": "加设铁马", "due_on": "2036-03-01"},
    "draw": {},
    "add_case": {"case_kind": "119", "case_number": "77"},
    "oral": {"sent_to": "市总值班室", "words": "已报"},
    "write": {"sort": "first", "s_situation": "情况"},
    "instruction": {"leader": "区领导", "text": "全力处置"},
    "role": {"role": "deputy", "holder": "甲"},
    "objective": {"text": "疏散"},
    "order": {"text": "疏导", "receiver": "一组"},
    "need": {"what": "铁马", "quantity": 50},
    "check": {"team": "二组", "people": 6, "every_min": 15, "grace_min": 2},
    "receive": {"on_behalf_of": "值班员"},
    "feed_back": {"feedback": "到位", "on_behalf_of": "值班员"},
    "finish": {"feedback": "完成", "on_behalf_of": "值班员"},
    "refuse": {"feedback": "无人", "on_behalf_of": "值班员"},
    "withdraw": {"why": "试"},
    "meet": {"met_quantity": 3, "why": "试"},
    "drop": {"why": "试"},
    "hand_over": {"holder": "乙", "situation": "已说明"},
    "end": {"why": "试"},
    "answer": {"answer": "fine", "present": 8, "on_behalf_of": "带队人"},
    "stop": {"why": "归队"},
    "read": {"on_behalf_of": "值班员"},
    "change": {"s_situation": "新情况"},
    "submit": {},
    "return": {"why": "补充"},
    "send": {"sent_to": "市总值班室"},
    "link": {},
    "unlink": {"why": "试"},
}  # fmt: skip
# Deeds that the estate's incident cannot take now: the table of its life refuses them to everybody.
NOT_NOW = {"grade", "take_back", "raise_response", "lower_response", "end", "review", "file", "reopen"}
NEEDS_ROW = {"merge", "link_alarm", "unlink_alarm", "link_place"}
DEEDS = [name for name in INCIDENT if name not in NOT_NOW | NEEDS_ROW]
PART_DEEDS = {
    ("order", "receive"): ANSWER, ("order", "feed_back"): ANSWER, ("order", "finish"): ANSWER,
    ("order", "refuse"): ANSWER, ("order", "withdraw"): RUN, ("need", "meet"): RUN, ("need", "drop"): RUN,
    ("role", "hand_over"): RUN, ("role", "end"): RUN, ("objective", "meet"): RUN, ("objective", "drop"): RUN,
    ("check", "answer"): ANSWER, ("check", "stop"): RUN, ("instruction", "relay"): RUN, ("relay", "read"): ANSWER,
    ("relay", "finish"): ANSWER, ("report", "change"): RUN, ("report", "submit"): RUN, ("report", "drop"): RUN,
    ("report", "sign"): SIGN, ("report", "return"): SIGN, ("report", "send"): RUN,
    ("report", "draw"): RUN, ("call", "link"): "200 404 404 302 302* 302*", ("call", "unlink"): "200 404 404 302 302* 302*",
    ("call", "correct"): "200 404 404 302 302* 302*",
}  # fmt: skip


@pytest.fixture
def town(db):
    return build()


@pytest.fixture
def estate(town):
    """An incident with one of everything, known a moment ago."""
    now = timezone.now()
    by = {"by": town.officer, "now": now}
    incident = open_one(town, now=now, case_kind="110", case_number="7001")
    actions.grade_incident(incident, level="IV", **by)
    order = actions.issue_order(incident, text="设卡", to=town.police, **by).subject
    instruction = actions.enter_instruction(incident, leader="区领导", text="确保安全", **by).subject
    report = actions.write_report(incident, sort="first", sections={"situation": "情况"}, **by).subject
    call = {"caller_sort": "resident", "caller_name": "匿名", "what": "拥挤"}
    rows = {
        "order": order,
        "need": actions.raise_need(incident, what="救护车", quantity=4, **by).subject,
        "role": actions.assign_role(incident, role="commander", person=town.leader, **by).subject,
        "objective": actions.set_objective(incident, text="半小时内疏散", **by).subject,
        "check": actions.start_check(
            incident, team="一组", people=8, team_organisation=town.police, **by
        ).subject,
        "instruction": instruction,
        "relay": actions.relay_instruction(instruction, to=town.police, **by).subject,
        "report": report,
        "call": actions.log_call(town.top, **call, **by).subject,
    }  # fmt: skip
    add_person("observer", town.top, ["view"])
    people = {
        "observer": "observer",
        "other": "gardener",
        "agency": "sergeant",
        "officer": "officer",
        "leader": "leader",
    }
    return SimpleNamespace(incident=Incident.objects.get(pk=incident.pk), rows=rows, people=people, now=now)


def sign_in(client, estate, who):
    if who != "nobody":
        person = Person.objects.get(username=estate.people[who])
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")


def address_of(name, estate):
    pk = estate.incident.pk
    known = {
        "incident": [pk], "incident_brief": [pk], "incident_story": [pk], "report": [estate.rows["report"].pk],
        "call": [estate.rows["call"].pk], "entry_correct": [pk, Change.objects.of(estate.incident).first().pk],
    }  # fmt: skip
    address = reverse(f"emergency:{name}", args=known.get(name))
    return f"{address}?kind=110&number=7001" if name == "case" else address


def try_out(client, estate, address, words, getting, posting):
    """GET changes nothing; POST changes something where a star says so; the first who changes something is the last."""
    for who, got, posted in zip(PEOPLE, getting.split(), (posting or "- - - - - -").split(), strict=True):
        client.logout()
        sign_in(client, estate, who)
        before = Change.objects.count()
        answer = client.get(address)
        assert (who, f"{answer.status_code}") == (who, got)
        assert Change.objects.count() == before
        answer = client.post(address, words or {})
        changed = "*" if Change.objects.count() != before else ""
        expected = {302, 405} if posting is None else {int(posted.strip("*"))}
        assert answer.status_code in expected and changed == ("*" if "*" in posted else ""), (
            who,
            answer.status_code,
        )
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")
        if changed:
            return


def test_every_address_of_incidents_is_in_the_matrix():
    mine = ("incident", "report", "call", "case", "part_deed", "entry_correct")
    named = {
        one.name for one in urlpatterns if one.name.rstrip("s").split("_")[0] in mine or one.name in mine
    }
    assert named - {"reporting"} == set(ADDRESSES) | {"incident_deed", "part_deed"}


def test_every_deed_is_in_the_matrix():
    assert {(kind, name) for kind, (_model, table) in PARTS.items() for name in table} == set(PART_DEEDS)
    assert set(INCIDENT) == set(DEEDS) | NOT_NOW | NEEDS_ROW


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, estate, name):
    words, getting, posting = ADDRESSES[name]
    posted = WORDS.get(words, {}) | ({"organisation": town.top.pk} if words in {"opening", "call"} else {})
    try_out(client, estate, address_of(name, estate), posted, getting, posting)


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_done_by_who_may(client, town, estate, name):
    words = WORDS[name] | (
        {"entries": [Change.objects.of(estate.incident).first().pk]} if name == "split" else {}
    )
    if name == "write":
        actions.drop_report(estate.rows["report"], by=town.officer, now=timezone.now(), why="重写")
    if name == "improve":
        words = words | {"owner_organisation": town.parks.pk}
    if name == "declare_false":
        actions.stop_check(estate.rows["check"], by=town.officer, now=timezone.now(), why="归队")
    address = reverse("emergency:incident_deed", args=[estate.incident.pk, name])
    try_out(client, estate, address, words, SEEN, RUN)


@pytest.mark.parametrize(("kind", "name"), PART_DEEDS)
def test_each_part_is_dealt_with_by_who_may(client, town, estate, kind, name):
    row, now, words = estate.rows[kind], timezone.now(), WORDS.get(name, {})
    if name == "relay":
        words = {"to": town.fire.pk}
    if name in {"sign", "return", "send", "draw"}:
        row = actions.submit_report(row, by=town.officer, now=now).subject
        words = words | {"seen": queries.digest_of(row)}
    if name in {"send", "draw"}:
        row = actions.sign_report(row, by=town.leader, now=now, seen=queries.digest_of(row)).subject
    if kind == "call" and name == "link":
        words = {"incident": estate.incident.pk}
    if kind == "call" and name == "unlink":
        row = actions.link_call(row, by=town.officer, now=now, incident=estate.incident).subject
    if kind == "call" and name == "correct":
        words = WORDS["call"] | {"what": "改", "why": "试"}
    posting = PART_DEEDS[kind, name]
    getting = "200 404 404 302 200 200" if kind == "call" else SEEN
    try_out(
        client, estate, reverse("emergency:part_deed", args=[kind, row.pk, name]), words, getting, posting
    )


def test_unknown_deeds_are_not_found(client, estate):
    sign_in(client, estate, "officer")
    for args in ([estate.incident.pk, "x"],):
        assert client.get(reverse("emergency:incident_deed", args=args)).status_code == 404
    assert client.get(reverse("emergency:part_deed", args=["x", 1, "y"])).status_code == 404
    assert client.get(reverse("emergency:part_deed", args=["order", 999, "receive"])).status_code == 404


def test_the_command_post_shows_what_is_due(client, town, estate):
    sign_in(client, estate, "officer")
    page = client.get(estate.incident.get_absolute_url()).content.decode()
    for word in (
        "待核实",
        "上海做法",
        "设卡",
        "公安分局",
        "救护车",
        "0 / 4",
        "区领导",
        "一组",
        "110 警情 7001",
        "data-counts-to",
    ):
        assert word in page
    seen = client.get(reverse("emergency:incident", args=[estate.incident.pk])).content.decode()
    assert "登记口头报告" in seen


def test_a_report_is_signed_by_another_as_it_was_read(client, town, estate):
    sign_in(client, estate, "officer")
    row = estate.rows["report"]
    submit = reverse("emergency:part_deed", args=["report", row.pk, "submit"])
    assert client.post(submit).status_code == 302
    sign = reverse("emergency:part_deed", args=["report", row.pk, "sign"])
    sign_in(client, estate, "leader")
    page = client.get(sign).content.decode()
    seen = re.search(r'name="seen" value="(\w{64})"', page)[1]
    assert "情况" in page
    assert client.post(sign, {"seen": "0" * 64}).status_code == 200
    assert client.post(sign, {"seen": seen}).status_code == 302
    row = Report.objects.get(pk=row.pk)
    assert (row.state, row.sha256, row.signer) == ("signed", seen, town.leader)
    assert json.loads(client.get(f"{row.get_absolute_url()}?format=json").content)["sha256"] == seen
    assert "签发人" in client.get(f"{row.get_absolute_url()}?format=md").content.decode()


def test_hostile_text_is_inert_everywhere(client, town, estate):
    sign_in(client, estate, "officer")
    by, incident, act = {"by": town.officer, "now": timezone.now()}, estate.incident, actions
    act.note_incident(incident, text=HOSTILE, **by)
    act.issue_order(incident, text=HOSTILE, receiver=HOSTILE[:100], **by)
    act.raise_need(incident, what=HOSTILE[:100], quantity=1, asked_of=HOSTILE[:100], **by)
    act.set_resources(incident, resources=HOSTILE, **by)
    act.start_check(incident, team=HOSTILE[:70], people=2, task=HOSTILE[:100], **by)
    act.enter_instruction(incident, leader=HOSTILE[:100], text=HOSTILE, **by)
    act.assign_role(incident, role="other", title=HOSTILE[:50], holder=HOSTILE[:50], **by)
    act.correct_incident(incident, title=HOSTILE[:100], where=HOSTILE, why=HOSTILE, described=HOSTILE, **by)
    call = act.log_call(
        town.top, caller_sort="other", caller_name=HOSTILE[:100], what=HOSTILE, where=HOSTILE[:100], **by
    ).subject  # fmt: skip
    report = act.write_report(
        open_one(town, title=HOSTILE[:100], now=timezone.now()), sort="first", sections={"situation": HOSTILE}, **by
    ).subject  # fmt: skip
    pages = [
        incident.get_absolute_url(), address_of("incident_brief", estate), address_of("incident_story", estate),
        call.get_absolute_url(), report.get_absolute_url(), reverse("emergency:incidents"), reverse("emergency:calls"),
        reverse("emergency:part_deed", args=["report", report.pk, "change"]),
        reverse("emergency:incident_deed", args=[incident.pk, "split"]),
        reverse("emergency:incident_deed", args=[incident.pk, "correct"]),
    ]  # fmt: skip
    for page in pages:
        text = client.get(page).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text
    story = address_of("incident_story", estate)
    md = client.get(f"{story}?format=md").content.decode()
    assert "<script" not in md.replace("\\<", "")
    csv = b"".join(client.get(f"{reverse('emergency:incidents')}?format=csv").streaming_content).decode()
    assert not re.search(r"(^|,)[=+@-]", csv, re.MULTILINE)
    assert json.loads(client.get(f"{story}?format=json").content)["incident"]["number"] == incident.number


def test_the_story_goes_out_in_three_forms(client, town, estate):
    sign_in(client, estate, "observer")
    story = address_of("incident_story", estate)
    csv = b"".join(client.get(f"{story}?format=csv").streaming_content).decode()
    assert (
        csv.startswith("\ufeff")
        and "设卡" in csv
        and csv.count("\n") == len(queries.timeline(estate.incident)) + 1
    )
    assert "设卡" in client.get(f"{story}?format=md").content.decode()
    assert "设卡" in client.get(f"{story}?kind=order").content.decode()
    assert "救护车" not in client.get(f"{story}?kind=order").content.decode().split('class="timeline-list')[1]


def test_a_list_is_searched_by_case_number_and_filtered(client, town, estate):
    sign_in(client, estate, "observer")
    listed = reverse("emergency:incidents")
    assert estate.incident.number in client.get(f"{listed}?q=7001").content.decode()
    assert estate.incident.number not in client.get(f"{listed}?group=closed").content.decode()
    assert json.loads(client.get(f"{listed}?format=geojson").content)["features"][0]["geometry"][
        "coordinates"
    ] == [121.4, 31.2]


def test_an_alarm_becomes_an_incident(client, town, estate):
    alarm = actions.raise_alarm(
        town.top,
        by=town.officer,
        now=timezone.now(),
        origin="phone",
        level="red",
        why="很挤",
        place=town.square,
    ).subject
    sign_in(client, estate, "officer")
    address = f"{reverse('emergency:incident_new')}?alarm={alarm.pk}"
    assert str(alarm) in client.get(address).content.decode()
    words = WORDS["opening"] | {"organisation": town.top.pk}
    answer = client.post(address, words)
    made = Incident.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert made.alarm_links.get().alarm == alarm and made.level == ""


def test_both_languages(client, town, estate):
    sign_in(client, estate, "officer")
    client.cookies["django_language"] = "en"
    page = client.get(estate.incident.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "Orders" in page or "指令" in page


def test_an_exercise_wears_its_banner_and_is_not_in_the_live_list(client, town, estate):
    rehearsed = open_one(town, title="演练一", scene="exercise:1", now=timezone.now())
    sign_in(client, estate, "officer")
    assert "scene-banner" in client.get(rehearsed.get_absolute_url()).content.decode()
    listed = reverse("emergency:incidents")
    assert "演练一" not in client.get(listed).content.decode()
    assert "演练一" in client.get(f"{listed}?scene=exercise:1").content.decode()
