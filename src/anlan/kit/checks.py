"""System checks of the house: foreign keys between rooms (`django check` runs them, and so does every start)."""

from django.apps import apps
from django.core import checks
from django.db import models

# Domains from the ground up; rooms of one line do not know each other. The order of .importlinter (a test compares).
DOMAINS = (
    ("accounts",),
    ("places",),
    ("enterprises",),
    ("crowd", "notices"),
    ("preparedness",),
    ("simulation", "riskmap"),
    ("hazards",),
    ("gatherings",),
    ("accidents",),
    ("enforcement",),
    ("emergency",),
    ("credit",),
    ("supervision",),
)
KIT = -1
FLOOR = {"kit": KIT} | {label: height for height, line in enumerate(DOMAINS) for label in line}
KNOWN_TO_KIT = {"accounts.person", "accounts.organisation"}  # who did it, and whose row it is


@checks.register(checks.Tags.models)
def check_foreign_keys(app_configs=None, **options):
    """Keys that cross rooms point down, are PROTECT, and leave no name on the other room's rows (related_name "+").

    The one key that points up: kit names people and organisations. Returns a list of checks.Error.
    """
    return [
        error
        for model in apps.get_models()
        for field in model._meta.local_fields + model._meta.local_many_to_many
        if field.remote_field and crosses_rooms(model, field.related_model)
        for error in judge_key(model, field)
    ]


def crosses_rooms(model, target):
    """Whether both are rows of Anlan, in different rooms."""
    here, there = model._meta.app_label, target._meta.app_label
    return here != there and here in FLOOR and there in FLOOR


def judge_key(model, field):
    """The faults of one key that crosses rooms, as checks.Error."""
    target, key = field.related_model._meta, f"{model._meta.label}.{field.name}"
    points_down = FLOOR[target.app_label] < FLOOR[model._meta.app_label]
    from_kit = model._meta.app_label == "kit" and target.label_lower in KNOWN_TO_KIT
    if not (points_down or from_kit):
        hint = "turn the key round, or let the upper room take a change row"
        yield checks.Error(
            f"{key} points up the house, to {target.label}", hint=hint, obj=model, id="kit.E001"
        )
    if not (field.remote_field.related_name or "").endswith("+"):
        hint = 'related_name="+": a room is not given names by the rooms above it'
        yield checks.Error(
            f"{key} leaves a reverse name on {target.label}", hint=hint, obj=model, id="kit.E002"
        )
    if (field.many_to_one or field.one_to_one) and field.remote_field.on_delete is not models.PROTECT:
        hint = "on_delete=models.PROTECT: another room's row is never deleted from under one's own"
        yield checks.Error(f"{key} does not protect {target.label}", hint=hint, obj=model, id="kit.E003")
