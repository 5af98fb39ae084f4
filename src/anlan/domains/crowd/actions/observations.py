"""Observations: what people on the spot report, kept once by its uid and handed to the engine as a reading."""

from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import Binding, Observation, PatrolStop, Sensor
from anlan.domains.crowd.queries.live import live_scene
from anlan.domains.crowd.queries.observations import CHANNELS, manual_channel, manual_sensor_code
from anlan.domains.crowd.rules.observations import check_observation
from anlan.domains.crowd.terms import Measures, ObservationKind, ObservationRefusal
from anlan.domains.places.queries import answers_for
from anlan.kit.actions import Done, action, check
from anlan.stream.identity import Status
from anlan.stream.readings import Reading, columns

SUBMIT_WAIT_S = 2.0  # a person waits for this; what took longer is sent by the sweep
SEQ_BITS = 2**63 - 1


def observe(
    place, *, by, now, uid, at, kind, value=None, zone=None, round=None, note="", lon=None, lat=None, on_behalf_of=""
):  # fmt: skip
    """Report what was seen at `place` at `at`; returns the Observation. The same uid again returns the same row.

    `value`: people per m² (density), people (count) or presses (press_in, press_out). `by` None: a unit's link, named by
    `on_behalf_of`. Where this process runs the engine the reading is handed over once the row is committed; else, and
    after any stop, the sweep `crowd.send_observations` does. Raises Refused.
    """
    known = find_same(uid, place, kind)
    if known is not None:
        return known
    words = {
        "uid": uid, "at": at, "kind": kind, "value": value, "zone": zone, "round": round, "note": note, "lon": lon,
        "lat": lat,
    }  # fmt: skip
    try:
        with transaction.atomic():
            change = keep_observation(place, by=by, now=now, on_behalf_of=on_behalf_of, **words)
    except IntegrityError:  # the same uid at the same moment
        known = find_same(uid, place, kind)
        if known is None:
            raise
        return known
    return change.subject


def find_same(uid, place, kind):
    """The observation of this uid, or None. Raises Refused where the uid is another observation's."""
    known = Observation.objects.filter(uid=uid).select_related("place", "zone").first()
    if known is not None:
        same = known.place_id == place.pk and known.kind == kind
        check(None if same else ObservationRefusal.UID_USED)
    return known


@action("crowd.observe", machine=True, label=_("上报现场观测"))
def keep_observation(place, *, by, now, on_behalf_of, uid, at, kind, value, zone, round, note, lon, lat):
    """Keep an observation and the manual sensor that its reading is of. Called by `observe`."""
    check(refuse_observer(by, place, round, on_behalf_of))
    check(ObservationRefusal.RETIRED if place.retired_at else None)
    check(ObservationRefusal.OTHER_ZONE if zone is not None and zone.place_id != place.pk else None)
    check(check_observation(kind=kind, value=value, note=note, at=at, now=now, lon=lon, lat=lat))
    row = Observation.objects.create(
        uid=uid, place=place, zone=zone, kind=kind, value=value if kind in ObservationKind.measured() else None,
        note=note.strip()[:500], at=min(at, now), noted_at=now, by=by, on_behalf_of=on_behalf_of, round=round, lon=lon,
        lat=lat,
    )  # fmt: skip
    if kind in ObservationKind.measured():
        bind_manual(row, by=by, now=now)
        transaction.on_commit(lambda: send_at_once(row, now), robust=True)
    told = {"kind": kind, "value": row.value, "zone": zone and zone.name, "note": row.note, "at": row.at}
    return Done(row, {}, {name: said for name, said in told.items() if said not in (None, "")})


def refuse_observer(by, place, round, on_behalf_of):
    """Why this one may not report of the place, or None: holders of the right there, and who walks a round past it."""
    if by is None:
        return None if on_behalf_of.strip() else ObservationRefusal.NOBODY
    if answers_for(by, Right.PATROLS_WALK, place):
        return None
    walks = round is not None and by.may(Right.PATROLS_WALK, round.organisation)
    passes = walks and PatrolStop.objects.filter(pk__in=round.stop_ids, place=place).exists()
    return None if passes else ObservationRefusal.NO_RIGHT


