"""Crowd places: where people gather, their zones and entrances, their grade and determined capacity."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.places import rules, terms
from anlan.kit.models.keys import organisation_key

sound_code = RegexValidator(
    rf"\A{rules.CODE.pattern}\Z", _("1–40 个字母、数字、点、横线或下划线，以字母或数字开头。")
)


class RailLine(models.Model):
    """A rail line; stations lie on one or more."""

    code = models.CharField(_("线路编号"), max_length=20, unique=True, validators=[sound_code])
    name = models.CharField(_("线路名称"), max_length=80)
    colour = models.CharField(_("标志色"), max_length=7, blank=True, help_text=_("如 #E4002B"))
    organisation = organisation_key(_("运营单位"))

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name


class Place(models.Model):
    """A crowd place of the register. Coordinates are WGS-84; `outline` is a GeoJSON (Multi)Polygon.

    A station exit is a place of kind `station_exit` whose `parent` is the station.
    `organisation` supervises it (where nobody operates it: answers for it); `operator` runs it.
    """

    code = models.CharField(_("编号"), max_length=40, unique=True, validators=[sound_code])
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    kind = models.CharField(_("类型"), max_length=24, choices=terms.PlaceKind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("所属场所")
    )
    rail_lines = models.ManyToManyField(
        RailLine, blank=True, related_name="stations", verbose_name=_("轨交线路")
    )
    organisation = organisation_key(_("主管部门"))
    operator = organisation_key(_("运营单位"), null=True, blank=True)
    responsible_person = models.CharField(_("责任人"), max_length=60, blank=True)
    responsible_phone = models.CharField(_("责任人电话"), max_length=40, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    surroundings = models.TextField(_("周边情况"), blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    outline = models.JSONField(_("范围"), null=True, blank=True)
    grade = models.CharField(
        pgettext_lazy("of a place", "等级"), max_length=1, blank=True, choices=terms.Grade.choices
    )
    grade_reason = models.TextField(_("分级理由"), blank=True)
    grade_review_on = models.DateField(_("下次复评日期"), null=True, blank=True)
    is_capacity_due = models.BooleanField(_("应核定最大承载量"), default=True)
    has_safety_signs = models.BooleanField(_("已设安全提示设施"), default=False)
    is_public = models.BooleanField(_("在公众页面显示"), default=False)
    is_demo = models.BooleanField(_("示范数据"), default=False)
    retired_at = models.DateTimeField(_("注销时间"), null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("places:place", args=[self.code])


class Zone(models.Model):
    """A part of a place that is watched for itself."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="zones", verbose_name=_("场所"))
    code = models.CharField(_("编号"), max_length=20, validators=[sound_code])
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("楼层"), max_length=10, blank=True)
    effective_area_m2 = models.FloatField(_("有效面积（m²）"), null=True, blank=True)
    outline = models.JSONField(_("范围"), null=True, blank=True)

    class Meta:
        ordering = ["place", "code"]
        constraints = [models.UniqueConstraint(fields=["place", "code"], name="zone_code_once")]

    def __str__(self):
        return f"{self.place.name} · {self.name}"

    @property
    def organisation(self):
        return self.place.organisation


