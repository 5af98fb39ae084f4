"""What an incident's clocks ask for: reminders of report limits, missed checks of teams, orders past their time.

Nothing is stored that runs down: each look computes from the records what is due. A key per reminder makes doing it
again harmless; a look that comes late tells late, and only the newest rung.
"""

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anlan.domains.emergency import actions
from anlan.domains.emergency.models import Incident, Order, Relay
from anlan.domains.emergency.queries.command import running_checks, watch_of
from anlan.domains.emergency.queries.reports import limits_of, say_time
from anlan.domains.emergency.queries.telling import people_for, to_be_reminded
from anlan.domains.emergency.rules import checks as check_rules
from anlan.domains.emergency.rules import reports as rules
from anlan.domains.emergency.rules.incidents import OPEN
from anlan.domains.emergency.rules.orders import ORDER_OPEN
from anlan.domains.emergency.terms.reports import LimitState, RelayState
from anlan.kit.address import absolute
from anlan.kit.models import Change
from anlan.kit.outbox import tell, tell_organisation
from anlan.kit.worker import Sweep

RUNNING = {LimitState.RUNNING, LimitState.OVERDUE}


def sweeps():
    """The sweeps of incidents, for the worker loop."""
    return [
        Sweep("emergency.remind_reports", remind_reports, 5),
        Sweep("emergency.miss_checks", miss_checks, 5),
        Sweep("emergency.remind_overdue", remind_overdue, 30),
    ]


def remind_reports(now):
    """Remind of the report limits of open incidents: at half time, shortly before, when they run out, and after."""
    for incident in Incident.objects.filter(state__in=OPEN).select_related(
        "organisation__parent", "opened_by"
    ):
        for line in limits_of(incident, now):
            rung = rules.reached(line.rungs, now) if line.stand.state in RUNNING else None
            if rung:
                remind_limit(incident, line, rung, now)
        if incident.next_report_at and now >= incident.next_report_at:
            remind_follow_up(incident, now)


def remind_limit(incident, line, rung, now):
    """One reminder of one limit, once."""
    key = f"incident/{incident.pk}/{line.rule_id}/{line.due.start.timestamp():.0f}/{rung.name}"
    minutes = abs(line.stand.left_s) // 60
    what = _("口头报告") if line.rule_id == rules.ORAL_RULE else _("书面初报")
    said = (
        _("%(what)s时限还有 %(n)d 分钟（%(at)s 前）。") if line.stand.left_s >= 0
        else _("%(what)s已超过时限 %(n)d 分钟（应于 %(at)s 前）。请立即报告。")
    ) % {"what": what, "n": minutes, "at": say_time(line.due.at)}  # fmt: skip
    words = {"rule_id": line.rule_id, "rung": rung.name, "left_s": line.stand.left_s}
    tell_once(incident, incident, key, said, now, actions.remind_report, words, upward=line.stand.left_s < 0)


def remind_follow_up(incident, now):
    """The follow-up report that people had agreed on is due."""
    at = incident.next_report_at
    said = _("约定的续报时间已到（%(at)s）。请续报。") % {"at": say_time(at)}
    words = {"rule_id": "", "rung": "next", "left_s": round((at - now).total_seconds())}
    key = f"incident/{incident.pk}/next/{at.timestamp():.0f}"
    tell_once(incident, incident, key, said, now, actions.remind_report, words)


def miss_checks(now):
    """Tell of teams in the field that were not heard of in time; again with each further miss, then upward as well."""
    for row in running_checks():
        misses = check_rules.count_misses(watch_of(row), now)
        if misses <= row.misses:
            continue
        said = _("队伍“%(team)s”（%(people)d 人）已连续 %(n)d 次未确认安全，最近一次 %(at)s。请立即联系：%(phone)s") % {
            "team": row.team, "people": row.people, "n": misses, "at": say_time(row.heard_at),
            "phone": " ".join(part for part in (row.leader, row.phone) if part) or "–",
        }  # fmt: skip
        upward = misses >= check_rules.UPWARD_MISSES
        key = f"check/{row.pk}/{row.heard_at.timestamp():.0f}/{misses}"
        tell_once(row.incident, row, key, said, now, actions.miss_check, {"misses": misses}, upward=upward)


def remind_overdue(now):
    """Tell once of each order and each relayed instruction that is past its time."""
    orders = to_be_reminded(Order, ORDER_OPEN, now)
    for order in orders.select_related("incident__organisation__parent", "to", "to_person"):
        said = _("指令 %(n)d 已超过完成时限（%(at)s）：%(text)s") % {
            "n": order.serial, "at": say_time(order.due_at), "text": order.text[:120],
        }  # fmt: skip
        key = f"order/{order.pk}/overdue/{order.due_at.timestamp():.0f}"
        tell_once(
            order.incident, order, key, said, now, actions.remind_order, {}, also=(order.to, order.to_person)
        )
    relays = to_be_reminded(Relay, [RelayState.RELAYED, RelayState.READ], now)
    for relay in relays.select_related("instruction__incident__organisation__parent", "to"):
        said = _("领导批示已超过办理时限（%(at)s）：%(text)s") % {
            "at": say_time(relay.due_at), "text": relay.instruction.text[:120],
        }  # fmt: skip
        key = f"relay/{relay.pk}/overdue/{relay.due_at.timestamp():.0f}"
        tell_once(relay.incident, relay, key, said, now, actions.remind_relay, {}, also=(relay.to, None))


def tell_once(incident, about, key, said, now, act, words, *, upward=False, also=(None, None)):
    """Tell whom it concerns and keep that it was told, in one transaction; nothing where the key is known."""
    if Change.objects.filter(key=key).exists():
        return
    organisation, person = also
    told = {
        "about": about, "title": str(incident)[:200], "text": said, "now": now, "is_urgent": True,
        "link": absolute(incident.get_absolute_url()), "scene": incident.scene,
    }  # fmt: skip
    people = people_for(incident, now, upward=upward)
    if person is not None and person.pk not in {one.pk for one in people}:
        people.append(person)
    with suppress(IntegrityError), transaction.atomic():  # another worker kept the key first: it told as well
        names = [name_told(one, tell(one, key=key, **told)) for one in people]
        for group in filter(None, {incident.organisation, organisation}):
            names += [str(sent.channel) for sent in tell_organisation(group, key=key, **told)]
        act(about, by=None, now=now, scene=incident.scene, key=key, told_to=names, **words)


def name_told(person, messages):
    """A person who was told, or could not be: that is said."""
    return str(person) if messages else _("%(name)s（没有可用的联系方式）") % {"name": person}
