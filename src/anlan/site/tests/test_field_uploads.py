"""The addresses of the field app: who is let in, devices, the two phases, what is refused, what is taken once."""

import hashlib
import json
import uuid

import pytest
from django.test import Client

from anlan.domains.hazards.models import Evidence, Hazard
from anlan.domains.hazards.tests.conftest import graded, picture, report, town  # noqa: F401 – the fixture
from anlan.kit import store
from anlan.kit.models import Change, FieldDevice, Upload, UploadPart, UploadRecord
from anlan.site.field import uploads
from anlan.site.tests.field_phone import Phone, by_client, seal, sha

MODEL = "django.contrib.auth.backends.ModelBackend"
HAZARD = {
    "what": "疏散通道堆放货箱",
    "kind": "exits",
    "place": None,
    "riskpoint": None,
    "enterprise": None,
    "address": "示例路 1 号",
    "lon": None,
    "lat": None,
}
PHOTO = ("a.png", picture(), "before")


def phone_of(person, **words):
    client = Client()
    client.force_login(person, backend=MODEL)
    phone = Phone(by_client(client), **words)
    phone.client = client
    return phone


@pytest.fixture
def phone(town):  # noqa: F811
    return phone_of(town.patrol).prepare()


# ── who is let in ───────────────────────────────────────────────────────────────────────────────

NO_UPLOAD = uuid.UUID(int=6)  # one that nobody began
ADDRESSES = [
    ("GET", "/field/key.json"), ("GET", "/field/pack.json"), ("GET", "/field/arrived.json"), ("POST", "/field/devices/"),
    ("POST", "/field/uploads/"), ("PUT", f"/field/uploads/{NO_UPLOAD}/parts/{'a' * 64}"),
    ("POST", f"/field/uploads/{NO_UPLOAD}/commit"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_programs_are_told_in_words_what_is_missing(db, town, method, address):  # noqa: F811
    asked = {"content_type": "application/json"} if method != "GET" else {}
    answer = Client().generic(method, address, b"{}", **asked)
    assert answer.status_code == 401 and "重新登录" in answer.json()["error"]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(town.patrol, backend=MODEL)
    if method != "GET":
        answer = strict.generic(method, address, b"{}", **asked)
        assert answer.status_code == 403 and "页面已过期" in answer.json()["error"]
    town.patrol.must_change_password = True
    town.patrol.save()
    answer = strict.generic("GET", "/field/key.json")
    assert answer.status_code == 403 and "初始密码" in answer.json()["error"]


def test_people_are_sent_to_the_sign_in_page(db):
    for address in ("/field/devices/", "/field/arrived/", "/field/hand-in/"):
        answer = Client().get(address)
        assert answer.status_code == 302 and "/accounts/sign-in/" in answer["Location"]


# ── devices ─────────────────────────────────────────────────────────────────────────────────────


def test_a_phone_is_registered_once_and_only_for_its_person(town):  # noqa: F811
    phone = phone_of(town.patrol)
    told = {"uid": phone.uid, "name": "巡查一号"}
    assert phone.post("/field/devices/", told) == (201, {"uid": phone.uid})
    assert phone.post("/field/devices/", told) == (200, {"uid": phone.uid})
    assert FieldDevice.objects.get().person == town.patrol
    assert Change.objects.filter(what="field.register").count() == 1
    status, said = phone_of(town.other).post("/field/devices/", told)
    assert status == 403 and "他人" in said["error"]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"uid": "x", "name": "a"},
        {"uid": str(uuid.uuid4()), "name": " "},
        {"uid": str(uuid.uuid4()), "name": "长" * 61},
        {"uid": str(uuid.uuid4()), "name": "a\0b"},
        [1],
        "x",
    ],
)
def test_a_phone_without_a_proper_name_is_refused(town, told):  # noqa: F811
    status, said = phone_of(town.patrol).post("/field/devices/", told)
    assert status in (400, 422) and said["error"]
    assert not FieldDevice.objects.exists()


