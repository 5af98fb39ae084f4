"""The situation wall in a real browser: live, in the replay of 2014-12-31, and across a fall of the server."""

import json
import re
import threading

from tests.browser.product import until

FEWEST = 100  # people whom the demonstration has at any hour, the small ones too
BUND_SPEED = 1500.0  # simulated seconds per second
# A1: blue by 22:00, orange by 22:35, red before 23:23 – the clock of the evening of 2014-12-31
BUND_DEADLINES = {"blue": "22:00", "orange": "22:35", "red": "23:23"}


def number_of(page, selector):
    """The number that stands there now, or None while there is none."""
    digits = re.sub(r"\D", "", page.inner_text(selector))
    return int(digits) if digits else None


def test_the_wall_shows_the_district_as_it_changes(page, product):
    page.goto(f"{product.address}/wall/")
    first = until(lambda: number_of(page, "#total"), "the wall shows no number of people")
    assert first > FEWEST
    assert "示范数据" in page.inner_text("body")
    assert page.locator("#places tr").count() >= 4
    until(
        lambda: number_of(page, "#total") not in (None, first),
        "the number of people stands still",
        limit_s=25,
    )


def test_the_evening_of_the_bund_is_warned_of_in_time(page, product):
    said = []
    words = ("replay", "bund-2014", "--speed", str(BUND_SPEED), "--server", product.address, "--json")
    evening = threading.Thread(target=lambda: said.append(product.anlan(*words)))
    evening.start()
    page.goto(f"{product.address}/wall/?scene=replay:bund-2014")
    until(lambda: "回放" in page.inner_text("body"), "the wall wears no banner of the replay")
    red = page.locator("#warnings li", has_text="红色")
    until(red.count, "no red warning on the wall", limit_s=60)
    assert re.search(r"在场 [\d,]+ 人", red.inner_text()), "the warning gives no reason in numbers"
    evening.join(timeout=60)
    changes = [json.loads(line) for line in said[0].splitlines()]
    risen = {change["level"]: change["at"][11:16] for change in reversed(changes)}
    for level, deadline in BUND_DEADLINES.items():
        assert risen[level] < deadline or (risen[level] == deadline and level != "red"), risen


def test_the_wall_comes_back_by_itself_after_a_kill(browser, signed_in, product):
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(f"{product.address}/wall/")
    until(lambda: "实时" in page.inner_text("#link"), "the wall does not connect")
    product.kill()
    until(lambda: "实时" not in page.inner_text("#link"), "the wall does not notice the fall", limit_s=20)
    product.start()
    until(lambda: "实时" in page.inner_text("#link"), "the wall does not come back", limit_s=40)
    assert number_of(page, "#total") > FEWEST
    context.close()
