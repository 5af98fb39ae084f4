"""`anlan export-log`: write the chain of change rows into a file that can be checked anywhere."""

import gzip
import sys
from pathlib import Path

import click
from django.db import DatabaseError
from django.utils import timezone

from anlan.kit.queries import chain_head
from anlan.kit.sealing import Sealer, write_export


@click.command("export-log")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file):
    """Write all changes and their seals to FILE (NDJSON; gzip'd where it ends in .gz). The server may run meanwhile."""
    part = file.with_name(file.name + ".part")
    try:
        Sealer().seal_all(timezone.now())
        head = chain_head()
        with (
            (gzip.open if file.suffix == ".gz" else open)(part, "wb") as out,
            click.progressbar(length=head.position or 1, label="export-log", file=sys.stderr) as bar,
        ):
            write_export(out, head, lambda done: bar.update(done - bar.pos))
        part.replace(file)
    except (OSError, DatabaseError) as why:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"{file} was not written: {why}") from why
    click.echo(f"{file}: {head.position} changes; head {head}")
