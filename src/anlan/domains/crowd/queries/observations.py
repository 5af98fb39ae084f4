"""What people have reported from the spot: density classes, what waits for the engine, which manual channels count."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.models import Observation
from anlan.domains.crowd.queries.live import live_space
from anlan.domains.crowd.queries.spaces import sees, space_code
from anlan.domains.crowd.terms import Measures, ObservationKind
from anlan.kit.tables import Seed, Table, TableColumn, read, register

CLASSES, LIMITS = "crowd.density_classes", "crowd.observation_limits"
SEOUL = _("分级界限参照首尔人群密度监测（2023 年公开报道：2–3、3–4、5 人/平方米以上三级）；文字描述待核实")
OURS = _("平台默认；请按本区规定核定")
FIRST_CLASSES = (
    # key, label, low, high, value (people per m²), words, mark
    ("free", _("宽松"), 0, 1, 0.5, _("可以自由行走，随意超越他人"), "M"),
    ("light", _("较少"), 1, 2, 1.5, _("能正常行走，偶尔需要避让"), "M"),
    ("busy", _("较多"), 2, 3, 2.5, _("走得慢，难以超越他人"), "M"),
    ("dense", _("密集"), 3, 4, 3.5, _("与旁人时有碰触，只能跟着走"), "M"),
    ("packed", _("拥挤"), 4, 5, 4.5, _("肩挨着肩，走走停停"), "M"),
    ("crush", _("危险"), 5, 12, 5.5, _("被人群推着走，身不由己"), "M"),
)  # fmt: skip
FIRST_LIMITS = (
    ("valid_min", _("目测密度和清点人数的有效时间（分钟）"), 15),
    ("far_m", _("打卡位置距巡逻点多远算“较远”（米）"), 200),
)
LIMIT_NAMES = {key: label for key, label, _amount in FIRST_LIMITS}
CHANNELS = {
    ObservationKind.DENSITY: ("density", Measures.DENSITY),
    ObservationKind.COUNT: ("count", Measures.PRESENCE),
    ObservationKind.PRESS_IN: ("presses", Measures.FLOW),
    ObservationKind.PRESS_OUT: ("presses", Measures.FLOW),
}

register(Table(
    CLASSES, title=_("目测密度分级"), lead=_("现场人员按所见选择一级，按该级的代表值计入客流监测。"),
    key=TableColumn("key", _("编码"), most=20),
    columns=(
        TableColumn("label", _("名称"), most=20), TableColumn("low", _("下限"), "number", _("人/平方米"), low=0, high=12),
        TableColumn("high", _("上限"), "number", _("人/平方米"), low=0, high=12),
        TableColumn("value", _("代表值"), "number", _("人/平方米"), low=0, high=12), TableColumn("words", _("现场情形"), most=80),
    ),
    seeds=lambda on: [
        Seed(key, {"label": str(label), "low": low, "high": high, "value": value, "words": str(words)}, mark, SEOUL)
        for key, label, low, high, value, words, mark in FIRST_CLASSES
    ],
))  # fmt: skip
register(Table(
    LIMITS, title=_("现场观测和巡逻参数"), lead=_("超过有效时间的目测密度和清点人数不再计入，以免旧观测长期影响等级。"),
    key=TableColumn("key", _("参数")), say_key=lambda key: str(LIMIT_NAMES.get(key, key)),
    columns=(TableColumn("amount", _("数值"), "whole", low=1, high=10_000),),
    seeds=lambda on: [Seed(key, {"amount": amount}, "K", OURS) for key, _label, amount in FIRST_LIMITS],
))  # fmt: skip


@dataclass(frozen=True)
class DensityClass:
    """A class of density by eye: bounds and the number that stands for it in people per m², and how it looks."""

    key: str
    label: str
    low: float
    high: float
    value: float
    words: str


def density_classes(*, on):
    """The DensityClass rows in force on a date, the sparsest first."""
    rows = [DensityClass(key, **row) for key, row in read(CLASSES, on=on).items()]
    return sorted(rows, key=lambda one: one.low)


def observation_limit(key, *, on):
    """The amount of a parameter: `valid_min` (minutes) or `far_m` (metres)."""
    return read(LIMITS, on=on)[key]["amount"]


def manual_sensor_code(place):
    """The code of the sensor that stands for what people report of a place."""
    return f"manual-{place.code}"


def manual_channel(observation):
    """The channel of its manual sensor that an observation is a reading of."""
    name = CHANNELS[observation.kind][0]
    return f"{name}/{observation.zone.code}" if observation.zone else name


def unsent_observations(limit):
    """The oldest observations whose reading the engine does not have yet."""
    rows = Observation.objects.filter(sent_at=None, kind__in=ObservationKind.measured())
    return list(rows.select_related("place", "zone").order_by("id")[:limit])


def validity(now):
    """How long an estimate or a count holds, as a timedelta."""
    return timedelta(minutes=observation_limit("valid_min", on=timezone.localdate(now)))


def observations_by_id(ids):
    """{id: observation} with its place, zone and person at hand."""
    rows = Observation.objects.select_related("place__organisation", "zone", "by")
    return rows.in_bulk(ids)


def visible_observations(person):
    """Observations of places that `person` sees, newest first, with all they name."""
    rows = Observation.objects.select_related("place__organisation", "zone", "by", "round__route")
    return rows.filter(sees(person))


def checks_beside(place, now):
    """[(observation, people shown now or None)]: fresh counts of a place, to be held against the number on show."""
    since = now - validity(now)
    rows = Observation.objects.filter(place=place, kind=ObservationKind.COUNT, at__gt=since)
    found = []
    for row in rows.select_related("zone", "place", "by")[:10]:
        space = live_space(space_code(row.space))
        found.append((row, space and space.people))
    return found
