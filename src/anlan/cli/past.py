"""`anlan replay --from … --to …`: what rang in this installation, and what would have with other thresholds."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from anlan.domains.crowd.replays import (
    change_line,
    count_levels,
    is_of,
    pair_up,
    read_stretch,
    refuse_thresholds,
    ring_again,
)

LIVE = "live"
FAR_MS = 2**52
NOTHING = "–"


def district_zone():
    """The district's zone by name, as the settings have it; a replay needs no settings."""
    return os.environ.get("ANLAN_TIME_ZONE", "Asia/Shanghai")


def read_moment(text, option):
    """A time as UTC milliseconds; without a zone it is the district's, and that is said."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time: write it as 2026-11-24T08:00+08:00", param_hint=option
        ) from None
    if moment.tzinfo is None:
        click.echo(f"{option} {text} carries no zone: taken as {district_zone()}", err=True)
        moment = moment.replace(tzinfo=ZoneInfo(district_zone()))
    return round(moment.timestamp() * 1000)


def read_thresholds(pairs):
    """name=number pairs as thresholds that can stand."""
    values = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        try:
            values[name.strip()] = float(number)
        except ValueError:
            raise click.BadParameter(
                f"{pair!r}: write it as share_blue=0.5", param_hint="--threshold"
            ) from None
    if refusal := refuse_thresholds(values):
        raise click.BadParameter(refusal, param_hint="--threshold")
    return values


def replay_past(*, folder, begins, ends, place, pairs, compare, as_json):
    """Run a stretch of the live journal again and print its changes, or both sides with --compare."""
    thresholds = read_thresholds(pairs)
    from_ms, to_ms = read_moment(begins, "--from"), read_moment(ends, "--to") if ends else FAR_MS
    if from_ms >= to_ms:
        raise click.UsageError("--from must lie before --to")
    stretch = find_stretch(Path(folder, LIVE), from_ms, to_ms, place)
    with click.progressbar(length=1000, label="回放 replay", file=sys.stderr) as bar:
        would = []
        for change in ring_again(
            stretch, thresholds=thresholds, place=place, on_progress=meter(bar, stretch)
        ):
            would.append(change)
            if not compare:
                (print_json if as_json else print_words)(change_line(change, district_zone()))
    if compare:
        rang = [change for change in stretch.rang if is_of(change["code"], place)]
        (compare_json if as_json else compare_words)(rang, would)


def find_stretch(folder, from_ms, to_ms, place):
    """The stretch of the journal, or a plain word on why there is none."""
    try:
        stretch = read_stretch(folder, from_ms=from_ms, to_ms=to_ms)
    except FileNotFoundError as why:
        raise click.ClickException(f"{why} (--data DIR or $ANLAN_DATA)") from None
    if place is not None and not any(is_of(code, place) for code in stretch.spaces):
        raise click.BadParameter(
            f"no place {place!r} in this journal: use its code as the register shows it", param_hint="--place"
        )
    if stretch.begins_ms is None or to_ms <= stretch.begins_ms:
        raise click.ClickException(f"the journal in {folder} holds nothing of that time")
    if from_ms < stretch.begins_ms:
        first = datetime.fromtimestamp(stretch.begins_ms / 1000, ZoneInfo(district_zone()))
        click.echo(f"the journal begins at {first.isoformat(timespec='seconds')}", err=True)
    return stretch


def meter(bar, stretch):
    """What moves the bar along with simulated time; an open end is never reached before it is."""
    length_ms = max(stretch.to_ms - stretch.begins_ms, 1)

    def move(now_ms):
        bar.update(max(0, (now_ms - stretch.begins_ms) * 1000 // length_ms - bar.pos))

    return move


def print_json(line):
    click.echo(json.dumps(line, ensure_ascii=False))


def print_words(line):
    moment = datetime.fromisoformat(line["at"])
    click.echo(f"{moment:%m-%d %H:%M:%S}  {line['level']:<7}{line['place']}  {line['reason']}")


def compare_json(rang, would):
    """A line per change with both sides, then the totals by level."""
    for pair in pair_up(rang, would):
        line = change_line(pair.either, district_zone())
        sides = {
            side: {"level": change["to"], "reason": change["reason"]["zh"]} if change else None
            for side, change in pair._asdict().items()
        }
        print_json({"at": line["at"], "place": line["place"], "channel": line["channel"], **sides})
    print_json({"totals": {"rang": count_levels(rang), "would": count_levels(would)}})


def compare_words(rang, would):
    """The same as a table: time, what rang, what would have, place, reason."""
    click.echo(f"{'':16}{'rang':<8}{'would':<8}")
    for pair in pair_up(rang, would):
        line = change_line(pair.either, district_zone())
        levels = [change["to"] if change else NOTHING for change in pair]
        moment = datetime.fromisoformat(line["at"])
        click.echo(f"{moment:%m-%d %H:%M:%S}  {levels[0]:<8}{levels[1]:<8}{line['place']}  {line['reason']}")
    for level, n in count_levels(rang).items():
        click.echo(f"{level:<16}{n:<8}{count_levels(would)[level]:<8}")
