"""Who may open what, and who may change what: every address of notices × five kinds of people, GET and POST."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Bulletin, Display, Feed, Notice, NoticeTarget, NoticeTemplate
from anlan.domains.notices.tests.conftest import add_person, draft_at, sha
from anlan.domains.notices.urls import urlpatterns
from anlan.kit.models import Change, Message

# A reader of the whole district; whoever drafts and signs for another department; the drafter; the publicity
# department; somebody signed out. A star: the POST changed something.
PEOPLE = ("reader", "other", "drafter", "signer", "nobody")
OPEN = "200 200 200 200 200"  # for everyone
NO_POST = "405 405 405 405 405"
IN = "405 405 405 405 302"  # no POST; signed out: to the sign-in page
# name: (what is posted, GET for each of PEOPLE, POST for each of PEOPLE)
ADDRESSES = {
    "public_notices": (None, OPEN, NO_POST),
    "public_notice": (None, OPEN, NO_POST),
    "rss": (None, OPEN, NO_POST),
    "atom": (None, OPEN, NO_POST),
    "cap": (None, OPEN, NO_POST),
    "cap_cancel": (None, "404 404 404 404 404", NO_POST),  # it is not lifted
    "public_advice": (None, OPEN, NO_POST),
    "public_advice_one": (None, OPEN, NO_POST),
    "keeper": (None, OPEN, NO_POST),
    "screen": (None, OPEN, NO_POST),
    "heartbeat": (None, NO_POST, "200* 200* 200* 200* 200*"),
    "notices": (None, "200 200 200 200 302", IN),
    "add": ("draft", "200 200 200 200 302", "200 200 302* 302* 302"),
    "preview": ("draft", IN, "200 200 200 200 302"),
    "notice": (None, "200 404 200 200 302", "405 405 405 405 302"),
    "edit": ("draft", "200 404 200 200 302", "200 404 302* 302* 302"),
    "submit": (None, IN, "302 404 302* 302* 302"),
    "update": (None, IN, "302 404 302* 302* 302"),
    "sign": ("seen", "200 404 200 200 302", "302 404 302 302* 302"),
    "return": ("why", "200 404 200 200 302", "200 404 200 302* 302"),
    "publish": ("why", "200 404 200 200 302", "200 404 302* 302* 302"),
    "lift": ("why", "200 404 200 200 302", "200 404 200 302* 302"),
    "drop": ("why", "200 404 200 200 302", "200 404 302* 302* 302"),
    "hand_over": ("taken", "200 404 200 200 302", "200 404 302* 302* 302"),
    "export_12379": (None, "200 404 200 200 302", IN),
    "export_docx": (None, "200 404 200 200 302", IN),
    "print": (None, "200 404 200 200 302", IN),
    "preview_cap": (None, "200 404 200 200 302", IN),
    "send_again": (None, IN, "302 404 302* 302* 302"),
    "report": ("address", "200 404 200 200 302", "200 404 302* 302* 302"),
    "templates": (None, "200 200 200 200 302", IN),
    "template_add": ("advice", "200 200 200 200 302", "200 200 200 302* 302"),
    "template": (None, "200 200 200 200 302", IN),
    "template_edit": ("advice", "200 200 200 200 302", "200 200 200 302* 302"),
    "template_withdraw": ("why", "200 200 200 200 302", "200 200 200 302* 302"),
    "displays": (None, "200 200 200 200 302", IN),
    "display_add": ("display", "200 200 200 200 302", "200 200 200 200* 302"),
    "display": (None, "200 404 200 200 302", "405 405 405 405 302"),
    "display_edit": ("display", "200 404 200 200 302", "200 404 200 302* 302"),
    "display_renew": (None, IN, "302 404 302 200* 302"),
    "display_retire": ("why", "200 404 200 200 302", "200 404 200 302* 302"),
    "display_restore": (None, IN, "302 404 302 302* 302"),
    "bulletins": (None, "200 200 200 200 302", IN),
    "bulletin": (None, "200 404 200 200 302", "405 405 405 405 302"),
    "bulletin_draft": (None, IN, "302 404 302* 302* 302"),
    "feeds": (None, "200 200 200 200 302", IN),
    "feed_add": ("feed", "200 200 200 200 302", "200 200 200 302* 302"),
    "feed": ("feed", "200 404 200 200 302", "200 404 200 302* 302"),
}


@pytest.fixture
def estate(town):
    """A notice in each state that a step needs, a screen in use and one retired, a feed with an alert."""
    add_person("overseer", town.top, [Right.VIEW])
    now = timezone.now()
    later = {"expires_at": now + timedelta(hours=3)}
    outlets = ["web", f"display:{town.screen.pk}", f"channel:{town.group.pk}", "weibo"]
    author = add_person("author", town.top, [Right.VIEW, Right.NOTICES_DRAFT])

    def make(**words):
        return draft_at(town, by=author, outlets=outlets, **later | words)

    def submitted(notice):
        return actions.submit_notice(notice, by=author, now=now).subject

    def signed(notice):
        notice, endorser = submitted(notice), town.signer
        return actions.sign_notice(
            notice, by=endorser, now=now, seen_sha256=sha(queries.frozen_of(notice))
        ).subject

    warning = actions.draft_notice(
        town.parks, by=author, now=now, kind="statutory_warning", template="wind", places=[town.square], **later,
        fields={
            "sender_name": "区政府", "sender_code": "31010141600000", "event_type": "11B06", "colour": "Blue",
            "channels": "广播", "special_places": "电话", "legal_basis": "", "copied_to": "",
        },
    ).subject  # fmt: skip
    published = actions.publish_notice(signed(make()), by=author, now=now).subject
    retired = actions.add_display(
        town.parks, by=town.signer, now=now, name="旧屏", signs=8, lines=2, fallback_zh="欢迎"
    ).subject
    actions.retire_display(retired, by=town.signer, now=now, why="旧")
    feed = actions.add_feed(
        town.parks, by=town.signer, now=now, name="气象", kind="cap", url="http://feed.example/", every_s=300, is_active=True
    ).subject  # fmt: skip
    alert = actions.receive_bulletin(
        feed, by=None, now=now, sender="met.example", identifier="a1", sent_at=now, status="Actual", msg_type="Alert",
        headline="大风蓝色预警",
    ).subject  # fmt: skip
    open_draft, waiting, ready = make(), submitted(make()), signed(make())
    by_name = {
        "edit": open_draft.pk, "submit": open_draft.pk, "drop": open_draft.pk, "notice": open_draft.pk,
        "sign": waiting.pk, "return": waiting.pk, "publish": ready.pk, "hand_over": signed(warning).pk,
        "preview_cap": published.pk, "update": published.pk, "lift": published.pk,
        **dict.fromkeys(("export_12379", "export_docx", "print"), warning.pk),
        "send_again": published.targets.get(kind="channel").pk, "report": published.targets.get(kind="weibo").pk,
        **dict.fromkeys(("public_notice", "cap", "cap_cancel"), published.number),
        **dict.fromkeys(("public_advice_one", "template", "template_edit", "template_withdraw"), "fire"),
        **dict.fromkeys(("screen", "heartbeat"), town.screen.token),
        **dict.fromkeys(("display", "display_edit", "display_renew", "display_retire"), town.screen.pk),
        "display_restore": retired.pk, "bulletin": alert.pk, "bulletin_draft": alert.pk, "feed": feed.pk,
    }  # fmt: skip
    people = {"reader": "overseer", "other": "trader", "drafter": "drafter", "signer": "signer"}
    return SimpleNamespace(by_name=by_name, people=people, town=town, waiting=waiting, later=later)


def address_of(name, estate):
    known = estate.by_name.get(name)
    address = reverse(f"notices:{name}", args=[] if known is None else [known])
    return address + "?template=fire" if name == "add" else address


def words_of(posted, estate):
    """What a person would post."""
    until = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    draft = {
        "organisation": estate.town.parks.pk, "hazard": "fire", "headline_zh": "新标题", "description_zh": "正文",
        "instruction_zh": "措施", "places": [estate.town.square.pk], "expires_at": until, "outlets": ["web"],
    }  # fmt: skip
    display = {
        "organisation": estate.town.parks.pk, "name": "新屏", "signs": 10, "lines": 2, "orientation": "landscape",
        "fallback_zh": "您好",
    }  # fmt: skip
    return {
        "draft": draft,
        "seen": {"seen_sha256": sha(queries.frozen_of(estate.waiting))},
        "why": {"why": "试"},
        "taken": {"taken_by": "市预警中心"},
        "address": {"address": "https://weibo.example/1"},
        "advice": {"code": "flood", "hazard": "rain", "name_zh": "内涝"},
        "display": display,
        "feed": {
            "organisation": estate.town.parks.pk, "name": "新源", "kind": "cap", "url": "http://x.example/", "every_s": 60,
        },
        None: {},
    }[posted]  # fmt: skip


def written():
    rows = (Notice, NoticeTarget, NoticeTemplate, Display, Feed, Bulletin, Message, Change)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_every_address_is_in_the_matrix():
    assert set(ADDRESSES) == {pattern.name for pattern in urlpatterns}


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, estate, name, alone):
    posted, getting, posting = ADDRESSES[name]
    for at, who in alone(PEOPLE):
        if who != "nobody":
            person = type(town.signer).objects.get(username=estate.people[who])
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        address, before = address_of(name, estate), written()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, words_of(posted, estate))
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody" and posting.split()[at] == "302":
            assert answer["Location"].startswith("/accounts/")
