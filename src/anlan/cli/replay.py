"""`anlan replay`: run a past evening again, in a running server or all by itself."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path

import click
import httpx

from anlan.cli.past import district_zone, print_json, replay_past
from anlan.domains.crowd.replays import (
    GATES_PER_STATION,
    METRO_DAY,
    change_line,
    load,
    load_metro_day,
    names,
    open_headless,
    steps,
    title_of,
)

POLL_S = 0.5


@click.command("replay")
@click.argument("name", required=False)
@click.option(
    "--speed", default=60.0, show_default=True, help="Simulated seconds per second; in a server only."
)
@click.option("--headless", is_flag=True, help="Run without a server, as fast as it goes.")
@click.option("--json", "as_json", is_flag=True, help="Print each change of a warning as a line of JSON.")
@click.option(
    "--server", "address", default="http://127.0.0.1:8000", show_default=True, help="The running server."
)
@click.option("--detach", is_flag=True, help="Start it in the server and return at once.")
@click.option(
    "--data", "path", metavar="PATH", type=click.Path(path_type=Path),
    help="metro-day: the gzip CSV of counts. Otherwise the data folder (default: $ANLAN_DATA, else ./data).",
)  # fmt: skip
@click.option("--gates-per-station", "gates", default=GATES_PER_STATION, show_default=True,
              help="metro-day: gates that each station is taken to have.")  # fmt: skip
@click.option(
    "--stations", metavar="CSV", type=click.Path(path_type=Path),
    help="metro-day: a UTF-8 CSV with the columns station (as in the counts), gates (1 to 500) and stair_width_m "
    "(clear width of all its stairs in metres, empty where not known); whichever lets fewer through judges.",
)  # fmt: skip
@click.option("--from", "begins", metavar="TIME", help="Replay this installation's own past from here on.")
@click.option("--to", "ends", metavar="TIME", help="Up to here (default: to the end).")
@click.option("--place", metavar="CODE", help="Own past: only this place and its zones.")
@click.option("--threshold", "pairs", multiple=True, metavar="NAME=NUMBER",
              help="Own past: try this threshold, such as share_blue=0.5; may be given again.")  # fmt: skip
@click.option(
    "--compare", is_flag=True, help="Own past: print what rang beside what would have, with totals."
)
def command(name, speed, headless, as_json, address, detach, path, gates, stations, **past):
    """Replay NAME, or with --from this installation's own past; without either, list what can be replayed."""
    if name is None and past["begins"]:
        return replay_past(folder=path or data_folder(), as_json=as_json, **past)
    refuse_strays(**past)
    if stations and name != METRO_DAY:
        raise click.UsageError("--stations: for metro-day; leave it out")
    if name is None:
        return list_replays()
    refuse_unknown(name, path)
    say = print_json if as_json else say_words
    try:
        if headless:
            run_headless(load_named(name, path, gates, stations), say)
        elif name == METRO_DAY:
            asked = {"data": str(path.resolve()), "gates_per_station": gates}
            asked |= {"stations": str(stations.resolve())} if stations else {}
            run_in_server({"name": name, "speed": speed} | asked, say, address, detach, data_folder())
        else:
            run_in_server({"name": name, "speed": speed}, say, address, detach, path or data_folder())
    except KeyboardInterrupt:
        sys.exit(130)


def data_folder():
    return Path(os.environ.get("ANLAN_DATA", "data"))


def refuse_strays(*, begins, ends, place, pairs, compare):
    """Options of the own past stand with --from and without a NAME."""
    given = {"--from": begins, "--to": ends, "--place": place, "--threshold": pairs, "--compare": compare}
    if stray := [option for option, value in given.items() if value]:
        raise click.UsageError(
            f"{', '.join(stray)}: for this installation's own past; give --from and no NAME"
        )


