"""Checklists by version, self-checks, when they are due, and the links of responsible units."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_self_checks"),
        ("enterprises", "0001_initial"),
        ("hazards", "0002_statements_and_stops"),
        ("kit", "0005_field_uploads"),
        ("places", "0002_gate_count"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Checklist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="清单编码")),
                ("name", models.CharField(max_length=80, verbose_name="清单名称")),
                (
                    "audience",
                    models.CharField(
                        choices=[("any", "场所和企业"), ("place", "大人流场所"), ("enterprise", "企业")],
                        default="any",
                        max_length=12,
                        verbose_name="适用对象",
                    ),
                ),
                ("place_kinds", models.JSONField(default=list, verbose_name="适用的场所类型")),
                ("is_demo", models.BooleanField(default=False, verbose_name="示范数据")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="编制单位",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("questions", models.JSONField(default=list)),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="文件")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待发布"),
                            ("published", "使用中"),
                            ("replaced", "已被新版替代"),
                            ("withdrawn", "已停用"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("imported_at", models.DateTimeField(verbose_name="导入时间")),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
                (
                    "checklist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="hazards.checklist",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="KeeperLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("holder", models.CharField(max_length=60, verbose_name="交给谁")),
                ("token_start", models.CharField(max_length=8, verbose_name="令牌开头")),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField(verbose_name="发放时间")),
                ("valid_until", models.DateTimeField(verbose_name="有效至")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="最近使用")),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发放人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="监管单位",
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
            name="SelfCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "填写中"), ("done", "已提交")],
                        default="draft",
                        max_length=6,
                        verbose_name="状态",
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("begun_at", models.DateTimeField(verbose_name="开始时间")),
                ("saved_at", models.DateTimeField(verbose_name="保存时间")),
                ("signer", models.CharField(blank=True, max_length=60, verbose_name="签名")),
                ("post", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                ("done_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                ("n_failed", models.PositiveSmallIntegerField(default=0, verbose_name="不合格项")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="内容校验值")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hazards.keeperlink",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="监管单位",
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
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="hazards.checklistversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="DueCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="自查周期（天）")),
                ("opened_at", models.DateTimeField(verbose_name="开始时间")),
                ("due_on", models.DateField(verbose_name="应查日期")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="监管单位",
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
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settles",
                        to="hazards.selfcheck",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="CheckPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=50)),
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kit.attachment"
                    ),
                ),
                (
                    "check_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="hazards.selfcheck",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CheckFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=50)),
                ("is_new", models.BooleanField(default=True)),
                (
                    "hazard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="hazards.hazard",
                    ),
                ),
                (
                    "check_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="hazards.selfcheck",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="checklistversion",
            constraint=models.UniqueConstraint(fields=("checklist", "number"), name="checklist_version_once"),
        ),
        migrations.AddConstraint(
            model_name="checklistversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")),
                fields=("checklist",),
                name="one_published_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeperlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", True), ("place__isnull", False)),
                    models.Q(("enterprise__isnull", False), ("place__isnull", True)),
                    _connector="OR",
                ),
                name="link_of_one_keeper",
            ),
        ),
        migrations.AddIndex(
            model_name="selfcheck",
            index=models.Index(fields=["organisation", "-id"], name="check_organisation"),
        ),
        migrations.AddIndex(
            model_name="selfcheck",
            index=models.Index(fields=["place", "-done_at"], name="check_place"),
        ),
        migrations.AddIndex(
            model_name="selfcheck",
            index=models.Index(fields=["enterprise", "-done_at"], name="check_enterprise"),
        ),
        migrations.AddConstraint(
            model_name="selfcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", True), ("place__isnull", False)),
                    models.Q(("enterprise__isnull", False), ("place__isnull", True)),
                    _connector="OR",
                ),
                name="check_of_one_keeper",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        ("done_at__isnull", False),
                        models.Q(("sha256", ""), _negated=True),
                        models.Q(("signer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="check_done_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfcheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("place", "version"),
                name="one_check_draft_of_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfcheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("enterprise", "version"),
                name="one_check_draft_of_enterprise",
            ),
        ),
        migrations.AddIndex(
            model_name="duecheck",
            index=models.Index(fields=["organisation", "due_on"], name="due_check_organisation"),
        ),
        migrations.AddConstraint(
            model_name="duecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", True), ("place__isnull", False)),
                    models.Q(("enterprise__isnull", False), ("place__isnull", True)),
                    _connector="OR",
                ),
                name="due_check_of_one_keeper",
            ),
        ),
        migrations.AddConstraint(
            model_name="duecheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("place__isnull", False), ("settled_at", None)),
                fields=("place",),
                name="one_due_check_of_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="duecheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("enterprise__isnull", False), ("settled_at", None)),
                fields=("enterprise",),
                name="one_due_check_of_enterprise",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkfinding",
            constraint=models.UniqueConstraint(fields=("check_of", "key"), name="finding_once"),
        ),
    ]
