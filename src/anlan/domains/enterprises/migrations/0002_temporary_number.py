"""The temporary number that an enterprise had before its code was known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="temporary_number",
            field=models.CharField(blank=True, db_index=True, max_length=10, verbose_name="原临时编号"),
        ),
    ]
