"""Who may open what, and who may change what: every address of the register × five kinds of people, GET and POST."""

import io

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
    "names": (None, "200 200 200 200 302", READ),
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
def test_each_gets_what_is_his(client, estate, name, alone):
    posted, getting, posting = ADDRESSES[name]
    for at, who in alone(PEOPLE):
        if name == "ask_update" and who == "keeper":
            actions.withdraw_request(estate.request, by=estate.town.keeper, now=timezone.now())
        if who != "nobody":
            person = Person.objects.get(username=estate.people.get(who, who))
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        known = estate.by_name.get(name)
        address = reverse(f"enterprises:{name}", args=[] if known is None else [known])
        before = written()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, words_of(posted, estate))
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")
