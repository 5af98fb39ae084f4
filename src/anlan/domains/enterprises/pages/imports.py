"""The import of enterprises."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.pages.forms import HandInForm
from anlan.domains.enterprises.queries.imports import LIMITS
from anlan.domains.enterprises.rules.columns import COLUMNS
from anlan.domains.enterprises.terms import Field
from anlan.kit.imports.pages import ImportDesk

DESK = ImportDesk(
    "enterprises", _("企业批量导入"), Right.ENTERPRISES_EDIT, actions, queries.visible_imports, HandInForm, COLUMNS,
    code_label=Field.CODE, limits=LIMITS,
    lead=_("有统一社会信用代码且已登记的企业按代码修改，其余新增；没有代码的企业给出临时编号。"),
    undo_question=_("收回本次导入新增、且此后未被改动的企业（注销，档案保留）？修改不会还原。"),
)  # fmt: skip
