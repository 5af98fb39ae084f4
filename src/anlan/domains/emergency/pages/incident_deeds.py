"""Every deed of an incident and of what belongs to it, as tables: name → verb, action, form, sentence."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import actions
from anlan.domains.emergency.models import (
    Call,
    Instruction,
    Need,
    Objective,
    Order,
    Relay,
    Report,
    RoleTenure,
    TeamCheck,
)
from anlan.domains.emergency.pages import command_forms as command
from anlan.domains.emergency.pages import incident_forms as forms
from anlan.domains.emergency.pages.deeds import Deed
from anlan.domains.emergency.terms.incidents import IncidentStep
from anlan.domains.emergency.terms.orders import ObjectiveState
from anlan.kit.documents import documents_of


def document_of(change):
    """The document that an action drew of a report."""
    return documents_of(change.subject).last()


STEPS = {
    "grade": Deed(_("初步定级"), actions.grade_incident, forms.GradeForm, _("已初步定级。")),
    "change_level": Deed(_("调整事件级别"), actions.change_level, forms.LevelForm, _("事件级别已调整。")),
    "activate_plan": Deed(_("启动预案"), actions.activate_plan, forms.PlanForm, _("预案已启动。")),
    "set_up_command": Deed(_("设立现场指挥部"), actions.set_up_command, forms.WhenForm, _("已设立现场指挥部。")),
    "transfer": Deed(_("移交指挥"), actions.transfer_command, forms.TransferForm, _("指挥已移交。")),
    "take_back": Deed(_("收回指挥"), actions.take_back_command, forms.WhyForm, _("指挥已收回。")),
    "bring_under_control": Deed(
        _("登记事态已控制"), actions.bring_under_control, forms.WhenForm, _("已登记事态得到控制。")
    ),
    "raise_response": Deed(_("提级响应"), actions.raise_response, forms.ResponseForm, _("响应已提级。")),
    "lower_response": Deed(_("降级响应"), actions.lower_response, forms.ResponseForm, _("响应已降级。")),
    "end": Deed(
        _("终止响应"), actions.end_incident, forms.WhenForm, _("响应已终止。"),
        lead=_("终止前须签发终报，并结束所有队伍的安全确认。"), danger=True,
    ),
    "review": Deed(_("登记总结评估"), actions.review_incident, forms.ReviewForm, _("总结评估已登记。")),
    "file": Deed(_("归档"), actions.file_incident, forms.NothingForm, _("已归档。"), lead=_("归档后仍可补记记事。")),
    "reopen": Deed(
        _("重新开启"), actions.reopen_incident, forms.WhyForm, _("已重新开启。"),
        lead=_("重新开启后，再次终止须另签终报。"),
    ),
    "declare_false": Deed(
        _("撤销误报"), actions.declare_false, forms.WhyForm, _("已撤销。"), danger=True,
        lead=_("编号和全部记录保留，可以重新开启。"),
    ),
    "merge": Deed(
        _("并案"), actions.merge_incident, forms.MergeForm, _("已并案。"), danger=True,
        lead=_("并入后由另一事件牵头；两个编号和全部记录都保留，未完成的指令、需求和队伍继续办理。"),
        leads_to=lambda change: change.subject.merged_into,
    ),
    "split": Deed(
        _("拆分"), actions.split_incident, forms.SplitForm, _("已拆分出新事件。"),
        leads_to=lambda change: change.subject,
    ),
}  # fmt: skip
INCIDENT = STEPS | {
    "correct": Deed(
        _("更正事件要素"), actions.correct_incident, forms.CorrectForm, _("已更正。"),
        lead=_("更正前的内容保留在时间线中。更改接报时间会重新计算报告时限。"),
    ),
    "figures": Deed(_("更新伤亡损失"), actions.update_figures, forms.FiguresForm, _("伤亡损失已更新。")),
    "resources": Deed(_("更新到场力量和物资"), actions.set_resources, forms.ResourcesForm, _("已更新。")),
    "next_report": Deed(_("约定下次续报"), actions.set_next_report, forms.NextReportForm, _("已保存。")),
    "improve": Deed(
        _("登记改进事项"), actions.track_improvement, forms.ImproveForm, _("已列入跟踪事项。")
    ),
    "note": Deed(_("写记事"), actions.note_incident, forms.NoteForm, _("已记入时间线。")),
    "link_alarm": Deed(_("关联预警处置单"), actions.link_alarm, forms.AlarmForm, _("已关联。")),
    "unlink_alarm": Deed(_("取消关联预警处置单"), actions.unlink_alarm, forms.UnlinkAlarmForm, _("已取消关联。")),
    "link_place": Deed(_("关联场所"), actions.link_place, forms.PlaceForm, _("已关联。")),
    "add_case": Deed(_("登记警情编号"), actions.add_case, forms.CaseForm, _("警情编号已登记。")),
    "oral": Deed(_("登记口头报告"), actions.tell_orally, forms.OralForm, _("口头报告已登记。")),
    "write": Deed(
        _("拟写信息报告"), actions.write_report, forms.WriteForm, _("已保存草稿。请核对后送审。"),
        lead=_("系统已按记录填入已知内容，请核对修改。"), leads_to=lambda change: change.subject,
    ),
    "instruction": Deed(
        _("登记领导批示"), actions.enter_instruction, forms.InstructionForm, _("批示已登记。请传达给承办单位。"),
        leads_to=lambda change: reverse("emergency:part_deed", args=["instruction", change.subject.pk, "relay"]),
    ),
    "role": Deed(_("指定指挥角色"), actions.assign_role, command.RoleForm, _("已指定。")),
    "objective": Deed(_("提出处置目标"), actions.set_objective, command.ObjectiveForm, _("已保存。")),
    "order": Deed(_("下达指令"), actions.issue_order, command.OrderForm, _("指令已下达。")),
    "need": Deed(_("提出需求"), actions.raise_need, command.NeedForm, _("需求已登记。")),
    "check": Deed(_("开始队伍安全确认"), actions.start_check, command.CheckForm, _("已开始计时。")),
}  # fmt: skip
ORDER = {
    "receive": Deed(_("接收"), actions.receive_order, command.OnBehalfForm, _("已登记接收。"), own=True),
    "feed_back": Deed(_("反馈进展"), actions.feed_back_order, command.FeedbackForm, _("反馈已登记。"), own=True),
    "finish": Deed(_("完成"), actions.finish_order, command.FeedbackForm, _("已登记完成。"), own=True),
    "refuse": Deed(_("不能执行"), actions.refuse_order, command.FeedbackForm, _("已登记。"), own=True, danger=True),
    "withdraw": Deed(_("撤回"), actions.withdraw_order, forms.WhyForm, _("指令已撤回。"), danger=True),
}  # fmt: skip
PARTS = {
    "order": (Order, ORDER),
    "need": (Need, {
        "meet": Deed(_("登记到位"), actions.meet_need, command.MetForm, _("已登记。")),
        "drop": Deed(_("取消需求"), actions.drop_need, forms.WhyForm, _("需求已取消。"), danger=True),
    }),
    "role": (RoleTenure, {
        "hand_over": Deed(_("移交"), actions.hand_over_role, command.HandOverForm, _("角色已移交。")),
        "end": Deed(_("结束角色"), actions.end_role, forms.WhyForm, _("角色已结束。"), danger=True),
    }),
    "objective": (Objective, {
        "meet": Deed(
            _("已达成"), actions.close_objective, forms.WhyForm, _("已登记达成。"),
            words=(("state", ObjectiveState.MET),),
        ),
        "drop": Deed(
            _("放弃目标"), actions.close_objective, forms.WhyForm, _("已放弃。"), danger=True,
            words=(("state", ObjectiveState.DROPPED),),
        ),
    }),
    "check": (TeamCheck, {
        "answer": Deed(_("登记安全确认"), actions.answer_check, command.HeardForm, _("已确认，重新计时。"), own=True),
        "stop": Deed(_("结束确认"), actions.stop_check, forms.WhyForm, _("已结束。"), danger=True),
    }),
    "instruction": (Instruction, {
        "relay": Deed(_("传达"), actions.relay_instruction, forms.RelayForm, _("批示已传达。")),
    }),
    "relay": (Relay, {
        "read": Deed(_("已阅"), actions.read_relay, command.OnBehalfForm, _("已登记阅知。"), own=True),
        "finish": Deed(_("办结"), actions.finish_relay, command.FeedbackForm, _("已登记办结。"), own=True),
    }),
    "report": (Report, {
        "change": Deed(_("修改"), actions.change_report, forms.SectionsForm, _("已保存。")),
        "submit": Deed(
            _("送审"), actions.submit_report, forms.NothingForm, _("已送审，请另一位有签发权的人签发。"),
            lead=_("送审时按当前记录填入事件要素和伤亡损失，此后不再变化。"),
        ),
        "sign": Deed(
            _("签发"), actions.sign_report, forms.SignForm, _("已签发，内容已固定。"), right=Right.INCIDENTS_SIGN,
            lead=_("请通读以下内容。签发后内容固定，不能再修改。"), template="emergency/report_sign.html",
        ),
        "return": Deed(
            _("退回修改"), actions.return_report, forms.WhyForm, _("已退回。"), right=Right.INCIDENTS_SIGN, danger=True
        ),
        "send": Deed(_("登记报送"), actions.send_report, forms.SendForm, _("已登记报送。")),
        "draw": Deed(
            _("生成文书"), actions.draw_report, forms.NothingForm, _("文书已生成。"),
            lead=_("按模板生成带文号和校验码的文书；再次打印内容不变。"), leads_to=document_of,
        ),
        "drop": Deed(_("作废"), actions.drop_report, forms.WhyForm, _("已作废。"), danger=True),
    }),
    "call": (Call, {
        "link": Deed(_("关联突发事件"), actions.link_call, command.LinkCallForm, _("已关联。")),
        "unlink": Deed(_("取消关联"), actions.unlink_call, forms.WhyForm, _("已取消关联。"), danger=True),
        "correct": Deed(_("更正来电登记"), actions.correct_call, command.CorrectCallForm, _("已更正。")),
    }),
}  # fmt: skip

# Which step of the table of an incident's life stands behind which deed: they have the same names but for one, which
# signing a first report takes by itself.
STEP_DEEDS = [step for step in IncidentStep.values if step in STEPS]
FORWARD = (
    "grade",
    "activate_plan",
    "set_up_command",
    "bring_under_control",
    "end",
    "review",
    "file",
    "reopen",
)
EDITS = (
    "correct",
    "figures",
    "resources",
    "link_alarm",
    "unlink_alarm",
    "link_place",
    "add_case",
    "next_report",
)