# ── the manual sensor of a place ────────────────────────────────────────────────────────────────


def bind_manual(row, *, by, now):
    """Make the manual sensor and the channel that this observation is a reading of, where it is the first."""
    sensor = Sensor.objects.filter(code=manual_sensor_code(row.place)).first()
    channel, measures = manual_channel(row), CHANNELS[row.kind][1]
    if sensor is None or not sensor.bindings.filter(channel=channel, measures=measures).exists():
        open_manual_channel(row.place, by=by, now=now, channel=channel, measures=measures, zone=row.zone)


@action("crowd.open_manual_channel", machine=True, label=_("登记人工观测"))
def open_manual_channel(place, *, by, now, channel, measures, zone):
    """The manual sensor 人工 of a place, on first use, and one channel of it, bound to the zone or to the place."""
    sensor, _made = Sensor.objects.get_or_create(
        code=manual_sensor_code(place),
        defaults={
            "name": f"{place.name}·{_('人工观测')}"[:120], "kind": "native", "place": place, "is_manual": True,
            "is_demo": place.is_demo,
        },
    )  # fmt: skip
    Binding.objects.get_or_create(
        sensor=sensor, channel=channel, measures=measures, defaults={"into_zone": zone}
    )
    return Done(sensor, {"binding": None}, {"binding": {"channel": channel, "measures": str(measures)}})


# ── into the engine ─────────────────────────────────────────────────────────────────────────────


def reading_of(row):
    """An observation as the reading of its manual channel.

    Density and count are told apart by their time, presses by time and a sequence number that comes from the uid: what
    is sent again counts once.
    """
    words = {
        "sensor": manual_sensor_code(row.place), "channel": manual_channel(row), "t": round_ms(row.at),
        "quality": "estimate",
    }  # fmt: skip
    if row.kind == ObservationKind.DENSITY:
        return Reading(kind="density", value=row.value, **words)
    if row.kind == ObservationKind.COUNT:
        return Reading(kind="occupancy", value=row.value, **words)
    side = "count_in" if row.kind == ObservationKind.PRESS_IN else "count_out"
    return Reading(kind="event", seq=row.uid.int & SEQ_BITS, **{side: int(row.value)}, **words)


def round_ms(at: datetime):
    """UTC milliseconds of a moment."""
    return round(at.timestamp() * 1000)


def is_wired(row, scene):
    """Whether the engine counts what this row's channel says, as far as passages must be wired before they come.

    A value is kept with its channel and read whenever that is bound; a passage is counted when it comes.
    """
    if CHANNELS[row.kind][1] != Measures.FLOW:
        return True
    sensor, channel = manual_sensor_code(row.place), manual_channel(row)
    return any(one.sensor == sensor and one.channel == channel for one in scene.topology.bindings)


def send_observations(rows, scene, *, now, wait_s):
    """Hand rows to the engine as one batch, wait until they are durable, and mark them sent. Returns their number.

    Sending again what a stop left unmarked adds nothing: the engine knows the reading. Raises as `Scene.submit` does.
    """
    checked = columns(
        [reading_of(row) for row in rows], register=scene.register, t_received_ms=scene.clock.now_ms()
    )
    receipt = scene.submit(checked.columns).result(timeout=wait_s)
    told = dict(zip(checked.kept.tolist(), receipt.status.tolist(), strict=True))
    for at, row in enumerate(rows):
        row.sent_at, row.outcome = now, Status(told[at]).name.lower() if at in told else "refused"
    Observation.objects.bulk_update(rows, ["sent_at", "outcome"])
    return len(rows)


def send_at_once(row, now):
    """Hand a row over right after its commit, where the engine runs here; what does not go is left to the sweep."""
    scene = live_scene()
    if scene is None or not is_wired(row, scene):
        return
    try:
        send_observations([row], scene, now=now, wait_s=SUBMIT_WAIT_S)
    except (TooSlow, CancelledError, RuntimeError, OSError):
        return
