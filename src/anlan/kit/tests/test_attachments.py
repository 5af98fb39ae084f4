"""Files kept with a row: known by content, pictures written anew, hostile ones refused, bytes checked when read."""

import hashlib
import io
import zipfile

import pytest
from openpyxl import Workbook
from PIL import Image

from anlan.kit import attachments, store
from anlan.kit.actions import Refused
from anlan.kit.tests.conftest import NOW


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


def photo(width=400, height=300, form="JPEG", **words):
    target = io.BytesIO()
    Image.new("RGB", (width, height), (180, 60, 40)).save(target, form, **words)
    return target.getvalue()


def located_photo():
    """A photo that says when and where it was taken."""
    exif = Image.Exif()
    exif[0x0132] = "2026:05:03 22:31:05"
    exif[0x0112] = 6  # turned by a quarter
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 14.0, 6.0), "E", (121.0, 29.0, 24.0)
    return photo(exif=exif.tobytes())


def keep(town, body, name):
    return attachments.keep(town.branch, by=town.clerk, now=NOW, name=name, body=body)


def test_a_photo_is_kept_without_what_the_camera_noted_and_the_notes_as_fields(town):
    body = located_photo()
    kept = keep(town, body, "front.jpg").subject
    assert kept.noted == {"taken": "2026-05-03 22:31:05", "lat": 31.235, "lon": 121.49}
    assert kept.given_sha256 == hashlib.sha256(body).hexdigest()
    stored = store.get(kept.sha256)
    with Image.open(io.BytesIO(stored)) as picture:
        assert picture.size == (300, 400)  # upright now
        assert not dict(picture.getexif())
    assert kept.size_bytes == len(stored)
    assert list(attachments.attachments_of(town.branch)) == [kept]


def test_a_large_photo_is_made_smaller(town):
    kept = keep(town, photo(4000, 3000), "wide.jpg").subject
    with Image.open(io.BytesIO(store.get(kept.sha256))) as picture:
        assert picture.size == (2560, 1920)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_keep_their_kind(town, form):
    kept = keep(town, photo(form=form), f"plan.{form.lower()}").subject
    with Image.open(io.BytesIO(store.get(kept.sha256))) as picture:
        assert picture.format == form


def test_office_and_text_files_are_known_by_content(town):
    target = io.BytesIO()
    Workbook().save(target)
    assert keep(town, target.getvalue(), "list.xlsx").subject.media_type == attachments.XLSX
    assert keep(town, "时间,人数\n".encode("gb18030"), "counts.csv").subject.media_type == attachments.TEXT


def zipped(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "/"), body)
    return target.getvalue()


HOSTILE = [
    ("empty.jpg", b"", "空"),
    ("page.jpg", b"<html><script>alert(1)</script>", "不符"),
    ("run.exe", b"MZ" + bytes(200), "类型"),
    ("cut.jpg", photo()[:200], "损坏"),
    ("photo.png", photo(), "不符"),
    ("macro.docx", zipped(**{"word/document.xml": "x", "word/vbaProject.bin": "x"}), "类型"),
    ("bomb.docx", zipped(**{"word/document.xml": bytes(attachments.MOST_UNPACKED + 1)}), "类型"),
    ("vector.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不符"),
    ("large.pdf", b"%PDF-1.7" + bytes(attachments.MOST_BYTES), "超过上限"),
]


@pytest.mark.parametrize(("name", "body", "word"), HOSTILE, ids=[name for name, *_rest in HOSTILE])
def test_hostile_files_are_refused_with_the_reason(town, name, body, word):
    with pytest.raises(Refused, match=word):
        keep(town, body, name)
    assert not attachments.attachments_of(town.branch).exists()


def test_a_picture_that_claims_too_many_pixels_is_not_unpacked(town, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_PIXELS", 100)
    with pytest.raises(Refused, match="尺寸过大"):
        keep(town, photo(), "bomb.jpg")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/照片.jpg", "照片.jpg"),
        ("C:\\camera\\a\x00b\u202e.jpg", "ab.jpg"),
        ("n" * 300 + ".jpg", "n" * 156 + ".jpg"),
    ],
)
def test_names_lose_their_folders_and_control_signs(given, kept):
    assert attachments.clean_name(given) == kept


def test_a_file_is_shown_to_those_who_may_view_and_never_run(town, client):
    kept = keep(town, photo(), "front.jpg").subject
    client.force_login(town.guest, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(kept.get_absolute_url())
    assert answer.content == store.get(kept.sha256)
    assert answer["X-Content-Type-Options"] == "nosniff"
    other = attachments.keep(town.annex, by=town.boss, now=NOW, name="other.jpg", body=photo()).subject
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_withdrawn_file_is_gone_from_the_page_but_not_from_the_record(town, client):
    kept = keep(town, photo(), "front.jpg").subject
    with pytest.raises(Refused):
        attachments.withdraw(kept, by=town.clerk, now=NOW, why=" ")
    attachments.withdraw(kept, by=town.clerk, now=NOW, why="传错了")
    assert not attachments.attachments_of(town.branch).exists()
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(kept.get_absolute_url()).status_code == 404
    assert store.get(kept.sha256)


def test_altered_or_missing_bytes_are_told(data_folder):
    digest = store.put(b"as it was")
    assert store.put(b"as it was") == digest
    store.path_of(digest).write_bytes(b"as it is")
    with pytest.raises(store.Lost, match="altered"):
        store.get(digest)
    store.path_of(digest).unlink()
    with pytest.raises(store.Lost, match="missing"):
        store.get(digest)
