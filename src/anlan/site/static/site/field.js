// The field app: one page, its screens by the part of the address after #, all it shows from this device.

import { count, readClock, span, text } from "@web/lib/format.js";
import { isSecure } from "@web/lib/field/crypt.js";
import { formOf } from "@web/lib/field/drafts.js";
import { get, isReached } from "@web/lib/field/link.js";
import { forgetPack, readPack } from "@web/lib/field/pack.js";
import { kick, onNews, startSending } from "@web/lib/field/sender.js";
import { device, read, setDevice } from "@web/lib/field/store.js";
import { hasPin, isOpen, lock, lockWhenIdle } from "@web/lib/field/vault.js";
import { h, setSprite } from "@web/lib/field/view.js";
import { boxScreen, outboxCount } from "./field/box.js";
import { checkScreen, checksScreen } from "./field/check.js";
import { changeScreen, choosePin, unlockScreen } from "./field/lock.js";
import { moreScreen, paintTheme } from "./field/more.js";
import { countScreen, densityScreen, noteScreen, patrolScreen, placesScreen, signScreen } from "./field/patrol.js";
import { askToPersist, readyScreen } from "./field/ready.js";
import { beginReport, reportScreen } from "./field/report.js";
import { hazardScreen, targetScreen, todayScreen } from "./field/today.js";
import { followVersions, readShellAgain } from "./field/version.js";

const BADGES_MS = 15_000;
const SCREENS = {
  ready: readyScreen, today: todayScreen, target: targetScreen, hazard: hazardScreen, map: mapScreen, patrol: patrolScreen, places: placesScreen,
  density: densityScreen, count: countScreen, note: noteScreen, sign: signScreen, report: reportScreen, checks: checksScreen, check: checkScreen, outbox: boxScreen, more: moreScreen, change: changeScreen,
};
const OPEN_WHEN_LOCKED = new Set(["outbox"]);
const FORMS = new Set(["report", "check"]);

const main = document.getElementById("screen");
const nothing = async () => {};
const hooks = { save: nothing, end: nothing };
let turn = 0;

/** Keep what a form has not written down yet. */
const save = () => hooks.save();

/** Leave the screen that is drawn: what is unsaved is kept, what runs is ended. */
async function leave() {
  await hooks.save();
  hooks.end();
  Object.assign(hooks, { save: nothing, end: nothing });
}

const app = {
  language: document.documentElement.lang,
  pack: readPack,
  report: (facts) => beginReport(app, facts),
  saving: (work) => (hooks.save = work),
  ending: (work) => (hooks.end = work),
  showBadges,

  /** Lead to a screen; the same one is drawn again. */
  go(where) {
    if (location.hash === `#/${where}`) return app.show();
    location.hash = `#/${where}`;
    return null;
  },

  /** Draw the screen of the address; only the newest call draws. */
  async show() {
    const mine = ++turn;
    await leave();
    const [name, ...facts] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
    const screen = await choose(name, facts);
    if (mine !== turn || !screen) return;
    main.replaceChildren(screen);
    main.dataset.name = isOpen() || OPEN_WHEN_LOCKED.has(name) ? name : "locked";
    document.querySelectorAll("#tabs a").forEach((link) => link.setAttribute("aria-current", link.hash === `#/${name}` ? "page" : "false"));
    if (main.dataset.drawn !== location.hash) scrollTo(0, 0);
    main.dataset.drawn = location.hash;
    showBadges();
  },

  /** The PIN was right: back to the very form that was open, else to today, or to getting ready. */
  async opened() {
    const known = await device();
    const draft = known.open_draft && (await read("drafts", known.open_draft));
    if (draft) return app.go(formOf(draft));
    if (!known.made_at) return app.go("ready");
    return location.hash.length > 2 ? app.show() : app.go("today");
  },

  async lock() {
    await leave();
    lock();
    forgetPack();
    await app.show();
  },

  async restart() {
    lock();
    forgetPack();
    await setDevice({ made_at: null, good_until: null, open_draft: null });
    await app.show();
  },

  speak: readShellAgain,
};

async function choose(name, facts) {
  document.body.dataset.open = isOpen();
  if (!isOpen() && !OPEN_WHEN_LOCKED.has(name)) {
    if (await hasPin()) return unlockScreen(app);
    return choosePin(async () => {
      await askToPersist();
      await app.opened();
    });
  }
  if (!FORMS.has(name) && isOpen()) await setDevice({ open_draft: null });
  return (SCREENS[name] ?? todayScreen)(app, ...facts);
}

async function mapScreen() {
  const pack = await readPack();
  if (!pack) return app.go("ready");
  const frame = h("div.map", { role: "application", "aria-label": text("map") });
  const note = h("p.note", {});
  const { drawAtlas } = await import("./field/atlas.js");
  requestAnimationFrame(async () => {
    try {
      const end = await drawAtlas(frame, pack, (kind, id) => app.go(`target/${kind}/${encodeURIComponent(id)}`));
      app.ending(end);
    } catch {
      note.textContent = text("map.failed");
    }
  });
  return h("div.screen.full", {}, frame, note);
}

/** The line, the pack's age and what waits: always in sight. */
async function showBadges() {
  const line = document.getElementById("line");
  line.dataset.state = isReached() ? "online" : "offline";
  line.textContent = text(line.dataset.state);
  const [{ made_at, good_until }, waiting] = [await device(), await outboxCount()];
  const age = document.getElementById("age");
  const isOld = good_until && Date.parse(good_until) < Date.now();
  age.dataset.state = isOld ? "old" : "";
  age.textContent = made_at ? text(isOld ? "pack.old" : "pack.badge", { age: span(Date.now() - Date.parse(made_at)), time: readClock(Date.parse(made_at)).minute }) : text("pack.none");
  const badge = document.querySelector("#tabs .count");
  badge.hidden = !waiting;
  badge.textContent = count(waiting);
}

/** Every now and then: is the server there again, and how old is the pack. */
async function look() {
  if (navigator.onLine && !isReached()) await get("/field/key.json").then(() => kick(), () => {});
  await showBadges();
}

async function start() {
  setSprite(document.body.dataset.icons);
  if (!isSecure()) return main.replaceChildren(h("div.sheet", {}, h("h2", {}, text("insecure")), h("p", {}, text("insecure.todo"))));
  paintTheme((await device()).theme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", async () => paintTheme((await device()).theme));
  addEventListener("hashchange", () => app.show());
  addEventListener("online", showBadges);
  addEventListener("offline", showBadges);
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  document.getElementById("lock").addEventListener("click", () => app.lock());
  setInterval(look, BADGES_MS);
  lockWhenIdle({ locking: leave, locked: () => (forgetPack(), app.show()) });
  onNews(({ row }) => row || (showBadges(), main.dataset.name === "outbox" && app.show()));
  followVersions();
  await app.show();
  startSending();
  return null;
}

start();
