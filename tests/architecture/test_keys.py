"""Foreign keys between rooms: Django's own check refuses the wrong ones, and the rows as built have none."""

import configparser
import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from anlan.kit import checks


def ids(model):
    return sorted(
        error.id
        for field in model._meta.local_fields
        if field.remote_field
        for error in checks.judge_key(model, field)
    )


def test_the_rows_as_built_keep_the_rule():
    assert checks.check_foreign_keys() == []


def test_the_check_knows_the_floors_of_the_contract(root):
    """The order in kit.checks is the order of .importlinter, read from the ground up."""
    contract = configparser.ConfigParser()
    contract.read(root / ".importlinter", encoding="utf-8")
    lines = contract["importlinter:contract:domains"]["layers"].split("\n")
    named = [tuple(re.findall(r"\w+", line)) for line in lines if line.strip()]
    assert [set(line) for line in reversed(named)] == [set(line) for line in checks.DOMAINS]


@pytest.mark.parametrize(
    ("app", "to", "on_delete", "related_name", "faults"),
    [
        ("places", "accounts.Organisation", models.PROTECT, "+", []),
        ("places", "accounts.Organisation", models.CASCADE, "+", ["kit.E003"]),
        ("places", "accounts.Organisation", models.SET_NULL, "+", ["kit.E003"]),
        ("places", "accounts.Organisation", models.PROTECT, "places", ["kit.E002"]),
        ("places", "accounts.Organisation", models.PROTECT, None, ["kit.E002"]),
        ("accounts", "places.Place", models.PROTECT, "+", ["kit.E001"]),
        ("kit", "places.Place", models.PROTECT, "+", ["kit.E001"]),
        ("kit", "accounts.Organisation", models.PROTECT, "+", []),
        ("kit", "accounts.Person", models.CASCADE, "", ["kit.E002", "kit.E003"]),
    ],
)
def test_each_fault_is_named(app, to, on_delete, related_name, faults):
    app_label, name = to.split(".")

    with isolate_apps("anlan.kit", "anlan.domains.accounts", "anlan.domains.places"):
        target = type(
            name,
            (models.Model,),
            {"__module__": __name__, "Meta": type("Meta", (), {"app_label": app_label})},
        )
        key = models.ForeignKey(target, on_delete, null=True, related_name=related_name)
        source = type("Planted", (models.Model,), {
            "__module__": __name__, "Meta": type("Meta", (), {"app_label": app}), "key": key,
        })  # fmt: skip
        assert checks.crosses_rooms(source, target)
        assert ids(source) == faults


def test_rows_of_django_itself_are_not_judged():
    assert not checks.crosses_rooms(ContentType, ContentType)
