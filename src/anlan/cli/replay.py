"""`anlan replay`: run a past evening again, in a running server or all by itself."""

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import click
import httpx

from anlan.domains.crowd.replays import change_line, load, names, open_headless, steps

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
def command(name, speed, headless, as_json, address, detach):
    """Replay NAME; without NAME, list what can be replayed."""
    if name is None:
        for known in names():
            click.echo(f"{known}\t{load(known).title['zh']} · {load(known).title['en']}")
        return
    if name not in names():
        raise click.UsageError(f"no replay named {name!r}: choose one of {', '.join(names())}")
    say = say_json if as_json else say_words
    try:
        if headless:
            run_headless(load(name), say)
        else:
            run_in_server(load(name), speed, say, address, detach)
    except KeyboardInterrupt:
        sys.exit(130)


def run_headless(replay, say):
    """The replay in this process, no database, no server."""
    scene, clock = open_headless(replay)
    told, length_ms = -1, replay.ends_ms - replay.starts_ms
    with progress(replay.title["zh"]) as bar:
        for now_ms in steps(replay, scene=scene, clock=clock):
            for offset, change in scene.changes_since(told):
                told = offset
                say(change_line(change, replay.zone))
            bar.update((now_ms - replay.starts_ms) * 1000 // length_ms - bar.pos)
    scene.close()


def run_in_server(replay, speed, say, address, detach):
    """The replay in a running server's own scene, followed until it ends; Ctrl-C stops it."""
    token = Path(os.environ.get("ANLAN_DATA", "data"), "control.token")
    if not token.exists():
        raise click.ClickException(
            f"no server seems to run with this data folder ({token.parent}): start `anlan serve`, or use --headless"
        )
    door = httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {token.read_text()}"}, trust_env=False
    )
    run = ask(door, "POST", "/control/v1/replays", json={"name": replay.name, "speed": speed})
    click.echo(f"{address}/wall/?scene={run['scene']}", err=True)
    if detach:
        return
    seen = 0
    try:
        with progress(replay.title["zh"]) as bar:
            while not run["is_over"]:
                time.sleep(POLL_S)
                run = ask(door, "GET", f"/control/v1/replays/{replay.name}")
                for change in run["changes"][seen:]:
                    say(change_line(change, replay.zone))
                seen = len(run["changes"])
                bar.update(max(0, round(run["share_done"] * 1000) - bar.pos))
    except KeyboardInterrupt:
        ask(door, "DELETE", f"/control/v1/replays/{replay.name}")
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


def say_json(line):
    click.echo(json.dumps(line, ensure_ascii=False))


def say_words(line):
    moment = datetime.fromisoformat(line["at"])
    click.echo(f"{moment:%H:%M:%S}  {line['level']:<7}{line['place']}  {line['reason']}")
