// Getting ready: the device's name, the day pack, and what the device offers to keep it all safe.

import { span, text } from "@web/lib/format.js";
import { makeUid } from "@web/lib/field/crypt.js";
import { fetchPack } from "@web/lib/field/pack.js";
import { kick } from "@web/lib/field/sender.js";
import { device, setDevice } from "@web/lib/field/store.js";
import { button, field, h, icon, say } from "@web/lib/field/view.js";
import { troubleWords } from "./words.js";

const MB = 2 ** 20;
const NAME_MOST = 60;

/** Ask the browser never to throw our store away by itself; what it answered is kept. */
export async function askToPersist() {
  const persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  await setDevice({ persisted });
}

/** "已用 12 MB，可用 2,048 MB" of this browser's room. */
export async function room() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return { used_mb: Math.ceil(usage / MB), free_mb: Math.max(0, Math.floor((quota - usage) / MB)) };
}

/** Name the device and fetch the pack; leads to today when it is there. */
export async function readyScreen(app) {
  const known = await device();
  const name = h("input", { name: "device", maxlength: NAME_MOST, value: known.name ?? text("device.name.first"), autocomplete: "off" });
  const progress = h("p.progress", { role: "status" });
  const fetching = button("primary.wide", () => prepare(app, name.value.trim(), progress), icon("download"), text(known.made_at ? "pack.again" : "pack.fetch"));
  return h("div.sheet", {},
    h("h2", {}, text("ready.title")), h("p.lead", {}, text("ready.lead")),
    field(text("device.name"), name, text("device.name.note")),
    fetching, progress,
    known.made_at && h("p.note", {}, text("pack.made", { age: span(Date.now() - Date.parse(known.made_at)) })),
  );
}

async function prepare(app, name, progress) {
  if (!name) return say(text("device.name.missing"), { kind: "bad" });
  const known = await device();
  if (known.name !== name) await setDevice({ uid: known.uid ?? makeUid(), name, is_registered: false });
  progress.textContent = text("pack.fetching");
  try {
    const pack = await fetchPack((bytes) => (progress.textContent = text("pack.bytes", { mb: (bytes / MB).toFixed(1) })));
    progress.textContent = "";
    say(text("pack.fetched", { targets: pack.targets.length, hazards: pack.hazards.length }));
  } catch (trouble) {
    const isPassing = ["offline", "server", "busy"].includes(trouble.kind);
    progress.textContent = isPassing ? text(`pack.failed.${trouble.kind}`) : await troubleWords(trouble);
    return null;
  }
  await app.showBadges();
  kick();
  return app.go("today");
}
