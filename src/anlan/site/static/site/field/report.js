// The form of a hazard, or of photos about one: kept at each pause of typing, sealed when it is finished.

import { text } from "@web/lib/format.js";
import { keepDraft, newDraft, readDraft, rowsOf } from "@web/lib/field/drafts.js";
import { finish } from "@web/lib/field/outbox.js";
import { locate } from "@web/lib/field/position.js";
import { kick } from "@web/lib/field/sender.js";
import { setDevice } from "@web/lib/field/store.js";
import { button, field, h, icon, say } from "@web/lib/field/view.js";
import { autosave, discard, photoFiles, photoStrip } from "./form.js";
import { signature } from "./signature.js";
import { troubleWords } from "./words.js";

const MOST_PHOTOS = 12;
const MOST_LETTERS = 2000;

/** Begin a form and lead to it. */
export async function beginReport(app, facts) {
  const draft = newDraft(facts.kind, { what: "", hazard_kind: "", address: "", lon: null, lat: null, about: null, round: null, ...facts });
  await keepDraft(draft);
  return app.go(`report/${draft.uid}`);
}

export async function reportScreen(app, uid) {
  const draft = await readDraft(uid);
  if (!draft) return h("p.empty", {}, text("draft.gone"));
  await setDevice({ open_draft: uid });
  const saved = h("p.saved", { role: "status" }, text("draft.begun"));
  const keep = autosave(app, draft, saved);
  const pad = draft.kind === "hazard" ? signature() : null;
  const body = draft.kind === "hazard" ? await hazardFields(app, draft, keep) : [h("p.lead", {}, draft.hazard.number, " · ", draft.hazard.what)];
  const wrong = h("p.wrong", { hidden: true, role: "alert" });
  return h("form.screen", { onsubmit: (sent) => sent.preventDefault() },
    h("h2", {}, text(draft.kind === "hazard" ? "do.hazard" : `stage.${draft.stage}`)), body, photoStrip(draft, keep, { most: MOST_PHOTOS }),
    pad && h("details.field", {}, h("summary", {}, text("sign.optional")), pad.element),
    wrong, saved,
    button("primary.wide", () => hand(app, draft, { keep, pad, wrong }), icon("check"), text("report.finish")),
    button("link.wide", () => discard(app, draft), text("draft.discard")));
}

async function hazardFields(app, draft, keep) {
  const pack = await app.pack();
  const what = h("textarea", { rows: 4, maxlength: MOST_LETTERS, name: "what", placeholder: text("what.example"), value: draft.what, oninput: () => keep.soon({ what: what.value }) });
  const kinds = h("select", { name: "kind", onchange: () => keep.soon({ hazard_kind: kinds.value }) },
    h("option", { value: "" }, text("kind.choose")), pack.kinds.map((kind) => h("option", { value: kind.key }, kind.name)));
  kinds.value = draft.hazard_kind;
  const address = h("input", { name: "address", maxlength: 200, value: draft.address, autocomplete: "off", oninput: () => keep.soon({ address: address.value }) });
  return [field(text("what"), what), field(text("kind"), kinds), about(draft, keep), field(text("address"), address), position(draft, keep)];
}

function about(draft, keep) {
  if (!draft.about) return null;
  const line = h("div.line", {}, icon("map-pin"), h("span", {}, h("small", {}, text(`target.${draft.about.kind}`)), h("b", {}, draft.about.name)),
    button("link", () => (keep.soon({ about: null }), line.remove()), text("about.remove")));
  return line;
}

function position(draft, keep) {
  const words = () => (draft.lon === null ? text("position.none") : text("position.at", { lon: draft.lon.toFixed(5), lat: draft.lat.toFixed(5) }));
  const line = h("span", {}, words());
  const take = button("plain", async () => {
    const spot = await locate();
    if (!spot) return say(text("position.failed"), { kind: "bad" });
    keep.soon({ lon: spot.lon, lat: spot.lat });
    line.textContent = words();
    return null;
  }, icon("current-location"), text("position.take"));
  return h("div.row.spread", {}, line, take);
}

/** What is still missing, as the name of its sentence; nothing when it can be sealed. */
function missing(draft) {
  if (draft.kind === "evidence") return draft.photos.length ? "" : "photos.missing";
  if (!draft.what.trim()) return "what.missing";
  if (!draft.hazard_kind) return "kind.missing";
  return draft.about || draft.address.trim() || draft.lon !== null ? "" : "where.missing";
}

async function hand(app, draft, { keep, pad, wrong }) {
  const lack = missing(draft);
  wrong.hidden = !lack;
  if (lack) return wrong.replaceChildren(text(lack));
  await keep.now();
  try {
    const files = await filesOf(draft, pad);
    await finish({ ...contents(draft), made_at: new Date().toISOString() }, { files, summary: draft.what || draft.hazard.what, draftRows: rowsOf(draft) });
  } catch (failure) {
    wrong.hidden = false;
    return wrong.replaceChildren(await troubleWords(failure));
  }
  keep.stop();
  await setDevice({ open_draft: null });
  kick();
  say(text(navigator.onLine ? "report.sent" : "report.waits"));
  return app.go("outbox");
}

function contents(draft) {
  const { uid, round, base = null } = draft;
  if (draft.kind === "evidence") return { uid, round, base, kind: "evidence", body: { hazard: draft.hazard.id, stage: draft.stage } };
  const about = Object.fromEntries(["place", "riskpoint", "enterprise"].map((kind) => [kind, draft.about?.kind === kind ? draft.about.id : null]));
  const body = { what: draft.what.trim(), kind: draft.hazard_kind, ...about, address: draft.address.trim(), lon: draft.lon, lat: draft.lat };
  return { uid, round, base, kind: "hazard", body };
}

async function filesOf(draft, pad) {
  const stage = draft.kind === "evidence" ? draft.stage : "before";
  const files = (await photoFiles(draft.photos)).map((photo) => ({ ...photo, stage }));
  const drawn = await pad?.read();
  return drawn ? [...files, { uid: crypto.randomUUID(), name: "signature.png", media_type: "image/png", bytes: drawn, stage }] : files;
}
