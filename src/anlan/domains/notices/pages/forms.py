"""Forms of notices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.notices import queries, rules
from anlan.domains.notices.terms import (
    FeedKind,
    Hazard,
    NoticeKind,
    Orientation,
    OutletKind,
    WarningColour,
)
from anlan.domains.places.queries import visible_places

MOMENT = {"type": "datetime-local", "step": "60"}


def moment(label, **options):
    widget = forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, required=False, **options)


def area(label, most, rows, **options):
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **options)


def line(label, most, **options):
    return forms.CharField(label=label, max_length=most, required=False, **options)


def outlet_choices(person):
    """[(name, label)] of the outlets a person may choose."""
    web = queries.name_outlet(OutletKind.WEB)
    found = [(web, OutletKind.WEB.label)]
    found += [
        (queries.name_outlet(OutletKind.DISPLAY, one.pk), f"{OutletKind.DISPLAY.label} · {one}")
        for one in queries.displays_in_use(person)
    ]
    found += [
        (queries.name_outlet(OutletKind.CHANNEL, one.pk), f"{OutletKind.CHANNEL.label} · {one}")
        for one in queries.public_channels(person)
    ]
    return found + [(str(kind), kind.label) for kind in (OutletKind.WECHAT, OutletKind.WEIBO)]


class NoticeForm(forms.Form):
    """The words of a notice. A warning's form has the statutory fields besides and no outlets."""

    hazard = forms.ChoiceField(label=_("灾种"), choices=Hazard.choices)
    places = forms.ModelMultipleChoiceField(
        label=_("涉及场所"), queryset=None, required=False, widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("按住 Ctrl 可多选；文字中的 {places} 保存时换成场所名称。"),
    )  # fmt: skip
    area_zh = line(_("影响范围"), 200, help_text=_("不填时用场所名称。"))
    headline_zh = line(_("标题"), 60)
    description_zh = area(_("正文"), 1000, 3, help_text=_("发生了什么，或将发生什么。"))
    instruction_zh = area(_("应对措施"), 1000, 3, help_text=_("请公众做什么、走哪里；先说最要紧的。"))
    short_zh = line(_("屏显文字"), 200, help_text=_("电子屏优先显示它；不填时用标题和应对措施。"))
    headline_en = line(_("标题（英文）"), 160)
    description_en = area(_("正文（英文）"), 2000, 2)
    instruction_en = area(_("应对措施（英文）"), 2000, 2)
    short_en = line(_("屏显文字（英文）"), 300)
    area_en = line(_("影响范围（英文）"), 200)
    effective_at = moment(_("生效时间"), help_text=_("不填为发布时立即生效。"))
    expires_at = moment(_("失效时间"))
    outlets = forms.MultipleChoiceField(
        label=_("发布渠道"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, person, kind, **options):
        super().__init__(*args, **options)
        self.fields["places"].queryset = visible_places(person).order_by("name")
        self.fields["outlets"].choices = outlet_choices(person)
        if kind == NoticeKind.STATUTORY_WARNING:
            for name in ("outlets", "short_zh", "short_en"):
                del self.fields[name]
            self.fields |= make_statutory_fields()

    def clean(self):
        """The names of the places are put where the texts leave room for them; statutory fields are gathered."""
        values = super().clean()
        places = values.get("places") or ()
        names = {
            f"places_{language}": queries.place_names(places, language)
            or values.get(f"area_{language}")
            or ""
            for language in ("zh", "en")
        }
        texts = {name: values.get(name) or "" for name in queries.TEXT_NAMES}
        values |= rules.fill(texts, **names)
        own = {name: values.pop(name) for name in rules.OWN_FIELDS if name in values}
        return values | ({"fields": own} if own else {})


def make_statutory_fields():
    """The fields that the law asks of a warning beyond those of a tip."""
    return {
        "sender_name": line(_("拟发布单位"), 100, help_text=_("有权发布的政府或其授权单位。")),
        "sender_code": line(_("发布单位代码"), 14, help_text=_("14 位：6 位区划 + 8 位单位代码。")),
        "event_type": line(_("预警类别代码"), 20, help_text=_("如 11B06（大风）；编码规则待核实。")),
        "colour": forms.ChoiceField(
            label=_("预警级别"), required=False, choices=[("", _("请选择")), *WarningColour.choices]
        ),
        "channels": line(_("建议发布渠道"), 200, help_text=_("广播、电视、报刊、网络、短信、电子屏、警报器、逐户通知等。")),
        "special_places": line(_("特殊人群和场所告知方式"), 200, help_text=_("老幼病残、学校、医院、养老院、信号盲区。")),
        "legal_basis": line(_("依据"), 200),
        "copied_to": line(_("抄报单位"), 200),
    }  # fmt: skip


class NewNoticeForm(NoticeForm):
    """The same with the organisation that drafts."""

    organisation = forms.ModelChoiceField(label=_("拟稿单位"), queryset=None)

    def __init__(self, *args, person, kind, **options):
        super().__init__(*args, person=person, kind=kind, **options)
        tree = organisation_tree(person).filter(person.reach(Right.NOTICES_DRAFT, through=""))
        self.fields["organisation"].queryset = tree
        self.fields["organisation"].initial = person.organisation_id
        self.order_fields(["organisation"])


class HandOverForm(forms.Form):
    """To whom a draft of a warning is handed."""

    taken_by = forms.CharField(
        label=_("接收单位和接收人"),
        max_length=200,
        help_text=_("如：市预警信息发布中心 值班员（姓名、电话）。"),
    )


class ReportForm(forms.Form):
    """Where a person published it."""

    address = forms.CharField(label=_("发布网址"), max_length=400)


class DisplayForm(forms.Form):
    """A screen's settings."""

    name = forms.CharField(label=_("名称"), max_length=120)
    place = forms.ModelChoiceField(label=_("所在场所"), queryset=None, required=False)
    site = line(_("安装位置"), 120)
    signs = forms.IntegerField(label=_("每行字数"), initial=12, help_text=_("一行可显示的汉字个数。"))
    lines = forms.IntegerField(label=_("行数"), initial=4)
    orientation = forms.ChoiceField(label=_("方向"), choices=Orientation.choices)
    is_bilingual = forms.BooleanField(label=_("中英文轮播"), required=False)
    fallback_zh = forms.CharField(
        label=_("备用文字"), max_length=120, help_text=_("没有提示时，以及断网超过提示有效期时显示。")
    )
    fallback_en = line(_("备用文字（英文）"), 200)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["place"].queryset = visible_places(person).order_by("name")


class NewDisplayForm(DisplayForm):
    """The same with the organisation that looks after it."""

    organisation = forms.ModelChoiceField(label=_("管理单位"), queryset=None)

    def __init__(self, *args, person, **options):
        super().__init__(*args, person=person, **options)
        tree = organisation_tree(person).filter(person.reach(Right.CHANNELS_EDIT, through=""))
        self.fields["organisation"].queryset = tree
        self.fields["organisation"].initial = person.organisation_id
        self.order_fields(["organisation", "name"])


class TemplateForm(forms.Form):
    """A piece of advice in both languages."""

    hazard = forms.ChoiceField(label=_("灾种"), choices=Hazard.choices)

    LABELS = {
        "name": _("名称"), "headline": _("标题"), "description": _("正文"), "instruction": _("应对措施"),
        "short": _("屏显文字"), "dos": _("应当做的（每行一条）"), "donts": _("不要做的（每行一条）"),
        "routes": _("疏散路线"), "phone": _("电话"),
    }  # fmt: skip
    ONE_LINE = {"name", "headline", "short", "routes", "phone"}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name in rules.TEXTS:
            stem, _sep, language = name.rpartition("_")
            label = (
                self.LABELS[stem]
                if language == "zh"
                else _("%(label)s（英文）") % {"label": self.LABELS[stem]}
            )
            most = rules.MOST.get(name, rules.MOST_LONG)
            self.fields[name] = line(label, most) if stem in self.ONE_LINE else area(label, most, 3)

    def clean(self):
        """The texts in one value."""
        values = super().clean()
        texts = {name: values.pop(name, "") for name in rules.TEXTS}
        return values | {"texts": texts}


class NewTemplateForm(TemplateForm):
    """The same for advice of the district's own."""

    code = forms.CharField(
        label=_("编码"), max_length=40, help_text=_("小写字母、数字、连字符，如 flood-metro。")
    )
    field_order = ["code"]


class FeedForm(forms.Form):
    """An address from which alerts are read."""

    name = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("格式"), choices=FeedKind.choices)
    url = forms.CharField(label=_("网址"), max_length=400)
    every_s = forms.IntegerField(label=_("读取间隔（秒）"), initial=300, min_value=30, max_value=86400)
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)


class NewFeedForm(FeedForm):
    """The same with the organisation that reads it."""

    organisation = forms.ModelChoiceField(label=_("单位"), queryset=None)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = organisation_tree(person).filter(
            person.reach(Right.CHANNELS_EDIT, through="")
        )
        self.fields["organisation"].initial = person.organisation_id
        self.order_fields(["organisation"])
