"""Who may open what, and change what, of checklists, self-checks, links and the pages of units; people as in test_permissions."""

import io

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from anlan.domains.accounts.models import Role
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import Observation
from anlan.domains.hazards.actions.checklists import add_checklist, import_version, publish_version
from anlan.domains.hazards.actions.keepers import issue_link
from anlan.domains.hazards.actions.selfchecks import begin_check, hand_in_check, save_answers
from anlan.domains.hazards.models import Checklist, ChecklistVersion, Hazard, KeeperLink, SelfCheck
from anlan.domains.hazards.queries.keepers import Keeper
from anlan.domains.hazards.tests.test_permissions import PEOPLE, READ, sign_in
from anlan.domains.places.models import Place
from anlan.kit.models import Attachment, Change

# A reader of the department; the editor of another one; the keeper of the shop; a clerk of the department; signed out.
ALL = "200 200 200 200 302"
CLERKS = "404 200 404 200 302"
OWN = "404 404 200 404 302"
KEPT = "404 404 405 404 302"  # a page of one's own that takes nothing, or shows nothing
PARTS = "200 404 200 200 302"  # whoever watches over the shop, and the shop itself
ADDRESSES = {
    "checklists": (ALL, READ),
    "checklist_add": (CLERKS, "404 302* 404 302* 302"),
    "checklist": (PARTS, READ),
    "checklist_import": ("404 404 404 200 302", "404 404 404 302* 302"),
    "checklist_version": (PARTS, READ),
    "checklist_workbook": (PARTS, READ),
    "checklist_deed": (READ, "404 404 404 302* 302"),
    "checks": (ALL, READ),
    "check_rates": (ALL, READ),
    "check": (PARTS, READ),
    "check_photo": ("404 404 404 404 302", READ),
    "links": (ALL, READ),
    "link": ("404 404 404 200 302", READ),
    "link_issue": (ALL, "200 200 200 200* 302"),
    "link_again": ("404 404 404 200 302", "404 404 404 200* 302"),
    "link_revoke": ("404 404 404 200 302", "404 404 404 302* 302"),
    "keepers": ("200 200 302 200 302", READ),
    "keeper_home": (OWN, KEPT),
    "keeper_begin": (KEPT, "404 404 302* 404 302"),
    "keeper_check": (OWN, "404 404 200* 404 302"),
    "keeper_photo": ("404 404 404 404 302", KEPT),
    "keeper_hazard": ("404 404 302 404 302", "404 404 302 404 302"),
    "keeper_exercise": (OWN, "404 404 302* 404 302"),
    "keeper_observe": (KEPT, "404 404 302* 404 302"),
    "keeper_presses": (KEPT, "404 404 200* 404 401"),
}
QUESTIONS = [("text", "what", "情况")]


def questions():
    base = dict.fromkeys(
        ("hint", "relevant", "constraint", "constraint_message", "calculation", "clause", "penalty", "list_name", "hazard_kind"), ""
    )  # fmt: skip
    return [
        base | {"kind": kind, "name": name, "label": label, "is_required": False, "is_photo_wanted": False, "choices": [], "parts": [], "hazard_when": []}
        for kind, name, label in QUESTIONS
    ]  # fmt: skip


def workbook():
    book, body = Workbook(), io.BytesIO()
    book.active.title = "survey"
    for line in [("type", "name", "label"), *QUESTIONS]:
        book.active.append(line)
    book.save(body)
    return SimpleUploadedFile("list.xlsx", body.getvalue())


@pytest.fixture
def shop(town):
    """The shop as a place that it operates, with a published checklist, a draft, a self-check handed in, a hazard, a link."""
    for username in ("clerk", "boss", "other"):
        role = Role.objects.get(code=f"r-{username}")
        role.rights = [*role.rights, Right.CHECKS_EDIT]
        role.save()
        getattr(town, username).forget_holdings()
    role = Role.objects.get(code="r-keeper")
    role.rights = [*role.rights, Right.PATROLS_WALK]
    role.save()
    town.keeper.forget_holdings()
    now = timezone.now()
    boss, own = {"by": town.boss, "now": now}, {"by": town.keeper, "now": now}
    place = Place.objects.create(code="S1", name="示例商店", kind="mall", organisation=town.TRADE, operator=town.SHOP)  # fmt: skip
    town.shop, town.unit = place, Keeper("place", place)
    town.checklist = add_checklist(town.TRADE, **boss, code="fire", name="消防").subject
    town.version = import_version(town.checklist, **boss, questions=questions()).subject
    publish_version(town.version, **boss)
    town.draft_version = import_version(town.checklist, **boss, questions=questions()).subject
    town.done = begin_check(town.version, **own, keeper=town.unit).subject
    save_answers(town.done, now=now, answers={"what": "好"})
    hand_in_check(town.done, **own, signer="店长", post="店长", is_confirmed=True, seen={"what"})
    town.draft = begin_check(town.version, **own, keeper=town.unit).subject
    town.hazard = Hazard.objects.create(organisation=town.TRADE, source="self_check", what="堵", kind="exits", place=place, reported_at=now, responsible=town.SHOP)  # fmt: skip
    town.link = issue_link(place, **boss, keeper=town.unit, holder="店长", days=30).subject
    return town


