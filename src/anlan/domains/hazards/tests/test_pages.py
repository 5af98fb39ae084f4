"""The list with its filters and capped counts, exports, the hazard's page, the report form."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.hazards import actions
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.pages import register
from anlan.domains.hazards.tests.conftest import FIVE, NOW, graded, ordered, report

LIST = "/hazards/"


@pytest.fixture
def clerk(client, town):
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_is_narrowed_by_its_filters(clerk, town):
    report(town, what="甲处堆物")
    late = ordered(town, due_on=NOW.date(), what="乙处堆物")
    Hazard.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    graded(town, "major", what="丙处堆物", kind="fire")
    for query, found in (
        ({}, "甲乙丙"), ({"standing": "reported"}, "甲"), ({"standing": "overdue"}, "乙"), ({"standing": "open"}, "甲乙丙"),
        ({"standing": "listed"}, ""), ({"grade": "major"}, "丙"), ({"kind": "exits"}, "甲乙"), ({"q": "丙处"}, "丙"),
        ({"source": "public"}, ""),
    ):  # fmt: skip
        page = clerk.get(LIST, query).content.decode()
        assert "".join(one for one in "甲乙丙" if f"{one}处堆物" in page) == found, query


def test_no_count_runs_over_all_rows(clerk, town, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(register.HazardListing, "counted_most", 3)
    for _n in range(5):
        report(town)
    page = clerk.get(LIST)
    assert page.context["listing"].page.paginator.count == 3 and "3 条以上" in page.content.decode()
    with django_assert_max_num_queries(40):
        clerk.get(LIST)


def test_exports_hold_what_the_list_holds(clerk, town):
    report(town, what="=甲", lon=121.49, lat=31.24)
    report(town, what="乙")
    csv = b"".join(clerk.get(LIST, {"format": "csv"}).streaming_content).decode()
    assert "'=甲" in csv and "乙" in csv
    features = json.loads(clerk.get(LIST, {"format": "geojson"}).content)["features"]
    assert [one["geometry"]["coordinates"] for one in features] == [[121.49, 31.24]]


def test_the_page_of_a_hazard_shows_how_it_stands(clerk, town):
    row = report(town, lon=121.49, lat=31.24)
    near = report(town, lon=121.4901, lat=31.24, what="同一堆货箱")
    page = clerk.get(row.get_absolute_url()).content.decode()
    assert near.get_absolute_url() in page and "附近的疑似重复隐患" in page
    actions.merge_hazard(row, by=town.clerk, now=NOW, into=near)
    assert near.get_absolute_url() in clerk.get(row.get_absolute_url()).content.decode()
    assert row.number in clerk.get(near.get_absolute_url()).content.decode()


def test_a_major_one_asks_for_all_five_on_its_page(clerk, town):
    row = graded(town, "major")
    address = reverse("hazards:step", args=[row.pk, "order_major"])
    told = {
        "responsible": town.SHOP.pk,
        "responsible_post": "店长",
        "due_on": f"{timezone.localdate():%Y-%m-%d}",
    }
    assert clerk.post(address, told | FIVE | {"funds": " "}).status_code == 200
    assert clerk.post(address, told | FIVE).status_code == 302
    page = clerk.get(row.get_absolute_url()).content.decode()
    assert all(text in page for text in FIVE.values())


def test_a_report_that_lacks_something_is_drawn_again(clerk, town):
    told = {"what": "灭火器过期", "kind": "fire", "source": "patrol", "organisation": town.TRADE.pk}
    answer = clerk.post("/hazards/report/", told)
    assert answer.status_code == 200 and "请选择场所" in answer.content.decode()
    answer = clerk.post("/hazards/report/", told | {"enterprise": "91310106MA00000019"})
    assert answer.status_code == 200 and not Hazard.objects.exists()
    assert clerk.post("/hazards/report/", told | {"address": "二层"}).status_code == 302


def test_every_page_is_drawn_in_english_too(clerk, town):
    row = ordered(town, due_on=NOW.date())
    for address in (LIST, "/hazards/report/", row.get_absolute_url()):
        assert clerk.get(address, headers={"accept-language": "en"}).status_code == 200
