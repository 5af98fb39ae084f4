// The pages of a responsible unit: presses of the clicker that wait for the network, answers kept as they are typed.

import "./keeper.css";

const SEND_EVERY_MS = 5_000;
const SAVE_AFTER_MS = 1_500;
const BATCH = 100;

/** Presses not yet taken by the server, kept on this phone under ids of their own so that each counts once. */
class Queue {
  constructor(address) {
    this.name = `presses:${address}`;
    this.address = address;
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  write(rows) {
    localStorage.setItem(this.name, JSON.stringify(rows));
  }

  add(place, kind) {
    this.write([...this.read(), { uid: makeUid(), place, kind, n: 1, at: new Date().toISOString() }]);
  }

  drop(uids) {
    this.write(this.read().filter((one) => !uids.has(one.uid)));
  }
}

/** A random uid; randomUUID is only there on encrypted pages. */
function makeUid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function startClicker(page) {
  const queue = new Queue(page.dataset.presses);
  const said = page.querySelectorAll(".keeper-pressed");
  let pressed = 0;
  let isSending = false;

  function tell(refused = "") {
    const waiting = queue.read().length;
    const text = waiting ? `${page.dataset.waiting} ${waiting}` : page.dataset.sent;
    if (pressed || waiting || refused) said.forEach((one) => (one.textContent = refused ? `${page.dataset.refused}${refused}` : text));
  }

  async function send() {
    const batch = queue.read().slice(0, BATCH);
    if (isSending || !batch.length) return;
    isSending = true;
    try {
      const headers = { "Content-Type": "application/json", "X-CSRFToken": page.dataset.csrf };
      const answer = await fetch(queue.address, { method: "POST", headers, body: JSON.stringify(batch) });
      if (answer.ok) {
        const { kept, refused } = await answer.json();
        queue.drop(new Set([...kept, ...refused.map((one) => one.uid)]));
        tell(refused.map((one) => one.why)[0]);
        if (kept.length && queue.read().length) setTimeout(send); // pressed while these went out
      }
    } catch {
      tell(); // no network: they wait
    } finally {
      isSending = false;
    }
  }

  for (const button of page.querySelectorAll("[data-kind]")) {
    button.addEventListener("click", (press) => {
      press.preventDefault();
      queue.add(button.closest("[data-place]").dataset.place, button.dataset.kind);
      pressed += 1;
      tell();
      send();
    });
  }
  addEventListener("online", send);
  setInterval(send, SEND_EVERY_MS);
  tell();
  send();
}

function startForm(form) {
  const said = document.querySelector(".check-saved");
  let timer = 0;

  async function save() {
    const sent = new FormData(form);
    for (const name of [...sent.keys()]) if (name.startsWith("photo:")) sent.delete(name);
    sent.append("by_itself", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body: sent });
      said.textContent = answer.ok ? said.dataset.saved : said.dataset.lost;
    } catch {
      said.textContent = said.dataset.lost;
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  form.addEventListener("change", (event) => {
    // what is asked further on depends on this answer: keep it and draw the page anew
    if (event.target.closest(".asks-more")) form.querySelector("button[name=save]").click();
  });
  for (const button of form.querySelectorAll(".check-here")) {
    button.hidden = !navigator.geolocation;
    button.addEventListener("click", () =>
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        document.getElementById(button.dataset.for).value = `${coords.latitude.toFixed(6)} ${coords.longitude.toFixed(6)}`;
        save();
      }),
    );
  }
}

const page = document.querySelector(".keeper[data-presses]");
if (page) startClicker(page);
const form = document.querySelector(".check-form");
if (form) startForm(form);
const printing = document.querySelector(".keeper-print");
if (printing) {
  printing.hidden = false;
  printing.addEventListener("click", () => print());
}
