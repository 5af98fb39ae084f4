"""What people fill in at each step of a hazard's life."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import find_enterprise, visible_enterprises
from anlan.domains.enterprises.queries import search as search_enterprises
from anlan.domains.hazards import queries
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.pages.criteria import CriterionField
from anlan.domains.hazards.terms import Field, HazardGrade, HazardSource, Stage, Step
from anlan.domains.places.queries import visible_places

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONG_TEXT = forms.Textarea(attrs={"rows": 3})
ALL = [("", _("全部"))]
ENTERPRISES_MOST = 10  # offered to choose from
WHY_FIELD = forms.CharField(label=_("说明"), widget=LONG_TEXT, max_length=500)
OWN_SOURCES = [
    choice for choice in HazardSource.choices if choice[0] not in (HazardSource.SENSOR, HazardSource.PUBLIC)
]


def today():
    return timezone.localdate()


def kind_choices():
    return list(queries.kinds(on=today()).items())


def standard_choices():
    return [
        (line.key, f"{line.values['wording']}（{line.basis}）") for line in queries.standard_lines(on=today())
    ]


def organisation_field(label, **options):
    """A choice among the organisations in use; the form narrows it."""
    field = Hazard._meta.get_field("organisation").formfield(label=label, **options)
    field.queryset = field.queryset.filter(is_active=True)
    field.label_from_instance = lambda one: "\u3000" * one.depth + one.name
    return field


class ReportForm(forms.Form):
    """What was found, where, and a photo of it."""

    what = forms.CharField(
        label=Field.WHAT, widget=LONG_TEXT, max_length=2000, help_text=_("哪里、什么问题、可能伤到谁。")
    )
    kind = forms.ChoiceField(label=Field.KIND, choices=kind_choices)
    criterion = CriterionField()
    source = forms.ChoiceField(label=Field.SOURCE, choices=OWN_SOURCES, initial=HazardSource.PATROL)
    outer_number = forms.CharField(
        label=Field.OUTER, required=False, max_length=60, help_text=_("网格或 12345 工单编号，可不填。")
    )
    organisation = organisation_field(_("上报至"))
    place = forms.ModelChoiceField(None, label=_("场所"), required=False, empty_label=_("不属于登记的场所"))
    enterprise = forms.CharField(
        label=_("企业"), required=False, max_length=120,
        help_text=_("输入企业名称、统一社会信用代码或登记编号查找，可不填。"),
        widget=forms.TextInput(attrs={"list": "enterprises", "autocomplete": "off"}),
    )  # fmt: skip
    picked = forms.ChoiceField(label=_("是哪一家"), required=False, widget=forms.RadioSelect)
    address = forms.CharField(label=Field.ADDRESS, required=False, max_length=200)
    lon = forms.FloatField(
        label=_("经度"), required=False, help_text=_("WGS-84，可不填；填写后可查找 50 米内的疑似重复。")
    )
    lat = forms.FloatField(label=_("纬度"), required=False)
    photo = forms.FileField(
        label=_("现场照片"), required=False, help_text=_("照片会去掉拍摄设备信息；单个文件不超过 20 MB。")
    )

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.person = person
        field = self.fields["organisation"]
        seen = person.reach(Right.HAZARDS_REPORT, through="") | person.reach(Right.VIEW, through="")
        field.queryset, field.initial = field.queryset.filter(seen), person.organisation_id
        self.fields["place"].queryset = visible_places(person)
        if text := (self.data.get("enterprise") or "").strip():
            self.offer(self.find_enterprises(text))
        if len(self.fields["picked"].choices) < 2:
            self.fields["picked"].widget = forms.HiddenInput()

    def find_enterprises(self, text):
        """The enterprises that the person sees and may mean: that of this number, else those whose name holds it."""
        found = find_enterprise(text)
        if found and visible_enterprises(self.person).filter(pk=found.pk).exists():
            return [found]
        return search_enterprises(text, self.person, most=ENTERPRISES_MOST + 1)

    def pick_enterprise(self, values):
        """The enterprise that is meant, or None; several are offered to choose from. Adds an error where none is sure."""
        text = (values.get("enterprise") or "").strip()
        found = self.find_enterprises(text) if text else []
        chosen = next((one for one in found if one.code == values.get("picked")), None)
        if text and not found:
            self.add_error("enterprise", _("没有找到这家企业。请核对名称或编号，或留空。"))
        if chosen or len(found) < 2:
            return chosen or next(iter(found), None)
        self.offer(found)
        is_many = len(found) > ENTERPRISES_MOST
        self.add_error(
            "enterprise",
            _("符合的企业太多，请写得更完整。") if is_many else _("有几家符合，请在下面选择是哪一家。"),
        )
        return None

    def offer(self, found):
        """Let one of these be chosen."""
        self.fields["picked"].choices = [
            (one.code, f"{one.name}（{one.code}）") for one in found[:ENTERPRISES_MOST]
        ]

    def clean(self):
        """The photo as report_hazard takes it."""
        values = super().clean()
        values["enterprise"] = self.pick_enterprise(values)
        values.pop("picked", None)
        photo = values.pop("photo", None)
        values["photos"] = [(photo.name, photo.read())] if photo else []
        return values


class StepForm(forms.Form):
    """A step that asks for nothing."""

    def __init__(self, *args, hazard, person, **options):
        super().__init__(*args, **options)
        self.prepare(hazard, person)

    def prepare(self, hazard, person):
        """Narrow the choices to this hazard and this person."""


class WhyForm(StepForm):
    """The reason or the conclusion."""

    why = WHY_FIELD


class MergeForm(StepForm):
    """Into which one: by its number, the nearest offered."""

    into = forms.ModelChoiceField(None, label=_("合并到"), to_field_name="pk")

    def prepare(self, hazard, person):
        """Those that lie near; else those of the same kind on their way."""
        near = [one.pk for one, _metres in queries.near_hazards(hazard, now=timezone.now())]
        rows = queries.visible_hazards(person).filter(kind=hazard.kind).exclude(pk=hazard.pk)
        self.fields["into"].queryset = (
            rows.filter(pk__in=near) if near else rows.exclude(state__in=("merged", "rejected", "closed"))
        )


class TransferForm(WhyForm):
    """To whom, and why."""

    organisation = organisation_field(_("转交至"))
    field_order = ("organisation", "why")


class GradeForm(StepForm):
    """General or major, by which standard."""

    grade = forms.ChoiceField(label=Field.GRADE, choices=HazardGrade.choices)
    standard = forms.ChoiceField(
        label=Field.STANDARD, choices=lambda: [("", "–"), *standard_choices()], required=False
    )
    criterion = CriterionField()

    def prepare(self, hazard, person):
        """What it was classified by so far."""
        self.fields["criterion"].initial = hazard.criterion


class OrderForm(StepForm):
    """Who rectifies it until when."""

    responsible = organisation_field(Field.RESPONSIBLE)
    responsible_post = forms.CharField(
        label=Field.POST, max_length=60, help_text=_("写岗位，不写姓名，如：店长。")
    )
    due_on = forms.DateField(label=Field.DUE, widget=DAY)
    funds_yuan = forms.DecimalField(
        label=Field.FUNDS_YUAN, required=False, min_value=0, max_digits=14, decimal_places=2,
        help_text=_("计入统计表，可不填。"),
    )  # fmt: skip

    def prepare(self, hazard, person):
        """Those below whoever watches over it, and the one it is at."""
        field = self.fields["responsible"]
        below = field.queryset.filter(path__startswith=hazard.organisation.path)
        field.queryset = below | field.queryset.filter(pk=hazard.responsible_id)
        field.initial = hazard.responsible_id


class MajorOrderForm(OrderForm):
    """The same with all five of a major one."""

    measures = forms.CharField(label=Field.MEASURES, widget=LONG_TEXT)
    responsibility = forms.CharField(label=Field.RESPONSIBILITY, widget=LONG_TEXT)
    funds = forms.CharField(label=Field.FUNDS, max_length=200)
    plan = forms.CharField(label=Field.PLAN, widget=LONG_TEXT)


class ExtensionForm(WhyForm):
    """How many days more, and why."""

    days = forms.IntegerField(label=_("延期天数"), min_value=1)
    field_order = ("days", "why")


class ListForm(StepForm):
    """Until when it is listed."""

    listed_until = forms.DateField(label=_("挂牌督办期限"), widget=DAY)


class FileForm(forms.Form):
    """One photo or file of a stage."""

    stage = forms.ChoiceField(label=_("阶段"), choices=Stage.choices)
    file = forms.FileField(
        label=_("照片或材料"), help_text=_("照片会去掉拍摄设备信息；单个文件不超过 20 MB。")
    )

    def __init__(self, *args, stages=tuple(Stage), **options):
        super().__init__(*args, **options)
        self.fields["stage"].choices = [(stage.value, stage.label) for stage in stages]


FORMS = {
    **dict.fromkeys((Step.ACCEPT, Step.FIX, Step.ASK_VERIFICATION, Step.DELIST), StepForm),
    **dict.fromkeys(
        (
            Step.REJECT, Step.APPEAL, Step.UPHOLD, Step.INTERIM, Step.GRANT, Step.REFUSE, Step.CLOSE, Step.RETURN,
            Step.CONTEST, Step.LOOK_BACK, Step.REOPEN,
        ),
        WhyForm,
    ),
    Step.MERGE: MergeForm, Step.TRANSFER: TransferForm, Step.GRADE: GradeForm, Step.ORDER: OrderForm,
    Step.ORDER_MAJOR: MajorOrderForm, Step.ASK_EXTENSION: ExtensionForm, Step.LIST: ListForm,
}  # fmt: skip
