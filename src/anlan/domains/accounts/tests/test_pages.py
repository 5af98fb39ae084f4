"""Accounts through the front door."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts import actions, queries
from anlan.domains.accounts.models import (
    AccessToken,
    DeviceCredential,
    Organisation,
    Person,
    Role,
    ScreenToken,
)

NOW = timezone.now()
PASSWORD = "Quiet-Water-88"
HOSTILE = "<script>alert(1)</script>"


def address(name, *args):
    return reverse(f"accounts:{name}", args=args)


def sign_in(client, username, password, **extra):
    return client.post(address("sign_in"), {"username": username, "password": password} | extra)


# ── signing in ──────────────────────────────────────────────────────────────────────────────────


def test_sign_in_leads_to_the_address_asked_for_if_it_is_ours(client, district):
    assert sign_in(client, "clerk", PASSWORD, next="/accounts/people/").url == "/accounts/people/"
    client.post(address("sign_out"))
    assert sign_in(client, "clerk", PASSWORD, next="https://evil.example/").url == reverse("site:home")


def test_signed_out_people_are_led_to_sign_in(client, district):
    answer = client.get(address("people"))
    assert answer.status_code == 302 and answer.url.startswith(address("sign_in"))
    assert client.get(answer.url).status_code == 200


def test_signing_out_is_a_post(client, district):
    sign_in(client, "clerk", PASSWORD)
    assert client.get(address("sign_out")).status_code == 405
    client.post(address("sign_out"))
    assert client.get(address("people")).status_code == 302


def test_five_wrong_passwords_lock_until_the_time_that_is_told(client, district):
    for _ in range(4):
        assert sign_in(client, "clerk", "wrong").status_code == 200
    locked = sign_in(client, "clerk", "wrong")
    assert locked.status_code == 429
    until = locked.context["until"]
    assert timezone.localtime(until).strftime("%H:%M:%S") in locked.content.decode()
    assert sign_in(client, "clerk", PASSWORD).status_code == 429, (
        "the right password does not open a locked door"
    )
    assert sign_in(client, "operator", PASSWORD).status_code == 302, "another name is not locked"


def test_the_lock_opens_when_the_told_time_has_come(client, district):
    for _ in range(5):
        locked = sign_in(client, "clerk", "wrong")
    wait = locked.context["until"] - timezone.now()
    # Winding the clock forward is the same as winding the attempts back.
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=attempt.attempt_time - wait + timedelta(minutes=1)
        )
    assert sign_in(client, "clerk", PASSWORD).status_code == 429, "a minute too early"
    AccessAttempt.objects.all().update(attempt_time=timezone.now() - wait - timedelta(seconds=1))
    assert sign_in(client, "clerk", PASSWORD).status_code == 302


def test_whoever_is_out_of_use_is_out_at_once(client, district):
    sign_in(client, "operator", PASSWORD)
    assert client.get(address("profile")).status_code == 200
    actions.deactivate_person(district.operator, by=district.admin, now=NOW)
    assert client.get(address("profile")).status_code == 302
    assert sign_in(client, "operator", PASSWORD).status_code == 200


# ── one's own password and profile ──────────────────────────────────────────────────────────────


def test_a_one_time_password_is_replaced_before_anything_else(client, admin):
    sign_in(client, "admin", admin.one_time_password)
    sent = client.get(address("people") + "?q=x")
    assert sent.status_code == 302 and sent.url.startswith(address("change_password"))
    assert client.post(address("add_role")).url.startswith(address("change_password"))
    words = {"old": admin.one_time_password, "new": PASSWORD, "again": PASSWORD}
    assert client.post(sent.url, words).url == address("people") + "?q=x"
    assert client.get(address("people")).status_code == 200, "the session goes on after the change"


def test_a_mistyped_new_password_is_said_at_its_field(signed_in, district):
    client = signed_in(district.clerk)
    answer = client.post(
        address("change_password"), {"old": PASSWORD, "new": "Still-Water-99", "again": "other"}
    )
    assert "两次输入" in answer.content.decode()
    answer = client.post(
        address("change_password"), {"old": "wrong", "new": "Still-Water-99", "again": "Still-Water-99"}
    )
    assert "原密码不对" in answer.content.decode()


def test_the_profile_sets_the_language_of_the_interface(signed_in, district):
    client = signed_in(district.operator)
    answer = client.post(address("profile"), {"phone": "12", "language": "en"})
    assert answer.cookies["django_language"].value == "en"
    person = Person.objects.get(username="operator")
    assert (person.phone, person.language) == ("12", "en")
    answer = client.post(address("profile"), {"phone": "12", "language": ""})
    assert answer.cookies["django_language"].value == "", "an empty choice follows the browser again"


# ── who may open what ───────────────────────────────────────────────────────────────────────────

PAGES = {  # page of the street (or its clerk): who gets 200, the others get 404
    "organisation": ("admin", "clerk", "watcher"),
    "edit_organisation": ("admin", "clerk"),
    "add_organisation": ("admin", "clerk"),
    "move_organisation": ("admin", "clerk"),
    "close_organisation": ("admin", "clerk"),
    "person": ("admin", "clerk", "watcher"),
    "edit_person": ("admin", "clerk"),
    "reset_password": ("admin", "clerk"),
    "deactivate_person": ("admin", "clerk"),
    "credential": ("admin", "clerk"),
    "revoke_credential": ("admin", "clerk"),
    "access": ("admin", "clerk"),
    "revoke_access": ("admin", "clerk"),
    "screen": ("admin", "clerk"),
    "revoke_screen": ("admin", "clerk"),
    "roles": ("admin", "clerk", "policeman"),
    "role": ("admin", "clerk", "policeman"),
    "add_role": ("admin",),
    "edit_role": ("admin",),
}


@pytest.mark.parametrize("who", ["admin", "policeman", "clerk", "watcher", "operator"])
def test_pages_open_for_those_in_scope_and_are_not_there_for_others(signed_in, district, who):
    district.admin.must_change_password = False
    district.admin.save()
    credential = actions.issue_credential(district.street, by=district.admin, now=NOW, name="东门").subject
    screen = actions.issue_screen(district.street, by=district.admin, now=NOW, name="大厅").subject
    keys = {
        "organisation": "street",
        "person": district.clerk.pk,
        "password": district.clerk.pk,
        "role": "observer",
    }
    access = actions.issue_access(district.street, by=district.admin, now=NOW, name="市平台").subject
    keys |= {"credential": credential.pk, "screen": screen.pk, "access": access.pk}
    client = signed_in(getattr(district, who))
    for page, allowed in PAGES.items():
        args = () if page in {"roles", "add_role"} else (keys[page.split("_")[-1]],)
        answer = client.get(address(page, *args))
        assert answer.status_code == (200 if who in allowed else 404), page


def test_lists_show_only_what_is_in_scope(signed_in, district):
    rows = {
        "clerk": (("某clerk", "某operator"), ("某policeman", "首任管理员")),
        "policeman": (("某policeman",), ("某clerk", "某operator")),
    }
    for who, (shown, hidden) in rows.items():
        client = signed_in(getattr(district, who))
        text = client.get(address("people")).content.decode().split("<main", 1)[1]
        assert all(name in text for name in shown) and not any(name in text for name in hidden)
        exported = b"".join(client.get(address("people") + "?format=csv").streaming_content).decode()
        assert exported.startswith("\ufeff") and not any(name in exported for name in hidden)


def test_a_filter_does_not_reach_beyond_ones_scope(signed_in, district):
    client = signed_in(district.policeman)
    assert "某clerk" not in client.get(address("people") + "?organisation=street").content.decode()


# ── changing things ─────────────────────────────────────────────────────────────────────────────


def key_of(client, url):
    """The hidden key of the form at this address."""
    return re.search(r'name="key" value="([^"]+)"', client.get(url).content.decode())[1]


def test_an_organisation_is_added_edited_moved_closed_and_reopened(signed_in, district):
    client = signed_in(district.clerk)
    added = client.post(address("add_organisation", "street"), {"name": "某影院", "code": "cinema"})
    assert added.url == address("organisation", "cinema")
    client.post(address("edit_organisation", "cinema"), {"name": "某剧院", "code": "theatre", "phone": "119"})
    client.post(address("move_organisation", "theatre"), {"parent": district.mall.pk})
    theatre = Organisation.objects.get(code="theatre")
    assert (theatre.name, theatre.parent, theatre.phone) == ("某剧院", district.mall, "119")
    client.post(address("close_organisation", "theatre"), {"why": "歇业"})
    page = client.get(address("organisation", "theatre")).content.decode()
    assert "已停用" in page and "歇业" in page and "停用机构" in page
    client.post(address("reopen_organisation", "theatre"), {})
    assert Organisation.objects.get(code="theatre").is_active


def test_a_refusal_stays_on_the_page_with_its_reason(signed_in, district):
    client = signed_in(district.clerk)
    answer = client.post(address("close_organisation", "street"), {})
    assert answer.status_code == 200 and "机构仍在使用" in answer.content.decode()
    answer = client.post(address("add_organisation", "street"), {"name": "x", "code": "mall"})
    assert "已被使用" in answer.content.decode()


def test_moving_below_what_one_does_not_manage_is_not_offered(signed_in, district):
    client = signed_in(district.clerk)
    answer = client.post(address("move_organisation", "mall"), {"parent": district.police.pk})
    assert answer.status_code == 200 and Organisation.objects.get(code="mall").parent == district.street


def test_a_new_persons_password_is_shown_once_and_kept_by_no_cache(signed_in, district):
    client = signed_in(district.clerk)
    url = address("add_person")
    words = {"organisation": district.mall.pk, "name": "某人", "username": "new", "key": key_of(client, url)}
    words["role"] = Role.objects.get(code="operator").pk
    shown = client.post(url, words)
    person = Person.objects.get(username="new")
    secret = shown.context["secret"]
    assert person.check_password(secret) and secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert client.post(url, words).url == person.get_absolute_url(), "sent again, nothing is done again"
    assert secret not in client.get(person.get_absolute_url()).content.decode()


def test_a_password_is_reset_and_shown_once(signed_in, district):
    client = signed_in(district.clerk)
    url = address("reset_password", district.operator.pk)
    shown = client.post(url, {"key": key_of(client, url), "why": "忘记"})
    assert Person.objects.get(username="operator").check_password(shown.context["secret"])


def test_roles_are_granted_and_withdrawn_on_the_persons_page(signed_in, district):
    client = signed_in(district.clerk)
    page = district.operator.get_absolute_url()
    observer = Role.objects.get(code="observer")
    client.post(page, {"role": observer.pk, "organisation": district.street.pk})
    held = district.operator.holds.get(role=observer)
    assert "江宁路街道" in client.get(page).content.decode()
    client.post(address("withdraw_role", district.operator.pk, held.pk), {})
    assert not district.operator.holds.filter(role=observer).exists()
    answer = client.post(page, {"role": observer.pk, "organisation": district.root.pk})
    assert answer.status_code == 200 and not district.operator.holds.filter(role=observer).exists()


def test_a_watcher_grants_nothing_by_posting_by_hand(signed_in, district):
    client = signed_in(district.watcher)
    words = {"role": Role.objects.get(code="observer").pk, "organisation": district.mall.pk}
    client.post(district.operator.get_absolute_url(), words)
    assert district.operator.holds.count() == 1
    assert client.post(address("deactivate_person", district.operator.pk), {}).status_code == 404
    assert Person.objects.get(username="operator").is_active


@pytest.mark.parametrize(
    ("kind", "model", "find"),
    [
        ("credential", DeviceCredential, queries.find_credential),
        ("screen", ScreenToken, queries.find_screen),
        ("access", AccessToken, queries.find_access),
    ],
)
def test_a_token_is_shown_once_tried_and_revoked(signed_in, district, kind, model, find):
    client = signed_in(district.clerk)
    url = address(f"issue_{kind}")
    words = {"organisation": district.mall.pk, "name": "东门", "key": key_of(client, url)}
    shown = client.post(url, words)
    token, row = shown.context["secret"], model.objects.get()
    expected = f"/wall/?token={token}" if kind == "screen" else f"Bearer {token}"
    assert expected in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert find(token) == row
    assert client.post(url, words).url == row.get_absolute_url() and model.objects.count() == 1
    for page in (row.get_absolute_url(), address({"access": "accesses"}.get(kind, f"{kind}s"))):
        text = client.get(page).content.decode()
        assert token not in text and token[:9] in text
    session = client.session
    assert token not in signing.dumps(dict(session.items()), compress=False) and token not in str(
        dict(session.items())
    )
    client.post(address(f"revoke_{kind}", row.pk), {"why": "更换设备"})
    assert find(token) is None
    assert "更换设备" in client.get(row.get_absolute_url()).content.decode()


def test_a_role_is_added_and_edited_by_checkboxes(signed_in, district):
    district.admin.must_change_password = False
    district.admin.save()
    client = signed_in(district.admin)
    client.post(address("add_role"), {"name": "登记员", "code": "registrar", "rights": ["view"]})
    client.post(address("edit_role", "registrar"), {"name": "登记员", "rights": ["places.edit", "view"]})
    assert Role.objects.get(code="registrar").rights == ["view", "places.edit"]
    page = client.get(address("role", "registrar")).content.decode()
    assert "登记和修改场所" in page and "查看、登记和修改场所" in page, (
        "the audit trail names rights in words"
    )
    answer = client.post(address("edit_role", "administrator"), {"name": "x", "rights": ["view"]})
    assert "最后一位" in answer.content.decode()


def test_hostile_texts_are_inert_everywhere(signed_in, district):
    client = signed_in(district.clerk)
    client.post(address("add_organisation", "street"), {"name": HOSTILE, "code": "evil", "sort": "=1+1"})
    evil = Organisation.objects.get(code="evil")
    url = address("add_person")
    person = {"organisation": evil.pk, "name": HOSTILE, "username": "evil", "phone": "+1;cmd"}
    client.post(url, person | {"key": key_of(client, url)})
    url = address("issue_credential")
    client.post(url, {"organisation": evil.pk, "name": HOSTILE, "key": key_of(client, url)})
    pages = ["organisations", "people", "credentials", "add_person"]
    rows = [evil, Person.objects.get(username="evil"), DeviceCredential.objects.get()]
    for page in [*map(address, pages), *(row.get_absolute_url() for row in rows), reverse("kit:changes")]:
        text = client.get(page).content.decode()
        assert HOSTILE not in text, page
    for page in ("organisations", "people"):
        exported = b"".join(client.get(address(page) + "?format=csv").streaming_content).decode()
        assert not re.search(r"(^|,)[=+@]", exported, re.M)


def test_search_finds_in_the_tree(signed_in, district):
    client = signed_in(district.clerk)
    found = client.get(address("organisations") + "?q=商场").content.decode()
    assert "某商场" in found and 'organisations/street/"' not in found
