"""What people fill in. Plain forms over the models' fields: model forms write into the row before an action reads it."""

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.models import (
    Assessment,
    CapacityDetermination,
    Entrance,
    Place,
    RailLine,
    Zone,
)
from anlan.domains.places.queries import visible_places
from anlan.domains.places.terms import (
    INPUT_LABELS,
    CapacityKind,
    CapacityMethod,
    Datum,
    Decider,
    EntranceState,
    Grade,
    ImportKind,
    PlaceKind,
    Refusal,
)
from anlan.kit.geo import UnsoundGeometry, check_point, read_outline, to_wgs84

ALL = [("", _("全部"))]
SHORT_TEXT = forms.Textarea(attrs={"rows": 4})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def indent(organisation):
    """An organisation's name at its depth in the tree."""
    return "\u3000" * organisation.depth + organisation.name


def offer_only(field, organisation):
    """Let an organisation field offer this one alone; None: all in use."""
    offer_organisations(field)
    if organisation is not None:
        field.queryset = field.queryset.filter(pk=organisation.pk)


def offer_organisations(field, person=None, right=Right.VIEW):
    """Let an organisation field offer those in use where `person` holds `right`; without a person, all."""
    in_use = field.queryset.filter(is_active=True)
    field.queryset = in_use.filter(person.reach(right, through="")) if person else in_use
    field.label_from_instance = indent


class PositionForm(forms.Form):
    """A position, perhaps an outline, in a declared datum; handed on in WGS-84."""

    datum = forms.ChoiceField(
        label=_("坐标系"), choices=Datum.choices, initial=Datum.WGS84,
        help_text=_("所填坐标的坐标系；系统统一换算为 WGS-84 保存。"),
    )  # fmt: skip

    def clean(self):
        """Move the position and the outline to WGS-84; the datum itself is not handed on."""
        values = super().clean()
        datum = values.pop("datum", Datum.WGS84)
        try:
            if values.get("lon") is not None and values.get("lat") is not None:
                check_point(values["lon"], values["lat"])
                lon, lat = to_wgs84(values["lon"], values["lat"], datum=datum)
                values["lon"], values["lat"] = round(lon, 7), round(lat, 7)
            if values.get("outline") is not None:
                values["outline"] = read_outline(values["outline"], datum=datum)
        except UnsoundGeometry as error:
            raise forms.ValidationError(str(error)) from error
        return values


class PlaceForm(PositionForm):
    """The fields of a place; `person` limits the organisations and parents offered."""

    WORDS = (
        "name", "name_en", "kind", "organisation", "operator", "parent", "rail_lines", "responsible_person",
        "responsible_phone", "address", "surroundings", "lon", "lat", "outline", "is_capacity_due",
        "has_safety_signs", "is_public",
    )  # fmt: skip
    WIDGETS = {"rail_lines": forms.CheckboxSelectMultiple, "surroundings": SHORT_TEXT, "outline": SHORT_TEXT}

    def __init__(self, *args, person, itself=None, **options):
        super().__init__(*args, **options)
        self.fields = fields_for_model(Place, fields=self.WORDS, widgets=self.WIDGETS) | self.fields
        offer_organisations(self.fields["organisation"], person, Right.PLACES_EDIT)
        offer_organisations(self.fields["operator"], person)
        self.fields["operator"].empty_label = _("无运营单位（由主管部门负责）")
        self.fields["parent"].queryset = visible_places(person).exclude(pk=itself)
        self.fields["parent"].empty_label = _("无")
        self.fields["parent"].help_text = _("轨交出入口选择所属站点；商圈内的场所可选择商圈。")
        self.fields["outline"].help_text = _("可空。GeoJSON 的 Polygon 或 MultiPolygon；未填坐标时取其内点。")
        self.fields["is_capacity_due"].help_text = _("计入各部门“已核定 / 应核定”进度。")
        self.order_fields([*self.WORDS[:11], "datum", *self.WORDS[11:]])


