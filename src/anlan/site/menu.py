"""What every page's shell shows: the menu, the district's name, and what the search box asks."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts import queries as organisations
from anlan.domains.accounts.terms import Right
from anlan.site.demo.crowds import is_wanted


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `right` hides it from those who lack it."""

    label: object
    name: str
    icon: str
    right: str = Right.VIEW


MENU = [
    (_("值守与处置"), [
        Entry(_("城市安全运行总览"), "site:home", "layout-dashboard"),
        Entry(_("态势大屏"), "site:wall", "device-desktop"),
        Entry(_("我的事项"), "site:matters", "clipboard-check"),
        Entry(_("预警处置"), "emergency:alarms", "bell-ringing"),
        Entry(_("突发事件"), "emergency:incidents", "alert-octagon"),
        Entry(_("来电登记"), "emergency:calls", "inbox"),
        Entry(_("值班值守"), "emergency:duty", "calendar"),
        Entry(_("应急联动"), "emergency:agencies", "users-group"),
        Entry(_("跟踪事项"), "kit:follow_ups", "checklist"),
        Entry(_("日历"), "site:calendar", "calendar"),
    ]),
    (_("监测预警"), [
        Entry(_("客流监测"), "crowd:sensors", "broadcast"),
        Entry(_("客流预警记录"), "crowd:warnings", "bell"),
        Entry(_("巡逻"), "crowd:patrols", "walk"),
        Entry(_("移动巡查"), "field:shell", "map-pin"),
        Entry(_("移动巡查记录"), "field:arrived", "inbox"),
        Entry(_("活动预计到达"), "crowd:arrivals", "users-group"),
        Entry(_("预警阈值"), "crowd:all_thresholds", "adjustments"),
        Entry(_("阈值回测"), "crowd:backtests", "history", Right.THRESHOLDS_EDIT),
        Entry(_("预警成效"), "crowd:skill", "chart-line"),
        Entry(_("监测覆盖"), "crowd:coverage", "target"),
        Entry(_("待识别报文"), "crowd:quarantine", "inbox"),
    ]),
    (_("信息与通知"), [
        Entry(_("信息发布"), "notices:notices", "speakerphone"),
        Entry(_("避险须知"), "notices:templates", "info-circle"),
        Entry(_("电子屏"), "notices:displays", "device-tv"),
        Entry(_("外部预警"), "notices:bulletins", "world"),
        Entry(_("发送渠道"), "kit:channels", "speakerphone"),
        Entry(_("发件箱"), "kit:messages", "list"),
    ]),
    (_("场所管理"), [
        Entry(_("大人流场所"), "places:places", "building-community"),
        Entry(_("承载量核定"), "places:progress", "checklist"),
        Entry(_("轨交线路"), "places:lines", "train"),
        Entry(_("批量导入"), "places:imports", "upload", Right.PLACES_EDIT),
    ]),
    (_("来件"), [
        Entry(_("公众上报"), "hazards:public", "inbox"),
        Entry(_("网格与12345案件"), "hazards:cases", "clipboard-list"),
        Entry(_("案件办理结果"), "hazards:case_results", "history"),
    ]),
    (_("隐患排查治理"), [
        Entry(_("隐患清单"), "hazards:hazards", "alert-triangle"),
        Entry(_("上报隐患"), "hazards:report", "plus", Right.HAZARDS_REPORT),
        Entry(_("挂牌督办"), "hazards:board", "alert-octagon"),
        Entry(_("隐患统计表"), "hazards:statements", "clipboard-list"),
        Entry(_("三类问题研判"), "hazards:patterns", "trending-up"),
        Entry(_("隐患率"), "hazards:rates", "chart-line"),
        Entry(_("安全自查"), "hazards:checks", "checklist"),
        Entry(_("自查清单"), "hazards:checklists", "clipboard-check"),
        Entry(_("责任单位链接"), "hazards:links", "link", Right.CHECKS_EDIT),
        Entry(_("我的单位"), "hazards:keepers", "building", Right.HAZARDS_REPORT),
    ]),
    (_("风险防控"), [
        Entry(_("安全风险分布图"), "riskmap:map", "map-2"),
        Entry(_("风险点"), "riskmap:points", "map-pin"),
        Entry(_("风险分表"), "riskmap:sheets", "checklist"),
    ]),
    (_("企业与责任"), [
        Entry(_("企业一户一档"), "enterprises:enterprises", "building-community"),
        Entry(_("许可证"), "enterprises:licences", "file-text"),
        Entry(_("安全承诺"), "enterprises:pledges", "shield-check"),
        Entry(_("企业更新申请"), "enterprises:requests", "inbox", Right.ENTERPRISES_EDIT),
        Entry(_("企业批量导入"), "enterprises:imports", "upload", Right.ENTERPRISES_EDIT),
        Entry(_("我的企业"), "enterprises:own", "users"),
    ]),
    (_("文书与规则"), [
        Entry(_("文书"), "kit:documents", "file-text"),
        Entry(_("规则库"), "site:rulebook", "clipboard-list"),
        Entry(_("规则表"), "kit:tables", "table"),
    ]),
    (_("机构与系统"), [
        Entry(_("组织机构"), "accounts:organisations", "hierarchy-2"),
        Entry(_("人员"), "accounts:people", "users", Right.ACCOUNTS_MANAGE),
        Entry(pgettext_lazy("many", "角色"), "accounts:roles", "shield-check", Right.ACCOUNTS_MANAGE),
        Entry(_("设备凭证"), "accounts:credentials", "key", Right.ACCOUNTS_MANAGE),
        Entry(_("大屏令牌"), "accounts:screens", "cast", Right.ACCOUNTS_MANAGE),
        Entry(_("接口令牌"), "accounts:accesses", "key", Right.ACCOUNTS_MANAGE),
        Entry(_("变更记录"), "kit:changes", "history"),
        Entry(_("后台任务"), "kit:jobs", "progress"),
        Entry(_("系统状态"), "site:status", "heartbeat", Right.ACCOUNTS_MANAGE),
    ]),
]  # fmt: skip


def shell(request):
    """Context of kit/base.html."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    return {
        "menu": menu_of(person, request.path) if signed_in else [],
        "district": district_name(),
        "is_demo": is_wanted(settings.DATA),
        "home_url": reverse("site:home"),
        "search_url": reverse("site:search") if signed_in else "",
        "sign_out_url": reverse("accounts:sign_out"),
        "contacts_url": reverse("kit:contacts"),
        "password_url": reverse("accounts:change_password"),
    }


def menu_of(person, path):
    """The groups of entries that `person` may open; the one whose address is the longest start of `path` is active.

    What a duty officer needs (the first group) is always unfolded, and so is the group that the reader is in.
    """
    groups = []
    for label, entries in MENU:
        shown = [entry for entry in entries if person.may(entry.right)]
        groups.append({"label": label, "entries": [describe(entry) for entry in shown]})
    every = [entry for group in groups for entry in group["entries"]]
    here = max(
        (entry for entry in every if path.startswith(entry["url"])), key=lambda e: len(e["url"]), default=None
    )
    if here is not None and (here["url"] != "/" or path == "/"):
        here["active"] = True
    for at, group in enumerate(groups):
        group["open"] = at == 0 or any(entry["active"] for entry in group["entries"])
    return [group for group in groups if group["entries"]]


def describe(entry):
    return {"label": entry.label, "url": reverse(entry.name), "icon": entry.icon, "active": False}


def district_name():
    """The district's name: the setting, else the organisation at the top."""
    if settings.DISTRICT:
        return settings.DISTRICT
    root = organisations.root()
    return root.name if root else ""
