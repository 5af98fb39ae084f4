"""Who may open what of alarms and agencies, and who may change what: addresses × kinds of people, GET and POST."""

import pytest
from django.urls import reverse

from anlan.domains.emergency import actions
from anlan.domains.emergency.models import Agency, Alarm, AlarmAgency, Answer, Judgement
from anlan.domains.emergency.tests.alarmed import NOW, Crowd, build_town
from anlan.domains.emergency.urls import urlpatterns
from anlan.kit.models import Change

# An observer of the responsible department; another department; an agency that has joined (answers, nothing else);
# somebody signed out; an officer and a leader of the responsible department; the district's chief.
PEOPLE = ("reader", "trader", "constable", "nobody", "guard", "gardener", "chief")
FORM = "200 404 200 302 200 200 200"
NO_POST = "405 405 405 302 405 405 405"
OPEN = "200 200 200 302 200 200 200"

# name: (what is posted, GET for each of PEOPLE, POST for each of PEOPLE). A star: the POST changed something.
# 302 for somebody signed out leads to signing in; 200 for a POST is the form again, with the reason of the refusal.
ADDRESSES = {
    "alarms": (None, OPEN, NO_POST),
    "alarm_raise": ("raised", OPEN, "200 200 200 302 302* 302* 302*"),
    "alarms_file": ("picked", NO_POST, "302 404 302 302 302* 302* 302*"),
    "alarm": (None, FORM, NO_POST),
    "alarm_answer": ("answer", NO_POST, "200 404 302* 302 302* 302* 302*"),
    "alarm_on_behalf": ("behalf", FORM, "200 404 302* 302 302* 302* 302*"),
    "alarm_join": ("join", NO_POST, "302 404 302* 302 302* 302* 302*"),
    "alarm_check": ("nothing", NO_POST, "302 404 302 302 302* 302* 302*"),
    "alarm_verify": ("verdict", FORM, "200 404 200 302 302* 302* 302*"),
    "alarm_grade": ("grade", FORM, "200 404 200 302 302* 302* 302*"),
    "alarm_note": ("note", FORM, "200 404 200 302 302* 302* 302*"),
    "alarm_ease": ("why", FORM, "200 404 200 302 302* 302* 302*"),
    "alarm_judge": ("judgement", FORM, "200 404 200 302 200 302* 302*"),
    "alarm_lift": ("why", FORM, "200 404 200 302 200 302* 302*"),
    "alarm_reopen": ("why", FORM, "200 404 200 302 200 302* 302*"),
    "alarm_file": ("nothing", NO_POST, "302 404 302 302 302* 302* 302*"),
    "alarm_json": (None, FORM, NO_POST),
    "alarm_csv": (None, FORM, NO_POST),
    "agencies": (None, OPEN, NO_POST),
    "agency_add": ("agency", OPEN, "200 200 200 302 200 200 302*"),
    "agency": (None, OPEN, NO_POST),
    "agency_change": ("agency", OPEN, "200 200 200 302 200 200 302*"),
    "agency_retire": ("why", OPEN, "200 200 200 302 200 200 302*"),
    "agency_restore": ("nothing", NO_POST, "302 302 302 302 302 302 302*"),
}
ROOMS = tuple(
    f"emergency.pages.{room}"
    for room in ("alarms", "alarm_deeds", "raising", "answers", "agencies", "judgement")
)


@pytest.fixture
def town(db):
    return build_town()


@pytest.fixture
def rows(town):
    """Alarms by what stands in their way: one open (of a warning), one by hand, one to lift, one lifted."""
    Crowd().tell(town.square, "red")
    raised = {"by": town.chief, "now": NOW, "origin": "phone", "level": "yellow", "why": "因"}
    opened = Alarm.objects.get()
    made = [actions.raise_alarm(town.parks, title=title, **raised).subject for title in "甲乙丙"]
    for one in made[1:]:
        answered = {"measure": "send_people", "next_look_at": NOW.replace(hour=13)}
        actions.answer_alarm(one, by=town.chief, now=NOW, **answered)
    actions.lift_alarm(made[2], by=town.chief, now=NOW, why="散")
    retired = actions.add_agency(town.parks, by=town.chief, now=NOW, name="绿化").subject
    actions.retire_agency(retired, by=town.chief, now=NOW)
    by_hand = dict.fromkeys(("alarm_ease",), made[0])
    lifted = dict.fromkeys(("alarm_reopen", "alarm_file", "alarms_file"), made[2])
    return (
        {"alarm_lift": made[1], "agency_restore": retired, "agency": town.fire_agency, "": opened}
        | by_hand
        | lifted
    )


def row_of(name, rows):
    """The row that an address is tried on."""
    return rows.get(name) or rows["agency" if name.startswith("agency") else ""]


def address_of(name, rows):
    """The address of this name."""
    takes_none = name in {"alarms", "alarm_raise", "alarms_file", "agencies", "agency_add"}
    return reverse(f"emergency:{name}", args=[] if takes_none else [row_of(name, rows).pk])


def words_of(posted, rows, town):
    """What a person would post."""
    return {
        "nothing": {}, "why": {"why": "试"}, "picked": {"picked": [rows["alarms_file"].pk]},
        "raised": {"origin": "patrol", "level": "blue", "title": "路口", "organisation": town.parks.pk, "why": "试"},
        "answer": {"measure": "send_people", "next_look_min": 10},
        "behalf": {
            "agency": town.fire_agency.pk, "on_behalf_of": "李", "way": "phone", "called_at": "2026-03-01T20:00:00",
            "measure": "send_people", "next_look_min": 10,
        },
        "join": {"agency": town.health_agency.pk}, "verdict": {"verdict": "true", "why": "试"},
        "grade": {"level": "red", "why": "试"},
        "note": {"words": "试"}, "judgement": {"decision": "do_not_start", "reason": "试"},
        "agency": {"organisation": town.trade.pk, "name": "新名", "position": 5},
    }[posted or "nothing"]  # fmt: skip


def written():
    """Everything that these pages could have written, as it stands."""
    models = (Alarm, AlarmAgency, Answer, Judgement, Agency, Change)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_every_address_is_in_the_matrix():
    named = {one.name for one in urlpatterns if one.callback.__module__.endswith(ROOMS)}
    assert named == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, rows, name, alone):
    posted, getting, posting = ADDRESSES[name]
    if name == "alarm_verify":
        actions.check_alarm(rows[""], by=town.chief, now=NOW)
    if name == "alarm_grade":
        Alarm.objects.filter(pk=rows[""].pk).update(level="orange", rank=3, spaces={})
    for at, who in alone(PEOPLE):
        if who == "constable":  # whoever has joined sees what his agency has joined
            for one in Alarm.objects.exclude(agencies__agency=town.police_agency):
                AlarmAgency.objects.create(alarm=one, agency=town.police_agency, joined_at=NOW)
        if who != "nobody":
            client.force_login(getattr(town, who), backend="django.contrib.auth.backends.ModelBackend")
        address, before = address_of(name, rows), written()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, words_of(posted, rows, town))
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")
