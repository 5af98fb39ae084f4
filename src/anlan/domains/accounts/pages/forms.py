"""What people fill in. Plain forms, not model forms: those write into the row before an action has read it."""

import uuid

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import rules
from anlan.domains.accounts.models import Organisation, Role
from anlan.domains.accounts.queries import visible
from anlan.domains.accounts.terms import Right


class OrganisationChoice(forms.ModelChoiceField):
    """A choice among the organisations in use that a person manages, indented as the tree is."""

    def __init__(self, **options):
        super().__init__(queryset=Organisation.objects.none(), **{"empty_label": _("请选择")} | options)

    def offer(self, person):
        """Fill the choice with what `person` manages."""
        in_use = Organisation.objects.filter(is_active=True)
        self.queryset = visible(in_use, person, through="", right=Right.ACCOUNTS_MANAGE)

    def label_from_instance(self, organisation):
        return "\u3000" * organisation.depth + organisation.name


class RoleChoice(forms.ModelChoiceField):
    """A choice among the roles that a person could give somewhere."""

    def __init__(self, **options):
        super().__init__(queryset=Role.objects.none(), **{"empty_label": _("请选择")} | options)

    def offer(self, person):
        """Fill the choice with the roles whose every right `person` holds somewhere."""
        given = [r.pk for r in Role.objects.all() if not rules.may_give(person.holdings(), r.rights, None)]
        self.queryset = Role.objects.filter(pk__in=given)


class ActorForm(forms.Form):
    """A form that offers only what the person who fills it in may choose."""

    def __init__(self, *args, actor, **options):
        super().__init__(*args, **options)
        for field in self.fields.values():
            if hasattr(field, "offer"):
                field.offer(actor)


class OnceForm(ActorForm):
    """A form whose action is done once, however often it is sent: its hidden key names this filling-in."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_key(self):
        """The key as an action takes it."""
        return str(self.cleaned_data["key"])


class OrganisationForm(forms.Form):
    """The words of an organisation."""

    name = forms.CharField(label=_("名称"), max_length=120)
    code = forms.CharField(
        label=_("编码"),
        max_length=40,
        help_text=_("用于导入和接口，如行政区划代码或统一编码；英文字母和数字。"),
    )
    sort = forms.CharField(
        label=_("类别"), max_length=60, required=False, help_text=_("如：区、部门、公安机关、街道、运营单位")
    )
    phone = forms.CharField(label=_("值班电话"), max_length=40, required=False)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)


class MoveForm(ActorForm):
    """Where an organisation goes."""

    parent = OrganisationChoice(
        label=_("新的上级机构"), help_text=_("下级机构随之移动；角色的管辖范围随树形改变。")
    )
    why = forms.CharField(label=_("理由"), required=False, max_length=500)


class AddPersonForm(OnceForm):
    """A new person, with the role he starts with."""

    organisation = OrganisationChoice(label=_("所属机构"))
    name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        help_text=_("2 至 60 个字符，可用文字、数字和 . @ + - _，不含空格。"),
    )
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    role = RoleChoice(
        label=_("角色"),
        required=False,
        empty_label=_("以后再授予"),
        help_text=_("在所属机构及其下级担任；以后可再调整。"),
    )


class EditPersonForm(ActorForm):
    """A person's words and organisation."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    organisation = OrganisationChoice(
        label=_("所属机构"), help_text=_("已授予的角色不随之改变，请按需要另行调整。")
    )


class ResetForm(OnceForm):
    """The reason for a new one-time password."""

    why = forms.CharField(label=_("理由"), required=False, max_length=500, help_text=_("将记入变更记录。"))


class GrantForm(ActorForm):
    """Which role, and where."""

    role = RoleChoice(label=_("角色"))
    organisation = OrganisationChoice(label=_("管辖机构（含下级）"))


class RoleForm(forms.Form):
    """A role's name and rights."""

    name = forms.CharField(label=_("名称"), max_length=80)
    rights = forms.MultipleChoiceField(
        label=_("权限"), choices=Right.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class AddRoleForm(RoleForm):
    """A new role also gets a code."""

    code = forms.CharField(label=_("编码"), max_length=40, help_text=_("英文字母和数字，建立后不再改变。"))
    field_order = ["name", "code", "rights"]


class IssueForm(OnceForm):
    """Whose token, and what it is called."""

    organisation = OrganisationChoice(label=_("所属机构"), help_text=_("上报的数据归入该机构。"))
    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("写明安装位置，便于停用时辨认。"))


class IssueScreenForm(IssueForm):
    """A screen shows what its organisation may see."""

    organisation = OrganisationChoice(label=_("所属机构"), help_text=_("屏幕显示该机构及其下级的场所。"))


class IssueAccessForm(IssueForm):
    """Another system reads what its organisation may see."""

    organisation = OrganisationChoice(
        label=_("所属机构"), help_text=_("对方系统可以读取该机构及其下级可见的企业。")
    )
    name = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("写明对方单位和系统，便于停用时辨认。")
    )
    sees_contacts = forms.BooleanField(label=_("可读取企业负责人和安全管理人员的姓名、电话"), required=False)
    hands_in_cases = forms.BooleanField(label=_("可递送网格和 12345 案件并接收办理结果"), required=False)


class PasswordForm(forms.Form):
    """The old password once, the new one twice."""

    old = forms.CharField(
        label=_("原密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，不要用常见的词，也不要与登录名相似。"),
    )
    again = forms.CharField(
        label=_("再输入一次新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self):
        """The two new ones are the same; only one of them goes on."""
        words = super().clean()
        if words.get("new") and words.pop("again", None) != words["new"]:
            self.add_error("again", _("两次输入的新密码不一样。请重新输入。"))
        return words


class ProfileForm(forms.Form):
    """What a person sets for himself."""

    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=_("界面语言"), required=False, choices=[("", _("随页面切换")), *settings.LANGUAGES]
    )
