"""The register as the engine needs it: spaces with capacity and thresholds, and which channel counts into which."""

from django.conf import settings
from django.utils import timezone

from anlan.domains.crowd.models import Binding, ThresholdSet
from anlan.domains.crowd.queries.observations import validity
from anlan.domains.crowd.queries.resets import resets_by_place
from anlan.domains.crowd.queries.spaces import space_code
from anlan.domains.crowd.rules import QUIET_MINUTE
from anlan.domains.crowd.rules.observations import counted_spaces, is_bound
from anlan.domains.crowd.terms import Measures
from anlan.domains.places.queries import watched_spaces
from anlan.domains.places.terms import PlaceKind
from anlan.stream import topology as stream


def build_topology(now):
    """All watched spaces and bindings in force at `now`, as the engine's Topology. Six queries."""
    watched = watched_spaces(timezone.localdate(now))
    own = dict(ThresholdSet.objects.values_list("place_id", "values"))
    resets, default = resets_by_place(), (QUIET_MINUTE, 0)
    homes = {space.place_id: home_of(space) for space in watched if space.zone_id is None}
    bindings = Binding.objects.filter(sensor__retired_at=None, sensor__place_id__in=homes)
    bindings = bindings.select_related("sensor__place", "entrance", "into_zone__place", "from_zone__place")
    known = {space.code for space in watched}
    wired = [(describe_binding(one, homes[one.sensor.place_id]), one.entrance) for one in bindings]
    wired = leave_out_manual(wired, {one.sensor.code for one in bindings if one.sensor.is_manual})
    wired = [(one, entrance) for one, entrance in wired if {one.into, one.out_of} <= known | {None}]
    counted = counted_entrances(wired)
    spaces = [
        describe_space(
            space._replace(passage_per_min=let_through(counted.get(space.code), space.passage_per_min)),
            own.get(space.place_id, {}),
            resets.get(space.place_id, default),
        )
        for space in watched
    ]
    return stream.Topology(
        spaces,
        [one for one, _ in wired],
        zone=settings.TIME_ZONE,
        estimate_s=round(validity(now).total_seconds()),
    )


def leave_out_manual(wired, manual):
    """`wired` without what people count by hand where counters make the number; `manual` are the codes of their sensors."""
    counted = counted_spaces(
        ({one.into, one.out_of} - {None}, one.measures) for one, _ in wired if one.sensor not in manual
    )
    return [
        (one, entrance)
        for one, entrance in wired
        if one.sensor not in manual or is_bound(measures=one.measures, space=one.into, counted=counted)
    ]


def counted_entrances(wired):
    """{space code: the entrances whose passages its channels count, None among them for a channel that names none}."""
    counted = {}
    for one, entrance in wired:
        if one.measures == Measures.PASSAGE:
            counted.setdefault(one.into, set()).add(entrance)
    return counted


def let_through(entrances, of_all):
    """People a minute whom the counted entrances let through: of all of the space's where a channel names none.

    None where nothing counts passages or the size of an entrance is not known: then nothing is judged by it.
    """
    if not entrances or None in entrances:
        return of_all if entrances else None
    sizes = [entrance.passage_per_min for entrance in entrances]
    return None if None in sizes else sum(sizes)


def place_ids_of_spaces(now):
    """{code of each watched space: id of its place}."""
    return {space.code: space.place_id for space in watched_spaces(timezone.localdate(now))}


def place_kinds(now):
    """{code: kind} of every place that is watched."""
    spaces = watched_spaces(timezone.localdate(now))
    return {space.code: space.kind for space in spaces if space.zone_id is None}


def describe_space(space, thresholds, reset=(None, 0)):
    """A WatchedSpace as the engine's Space; a zone has its place's thresholds and quiet minute, and nobody is left there.

    A bottleneck is what lets people out of a *zone*: a whole place empties through many exits at its leisure.
    What its entrances let through is judged where a channel counts passages (build_topology).
    A station's exit is no part of the sum of people in the station, so it has no parent here.
    """
    return stream.Space(
        code=space.code,
        name=space.name,
        parent=None if space.kind == PlaceKind.STATION_EXIT and space.zone_id is None else space.parent,
        capacity=space.capacity_persons,
        area_m2=space.area_m2,
        exit_capacity_per_min=space.exit_per_min,
        bottleneck_width_m=space.exit_width_m if space.zone_id else None,
        passage_capacity_per_min=space.passage_per_min,
        thresholds=thresholds,
        quiet_minute=reset[0],
        residual=0 if space.zone_id else reset[1],
    )


def home_of(space):
    """Where passages of a sensor without zones go: into the place, or through a station's exit into the station."""
    return space.parent if space.kind == PlaceKind.STATION_EXIT and space.parent else space.code


def describe_binding(binding, home):
    """A bound channel as the engine's Binding; `home` is the space that stands for its place.

    Flow: from outside (no zone) into the home, or between zones; leaving a zone for the rest of its place
    cancels in the place. Presence, density and passages belong to the zone, or to the sensor's own place.
    """
    into, out_of = binding.into_zone, binding.from_zone
    is_flow = binding.measures == Measures.FLOW
    default = home if is_flow else binding.sensor.place.code
    return stream.Binding(
        sensor=binding.sensor.code,
        channel=binding.channel,
        into=space_code(into) if into else default,
        out_of=space_code(out_of) if out_of and is_flow else None,
        reversed=binding.is_reversed,
        measures=binding.measures,
        entrance=binding.entrance and binding.entrance.code,
    )
