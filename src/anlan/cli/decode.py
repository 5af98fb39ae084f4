"""`anlan decode`: print what a payload says, one canonical reading a line."""

import sys

import click

from anlan.devices.command import decode_file
from anlan.devices.table import ADAPTERS, SHORT


@click.command("decode")
@click.option("--kind", type=click.Choice(["auto", *ADAPTERS, *SHORT]), default="auto", show_default=True,
              help="The device's format; auto looks at the payload.")  # fmt: skip
@click.option(
    "--zone", metavar="ZONE", help="The device's time zone where its times carry none, e.g. Asia/Shanghai."
)
@click.option("--mapping", "mapping_path", type=click.Path(exists=True, dir_okay=False),
              help="A mapping (JSON or TOML) for kind `mapping`.")  # fmt: skip
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
def command(kind, zone, mapping_path, file):
    """Decode FILE (- for standard input). A refusal is printed on stderr and exits with 2."""
    sys.exit(decode_file(kind=kind, path=file, zone=zone, mapping_path=mapping_path, out=sys.stdout))
