"""A responsible unit's page on a phone without account: presses made without a network arrive once; answers are kept."""

import pytest
from tests.browser.product import until

COUNT = "from anlan.domains.crowd.models import Observation as O; print('n=', O.objects.filter(kind='press_in').count())"
KEPT = "from anlan.domains.hazards.models import SelfCheck as S; print('n=', S.objects.filter(answers__wires='yes').count())"
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "has_touch": True}


@pytest.fixture
def phone(browser, page, product):
    """A phone that opened the link which the administrator gave to a shopping centre."""
    page.goto(f"{product.address}/hazards/links/issue/")
    page.select_option("[name=place]", label="云栖天地")
    page.fill("[name=holder]", "店长")
    page.click("form.form button.btn-primary")
    address = page.inner_text("code.user-select-all").strip()
    assert page.locator(".keeper-code svg").bounding_box()["width"] >= 200
    context = browser.new_context(**PHONE)
    opened = context.new_page()
    opened.goto(product.address + "/v/" + address.partition("/v/")[2])
    yield opened
    context.close()


def said(phone):
    return phone.inner_text(".keeper-pressed >> nth=0")


def number(product, question):
    """What the installation's own shell counts."""
    return int(product.anlan("manage", "shell", "--no-imports", "-c", question).rpartition("n=")[2])


def test_presses_without_a_network_wait_and_arrive_once(phone, product):
    before = number(product, COUNT)
    phone.context.set_offline(True)
    for _press in range(3):
        phone.click("[data-kind=press_in] >> nth=0")
    until(lambda: said(phone) == "待发送 3", "the presses do not wait")
    phone.context.set_offline(False)
    until(lambda: said(phone) == "已全部发送", "the presses were not sent")
    phone.reload()
    phone.click("[data-kind=press_in] >> nth=0")
    until(lambda: said(phone) == "已全部发送", "a press was not sent")
    assert number(product, COUNT) == before + 4


def test_answers_are_kept_as_they_are_given_and_lead_to_further_questions(phone, product):
    before = number(product, KEPT)  # other tests share the product
    phone.click("text=店铺消防通道自查")
    phone.check("[name=wires][value=yes]")
    until(lambda: "已自动保存" in phone.inner_text(".check-saved"), "not kept")
    assert number(product, KEPT) == before + 1
    assert phone.locator("[name=gas_hose]").count() == 0
    phone.check("[name=has_gas][value=yes]")
    phone.wait_for_selector("[name=gas_hose]")
    assert phone.is_checked("[name=wires][value=yes]")
    wide = "document.documentElement.scrollWidth"
    assert phone.evaluate(wide) <= 390
