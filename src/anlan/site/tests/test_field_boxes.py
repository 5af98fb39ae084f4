"""An exported file: looked into with the key alone, taken by the command and by an officer, twice without doubling."""

import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.cli.field import command
from anlan.domains.hazards.models import Evidence, Hazard
from anlan.domains.hazards.tests.conftest import picture, town  # noqa: F401 – the fixture
from anlan.kit.models import Change, FieldDevice, Upload, UploadPart, UploadRecord
from anlan.kit.queries import unfinished_uploads
from anlan.site.tests.field_phone import sha
from anlan.site.tests.test_field_uploads import HAZARD, PHOTO, phone, phone_of  # noqa: F401 – the fixture


def run(*words, **options):
    return CliRunner().invoke(command, list(map(str, words)), **options)


@pytest.fixture
def exported(phone, tmp_path):  # noqa: F811
    """The file of a phone that holds two hazards, one with a photo."""
    phone.write("hazard", HAZARD, files=[PHOTO])
    phone.write("hazard", HAZARD | {"what": "灭火器过期", "kind": "fire"})
    file = tmp_path / "a.anlanbox"
    file.write_bytes(phone.export())
    return file


def test_it_is_looked_into_with_the_servers_key_alone(exported, phone, tmp_path):  # noqa: F811
    FieldDevice.objects.all().delete()
    said = run("open", exported, "--files", tmp_path / "out")
    assert said.exit_code == 0, said.output
    assert (
        "疏散通道堆放货箱" in said.output
        and "灭火器过期" in said.output
        and "2026-11-24 01:30:00" in said.output
    )
    assert [sha(path.read_bytes()) for path in (tmp_path / "out").rglob("*.png")] == [sha(picture())]
    assert not Upload.objects.exists() and not Hazard.objects.exists()


def test_it_is_taken_once_however_often(exported, phone):  # noqa: F811
    for _ in range(2):
        said = run("open", exported, "--take")
        assert said.exit_code == 0 and said.output.count(": taken") == 2, said.output
    assert phone.send()[1]["records"][0]["state"] == "taken", (
        "and the phone that sends it after all adds nothing"
    )
    assert (Hazard.objects.count(), Evidence.objects.count()) == (2, 1)


def test_what_was_sent_in_part_goes_on_from_the_file(phone, tmp_path):  # noqa: F811
    phone.write("hazard", HAZARD, files=[PHOTO])
    manifest = phone.manifest()
    phone.post("/field/uploads/", manifest)
    phone.put(manifest["uid"], manifest["parts"][0]["sha256"])
    file = tmp_path / "b.anlanbox"
    file.write_bytes(phone.export(manifest["uid"]))
    assert run("open", file, "--take").exit_code == 0
    assert Upload.objects.get().state == "committed" and Hazard.objects.count() == 1


def test_an_unknown_phones_file_needs_a_name(exported, town):  # noqa: F811
    FieldDevice.objects.all().delete()
    assert run("open", exported, "--take").exit_code == 1
    assert run("open", exported, "--take", "--person", "nobody").exit_code == 1
    assert run("open", exported, "--take", "--person", "patrol").exit_code == 0
    assert {row.reported_by for row in Hazard.objects.all()} == {town.patrol}


def test_a_file_with_holes_gives_what_is_whole_and_says_what_is_missing(phone, tmp_path):  # noqa: F811
    phone.write("hazard", HAZARD, files=[PHOTO])
    phone.write("hazard", HAZARD)
    phone.parts.pop(phone.records[0]["files"][0]["part"])
    lost = phone.keep(b"lost")
    phone.records[0]["files"][0]["part"] = lost
    manifest = phone.manifest()
    phone.parts.pop(lost)
    target = io.BytesIO(phone.export())
    with zipfile.ZipFile(target, "a") as box:
        box.writestr("manifest.json", json.dumps(manifest))
    file = tmp_path / "c.anlanbox"
    file.write_bytes(target.getvalue())
    said = run("open", file, "--take")
    assert said.exit_code == 1 and "1 records are not whole" in said.output
    assert Hazard.objects.count() == 1 and Upload.objects.get().state == "open"


@pytest.mark.parametrize("body", [b"", b"PK", b"no zip at all" * 100])
def test_what_is_no_such_file_is_refused_in_words(db, tmp_path, body):
    file = tmp_path / "d.anlanbox"
    file.write_bytes(body)
    said = run("open", file)
    assert said.exit_code == 1 and "导出文件" in said.output and "Traceback" not in said.output