def test_a_revoked_phone_uploads_nothing_more(phone, town):  # noqa: F811
    phone.write("hazard", HAZARD)
    manifest = phone.manifest()
    assert phone.post("/field/uploads/", manifest)[0] == 201
    page = phone.client.post(f"/field/devices/{FieldDevice.objects.get().pk}/revoke/", {"why": "丢失"})
    assert page.status_code == 302
    for status, said in (
        phone.post("/field/uploads/", manifest), phone.put(manifest["uid"], manifest["parts"][0]["sha256"]),
        phone.commit(manifest["uid"]), phone.ask("GET", f"/field/pack.json?device={phone.uid}", None, None),
        phone.post("/field/devices/", {"uid": phone.uid, "name": "x"}),
    ):  # fmt: skip
        assert status == 403 and "停用" in said["error"]


# ── two phases ──────────────────────────────────────────────────────────────────────────────────


def test_a_hazard_with_its_photos_arrives_once_whatever_is_sent_again(phone, town):  # noqa: F811
    uid = phone.write("hazard", HAZARD, files=[PHOTO, ("b.png", picture("blue"), "before")])
    manifest = phone.manifest()
    status, said = phone.post("/field/uploads/", manifest)
    assert status == 201 and len(said["wanted"]) == 3 and said["have"] == [] and said["state"] == "open"
    status, lacking = phone.commit(manifest["uid"])
    assert status == 409 and sorted(lacking["wanted"]) == sorted(said["wanted"])
    first, *others = said["wanted"]
    assert phone.put(manifest["uid"], first)[0] == 201
    assert phone.put(manifest["uid"], first)[0] == 200
    status, said = phone.post("/field/uploads/", manifest)
    assert status == 200 and said["have"] == [first] and sorted(said["wanted"]) == sorted(others)
    for one in others:
        assert phone.put(manifest["uid"], one)[0] == 201
    status, once = phone.commit(manifest["uid"])
    assert status == 200 and once["state"] == "committed"
    assert [one["state"] for one in once["records"]] == ["taken"] and once["records"][0]["uid"] == uid
    assert [one["state"] for one in once["files"]] == ["kept", "kept"]
    assert phone.commit(manifest["uid"]) == (200, once)
    assert phone.send()[1]["records"] == once["records"], "the same record in another upload"
    row = Hazard.objects.get()
    assert (row.reported_by, row.source, row.organisation) == (town.patrol, "patrol", town.TRADE)
    assert once["records"][0]["address"] == row.get_absolute_url()
    assert [one.attachment.given_sha256 for one in Evidence.objects.order_by("pk")] == [
        sha(picture()),
        sha(picture("blue")),
    ]
    assert "现场记录时间 2026-11-24 09:30:00" in Change.objects.get(what="hazards.report").why


def test_the_list_of_what_arrived_is_the_persons_own(phone, town):  # noqa: F811
    phone.write("hazard", HAZARD, files=[PHOTO])
    phone.send()
    status, said = phone.ask("GET", "/field/arrived.json", None, None)
    assert status == 200 and len(said) == 1
    line = said[0]
    assert (line["kind"], line["state"], line["files"][0]["name"], line["files"][0]["state"]) == (
        "hazard",
        "taken",
        "a.png",
        "kept",
    )
    assert line["made_at"].startswith("2026-11-24T01:30:00") and line["files"][0]["sha256"] == sha(picture())
    assert phone_of(town.other).ask("GET", "/field/arrived.json", None, None) == (200, [])


def test_another_manifest_under_the_same_uid_is_refused(phone):
    phone.write("hazard", HAZARD)
    manifest = phone.manifest()
    assert phone.post("/field/uploads/", manifest)[0] == 201
    phone.write("hazard", HAZARD)
    status, said = phone.post("/field/uploads/", phone.manifest(manifest["uid"]))
    assert status == 409 and said["error"]
    assert Upload.objects.count() == 1


def test_another_persons_upload_is_not_found(phone, town):  # noqa: F811
    phone.write("hazard", HAZARD)
    manifest = phone.manifest()
    phone.post("/field/uploads/", manifest)
    stranger = phone_of(town.other).prepare()
    stranger.parts = phone.parts
    assert stranger.commit(manifest["uid"])[0] == 404
    assert stranger.put(manifest["uid"], manifest["parts"][0]["sha256"])[0] == 404
    assert stranger.post("/field/uploads/", manifest)[0] == 403, "the phone is another's"
    assert stranger.post("/field/uploads/", manifest | {"device": stranger.uid})[0] == 409


