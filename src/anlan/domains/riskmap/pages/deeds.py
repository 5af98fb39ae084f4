"""Steps that ask before they act: of a point and of a sheet."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap import actions
from anlan.domains.riskmap.pages.points import find_point
from anlan.domains.riskmap.pages.sheets import find_sheet
from anlan.kit.pages import confirm


def deed(find, act, right, *, title, question, said, danger=False):
    """A page that asks, and does `act` to what `find` finds."""

    def page(request, key):
        """Ask on GET, act on POST."""
        row = find(request, key, right)
        return confirm(
            request, act, row, title=title, verb=title, question=question, back=row.get_absolute_url(), said=said,
            danger=danger,
        )  # fmt: skip

    return page


check_point = deed(
    find_point, actions.check_point, Right.RISKMAP_CHECK, title=_("核对风险点"),
    question=_("确认名称、位置、等级、责任和管控措施都属实？"), said=_("已核对。"),
)  # fmt: skip
put_in_force = deed(
    find_point, actions.put_in_force, Right.RISKMAP_EDIT, title=_("生效"),
    question=_("生效后按此管控。"), said=_("风险点已生效。"),
)  # fmt: skip
return_point = deed(
    find_point, actions.return_point, Right.RISKMAP_CHECK, title=_("退回"), danger=True,
    question=_("退回后须修改并重新核对。请写明理由。"), said=_("已退回。"),
)  # fmt: skip
retire_point = deed(
    find_point, actions.retire_point, Right.RISKMAP_EDIT, title=_("撤下风险点"), danger=True,
    question=_("撤下后不再显示在图上，记录保留，可以恢复。请写明理由。"), said=_("风险点已撤下。"),
)  # fmt: skip
restore_point = deed(
    find_point, actions.restore_point, Right.RISKMAP_EDIT, title=_("恢复风险点"),
    question=_("恢复后须重新核对。请写明理由。"), said=_("风险点已恢复。"),
)  # fmt: skip
hand_in_sheet = deed(
    find_sheet, actions.hand_in_sheet, Right.RISKMAP_EDIT, title=_("提交分表"),
    question=_("提交后由另一人核对。"), said=_("分表已提交。"),
)  # fmt: skip
check_sheet = deed(
    find_sheet, actions.check_sheet, Right.RISKMAP_CHECK, title=_("核对分表"),
    question=_("确认分表完整、属实？核对后计入全区汇总。"), said=_("分表已核对并汇总。"),
)  # fmt: skip
return_sheet = deed(
    find_sheet, actions.return_sheet, Right.RISKMAP_CHECK, title=_("退回分表"), danger=True,
    question=_("退回后须重新提交。请写明理由。"), said=_("分表已退回。"),
)  # fmt: skip
reopen_sheet = deed(
    find_sheet, actions.reopen_sheet, Right.RISKMAP_CHECK, title=_("重新打开分表"), danger=True,
    question=_("重新打开后不再计为已汇总。请写明理由。"), said=_("分表已重新打开。"),
)  # fmt: skip
