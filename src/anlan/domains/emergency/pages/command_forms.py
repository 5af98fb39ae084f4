"""What is asked at the command post and in the call log: roles, objectives, orders, needs, teams, calls."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import queries
from anlan.domains.emergency.pages.incident_forms import (
    DeedForm,
    choose,
    count,
    line,
    moment,
    people_seen,
    pick,
    words,
)
from anlan.domains.emergency.rules import checks as check_rules
from anlan.domains.emergency.terms.calls import CallerSort
from anlan.domains.emergency.terms.checks import CheckAnswer
from anlan.domains.emergency.terms.incidents import CaseKind
from anlan.domains.emergency.terms.orders import CommandRole
from anlan.domains.places.queries import visible_places


class HolderForm(DeedForm):
    """Who takes a role: one who signs in, or a name."""

    person = pick(_("人员"), required=False, help_text=_("没有账号的，填写姓名和单位。"))
    holder = line(_("姓名"), required=False, most=60)
    holder_organisation = line(_("单位"), required=False)
    phone = line(_("电话"), required=False, most=40)

    def fill(self):
        self.fields["person"].queryset = people_seen(self.person)


class RoleForm(HolderForm):
    """A role at the command post."""

    role = choose(_("角色"), CommandRole.choices)
    title = line(_("角色名称"), required=False, most=60, help_text=_("选“其他”时填写，按预案中的名称。"))
    happened_at = moment(_("自"))

    def fill(self):
        super().fill()
        self.order_fields(["role", "title", "person"])


class HandOverForm(HolderForm):
    """Who takes over, and what was told."""

    situation = words(_("移交时说明的情况"))
    happened_at = moment(_("移交时间"))


class ObjectiveForm(DeedForm):
    """What is to be reached."""

    text = line(_("处置目标"), most=200)


class OrderForm(DeedForm):
    """An order."""

    text = words(_("指令内容"), help_text=_("写成一名带队民警可以直接执行的话，例如：每3分钟放行120人一批。"))
    to = pick(_("接收单位"), required=False)
    to_person = pick(_("接收人（有账号）"), required=False)
    receiver = line(_("接收人（其他）"), required=False)
    due_at = moment(_("完成时限"), help_text=_("到时未完成的，自动提醒。"))
    happened_at = moment(_("下达时间"))

    def fill(self):
        self.fields["to"].queryset = organisation_tree(self.person).filter(is_active=True)
        self.fields["to_person"].queryset = people_seen(self.person)


class OnBehalfForm(DeedForm):
    """A step of somebody who may have no screen: who told it, when."""

    on_behalf_of = line(_("来电人"), required=False, help_text=_("代登记时必填：谁用电话或电台告知。"))
    happened_at = moment(_("时间"))


class FeedbackForm(OnBehalfForm):
    """How far, or with what result."""

    feedback = words(_("反馈"))

    def fill(self):
        self.order_fields(["feedback"])


class NeedForm(DeedForm):
    """What is needed."""

    what = line(_("需求"))
    quantity = count(_("数量"), least=1)
    unit = line(_("单位"), required=False, most=20, help_text=_("如：人、辆、台。"))
    asked_of = line(_("向谁提出"), required=False)
    happened_at = moment(_("提出时间"))


class MetForm(DeedForm):
    """How much has come."""

    met_quantity = count(_("已到位（累计）"))
    remark = line(_("说明"), required=False, most=200)
    happened_at = moment(_("时间"))

    def fill(self):
        self.first(met_quantity=self.row.met_quantity)


class CheckForm(DeedForm):
    """A team in the field."""

    team = line(_("队伍"), most=80)
    people = count(_("队伍人数"), least=1, most=check_rules.PEOPLE_MOST)
    leader = line(_("带队人"), required=False, most=60)
    phone = line(_("联系电话"), required=False, most=40)
    task = line(_("任务和位置"), required=False, most=200)
    team_organisation = pick(_("所属单位"), required=False, help_text=_("该单位的人员可以在屏幕上直接确认。"))
    every_min = count(_("间隔（分钟）"), least=check_rules.EVERY_MIN[0], most=check_rules.EVERY_MIN[1])
    grace_min = count(
        _("宽限（分钟）"), least=check_rules.GRACE_MIN[0], most=check_rules.GRACE_MIN[1],
        help_text=_("间隔和宽限为本系统默认值，待本区确认。"),
    )  # fmt: skip

    def fill(self):
        self.fields["team_organisation"].queryset = organisation_tree(self.person).filter(is_active=True)
        self.first(every_min=check_rules.DEFAULT_EVERY_MIN, grace_min=check_rules.DEFAULT_GRACE_MIN)


class HeardForm(OnBehalfForm):
    """What a team answers."""

    answer = choose(_("答复"), CheckAnswer.choices)
    present = count(_("在位人数"), most=check_rules.PEOPLE_MOST)
    words = line(_("说明"), required=False, most=200, help_text=_("有异常时必填。"))

    def fill(self):
        self.order_fields(["answer", "present", "words"])
        self.first(present=self.row.people)


class CallWordsForm(DeedForm):
    """What came in by phone."""

    caller_sort = choose(_("来电方"), CallerSort.choices)
    caller_name = line(_("来电人"), help_text=_("照来电人所说；不愿透露的，写“匿名”。"))
    caller_number = line(_("来电号码"), required=False, most=40)
    what = words(_("来电内容"), rows=4)
    place = pick(_("场所"), required=False)
    where = line(_("地点"), required=False, most=200)

    def fill(self):
        self.fields["place"].queryset = visible_places(self.person).order_by("name")


class CallForm(CallWordsForm):
    """A new call; `row` is None."""

    organisation = pick(_("接报单位"))
    called_at = moment(_("来电时间"))
    case_kind = choose(_("警情编号类别"), CaseKind.choices, required=False)
    case_number = line(
        _("警情编号"), required=False, most=40, help_text=_("编号已登记过的，自动归入同一突发事件。")
    )

    def fill(self):
        super().fill()
        reached = organisation_tree(self.person).filter(
            self.person.reach(Right.INCIDENTS_RUN, through=""), is_active=True
        )
        self.fields["organisation"].queryset = reached
        self.order_fields(["caller_sort", "caller_name", "caller_number", "what"])


class CorrectCallForm(CallWordsForm):
    """Other words, and why."""

    why = words(_("更正理由"), most=500)

    def fill(self):
        super().fill()
        names = ("caller_sort", "caller_name", "caller_number", "what", "place", "where")
        self.first(**{name: getattr(self.row, name) for name in names})


class LinkCallForm(DeedForm):
    """The incident that a call belongs to."""

    incident = pick(_("突发事件"))

    def fill(self):
        self.fields["incident"].queryset = queries.open_incidents(self.person, scene=self.row.scene)
