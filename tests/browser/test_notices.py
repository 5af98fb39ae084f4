"""A notice from the draft to the street: two people in two browsers, a display as an old player would open it."""

import pytest
from tests.browser.product import OWN_PASSWORD, sign_in, until

PAGES = (
    "/notices/desk/",
    "/notices/desk/new/",
    "/notices/desk/displays/",
    "/notices/desk/advice/",
    "/notices/desk/bulletins/",
)
PUBLISHER = f"""
from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
top = Organisation.objects.get(parent=None)
person = Person.objects.create(username="publicist", name="宣传员（示范）", organisation=top)
person.set_password({OWN_PASSWORD!r})
person.save()
RoleHolding.objects.create(person=person, role=Role.objects.get(code="publicity"), organisation=top)
"""


@pytest.fixture(scope="module")
def publicist(browser, product, signed_in):
    """Somebody of the publicity department, signed in beside the administrator."""
    product.anlan("manage", "shell", "--no-imports", "-c", PUBLISHER)
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    product.password = OWN_PASSWORD
    sign_in(page, product, name="publicist")
    yield page
    context.close()


def make_display(page, product):
    """Register a screen by hand; its address, which is shown once."""
    page.goto(f"{product.address}/notices/desk/displays/new/")
    page.fill("[name=name]", "示范电子屏")
    page.fill("[name=signs]", "10")
    page.fill("[name=lines]", "3")
    page.check("[name=is_bilingual]")
    page.fill("[name=fallback_zh]", "欢迎光临")
    page.fill("[name=fallback_en]", "Welcome")
    page.click("form.form button.btn-primary")
    return page.inner_text("#address").strip()


def draft(page, product, headline):
    """Draft a tip for the screen from the first piece of advice, watching how it will look; leads to its page."""
    page.goto(f"{product.address}/notices/desk/new/")
    page.click(".pick-card >> nth=0")
    page.fill("[name=headline_zh]", headline)
    page.fill("[name=area_zh]", "示范广场")
    page.fill("[name=short_zh]", headline)
    page.fill("[name=short_en]", "Crowded")
    page.check("text=电子屏 · 示范电子屏")
    until(lambda: headline[:4] in page.inner_text("#previews"), "the display's preview does not follow")
    page.click("form.form button.btn-primary")
    page.click("button:has-text('送审')")
    page.wait_for_selector("text=已送审")
    return page.url


def test_from_the_draft_to_the_street_and_lifted(page, publicist, browser, product):
    address = make_display(page, product)
    street = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    errors = []
    street.on("pageerror", lambda error: errors.append(str(error)))
    street.goto(address)
    assert street.inner_text("#lines") in ("欢迎光临", "Welcome")
    desk = draft(page, product, "人流较大请绕行")
    assert street.inner_text("#lines") in ("欢迎光临", "Welcome")
    page.goto(f"{desk}sign/")
    assert "请由另一人签发" in page.inner_text("body")
    publicist.goto(f"{desk}sign/")
    assert "人流较大请绕行" in publicist.inner_text(".screen-preview >> nth=0")
    publicist.click("form.form button.btn-primary")
    page.goto(desk)
    page.click("a.btn-primary:has-text('发布')")
    page.click("form.form button.btn-primary")
    until(lambda: "人流较大请绕行" in street.inner_text("#lines"), "the display does not show it", limit_s=12)
    until(lambda: "Crowded" in street.inner_text("#lines"), "English does not take its turn", limit_s=20)
    until(lambda: page.goto(desk) and "已显示" in page.inner_text("#receipts"), "no receipt of the display")
    stranger = browser.new_context(java_script_enabled=False).new_page()
    stranger.goto(f"{product.address}/public/")
    stranger.click("text=人流较大请绕行")
    assert "/notice/" in stranger.url
    publicist.goto(f"{desk}lift/")
    publicist.fill("[name=why]", "人流回落")
    publicist.click("form.form button.btn-danger")
    until(
        lambda: street.inner_text("#lines") in ("欢迎光临", "Welcome"),
        "the display still shows it",
        limit_s=10,
    )
    stranger.reload()
    assert "已解除" in stranger.inner_text("body")
    assert errors == []


def test_a_display_without_a_network_goes_on_and_comes_back(page, browser, product):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    street = context.new_page()
    street.goto(make_display(page, product))
    until(lambda: street.evaluate("navigator.serviceWorker.controller !== null"), "nothing keeps the page")
    street.reload()
    context.set_offline(True)
    street.reload()
    assert street.inner_text("#lines") in ("欢迎光临", "Welcome")
    context.set_offline(False)
    with street.expect_response(
        lambda answer: answer.url.endswith("/heartbeat/") and answer.ok, timeout=15_000
    ):
        pass
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_a_phone(page, product, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{product.address}{address}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
