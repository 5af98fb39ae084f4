"""The public's report on a phone: with scripts (position, a point on the map) and without any, to the code and its page."""

import pytest
from PIL import Image

PHONE = {"width": 390, "height": 844}
HERE = {"longitude": 121.4441, "latitude": 31.2263}


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "IMG_1.jpg"
    Image.new("RGB", (640, 480), "orange").save(path, "JPEG")
    return path


def open_form(browser, product, **options):
    """A phone of somebody without an account, at the form; its page and the errors of scripts and content policy."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", **options)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{product.address}/report/")
    return page, errors


def fill_in(page, photo):
    page.fill("#id_what", "二层疏散通道被货箱封堵")
    page.select_option("#id_kind", "exits")
    page.fill("#id_address", "示例路 8 号")
    page.set_input_files("#id_photos", [photo, photo])


def has_code(page):
    """Whether the page of a code is shown, nothing wider than the phone."""
    assert page.locator(".code").inner_text() in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return page.locator(".keep svg").is_visible() and "已收到上报" in page.inner_text("main")


def test_without_scripts(browser, product, photo):
    page, _errors = open_form(browser, product, java_script_enabled=False)
    assert not page.locator(".position").is_visible()
    fill_in(page, photo)
    page.click("button.send")
    assert page.locator(".code").inner_text() in page.url
    assert "已收到上报" in page.inner_text("main")
    page.reload()
    assert "二层疏散通道被货箱封堵" in page.inner_text("main")


def test_with_scripts(browser, product, photo):
    page, errors = open_form(browser, product, geolocation=HERE, permissions=["geolocation"])
    page.click("button.here")
    page.locator(".said", has_text="已记下您现在的位置").wait_for()
    assert page.input_value("#id_lon") == "121.444100"
    page.click("button.pick")
    page.locator(".chart canvas").wait_for()
    page.wait_for_timeout(1500)
    page.locator(".chart canvas").click(position={"x": 120, "y": 120})
    page.locator(".said", has_text="已记下图上的位置").wait_for()
    assert page.input_value("#id_lon") not in ("", "121.444100")
    fill_in(page, photo)
    page.click("button.send")
    assert has_code(page) and errors == []
