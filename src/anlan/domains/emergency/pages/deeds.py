"""One page for every deed: what is asked, the action, the sentence afterwards. A deed is a row of a table."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import queries
from anlan.kit.pages import attempt


@dataclass(frozen=True)
class Deed:
    """What may be done with a row: its verb on the button, its action, its form, what is said when it is done.

    `lead` stands above the form; `to` says where to go (the change's subject where None); `own`: whoever it concerns
    may do it, not only who runs the incident.
    """

    verb: object
    act: object
    form: type
    said: object
    lead: object = ""
    danger: bool = False
    right: str = Right.INCIDENTS_RUN
    own: bool = False
    words: tuple = ()
    leads_to: object = None
    template: str = "emergency/deed.html"

    def is_open_to(self, person, row):
        """Whether its button is shown."""
        return person.may(self.right, row.organisation) or (self.own and concerns(row, person))


def concerns(row, person):
    """Whether a row is addressed to this person, or to the organisation for which he answers."""
    organisation = getattr(row, "to", None) or getattr(row, "team_organisation", None)
    return getattr(row, "to_person_id", None) == person.pk or queries.belongs_to(person, organisation)


def show_deed(request, row, deeds, name, *, back, crumbs=(), **context):
    """Ask on GET, act on POST; a 404 for a deed that is not in the table."""
    deed = deeds.get(name)
    if deed is None:
        raise Http404(f"no deed {name!r}")
    form = deed.form(request.POST if request.method == "POST" else None, row=row, person=request.user)
    if change := attempt(form, deed.act, row, by=request.user, **dict(deed.words)):
        messages.success(request, deed.said)
        return redirect(deed.leads_to(change) if deed.leads_to else back)
    asks = {"title": deed.verb, "lead": deed.lead, "verb": deed.verb, "danger": deed.danger, "form": form}
    shown = {"row": row, "cancel_url": back, "crumbs": list(crumbs)}
    return render(request, deed.template, asks | shown | context)


def buttons(deeds, names, person, row):
    """[(name, Deed)] of those named that this person may do."""
    return [(name, deeds[name]) for name in names if name in deeds and deeds[name].is_open_to(person, row)]
