"""Who may open what, and who may change what: every address of hazards × five kinds of people, GET and POST."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anlan.domains.hazards import actions
from anlan.domains.hazards.models import Evidence, Hazard, HazardExtension
from anlan.domains.hazards.pages.forms import FORMS
from anlan.domains.hazards.terms import Step
from anlan.domains.hazards.tests.conftest import FIVE, picture, show
from anlan.kit.models import Change

# A reader of the department; the editor of another one; the keeper of the shop that rectifies; a clerk of the department;
# signed out. A star: the POST changed something.
PEOPLE = ("guest", "other", "keeper", "clerk", "nobody")
READ = "405 405 405 405 302"
WATCHES = ("404 404 404 200 302", "404 404 404 302* 302")
RECTIFIES = ("404 404 200 200 302", "404 404 302* 302* 302")
REPORTED = ("404 404 200 404 302", "404 404 302* 404 302")  # the keeper reported these two
ADDRESSES = {
    "hazards": ("200 200 200 200 302", READ),
    "report": ("404 200 200 200 302", "404 302* 302* 302* 302"),
    "hazard": ("200 404 200 200 302", READ),
    "classify": WATCHES,
    "file_add": (READ, "404 404 302* 302* 302"),
}
STEPS = {
    **dict.fromkeys(Step, WATCHES),
    **dict.fromkeys((Step.FIX, Step.INTERIM, Step.ASK_EXTENSION, Step.ASK_VERIFICATION), RECTIFIES),
    **dict.fromkeys((Step.APPEAL, Step.CONTEST), REPORTED),
}
PATH = {
    # by which steps a hazard comes to where the step is offered
    Step.ACCEPT: "", Step.REJECT: "", Step.MERGE: "", Step.TRANSFER: "", Step.GRADE: "accept", Step.FIX: "accept general photo",
    Step.ORDER: "accept general", Step.ORDER_MAJOR: "accept major", Step.INTERIM: "accept major order",
    Step.ASK_EXTENSION: "accept general order", Step.GRANT: "accept general order extend",
    Step.REFUSE: "accept general order extend", Step.ASK_VERIFICATION: "accept general order photo",
    Step.CLOSE: "accept general order photo ask", Step.RETURN: "accept general order photo ask",
    Step.CONTEST: "accept general order photo ask close", Step.UPHOLD: "accept general order photo ask close contest",
    Step.LOOK_BACK: "accept general order photo ask close", Step.REOPEN: "accept general order photo ask close",
    Step.APPEAL: "reject", Step.LIST: "accept major order", Step.DELIST: "accept major order list interim photo ask close",
}  # fmt: skip


def walk(town, path):
    """A hazard of the shop, brought by boss and second to where a path ends."""
    now = timezone.now()
    day = timezone.localdate(now) + timedelta(days=3)
    told = {"what": "通道堆物", "kind": "exits", "address": "示例路"}
    row = actions.report_hazard(town.TRADE, by=town.keeper, now=now, **told).subject
    Hazard.objects.filter(pk=row.pk).update(responsible=town.SHOP)
    row.refresh_from_db()
    boss, second = {"by": town.boss, "now": now}, {"by": town.second, "now": now}
    order = {"responsible": town.SHOP, "responsible_post": "店长", "due_on": day}
    deeds = {
        "accept": lambda: actions.accept_hazard(row, **boss),
        "reject": lambda: actions.reject_hazard(row, **boss, why="无"),
        "general": lambda: actions.grade_hazard(row, **boss, grade="general"),
        "major": lambda: actions.grade_hazard(row, **boss, grade="major", standard="major"),
        "order": lambda: actions.order_rectification(row, **boss, **order, **FIVE),
        "interim": lambda: actions.secure_hazard(row, **second, why="围挡"),
        "extend": lambda: actions.ask_extension(row, **second, days=2, why="缺料"),
        "photo": lambda: show(row, "after", by=town.second, now=now),
        "ask": lambda: actions.ask_verification(row, **second),
        "close": lambda: actions.close_hazard(row, **boss, why="好"),
        "contest": lambda: actions.contest_hazard(row, by=town.keeper, now=now, why="没好"),
        "list": lambda: actions.list_hazard(row, **boss, listed_until=day),
    }
    for deed in path.split():
        deeds[deed]()
    return row


def words_of(step, town):
    """What a person would post at a step."""
    day = f"{timezone.localdate() + timedelta(days=5):%Y-%m-%d}"
    words = {
        "why": "试",
        "days": 2,
        "listed_until": day,
        "responsible": town.SHOP.pk,
        "responsible_post": "店长",
        "due_on": day,
    }
    words |= FIVE | {"grade": "general", "organisation": town.STREET.pk}
    if step == Step.MERGE:
        words["into"] = walk(town, "").pk
    return {name: value for name, value in words.items() if name in FORMS[step].base_fields} | (
        {"into": words["into"]} if "into" in words else {}
    )


def written():
    return [
        list(model.objects.order_by("pk").values()) for model in (Hazard, HazardExtension, Evidence, Change)
    ]


def sign_in(client, town, who):
    if who != "nobody":
        client.force_login(getattr(town, who), backend="django.contrib.auth.backends.ModelBackend")


def judge(client, address, posted, getting, posting, at):
    """What answers GET and POST, and whether anything was written."""
    before = written()
    answer = client.get(address)
    assert f"{answer.status_code}" == getting.split()[at]
    assert written() == before
    answer = client.post(address, posted)
    assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at]
    if PEOPLE[at] == "nobody":
        assert answer["Location"].startswith("/accounts/")


def test_every_step_is_in_the_matrix():
    assert set(STEPS) == set(PATH) == set(FORMS) == set(Step)


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, name, alone):
    row = walk(town, "accept general")
    for at, who in alone(PEOPLE):
        sign_in(client, town, who)
        posted = {
            "report": {"what": "灭火器过期", "kind": "fire", "source": "patrol", "organisation": getattr(getattr(town, who, None), "organisation_id", ""), "address": "大厅"},
            "classify": {"criterion": "standard:fire"},
            "file_add": {"stage": "after", "file": SimpleUploadedFile("a.png", picture())},
        }.get(name, {})  # fmt: skip
        known = [row.pk] if name in ("hazard", "classify", "file_add") else []
        judge(client, reverse(f"hazards:{name}", args=known), posted, *ADDRESSES[name], at)


@pytest.mark.parametrize("step", list(Step))
def test_each_step_is_taken_by_whose_it_is(client, town, step, alone):
    row = walk(town, PATH[step])
    for at, who in alone(PEOPLE):
        posted = words_of(step, town)
        sign_in(client, town, who)
        judge(client, reverse("hazards:step", args=[row.pk, step.value]), posted, *STEPS[step], at)


def test_a_step_that_is_none_is_not_found(client, town):
    sign_in(client, town, "clerk")
    assert client.post(reverse("hazards:step", args=[walk(town, "").pk, "vanish"])).status_code == 404
    assert client.post(reverse("hazards:step", args=[walk(town, "").pk, "close"])).status_code == 404
