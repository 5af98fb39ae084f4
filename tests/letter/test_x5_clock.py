"""X5: one statutory clock. Every limit is counted from what is on record, with the article beside the date."""


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