class Entrance(models.Model):
    """Where people enter and leave."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="entrances", verbose_name=_("场所"))
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="entrances", verbose_name=_("通向区域")
    )
    code = models.CharField(_("编号"), max_length=20, validators=[sound_code])
    name = models.CharField(_("名称"), max_length=80)
    form = models.CharField(_("形式"), max_length=12, choices=terms.EntranceForm.choices)
    clear_width_m = models.FloatField(_("净宽（m）"), null=True, blank=True)
    gate_count = models.PositiveSmallIntegerField(_("闸机台数"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=16, choices=terms.EntranceState.choices, default=terms.EntranceState.OPEN
    )
    state_reason = models.CharField(_("状态理由"), max_length=200, blank=True)
    state_until = models.DateTimeField(_("状态截止"), null=True, blank=True)

    class Meta:
        ordering = ["place", "code"]
        constraints = [models.UniqueConstraint(fields=["place", "code"], name="entrance_code_once")]

    def __str__(self):
        return f"{self.place.name} · {self.name}"

    @property
    def passage_per_min(self):
        """People a minute whom it lets through, both ways together; None where its size is not known."""
        return rules.passage_per_min(self.form, self.clear_width_m, self.gate_count)

    @property
    def organisation(self):
        return self.place.organisation


class CapacityDetermination(models.Model):
    """A capacity as it was determined, for a place or one of its zones; a later one supersedes it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="determinations", verbose_name=_("场所"))
    zone = models.ForeignKey(
        Zone, models.CASCADE, null=True, blank=True, related_name="determinations", verbose_name=_("区域")
    )
    kind = models.CharField(_("种类"), max_length=16, choices=terms.CapacityKind.choices)
    method = models.CharField(_("核定方法"), max_length=16, choices=terms.CapacityMethod.choices)
    inputs = models.JSONField(_("核定依据数据"), default=dict, blank=True)
    value_persons = models.PositiveIntegerField(_("核定值（人）"))
    determined_by = organisation_key(_("核定单位"))
    determined_on = models.DateField(_("核定日期"))
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    published_at = models.DateField(_("公布日期"), null=True, blank=True)
    published_where = models.CharField(_("公布载体"), max_length=200, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        ordering = ["-determined_on", "-id"]
        indexes = [models.Index(fields=["place", "zone", "kind", "-determined_on"])]

    def __str__(self):
        return f"{self.zone or self.place} {self.get_kind_display()} {self.value_persons}"

    @property
    def organisation(self):
        return self.place.organisation


class Assessment(models.Model):
    """A place was looked at and assessed 「排查、评估」 on a date; a later one follows it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="assessments", verbose_name=_("场所"))
    assessed_on = models.DateField(_("评估日期"))
    assessed_by = organisation_key(_("评估单位"))
    summary = models.CharField(_("评估结论"), max_length=200)
    findings = models.TextField(_("发现的问题"), blank=True)
    next_on = models.DateField(_("下次评估日期"), null=True, blank=True)

    class Meta:
        ordering = ["-assessed_on", "-id"]
        indexes = [models.Index(fields=["place", "-assessed_on"])]

    def __str__(self):
        return f"{self.place} {self.assessed_on}"

    @property
    def organisation(self):
        return self.place.organisation


class DeciderRule(models.Model):
    """A district's own answer to who determines the capacity of a kind of place, with the clause it rests on.

    Overrides the row of `rules.DECIDERS` for that kind; `who` holds names of `terms.Decider`.
    """

    kind = models.CharField(_("类型"), max_length=24, unique=True, choices=terms.PlaceKind.choices)
    who = models.JSONField(_("核定单位"), default=list)
    basis = models.CharField(_("依据"), max_length=200)
    organisation = organisation_key(_("制定单位"))

    class Meta:
        ordering = ["kind"]

    def __str__(self):
        return str(self.get_kind_display())


class PlaceImport(models.Model):
    """A file handed in: its rows as they were read, and what became of them."""

    kind = models.CharField(
        _("内容"), max_length=12, choices=terms.ImportKind.choices, default=terms.ImportKind.PLACES
    )
    file_name = models.CharField(_("文件"), max_length=200)
    datum = models.CharField(_("坐标系"), max_length=8, blank=True, choices=terms.Datum.choices)
    columns = models.JSONField(default=list)
    unknown_columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    organisation = organisation_key(_("导入单位"))
    uploaded_at = models.DateTimeField(_("上传时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=terms.ImportState.choices, default=terms.ImportState.PREVIEW
    )
    job = models.ForeignKey("kit.Job", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("places:import", args=[self.pk])
