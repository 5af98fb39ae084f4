"""The `anlan` command: a table of verbs, each in a module of its own that is imported when it is called."""

import importlib
import os
import sys

import click
import django

# verb → (module, needs Django). `decode`, `skill`, `verify-log` and a headless replay need no database, no data folder.
VERBS = {
    "serve": ("anlan.cli.serve", True),
    "jobs": ("anlan.cli.jobs", True),
    "replay": ("anlan.cli.replay", False),
    "decode": ("anlan.cli.decode", False),
    "skill": ("anlan.cli.skill", False),
    "demo": ("anlan.cli.demo", True),
    "field": ("anlan.cli.field", True),
    "backup": ("anlan.cli.backup", True),
    "restore": ("anlan.cli.restore", False),
    "export-log": ("anlan.cli.export_log", True),
    "verify-log": ("anlan.cli.verify_log", False),
    "doctor": ("anlan.cli.doctor", True),
    "manage": ("anlan.cli.manage", True),
}


class Verbs(click.Group):
    """A group that imports a verb's module only when that verb is asked for."""

    def list_commands(self, ctx):
        return list(VERBS)

    def get_command(self, ctx, cmd_name):
        if cmd_name not in VERBS:
            return None
        module, needs_django = VERBS[cmd_name]
        if needs_django:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.site.settings")
            django.setup()
        return importlib.import_module(module).command


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="anlan")
@click.option("--data", metavar="DIR", help="The data folder (default: $ANLAN_DATA, else ./data).")
def anlan(data):
    """安澜 Anlan: a district's urban-safety operations platform."""


def main():
    """Entry of the console script. `--data DIR` is read first: settings are fixed by the first import."""
    words = sys.argv[1:]
    for position, word in enumerate(words):
        if word in ("replay", "skill"):  # their own --data names files of counts
            break
        if word == "--data" and position + 1 < len(words):
            os.environ["ANLAN_DATA"] = words[position + 1]
            del sys.argv[position + 1 : position + 3]
            break
        if word.startswith("--data="):
            os.environ["ANLAN_DATA"] = word.removeprefix("--data=")
            del sys.argv[position + 1]
            break
    anlan()
