"""Several people and workers at one moment: numbers stay apart, one step is taken once, one key is told once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from anlan.domains.emergency import actions
from anlan.domains.emergency.models import CaseNumber, Incident, Order
from anlan.domains.emergency.tests.incident_town import NOW, after, build, open_one
from anlan.domains.emergency.workers import incidents as workers
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Channel, Contact, Message

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run these beside each other; what each gave, or its refusal."""
    gate = threading.Barrier(len(works))

    def stubbornly(work):
        gate.wait()
        try:
            for _again in range(400):
                try:
                    return work()
                except Refused as refusal:
                    return str(refusal)
                except (
                    OperationalError
                ):  # the small test database is locked: whoever is refused so tries again
                    time.sleep(0.005)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(stubbornly, works))


def test_two_who_open_at_once_get_two_numbers():
    town = build()
    at_once(*[lambda n=n: open_one(town, title=f"第{n}起") for n in range(4)])
    assert sorted(one.number for one in Incident.objects.all()) == [f"2026-000{n}" for n in range(1, 5)]


def test_of_two_who_claim_one_case_number_one_is_told():
    town = build()
    gave = at_once(*[lambda: open_one(town, case_kind="110", case_number="7001")] * 2)
    assert sum(isinstance(one, str) and "已属于突发事件" in one for one in gave) == 1
    assert CaseNumber.objects.count() == Incident.objects.count() == 1


def test_of_two_who_grade_one_wins_and_the_other_is_told():
    town = build()
    incident = open_one(town)
    gave = at_once(*[
        lambda level=level: actions.grade_incident(incident, by=town.officer, now=NOW, level=level)
        for level in ("II", "IV")
    ])  # fmt: skip
    assert sum(isinstance(one, str) and "不能初步定级" in one for one in gave) == 1
    assert Change.objects.filter(what="emergency.grade_incident").count() == 1


def test_orders_at_one_moment_get_serials_of_their_own():
    town = build()
    incident = open_one(town)
    at_once(*[
        lambda: actions.issue_order(incident, by=town.officer, now=NOW, text="令", receiver="甲")
    ] * 4)  # fmt: skip
    assert sorted(Order.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]


def test_workers_beside_each_other_tell_once():
    town = build()
    channel = Channel.objects.create(
        code="mail", kind="email", name="邮件", organisation=town.top, settings={}
    )
    Contact.objects.create(person=town.officer, channel=channel, address="a@example.org", order=1)
    actions.start_check(open_one(town), by=town.officer, now=NOW, team="一组", people=8, every_min=10)
    at_once(*[lambda: [sweep.run(after(16)) for sweep in workers.sweeps()]] * 3)
    assert Change.objects.filter(what="emergency.miss_check").count() == 1
    assert Change.objects.filter(what="emergency.remind_report").count() == 1
    assert Message.objects.count() == 2
