"""Who may open what, and change what, of statements and of what hangs on a major hazard; people as in test_permissions."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.models import Hazard, Statement, StopOrder, Telling
from anlan.domains.hazards.rules.statements import digest_of, ended_spans
from anlan.domains.hazards.tests.test_permissions import PEOPLE, READ, RECTIFIES, WATCHES, sign_in, walk
from anlan.kit.models import Change

ALL = "200 200 200 200 302"
SIGNS = "404 404 404 302* 302"
ADDRESSES = {
    "statements": (ALL, READ),
    "statement_draw": ("404 200 200 200 302", "404 302* 302* 302* 302"),
    "statement": ("200 404 404 200 302", READ),
    "statement_sign": ("404 404 404 302 302", SIGNS),
    "statement_redraw": WATCHES,
    "statement_correct": WATCHES,
    "board": (ALL, READ),
    "tell": RECTIFIES,
    "stop_add": WATCHES,
    "stop_step": RECTIFIES,
    "publish": (READ, SIGNS),
}
STOP = {"scope": "part", "what": "二层厨房", "decision_number": "示例决〔2026〕1号"}


def written():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Hazard, Statement, Telling, StopOrder, Change)
    ]


def prepare(town, name, who):
    """(arguments of the address, what is posted) of what stands ready for a page."""
    now, today = timezone.now(), timezone.localdate()
    boss = {"by": town.boss, "now": now}
    if name in ("statements", "board"):
        return [], {}
    if name == "statement_draw":
        home = getattr(getattr(town, who, None), "organisation_id", "")
        return [], {"organisation": home, "scope": "unit", "span": ended_spans(today)[0].name}
    if name.startswith("statement"):
        span = ended_spans(today)[0].name
        row = actions.draw_statement(town.TRADE, **boss, scope="watched", span=span).subject
        digest = digest_of(queries.words_of_statement(row))
        if name == "statement_correct":
            actions.sign_statement(row, **boss, post="区长", digest=digest)
        words = {
            "statement_sign": {"post": "主任", "digest": digest, "is_checked": "on"},
            "statement_correct": {"why": "漏"},
        }
        return [row.pk], words.get(name, {"why": "核对"})
    row = walk(town, "accept major order")
    if name == "publish":
        actions.list_hazard(row, **boss, listed_until=today + timedelta(days=9))
        return [row.pk], {"publish": "yes"}
    if name == "stop_step":
        actions.order_stop(row, **boss, **STOP)
        return [queries.open_stop(row).pk, "apply"], {"why": "已拆除"}
    told = {"audience": "workers", "means": "meeting", "told_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"}
    Hazard.objects.filter(pk=row.pk).update(reported_at=now - timedelta(hours=1))
    return [row.pk], told if name == "tell" else STOP


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, name, alone):
    for at, who in alone(PEOPLE):
        known, posted = prepare(town, name, who)
        getting, posting = ADDRESSES[name]
        sign_in(client, town, who)
        address, before = reverse(f"hazards:{name}", args=known), written()
        assert f"{client.get(address).status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, posted)
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who


def test_a_step_that_is_none_is_not_found(client, town):
    known, posted = prepare(town, "stop_step", "clerk")
    sign_in(client, town, "clerk")
    for step in ("vanish", "consent"):
        assert client.post(reverse("hazards:stop_step", args=[known[0], step]), posted).status_code == 404