def written():
    rows = (Checklist, ChecklistVersion, SelfCheck, KeeperLink, Hazard, Observation, Attachment, Change)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def prepare(town, name, who):
    """(arguments of the address, what is posted) of what stands ready for a page."""
    unit, home = ["place", town.shop.pk], getattr(getattr(town, who, None), "organisation_id", "")
    uid = "6f1d9f7e-6f43-4f0e-9c39-3a5f0a8f1c11"
    new = {"name": "新", "code": f"new-{who}", "organisation": home, "audience": "any", "body": workbook()}
    ready = {
        "checklist_add": ([], new), "checklist": (["fire"], {}), "checklist_import": (["fire"], {"body": workbook()}),
        "checklist_version": (["fire", 1], {}), "checklist_workbook": (["fire", 1], {}), "checklist_deed": (["fire", 2, "publish"], {}),
        "check": ([town.done.pk], {}), "check_photo": ([town.done.pk, 1], {}), "link": ([town.link.pk], {}),
        "link_issue": ([], {"place": town.shop.pk, "holder": "店长", "days": 5}), "link_again": ([town.link.pk], {"days": 5}),
        "link_revoke": ([town.link.pk], {"why": "丢了"}), "keeper_home": (unit, {}), "keeper_begin": ([*unit, town.version.pk], {}),
        "keeper_check": ([*unit, town.draft.pk], {"what": "旧", "seen": "what", "save": "1"}),
        "keeper_photo": ([*unit, town.done.pk, 1], {}), "keeper_hazard": ([*unit, town.hazard.pk], {"step": "fix"}),
        "keeper_exercise": (unit, {"rule_id": "DR-SITE", "held_on": timezone.localdate().isoformat(), "form": "live", "what": "疏散", "attendee_count": 9}),
        "keeper_observe": (unit, {"place": "S1", "uid": uid, "kind": "too_many"}),
    }  # fmt: skip
    if name == "keeper_presses":
        batch = f'[{{"uid": "{uid}", "place": "S1", "kind": "press_in", "n": 1, "at": "{timezone.now().isoformat()}"}}]'
        return unit, batch
    if name == "keeper_begin":
        SelfCheck.objects.filter(pk=town.draft.pk).delete()
    return ready.get(name, ([], {}))


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, shop, name, alone):
    for at, who in alone(PEOPLE):
        known, posted = prepare(shop, name, who)
        address, (getting, posting) = reverse(f"hazards:{name}", args=known), ADDRESSES[name]
        sign_in(client, shop, who)
        before = written()
        assert f"{client.get(address).status_code}" == getting.split()[at], who
        assert written() == before
        kind = {"content_type": "application/json"} if isinstance(posted, str) else {}
        answer = client.post(address, posted, **kind)
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who


def test_a_link_of_another_unit_opens_nothing_of_this_one(client, shop):
    now = timezone.now()
    other = Place.objects.create(code="S2", name="别的店", kind="mall", organisation=shop.TRADE)
    link = issue_link(
        other, by=shop.boss, now=now, keeper=Keeper("place", other), holder="店长", days=5
    ).subject
    root = reverse("keeper:home", args=[link.token])
    assert client.get(root).status_code == 200
    for part in (f"checks/{shop.done.pk}/", f"hazards/{shop.hazard.pk}/", f"checks/{shop.done.pk}/photos/1/"):
        assert client.get(root + part).status_code == 404
    before = written()
    words = {"place": "S1", "uid": "6f1d9f7e-6f43-4f0e-9c39-3a5f0a8f1c12", "kind": "too_many"}
    assert client.post(f"{root}observe/", words).status_code == 404
    assert client.post(f"{root}checks/{shop.draft.pk}/", {"what": "x", "seen": "what"}).status_code == 404
    assert written() == before


@pytest.fixture
def fresh_pace():
    """Nobody has knocked before, and whoever comes after finds nothing counted."""
    cache.clear()
    yield
    cache.clear()


def test_too_many_tries_are_stopped(client, shop, fresh_pace):
    answers = {client.get(reverse("keeper:home", args=[f"guess{n}"])).status_code for n in range(35)}
    assert answers == {404, 429}


def test_an_expired_link_says_so(client, shop):
    KeeperLink.objects.filter(pk=shop.link.pk).update(valid_until=timezone.now())
    answer = client.get(reverse("keeper:home", args=[shop.link.token]))
    assert answer.status_code == 410 and "已过期" in answer.content.decode()
