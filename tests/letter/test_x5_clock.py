"""X5: one statutory clock. Every limit is counted from what is on record, with the article beside the date."""

from anlan.kit import deadlines, followups


def limit(town, key, start):
    return town.browser("trade").read(f"/rulebook/deadlines/{key}/?start={start}")


def test_working_days_know_holidays_and_make_up_days_and_name_their_article(town):
    """Seven working days from Friday 18 September 2026: a make-up Sunday counts, the Mid-Autumn break does not."""
    page = limit(town, "EV-DECIDE", "2026-09-18T16:00")
    assert "截止 2026-09-29 24:00" in page.text
    step = page.row("计算期限")
    assert step["数量"] == "7 个工作日" and step["日期"] == "2026-09-29"
    assert "第十四条" in step["依据"] and "第八十二条" in step["依据"]
    assert "第二百零一条" in page.line("起算")


def test_the_district_s_own_calendar_is_counted_with(town):
    """A day off that the district lays down moves the date at once: nothing is kept, it is counted again."""
    assert "截止 2026-12-01 24:00" in limit(town, "EN-HEAR-REQ", "2026-11-24T10:00").text
    town.browser("admin").fill_in(
        "/tables/calendar.days/row/2026-11-25/", kind="rest", name="停工", valid_from=town.today,
        clause="区府办通知", why="全区停工一天",
    )  # fmt: skip
    assert "截止 2026-12-02 24:00" in limit(town, "EN-HEAR-REQ", "2026-11-24T10:00").text


def test_hours_run_through_the_night_and_a_rest_day_moves_the_end_only_where_the_law_says_so(town):
    assert "截止 2026-10-02 00:30" in limit(town, "AC-UNIT", "2026-10-01T23:30").text
    assert "截止 2026-10-08 24:00" in limit(town, "EN-SUIT2", "2026-09-19T09:00").text
    assert "截止 2026-10-04 24:00" in limit(town, "EN-DECIDE", "2026-07-06T09:00").text


def test_what_no_law_was_read_for_says_so_and_reminders_stand_beside_the_date(town):
    page = limit(town, "SH-ORAL", "2026-11-24T10:00")
    assert "待核实" in page.text and page.line("逾期 3 天")
    page = limit(town, "EN-DECIDE", "2026-03-01T00:00")
    assert page.row("提前 30 天")["时间"] == "2026-04-30 00:00" and "待核实" not in page.fact("依据")


def test_a_district_s_own_limit_stands_beside_the_law_s_with_its_clause(town):
    """H8: what starts from its date on runs by it, what started before by the law."""
    town.browser("admin").fill_in(
        "/tables/rulebook.deadlines/row/EV-DECIDE/", amount="5", unit="day", counting="working", in_force="True",
        valid_from=town.today, clause="示例〔2026〕2号第四条", why="提速",
    )  # fmt: skip
    page = limit(town, "EV-DECIDE", "2026-05-04T10:00")
    assert page.row("期限") == {"项目": "期限", "默认": "7", "本区规定": "5"}
    assert "示例〔2026〕2号第四条" in page.line("计算期限")
    assert "截止 2026-05-11 24:00" in page.text and "按默认规定截止 2026-05-13 24:00" in page.text
    assert "截止 2026-05-13 24:00" in limit(town, "EV-DECIDE", "2026-04-30T10:00").text  # 9 May is made up


def test_a_task_runs_by_the_clock_is_reminded_and_shown_to_whom_it_concerns(town):
    """The ladder over the Labour Day holiday; overdue is heard of above; extended with its reason; done."""
    department = town.organisations["TRADE"]
    task = followups.open_follow_up(
        department, key="letter/x5", title="许可审查", organisation=department, by=town.admin, now=town.now,
        due=deadlines.due_of("EV-DECIDE", town.now, on=town.today),
    )  # fmt: skip
    trade = town.browser("trade")
    assert "新交办" in trade.read("/my-matters/").text and task.title in trade.read("/").text
    assert "2026-05-13 到期" in trade.read(task.get_absolute_url()).fact("到期")
    trade.fill_in(f"/follow-ups/{task.pk}/pause/", why="等待补正材料")
    wind_days(town, 4)  # of which one is a working day
    trade = town.sign_in_again("trade")
    assert "已中止计时" in trade.read(task.get_absolute_url()).text
    trade.fill_in(f"/follow-ups/{task.pk}/resume/", why="材料补齐")
    assert "2026-05-14 到期" in trade.read(task.get_absolute_url()).fact("到期")
    wind_days(town, 12)
    late = town.sign_in_again("trade").read(task.get_absolute_url())
    assert "2026-05-14 到期，逾期 5 天" in late.text and "逾期 3 天" in late.text
    assert "下级逾期" in town.sign_in_again("admin").read("/my-matters/").text
    town.browser("trade").fill_in(task.get_absolute_url(), outcome="已作出决定")
    assert "已办结" in town.browser("trade").read(task.get_absolute_url()).text
    assert "下级逾期" not in town.browser("admin").read("/my-matters/").text
    assert town.browser("keeper").ask(task.get_absolute_url()).status == 404


def wind_days(town, days):
    """Let days pass for the reminders, which look every hour; the crowds are left alone."""
    for _hour in range(days * 24):
        town.clock.step_to(town.clock.now_ms() + 3_600_000)
        for sweep in followups.sweeps():
            sweep.run(town.now)
