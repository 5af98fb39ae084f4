"""Who may open what, and change what, of the public's reports and of cases; people as in test_permissions."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anlan.domains.hazards import actions
from anlan.domains.hazards.models import (
    CaseResult,
    Evidence,
    Hazard,
    IncomingCase,
    PublicReport,
    ReporterContact,
)
from anlan.domains.hazards.tests.conftest import picture
from anlan.domains.hazards.tests.test_permissions import PEOPLE, READ, WATCHES, sign_in
from anlan.kit.models import Change

ALL = "200 200 200 200 302"
CHANGES = "404 404 404 302* 302"
ADDRESSES = {
    "public": (ALL, READ),
    "public_clear": (READ, CHANGES),
    "public_contact": ("404 404 404 200 302", "404 404 404 200* 302"),
    "public_forget": ("404 404 404 200 302", CHANGES),
    "public_show": (READ, CHANGES),
    "cases": (ALL, READ),
    "case_import": ("404 200 404 200 302", "404 200 404 200 302"),
    "case_template": ("404 200 404 200 302", READ),
    "cases_withdraw": ("404 200 404 200 302", "404 200 404 302* 302"),
    "case_results": (ALL, READ),
    "case_push": (READ, "404 404 404 302 302"),  # no push is laid down: said, nothing written
    "case_receipt": WATCHES,
    "case": ("200 404 404 200 302", READ),
    "case_step": WATCHES,
}


def written():
    models = (Hazard, Evidence, PublicReport, ReporterContact, IncomingCase, CaseResult, Change)
    return [list(model.objects.order_by("pk").values()) for model in models]


def reported(town, now):
    """A suspicious report with a contact, about which the shop showed a photo of after."""
    actions.report_publicly(
        town.TRADE, by=None, now=now, code="2222-3333-4444-5555", what="通道堆物很多", kind="exits", address="示例路",
        phone="13800000000", suspicions=["fast"],
    )  # fmt: skip
    row = Hazard.objects.get()
    Hazard.objects.filter(pk=row.pk).update(state="graded", responsible=town.SHOP)
    row.refresh_from_db()
    actions.keep_evidence(row, by=town.keeper, now=now, stage="after", name="a.png", body=picture())
    Hazard.objects.filter(pk=row.pk).update(state="reported")
    return row


def handed_in(town, now, number):
    words = {"channel": "grid", "number": number, "text": "灭火器过期", "received_at": now}
    return actions.hand_in_case(town.TRADE, by=None, now=now, **words).subject


def prepare(town, name):
    """(arguments of the address, what is posted)."""
    now = timezone.now()
    hazard, waits, back = reported(town, now), handed_in(town, now, "W-1"), handed_in(town, now, "W-2")
    actions.return_case(back, by=town.boss, now=now, why="不属本单位")
    known = {
        "public_show": [Evidence.objects.get().pk], "case": [waits.pk], "case_step": [waits.pk, "return"],
        "case_push": [back.results.get().pk], "case_receipt": [back.results.get().pk],
    }  # fmt: skip
    upload = SimpleUploadedFile(
        "a.csv", "渠道,案件编号,案件内容,渠道受理时间\n网格,W-9,漏电,2026-11-24 09:00\n".encode()
    )
    posted = {
        "public_contact": {"why": "核实"}, "public_show": {"is_public": "yes"}, "case_receipt": {"receipt": "R-1"},
        "case_step": {"why": "不属本单位"}, "case_import": {"body": upload},
        "cases_withdraw": {"cases": [waits.pk], "why": "递送有误"},
    }  # fmt: skip
    is_of_hazard = name.startswith("public_")
    return known.get(name, [hazard.pk] if is_of_hazard else []), posted.get(name, {})


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, name, alone):
    for at, who in alone(PEOPLE):
        known, posted = prepare(town, name)
        sign_in(client, town, who)
        address, before = reverse(f"hazards:{name}", args=known), written()
        getting, posting = (one.split()[at] for one in ADDRESSES[name])
        answer = client.get(address)
        assert f"{answer.status_code}" == getting and written() == before
        answer = client.post(address, posted)
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting, who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")


@pytest.mark.parametrize("step", ["take", "return", "transfer", "withdraw"])
def test_each_step_with_a_case_is_the_offices_own(client, town, step):
    case = handed_in(town, timezone.now(), "W-1")
    address = reverse("hazards:case_step", args=[case.pk, step])
    for who, status in (("guest", 404), ("other", 404), ("clerk", 200)):
        sign_in(client, town, who)
        assert client.get(address).status_code == status
    words = {"kind": "fire", "why": "试", "organisation": town.STREET.pk}
    assert client.post(address, words).status_code == 302
    case.refresh_from_db()
    moved = case.organisation == town.STREET if step == "transfer" else case.state != "waiting"
    assert moved
