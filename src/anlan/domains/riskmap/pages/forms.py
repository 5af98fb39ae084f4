"""What people fill in about risk points and sheets."""

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import visible_enterprises
from anlan.domains.places.queries import visible_places
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.models.points import MEASURES
from anlan.domains.riskmap.queries.imports import LIMITS
from anlan.domains.riskmap.rules.levels import factors_of, scores_of
from anlan.domains.riskmap.terms import Datum, Field, RiskCause
from anlan.kit.geo import UnsoundGeometry, check_point, read_outline, to_wgs84
from anlan.kit.workbooks import MIB

ALL = [("", _("全部"))]


def indent(organisation):
    """An organisation's name at its depth in the tree."""
    return "\u3000" * organisation.depth + organisation.name


def organisation_field(person, right, **options):
    """A choice among the organisations in use where `person` holds `right`."""
    field = RiskPoint._meta.get_field("organisation").formfield(**options)
    field.queryset = field.queryset.filter(person.reach(right, through=""), is_active=True)
    field.label_from_instance = indent
    return field


class OutlineField(forms.JSONField):
    """An outline as GeoJSON; empty where there is none."""

    def prepare_value(self, value):
        """What stands in the box."""
        return "" if value is None else super().prepare_value(value)

    def to_python(self, value):
        """Blanks are no outline."""
        return super().to_python(value.strip() if isinstance(value, str) else value)


class PointForm(forms.Form):
    """The fields of a risk point; degrees are typed in the datum chosen and kept as WGS-84."""

    WORDS = (
        "name", "category", "organisation", "place", "enterprise", "lon", "lat", "outline", "post", "person_name", "precautions",
        *MEASURES,
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(RiskPoint, fields=self.WORDS)
        self.fields["organisation"] = organisation_field(person, Right.RISKMAP_EDIT)
        self.fields["place"].queryset = visible_places(person)
        self.fields["place"].help_text = _("在场所内的风险点选场所；未填经纬度时取场所的位置。")
        self.fields["enterprise"] = forms.CharField(
            label=_("企业"), required=False, max_length=18, help_text=_("统一社会信用代码；没有则留空。")
        )
        self.fields["category"].help_text = _("如：锅炉、玻璃幕墙、燃气、人员密集。")
        self.fields["person_name"].help_text = _("姓名不进入变更记录和导出文件。")
        self.fields["outline"] = OutlineField(
            label=Field.OUTLINE, required=False, help_text=_("可不填。GeoJSON 的 Polygon 或 MultiPolygon；也可用 KML 或 GeoJSON 文件导入。"),
            widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        self.fields["datum"] = forms.ChoiceField(label=_("坐标系"), choices=Datum.choices, initial="wgs84")
        self.person = person
        for name in ("precautions", *MEASURES):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 3})

    def clean_enterprise(self):
        """The enterprise of this code, among those seen."""
        code = self.cleaned_data["enterprise"].strip()
        if not code:
            return None
        found = visible_enterprises(self.person).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("没有这个代码的企业，或您看不到它。请核对代码。"))
        return found

    def clean(self):
        """Degrees moved to WGS-84."""
        words = super().clean()
        datum, lon, lat = words.pop("datum", "wgs84"), words.get("lon"), words.get("lat")
        try:
            if words.get("outline"):
                words["outline"] = read_outline(words["outline"], datum=datum)
            if lon is not None and lat is not None:
                check_point(lon, lat)
                words["lon"], words["lat"] = (round(value, 7) for value in to_wgs84(lon, lat, datum=datum))
        except UnsoundGeometry as error:
            raise forms.ValidationError(str(error)) from None
        return words


class AssessForm(forms.Form):
    """The scores of one method, by the rulebook's tables, and why it is assessed again."""

    def __init__(self, *args, method, **options):
        super().__init__(*args, **options)
        at = 2 if get_language().startswith("en") else 1
        for factor in factors_of(method):
            offered = [(f"{row[0]:g}", f"{row[0]:g} {row[at]}".strip()) for row in scores_of(method, factor)]
            self.fields[factor] = forms.ChoiceField(label=Field.FACTORS[factor], choices=offered)
        self.fields["why"] = forms.CharField(
            label=_("说明"), required=False, max_length=500, help_text=_("因事故或变化复评的，须写明依据。")
        )
        self.method = method

    def clean(self):
        """The scores as the action takes them."""
        words = super().clean()
        inputs = {factor: words.pop(factor, None) for factor in factors_of(self.method)}
        return words | {"inputs": inputs}


class ReviewForm(forms.Form):
    """Why a point is to be assessed again before its day."""

    cause = forms.ChoiceField(
        label=_("原因"),
        choices=[(one.value, one.label) for one in (RiskCause.ACCIDENT, RiskCause.CHANGE)],
    )
    why = forms.CharField(label=_("理由"), max_length=500)


class SheetForm(forms.Form):
    """Whose sheet of which year, and by when."""

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["organisation"] = organisation_field(person, Right.RISKMAP_EDIT, label=_("单位"))
        self.fields["year"] = forms.IntegerField(label=_("年度"))
        self.fields["due_on"] = forms.DateField(
            label=_("截止日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )


class HandInForm(forms.Form):
    """A file for import, the datum of its coordinates, and for whom it is imported."""

    body = forms.FileField(label=_("文件"))
    datum = forms.ChoiceField(
        label=_("坐标系"), choices=[("", _("请选择")), *Datum.choices],
        help_text=_("系统从不猜测坐标系：选错会偏移数百米。不确定时请向提供方核实。"),
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        sizes = {"mb": LIMITS.bytes_most // MIB, "rows": LIMITS.rows_most}
        self.fields["body"].help_text = (
            _("XLSX、CSV、GeoJSON 或 KML，不超过 %(mb)d MB、%(rows)d 行。") % sizes
        )
        self.fields["organisation"] = organisation_field(person, Right.RISKMAP_EDIT, label=_("导入单位"))
        self.fields["organisation"].initial = self.fields["organisation"].queryset.first()
