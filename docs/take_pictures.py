"""Takes docs/pictures with a real chromium: the wall live and in the replay of 2014-12-31, a place, the phone's page."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.product import CHROMIUM_OPTIONS, running, sign_in, until

PICTURES = ROOT / "docs/pictures"
DESK = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
SETTLE_S = 6.0  # the wall has its numbers, its map and its first changes
REPLAY_SPEED = 60.0  # simulated seconds per second: two minutes until the first red

# name → (address below the server, size)
PAGES = {
    "wall": ("/wall/", DESK),
    "home": ("/", DESK),
    "places": ("/places/", DESK),
    "sensors": ("/crowd/sensors/", DESK),
    "warnings": ("/crowd/warnings/", DESK),
    "public-phone": ("/public/", PHONE),
    "wall-phone": ("/wall/", PHONE),
}


def take(context, address, name, size):
    """One picture of one page, once it has settled."""
    page = context.new_page()
    page.set_viewport_size(size)
    page.goto(address, wait_until="load")
    time.sleep(SETTLE_S if "wall" in name else 1.0)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()
    print(f"docs/pictures/{name}.png")


def take_replay(context, product):
    """The wall of the replayed evening, at its first red warning."""
    product.anlan(
        "replay", "bund-2014", "--speed", str(REPLAY_SPEED), "--server", product.address, "--detach"
    )
    page = context.new_page()
    page.set_viewport_size(DESK)
    page.goto(f"{product.address}/wall/?scene=replay:bund-2014", wait_until="load")
    red = page.locator("#warnings li", has_text="红色")
    until(lambda: red.count(), "the replay raises no red warning on the wall", limit_s=300)
    time.sleep(1.0)
    page.screenshot(path=PICTURES / "wall-bund-2014.png")
    print("docs/pictures/wall-bund-2014.png")


def main():
    """Serve a fresh demonstration district and take every picture; the exit code."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        print(
            "no chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)", file=sys.stderr
        )
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(folder) as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        context = browser.new_context(locale="zh-CN")
        sign_in(context.new_page(), product)
        for name, (path, size) in PAGES.items():
            take(context, product.address + path, name, size)
        take_replay(context, product)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
