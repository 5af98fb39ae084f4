"""Payloads that could not be read: kept within bounds, read again after a mend, or dismissed."""

from concurrent.futures import TimeoutError as TooSlow

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.devices.refusal import Refusal
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import QuarantinedPayload
from anlan.domains.crowd.queries.decoding import decode_payload
from anlan.domains.crowd.queries.live import live_scene
from anlan.domains.crowd.terms import QuarantineState
from anlan.kit.actions import Done, action, check, note
from anlan.stream.readings import columns

KEPT_IN_ALL = 10_000
KEPT_PER_SENSOR = 200
KEPT_BYTES = 2**20  # of one payload
SUBMIT_WAIT_S = 10  # the engine answers within milliseconds unless the disk is stuck


def keep_unread(*, sensor, door, kind, body, content_type, reason, received_at):
    """Keep bytes that could not be read, with the reason; the oldest fall out beyond the bounds.

    Not an audited change: a broken or hostile sender must not be able to fill the record.
    At most 10,000 payloads in all and 200 per sensor (those of no known sensor count as one sensor's).
    """
    with transaction.atomic():
        kept = QuarantinedPayload.objects.create(
            sensor=sensor, door=door[:20], kind=kind[:24], body=bytes(body[:KEPT_BYTES]), size_bytes=len(body),
            content_type=content_type[:200], reason=str(reason)[:2000], received_at=received_at,
        )  # fmt: skip
        drop_oldest(QuarantinedPayload.objects.filter(sensor=sensor), KEPT_PER_SENSOR)
        drop_oldest(QuarantinedPayload.objects.all(), KEPT_IN_ALL)
    return kept


def drop_oldest(rows, limit):
    """Delete all but the newest `limit` rows."""
    last = rows.order_by("-id").values_list("id", flat=True)[limit : limit + 1]
    if last:
        rows.filter(id__lte=last[0]).delete()


@action("crowd.replay_quarantined", may=Right.SENSORS_EDIT, label=_("重新读入报文"))
def replay_quarantined(payload, *, by, now):
    """Read a payload again with the sensor's present settings and hand the readings to the live scene.

    A refusal keeps it waiting with the new reason. Old readings correct the history and raise nothing:
    their receive time is now.
    """
    check(refuse_replay(payload))
    before = note(payload, "state", "reason")
    try:
        counted = hand_over(payload, now)
    except Refusal as why:
        counted, payload.reason = 0, str(why)[:2000]
    else:
        payload.state = QuarantineState.REPLAYED
    payload.save(update_fields=["state", "reason"])
    return Done(payload, before, note(payload, "state", "reason") | {"readings": counted})


def refuse_replay(payload):
    """Why this payload cannot be read again, or None."""
    if not payload.is_waiting:
        return _("该报文已处理。")
    if payload.sensor is None:
        return _("报文不属于任何已登记设备：请先登记设备，再请设备重新上报。")
    if payload.is_cut:
        return _("报文过大，仅保留了开头部分，不能重新读入。")
    return None


def hand_over(payload, now):
    """Decode and submit; returns how many readings were taken. Raises Refusal when none could be."""
    headers = {"content-type": payload.content_type}
    readings = decode_payload(payload.sensor, bytes(payload.body), headers=headers)
    readings = [timed(reading, payload.received_at) for reading in readings]
    scene = live_scene()
    check(None if scene else _("客流引擎未运行，暂时不能读入。请稍后再试。"))
    checked = columns(
        readings,
        register=scene.register,
        t_received_ms=int(now.timestamp() * 1000),
        default_sensor=payload.sensor.code,
    )
    if not len(checked.kept):
        raise Refusal(checked.refusals[0][1] if checked.refusals else _("报文中没有读数。"))
    try:
        scene.submit(checked.columns).result(timeout=SUBMIT_WAIT_S)
    except (TooSlow, RuntimeError, OSError) as why:
        check(_("客流引擎暂时无法接收（%(why)s），请稍后再试。") % {"why": type(why).__name__})
    return len(checked.kept)


def timed(reading, received_at):
    """A reading that has no time of its own is of the time when it was received, not of today."""
    if reading.t is not None or reading.end is not None:
        return reading
    return msgspec.structs.replace(reading, t=int(received_at.timestamp() * 1000))


@action("crowd.dismiss_quarantined", may=Right.SENSORS_EDIT, label=_("忽略报文"))
def dismiss_quarantined(payload, *, by, now):
    """Nothing can or need be done about this payload."""
    check(None if payload.is_waiting else _("该报文已处理。"))
    before = note(payload, "state")
    payload.state = QuarantineState.DISMISSED
    payload.save(update_fields=["state"])
    return Done(payload, before, note(payload, "state"))