def test_a_record_uid_of_another_person_tells_nothing_of_his(phone, town):  # noqa: F811
    uid = phone.write("hazard", HAZARD)
    phone.send()
    thief = phone_of(town.other).prepare()
    thief.write("hazard", HAZARD, uid=uid)
    status, said = thief.send()
    assert status == 200 and said["records"][0]["state"] == "refused" and said["records"][0]["address"] == ""
    assert "他人" in said["records"][0]["reason"]
    assert Hazard.objects.count() == 1


def test_parts_that_are_not_what_was_announced_are_refused(phone):
    phone.write("hazard", HAZARD)
    manifest = phone.manifest()
    phone.post("/field/uploads/", manifest)
    one = manifest["parts"][0]
    address = f"/field/uploads/{manifest['uid']}/parts/"
    for body in (b"", b"x", phone.parts[one["sha256"]][:-1] + b"\0", phone.parts[one["sha256"]] + b"\0"):
        assert phone.ask("PUT", address + one["sha256"], body, "application/octet-stream")[0] == 422
    assert phone.ask("PUT", address + "a" * 64, b"x", "application/octet-stream")[0] == 404
    assert phone.ask("POST", address + one["sha256"], b"x", "application/octet-stream")[0] == 405
    assert not UploadPart.objects.exists()


