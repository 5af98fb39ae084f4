"""Who may open what, and who may change what: every address of the register × five kinds of people, GET and POST."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.models import Person
from anlan.domains.enterprises import actions
from anlan.domains.enterprises.models import (
    Enterprise,
    EnterpriseImport,
    Licence,
    Pledge,
    PledgeText,
    ResponsibilityList,
    Site,
    UpdateRequest,
)
from anlan.domains.enterprises.tests.conftest import CODE
from anlan.domains.enterprises.urls import urlpatterns
from anlan.kit.models import Change

# A reader of the department; the editor of another one; the enterprise's own keeper; the editor whose it is; signed out.
# A star: the POST changed something. 200 for a POST is the form again; 302 for somebody signed out is the sign-in page.
PEOPLE = ("guest", "other", "keeper", "clerk", "nobody")
READ = "405 405 405 405 302"  # no POST
ADDRESSES = {
    "enterprises": (None, "200 200 200 200 302", READ),
    "add": ("fields", "404 200 404 200 302", "404 200 404 302* 302"),
    "by_id": (None, "302 404 302 302 302", READ),
    "own": (None, "200 200 200 200 302", READ),
    "ask_update": ("own", "404 404 200 404 302", "404 404 302* 404 302"),
    "withdraw_request": (None, READ, "404 404 302* 404 302"),
    "sign_pledge": ("signed", "404 404 200 404 302", "404 404 302* 404 302"),
    "requests": (None, "200 200 200 200 302", READ),
    "request": (None, "404 404 404 200 302", READ),
    "accept_request": (None, READ, "404 404 404 302* 302"),
    "refuse_request": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "duplicates": (None, "200 200 200 200 302", READ),
    "licences": (None, "200 200 200 200 302", READ),
    "edit_licence": ("licence", "404 404 404 200 302", "404 404 404 302* 302"),
    "withdraw_licence": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "close_site": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "pledges": (None, "200 200 200 200 302", READ),
    "pledge": (None, "200 404 200 200 302", READ),
    "break_pledge": ("broken", "404 404 404 200 302", "404 404 404 302* 302"),
    "texts": (None, "200 200 200 200 302", READ),
    "lay_down_text": ("text", "404 200 404 200 302", "404 200 404 302* 302"),
    "imports": (None, "404 200 404 200 302", READ),
    "hand_in": ("file", "404 200 404 200 302", "404 200 404 302* 302"),
    "template": (None, "200 200 200 200 302", READ),
    "import": (None, "404 404 404 200 302", READ),
    "import_faults": (None, "404 404 404 200 302", READ),
    "confirm_import": (None, READ, "404 404 404 302* 302"),
    "discard_import": (None, READ, "404 404 404 302* 302"),
    "undo_import": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "file": (None, "200 404 200 200 302", READ),
    "edit": ("fields", "404 404 404 200 302", "404 404 404 302* 302"),
    "close": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "reopen": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "account": ("account", "404 404 404 200 302", "404 404 404 302* 302"),
    "merge": ("into", "404 404 404 200 302", "404 404 404 302* 302"),
    "unmerge": ("why", "404 404 404 200 302", "404 404 404 302* 302"),
    "add_licence": ("licence", "404 404 404 200 302", "404 404 404 302* 302"),
    "add_site": ("site", "404 404 404 200 302", "404 404 404 302* 302"),
    "responsibilities": ("lines", "404 404 404 200 302", "404 404 404 302* 302"),
    "record_pledge": ("pledge", "404 404 404 200 302", "404 404 404 302* 302"),
}


@pytest.fixture
def estate(town, tmp_path, settings):
    """An enterprise with all that hangs on it, one closed, one merged, and an import in each state that a step needs."""
    settings.DATA = tmp_path
    by, now = {"by": town.clerk, "now": timezone.now()}, timezone.now()
    today = timezone.localdate(now)
    yesterday = today - timedelta(days=1)

    def register(name, code=""):
        return actions.register_enterprise(town.TRADE, name=name, code=code, **by).subject

    shop, twin = register("示例商店", CODE), register("示例  商店")
    actions.give_account(shop, account=town.SHOP, **by)
    text = actions.lay_down_text(town.TRADE, text="我单位承诺……", valid_from=yesterday, **by).subject
    pledge = actions.record_pledge(shop, signer="某人", post="经理", signed_on=yesterday, **by).subject
    licence = actions.add_licence(shop, kind="许可", number="1", valid_until=today, **by).subject
    site = actions.add_site(shop, address="示例路 1 号", **by).subject
    request = actions.ask_update(shop, by=town.keeper, now=now, asked={"address": "新址"}).subject
    closed = register("关店")
    actions.close_enterprise(closed, why="停业", **by)
    merged = register("并店")
    actions.merge_enterprise(merged, into=shop, why="同一家", **by)

    def hand_in(state):
        row = EnterpriseImport.objects.create(
            organisation=town.TRADE, file_name="list.csv", sha256="0" * 64, by=town.clerk, uploaded_at=now, state=state
        )  # fmt: skip
        actions.imports.queue(row, "enterprises.read", "%(name)s", town.clerk, now)
        row.job.state = "done"
        row.job.save()
        return row

    waiting, over = hand_in("preview"), hand_in("confirmed")
    by_name = {
        "by_id": shop.pk, "template": "csv", "withdraw_request": request.pk, "pledge": pledge.pk, "break_pledge": pledge.pk,
        **dict.fromkeys(("request", "accept_request", "refuse_request"), request.pk),
        **dict.fromkeys(("edit_licence", "withdraw_licence"), licence.pk), "close_site": site.pk,
        **dict.fromkeys(("import", "import_faults", "confirm_import", "discard_import"), waiting.pk), "undo_import": over.pk,
        **dict.fromkeys(("file", "edit", "close", "account", "add_licence", "add_site", "responsibilities", "record_pledge"), shop.code),
        "reopen": closed.code, "merge": twin.code, "unmerge": merged.code,
    }  # fmt: skip
    street = Person.objects.create(username="street", name="某人", organisation=town.STREET)
    street.holds.create(role=town.boss.holds.get().role, organisation=town.STREET)
    return SimpleNamespace(
        by_name=by_name,
        town=town,
        text=text,
        today=today,
        people={"other": "street"},
        request=request,
        shop=shop,
    )


def words_of(posted, estate):
    """What a person would post."""
    body = io.BytesIO("名称,监管单位编码\n新店,TRADE\n".encode()).getvalue()
    town, today = estate.town, f"{estate.today}"
    return {
        None: {},
        "fields": {"name": "新名", "supervisor": town.TRADE.pk},
        "own": {"address": "别处"},
        "signed": {"signer": "某人", "post": "经理", "seen_sha256": estate.text.sha256},
        "why": {"why": "试"},
        "licence": {"kind": "许可", "number": "2"},
        "broken": {"broken_on": today, "why": "试"},
        "text": {"organisation": town.TRADE.pk, "text": "新文本", "valid_from": today},
        "file": {"organisation": town.TRADE.pk, "body": SimpleUploadedFile("list.csv", body)},
        "account": {"account": ""},
        "into": {"into": CODE, "why": "同一家"},
        "site": {"name": "分店"},
        "lines": {
            "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-post": "店长", "form-0-duty": "检查通道",
        },
        "pledge": {"signer": "某乙", "post": "店长", "signed_on": today},
    }[posted]  # fmt: skip


def written():
    rows = (
        Enterprise, Licence, Site, UpdateRequest, PledgeText, Pledge, ResponsibilityList, EnterpriseImport, Change,
    )  # fmt: skip
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_every_address_is_in_the_matrix():
    assert set(ADDRESSES) == {pattern.name for pattern in urlpatterns}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("at", range(len(PEOPLE)), ids=PEOPLE)
def test_each_gets_what_is_his(client, estate, name, at):
    posted, getting, posting = ADDRESSES[name]
    if name == "ask_update" and PEOPLE[at] == "keeper":
        actions.withdraw_request(estate.request, by=estate.town.keeper, now=timezone.now())
    if PEOPLE[at] != "nobody":
        person = Person.objects.get(username=estate.people.get(PEOPLE[at], PEOPLE[at]))
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    known = estate.by_name.get(name)
    address = reverse(f"enterprises:{name}", args=[] if known is None else [known])
    before = written()
    answer = client.get(address)
    assert f"{answer.status_code}" == getting.split()[at]
    assert written() == before
    answer = client.post(address, words_of(posted, estate))
    assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at]
    if PEOPLE[at] == "nobody":
        assert answer["Location"].startswith("/accounts/")


def test_names_and_numbers_of_people_are_shown_to_who_keeps_the_record(client, town, estate):
    secret = "13800000000"
    for person, is_shown in (("clerk", True), ("keeper", True), ("guest", False)):
        client.force_login(
            Person.objects.get(username=person), backend="django.contrib.auth.backends.ModelBackend"
        )
        words = {"principal": "某负责人", "principal_phone": secret}
        actions.edit_enterprise(estate.shop, by=town.clerk, now=timezone.now(), **words)
        page = client.get(reverse("enterprises:file", args=[CODE])).content.decode()
        assert (secret in page) == is_shown
        export = client.get(reverse("enterprises:enterprises"), {"format": "csv"})
        assert secret not in b"".join(export.streaming_content).decode()
    assert not [row for row in Change.objects.all() if secret in f"{row.before}{row.after}"]


def test_the_page_of_everything_is_seen_by_who_sees_the_enterprise(client, town, estate):
    for person, status in (("clerk", 200), ("guest", 200), ("keeper", 200), ("street", 404)):
        client.force_login(
            Person.objects.get(username=person), backend="django.contrib.auth.backends.ModelBackend"
        )
        answer = client.get(estate.shop.get_absolute_url())
        assert answer.status_code == status
