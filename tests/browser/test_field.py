"""The field app on a phone: cut off, killed and started again in mid-work; nothing is lost, nothing comes twice."""

import contextlib
import os
import signal
from pathlib import Path

from playwright.sync_api import Error
from tests.browser.phone import LIMIT_S, PIN, SIZE, SPY, Phone, hazards_of
from tests.browser.product import CHROMIUM_OPTIONS, until

SCREENS = ("today", "checks", "today/hazards", "today/articles", "patrol", "outbox", "more", "ready")


def arrived_once(product, mark, digests, *, hazards=3, photos=2):
    """Each hazard is there once, with its photos, each with the hash that the phone took."""
    found = hazards_of(product, mark)
    assert [row["what"] for row in found] == sorted(f"{mark} {n}" for n in range(hazards))
    files = [sha256 for row in found for sha256 in row["files"]]
    assert [len(row["files"]) for row in found] == [photos] * hazards
    assert len(set(files)) == hazards * photos
    assert set(files) <= digests


def report_offline(phone, mark, *, hazards=3):
    """Report hazards with two photos each where there is no network; they wait in the outbox."""
    phone.context.set_offline(True)
    for number in range(hazards):
        phone.report(f"{mark} {number}", f"{mark}{number}a", f"{mark}{number}b")
    assert phone.states() == ["待发"] * hazards


def test_a_network_cut_in_mid_upload_loses_and_doubles_nothing(phone, product, mark):
    report_offline(phone, mark)
    phone.slow_down()
    phone.context.set_offline(False)
    phone.page.click("button:has-text('立即发送')")
    phone.wait_until_sending()
    phone.context.set_offline(True)
    until(lambda: "没有网络" in phone.page.inner_text("main"), "it does not say that the line is gone")
    assert len(phone.states()) == 3
    phone.context.set_offline(False)
    phone.wait_until_arrived(3)
    arrived_once(product, mark, phone.digests())


def test_a_server_killed_in_mid_upload_loses_and_doubles_nothing(phone, product, mark):
    report_offline(phone, mark)
    phone.slow_down()
    phone.context.set_offline(False)
    phone.page.click("button:has-text('立即发送')")
    phone.wait_until_sending()
    product.kill()
    until(
        lambda: "发送中" not in "".join(phone.states()),
        "it does not notice that the server is gone",
        limit_s=LIMIT_S,
    )
    product.start()
    phone.page.click("button:has-text('立即发送')")
    phone.wait_until_arrived(3)
    arrived_once(product, mark, phone.digests())


def crash(page):
    """Kill the tab's process, as a phone short of memory does."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=5000)


def test_a_tab_killed_in_mid_form_comes_back_to_the_very_draft(phone, mark):
    phone.begin_report(mark)
    phone.page.fill("input[name=address]", "东门外")
    phone.add_photos(mark)
    until(lambda: "已自动保存" in phone.page.inner_text(".saved"), "the draft is not kept")
    crash(phone.page)
    again = Phone(phone.context, phone.product).open().unlock()
    again.page.wait_for_selector("textarea[name=what]")
    assert again.page.input_value("textarea[name=what]") == mark
    assert again.page.input_value("input[name=address]") == "东门外"
    again.page.wait_for_selector(".photos img")


def test_a_tab_killed_in_mid_upload_arrives_once(phone, product, mark):
    report_offline(phone, mark)
    digests = phone.digests()
    phone.slow_down()
    phone.context.set_offline(False)
    phone.page.click("button:has-text('立即发送')")
    phone.wait_until_sending()
    crash(phone.page)
    again = Phone(phone.context, product).open("#/outbox")
    again.wait_until_arrived(3)
    arrived_once(product, mark, digests)


def test_two_tabs_send_each_record_once(phone, product, mark):
    report_offline(phone, mark, hazards=2)
    beside = Phone(phone.context, product).open("#/outbox")
    commits = []
    phone.context.on("request", lambda asked: asked.url.endswith("/commit") and commits.append(asked.url))
    phone.context.set_offline(False)
    for tab in (phone, beside):
        tab.page.bring_to_front()
        tab.page.click("button:has-text('立即发送')")
    phone.wait_until_arrived(2)
    assert len(commits) == len(set(commits)) == 2
    arrived_once(product, mark, phone.digests(), hazards=2)


def kill_browser(folder):
    """SIGKILL the browser that has this profile, as an empty battery does."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if f"--user-data-dir={folder}".encode() in words and b"--type=" not in b"".join(words):
                os.kill(int(entry.parent.name), signal.SIGKILL)
                return
    raise AssertionError(f"no browser has the profile {folder}")


@contextlib.contextmanager
def own_browser(kind, chromium, folder, cookies):
    """A browser with a profile on the disk; it may be killed meanwhile."""
    context = kind.launch_persistent_context(
        folder, executable_path=chromium, args=CHROMIUM_OPTIONS, viewport=SIZE, locale="zh-CN"
    )
    context.add_cookies(cookies)
    context.add_init_script(SPY)
    try:
        yield context
    finally:
        with contextlib.suppress(Error):
            context.close()


