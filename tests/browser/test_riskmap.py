"""The map of risks in a real browser: filters in the address, a point's drawer, the keyboard, the sheet to print."""

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.browser.product import until

PAGES = ("/riskmap/", "/riskmap/points/", "/riskmap/sheets/", "/riskmap/imports/add/")
SPOT = "from anlan.domains.riskmap.models import RiskPoint as P; p = P.objects.filter(place__code='BS1', level=4).get(); print(p.number)"


def total(page):
    """How many points the map was told of."""
    return page.get_attribute("#map", "data-total")


@pytest.fixture
def risk_map(page, product):
    page.goto(f"{product.address}/riskmap/")
    until(lambda: total(page) == "40", "the demonstration's points are not drawn")
    return page


def test_a_filter_stands_in_the_address_and_survives_a_reload(risk_map):
    risk_map.select_option("[name=level]", "1")
    risk_map.click("form.filters button")
    until(lambda: total(risk_map) not in (None, "40"), "the filter does not reach the map")
    few = total(risk_map)
    assert 0 < int(few) < 40 and parse_qs(urlsplit(risk_map.url).query)["level"] == ["1"]
    risk_map.reload()
    until(lambda: total(risk_map) == few, "the filter is lost on reload")
    assert risk_map.input_value("[name=level]") == "1"


def test_a_click_on_a_point_opens_its_drawer_and_escape_or_the_button_closes_it(page, product):
    number = product.anlan("manage", "shell", "--no-imports", "-c", SPOT).split()[-1]
    page.goto(f"{product.address}/riskmap/?q={number}&layers=points")
    until(lambda: total(page) == "1", "the point is not drawn")
    box = page.locator("#map canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(lambda: page.locator("#drawer").is_visible(), "the drawer does not open")
    told = page.inner_text("#drawer")
    assert number in told and "低风险" in told and "门卫班长" in told and "建设和交通委" in told
    page.focus("#drawer .close")
    page.keyboard.press("Enter")
    until(lambda: not page.locator("#drawer").is_visible(), "the keyboard does not close the drawer")


def test_the_keyboard_reaches_the_filters_and_the_zoom(risk_map):
    risk_map.focus("[name=level]")
    risk_map.keyboard.press("Tab")
    assert risk_map.evaluate("document.activeElement.name") == "organisation"
    risk_map.focus(".maplibregl-ctrl-zoom-in")
    assert risk_map.get_attribute(".maplibregl-ctrl-zoom-in", "aria-label") == "放大"
    risk_map.keyboard.press("Enter")
    risk_map.keyboard.press("Enter")
    until(lambda: int(total(risk_map)) < 40, "the view does not come nearer")


def test_the_sheet_to_print_has_legend_map_and_list(page, product):
    page.goto(f"{product.address}/riskmap/print/?level=1")
    legend = page.inner_text(".risk-legend")
    assert all(words in legend for words in ("重大风险", "较大风险", "一般风险", "低风险"))
    rows = page.locator("tbody tr").count()
    assert rows == page.locator("svg .mark").count() > 0
    paper = page.pdf(format="A3", landscape=True, prefer_css_page_size=True)
    assert paper.startswith(b"%PDF") and len(paper) > 10_000


@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_a_phone(page, product, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{product.address}{address}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
