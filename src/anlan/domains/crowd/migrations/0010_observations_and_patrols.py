"""Observations from the spot, manual sensors, patrols: routes, stops, rounds, check-ins."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_self_checks"),
        ("crowd", "0009_tendency"),
        ("places", "0002_gate_count"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sensor",
            name="is_manual",
            field=models.BooleanField(default=False, verbose_name="人工观测"),
        ),
        migrations.CreateModel(
            name="PatrolRoute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="路线名称")),
                (
                    "days",
                    models.CharField(
                        choices=[
                            ("every", "每天"),
                            ("workdays", "工作日"),
                            ("rest_days", "休息日和节假日"),
                            ("gatherings", "沿线有活动的日子"),
                        ],
                        default="every",
                        max_length=10,
                        verbose_name="巡逻日",
                    ),
                ),
                ("starts_at", models.TimeField(verbose_name="开始时间")),
                ("ends_at", models.TimeField(verbose_name="结束时间")),
                ("every_min", models.PositiveIntegerField(verbose_name="间隔（分钟）")),
                ("lasts_min", models.PositiveIntegerField(verbose_name="每班时长（分钟）")),
                ("grace_min", models.PositiveIntegerField(default=15, verbose_name="允许迟到（分钟）")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="巡逻要求")),
                ("planned_from", models.DateTimeField(verbose_name="排班起点")),
                ("is_demo", models.BooleanField(default=False, verbose_name="示范数据")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="巡逻单位",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="PatrolRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(null=True, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待开始"),
                            ("started", "巡逻中"),
                            ("ended", "已结束"),
                            ("missed", "未巡"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("stop_ids", models.JSONField(default=list)),
                ("planned_at", models.DateTimeField(null=True, verbose_name="计划时间")),
                ("start_by", models.DateTimeField(null=True, verbose_name="最迟开始")),
                ("due_at", models.DateTimeField(null=True, verbose_name="应完成时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("is_demo", models.BooleanField(default=False, verbose_name="示范数据")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="巡逻人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="巡逻单位",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="crowd.patrolroute",
                        verbose_name="巡逻路线",
                    ),
                ),
            ],
            options={
                "ordering": ["-planned_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="PatrolStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(verbose_name="顺序")),
                ("name", models.CharField(max_length=120, verbose_name="巡逻点")),
                ("dwell_min", models.PositiveSmallIntegerField(default=0, verbose_name="停留（分钟）")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="场所",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="crowd.patrolroute",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.zone",
                        verbose_name="区域",
                    ),
                ),
            ],
            options={
                "ordering": ["route", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                ("at", models.DateTimeField(verbose_name="打卡时间")),
                ("noted_at", models.DateTimeField(verbose_name="上报时间")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("away_m", models.FloatField(null=True, verbose_name="距巡逻点（米）")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="打卡人",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="场所",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="crowd.patrolround",
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crowd.patrolstop",
                        verbose_name="巡逻点",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("density", "目测密度"),
                            ("count", "清点人数"),
                            ("too_many", "人太多了"),
                            ("press_in", "手动计数·进"),
                            ("press_out", "手动计数·出"),
                            ("note", "情况说明"),
                        ],
                        max_length=10,
                        verbose_name="观测内容",
                    ),
                ),
                ("value", models.FloatField(null=True, verbose_name="数值")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="观测时间")),
                ("noted_at", models.DateTimeField(verbose_name="上报时间")),
                ("on_behalf_of", models.CharField(blank=True, max_length=120, verbose_name="代为上报")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("sent_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="观测人",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="场所",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.zone",
                        verbose_name="区域",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="crowd.patrolround",
                        verbose_name="巡逻班次",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["place", "kind", "-at"], name="crowd_obser_place_i_a25c36_idx"),
                    models.Index(
                        condition=models.Q(
                            ("kind__in", ["density", "count", "press_in", "press_out"]), ("sent_at", None)
                        ),
                        fields=["id"],
                        name="observation_unsent",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="patrolround",
            index=models.Index(fields=["state", "due_at"], name="crowd_patro_state_e25996_idx"),
        ),
        migrations.AddConstraint(
            model_name="patrolround",
            constraint=models.UniqueConstraint(
                condition=models.Q(("planned_at__isnull", False)),
                fields=("route", "planned_at"),
                name="patrol_planned_once",
            ),
        ),
    ]