def test_a_browser_killed_in_mid_upload_arrives_once(browser, chromium, product, signed_in, tmp_path, mark):
    profile = (browser.browser_type, chromium, tmp_path / "profile", signed_in["cookies"])
    with own_browser(*profile) as context:
        phone = Phone(context, product).make_ready()
        report_offline(phone, mark)
        digests = phone.digests()
        phone.slow_down()
        context.set_offline(False)
        phone.page.click("button:has-text('立即发送')")
        phone.wait_until_sending()
        kill_browser(tmp_path / "profile")
    with own_browser(*profile) as context:
        again = Phone(context, product).open("#/outbox")
        again.wait_until_arrived(3)
    arrived_once(product, mark, digests)


def test_the_app_opens_without_a_network_and_only_with_the_pin(phone, context):
    name = phone.page.inner_text(".list a.line >> nth=0").splitlines()[0]
    assert name not in phone.dump()
    context.set_offline(True)
    phone.page.close()
    again = Phone(context, phone.product).open()
    again.page.wait_for_selector("input.pin")
    assert name not in again.page.content()
    again.unlock()
    again.page.wait_for_selector(f".list:has-text('{name}')")
    for where in ("today/articles", "patrol", "more", "outbox"):
        again.open(f"#/{where}").page.wait_for_selector(".screen")
    again.open("#/map").page.wait_for_selector(".map canvas")
    assert again.page.inner_text("#line") == "离线"
    assert name not in again.dump()


def test_a_draft_lies_closed_on_the_device(phone, mark):
    phone.begin_report(mark)
    until(lambda: "已自动保存" in phone.page.inner_text(".saved"), "the draft is not kept")
    kept = phone.dump()
    assert mark not in kept
    assert PIN not in kept


def test_a_wrong_pin_opens_nothing_and_waits(phone):
    phone.page.click("#lock")
    for left in (4, 3, 2, 1):
        phone.unlock("111111")
        until(
            lambda left=left: f"还可以试 {left} 次" in phone.page.inner_text("main"), "no word of a wrong PIN"
        )
    phone.unlock("111111")
    until(lambda: "请等" in phone.page.inner_text("main"), "it does not wait after five wrong PINs")
    phone.page.reload()
    phone.unlock(PIN)
    until(lambda: "请等" in phone.page.inner_text("main"), "a fresh page forgets the wait")
    assert phone.page.locator(".list").count() == 0


def test_the_pin_can_be_changed(phone):
    phone.open("#/change")
    phone.page.fill("input[name=old]", PIN)
    phone.page.fill("input[name=pin]", "13579135")
    phone.page.fill("input[name=again]", "13579135")
    phone.page.click("form.sheet button.primary")
    phone.page.wait_for_selector(".screen")
    phone.page.click("#lock")
    phone.unlock(PIN)
    until(lambda: "PIN 不正确" in phone.page.inner_text("main"), "the old PIN still opens")
    phone.unlock("13579135").page.wait_for_selector(".screen")


def test_density_in_two_taps_reaches_the_server(phone, product):
    phone.page.click(".list a.line >> nth=0")
    phone.page.click("button.tile:has-text('记录密度')")
    phone.page.click(".class >> nth=2")
    phone.page.wait_for_selector(".tile.alarm")
    phone.open("#/outbox").wait_until_arrived(1)
    uid = phone.page.get_attribute(".card[data-row]", "data-row")
    asked = (
        "from anlan.domains.crowd.models import Observation as O; "
        f"print('FOUND', [*O.objects.filter(uid='{uid}').values_list('kind', flat=True)])"
    )
    assert "FOUND ['density']" in product.anlan("manage", "shell", "--no-imports", "-c", asked)


def test_an_export_holds_the_same_records_and_doubles_nothing(phone, product, mark, tmp_path):
    report_offline(phone, mark)
    with phone.page.expect_download() as saving:
        phone.page.click("button:has-text('全部导出')")
    box = tmp_path / saving.value.suggested_filename
    saving.value.save_as(box)
    assert box.suffix == ".anlanbox"
    uids = [card.get_attribute("data-row") for card in phone.page.locator(".card[data-row]").all()]
    listed = product.anlan("field", "open", str(box))
    assert all(uid in listed for uid in uids)
    assert hazards_of(product, mark) == []
    product.anlan("field", "open", str(box), "--take")
    phone.context.set_offline(False)
    phone.page.click("button:has-text('立即发送')")
    phone.wait_until_arrived(3)
    arrived_once(product, mark, phone.digests())


def test_signed_out_it_says_what_to_do_and_goes_on_after_signing_in(phone, product, mark, signed_in):
    phone.context.clear_cookies()
    phone.report(mark)
    until(lambda: "请重新登录" in phone.page.inner_text("main"), "it does not say that one is signed out")
    phone.context.add_cookies(signed_in["cookies"])
    phone.page.reload()
    phone.wait_until_arrived(1)
    assert len(hazards_of(product, mark)) == 1


def test_no_screen_is_wider_than_a_phone(phone):
    for where in SCREENS:
        phone.open(f"#/{where}").page.wait_for_selector("#screen > *")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= SIZE["width"], where
