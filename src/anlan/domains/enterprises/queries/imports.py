"""What would become of the rows of a file: read one by one, held against the register a thousand at a time."""

from dataclasses import dataclass, field

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.models import Enterprise, EnterpriseImport, ImportRow
from anlan.domains.enterprises.rules.codes import check_code, check_former, tidy_code
from anlan.domains.enterprises.rules.columns import BY_NAME, COLUMNS, READERS, Unread, find_column
from anlan.domains.enterprises.rules.register import check_enterprise
from anlan.domains.enterprises.terms import Refusal
from anlan.kit.actions import plain
from anlan.kit.terms import Finding
from anlan.kit.workbooks import MIB, Limits, open_rows

LIMITS = Limits(bytes_most=60 * MIB, unpacked_most=600 * MIB, rows_most=200_000)
NAMES_ASKED_AT_ONCE = 500  # a database takes only so many parameters
DAYS = ("standard_until", "insured_until")


def visible_imports(person):
    """Imports of the organisations where `person` may register, newest first."""
    rows = EnterpriseImport.objects.filter(person.reach(Right.ENTERPRISES_EDIT))
    return rows.select_related("organisation", "job", "by")


def open_file(name, body):
    """(Headings, iterator of SheetRows) of a file of enterprises. Raises UnreadableSheet."""
    labels = {column.name: column.label for column in COLUMNS}
    needed = [column.name for column in COLUMNS if column.is_required]
    return open_rows(name, body, find=find_column, labels=labels, needed=needed, limits=LIMITS)


@dataclass
class Planner:
    """Plans the rows of one import by one person; what the file says twice is refused the second time."""

    handed_in: EnterpriseImport
    person: object
    seen: dict = field(default_factory=dict)

    def __post_init__(self):
        tree = organisation_tree(self.person)
        self.supervisors = {
            one.code: one for one in tree if one.is_active and self.person.may(Right.ENTERPRISES_EDIT, one)
        }

    def plan(self, rows):
        """ImportRows, not kept yet, for a batch of SheetRows."""
        codes = [tidy_code(row.cells.get("code", "")) for row in rows]
        known = find_by_code(codes)
        return [self.plan_row(row, code, known.get(code)) for row, code in zip(rows, codes, strict=True)]

    def plan_row(self, row, code, subject):
        """One row: its fields, and whether it is new, changes something, or is refused, and why."""
        fields, faults = read_cells(row.cells)
        self.judge(fields, faults, row, code, subject)
        finding = Finding.REFUSE if faults else find_finding(fields, subject)
        return ImportRow(
            handed_in=self.handed_in, number=row.number, code=code[:18], name=str(row.cells.get("name", ""))[:120],
            fields={name: plain(value) for name, value in fields.items()}, finding=finding,
            faults=[[str(BY_NAME[name].label), text] for name, text in faults.items()],
        )  # fmt: skip

    def judge(self, fields, faults, row, code, subject):
        """Add what is wrong with the row as a whole to its faults."""
        if code and (first := self.seen.setdefault(code, row.number)) != row.number:
            faults["code"] = str(Refusal.TWICE_IN_FILE % {"row": first})
        for name in ("name", "supervisor"):
            if not row.cells.get(name) and subject is None:
                faults.setdefault(name, str(Refusal.MISSING))
        if (asked := fields.get("supervisor")) and asked not in self.supervisors:
            faults.setdefault("supervisor", str(Refusal.SUPERVISOR_UNKNOWN % {"code": asked[:40]}))
        if subject is not None and not self.person.may(Right.ENTERPRISES_EDIT, subject.supervisor):
            faults.setdefault("code", str(Refusal.CODE_TAKEN % {"code": code, "name": subject.name}))
        if subject is not None and not subject.is_active:
            faults.setdefault("code", str(Refusal.NOT_ACTIVE))
        if code and (refusal := check_code(code)):
            faults.setdefault("code", str(refusal))
        if not faults and (refusal := check_row(fields, subject)):
            faults["name"] = str(refusal)


def find_by_code(codes):
    """{code: Enterprise} of those that are on the register."""
    asked = sorted({code for code in codes if code})
    known = {}
    for start in range(0, len(asked), NAMES_ASKED_AT_ONCE):
        some = Enterprise.objects.filter(code__in=asked[start : start + NAMES_ASKED_AT_ONCE])
        known |= {row.code: row for row in some.select_related("supervisor")}
    return known


def read_cells(cells):
    """({field: value}, {column name: what is wrong with it}) of a row's cells; an empty cell says nothing."""
    fields, faults = {}, {}
    for name, value in cells.items():
        column = BY_NAME[name]
        if isinstance(value, str) and value.startswith("="):
            faults[name] = str(Refusal.FORMULA)
            continue
        try:
            if column.read in READERS:
                fields[name] = READERS[column.read](column, value)
            elif column.read == "supervisor":
                fields[name] = str(value).strip()
            elif column.read == "former":
                fields[name] = tidy_code(value)
                if refusal := check_former(fields[name]):
                    faults[name] = str(refusal)
        except Unread as error:
            faults[name] = str(error)
    return fields, faults


def check_row(fields, subject):
    """The same rule as the form's, for what the enterprise would be afterwards."""
    wanted = {name: fields.get(name, getattr(subject, name, None)) for name in ("name", "staff_count", *DAYS)}
    days = [wanted[name] for name in DAYS]
    return check_enterprise(code="", name=wanted["name"] or "", staff_count=wanted["staff_count"], days=days)


def find_finding(fields, subject):
    """Whether a row adds an enterprise, changes one, or says what is known."""
    if subject is None:
        return Finding.ADD
    return Finding.CHANGE if differing(fields, subject) else Finding.SAME


def differing(fields, subject):
    """The fields that would change: {name: value}; the supervisor by its code."""
    return {
        name: value
        for name, value in fields.items()
        if value != (subject.supervisor.code if name == "supervisor" else getattr(subject, name))
    }