def refuse_unknown(name, path):
    known = [*names(), METRO_DAY]
    if name not in known:
        raise click.UsageError(f"no replay named {name!r}: choose one of {', '.join(known)}")
    if name == METRO_DAY and path is None:
        raise click.UsageError(
            "metro-day needs --data FILE, a gzip CSV of five-minute passages with the columns "
            "timestamp,sensor,count: such counts do not come with the product"
        )


def list_replays():
    """Name and title of each replay."""
    for known in names():
        click.echo(f"{known}\t{title_of(known)['zh']} · {title_of(known)['en']}")
    click.echo(f"{METRO_DAY} --data FILE\t{title_of(METRO_DAY)['zh']} · {title_of(METRO_DAY)['en']}")


def load_named(name, path, gates, stations):
    """The replay of that name; a file of counts is read with a bar of its own."""
    if name != METRO_DAY:
        return load(name)
    try:
        with progress("读取 reading") as bar:
            return load_metro_day(
                path,
                gates_per_station=gates,
                stations=stations,
                zone=district_zone(),
                on_progress=lambda share: bar.update(max(0, round(share * 1000) - bar.pos)),
            )
    except ValueError as why:
        raise click.ClickException(str(why)) from None


def tell_note(note):
    """What the numbers rest on, beside the lines and not among them."""
    click.echo(f"{note['zh']}\n{note['en']}", err=True)


def run_headless(replay, say):
    """The replay in this process, no database, no server."""
    tell_note(replay.note)
    scene, clock = open_headless(replay)
    told, length_ms = -1, replay.ends_ms - replay.starts_ms
    with progress(replay.title["zh"]) as bar:
        for now_ms in steps(replay, scene=scene, clock=clock):
            for offset, change in scene.changes_since(told):
                told = offset
                say(change_line(change, replay.zone))
            bar.update((now_ms - replay.starts_ms) * 1000 // length_ms - bar.pos)
    scene.close()


def run_in_server(asked, say, address, detach, folder):
    """The replay in a running server's own scene, followed until it ends; Ctrl-C stops it."""
    token = folder / "control.token"
    if not token.exists():
        raise click.ClickException(
            f"no server seems to run with this data folder ({folder}): start `anlan serve`, or use --headless"
        )
    door = httpx.Client(
        base_url=address,
        headers={"Authorization": f"Bearer {token.read_text()}"},
        trust_env=False,
        timeout=60,
    )
    run = ask(door, "POST", "/control/v1/replays", json=asked)
    tell_note(run["note"])
    click.echo(f"{address}/wall/?scene={run['scene']}", err=True)
    if not detach:
        follow(door, run, say)


def follow(door, run, say):
    """Tell the changes of a run in the server as they come, until it ends."""
    path, seen = f"/control/v1/replays/{run['name']}", 0
    try:
        with progress(run["title"]["zh"]) as bar:
            while not run["is_over"]:
                time.sleep(POLL_S)
                run = ask(door, "GET", path)
                for change in run["changes"][seen:]:
                    say(change_line(change, run["zone"]))
                seen = len(run["changes"])
                bar.update(max(0, round(run["share_done"] * 1000) - bar.pos))
    except KeyboardInterrupt:
        ask(door, "DELETE", path)
        raise
    if run["error"]:
        raise click.ClickException(run["error"])


def ask(door, method, path, **words):
    """One request to the server's control door; its refusal is shown as it is."""
    try:
        answer = door.request(method, path, **words)
    except httpx.TransportError as why:
        raise click.ClickException(
            f"the server at {door.base_url} does not answer ({why}): is it running?"
        ) from why
    if answer.is_error:
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        raise click.ClickException(
            answer.json()["error"] if is_json else f"the server failed ({answer.status_code})"
        )
    return answer.json()


def progress(label):
    return click.progressbar(length=1000, label=label, file=sys.stderr)


def say_words(line):
    moment = datetime.fromisoformat(line["at"])
    click.echo(f"{moment:%H:%M:%S}  {line['level']:<7}{line['place']}  {line['reason']}")
