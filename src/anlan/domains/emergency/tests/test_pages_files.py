"""Photos kept with alarms and incidents, by those who handle them; hostile ones refused on the page."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from anlan.domains.emergency import actions
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.tests.alarmed import NOW, Crowd, build_town
from anlan.kit.models import Attachment


@pytest.fixture
def town(db, settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    town = build_town()
    Crowd().tell(town.square, "orange")
    town.alarm = Alarm.objects.get()
    town.incident = actions.open_incident(
        town.parks,
        by=town.chief,
        now=NOW,
        title="示例事件",
        kind="security",
        known_at=NOW,
        place=town.square,
        scene="live",
    ).subject
    return town


@pytest.fixture
def sign_in(client):
    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def photo(name="台阶.jpg"):
    target = io.BytesIO()
    Image.new("RGB", (80, 60), (10, 90, 160)).save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue())


@pytest.mark.parametrize(
    ("who", "status"), [("guard", 302), ("constable", 302), ("reader", 403), ("trader", 404)]
)
def test_who_handles_an_alarm_keeps_photos_with_it(town, sign_in, who, status):
    answer = sign_in(getattr(town, who)).post(f"/emergency/files/alarm/{town.alarm.pk}/", {"file": photo()})
    assert answer.status_code == status
    assert Attachment.objects.count() == (status == 302)


def test_a_photo_stands_on_the_incidents_page_and_is_taken_off_with_a_reason(town, sign_in):
    desk = sign_in(town.chief)
    desk.post(f"/emergency/files/incident/{town.incident.pk}/", {"file": photo()})
    kept = Attachment.objects.get()
    page = desk.get(town.incident.get_absolute_url()).content.decode()
    assert "台阶.jpg" in page and kept.get_absolute_url() in page
    address = f"/emergency/files/{kept.pk}/withdraw/"
    assert "理由" in desk.post(address, {"why": ""}).content.decode()
    desk.post(address, {"why": "传错了"})
    assert "台阶.jpg" not in desk.get(town.incident.get_absolute_url()).content.decode()


def test_a_file_that_is_none_says_why(town, sign_in):
    desk = sign_in(town.chief)
    address = f"/emergency/files/incident/{town.incident.pk}/"
    hostile = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>")
    for sent, word in (({"file": hostile}, "不符"), ({}, "请选择")):
        assert word in desk.post(address, sent, follow=True).content.decode()
    assert not Attachment.objects.exists()


def test_other_kinds_have_no_files(town, sign_in):
    assert sign_in(town.chief).post("/emergency/files/order/1/", {"file": photo()}).status_code == 404
