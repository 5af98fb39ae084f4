"""「及时上报带班警长、支队值班和指挥中心」「研判」「启动预案」: the Bund's evening, from the counts to the lifted notice.

Everything goes through the front door: readings at the counter's door, pages by their forms, answers by the links of
real e-mails. The clock is wound; nothing waits.
"""

import time
from contextlib import contextmanager

from django.utils import timezone
from tests.letter.evening import Evening

from anlan.domains.crowd.queries import forget_payloads
from anlan.domains.emergency.models import Alarm, Order, Telling
from anlan.kit.models import Change, Message

ORDER = "每3分钟放行120人一批"


@contextmanager
def an_evening(folder, monkeypatch, settings):
    """The Evening with every clock of pages and doors set to it."""
    settings.DATA, settings.ADDRESS = folder, "http://district.example.test"
    forget_payloads()
    evening = Evening(folder)
    monkeypatch.setattr(timezone, "now", lambda: evening.now)
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: evening.now)
    evening.open()
    try:
        yield evening
    finally:
        evening.close()
        forget_payloads()


def test_the_whole_evening(db, tmp_path, monkeypatch, settings):
    with an_evening(tmp_path, monkeypatch, settings) as evening:
        live_through(evening, lambda path: evening.phone().read(path).text)


def live_through(evening, see):
    """The evening from the first count to the lifted notice; `see(path)` is what a display's page shows."""
    began, began_cpu = time.monotonic(), time.process_time()
    warned_and_escalated(evening)
    answered_by_a_tap(evening)
    answered_per_agency(evening)
    judged_and_ordered(evening)
    shown = told_to_the_public(evening, see)
    red_for_all_at_once(evening)
    eased_and_lifted(evening, *shown, see)
    nothing_was_hidden(evening)
    spent_cpu_s = time.process_time() - began_cpu
    print(f"the evening took {time.monotonic() - began:.1f} s, {spent_cpu_s:.1f} s of a processor")


def warned_and_escalated(evening):
    """Blue is patient and nobody answers; yellow begins the chain anew and climbs it."""
    evening.wind_to(21, 44)
    assert not Alarm.objects.exists()
    evening.wind_to(22, 15)
    alarm = evening.alarm
    assert (alarm.level, alarm.state) == ("blue", "waiting")
    assert told(evening, 1) == [
        ("21:45:00", "squad_leader"), ("21:50:00", "squad_leader"),
        ("21:55:00", "detachment_duty"), ("22:00:00", "detachment_duty"),
    ]  # fmt: skip
    evening.wind_to(22, 19)
    assert (evening.alarm.level, evening.alarm.is_unanswered) == ("yellow", True)
    assert told(evening, evening.alarm.round) == [
        ("22:16:00", "squad_leader"), ("22:17:00", "squad_leader"),
        ("22:18:00", "detachment_duty"), ("22:19:00", "detachment_duty"),
    ]  # fmt: skip
    assert len(evening.mailbox.to("detachment")) == 4
    board = evening.browser("leader").read("/emergency/alarms/")
    assert "外滩" in board.text and "待签收" in board.line("外滩")


def told(evening, number):
    """Who was told in a round of the alarm, and when; steps that were skipped are on record besides."""
    rows = Telling.objects.filter(alarm=evening.alarm, round=number, outcome="told")
    return [(f"{timezone.localtime(row.at):%H:%M:%S}", row.recipient) for row in rows]


def answered_by_a_tap(evening):
    """A scanner that opens the link first changes nothing; the officer on duty answers without signing in."""
    address = evening.link_of("detachment")
    for _scan in range(2):
        assert evening.phone().read(address).status == 200
    assert evening.alarm.is_unanswered
    page = evening.phone().press(address, "增派力量", look_min="10", words="已派二十人到台阶")
    assert "增派" in page.text
    alarm = evening.alarm
    assert (alarm.is_unanswered, alarm.agencies.get(agency__name="公安").answer.person) == (
        False,
        evening.people["detachment"],
    )
    assert "已" in evening.phone().read(address).text  # the link has answered; it does not answer again
    before = Telling.objects.filter(alarm=alarm).count()
    evening.wind_to(22, 26)
    assert Telling.objects.filter(alarm=alarm).count() == before


def answered_per_agency(evening):
    """Orange cancels what was answered for yellow and brings the fire brigade in, which answers by phone."""
    evening.wind_to(22, 31)
    alarm = evening.alarm
    assert (alarm.level, alarm.is_unanswered) == ("orange", True)
    assert [row.agency.name for row in alarm.agencies.all()] == ["公安", "消防"]
    page = evening.browser("squad").press(evening.page, "单向通行", next_look_min="15")
    assert "已签收" in page.text
    page = evening.browser("centre").read(f"{evening.page}on-behalf/")
    fire = next(
        value
        for value in page.form("agency").inputs["agency"].value_options
        if value and "消防" in label(page, value)
    )
    page = evening.browser("centre").fill_in(
        f"{evening.page}on-behalf/", agency=fire, on_behalf_of="支队值班员", way="phone", measure="acknowledge",
        next_look_min="15", words="两车到中山东一路待命",
    )  # fmt: skip
    assert "代签收" in page.text
    alarm = evening.alarm
    assert all(row.acknowledged_at for row in alarm.agencies.all())
    assert alarm.agencies.get(agency__name="消防").answer.is_on_behalf