class AddPlaceForm(PlaceForm):
    """A new place has a code, which stays."""

    code = forms.CharField(
        label=_("编号"), max_length=40, help_text=_("字母、数字、点、横线或下划线；登记后不再改变。")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.order_fields(["code"])

    def clean_code(self):
        """The code, if it is sound."""
        if fault := rules.check_code(self.cleaned_data["code"]):
            raise forms.ValidationError(fault)
        return self.cleaned_data["code"]


class GradeForm(forms.Form):
    """A grade with its reason and review date."""

    grade = forms.ChoiceField(
        label=pgettext_lazy("of a place", "等级"), required=False, choices=[("", _("未分级")), *Grade.choices]
    )
    reason = forms.CharField(label=_("分级理由"), widget=forms.Textarea(attrs={"rows": 3}))
    review_on = forms.DateField(label=_("下次复评日期"), required=False, widget=DAY)


class ZoneForm(PositionForm):
    """The fields of a zone."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        names = ("code", "name", "level", "effective_area_m2", "outline")
        self.fields = fields_for_model(Zone, fields=names, widgets={"outline": SHORT_TEXT}) | self.fields
        self.fields["effective_area_m2"].help_text = _("可供人停留和通行的净面积，不含设施、水面和绿化。")
        self.fields["level"].help_text = _("如 1F、B2、站台层")


class EntranceForm(PositionForm):
    """The fields of an entrance; zones are those of `place`."""

    def __init__(self, *args, place, **options):
        super().__init__(*args, **options)
        names = ("code", "name", "form", "zone", "clear_width_m", "gate_count", "lon", "lat")
        self.fields = fields_for_model(Entrance, fields=names) | self.fields
        self.fields["zone"].queryset = place.zones.all()
        self.fields["clear_width_m"].help_text = _("最窄处可通行的宽度。")
        self.fields["gate_count"].help_text = _("形式为闸机时填写，用于折算通过能力。")


class EntranceStateForm(forms.Form):
    """What an entrance lets through from now on."""

    state = forms.ChoiceField(label=_("状态"), choices=EntranceState.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("理由"), required=False, max_length=200, help_text=_("停用只限施工，必须写明理由。")
    )
    until = forms.DateTimeField(
        label=_("截止时间"), required=False, widget=MOMENT, help_text=_("停用必须写明截止时间。")
    )


class LineForm(forms.Form):
    """The fields of a rail line."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(RailLine, fields=("code", "name", "colour"))


class AddLineForm(LineForm):
    """A new line also has the organisation that runs it."""

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(RailLine, fields=("organisation",))
        offer_organisations(self.fields["organisation"], person, Right.PLACES_EDIT)


class ChoiceForm(forms.Form):
    """Which capacity, of what, by which method: asked first, as the rest depends on it."""

    kind = forms.ChoiceField(label=_("种类"), choices=CapacityKind.choices)
    method = forms.ChoiceField(label=_("核定方法"), choices=CapacityMethod.choices)
    zone = forms.ModelChoiceField(
        label=_("区域"), queryset=Zone.objects.none(), required=False, empty_label=_("整个场所")
    )

    def __init__(self, *args, place, **options):
        super().__init__(*args, **options)
        self.fields["zone"].queryset = place.zones.all()


class PartForm(forms.Form):
    """One part of an area: how large, and how much each person needs."""

    name = forms.CharField(label=_("分区"), required=False, max_length=80)
    area_m2 = forms.FloatField(label=INPUT_LABELS["area_m2"], required=False, min_value=0)
    m2_per_person = forms.FloatField(label=INPUT_LABELS["m2_per_person"], required=False, min_value=0)


PartForms = forms.formset_factory(PartForm, extra=3, max_num=40, absolute_max=60)


class InputForm(forms.Form):
    """The numbers that a method computes with."""

    def __init__(self, *args, method, **options):
        super().__init__(*args, **options)
        for name in rules.METHODS[method].inputs:
            if name != "parts":
                self.fields[name] = forms.FloatField(label=INPUT_LABELS[name], required=False)


class DeterminationForm(forms.Form):
    """What was determined, by whom, when, and on which paper."""

    NAMES = ("value_persons", "determined_by", "determined_on", "document_number", "valid_until")

    def __init__(self, *args, only=None, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(CapacityDetermination, fields=self.NAMES)
        self.fields["determined_on"].widget = self.fields["valid_until"].widget = DAY
        offer_only(self.fields["determined_by"], only)
        self.fields["why"] = forms.CharField(
            label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("核定值高于计算值，或由权限表以外的单位核定时必填。"),
        )  # fmt: skip


class AssessmentForm(forms.Form):
    """What was found when a place was looked at, by whom and when; `only` is the one organisation offered."""

    NAMES = ("assessed_on", "assessed_by", "summary", "findings", "next_on")

    def __init__(self, *args, only=None, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(Assessment, fields=self.NAMES, widgets={"findings": SHORT_TEXT})
        self.fields["assessed_on"].widget = self.fields["next_on"].widget = DAY
        self.fields["summary"].help_text = _("一句话，如：踩踏风险低，疏散通道畅通。")
        self.fields["next_on"].help_text = _("过了这一天而没有新的评估，即列为评估逾期。")
        offer_only(self.fields["assessed_by"], only)


class PublicationForm(forms.Form):
    """When and where a capacity was published."""

    published_at = forms.DateField(label=_("公布日期"), widget=DAY)
    published_where = forms.CharField(
        label=_("公布载体"), max_length=200, help_text=_("如：入口公示牌、单位官网")
    )


class DeciderForm(forms.Form):
    """The district's own line of the table of deciders."""

    who = forms.MultipleChoiceField(
        label=_("核定单位"), choices=Decider.choices, widget=forms.CheckboxSelectMultiple
    )
    basis = forms.CharField(label=_("依据"), max_length=200, help_text=_("本区规定的名称和条款。"))
    why = forms.CharField(label=_("理由"), required=False, max_length=500)


class HandInForm(forms.Form):
    """A file for import, the datum of its coordinates, and for whom it is imported."""

    kind = forms.ChoiceField(
        label=_("内容"), choices=ImportKind.choices, initial=ImportKind.PLACES,
        help_text=_("文件中每一行是什么。区域、出入口和承载量核定按场所编号归入已登记的场所。"),
    )  # fmt: skip
    body = forms.FileField(
        label=_("文件"), help_text=_("XLSX、CSV、GeoJSON 或 KML，不超过 10 MB、20,000 行。")
    )
    datum = forms.ChoiceField(
        label=_("坐标系"), choices=[("", _("请选择")), *Datum.choices], required=False,
        help_text=_("系统从不猜测坐标系：选错会偏移数百米。不确定时请向提供方核实。承载量核定没有坐标，不必选。"),
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(RailLine, fields=("organisation",))
        self.fields["organisation"].label = _("导入单位")
        offer_organisations(self.fields["organisation"], person, Right.PLACES_EDIT)
        self.fields["organisation"].initial = self.fields["organisation"].queryset.first()

    def clean(self):
        """A datum, wherever rows of this kind have positions."""
        values = super().clean()
        if not values.get("datum") and values.get("kind") != ImportKind.CAPACITIES:
            self.add_error("datum", Refusal.DATUM_MISSING)
        return values


def kind_choices():
    """Kinds of place for a filter."""
    return [*ALL, *PlaceKind.choices]
