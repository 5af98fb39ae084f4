"""Access tokens by which other channels hand in their cases."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_self_checks")]
    operations = [
        migrations.AddField(
            model_name="accesstoken",
            name="hands_in_cases",
            field=models.BooleanField(default=False, verbose_name="可递送案件"),
        ),
    ]
