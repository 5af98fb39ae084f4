"""The board of alarms, and one alarm with its buttons."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.pages.files import files_of
from anlan.domains.emergency.pages.story import tell_story
from anlan.domains.emergency.queries.ladder_view import draw_ladder
from anlan.domains.emergency.rules.alarms import may_step
from anlan.domains.emergency.rules.answers import NEXT_LOOK_MIN
from anlan.domains.emergency.terms import GATED, LIVE, AlarmState, Deed, Measure
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.templatetags.look import spoken

BOARD = [{"label": _("预警处置"), "url": reverse_lazy("emergency:alarms")}]
ABOVE_NONE = [choice for choice in WarningLevel.choices if choice[0] != WarningLevel.NONE]
MEASURES_SHOWN = 6  # large buttons on the page (look.md: "six large measures"); the others follow, smaller
FIRST_MEASURES = (
    Measure.ACKNOWLEDGE, Measure.SEND_PEOPLE, Measure.LIMIT_INFLOW, Measure.BATCHES, Measure.REPORT_UP,
    Measure.ASK_JUDGEMENT,
)  # fmt: skip
STORY_SHOWN = 200
ANY = ("", _("全部"))


# ── the board ───────────────────────────────────────────────────────────────────────────────────


class AlarmFilter(SearchForm):
    """Filters of the board; without any it shows what is open."""

    level = forms.ChoiceField(label=_("等级"), required=False, choices=[ANY, *ABOVE_NONE])
    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[("", _("未解除")), ("all", _("全部")), *AlarmState.choices],
    )  # fmt: skip
    place = forms.CharField(label=_("场所编号"), required=False, max_length=64)
    agency = forms.ChoiceField(label=_("联动单位"), required=False, choices=lambda: name_agencies())
    scene = forms.ChoiceField(label=_("场景"), required=False, choices=lambda: name_scenes())
    unanswered = forms.BooleanField(label=_("只看未签收"), required=False)

    def narrow(self, queryset, values):
        """By level, state, place, agency; with an agency "unanswered" means that this agency has not answered."""
        state = values.get("state", "")
        if not state:
            queryset = queryset.filter(lifted_at=None)
        elif state != "all":
            queryset = queryset.filter(state=state)
        asked = {"level": "level", "place": "space_code"}
        queryset = queryset.filter(**{name: values[key] for key, name in asked.items() if values.get(key)})
        agency = {"agencies__agency": values["agency"]} if values.get("agency") else {}
        if values.get("unanswered"):
            agency |= {"agencies__acknowledged_at": None} if agency else {"answered_at": None}
            queryset = queryset.filter(lifted_at=None)
        return queryset.filter(**agency)


def name_agencies():
    """The agencies by name."""
    return [ANY, *((str(row.pk), row.name) for row in queries.agencies())]


def name_scenes():
    """The scenes that have alarms; the live one has no name in the address."""
    return [("", _("实时")), *((name, name) for name in queries.scenes_with_alarms()[1:])]


def say_agencies(alarm):
    """The agencies with ✓ or –: 公安 ✓ 消防 –."""
    told = (f"{row.agency.name}\xa0{'✓' if row.acknowledged_at else '–'}" for row in alarm.agencies.all())
    return "  ".join(told)


class AlarmListing(Listing):
    """Alarms, open ones first, the worst on top, then those that nobody has answered."""

    title = _("预警处置")
    columns = [
        Column("title", _("地点"), sort="title"),
        Column("level", _("等级"), "level", sort="rank"),
        Column("standing", _("状态"), "badge", sort="state"),
        Column("reason", _("原因"), "sentence", value=lambda row: spoken(row.reason)),
        Column("agencies", _("联动单位"), value=say_agencies),
        Column("round_at", _("本轮开始"), "time", sort="round_at"),
        Column("answered_at", _("签收时间"), "time", sort="answered_at"),
        Column("next_look_at", _("下次查看"), "time", sort="next_look_at"),
        Column("repeats", _("重复"), "number", sort="repeats"),
        Column("organisation", _("责任单位"), sort="organisation__name"),
        Column("origin", _("来源"), "badge", value=lambda row: row.get_origin_display()),
        Column("number", _("编号"), sort="number"),
    ]
    filters = AlarmFilter
    searched = ["title", "number", "space_code"]
    empty_text = _("没有待处置的预警处置单。客流升级或人工上报时，会列在这里。")
    file_name = "alarms"
    template = "emergency/alarms.html"

    def geometry(self, row):
        """Where the place is."""
        place = row.place
        if place is None or place.lon is None or place.lat is None:
            return None
        return {"type": "Point", "coordinates": [place.lon, place.lat]}


def asked_scene(request):
    """The scene that the address names, if it has alarms; else the live one."""
    asked = request.GET.get("scene", "")
    return asked if asked and asked in queries.scenes_with_alarms() else LIVE


def banner_of(scene):
    """What the page's banner says of a scene; None for the live one."""
    kind, _colon, name = scene.partition(":")
    return None if scene == LIVE else {"kind": kind, "title": name}


