import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crowd", "0006_resets_and_episodes"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelLevels",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("A", "A 预报"), ("B", "B 激增")],
                        max_length=1,
                        unique=True,
                        verbose_name="渠道",
                    ),
                ),
                ("levels", models.JSONField(default=dict)),
                ("budget", models.FloatField(verbose_name="虚警限额")),
                ("fitted_days", models.PositiveIntegerField(default=0)),
                ("fitted_at", models.DateTimeField(verbose_name="拟合时间")),
            ],
        ),
        migrations.CreateModel(
            name="ChannelSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("space_code", models.CharField(max_length=64, verbose_name="编号")),
                ("space_name", models.CharField(max_length=160, verbose_name="场所")),
                (
                    "quantity",
                    models.CharField(
                        choices=[("occupancy", "在场人数"), ("passages", "闸机通过")],
                        max_length=10,
                        verbose_name="对象",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("A", "A 预报"), ("B", "B 激增")], max_length=1, verbose_name="渠道"
                    ),
                ),
                ("until", models.DateField(verbose_name="截至")),
                ("crossings", models.PositiveIntegerField(verbose_name="达到承载量次数")),
                ("caught_15", models.PositiveIntegerField(verbose_name="提前 15 分钟以上")),
                ("caught_30", models.PositiveIntegerField(verbose_name="提前 30 分钟以上")),
                ("false_alarms", models.PositiveIntegerField(verbose_name="虚警")),
                ("months", models.FloatField(verbose_name="场所月数")),
                ("budget", models.FloatField(verbose_name="虚警限额")),
                ("brier_skill", models.FloatField(null=True, verbose_name="Brier 技巧分")),
                ("like_days", models.PositiveIntegerField(verbose_name="有数据天数")),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "ordering": ["-until", "space_code", "channel"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("space_code", "quantity", "channel", "until"), name="skill_told_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnusualCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scene", models.CharField(default="live", max_length=64)),
                ("space_code", models.CharField(max_length=64, verbose_name="编号")),
                ("space_name", models.CharField(max_length=160, verbose_name="场所")),
                ("times", models.FloatField(verbose_name="为往常的倍数")),
                ("reason", models.JSONField(default=dict)),
                ("numbers", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField(verbose_name="开始")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="结束")),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
                "indexes": [models.Index(fields=["scene", "closed_at"], name="crowd_unusu_scene_0a56a4_idx")],
            },
        ),
    ]
