"""Sweeps of duty: gaps told ahead, late handovers, roll-calls drawn, called and marked, news of swaps, the day's sheets.

Each takes `now` and may run twice: what was told has a key, what was made is looked for first.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anlan.domains.accounts.queries import people_with
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import duty_checks as actions
from anlan.domains.emergency.models import CalledPerson, DutyPost, DutySheet, GapNotice, RollCall
from anlan.domains.emergency.queries.duty import find_posts, on_duty
from anlan.domains.emergency.queries.duty_board import lines_of
from anlan.domains.emergency.queries.duty_gaps import LOOK, gaps_by_post, staffed_posts
from anlan.domains.emergency.queries.duty_open import count_day
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.terms.duty import CallState, DutyRole, PostKind, SummaryKind, SwapState
from anlan.kit import calendar
from anlan.kit.actions import take
from anlan.kit.models import Change
from anlan.kit.outbox import tell, tell_organisation
from anlan.kit.worker import Sweep

URGENT_S = 3600  # gaps nearer than this ring; farther ones wait for the end of quiet hours
DAY = timedelta(days=1)
MORNING_KINDS = (PostKind.DUTY_ROOM,)
HOLIDAY_KINDS = (PostKind.DUTY_ROOM, PostKind.AGENCY)  # who reports day by day on holidays


@dataclass
class DutySweeps:
    """The sweeps, with the chance that draws roll-calls."""

    rng: random.Random

    def sweeps(self):
        """For the worker loop."""
        return [
            Sweep("emergency.duty_gaps", tell_gaps, 60),
            Sweep("emergency.duty_roll_calls", self.call_rolls, 2),
            Sweep("emergency.duty_swaps", tell_swaps, 2, follows_changes=True),
            Sweep("emergency.duty_sheets", make_sheets, 60),
            Sweep("emergency.duty_handovers", tell_late_handovers, 60),
        ]

    def call_rolls(self, now):
        """Draw roll-calls for posts that have them, call those whose moment has come, tell the called, mark the missed."""
        plan_calls(now, self.rng)
        for row in RollCall.objects.filter(called_at=None, planned_at__lte=now).select_related(
            "post__organisation"
        ):
            if row.post.retired_at is None:
                actions.call_roll(row.post, by=None, now=now, planned=row)
        tell_called(now)
        for one in CalledPerson.objects.filter(state=CallState.WAITING, due_at__lt=now):
            actions.miss_call(one, by=None, now=now)


# ── gaps ────────────────────────────────────────────────────────────────────────────────────────


def tell_gaps(now):
    """Tell who edits the roster, and the leader, of each gap at each rung, once; an empty week rings every day."""
    posts = list(staffed_posts())
    found = gaps_by_post(posts, now)
    known = set(
        GapNotice.objects.filter(post__in=posts, told_at__gte=now - timedelta(days=40)).values_list(
            "key", flat=True
        )
    )
    for post in posts:
        for hole in found[post.pk]:
            rung = rules.rung_of(hole, now)
            if rung is None:
                continue
            key = rules.gap_key(post.code, hole, rung, timezone.localdate(now))
            if key not in known:
                tell_gap(post, hole, rung, key, now)


def tell_gap(post, hole, rung, key, now):
    """Tell of one gap and write down who was told; both or neither. Where nobody is reachable, the group hears it."""
    words = {"about": post, "now": now, "link": reverse("emergency:duty")}
    words["is_urgent"] = rung <= URGENT_S or hole.is_whole
    told = []
    with transaction.atomic():
        for person in gap_audience(post, now):
            with speaking_to(person):
                texts = {"title": gap_title(post, hole), "text": gap_text(post, hole, now)}
                sent = tell(person, key=f"{key}/{person.pk}", **words, **texts)
            told += [person.name] if sent else []
        if not told:
            texts = {"title": gap_title(post, hole), "text": gap_text(post, hole, now)}
            sent = tell_organisation(post.organisation, key=f"{key}/group", **words, **texts)
            told = [str(message.channel) for message in sent]
        actions.tell_gap(post, by=None, now=now, gap_key=key, hole=hole, ahead_s=rung, told=told)


def gap_audience(post, now):
    """Who hears of a gap: who edits the roster, nearest to the post, and the leaders now on duty there or above."""
    people = [*people_with(Right.DUTY_EDIT, post.organisation), *leaders_of(post, now)]
    return list({one.pk: one for one in people}.values())


def leaders_of(post, now):
    """The leaders now on duty at a post and above it."""
    return [
        one.person
        for where in [post, *find_posts(PostKind.LEADER, post.organisation)]
        for one in on_duty(where, now)
        if one.role == DutyRole.LEADER or where.kind == PostKind.LEADER
    ]


def gap_title(post, hole):
    """What a gap is, in a few words."""
    name = {"post": post.name, "role": DutyRole(hole.role).label}
    if hole.is_whole:
        return _("【无人值班】%(post)s 未来 7 天没有%(role)s") % name
    return _("缺班：%(post)s %(role)s") % name


def gap_text(post, hole, now):
    """When, and what to do."""
    span = {"since": say(hole.since), "until": say(hole.until)}
    has_end = hole.until < now + LOOK
    if hole.is_whole:
        return _("未来 7 天没有排班，预警和来电可能无人接收。请立即编排值班表。")
    if hole.since <= now:
        return _("现在无人值班，至 %(until)s。请立即派人或指派替班。") % span
    if not has_end:
        return _("自 %(since)s 起没有排班。请编排值班表。") % span
    return _("%(since)s 至 %(until)s 无人值班。请补排或指派替班。") % span


# ── handovers ───────────────────────────────────────────────────────────────────────────────────


def tell_late_handovers(now):
    """Tell the watch that came on, and the leader, once, that the handover still lacks its signatures."""
    for line in lines_of(list(staffed_posts()), now, days=1):
        due = line.handover
        if due is None or not due.is_late or (due.row and due.row.on_at):
            continue
        for person in {one.person for one in line.now_on} | set(leaders_of(line.post, now)):
            with speaking_to(person):
                title = _("交接班未完成：%(post)s") % {"post": line.post.name}
                text = _("%(at)s 换班，交接单还没有双方签字。请打开链接补办。") % {"at": say(due.due_at)}
                tell(
                    person, about=line.post, key=f"duty-handover/{line.post.code}/{due.due_at:%Y%m%dT%H%M}",
                    title=title, text=text, now=now, link=line.post.get_absolute_url(),
                )  # fmt: skip


# ── roll-calls ──────────────────────────────────────────────────────────────────────────────────


def plan_calls(now, rng):
    """Draw the next roll-call of each post that has them at random and has none ahead."""
    planned = RollCall.objects.filter(called_at=None).values("post")
    for post in DutyPost.objects.filter(retired_at=None, roll_call_days__gt=0).exclude(pk__in=planned):
        at = rules.draw_call(now, post.roll_call_days, rng)
        actions.plan_roll_call(post, by=None, now=now, planned_at=at)


def tell_called(now):
    """Ring everyone who was called, through the channels by which alarms ring, and write down how many messages went."""
    for change in Change.objects.untaken("emergency.duty_roll_calls", kinds=["duty.call_roll"]):
        with transaction.atomic():
            take(change, taker="emergency.duty_roll_calls", now=now)
            for one in CalledPerson.objects.filter(
                roll_call=change.subject_id, state=CallState.WAITING
            ).select_related("person", "roll_call__post__organisation"):
                actions.note_called(one, by=None, now=now, messages=len(ring(one, now)))


def ring(called, now):
    """The messages to one called person."""
    post, minutes = called.roll_call.post, called.roll_call.within_min
    with speaking_to(called.person):
        title = _("【点名抽查】%(post)s") % {"post": post.name}
        text = _("请在 %(n)d 分钟内应答（%(until)s 前），打开链接点“应答”。") % {
            "n": minutes, "until": f"{timezone.localtime(called.due_at):%H:%M}",
        }  # fmt: skip
        return tell(
            called.person, about=called.roll_call, key=f"duty-call/{called.pk}", title=title, text=text, now=now,
            is_urgent=True, link=called.roll_call.get_absolute_url(), send_by=called.due_at,
        )  # fmt: skip


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


def tell_swaps(now):
    """Tell the one who was asked, and the one who asked what became of it; an assignment is told to both."""
    kinds = ["duty.ask_swap", "duty.assign_swap", "duty.accept_swap", "duty.refuse_swap"]
    for change in Change.objects.untaken("emergency.duty_swaps", kinds=kinds):
        with transaction.atomic():
            take(change, taker="emergency.duty_swaps", now=now)
            if swap := change.subject:
                tell_swap(swap, change, now)


def tell_swap(swap, change, now):
    """Everyone whom the swap concerns, but who did this."""
    for person in {swap.giver, swap.taker, swap.asked_by} - {change.by}:
        with speaking_to(person):
            words = {
                "giver": swap.giver, "taker": swap.taker, "post": swap.post, "since": say(swap.since),
                "until": say(swap.until), "state": SwapState(swap.state).label,
            }  # fmt: skip
            title = _("调班%(state)s：%(post)s") % words
            text = _("%(since)s 至 %(until)s，%(giver)s → %(taker)s。") % words
            tell(
                person, about=swap, key=f"duty-swap/{change.pk}/{person.pk}", title=title, text=text, now=now,
                link=swap.get_absolute_url(), is_urgent=swap.since - now < DAY,
            )  # fmt: skip


# ── sheets ──────────────────────────────────────────────────────────────────────────────────────


def make_sheets(now):
    """At 08:30 the morning summary, on statutory holidays the daily report: once a day and post, told to leaders."""
    local = timezone.localtime(now)
    kinds = []
    if local.time() >= rules.SUMMARY_AT:
        kinds.append((SummaryKind.MORNING, MORNING_KINDS, rules.SUMMARY_AT, None))
    if local.time() >= rules.HOLIDAY_AT and calendar.find_day(local.date(), today=local.date()).is_holiday:
        kinds.append((SummaryKind.HOLIDAY, HOLIDAY_KINDS, rules.HOLIDAY_AT, rules.HOLIDAY_DUE))
    for kind, posts, until, due in kinds:
        made = DutySheet.objects.filter(kind=kind, day=local.date()).values("post")
        end = rules.day_at(local.date(), until, timezone.get_default_timezone_name())
        wanted = DutyPost.objects.filter(retired_at=None, kind__in=posts, since__lt=end).exclude(pk__in=made)
        for post in wanted.select_related("organisation"):
            make_sheet(post, kind, end, due, now)


def make_sheet(post, kind, end, due, now):
    """Draw one sheet from the records of the 24 hours before `end`, and tell the leaders."""
    day, zone = end.date(), timezone.get_default_timezone_name()
    content, is_zero = count_day(post, end - DAY, end)
    with transaction.atomic():
        sheet = actions.make_sheet(
            post, by=None, now=now, kind=kind, day=day, since=end - DAY, until=end, content=content, is_zero=is_zero,
            due_at=rules.day_at(day, due, zone) if due else None,
        ).subject  # fmt: skip
        for person in sheet_audience(post, kind, now):
            with speaking_to(person):
                text = _("没有需要报告的情况。") if is_zero else _("请打开链接查看。")
                title = _("%(kind)s %(day)s：%(post)s") % {
                    "kind": SummaryKind(kind).label,
                    "day": day,
                    "post": post,
                }
                tell(person, about=sheet, key=f"duty-sheet/{sheet.pk}/{person.pk}", title=title, text=text, now=now,
                     link=sheet.get_absolute_url())  # fmt: skip


def sheet_audience(post, kind, now):
    """Leaders on duty at the post and above; a holiday's report also goes to who is on duty, to be signed."""
    found = list(on_duty(post, now))
    people = {one.person.pk: one.person for one in found
              if one.role == DutyRole.LEADER or kind == SummaryKind.HOLIDAY}  # fmt: skip
    for where in find_posts(PostKind.LEADER, post.organisation):
        people |= {one.person.pk: one.person for one in on_duty(where, now)}
    return list(people.values())


def say(moment):
    """A moment as people read it."""
    return f"{timezone.localtime(moment):%m-%d %H:%M}"


def speaking_to(person):
    """The language of a person, for what is told to him."""
    return translation.override(person.language or "zh-hans")
