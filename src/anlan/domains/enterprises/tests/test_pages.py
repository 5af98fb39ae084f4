"""What pages show and to whom: names and numbers of people, the page of everything, hostile words, filters."""

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.models import Person
from anlan.domains.enterprises import actions
from anlan.domains.enterprises.tests.conftest import CODE
from anlan.kit.models import Change

HOSTILE = "<script>alert(1)</script>"


def sign_in(client, username):
    person = Person.objects.get(username=username)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_names_and_numbers_of_people_are_shown_to_who_keeps_the_record(client, town, estate):
    secret = "13800000000"
    for person, is_shown in (("clerk", True), ("keeper", True), ("guest", False)):
        sign_in(client, person)
        words = {"principal": "某负责人", "principal_phone": secret}
        actions.edit_enterprise(estate.shop, by=town.clerk, now=timezone.now(), **words)
        page = client.get(reverse("enterprises:file", args=[CODE])).content.decode()
        assert (secret in page) == is_shown
        export = client.get(reverse("enterprises:enterprises"), {"format": "csv"})
        assert secret not in b"".join(export.streaming_content).decode()
    assert not [row for row in Change.objects.all() if secret in f"{row.before}{row.after}"]


def test_the_page_of_everything_is_seen_by_who_sees_the_enterprise(client, town, estate):
    for person, status in (("clerk", 200), ("guest", 200), ("keeper", 200), ("street", 404)):
        sign_in(client, person)
        answer = client.get(estate.shop.get_absolute_url())
        assert answer.status_code == status


def test_hostile_words_are_inert_everywhere(client, town, estate):
    by = {"by": town.clerk, "now": timezone.now()}
    row = actions.register_enterprise(
        town.TRADE, name=HOSTILE, address="=1+1", principal=HOSTILE, **by
    ).subject
    actions.add_licence(row, kind=HOSTILE, number="+1", issued_by=HOSTILE, **by)
    actions.add_site(row, name=HOSTILE, address=HOSTILE, **by)
    lines = [{"post": HOSTILE, "person": HOSTILE, "duty": HOSTILE}]
    actions.keep_responsibilities(row, lines=lines, **by)
    sign_in(client, "clerk")
    pages = [reverse(f"enterprises:{name}") for name in ("enterprises", "licences", "pledges", "duplicates")]
    for page in (*pages, row.get_absolute_url(), reverse("enterprises:file", args=[row.code])):
        assert HOSTILE not in client.get(page).content.decode(), page
    exported = b"".join(client.get(pages[0], {"format": "csv"}).streaming_content).decode()
    assert ",'=1+1" in exported and ",=1+1" not in exported


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2), ({"state": "all"}, 4), ({"state": "closed"}, 1), ({"state": "temporary"}, 1), ({"q": CODE}, 1),
        ({"supervisor": "TRADE"}, 2), ({"insured": "yes"}, 0), ({"standard": "none"}, 2), ({"size": "small"}, 0),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_its_filters(client, estate, asked, found):
    answer = sign_in(client, "clerk").get(reverse("enterprises:enterprises"), asked)
    assert answer.context["listing"].page.paginator.count == found


def test_a_merger_is_proposed_side_by_side(client, estate):
    """The twin's number stands in the form already; a number that nobody has is refused in words."""
    address = reverse("enterprises:merge", args=[estate.by_name["merge"]])
    page = sign_in(client, "clerk").get(address).content.decode()
    assert CODE in page
    answer = client.post(address, {"into": "91310106MA00000000", "why": "同一家"}).content.decode()
    assert "没有找到这个编号的企业" in answer
