"""`anlan verify-log`: check an export of the chain of change rows, without any database."""

import gzip
import sys
import zlib
from pathlib import Path

import click

from anlan.kit.chain import Fault, Head, verify

TOLD_EVERY = 1000  # lines between two steps of the progress bar
WHOLE, BROKEN, UNREADABLE = 0, 1, 2


class HeadType(click.ParamType):
    """POSITION:DIGEST, as 系统状态 and export-log show it."""

    name = "head"

    def convert(self, value, param, ctx):
        try:
            return value if isinstance(value, Head) else Head.read(value)
        except ValueError as why:
            self.fail(str(why), param, ctx)


def read_lines(file, bar):
    """The lines of an export, gzip'd or not; the bar follows the bytes on disk."""
    with file.open("rb") as raw, gzip.open(raw) if file.suffix == ".gz" else raw as lines:
        for number, line in enumerate(lines):
            if number % TOLD_EVERY == 0:
                bar.update(raw.tell() - bar.pos)
            yield line


@click.command("verify-log")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", "heads", multiple=True, type=HeadType(), metavar="POSITION:DIGEST",
              help="A head written down earlier; may be given several times.")  # fmt: skip
def command(file, heads):
    """Check FILE, made by export-log: exits with 0 when it is whole, 1 when it was tampered with, 2 when unreadable."""
    try:
        with click.progressbar(length=file.stat().st_size or 1, label="verify-log", file=sys.stderr) as bar:
            verdict = verify(read_lines(file, bar), heads=heads)
    except (OSError, EOFError, zlib.error) as why:
        click.echo(f"{file} cannot be read to its end: {why}", err=True)
        sys.exit(UNREADABLE)
    if verdict.fault is Fault.UNREADABLE:
        click.echo(f"{file} is no export of export-log: {verdict.why}", err=True)
        sys.exit(UNREADABLE)
    if verdict.fault:
        click.echo(f"BROKEN at position {verdict.position}: {verdict.fault} – {verdict.why}")
        click.echo(f"whole up to {verdict.head}")
        sys.exit(BROKEN)
    click.echo(f"whole: {verdict.head.position} changes; head {verdict.head}")
    if not heads:
        click.echo("held against no head: a chain cut at its end or computed anew shows only with --head")
    sys.exit(WHOLE)
