"""The Arrow door of the running server: what it takes, what it refuses, and what it does with hostile bodies."""

import base64
import hashlib
import io

import pyarrow as pa
import pytest
from tests.doors.clients import SOON_S, interval, now_ms, occupancy

from anlan.devices.native.arrow import FILE, STREAM


def written(rows, *, open_with=pa.ipc.new_stream, **options):
    """Readings as the bytes of an Arrow stream or file."""
    table, sink = pa.Table.from_pylist(rows), io.BytesIO()
    with open_with(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def digest_of(body):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def test_a_stream_and_a_file_count_like_json(device, watcher):
    end = now_ms()
    body = written(
        [interval("S-ARROW", end - 2000, count_in=20), interval("S-ARROW", end - 1000, count_in=5)]
    )
    all_well = {"accepted": 2, "refused": 0, "items": []}
    assert device("S-ARROW").send(body, content_type=STREAM, Content_Digest=digest_of(body)) == (
        202,
        all_well,
    )
    file = written([interval("S-ARROW", end, count_in=7)], open_with=pa.ipc.new_file)
    assert device("S-ARROW").send(file, content_type=FILE)[0] == 202
    assert watcher.wait_for("ARROW", 32, limit_s=SOON_S)
    status, answer = device("S-ARROW").send([interval("S-ARROW", end, count_in=7)])
    assert (status, answer["duplicate"]) == (202, 1), "JSON and Arrow name the same reading"


def test_wrong_readings_and_strangers_are_refused_singly(device, served):
    end = now_ms()
    rows = [
        interval("S-ARROW-LATER", end - 1000, count_in=3),
        interval("S-PLAIN", end),
        interval("S-ARROW-LATER", end, count_in=-1),
        interval("S-ARROW-LATER", end, length_ms=0),
        interval("S-ARROW-LATER", end, count_in=4),
    ]
    status, answer = device("S-ARROW-LATER").send(written(rows), content_type=STREAM)
    assert (status, answer["accepted"], answer["refused"]) == (207, 2, 3)
    assert [each["index"] for each in answer["items"]] == [1, 2, 3]
    assert "does not report through this credential" in answer["items"][0]["reason"]
    assert "whole number" in answer["items"][1]["reason"]
    assert "not after its start" in answer["items"][2]["reason"]
    assert device("S-ARROW-LATER").send(rows) == (207, answer | {
        "accepted": 0, "duplicate": 2,
        "items": sorted(
            [*answer["items"], *({"index": at, "status": "duplicate"} for at in (0, 4))], key=lambda each: each["index"]
        ),
    })  # fmt: skip
    assert occupancy(served[0], served[1].screen)["ARROW-LATER"] == 7


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda body: body[:-8], "has no end"),
        (lambda body: body[: len(body) // 2], "has no end"),
        (lambda body: b"\xff\xff\xff\xff\xff\xff\xff\x7f" + body[8:], "not a sound Arrow body"),
        (lambda body: written([{"kind": "event"}] * 50_000, compression="zstd"), "compressed"),
        (lambda body: written([{"kind": 7}]), "text is needed"),
        (lambda body: written([{"sensor": "S-ARROW"}]), "no column kind"),
        (lambda body: b"", "has no end"),
    ],
    ids=["no end", "half", "a huge length", "packed", "a wrong type", "no kind", "nothing"],
)
def test_hostile_bodies_are_refused(spoil, reason, device):
    body = spoil(written([interval("S-ARROW", now_ms())]))
    status, answer = device("S-ARROW").send(body, content_type=STREAM)
    assert status == 400 and reason in answer["error"], answer


def test_a_body_that_is_not_the_one_of_its_digest_is_refused(device):
    body = written([interval("S-ARROW", now_ms())])
    status, answer = device("S-ARROW").send(body, content_type=STREAM, Content_Digest=digest_of(body + b" "))
    assert status == 400 and "Content-Digest" in answer["error"]
