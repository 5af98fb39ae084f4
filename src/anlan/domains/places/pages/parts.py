"""Forms for the zones and entrances of a place."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from anlan.domains.places import actions
from anlan.domains.places.actions.parts import ENTRANCE_WORDS, ZONE_WORDS
from anlan.domains.places.pages.forms import EntranceForm, EntranceStateForm, ZoneForm
from anlan.domains.places.pages.register import address_of, draw_form, find_kept
from anlan.kit.pages import attempt, confirm


def add_zone(request, code):
    """A new zone of a place."""
    place = find_kept(request, code)
    form = ZoneForm(request.POST or None)
    if change := attempt(form, actions.add_zone, place, by=request.user):
        messages.success(request, _("区域“%(name)s”已新增。") % {"name": change.subject.name})
        return redirect(address_of(place))
    return draw_form(request, place, form, title=_("新增区域"), verb=_("新增区域"))


def edit_zone(request, code, part):
    """Other words for a zone."""
    place, zone = find_part(request, code, "zones", part)
    form = ZoneForm(request.POST or None, initial={name: getattr(zone, name) for name in ZONE_WORDS})
    if attempt(form, actions.edit_zone, zone, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect(address_of(place))
    return draw_form(request, place, form, title=_("修改区域"), verb=_("保存修改"))


def remove_zone(request, code, part):
    """Remove a zone."""
    place, zone = find_part(request, code, "zones", part)
    return confirm(
        request, actions.remove_zone, zone, title=_("删除区域"), verb=_("删除区域"), back=address_of(place),
        question=_("删除“%(name)s”？") % {"name": zone}, said=_("区域已删除。"),
    )  # fmt: skip


def add_entrance(request, code):
    """A new entrance of a place."""
    place = find_kept(request, code)
    form = EntranceForm(request.POST or None, place=place)
    if change := attempt(form, actions.add_entrance, place, by=request.user):
        messages.success(request, _("出入口“%(name)s”已新增。") % {"name": change.subject.name})
        return redirect(address_of(place))
    return draw_form(request, place, form, title=_("新增出入口"), verb=_("新增出入口"))


def edit_entrance(request, code, part):
    """Other words for an entrance."""
    place, entrance = find_part(request, code, "entrances", part)
    words = {name: getattr(entrance, name) for name in ENTRANCE_WORDS}
    form = EntranceForm(request.POST or None, place=place, initial=words)
    if attempt(form, actions.edit_entrance, entrance, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect(address_of(place))
    return draw_form(request, place, form, title=_("修改出入口"), verb=_("保存修改"))


def set_entrance_state(request, code, part):
    """What an entrance lets through."""
    place = find_kept(request, code)
    entrance = get_object_or_404(place.entrances, code=part)
    words = {"state": entrance.state, "why": entrance.state_reason, "until": entrance.state_until}
    form = EntranceStateForm(request.POST or None, initial=words)
    if attempt(form, actions.set_entrance_state, entrance, by=request.user):
        messages.success(
            request,
            _("“%(name)s”现为：%(state)s。") % {"name": entrance.name, "state": entrance.get_state_display()},
        )
        return redirect(address_of(place))
    lead = _("任何措施都不得阻断离开：须始终保留可以出人的出入口；疏散时所有出入口放人离开。")
    return draw_form(
        request, place, form, title=f"{entrance.name} · {_('出入口状态')}", verb=_("设为此状态"), lead=lead
    )


def remove_entrance(request, code, part):
    """Remove an entrance."""
    place, entrance = find_part(request, code, "entrances", part)
    return confirm(
        request, actions.remove_entrance, entrance, title=_("删除出入口"), verb=_("删除出入口"), back=address_of(place),
        question=_("删除“%(name)s”？") % {"name": entrance}, said=_("出入口已删除。"),
    )  # fmt: skip


def find_part(request, code, kind, part):
    """The place whose parts the reader keeps, and its zone or entrance of this code. Raises Http404."""
    place = find_kept(request, code)
    return place, get_object_or_404(getattr(place, kind), code=part)
