"""D4 「普遍性、苗头性和倾向性问题」: more than a year of quiet, then one kind rises in one street: told in words, once."""

from datetime import timedelta

import pytest
from tests.letter.town import moment

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Role
from anlan.domains.hazards import actions, workers
from anlan.domains.hazards.actions.patterns import FIND
from anlan.domains.hazards.models import Pattern
from anlan.kit import jobs
from anlan.kit.models import Job
from anlan.site.matters import to_judge

QUIET_WEEKS, RISE_WITHIN = 64, 5
AREAS = ("STREET", "TRADE", "PARKS", "POLICE")
KINDS = ("exits", "fire")
WEEK_MS = 7 * 86_400_000


class Years:
    """The town's weeks: quiet finds, a rise, and the look of each night that follows a week."""

    def __init__(self, town):
        self.town = town

    def find_quietly(self, until, *, week, leaving_out=()):
        """About one find of each kind in each area in the week before a moment."""
        for at, area in enumerate(AREAS):
            for kind in KINDS:
                for more in range(1 + ((week + at) % 3 == 0)):
                    if (area, kind) not in leaving_out:
                        when = until - timedelta(days=1 + (week + more) % 6)
                        told = {"what": f"第{week}周例行发现", "kind": kind, "address": "示例路"}
                        actions.report_hazard(self.town.organisations[area], by=None, now=when, **told)

    def rise(self, number):
        """So many blocked exits reported by the street's officer at his form."""
        for at in range(number):
            page = self.town.browser("street").fill_in(
                "/hazards/report/", what=f"安全出口被货物堵塞 {at}", kind="exits", source="patrol", address=f"云栖路 {at} 号",
            )  # fmt: skip
            assert "待核实" in page.text

    def wind(self, *, rise=0, leaving_out=()):
        """A week goes by; the night after it looks for problems, and asks only once."""
        self.town.clock.step_to(self.town.clock.now_ms() + WEEK_MS)
        self.town.browsers.clear()
        week = round(self.town.clock.now_ms() / WEEK_MS)
        self.find_quietly(moment(self.town.clock.now_ms()), week=week, leaving_out=leaving_out)
        if rise:
            self.town.clock.step_to(self.town.clock.now_ms() - 86_400_000)
            self.rise(rise)
            self.town.clock.step_to(self.town.clock.now_ms() + 86_400_000)
        self.look()

    def look(self):
        """The night's sweep and its job; asking again brings nothing more."""
        known = Job.objects.filter(kind=FIND).count()
        for _again in range(2):
            workers.ask_patterns(self.town.now)
            while jobs.run_one(self.town.now):
                pass
        assert [one.state for one in Job.objects.filter(kind=FIND)[:1]] == ["done"]
        assert Job.objects.filter(kind=FIND).count() == known + 1


@pytest.fixture
def years(town):
    """A district after more than a year in which nothing rose. The clock stands at a Monday's forenoon."""
    town.choose_password(
        town.act(
            accounts.add_person, town.organisations["STREET"], username="streets", name="streets",
            role=Role.objects.get(code="department"),
        )
    )  # fmt: skip
    local = town.now.astimezone()
    monday = town.clock.now_ms() + (7 - town.today.weekday()) % 7 * 86_400_000
    town.clock.step_to(monday + (14 * 3600_000 if local.hour < 9 else 0))
    years = Years(town)
    for week in range(QUIET_WEEKS, 0, -1):
        years.find_quietly(town.now - timedelta(weeks=week - 1), week=week)
    return years


def problems(town, who="admin", **query):
    return town.browser(who).read("/hazards/patterns/", **query)


def test_a_rise_in_one_street_is_told_in_words_once_and_a_dismissed_one_stays_dismissed(years):
    town = years.town
    assert "尚未研判" in problems(town).text
    years.look()
    page = problems(town)
    assert "没有符合条件的问题" in page.text and "周，比对" in page.text

    weeks = 0
    while not Pattern.objects.exists():
        weeks += 1
        assert weeks <= RISE_WITHIN, "the rise is not told"
        years.wind(rise=6, leaving_out=[("STREET", "exits")])
    row = Pattern.objects.get()
    assert (row.kind, row.scope, str(row.area)) == ("exits", "area", "云栖街道")
    line = problems(town).row("云栖街道")
    assert line["性质"] == "苗头性" and line["状态"] == "待研判"
    assert (
        "疏散通道和安全出口" in line["问题"] and "倍" in line["问题"] and "偶然出现的可能性" in line["把握"]
    )
    assert "没有符合条件的问题" in problems(town, "trade").text  # another department's is not its own

    page = town.browser("admin").read(f"/hazards/patterns/{row.pk}/")
    assert "约自" in page.text and "此前" in page.fact("比对基线") and "安全出口被货物堵塞" in page.text
    assert page.html.xpath("//svg[@class='weeks']//rect") and "云栖街道" in page.fact("监管单位")
    assert "性质" in town.browser("admin").ask("/hazards/patterns/", format="csv").body.decode()
    listed = town.browser("admin").read(page.link("/hazards/?kind=exits"))
    assert "安全出口被货物堵塞" in listed.text and "例行发现" not in listed.text.split("清除条件")[0]

    [part] = to_judge(town.admin, since=town.now - timedelta(days=1), until=town.now, now=town.now)
    assert len(part.lines) == 1 and "云栖街道" in part.lines[0].text
    [part] = to_judge(town.admin, since=town.now + timedelta(hours=1), until=town.now, now=town.now)
    assert not part.lines  # told once

    refused = town.browser("streets").press(f"/hazards/patterns/{row.pk}/dismiss/", "不作为问题")
    assert "请写明" in refused.text
    town.browser("streets").press(
        f"/hazards/patterns/{row.pk}/dismiss/", "不作为问题", why="集中登记造成，并非增多"
    )
    years.wind(rise=6, leaving_out=[("STREET", "exits")])
    years.wind(rise=7, leaving_out=[("STREET", "exits")])
    assert [one.state for one in Pattern.objects.all()] == ["dismissed"]
    page = town.browser("streets").read(f"/hazards/patterns/{row.pk}/")
    assert "不作为问题" in page.fact("状态") and "集中登记造成" in page.text


def test_what_people_want_a_campaign_for_waits_until_it_is_calm_again(years):
    town = years.town
    while not Pattern.objects.exists():
        years.wind(rise=7, leaving_out=[("STREET", "exits")])
    row = Pattern.objects.get()
    town.browser("admin").press(
        f"/hazards/patterns/{row.pk}/campaign/", "列入专项整治", why="组织通道专项检查"
    )
    assert "拟列入专项整治" in problems(town, state="open").text
    for _week in range(16):
        years.wind()
        if Pattern.objects.filter(state="over").exists():
            break
    assert [one.state for one in Pattern.objects.all()] == ["over"]
    assert "已结束" in problems(town).row("云栖街道")["状态"]
    assert "没有符合条件的问题" in problems(town, state="open").text
    rates = town.browser("admin").read("/hazards/rates/", scope="area", kind="exits")
    assert "数据太少，不作判断" in rates.text  # four areas without a single unit on the register tell no rate
