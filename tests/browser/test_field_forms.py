"""Forms of the field app on a phone: photos, signatures, the alarm, checklists; what interrupts them costs nothing."""

import json

import pytest
from tests.browser.phone import LIMIT_S, SIZE, Phone, hazards_of, photo
from tests.browser.product import until

ASKED = """
import io, json
from PIL import Image
from anlan.domains.crowd.models import Observation
from anlan.domains.hazards.models import Evidence, SelfCheck
from anlan.kit import store
def tell(one):
    kept = one.attachment
    return [kept.name, kept.given_sha256, Image.open(io.BytesIO(store.get(kept.sha256))).size]
print("FOUND", json.dumps({wanted}, default=list))
"""


def ask(product, wanted):
    """What the installation's own shell says to an expression."""
    said = product.anlan("manage", "shell", "--no-imports", "-c", ASKED.replace("{wanted}", wanted))
    return json.loads(said.split("FOUND ")[1].splitlines()[0])


def sign(page):
    """Draw on the glass."""
    page.click("summary:has-text('签名')")
    box = page.locator("canvas.signature").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    page.mouse.up()


def test_a_photo_is_made_smaller_and_arrives_as_it_was_sealed_beside_the_signature(phone, product, mark):
    phone.begin_report(mark)
    phone.page.set_input_files("input[name=photos]", [photo(mark, size=(2800, 700))])
    phone.page.wait_for_selector(".photos figure img")
    sign(phone.page)
    phone.page.click("button:has-text('完成并上报')")
    phone.wait_until_arrived(1)
    evidence = ask(
        product, f"[tell(one) for one in Evidence.objects.filter(hazard__what='{mark}').order_by('pk')]"
    )
    (taken, sha256, size), (drawn, _sha256, _size) = evidence
    assert (taken, size, drawn) == ("photo-1.jpg", [2560, 640], "signature.png")
    assert sha256 in phone.digests()


def test_too_many_people_rings_at_once(phone, product):
    phone.page.click(".list a.line >> nth=0")
    phone.page.click("button.tile:has-text('在此巡查')")
    phone.page.click("button.tile.alarm")
    phone.page.click("dialog button.danger")
    until(
        lambda: "报警已到达" in phone.page.inner_text("#said"), "the alarm has not arrived", limit_s=LIMIT_S
    )
    phone.open("#/outbox").wait_until_arrived(1)
    assert phone.page.inner_text(".card[data-row] .urgent") == "紧急"
    uid = phone.page.get_attribute(".card[data-row]", "data-row")
    assert ask(product, f"Observation.objects.filter(uid='{uid}').values_list('kind', flat=True)") == [
        "too_many"
    ]


@pytest.fixture(scope="session")
def own_shop(product):
    """A shop for which the administrator's own organisation answers, so that he checks it himself."""
    asked = (
        "from anlan.domains.accounts.models import Person; from anlan.domains.places.models import Place; "
        "Place.objects.create(code='OWN', name='自查示例店', kind='mall', organisation=Person.objects.get(username='admin').organisation)"
    )
    product.anlan("manage", "shell", "--no-imports", "-c", asked)


def fill_in(page, mark):
    """The shop's fire checklist: one answer fails with a note and a photo, everything else is in order."""
    page.click("a.line.checks")
    page.click(".list a.line:has-text('自查示例店')")
    page.click("button.line:has-text('店铺消防通道自查')")
    page.click("[data-key=path_clear] .chip:has-text('否')")
    for key in ("door_unlocked", "extinguisher", "wires", "no_sleeping", "has_gas", "gas_hose"):
        page.click(f"[data-key={key}] .chip:has-text('是')")
    page.fill("textarea[name='note:path_clear']", mark)
    page.set_input_files("input[name='photos:path_clear']", [photo(mark)])
    page.wait_for_selector("[data-key=path_clear] figure img")
    page.fill("input[name=post]", "店长")


def test_a_checklist_filled_in_without_a_network_arrives_once(own_shop, phone, product, mark):
    phone.context.set_offline(True)
    fill_in(phone.page, mark)
    phone.page.click("button:has-text('完成并提交')")
    assert "请勾选确认" in phone.page.inner_text("form > .wrong")
    phone.page.check("input[name=is_confirmed]")
    phone.page.click("#lock")
    phone.unlock().page.wait_for_selector("textarea[name='note:path_clear']")
    assert phone.page.input_value("textarea[name='note:path_clear']") == mark
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= SIZE["width"]
    sign(phone.page)
    phone.page.click("button:has-text('完成并提交')")
    phone.page.wait_for_selector(".card:has-text('自查示例店')")
    assert phone.states() == ["待发"] and mark not in phone.dump()
    beside = Phone(phone.context, product).open("#/outbox")
    phone.context.set_offline(False)
    for tab in (phone, beside):
        tab.page.click("button:has-text('立即发送')")
    phone.wait_until_arrived(1)
    assert "1 项不合格" in phone.page.inner_text(".card[data-row] .why")
    (found,) = hazards_of(product, mark)
    assert "疏散通道没有堆放货物（否）" in found["what"]
    uid = phone.page.get_attribute(".card[data-row]", "data-row")
    (told,) = ask(
        product,
        f"[[one.n_failed, one.signer, one.answers, [*map(tell, one.photos.all())]] for one in SelfCheck.objects.filter(uid='{uid}')]",
    )
    assert (
        told[:2] == [1, "系统管理员"]
        and told[2]["gas_hose"] == "yes"
        and told[2]["notes:"] == {"path_clear": mark}
    )
    assert [sha256 in phone.digests() for _name, sha256, _size in told[3]] == [True]


def test_a_newer_version_is_offered_and_taken_over_without_losing_the_form(phone, mark):
    phone.begin_report(mark)
    until(lambda: "已自动保存" in phone.page.inner_text(".saved"), "the draft is not kept")
    assert phone.page.is_hidden("#newer")
    phone.page.evaluate(
        "navigator.serviceWorker.register('/field/sw.js?newer', { scope: '/field/' }).then(() => true)"
    )
    phone.page.wait_for_selector("#newer:has-text('有新版本')")
    assert phone.page.input_value("textarea[name=what]") == mark
    phone.page.click("#newer")
    phone.page.wait_for_selector("input.pin")
    phone.unlock().page.wait_for_selector("textarea[name=what]")
    assert phone.page.input_value("textarea[name=what]") == mark


def test_it_locks_itself_when_nobody_touches_it(context, product, mark):
    phone = Phone(context, product)
    phone.page.clock.install()
    phone.make_ready().begin_report(mark)
    phone.page.clock.fast_forward(4 * 60_000)
    assert phone.page.locator("textarea[name=what]").count() == 1
    phone.page.clock.fast_forward(70_000)
    phone.page.wait_for_selector("input.pin")
    assert mark not in phone.page.content()
    phone.unlock().page.wait_for_selector("textarea[name=what]")
    assert phone.page.input_value("textarea[name=what]") == mark
