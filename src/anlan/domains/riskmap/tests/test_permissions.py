"""Who may open what, and who may change what: every address of the risk map × five kinds of people, GET and POST."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.models import Person
from anlan.domains.riskmap import actions
from anlan.domains.riskmap.models import RiskAssessment, RiskImport, RiskPoint, RiskSheet
from anlan.domains.riskmap.tests.conftest import LEC, SOUND
from anlan.domains.riskmap.urls import urlpatterns
from anlan.kit.imports.steps import queue
from anlan.kit.models import Change

# A reader of the department; the editor of another one; who wrote the rows; a second person there; signed out.
# A star: the POST changed something. 200 for a POST is the form again; 302 for somebody signed out is the sign-in page.
PEOPLE = ("guest", "other", "clerk", "chief", "nobody")
READ = "405 405 405 405 302"  # no POST
MINE = "404 404 200 200 302", "404 404 302* 302* 302"
OF_ANOTHER = "404 404 200 200 302", "404 404 200 302* 302"
ADDRESSES = {
    "map": (None, "200 200 200 200 302", READ),
    "view": (None, "400 400 400 400 302", READ),
    "print": (None, "200 200 200 200 302", READ),
    "points": (None, "200 200 200 200 302", READ),
    "add": ("fields", "404 200 200 200 302", "404 200 302* 302* 302"),
    "point": (None, "200 404 200 200 302", READ),
    "drawer": (None, "200 404 200 200 302", READ),
    "edit": ("fields", *MINE),
    "assess": ("scores", *MINE),
    "review": ("cause", *MINE),
    "check": ("why", *OF_ANOTHER),
    "put_in_force": ("why", *MINE),
    "return": ("why", *MINE),
    "retire": ("why", *MINE),
    "restore": ("why", *MINE),
    "sheets": (None, "200 200 200 200 302", READ),
    "open_sheet": ("sheet", "404 200 200 200 302", "404 200 302* 302* 302"),
    "sheet": (None, "200 404 200 200 302", READ),
    "hand_in_sheet": ("why", *MINE),
    "check_sheet": ("why", *OF_ANOTHER),
    "return_sheet": ("why", *MINE),
    "reopen_sheet": ("why", *MINE),
    "withdraw_sheet": ("why", *MINE),
    "district_sheet": (None, "200 200 200 200 302", READ),
    "issue_district_sheet": ("why", "404 404 404 404 302", "404 404 404 404 302"),
    "imports": (None, "404 200 200 200 302", READ),
    "hand_in": ("file", "404 200 200 200 302", "404 200 302* 302* 302"),
    "template": (None, "200 200 200 200 302", READ),
    "import": (None, "404 404 200 200 302", READ),
    "import_faults": (None, "404 404 200 200 302", READ),
    "confirm_import": (None, READ, "404 404 302* 302* 302"),
    "discard_import": (None, READ, "404 404 302* 302* 302"),
    "undo_import": ("why", *MINE),
}


@pytest.fixture
def rows(town):
    """By the name of each address what it is about: points and sheets in the state that the step needs."""
    now = timezone.now()
    today = timezone.localdate(now)
    clerk, chief = {"by": town.clerk, "now": now}, {"by": town.chief, "now": now}

    def make(name, *, checked=False):
        made = actions.register_point(town.TRADE, **clerk, **SOUND | {"name": name}).subject
        actions.assess_point(made, **clerk, **LEC)
        if checked:
            actions.check_point(made, **chief)
        return made

    checked, retired = make("已核对", checked=True), make("已撤下")
    actions.retire_point(retired, **clerk, why="拆除")
    sheets = []
    for year in (today.year - 1, today.year):
        sheets.append(actions.open_sheet(town.TRADE, **clerk, year=year, due_on=today).subject)
    last_year, handed_in = sheets
    RiskSheet.objects.filter(pk=last_year.pk).update(
        state="checked", checked_count=1, due_count=1, checked_by=town.chief, checked_at=now
    )
    actions.hand_in_sheet(handed_in, **clerk)
    fresh = actions.open_sheet(town.TRADE, **clerk, year=today.year + 1, due_on=today).subject
    RiskSheet.objects.filter(pk=fresh.pk).update(year=today.year - 2)
    RiskPoint.objects.filter(pk=checked.pk).update(checked_on=today)
    draft = checked

    def hand_in(state):
        row = RiskImport.objects.create(
            organisation=town.TRADE, file_name="a.csv", sha256="0" * 64, by=town.clerk, uploaded_at=now, state=state, datum="wgs84"
        )  # fmt: skip
        queue(row, "riskmap.read", "%(name)s", town.clerk, now)
        row.job.state = "done"
        row.job.save()
        return row

    waiting, over = hand_in("preview"), hand_in("confirmed")
    return {
        "district_sheet": today.year, "issue_district_sheet": today.year, "template": "csv", "undo_import": over.pk,
        **dict.fromkeys(("import", "import_faults", "confirm_import", "discard_import"), waiting.pk),
        "fresh": fresh, "draft": lambda: make("待核对"),
        **dict.fromkeys(("point", "drawer", "edit", "assess", "review", "put_in_force", "return", "retire"), draft.number),
        "restore": retired.number, "sheet": handed_in.pk, "hand_in_sheet": fresh.pk, "check_sheet": handed_in.pk,
        "return_sheet": handed_in.pk, "reopen_sheet": last_year.pk, "withdraw_sheet": fresh.pk,
    }  # fmt: skip


def words_of(posted, town, person):
    """What a person would post."""
    organisation = town.STREET.pk if person == "nobody" else town.TRADE.pk
    return {
        None: {},
        "fields": SOUND | {"name": "新名", "organisation": organisation, "datum": "wgs84"},
        "scores": {"L": "3", "E": "6", "C": "40", "why": "重新评估"},
        "cause": {"cause": "accident", "why": "试"},
        "why": {"why": "试"},
        "file": {
            "organisation": organisation,
            "datum": "wgs84",
            "body": SimpleUploadedFile("a.csv", "名称,责任单位编码\n甲,TRADE\n".encode()),
        },
        "sheet": {
            "organisation": organisation,
            "year": timezone.localdate().year + 1,
            "due_on": f"{date.max}",
        },
    }[posted]


def written():
    return [
        list(model.objects.order_by("pk").values())
        for model in (RiskPoint, RiskAssessment, RiskSheet, RiskImport, Change)
    ]


def test_every_address_is_in_the_matrix():
    assert set(ADDRESSES) == {pattern.name for pattern in urlpatterns}


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, rows, name, alone):
    posted, getting, posting = ADDRESSES[name]
    for at, who in alone(PEOPLE):
        if who != "nobody":
            person = Person.objects.get(username=who)
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        if name == "check":
            rows["check"] = rows["draft"]().number
        if name == "hand_in_sheet":
            this_year = timezone.localdate().year
            RiskSheet.objects.filter(year=this_year).update(year=this_year + 3)
            RiskSheet.objects.filter(pk=rows["fresh"].pk).update(year=this_year)
        args = [] if name not in rows else [rows[name]]
        address = reverse(f"riskmap:{name}", args=[*args, "LEC"] if name == "assess" else args)
        before = written()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, words_of(posted, town, who))
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")
