"""我的事项: what is the reader's to do, as his daily digest would tell it, and how he wants that digest."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.kit import digests, followups, outbox
from anlan.kit.pages import attempt
from anlan.site.matters import CONTRIBUTORS


class WishForm(forms.Form):
    """Whether, when, and on which days."""

    is_on = forms.BooleanField(label=_("发送每日汇总"), required=False)
    at = forms.TimeField(
        label=_("发送时间"), widget=forms.TimeInput(attrs={"type": "time", "min": "06:00", "max": "20:59"}, format="%H:%M"),
        help_text=_("06:00 至 21:00 之间；没有事项的日子不发送。预警另行通知，不受此影响。"),
    )  # fmt: skip
    on_rest_days = forms.BooleanField(label=_("休息日也发送"), required=False)


def matters(request):
    """What is to be done, and the digest's settings; kept by a POST."""
    person, now = request.user, timezone.now()
    wish = digests.wish_of(person)
    first = {"is_on": wish.is_on, "at": wish.at, "on_rest_days": wish.on_rest_days}
    form = WishForm(request.POST or None, initial=first)
    if request.method == "POST" and attempt(form, digests.choose_digest, person, by=person):
        messages.success(request, _("已保存。"))
        return redirect("site:matters")
    context = {
        "title": _("我的事项"), "form": form, "parts": digests.compose(person, CONTRIBUTORS, now=now, wish=wish, since=now - digests.NEW_FOR),
        "open_count": followups.mine(person).count(), "last": digests.last_digest(person),
        "is_reachable": outbox.reach(person).is_reachable,
    }  # fmt: skip
    return render(request, "site/matters.html", context)
