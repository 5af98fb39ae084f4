"""`anlan doctor`: look the installation over."""

import sys

import click

from anlan.site.doctor import examine

SIGNS = {"ok": ("✓", "green"), "care": ("!", "yellow"), "bad": ("✗", "red")}


@click.command("doctor")
def command():
    """Say what is wrong with this installation and what to do; exits with 1 when something is."""
    findings = examine()
    for one in findings:
        sign, colour = SIGNS[one.state]
        click.secho(f"{sign} {one.what}: {one.found}", fg=colour)
        if one.todo:
            click.echo(f"    → {one.todo}")
    sys.exit(any(one.state == "bad" for one in findings))
