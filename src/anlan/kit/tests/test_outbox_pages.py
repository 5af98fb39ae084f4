"""Pages of channels, the outbox and contacts: who may open and change what, what is shown and what never is."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.kit.models import Change, Channel, Contact, Message
from anlan.kit.outbox import queue
from anlan.kit.tests.conftest import add_person
from anlan.kit.tests.outbox import Post, add_channel, add_kind, plain_sender
from anlan.kit.tests.test_outbox_actions import give
from anlan.kit.urls import urlpatterns

HOSTILE = "<script>alert(1)</script>"

# The branch's editor of channels; its officer, who answers alarms; its viewer, whose contact it is; somebody of the
# annex; somebody signed out; the root's manager of people. A star: the POST changed something.
PEOPLE = ("editor", "officer", "viewer", "other", "nobody", "manager")
ADDRESSES = {
    "channels": (None, "200 200 200 200 302 200", "405 405 405 405 302 405"),
    "channel_kinds": (None, "200 404 404 200 302 404", "405 405 405 405 302 405"),
    "channel_add": ("channel", "200 404 404 200 302 404", "302* 404 404 200 302 404"),
    "channel": (None, "200 200 200 404 302 200", "405 405 405 405 302 405"),
    "channel_change": ("settings", "200 404 404 404 302 404", "302* 404 404 404 302 404"),
    "channel_test": ("to", "405 405 405 405 302 405", "302* 404 404 404 302 404"),
    "channel_retire": ("why", "200 404 404 404 302 404", "302* 404 404 404 302 404"),
    "channel_restore": ("nothing", "405 405 405 405 302 405", "302 404 404 404 302 404"),
    "messages": (None, "200 200 200 200 302 200", "405 405 405 405 302 405"),
    "message": (None, "200 200 200 404 302 200", "405 405 405 405 302 405"),
    "message_again": ("why", "200 200 200 404 302 200", "302* 302* 200 404 302 200"),
    "message_outcome": ("found", "200 404 404 404 302 404", "302* 404 404 404 302 404"),
    "contacts": (None, "200 200 200 200 302 200", "405 405 405 405 302 405"),
    "contacts_of": (None, "404 404 200 404 302 200", "405 405 405 405 302 405"),
    "contact_add": ("contact", "404 404 200 404 302 200", "404 404 302* 404 302 302*"),
    "contact_change": ("contact", "404 404 200 404 302 200", "404 404 302* 404 302 302*"),
    "contact_retire": ("nothing", "404 404 200 404 302 200", "404 404 302* 404 302 302*"),
    "contact_test": ("nothing", "405 405 405 405 302 405", "404 404 302* 404 302 302*"),
}
POSTED = {
    "channel": {
        "code": "new", "name": "新群", "set_url": "https://x.example", "set_secret": "s", "is_for_staff": "on",
    },
    "settings": {"name": "改名", "set_url": "https://x.example", "set_secret": "", "is_for_staff": "on"},
    "to": {"to": "13800000000"},
    "why": {"why": "试"},
    "found": {"state": "delivered", "why": "试"},
    "contact": {"address": "13900000000", "order": 2},
    "nothing": {},
}  # fmt: skip


@pytest.fixture
def office(town, monkeypatch):
    post = Post()
    add_kind(monkeypatch, "robot", post)
    add_kind(monkeypatch, "sms", post, to_zh="手机号")
    people = {"manager": town.boss, "viewer": town.guest}
    for name, organisation, rights in (
        ("editor", town.branch, ["channels.edit"]), ("officer", town.branch, ["alarms.answer"]), ("other", town.annex, ["channels.edit"]),
    ):  # fmt: skip
        people[name] = add_person(name, organisation, town.guest.holds.get().role)
        give(people[name], organisation, *rights)
    sms = add_channel(town.branch, "sms", "sms")
    message = queue(town.branch, key="k", channel=sms, title="题", text="文", to="13811112222", now=timezone.now(), link="https://x/one-tap/t0ken")  # fmt: skip
    Message.objects.update(state="unknown")
    contact = Contact.objects.create(person=town.guest, channel=sms, address="13811112222")
    return SimpleNamespace(**vars(town), people=people, sms=sms, message=message, contact=contact, post=post)


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def address_of(name, office):
    arguments = {
        "channel_add": ["robot"], "contacts_of": [office.guest.pk], "contact_add": [office.guest.pk],
        **{name: [] for name in ("channels", "channel_kinds", "messages", "contacts")},
    }  # fmt: skip
    by_noun = {"channel": "sms", "message": office.message.pk, "contact": office.contact.pk}
    return reverse(f"kit:{name}", args=arguments.get(name, [by_noun.get(name.partition("_")[0])]))


def written():
    return [list(model.objects.order_by("pk").values()) for model in (Channel, Message, Contact, Change)]


def test_every_address_is_in_the_matrix():
    own = {one.name for one in urlpatterns if str(one.pattern).startswith(("channel", "outbox", "contacts"))}
    assert own == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, office, signed_in, name, alone):
    posted, getting, posting = ADDRESSES[name]
    words = POSTED[posted or "nothing"] | ({"organisation": office.branch.pk} if posted == "channel" else {})
    words |= {"channel": office.sms.pk} if posted == "contact" else {}
    for at, who in alone(PEOPLE):
        if who != "nobody":
            signed_in(office.people[who])
        address, before = address_of(name, office), written()
        assert f"{client.get(address).status_code}" == getting.split()[at], who
        assert written() == before, who
        answer = client.post(address, words)
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")


def test_no_page_shows_a_secret_a_link_that_answers_or_a_strangers_number(office, signed_in):
    client = signed_in(office.people["editor"])
    pages = [
        address_of(name, office) for name in ("channels", "channel", "channel_change", "messages", "message")
    ]
    pages += ["/channels/?format=csv", "/outbox/?format=csv"]
    for page in pages:
        answer = client.get(page)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert answer.status_code == 200 and "s3cret-key" not in text and "t0ken" not in text, page
        assert "13811112222" not in text, page
    assert "138****2222" in client.get(address_of("message", office)).content.decode()


def test_hostile_words_are_inert(office, signed_in):
    Channel.objects.update(name=HOSTILE, last_said=HOSTILE, last_failed_at=timezone.now())
    now = timezone.now().isoformat()
    Message.objects.update(
        title=HOSTILE, text=HOSTILE, recipient=HOSTILE, said=HOSTILE, vendor_id=HOSTILE,
        story=[{"at": now, "state": "unknown", "said": HOSTILE}],
    )  # fmt: skip
    Contact.objects.update(address=HOSTILE)
    editor, viewer = office.people["editor"], office.guest
    for person, names in (
        (
            editor,
            (
                "channels",
                "channel",
                "channel_change",
                "channel_retire",
                "messages",
                "message",
                "message_again",
            ),
        ),
        (viewer, ("contacts", "contact_change", "contact_retire")),
    ):
        client = signed_in(person)
        for name in names:
            answer = client.get(address_of(name, office))
            assert answer.status_code == 200 and HOSTILE not in answer.content.decode(), name


def test_a_channel_is_set_up_and_tested_through_its_pages(office, signed_in):
    client = signed_in(office.people["editor"])
    assert "robot 类" in client.get("/channel-kinds/").content.decode()
    words = POSTED["channel"] | {"organisation": office.branch.pk}
    refused = client.post("/channel-kinds/robot/", words | {"set_url": "gate"})
    assert "http" in refused.content.decode() and not Channel.objects.filter(code="new").exists()
    assert client.post("/channel-kinds/robot/", words).url == "/channels/new/"
    assert "尚未使用" in client.get("/channels/new/").content.decode()
    page = client.post("/channels/new/test/").url
    text = client.get(page).content.decode()
    assert "待发送" in text and 'hx-trigger="every 1s"' in text
    plain_sender().wind(timezone.now())
    text = client.get(page).content.decode()
    assert "渠道已受理" in text and "every 1s" not in text and "ok" in text
    assert "正常" in client.get("/channels/new/").content.decode()
    assert client.get("/channels/new/").context["health"].sent == 1
    assert client.get("/channel-kinds/vanished/").status_code == 404


def test_a_test_without_an_address_goes_back_and_says_so(office, signed_in):
    client = signed_in(office.people["editor"])
    answer = client.post("/channels/sms/test/", {"to": ""}, follow=True)
    assert "必填" in answer.content.decode() and Message.objects.count() == 1


def test_the_outbox_is_narrowed_in_its_address(office, signed_in):
    client = signed_in(office.people["editor"])
    kind = f"accounts.organisation/{office.branch.pk}"
    day = timezone.localdate().isoformat()
    for query in (
        "",
        "state=unknown",
        "channel=sms",
        f"about={kind}",
        f"since={day}",
        "about=accounts.organisation",
    ):
        assert ">题</td>" in client.get(f"/outbox/?{query}").content.decode(), query
    for query in ("state=sent", "channel=x", "about=x/1", "since=2100-01-01"):
        assert ">题</td>" not in client.get(f"/outbox/?{query}").content.decode(), query


def test_ones_own_messages_are_seen_whosever_the_channel(office, signed_in):
    Message.objects.update(person=office.people["other"])
    client = signed_in(office.people["other"])
    assert client.get(address_of("message", office)).status_code == 200
    assert "13811112222" in client.get(address_of("message", office)).content.decode(), (
        "one's own number is shown"
    )


def test_whoever_cannot_be_reached_is_told_so(office, signed_in):
    client = signed_in(office.guest)
    assert "收不到" not in client.get("/contacts/").content.decode()
    Contact.objects.all().delete()
    assert "收不到任何提醒" in client.get("/contacts/").content.decode()
    Channel.objects.update(is_active=False)
    text = client.get("/contacts/").content.decode()
    assert "先配置发送渠道" in text and "新增联系方式" not in text


def test_an_unknown_message_says_what_to_do_and_is_settled(office, signed_in):
    client = signed_in(office.people["editor"])
    assert "系统不会自动重发" in client.get(address_of("message", office)).content.decode()
    again = client.post(address_of("message_again", office), {"why": "没有收到"}).url
    assert again != address_of("message", office)
    text = client.get(address_of("message", office)).content.decode()
    assert "已再次发送" in text and again in text


def test_english_pages_are_english(office, signed_in):
    client = signed_in(office.people["editor"])
    client.cookies["django_language"] = "en"
    text = client.get("/channels/sms/").content.decode()
    assert "kind sms" in text and "secret" in text
