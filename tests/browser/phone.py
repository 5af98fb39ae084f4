"""A phone with the field app on it: what a patrol does on the glass, and what lies in its store."""

import io
import json
import random

from PIL import Image
from tests.browser.product import until

PIN = "246810"
SIZE = {"width": 390, "height": 844}
LIMIT_S = 60
SLOW_BYTES_S = 150_000
GRAIN = 60
# Reads every row of every store of the field app, bytes as text where they are text: what a thief's tool would see.
DUMP = """async () => {
  const db = await new Promise((done, fail) => {
    const ask = indexedDB.open("anlan-field");
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => fail(ask.error);
  });
  const rows = (store) => new Promise((done) => {
    const ask = db.transaction(store).objectStore(store).getAll();
    ask.onsuccess = () => done(ask.result);
  });
  const plain = (_name, value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
  const all = {};
  for (const store of db.objectStoreNames) all[store] = await rows(store);
  db.close();
  return JSON.stringify(all, plain);
}"""
# Keeps the hashes of all large bytes that the page digests, to hold the server's against them.
SPY = """(() => {
  if (!crypto.subtle) return;
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  window.digested = [];
  crypto.subtle.digest = async (name, bytes) => {
    const answer = await digest(name, bytes);
    const hex = Array.from(new Uint8Array(answer), (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (bytes.length > 20000) window.digested.push(hex);
    return answer;
  };
})()"""


def photo(seed, *, size=(900, 700)):
    """A picture as a camera makes it: large, unlike any other, slow to send."""
    grain = Image.effect_noise(size, GRAIN).convert("RGB")
    grain.putpixel((0, 0), tuple(random.Random(seed).randbytes(3)))
    file = io.BytesIO()
    grain.save(file, "JPEG", quality=90)
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


class Phone:
    """One tab of the app in a browser's context."""

    def __init__(self, context, product):
        self.context, self.product = context, product
        self.page = context.new_page()

    def open(self, where=""):
        """Open the app, online or not."""
        self.page.goto(f"{self.product.address}/field/{where}")
        return self

    def make_ready(self, *, name="1 号巡查手机"):
        """Choose a PIN, name the device, fetch the pack, and wait until the app is kept on the device."""
        self.open()
        self.page.fill("input[name=pin]", PIN)
        self.page.fill("input[name=again]", PIN)
        self.page.click("form.sheet button.primary")
        self.page.fill("input[name=device]", name)
        self.page.click("button.primary")
        self.page.wait_for_selector(".tabs", timeout=LIMIT_S * 1000)
        until(
            lambda: self.page.get_attribute("html", "data-kept") == "true",
            "the app is not kept",
            limit_s=LIMIT_S,
        )
        until(
            lambda: self.page.evaluate("Boolean(navigator.serviceWorker.controller)"),
            "no worker holds the page",
        )
        return self

    def unlock(self, pin=PIN):
        """Type the PIN."""
        self.page.fill("input.pin", pin)
        self.page.click("form.sheet button.primary")
        return self

    def slow_down(self, bytes_s=SLOW_BYTES_S):
        """From now on this tab sends so slowly."""
        line = self.context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": bytes_s},
        )

    def begin_report(self, what):
        """Open the form of a hazard at the first target and write what it is."""
        self.page.goto(f"{self.product.address}/field/#/today")
        self.page.click(".list a.line >> nth=0")
        self.page.click("button.tile:has-text('上报隐患')")
        self.page.fill("textarea[name=what]", what)
        self.page.select_option("select[name=kind]", index=1)

    def add_photos(self, *seeds):
        """Take photos."""
        before = self.page.locator(".photos figure").count()
        self.page.set_input_files("input[name=photos]", [photo(seed) for seed in seeds])
        self.page.wait_for_selector(f".photos figure >> nth={before + len(seeds) - 1}")

    def report(self, what, *seeds):
        """Report a hazard with photos; it is in the outbox then."""
        self.begin_report(what)
        if seeds:
            self.add_photos(*seeds)
        self.page.click("button:has-text('完成并上报')")
        self.page.wait_for_selector(f".card:has-text('{what}')")

    def states(self):
        """The states of the outbox's cards as a person reads them."""
        return [
            tag.inner_text() for tag in self.page.locator(".card[data-row] header .state").element_handles()
        ]

    def wait_until_sending(self):
        """Wait until a part is under way."""
        until(
            lambda: any("发送中" in state for state in self.states()),
            "nothing is being sent",
            limit_s=LIMIT_S,
        )

    def wait_until_arrived(self, number):
        """Wait until so many records have arrived."""
        until(
            lambda: self.states().count("已到达") == number,
            f"not {number} records have arrived",
            limit_s=LIMIT_S,
        )

    def digests(self):
        """SHA-256 of the large bytes that this page has digested since it was loaded."""
        return set(self.page.evaluate("window.digested"))

    def dump(self):
        """All that IndexedDB holds, as one text."""
        return self.page.evaluate(DUMP)


def hazards_of(product, mark):
    """[{what, files: [SHA-256 of each file as it came]}] of the server's hazards whose text has `mark`."""
    asked = f"""
import json
from anlan.domains.hazards.models import Hazard
rows = Hazard.objects.filter(what__contains={mark!r}).order_by("what")
files = lambda row: [one.attachment.given_sha256 for one in row.evidence.select_related("attachment")]
print("FOUND", json.dumps([{{"what": row.what, "files": files(row)}} for row in rows]))
"""
    said = product.anlan("manage", "shell", "--no-imports", "-c", asked)
    return json.loads(said.split("FOUND ")[1].splitlines()[0])
