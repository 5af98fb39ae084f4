"""Statements of a quarter or year, who was told of a major hazard, stops of production, funds in yuan."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_hazards_sign_right"),
        ("hazards", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="hazard",
            name="funds_yuan",
            field=models.DecimalField(
                decimal_places=2, max_digits=14, null=True, verbose_name="落实资金（元）"
            ),
        ),
        migrations.AddField(
            model_name="hazard",
            name="is_published",
            field=models.BooleanField(default=False, verbose_name="向社会公布"),
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("department", "负有安全生产监督管理职责的部门"),
                            ("workers", "职工大会或者职工代表大会"),
                        ],
                        max_length=10,
                        verbose_name="报告对象",
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        choices=[
                            ("platform", "平台消息"),
                            ("written", "书面报告"),
                            ("phone", "电话"),
                            ("meeting", "会议通报"),
                            ("posted", "公示栏公示"),
                        ],
                        max_length=10,
                        verbose_name="报告方式",
                    ),
                ),
                ("told_at", models.DateTimeField(verbose_name="报告时间")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "hazard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="hazards.hazard",
                    ),
                ),
            ],
            options={
                "ordering": ["told_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("unit", "本单位整改的隐患"), ("watched", "监管范围内的隐患")],
                        max_length=12,
                        verbose_name="统计范围",
                    ),
                ),
                ("span", models.CharField(max_length=7, verbose_name="统计期")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                (
                    "cells",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("drawn", "待签字"), ("signed", "已签字"), ("replaced", "已被更正")],
                        default="drawn",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("drawn_at", models.DateTimeField(verbose_name="生成时间")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正理由")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="校验值")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签字时间")),
                ("signer_post", models.CharField(blank=True, max_length=60, verbose_name="签字人职务")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="统计单位",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签字人",
                    ),
                ),
            ],
            options={
                "ordering": ["-span", "organisation__path", "scope", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "scope", "span", "version"), name="hazard_statement_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "drawn")),
                        fields=("organisation", "scope", "span"),
                        name="one_unsigned_hazard_statement",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StopOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("whole", "全部停产停业"), ("part", "局部停产停业")],
                        max_length=8,
                        verbose_name="停产停业范围",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="停产停业部位")),
                ("decision_number", models.CharField(max_length=80, verbose_name="决定书文号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stopped", "停产停业中"),
                            ("applied", "已申请恢复，待审查"),
                            ("reviewed", "审查合格，待同意"),
                            ("resumed", "已同意恢复"),
                        ],
                        default="stopped",
                        max_length=10,
                        verbose_name="停产停业状态",
                    ),
                ),
                ("ordered_at", models.DateTimeField(verbose_name="停产停业时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="申请恢复时间")),
                ("application", models.CharField(blank=True, max_length=500, verbose_name="申请说明")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="审查时间")),
                ("review", models.CharField(blank=True, max_length=500, verbose_name="现场审查意见")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                ("decision", models.CharField(blank=True, max_length=500, verbose_name="决定意见")),
                (
                    "applied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
                (
                    "hazard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stop_orders",
                        to="hazards.hazard",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审查人",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "resumed"), _negated=True),
                        fields=("hazard",),
                        name="one_stop_order_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "resumed"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("decided_by", models.F("reviewed_by")), _negated=True),
                                models.Q(("decided_by", models.F("applied_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="resumed_by_second_person",
                    ),
                ],
            },
        ),
    ]
