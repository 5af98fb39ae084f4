"""Two patrol routes of the demonstration district, with a round that was walked and left a stop out."""

import uuid
from datetime import time, timedelta

from anlan.domains.crowd import actions, queries
from anlan.domains.places.queries import find_place

ROUTES = (
    # name, organisation, places, hours, every, lasts, what is asked
    ("静水夜间巡逻", "D-POLICE", ("SQ1", "ML1", "CR1"), (time(18), time(23)), 60, 40, "查看出入口排队、通道占用和照明"),
    ("云栖日间巡逻", "S-YUNQI", ("ML2", "MK1", "PK1"), (time(10), time(20)), 120, 60, "查看中庭、扶梯口和摊位通道人流"),
)  # fmt: skip
SPACE = uuid.UUID("8b0e4f4a-3c55-4f0e-9f52-0d9f6b6f3a10")
EARLIER = timedelta(hours=3)


def add_patrols(organisations, *, by, now):
    """Lay down the routes of `organisations` (by code), and walk one of them."""
    for number, (name, code, along, hours, every, lasts, asked) in enumerate(ROUTES):
        places = [find_place(one, by) for one in along]
        stops = [
            {
                "name": place.name,
                "place": place,
                "zone": None,
                "dwell_min": 10,
                "lon": None,
                "lat": None,
            }
            for place in places
        ]
        route = actions.add_route(
            organisations[code], by=by, now=now - EARLIER, stops=stops, is_demo=True, name=name,
            days="every", starts_at=hours[0], ends_at=hours[1], every_min=every, lasts_min=lasts, grace_min=15, note=asked,
        ).subject  # fmt: skip
        if not number:
            walk_once(route, places, by=by, now=now - EARLIER)


def walk_once(route, places, *, by, now):
    """A round of a route that was walked: all stops but the last, a class of density at the first."""
    words = {"by": by, "now": now}
    round = actions.start_round(route, uid=uuid.uuid5(SPACE, "start"), at=now, **words)
    for number, stop in enumerate(queries.stops_of(round)[:-1]):
        at = now + timedelta(minutes=5 * number + 4)
        actions.check_in(
            round, by=by, now=at, uid=uuid.uuid5(SPACE, f"look {number}"), at=at, stop=stop,
            lon=stop.place.lon, lat=stop.place.lat,
        )  # fmt: skip
    at = now + timedelta(minutes=6)
    actions.observe(
        places[0],
        by=by,
        now=at,
        uid=uuid.uuid5(SPACE, "density"),
        at=at,
        kind="density",
        value=1.5,
        round=round,
    )
    actions.end_round(
        round,
        by=by,
        now=at + timedelta(minutes=30),
        uid=uuid.uuid5(SPACE, "end"),
        at=at + timedelta(minutes=30),
    )


def leave_patrols(*, by, now, why):
    """Stop the demonstration's routes; what was walked stays on record."""
    for route in queries.visible_routes(by).filter(is_demo=True, stopped_at=None):
        actions.stop_route(route, by=by, now=now, why=why)
