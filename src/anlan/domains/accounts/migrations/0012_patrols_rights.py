"""The rights to walk and to plan patrols for the first roles of installations founded earlier."""

from django.db import migrations

WALK, PLAN = "patrols.walk", "patrols.plan"
NEW = {
    "administrator": (WALK, PLAN), "duty_officer": (WALK, PLAN), "duty_leader": (WALK,), "department": (WALK, PLAN),
    "operator": (WALK, PLAN),
}  # fmt: skip


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=NEW):
        if missing := [right for right in NEW[role.code] if right not in role.rights]:
            role.rights = [*role.rights, *missing]
            role.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_access_hands_in_cases")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