def test_zips_that_are_no_box_are_refused_in_words(db, tmp_path):
    for names in (
        {},
        {"manifest.json": "{}"},
        {"manifest.json": " " * (3 * 2**20)},
        {"manifest.json": "\ud7ff["},
    ):
        file = tmp_path / "e.anlanbox"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as box:
            for name, text in names.items():
                box.writestr(name, text)
        said = run("open", file)
        assert said.exit_code == 1 and "Traceback" not in said.output


# ── handed in by an officer ─────────────────────────────────────────────────────────────────────


def hand_in(client, file):
    return client.post("/field/hand-in/", {"file": SimpleUploadedFile("a.anlanbox", file.read_bytes())})


def test_an_officer_hands_in_the_file_of_a_revoked_phone(exported, town):  # noqa: F811
    FieldDevice.objects.update(revoked_at=timezone.now())
    clerk = phone_of(town.clerk).client
    answer = hand_in(clerk, exported)
    assert answer.status_code == 302
    assert "已办理 2 条记录" in clerk.get("/field/arrived/").content.decode()
    assert {row.reported_by for row in Hazard.objects.all()} == {town.patrol}
    assert Upload.objects.get().handed_in_by == town.clerk
    assert "由某clerk交入" in Change.objects.filter(what="hazards.report").first().why


def test_only_who_receives_hands_in(exported, town):  # noqa: F811
    assert hand_in(phone_of(town.patrol).client, exported).status_code == 403
    answer = hand_in(phone_of(town.other).client, exported)
    assert answer.status_code == 200 and "不在您的权限范围内" in answer.content.decode()
    assert not Upload.objects.exists()


# ── never finished ──────────────────────────────────────────────────────────────────────────────


def test_nothing_unfinished_is_dropped_but_by_a_person_after_ninety_days(phone):  # noqa: F811
    phone.write("hazard", HAZARD, files=[PHOTO])
    manifest = phone.manifest()
    phone.post("/field/uploads/", manifest)
    part = manifest["parts"][0]["sha256"]
    phone.put(manifest["uid"], part)
    assert "1 unfinished" in run("unfinished").output and str(manifest["uid"]) in run("unfinished").output
    assert run("unfinished", "--drop-older-than", 30).exit_code == 2
    assert "0 unfinished" in run("unfinished", "--drop-older-than", 90, input="y\n").output
    Upload.objects.update(opened_at=timezone.now() - timedelta(days=91))
    assert "dropped" not in run("unfinished", "--drop-older-than", 90, input="n\n").output
    assert "1 parts dropped" in run("unfinished", "--drop-older-than", 90, input="y\n").output
    assert not UploadPart.objects.exists()
    said = phone.send(manifest["uid"])[1]
    assert said["records"][0]["state"] == "taken", "the phone sends it again and it is taken"


def test_a_new_key_by_the_command(phone):  # noqa: F811
    old = phone.key
    phone.write("hazard", HAZARD)
    assert run("new-key").exit_code == 0
    phone.prepare()
    assert phone.key != old
    phone.write("hazard", HAZARD)
    assert {one["state"] for one in phone.send()[1]["records"]} == {"taken"}


def test_a_record_survives_the_loss_of_its_answer(phone, monkeypatch):  # noqa: F811
    """A commit that is cut after some of its records goes on when it is asked again."""
    for number in range(4):
        phone.write("hazard", HAZARD | {"what": f"第 {number} 处"})
    manifest = phone.manifest()
    phone.post("/field/uploads/", manifest)
    for one in phone.parts:
        phone.put(manifest["uid"], one)
    monkeypatch.setattr("anlan.site.field.doors.TURN_S", -1.0)
    status, said = phone.post(f"/field/uploads/{manifest['uid']}/commit", {})
    assert status == 202 and said["state"] == "open" and said["records"] == []
    monkeypatch.setattr("anlan.site.field.doors.TURN_S", 60.0)
    status, said = phone.commit(manifest["uid"])
    assert status == 200 and len(said["records"]) == 4 and UploadRecord.objects.count() == 4
    assert unfinished_uploads(before=timezone.now()) == [] and uuid.UUID(manifest["uid"])
