"""`anlan demo`: load the demonstration district, or leave it for a real one."""

import click
from django.utils import timezone

from anlan.domains.accounts.queries import administrators
from anlan.site.demo import load


@click.group("demo")
def command():
    """示范数据: the invented district that shows how everything works."""


@command.command("load")
def load_demo():
    """Load the demonstration district (once)."""
    load.load(by=administrators().first(), now=timezone.now())
    click.echo("loaded; start `anlan serve` again to see its crowds")


@command.command("leave")
@click.confirmation_option(prompt="Retire every demonstration place and sensor?")
def leave_demo():
    """Retire every demonstration place and sensor, on record, and stop the invented crowds."""
    sensors, places = load.leave(by=administrators().first(), now=timezone.now())
    click.echo(f"retired {sensors} sensors and {places} places; import your own at /places/imports/")