@require_safe
def alarms(request):
    """The board."""
    scene, person = asked_scene(request), request.user
    seen = queries.visible_alarms(person, scene)
    rows = queries.board_order(queries.with_agencies(seen))
    counted = queries.count_alarms(seen, timezone.now())
    may_file = person.may(Right.ALARMS_ANSWER)
    listing = AlarmListing(
        request, rows, scene=banner_of(scene), open_count=counted["open"],
        waiting_count=counted["waiting"], may_answer=may_file,
        mute_count=counted["muted"],
    )  # fmt: skip
    if may_file:
        listing.bulk = [{"label": _("归档"), "name": "file", "url": reverse("emergency:alarms_file")}]
    return listing.respond()


@require_POST
def file_picked(request):
    """File the picked alarms that are lifted; the others are named as refused."""
    picked = [int(pk) for pk in request.POST.getlist("picked") if pk.isdecimal()][:100]
    filed, refusals = 0, []
    for row in Alarm.objects.filter(pk__in=picked):
        try:
            actions.file_alarm(seen_or_404(request, row.pk), by=request.user, now=timezone.now())
            filed += 1
        except Refused as refusal:
            refusals.append(f"{row.number} {refusal}")
    if filed:
        messages.success(request, ngettext("已归档 %(n)d 张。", "已归档 %(n)d 张。", filed) % {"n": filed})
    for text in refusals[:5]:
        messages.warning(request, text)
    return redirect("emergency:alarms")


# ── one alarm ───────────────────────────────────────────────────────────────────────────────────


def seen_or_404(request, pk):
    """The alarm of this number that the reader sees."""
    row = queries.find_alarm(request.user, pk)
    if row is None:
        raise Http404
    return row


@require_safe
def alarm(request, pk):
    """One alarm: level and reason on top, the countdown, the measures, then the rest."""
    row = seen_or_404(request, pk)
    return draw_alarm(request, row)


def draw_alarm(request, row, *, answer_form=None, status=200):
    """The alarm's page; `answer_form` is one that was refused, drawn again with its reason."""
    is_replay = row.scene.startswith("replay:")  # its times are told from its own last moment, no clock runs
    person, now = request.user, row.changed_at if is_replay else timezone.now()
    party = queries.party_of(person, row) if row.is_open else None
    measures = (
        order_measures(queries.measures_for(person, row.place, timezone.localdate(now))) if party else []
    )
    agencies = list(queries.agencies_of(row))
    return render(request, "emergency/alarm.html", {
        "title": row.title, "alarm": row, "crumbs": BOARD, "scene": banner_of(row.scene), "party": party,
        "gated": GATED, "measures": measures[:MEASURES_SHOWN], "more_measures": measures[MEASURES_SHOWN:],
        "answer_form": answer_form, "seen": queries.seen_of(row), "agencies": agencies,
        "outside": list(queries.agencies_outside(row)) if party else [],
        "waiting": [one for one in agencies if not one.acknowledged_at],
        "next_look_min": NEXT_LOOK_MIN.get(row.level, 30), "answers": list(queries.answers_of(row)),
        "judgements": list(queries.judgements_of(row)), "incidents": queries.incidents_of(row), "siblings": list(queries.siblings_of(row)[:10]),
        "story": tell_story(row)[::-1][:STORY_SHOWN], "deeds": deeds_of(row, person), "now": now, "is_replay": is_replay,
        "spaces": sorted(row.spaces.items()) if len(row.spaces) > 1 else [],
        "ladder": draw_ladder(row, now, may_jump=party is not None),
    } | files_of(row, person), status=status)  # fmt: skip


def order_measures(choices):
    """The measures in the order of their buttons: the six first ones, then the rest, false alarm last."""
    first = {measure: at for at, measure in enumerate(FIRST_MEASURES)}
    return sorted(choices, key=lambda one: (first.get(one.measure, 50), one.measure == Measure.FALSE_ALARM))


def deeds_of(row, person):
    """{what the page offers: whether}: the table has the step and the reader holds the right."""
    may_answer = person.may(Right.ALARMS_ANSWER, row.organisation)
    may_judge = person.may(Right.ALARMS_JUDGE, row.organisation)
    return {
        "incident": row.is_open and person.may(Right.INCIDENTS_RUN, row.organisation),
        "check": may_answer and may_step(row.state, Deed.CHECK), "verify": may_answer and row.is_open,
        "grade": may_answer and row.is_open, "note": may_answer,
        "ease": may_answer and not row.spaces and may_step(row.state, Deed.EASE),
        "judge": may_judge and row.is_open, "lift": may_judge and may_step(row.state, Deed.LIFT),
        "reopen": may_judge and may_step(row.state, Deed.REOPEN),
        "file": may_answer and may_step(row.state, Deed.FILE),
    }  # fmt: skip
