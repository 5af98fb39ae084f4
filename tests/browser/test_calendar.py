"""The calendar by keyboard and on a phone, and a gathering's curve as it is filled in, in a real browser."""

import pytest
from tests.browser.product import until

PAGES = ("/calendar/", "/tables/", "/tables/calendar.days/", "/crowd/arrivals/", "/crowd/arrivals/1/")


def test_a_day_is_found_by_keyboard_and_changed(page, product):
    page.goto(f"{product.address}/calendar/2027/")
    page.keyboard.press("Tab")
    page.locator("a[data-on='2027-01-01']").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.on") == "2027-01-15"
    assert page.locator("a[data-on][tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/row/2027-01-15/**")
    page.select_option("[name=kind]", "gathering")
    page.fill("[name=name]", "灯会")
    page.fill("[name=clause]", "区府办通知")
    page.fill("[name=why]", "全区活动")
    page.click("text=保存为本区规定")
    page.wait_for_url("**/calendar/2027/")
    assert page.get_attribute("a[data-on='2027-01-15']", "title") == "2027-01-15 · 大型活动日 · 灯会"


def test_the_curve_of_a_gathering_is_drawn_while_it_is_filled_in(page, product):
    page.goto(f"{product.address}/crowd/arrivals/new/?place=SQ1")
    assert page.is_hidden("[name=curve]") and page.is_visible("[name=persons]")
    page.fill("[name=starts_at]", "19:30")
    page.fill("[name=ends_at]", "21:30")
    page.fill("[name=persons]", "3000")
    until(lambda: page.locator("#curve canvas").count(), "no curve is drawn")
    assert "3,000" in page.inner_text("#preview-note")
    page.select_option("[name=shape]", "own")
    assert page.is_visible("[name=curve]") and page.is_hidden("[name=persons]")
    page.fill("[name=curve]", "19:07 5")
    until(lambda: "19:07" in page.inner_text("#preview-note"), "a time off the quarter is not said")
    assert not page.locator("#curve canvas").count()


@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_a_phone(page, product, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{product.address}{address}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
