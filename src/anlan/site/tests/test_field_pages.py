"""Who may open and do what on the pages around the field app: every address × five kinds of people, GET and POST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlan.domains.hazards.tests.conftest import town  # noqa: F401 – the fixture
from anlan.kit.models import Change, FieldDevice, UploadRecord
from anlan.site.tests.test_field_uploads import HAZARD, MODEL, PHOTO, phone_of

# Its own person; one who verifies in the organisation; a reader there; one who verifies elsewhere; signed out.
# A star: the POST changed something.
PEOPLE = ("patrol", "clerk", "guest", "other", "nobody")
READ = "405 405 405 405 302"
ADDRESSES = {
    "devices": ("200 200 200 200 302", ""),
    "revoke": ("200 404 404 404 302", "302* 404 404 404 302"),
    "arrived": ("200 200 200 200 302", READ),
    "record": ("200 200 404 404 302", READ),
    "take_again": (READ, "302* 302* 404 404 302"),
    "set_aside": ("200 200 404 404 302", "302* 302* 404 404 302"),
    "record_file": ("200 200 404 404 302", READ),
    "hand_in": ("403 200 403 200 302", "403 302* 403 200 302"),
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("at", range(len(PEOPLE)), ids=PEOPLE)
def test_each_gets_what_is_his(town, name, at):  # noqa: F811
    phone = phone_of(town.patrol).prepare()
    phone.write("hazard", HAZARD | {"kind": "unknown"}, files=[PHOTO])
    phone.send()
    box = phone.export()
    if name == "hand_in":
        phone.forget()
        phone.write("hazard", HAZARD)
        box = phone.export()
    row = UploadRecord.objects.get()
    args = {"revoke": [FieldDevice.objects.get().pk], "record_file": [row.pk, row.files[0]["uid"]]}
    args |= {key: [row.pk] for key in ("record", "take_again", "set_aside")}
    address = reverse(f"field:{name}", args=args.get(name, []))
    client = Client()
    if PEOPLE[at] != "nobody":
        client.force_login(getattr(town, PEOPLE[at]), backend=MODEL)
    got, posted = (one.split() for one in ADDRESSES[name])
    assert client.get(address).status_code == int(got[at])
    if not posted:
        return
    before = (Change.objects.count(), UploadRecord.objects.count(), row.reason)
    told = (
        {"why": "已核实", "file": SimpleUploadedFile("a.anlanbox", box)}
        if name == "hand_in"
        else {"why": "已核实"}
    )
    answer = client.post(address, told)
    assert answer.status_code == int(posted[at].rstrip("*"))
    after = (Change.objects.count(), UploadRecord.objects.count(), row.reason)
    if name != "take_again":  # it is refused again, which changes nothing
        assert (after != before) == posted[at].endswith("*")


def test_a_file_is_given_as_it_came_and_never_shown(town):  # noqa: F811
    phone = phone_of(town.patrol).prepare()
    phone.write("hazard", HAZARD, files=[("<script>.html", b"<script>alert(1)</script>", "before")])
    phone.send()
    row = UploadRecord.objects.get()
    answer = phone.client.get(reverse("field:record_file", args=[row.pk, row.files[0]["uid"]]))
    assert (
        answer.content == b"<script>alert(1)</script>"
        and answer["Content-Type"] == "application/octet-stream"
    )
    assert (
        answer["Content-Disposition"].startswith("attachment;")
        and answer["X-Content-Type-Options"] == "nosniff"
    )
    assert "<script>.html" not in phone.client.get(row.get_absolute_url()).content.decode()
