"""`anlan restore`: lay a backup into an empty data folder."""

import os
import sys
from pathlib import Path

import click

from anlan.site.backup import BackupError, restore


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file):
    """Restore FILE into the data folder (--data DIR), which must be empty or absent."""
    data = Path(os.environ.get("ANLAN_DATA", "data")).resolve()
    with click.progressbar(length=1, label="restore", file=sys.stderr) as bar:

        def report(done, total):
            bar.length = total
            bar.update(done - bar.pos)

        try:
            names = restore(
                file, data=data, database_address=os.environ.get("DATABASE_URL", ""), report=report
            )
        except BackupError as why:
            raise click.ClickException(str(why)) from why
    click.echo(f"{data}: {len(names)} files restored and checked; start with `anlan serve --data {data}`")
