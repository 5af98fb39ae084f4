"""A running product and a real chromium, for the tests that drive them; every test of this folder is `browser`."""

import os
import uuid

import pytest
from playwright.sync_api import sync_playwright
from tests.browser.phone import SIZE, SPY, Phone
from tests.browser.product import CHROMIUM_OPTIONS, running, sign_in

# Playwright's loop runs in the thread of the tests, some of which look at rows beside their pages.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    """The demonstration district, served."""
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(browser, product):
    """The cookies of the administrator, who has chosen a password."""
    context = browser.new_context()
    sign_in(context.new_page(), product)
    state = context.storage_state()
    context.close()
    return state


def is_fault(message):
    """An error other than an address that did not answer: a wall may wait for a scene that is not there yet."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


@pytest.fixture
def page(browser, signed_in):
    """A page of somebody signed in, 1920 × 1080, Chinese; any error of a script or of the content policy fails the test."""
    context = browser.new_context(
        storage_state=signed_in, viewport={"width": 1920, "height": 1080}, locale="zh-CN"
    )
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def mark():
    """A word that only this test's records have."""
    return f"T{uuid.uuid4().hex[:10]}"


@pytest.fixture
def context(browser, signed_in):
    """A phone's browser of the administrator; an error of a script fails the test."""
    context = browser.new_context(storage_state=signed_in, viewport=SIZE, locale="zh-CN")
    context.add_init_script(SPY)
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def phone(context, product):
    """A phone that is ready for a patrol."""
    return Phone(context, product).make_ready()
