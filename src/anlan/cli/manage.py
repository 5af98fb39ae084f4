"""`anlan manage`: Django's own commands (migrate, dbshell, …) for those who keep the installation."""

import click
from django.core.management import execute_from_command_line


@click.command("manage", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words):
    """Run one of Django's management commands."""
    execute_from_command_line(["anlan manage", *words])
