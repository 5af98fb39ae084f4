"""Rows of emergency."""

from anlan.domains.emergency.models.agencies import (
    Agency,
    AlarmAgency,
)
from anlan.domains.emergency.models.alarms import (
    Alarm,
    AlarmDay,
)
from anlan.domains.emergency.models.answers import (
    Answer,
)
from anlan.domains.emergency.models.calls import (
    Call,
)
from anlan.domains.emergency.models.checks import (
    TeamCheck,
)
from anlan.domains.emergency.models.duty import (
    DutyLogEntry,
    DutyPost,
    DutyShift,
    DutySwap,
    FixedShift,
    GapNotice,
    Roster,
)
from anlan.domains.emergency.models.duty_checks import (
    CalendarLink,
    CalledPerson,
    DutySheet,
    Handover,
    RollCall,
)
from anlan.domains.emergency.models.incidents import (
    CarriedEntry,
    CaseNumber,
    Incident,
    IncidentAlarm,
    IncidentNote,
    IncidentPlace,
)
from anlan.domains.emergency.models.judgement import (
    Judgement,
)
from anlan.domains.emergency.models.ladder import (
    Telling,
)
from anlan.domains.emergency.models.links import (
    AnswerLink,
)
from anlan.domains.emergency.models.mutes import (
    Mute,
)
from anlan.domains.emergency.models.orders import (
    Need,
    Objective,
    Order,
    RoleTenure,
)
from anlan.domains.emergency.models.reports import (
    Instruction,
    Relay,
    Report,
)

__all__ = [
    "Agency",
    "Alarm",
    "AlarmAgency",
    "AlarmDay",
    "Answer",
    "AnswerLink",
    "CalendarLink",
    "Call",
    "CalledPerson",
    "CarriedEntry",
    "CaseNumber",
    "DutyLogEntry",
    "DutyPost",
    "DutySheet",
    "DutyShift",
    "DutySwap",
    "FixedShift",
    "GapNotice",
    "Handover",
    "Incident",
    "IncidentAlarm",
    "IncidentNote",
    "IncidentPlace",
    "Instruction",
    "Judgement",
    "Mute",
    "Need",
    "Objective",
    "Order",
    "Relay",
    "Report",
    "RoleTenure",
    "RollCall",
    "Roster",
    "TeamCheck",
    "Telling",
]
