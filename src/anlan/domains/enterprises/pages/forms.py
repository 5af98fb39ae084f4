"""What people fill in. Plain forms over the models' fields: model forms write into the row before an action reads it."""

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.models import Enterprise, Licence, Pledge, PledgeText, Site
from anlan.domains.enterprises.queries.imports import LIMITS
from anlan.domains.enterprises.rules.register import OWN_FIELDS
from anlan.domains.places.queries import visible_places
from anlan.kit.workbooks import MIB

ALL = [("", _("全部"))]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONG_TEXT = forms.Textarea(attrs={"rows": 14})


def indent(organisation):
    """An organisation's name at its depth in the tree."""
    return "\u3000" * organisation.depth + organisation.name


def offer_organisations(field, person, right=Right.VIEW):
    """Let an organisation field offer those in use where `person` holds `right`."""
    field.queryset = field.queryset.filter(person.reach(right, through=""), is_active=True)
    field.label_from_instance = indent


def organisation_field(label, person, right, **options):
    """A choice among the organisations where `person` holds `right`."""
    field = Enterprise._meta.get_field("supervisor").formfield(label=label, **options)
    offer_organisations(field, person, right)
    return field


def with_days(fields):
    """The same fields, dates drawn as dates."""
    for field in fields.values():
        if isinstance(field, forms.DateField):
            field.widget = DAY
    return fields


class EnterpriseForm(forms.Form):
    """The fields of an enterprise; `person` limits the supervisors offered."""

    WORDS = (
        "code", "former_number", "name", "supervisor", "industry_code", "industry", "size", "staff_count", "address",
        "registered_address", "principal", "principal_phone", "safety_officer", "safety_phone", "standard_grade",
        "standard_until", "insurer", "insured_until",
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields |= with_days(fields_for_model(Enterprise, fields=self.WORDS))
        self.fields["code"].required = False
        self.fields["code"].max_length = 30  # spaces and hyphens are taken out
        self.fields["code"].help_text = _(
            "18 位，见营业执照。暂时不知道的可留空，系统给出临时编号，以后补填。"
        )
        self.fields["former_number"].help_text = _("2015 年以前的注册号，13 或 15 位；没有则留空。")
        self.fields["industry_code"].help_text = _("按国民经济行业分类（GB/T 4754）填写，如 F52。")
        self.fields["supervisor"] = organisation_field(_("监管单位"), person, Right.ENTERPRISES_EDIT)
        self.fields["supervisor"].initial = self.fields["supervisor"].queryset.first()
        for name in ("principal", "safety_officer"):
            self.fields[name].help_text = _("仅有登记权限的人员和企业自己可见，不进入变更记录和导出文件。")


class OwnForm(forms.Form):
    """What an enterprise may ask to be updated in its own record."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields |= with_days(fields_for_model(Enterprise, fields=OWN_FIELDS))


class AccountForm(forms.Form):
    """Which organisation is the enterprise's own."""

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["account"] = organisation_field(
            _("企业账号机构"), person, Right.VIEW, required=False,
            help_text=_("该机构及其下级的人员登录后，可以查看本企业档案、申请更新和签署承诺。"),
        )  # fmt: skip


class MergeForm(forms.Form):
    """Which enterprise stands for this one from now on, by its number, and why."""

    into = forms.CharField(
        label=_("保留企业的编号"), max_length=30, help_text=_("统一社会信用代码、原注册号或临时编号。两个编号都会保留，并都指向保留的企业。")
    )  # fmt: skip
    why = forms.CharField(label=_("理由"), max_length=500, help_text=_("将记入变更记录。"))


class LicenceForm(forms.Form):
    """A licence."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        names = ("kind", "number", "issued_by", "valid_until")
        self.fields |= with_days(fields_for_model(Licence, fields=names))
        self.fields["kind"].help_text = _("如：食品经营许可证、公众聚集场所投入使用、营业前消防安全检查。")
        self.fields["valid_until"].help_text = _("长期有效的留空。到期前会逐级提醒监管单位。")


class SiteForm(forms.Form):
    """Where the enterprise works: a place of the register, or an address of its own."""

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(Site, fields=("place", "name", "address", "staff_count"))
        self.fields["place"].queryset = visible_places(person)
        self.fields["place"].empty_label = _("不在大人流场所内")
        self.fields["name"].required = False
        self.fields["name"].help_text = _("如：某某店。选择了场所的可留空。")


class PledgeForm(forms.Form):
    """A pledge that was signed on paper."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        names = ("signer", "post", "signed_on", "published_at")
        self.fields |= with_days(fields_for_model(Pledge, fields=names))
        self.fields["published_at"].help_text = _("承诺公示的网址或张贴位置；未公示的留空。")


class SignForm(forms.Form):
    """Who signs the text that stands above."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields |= fields_for_model(Pledge, fields=("signer", "post"))


class BreakForm(forms.Form):
    """When a pledge was broken, and by what."""

    broken_on = forms.DateField(label=_("违背日期"), widget=DAY)
    why = forms.CharField(label=_("违背情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class PledgeTextForm(forms.Form):
    """Another version of the text that is pledged."""

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["organisation"] = organisation_field(
            _("发布单位"), person, Right.ENTERPRISES_EDIT,
            help_text=_("该单位及其下级监管的企业按此文本承诺；下级另有文本的，按下级的文本。"),
        )  # fmt: skip
        self.fields |= with_days(fields_for_model(PledgeText, fields=("text", "valid_from")))
        self.fields["text"].widget = LONG_TEXT


class LineForm(forms.Form):
    """One line of a responsibility list."""

    post = forms.CharField(label=_("岗位"), required=False, max_length=60)
    person = forms.CharField(label=_("责任人"), required=False, max_length=60)
    duty = forms.CharField(label=_("安全责任"), required=False, max_length=300)


LineForms = forms.formset_factory(LineForm, extra=3, max_num=60, absolute_max=80)


class WhyForm(forms.Form):
    """The reason of a refusal, which the one who asked reads."""

    why = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class HandInForm(forms.Form):
    """A file for import, and for whom it is imported."""

    body = forms.FileField(label=_("文件"))

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        sizes = {"mb": LIMITS.bytes_most // MIB, "rows": LIMITS.rows_most}
        self.fields["body"].help_text = _("XLSX 或 CSV，不超过 %(mb)d MB、%(rows)d 行。") % sizes
        self.fields["organisation"] = organisation_field(_("导入单位"), person, Right.ENTERPRISES_EDIT)
        self.fields["organisation"].initial = self.fields["organisation"].queryset.first()
