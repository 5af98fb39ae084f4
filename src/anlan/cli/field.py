"""`anlan field`: open what a phone exported, list what was begun and never finished, make a new key."""

from datetime import timedelta
from pathlib import Path

import click
from django.utils import timezone

from anlan.domains.accounts.queries import people_named_from
from anlan.kit.actions import Refused
from anlan.kit.queries import unfinished_uploads
from anlan.site.field import boxes, devices, keys, taking, uploads
from anlan.site.field.answers import NotTaken
from anlan.site.field.terms import Refusal


@click.group("field")
def command():
    """The field app's server side: exported files, unfinished uploads, keys."""


@command.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--take", is_flag=True, help="Take the records too, as if the phone had sent them; twice adds nothing."
)
@click.option("--person", metavar="NAME", help="Whose phone it is, where the phone is not registered here.")
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the opened files there.",
)
def open_file(file, take, person, files):
    """List what is in FILE (.anlanbox); needs this server's key and nothing else."""
    try:
        with file.open("rb") as source:
            box = boxes.Box(source)
            for line, opened in boxes.look_into(box):
                click.echo(boxes.say_line(line, opened))
                if files is not None and opened.record is not None:
                    write_files(box, line, opened, files)
            if take:
                take_all(box, person)
    except (boxes.Unreadable, NotTaken, Refused) as why:
        raise click.ClickException(str(why)) from why


def take_all(box, name):
    """Take the box's records as its phone's person, and say what became of each. Raises NotTaken, Refused."""
    now = timezone.now()
    device = boxes.find_device(box)
    if device is None:
        person = people_named_from(name).filter(username=name).first() if name else None
        if person is None:
            raise click.ClickException(f"{Refusal.DEVICE_UNKNOWN} (--person NAME)")
        device = devices.register_device(
            person, by=person, now=now, uid=box.manifest.device, name=boxes.UNNAMED
        ).subject
    with uploads.written_through():
        upload = boxes.take_box(box, device, now=now)
    told = taking.describe_outcome(upload)["records"]
    for one in told:
        click.echo(f"{one['uid']}: {one['state']} {one['number']} {one['address']} {one['reason']}".rstrip())
    if missing := len(box.manifest.records) - len(told):
        raise click.ClickException(f"{missing} records are not whole in this file: export them again")


def write_files(box, line, opened, folder):
    """Write a record's opened files into `folder`, each below its record's uid."""
    parts = {one.uid: one.part for one in line.files}
    for one in opened.record.files:
        try:
            body = boxes.open_file(box, one, parts.get(one.uid))
        except Refused as why:
            click.echo(f"  {one.name}: {why}")
            continue
        target = folder / str(line.uid) / f"{one.uid}{Path(one.name).suffix[:8]}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        click.echo(f"  {target}")


@command.command("unfinished")
@click.option("--drop-older-than", "days", type=click.IntRange(min=uploads.LEAST_DAYS), metavar="DAYS",
              help=f"Drop the parts of those begun so many days ago (at least {uploads.LEAST_DAYS}); asks first.")  # fmt: skip
def unfinished(days):
    """List uploads that were begun and never finished; nothing of them is dropped by itself."""
    now = timezone.now()
    rows = unfinished_uploads(before=now - timedelta(days=days) if days else now)
    for row in rows:
        click.echo(
            f"{row.uid}  {row.opened_at:%Y-%m-%d}  {row.person}  {row.device}  {row.here} parts, {row.bytes_here / 2**20:.1f} MiB"
        )
    click.echo(f"{len(rows)} unfinished")
    if (
        days
        and rows
        and click.confirm("Drop their sealed parts for good? What the phones still hold can be sent again.")
    ):
        click.echo(f"{sum(uploads.drop(row, now=now) for row in rows)} parts dropped")


@command.command("new-key")
def new_key():
    """Make a new key that phones seal to from now on; the old one stays and opens what was sealed to it."""
    click.echo(f"current key: {keys.make_key(replaces=True)}")
