"""The public's reports with their contacts, cases of other channels with their results."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("hazards", "0003_self_checks"),
        ("places", "0002_gate_count"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResultPosition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="evidence",
            name="is_public",
            field=models.BooleanField(default=False, verbose_name="向上报人公开"),
        ),
        migrations.AlterField(
            model_name="hazard",
            name="source",
            field=models.CharField(
                choices=[
                    ("self_check", "企业自查"),
                    ("inspection", "行政检查"),
                    ("patrol", "巡查"),
                    ("sensor", "监测设备"),
                    ("public", "公众上报"),
                    ("grid", "网格上报"),
                    ("12345", "12345 热线"),
                    ("one_network", "一网统管"),
                ],
                max_length=12,
                verbose_name="来源",
            ),
        ),
        migrations.CreateModel(
            name="IncomingCase",
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
                        choices=[("grid", "网格"), ("12345", "12345 热线"), ("one_network", "一网统管")],
                        max_length=12,
                        verbose_name="渠道",
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="案件编号")),
                ("text", models.TextField(verbose_name="案件内容")),
                ("sort", models.CharField(blank=True, max_length=60, verbose_name="原类别")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("received_at", models.DateTimeField(verbose_name="渠道受理时间")),
                ("due_at", models.DateTimeField(null=True, verbose_name="案件时限")),
                ("handed_in_at", models.DateTimeField(verbose_name="接收时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待处理"),
                            ("taken", "办理中"),
                            ("ended", "已办结"),
                            ("returned", "已退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="处理时间")),
                ("returned_why", models.CharField(blank=True, max_length=500, verbose_name="退回理由")),
                ("warned", models.PositiveSmallIntegerField(default=0)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "hazard",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incoming_cases",
                        to="hazards.hazard",
                        verbose_name="隐患",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="承办单位",
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CaseResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveBigIntegerField(unique=True, verbose_name="序号")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "已受理"),
                            ("returned", "退回（不属本单位）"),
                            ("rejected", "不予受理"),
                            ("closed", "已办结"),
                            ("reopened", "重新办理"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("made_at", models.DateTimeField(verbose_name="形成时间")),
                ("pushes", models.PositiveSmallIntegerField(default=0)),
                ("receipt", models.CharField(blank=True, max_length=120, verbose_name="回执")),
                ("received_at", models.DateTimeField(null=True, verbose_name="回执时间")),
                ("received_by", models.CharField(blank=True, max_length=120, verbose_name="回执来源")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="hazards.incomingcase",
                    ),
                ),
            ],
            options={
                "ordering": ["-position"],
            },
        ),
        migrations.CreateModel(
            name="PublicReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_sha256", models.CharField(max_length=64, unique=True)),
                ("reported_at", models.DateTimeField(verbose_name="上报时间")),
                ("language", models.CharField(blank=True, max_length=10)),
                ("suspicions", models.JSONField(default=list)),
                ("cleared_at", models.DateTimeField(null=True, verbose_name="放行时间")),
                ("sender_sha256", models.CharField(blank=True, max_length=64)),
                ("device_sha256", models.CharField(blank=True, max_length=64)),
                ("text_sha256", models.CharField(max_length=64)),
                (
                    "cleared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="放行人",
                    ),
                ),
                (
                    "hazard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_report",
                        to="hazards.hazard",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReporterContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone_enciphered", models.TextField()),
                ("phone_masked", models.CharField(max_length=40)),
                ("given_at", models.DateTimeField(verbose_name="留下时间")),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact",
                        to="hazards.publicreport",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="incomingcase",
            index=models.Index(fields=["organisation", "state", "-id"], name="case_organisation"),
        ),
        migrations.AddIndex(
            model_name="incomingcase",
            index=models.Index(fields=["state", "due_at"], name="case_due"),
        ),
        migrations.AddConstraint(
            model_name="incomingcase",
            constraint=models.UniqueConstraint(fields=("channel", "number"), name="case_once"),
        ),
        migrations.AddConstraint(
            model_name="incomingcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["taken", "ended"]), _negated=True),
                    ("hazard__isnull", False),
                    _connector="OR",
                ),
                name="case_taken_as_hazard",
            ),
        ),
        migrations.AddIndex(
            model_name="caseresult",
            index=models.Index(
                condition=models.Q(("received_at", None)), fields=["position"], name="case_result_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseresult",
            constraint=models.UniqueConstraint(fields=("case", "outcome", "round"), name="case_result_once"),
        ),
        migrations.AddIndex(
            model_name="publicreport",
            index=models.Index(fields=["-reported_at"], name="public_report_at"),
        ),
        migrations.AddIndex(
            model_name="publicreport",
            index=models.Index(fields=["text_sha256", "-reported_at"], name="public_report_text"),
        ),
    ]
