"""How often the same recurs at a unit is counted from an index alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_patrols_rights"),
        ("enterprises", "0002_temporary_number"),
        ("hazards", "0005_patterns"),
        ("places", "0002_gate_count"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                fields=["responsible", "kind", "accepted_at", "state"], name="hazard_recurs_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                fields=["enterprise", "kind", "accepted_at", "state"], name="hazard_recurs_enterprise"
            ),
        ),
    ]
