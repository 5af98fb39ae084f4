"""`anlan backup`: copy the data folder into one file while everything runs."""

import sys
from pathlib import Path

import click
from django.conf import settings

from anlan import __version__
from anlan.site.backup import BackupError, backup


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file):
    """Write a backup to FILE (.tar.gz). The server may run meanwhile."""
    if not settings.DATA.exists():
        raise click.ClickException(f"no data folder at {settings.DATA}: name it with --data")
    with click.progressbar(length=1, label="backup", file=sys.stderr) as bar:

        def report(done, total):
            bar.length = total
            bar.update(done - bar.pos)

        try:
            manifest = backup(
                file,
                data=settings.DATA,
                database=settings.DATABASES["default"],
                version=__version__,
                report=report,
            )
        except (BackupError, OSError) as why:
            raise click.ClickException(str(why)) from why
    click.echo(f"{file}: {len(manifest['sha256'])} files, {file.stat().st_size / 2**20:.1f} MB")