PART = {"sha256": "a" * 64, "size": 100}
RECORD = {"uid": str(uuid.uuid4()), "part": "a" * 64, "files": []}
MIB = 2**20
WRONG = {
    # what is wrong: the manifest's differences, the status
    "no parts": ({"parts": []}, 400), "no records": ({"records": []}, 400), "no uid": ({"uid": "nothing"}, 400),
    "no hash": ({"parts": [{"sha256": "A" * 64, "size": 1}]}, 400), "no size": ({"parts": [PART | {"size": 0}]}, 400),
    "part too large": ({"parts": [PART | {"size": 25 * MIB + 1}]}, 413),
    "too large in all": ({"parts": [{"sha256": f"{n:064x}", "size": 25 * MIB} for n in range(21)]}, 413),
    "too many parts": ({"parts": [{"sha256": f"{n:064x}", "size": 1} for n in range(501)]}, 413),
    "a part twice": ({"parts": [PART, PART]}, 422), "a record twice": ({"records": [RECORD, RECORD]}, 422),
    "a part that is not listed": ({"records": [RECORD | {"part": "b" * 64}]}, 422),
    "a file in a part that is not listed": ({"records": [RECORD | {"files": [{"uid": str(uuid.uuid4()), "part": "b" * 64}]}]}, 422),
    "an unknown phone": ({"device": str(uuid.uuid4())}, 404),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_manifests_beyond_the_limits_are_refused_in_words(phone, case):
    differs, wanted = WRONG[case]
    manifest = {"uid": str(uuid.uuid4()), "device": phone.uid, "parts": [PART], "records": [RECORD]} | differs
    status, said = phone.post("/field/uploads/", manifest)
    assert status == wanted and said["error"], said
    assert not Upload.objects.exists()


def test_bodies_that_are_no_json_are_refused(phone):
    for body in (b"", b"{", b"\xff", b"[]", b'"\\ud800"', b" " * (3 * MIB)):
        status, said = phone.ask("POST", "/field/uploads/", body, "application/json")
        assert status in (400, 413) and said["error"]


def test_unfinished_uploads_are_bounded_and_never_dropped(phone, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    phone.write("hazard", HAZARD)
    known = [phone.manifest() for _ in range(2)]
    assert [phone.post("/field/uploads/", one)[0] for one in known] == [201, 201]
    assert phone.post("/field/uploads/", phone.manifest())[0] == 429
    assert phone.post("/field/uploads/", known[0])[0] == 200


# ── what is in them ─────────────────────────────────────────────────────────────────────────────


def test_a_refused_file_does_not_refuse_its_record(phone):
    phone.write(
        "hazard",
        HAZARD,
        files=[("a.png", b"no picture at all\0", "before"), PHOTO, ("b.jpg", picture("blue"), "before")],
    )
    said = phone.send()[1]
    assert [one["state"] for one in said["records"]] == ["taken"]
    assert [one["state"] for one in said["files"]] == ["refused", "kept", "refused"]
    assert "a.png" in said["files"][0]["reason"] and "image/png" in said["files"][2]["reason"]
    assert Evidence.objects.count() == 1


def test_a_file_that_is_not_the_one_of_the_spot_is_refused(phone):
    phone.write("hazard", HAZARD, files=[PHOTO])
    other = phone.keep(picture("green"))
    phone.records[0]["files"][0]["part"] = other
    said = phone.send()[1]
    assert said["records"][0]["state"] == "taken" and said["files"][0]["state"] == "refused"
    assert "校验值不同" in said["files"][0]["reason"]


def test_what_cannot_be_opened_is_kept_with_its_reason(phone, settings):
    ours = phone.key
    settings.DATA = settings.DATA / "other"
    settings.DATA.mkdir()
    foreign = Phone(phone.ask).prepare().key
    settings.DATA = settings.DATA.parent
    phone.key = foreign
    phone.write("hazard", HAZARD)
    phone.key = ours
    phone.write("hazard", HAZARD)
    broken = bytearray(phone.parts.pop(phone.records[1]["part"]))
    broken[-1] ^= 1
    phone.parts[sha(broken)] = bytes(broken)
    phone.records[1]["part"] = sha(broken)
    phone.write("hazard", HAZARD)
    said = phone.send()[1]["records"]
    assert [one["state"] for one in said] == ["refused", "refused", "taken"]
    assert foreign["kid"] in said[0]["reason"] and "损坏" in said[1]["reason"]
    assert store.get(phone.records[0]["part"], folder=uploads.SEALED), "the sealed bytes stay"


@pytest.mark.parametrize("text", [
    b"", b"{}", b"\xff", json.dumps({"uid": str(uuid.uuid4()), "kind": "hazard", "made_at": "2026-11-24T01:30:00", "body": HAZARD}).encode(),
    json.dumps({"uid": str(uuid.uuid4()), "kind": "wish", "made_at": "2026-11-24T01:30:00Z", "body": {}}).encode(),
    json.dumps({"uid": str(uuid.uuid4()), "kind": "hazard", "made_at": "2026-11-24T01:30:00Z", "body": {"what": 3}}).encode(),
    json.dumps({"uid": str(uuid.uuid4()), "kind": "hazard", "made_at": "2026-11-24T01:30:00Z", "body": HAZARD | {"what": "a\0b"}}).encode(),
    json.dumps({"uid": str(uuid.uuid4()), "kind": "hazard", "made_at": "2026-11-24T01:30:00Z", "body": HAZARD}).encode(),
], ids=range(8))  # fmt: skip
def test_texts_that_are_no_record_are_refused_and_kept(phone, text):
    uid = str(uuid.uuid4())
    phone.records.append({"uid": uid, "part": phone.keep(text), "files": []})
    said = phone.send()[1]
    assert said["records"][0]["state"] == "refused" and said["records"][0]["reason"]
    assert UploadRecord.objects.get().part == phone.records[0]["part"] and not Hazard.objects.exists()


@pytest.mark.parametrize(
    "differs",
    [
        {"what": " "},
        {"kind": "unknown"},
        {"address": ""},
        {"place": "NOWHERE"},
        {"riskpoint": "F0"},
        {"enterprise": "X"},
        {"lon": 200.0, "lat": 1.0},
    ],
)
def test_a_hazard_that_the_room_refuses_is_kept_for_somebody_to_look_at(phone, differs):
    phone.write("hazard", HAZARD | differs, files=[PHOTO])
    said = phone.send()[1]
    assert said["records"][0]["state"] == "refused" and said["records"][0]["reason"]
    assert said["files"][0]["state"] == "refused", "its photo waits with it"
    assert not Hazard.objects.exists() and not Evidence.objects.exists()


# ── evidence and conflicts ──────────────────────────────────────────────────────────────────────


def newest(row):
    return str(Change.objects.of(row).first().pk)


def test_evidence_joins_its_hazard_and_tells_what_changed_since(town):  # noqa: F811
    row = report(town)
    base = newest(row)
    patrol = phone_of(town.patrol).prepare()
    patrol.write("evidence", {"hazard": str(row.pk), "stage": "before"}, files=[PHOTO], base=base)
    said = patrol.send()[1]["records"][0]
    assert said["state"] == "taken" and said["reason"] == ""
    patrol.forget()
    phone_of(town.boss).client.post(f"/hazards/{row.pk}/accept/")
    patrol.write(
        "evidence",
        {"hazard": str(row.pk), "stage": "before"},
        files=[("b.png", picture("blue"), "before")],
        base=base,
    )
    said = patrol.send()[1]["records"][0]
    assert (
        said["state"] == "taken"
        and "核实受理" in said["reason"]
        and said["number"] == Hazard.objects.get().number
    )
    assert Evidence.objects.count() == 2


def test_evidence_that_the_life_no_longer_allows_is_a_conflict(town):  # noqa: F811
    row = report(town)
    base = newest(row)
    patrol = phone_of(town.patrol).prepare()
    phone_of(town.boss).client.post(f"/hazards/{row.pk}/reject/", {"why": "重复"})
    patrol.write("evidence", {"hazard": str(row.pk), "stage": "before"}, files=[PHOTO], base=base)
    said = patrol.send()[1]["records"][0]
    assert said["state"] == "conflict" and "不予受理" in said["reason"]
    assert not Evidence.objects.exists()


def test_evidence_of_what_one_does_not_see_is_refused(town):  # noqa: F811
    row = graded(town)
    stranger = phone_of(town.other).prepare()
    for number in (str(row.pk), "9" * 18, "9" * 40, "x", "-1"):
        stranger.write("evidence", {"hazard": number, "stage": "before"}, files=[PHOTO])
    stranger.write("evidence", {"hazard": str(row.pk), "stage": "never"}, files=[PHOTO])
    stranger.write("evidence", {"hazard": str(row.pk), "stage": "before"})
    assert {one["state"] for one in stranger.send()[1]["records"]} == {"refused"}


# ── looked at again ─────────────────────────────────────────────────────────────────────────────


def test_after_mending_a_record_is_taken_again_as_its_own_persons(town):  # noqa: F811
    guest = phone_of(town.guest).prepare()
    guest.write("hazard", HAZARD, files=[PHOTO])
    assert guest.send()[1]["records"][0]["state"] == "refused", "he may not report"
    row = UploadRecord.objects.get()
    role = town.guest.holds.get().role
    role.rights = [*role.rights, "hazards.report"]
    role.save()
    boss = phone_of(town.boss).client
    assert boss.post(f"/field/records/{row.pk}/again/").status_code == 302
    row.refresh_from_db()
    assert (
        row.state == "taken"
        and Hazard.objects.get().reported_by == town.guest
        and Evidence.objects.count() == 1
    )
    assert boss.post(f"/field/records/{row.pk}/again/").status_code == 302
    assert Hazard.objects.count() == 1
    assert guest.send()[1]["records"][0]["state"] == "taken"


def test_what_need_not_be_dealt_with_stays_on_record(town):  # noqa: F811
    guest = phone_of(town.guest).prepare()
    guest.write("hazard", HAZARD)
    guest.send()
    row, clerk = UploadRecord.objects.get(), phone_of(town.clerk).client
    assert "理由" in clerk.post(f"/field/records/{row.pk}/set-aside/", {"why": ""}).content.decode()
    assert clerk.post(f"/field/records/{row.pk}/set-aside/", {"why": "已电话核实"}).status_code == 302
    row.refresh_from_db()
    assert row.settled_by == town.clerk and not row.is_waiting and row.state == "refused"
    assert "不再办理" in clerk.get(f"/field/records/{row.pk}/").content.decode()


def test_a_part_that_is_also_somebodys_file_lies_apart(phone):
    """Bytes that a phone uploads never stand for a file that is kept with a row, nor the other way round."""
    body = seal(b"x", phone.key)
    phone.parts = {sha(body): body}
    phone.records = [{"uid": str(uuid.uuid4()), "part": sha(body), "files": []}]
    phone.send()
    with pytest.raises(store.Lost):
        store.get(hashlib.sha256(body).hexdigest())