def label(page, value):
    """What a choice says."""
    return page.html.xpath(f"string(//select[@name='agency']/option[@value='{value}'])")


def judged_and_ordered(evening):
    """The leader judges and starts the plan; an order goes out, and its feedback comes back."""
    leader = evening.browser("leader")
    leader.fill_in(
        f"{evening.page}judge/",
        decision="start",
        response_level="III",
        reason="人数逼近承载量，台阶处对冲",
        next_min="15",
    )
    assert evening.alarm.judgements.get().decision == "start"
    page = leader.fill_in(
        f"/emergency/incidents/new/?alarm={evening.alarm.pk}", title="外滩大客流", kind="社会安全事件",
        described="人数逼近承载量",
    )  # fmt: skip
    incident = page.address
    leader.fill_in(f"{incident}do/grade/", level="III")
    page = leader.fill_in(f"{incident}do/order/", text=ORDER, to=str(evening.organisations["POLICE"].pk))
    assert ORDER in page.text
    order = Order.objects.get()
    squad = evening.browser("squad")
    squad.press(f"/emergency/part/order/{order.pk}/receive/", "接收")
    squad.fill_in(f"/emergency/part/order/{order.pk}/finish/", feedback="已按批放行，台阶单向")
    assert "已按批放行" in leader.read(incident).text


def told_to_the_public(evening, see):
    """A tip is drafted by one, signed by another, published once, and hangs on the display."""
    page = evening.browser("admin").fill_in(
        "/notices/desk/displays/new/", name="南京路口屏", signs="16", lines="6", fallback_zh="外滩欢迎您"
    )
    screen = "/display/" + page.text.partition("/display/")[2].partition("/")[0] + "/"
    assert "外滩欢迎您" in see(screen)
    writer = evening.browser("writer")
    page = writer.read("/notices/desk/new/?template=&place=BUND")
    outlets = {one.get("value") for one in page.html.xpath("//input[@name='outlets']")}
    words = {
        "headline_zh": "外滩人多，请勿前往",
        "description_zh": "外滩人数已接近承载量。",
        "outlets": {one for one in outlets if one.startswith(("web", "display"))},
    }
    page = writer.fill_in(
        "/notices/desk/new/?template=&place=BUND",
        instruction_zh="请由北京东路、河南中路离开，不要停留。",
        **words,
    )
    desk = page.address
    page = writer.press(desk, "送审")
    assert "已送审" in page.text, page.text
    assert "外滩人多" not in evening.phone().read("/notices/").text
    assert writer.press(f"{desk}sign/", "签发").wrong  # who drafted does not sign
    evening.browser("signer").press(f"{desk}sign/", "签发")
    page = writer.press(f"{desk}publish/", "发布")
    assert "已发布" in page.text
    assert "外滩人多" in see(screen)
    assert "外滩人多" in evening.phone().read("/notices/").text
    assert "外滩人多" in evening.phone().read("/public/").text
    return desk, screen


def red_for_all_at_once(evening):
    evening.wind_to(22, 57)
    alarm = evening.alarm
    assert alarm.level == "red"
    first = Telling.objects.filter(alarm=alarm, round=alarm.round, repeat=0)
    assert {"squad_leader", "detachment_duty", "command_centre"} <= {row.recipient for row in first}
    assert len({row.at for row in first}) == 1


def eased_and_lifted(evening, desk, screen, see):
    """The crowd goes home. The machine eases the alarm; that it is over, a person says – of alarm and notice alike."""
    evening.wind_to(23, 40, calling_s=60)
    evening.wind_to(1, 0, people=60_000, calling_s=60)
    alarm = evening.alarm
    assert (alarm.state, alarm.lifted_at) == ("easing", None)
    evening.wind_to(1, 10, people=60_000, calling_s=60)
    leader = evening.browser("leader")
    leader.fill_in(f"{evening.page}lift/", why="人流已散，台阶恢复双向")
    assert evening.alarm.lifted_by == evening.people["leader"]
    evening.browser("signer").fill_in(f"{desk}lift/", why="人流已散")
    assert "外滩欢迎您" in see(screen)
    assert "外滩人多" not in evening.phone().read("/public/").text


def nothing_was_hidden(evening):
    """Every message was sent or says why not; no key twice; nobody but a person lifted."""
    assert not Message.objects.filter(state__in=["queued", "sending"]).exists()
    lifted = Change.objects.get(what="emergency.lift_alarm")
    assert lifted.by == evening.people["leader"]
