"""The import of risk points."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap import actions, queries
from anlan.domains.riskmap.pages.forms import HandInForm
from anlan.domains.riskmap.queries.imports import LIMITS
from anlan.domains.riskmap.rules.columns import COLUMNS
from anlan.domains.riskmap.terms import Field
from anlan.kit.imports.pages import ImportDesk

DESK = ImportDesk(
    "riskmap", _("导入风险点"), Right.RISKMAP_EDIT, actions, queries.visible_imports, HandInForm, COLUMNS,
    code_label=Field.NUMBER, limits=LIMITS,
    lead=_(
        "有编号的按编号修改；没有编号的，责任单位、名称和位置都相同的视为同一个风险点，其余新增。导入后须由另一人核对。"
        "KML 和 GeoJSON 文件中，点为位置，多边形为范围，扩展数据的名称按下列列名识别。"
    ),
    undo_question=_("撤下本次导入新增、且此后未被改动的风险点（记录保留，可以恢复）？修改不会还原。"),
)  # fmt: skip
