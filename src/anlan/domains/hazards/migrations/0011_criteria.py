from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0010_statements_of_enterprises")]

    operations = [
        migrations.RemoveIndex("hazard", "hazard_item"),
        migrations.RenameField("hazard", "item", "criterion"),
        migrations.RenameField("hazard", "item_says", "criterion_says"),
        migrations.RenameField("hazard", "item_basis", "criterion_basis"),
        migrations.AddIndex(
            "hazard",
            models.Index(
                fields=["criterion", "-id"],
                condition=models.Q(("criterion", ""), _negated=True),
                name="hazard_criterion",
            ),
        ),
    ]
