"""What enterprises ask to be updated in their own record, and what the supervisor answers."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.actions.register import edit_enterprise
from anlan.domains.enterprises.models import UpdateRequest
from anlan.domains.enterprises.queries.register import is_own, typed_values
from anlan.domains.enterprises.rules.register import check_request, mask_private
from anlan.domains.enterprises.terms import Refusal, RequestState
from anlan.kit.actions import action, check, done, note, plain


@action("enterprises.ask_update", label=_("企业申请更新档案"))
def ask_update(enterprise, *, by, now, asked):
    """Ask for fields of one's own enterprise ({name: value}) to be updated; the supervisor accepts or refuses.

    Raises Refused for another's enterprise, a field that is not the enterprise's to change, and while a request waits.
    """
    check(None if is_own(by, enterprise) else Refusal.NOT_YOURS)
    check(None if enterprise.is_active else Refusal.NOT_ACTIVE)
    waits = enterprise.requests.filter(state=RequestState.ASKED)
    check(Refusal.REQUEST_OPEN if waits.exists() else None)
    known = {name: getattr(enterprise, name, None) for name in asked}
    check(check_request(asked, known))
    differing = {name: plain(value) for name, value in asked.items() if value != known[name]}
    row = UpdateRequest.objects.create(
        enterprise=enterprise, asked=differing, known={name: known[name] for name in differing}, asked_by=by,
        asked_at=now,
    )  # fmt: skip
    return done(row, after={"asked": mask_private(differing)})


@action("enterprises.accept_request", may=Right.ENTERPRISES_EDIT, label=_("采纳企业更新申请"))
def accept_request(request, *, by, now):
    """Update the enterprise as it asked, and say so."""
    before = answer(request, RequestState.ACCEPTED, by, now)
    edit_enterprise(request.enterprise, by=by, now=now, **typed_values(request.asked))
    return done(request, before=before)


@action("enterprises.refuse_request", may=Right.ENTERPRISES_EDIT, label=_("不予采纳企业更新申请"))
def refuse_request(request, *, by, now, why):
    """Leave the record as it is, and say why."""
    check(None if why.strip() else Refusal.NO_REASON)
    before = answer(request, RequestState.REFUSED, by, now, why.strip())
    return done(request, before=before)


@action("enterprises.withdraw_request", label=_("撤回更新申请"))
def withdraw_request(request, *, by, now):
    """Take one's own request back."""
    check(None if is_own(by, request.enterprise) else Refusal.NOT_YOURS)
    before = answer(request, RequestState.REFUSED, by, now, str(_("企业撤回")))
    return done(request, before=before)


def answer(request, state, by, now, reason=""):
    """Give a waiting request its answer; returns what stood before."""
    check(None if request.state == RequestState.ASKED else Refusal.REQUEST_DONE)
    before = note(request, "state", "reason")
    request.state, request.reason, request.answered_by, request.answered_at = state, reason, by, now
    request.save()
    return before
