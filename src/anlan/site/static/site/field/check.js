// Self-checks in the field: which units, by which checklist, filled in without a network, signed and sealed.

import { readClock, text } from "@web/lib/format.js";
import { keepDraft, newDraft, readDraft, readDrafts, rowsOf } from "@web/lib/field/drafts.js";
import { Filling, QUIET, takesPhotos } from "@web/lib/field/filling.js";
import { finish } from "@web/lib/field/outbox.js";
import { kick } from "@web/lib/field/sender.js";
import { setDevice } from "@web/lib/field/store.js";
import { button, field, h, icon, say } from "@web/lib/field/view.js";
import { autosave, discard, photoFiles } from "./form.js";
import { questionView } from "./question.js";
import { signature } from "./signature.js";
import { troubleWords } from "./words.js";

const DAY_MS = 86_400_000;
const MOST_PHOTOS = 19; // with the signature no more files than a record may have
const NAME_MOST = 60;

/** The units for which one acts, the soonest due first. */
export const unitsOf = (pack) => pack.targets.filter((target) => target.checklists?.length).sort((a, b) => (a.check_due_on ?? "9").localeCompare(b.check_due_on ?? "9"));

/** How many of them are due today, or were. */
export const dueCount = (pack) => unitsOf(pack).filter((unit) => stateOf(unit) !== "").length;

/** late, soon (today or tomorrow) or nothing, by the phone's own day. */
function stateOf({ check_due_on }) {
  if (!check_due_on) return "";
  const today = readClock(Date.now()).date;
  return check_due_on < today ? "late" : Date.parse(check_due_on) - Date.parse(today) <= DAY_MS ? "soon" : "";
}

function due(unit) {
  if (!unit.check_due_on) return null;
  const state = stateOf(unit);
  return h("span.due", { "data-state": state }, state && text(`due.${state}`), h("time", { datetime: unit.check_due_on }, unit.check_due_on.slice(5)));
}

/** All units for which one acts. */
export async function checksScreen(app) {
  const pack = await app.pack();
  if (!pack) return app.go("ready");
  const units = unitsOf(pack);
  return h("div.screen", {}, h("h2", {}, text("checks"), h("small", {}, text("checks.lead"))),
    units.length ? h("div.list", {}, units.map((unit) => h("a.line", { href: `#/target/${unit.kind}/${encodeURIComponent(unit.id)}` }, icon("clipboard-check"),
      h("span", {}, h("b", {}, unit.name), h("small", {}, text("checks.n", { n: unit.checklists.length }))), due(unit))))
      : h("p.empty", {}, text("checks.none")));
}

/** What a target's screen shows of its self-checks; nothing where one does not act for it. */
export function checksOf(app, pack, target) {
  const lists = (target.checklists ?? []).map((code) => pack.checklists.find((list) => list.code === code)).filter(Boolean);
  if (!lists.length) return null;
  const facts = [["check.last", target.checked_on], ["check.due", target.check_due_on && due(target)]].filter(([, value]) => value);
  return [h("h3", {}, text("checks")),
    facts.length > 0 && h("dl.facts", {}, facts.map(([name, value]) => [h("dt", {}, text(name)), h("dd", {}, value)])),
    h("div.list", {}, lists.map((list) => button("line", () => beginCheck(app, target, list), icon("clipboard-check"),
      h("span", {}, h("b", {}, list.name), h("small", {}, text("check.facts", { version: list.version, n: askedOf(list).length }))), icon("chevron-right"))))];
}

const askedOf = ({ questions }) => questions.flatMap((one) => (one.parts.length ? askedOf({ questions: one.parts }) : QUIET.has(one.kind) ? [] : [one]));

/** Begin a checklist at a unit, or go on with the one that was begun there. */
async function beginCheck(app, { kind, id, code, name }, list) {
  const begun = (await readDrafts()).find((one) => one.list?.code === list.code && one.list.version === list.version && one.about.kind === kind && one.about.code === code);
  if (begun) return app.go(`check/${begun.uid}`);
  const pack = await app.pack();
  const draft = newDraft("self_check", { about: { kind, id, code, name }, list, answers: {}, notes: {}, signer: pack.person.name, post: "", is_confirmed: false });
  await keepDraft(draft);
  return app.go(`check/${draft.uid}`);
}

export async function checkScreen(app, uid) {
  const draft = await readDraft(uid);
  if (!draft) return h("p.empty", {}, text("draft.gone"));
  await setDevice({ open_draft: uid });
  const saved = h("p.saved", { role: "status" }, text("draft.begun"));
  const keep = autosave(app, draft, saved);
  const [form, pad, wrong] = [sheet(draft, keep), signature(), h("p.wrong", { hidden: true, role: "alert" })];
  return h("form.screen.check", { onsubmit: (sent) => sent.preventDefault() },
    h("h2", {}, draft.list.name, h("small", {}, `${draft.about.name} · ${text("check.version", { version: draft.list.version })}`, draft.list.is_demo && h("span.tag", {}, text("demo")))),
    form.count, form.body, signing(draft, keep, pad), wrong, saved,
    button("primary.wide", () => hand(app, draft, { keep, pad, wrong, form }), icon("check"), text("check.finish")),
    button("link.wide", () => discard(app, draft), text("draft.discard")));
}

/** The questions as far as the answers reach: drawn once each, put in and taken out as they come to be asked. */
function sheet(draft, keep) {
  const [body, count, views] = [h("div.questions"), h("p.count-answered", { role: "status" }), new Map()];
  const form = { body, count, isJudged: false, filling: null, show };
  const room = () => MOST_PHOTOS - draft.photos.length;
  const words = { draft, keep, room, changed: () => show() };
  function show() {
    form.filling = new Filling(draft.list, draft.answers, draft.photos.map((one) => one.key));
    const lines = form.filling.lines();
    const drawn = lines.filter((line) => line.question.kind !== "calculate").map((line) => {
      if (!views.has(line.key)) views.set(line.key, questionView(line, words));
      views.get(line.key).tell({ line, label: form.filling.label(line), isJudged: form.isJudged, rows: line.question.kind === "repeat" ? form.filling.rows(line.question.name).length : 0 });
      return views.get(line.key).element;
    });
    const isSame = drawn.length === body.children.length && drawn.every((one, at) => body.children[at] === one);
    if (!isSame) body.replaceChildren(...drawn);
    const asked = lines.filter((line) => !QUIET.has(line.question.kind) && line.question.is_required);
    count.textContent = text("check.answered", { n: asked.filter((line) => !line.fault).length, of: asked.length, failed: lines.filter((line) => line.is_bad).length });
  }
  show();
  return form;
}

/** Who answers for it: name, post, a word that it is true, and a signature on the glass for who wants one. */
function signing(draft, keep, pad) {
  const input = (name) => h("input", { name, maxlength: NAME_MOST, value: draft[name], autocomplete: "off", oninput: (typed) => keep.soon({ [name]: typed.target.value }) });
  const tick = h("input", { type: "checkbox", name: "is_confirmed", checked: draft.is_confirmed, onchange: () => keep.soon({ is_confirmed: tick.checked }) });
  return [h("h3", {}, text("check.signing")), h("div.pair", {}, field(text("check.signer"), input("signer")), field(text("check.post"), input("post"))),
    h("label.tick", {}, tick, h("span", {}, text("check.confirm"))),
    h("details.field", {}, h("summary", {}, text("sign.optional")), pad.element)];
}

/** What is still missing, as a sentence; nothing when it can be sealed. */
function missing(draft, form) {
  form.isJudged = true;
  form.show();
  const n = form.filling.lines().filter((line) => line.fault).length;
  if (n) return text("check.missing", { n });
  if (!draft.signer.trim() || !draft.post.trim()) return text("check.signer.missing");
  return draft.is_confirmed ? "" : text("check.confirm.missing");
}

async function hand(app, draft, { keep, pad, wrong, form }) {
  const lack = missing(draft, form);
  wrong.hidden = !lack;
  if (lack) {
    wrong.replaceChildren(lack);
    return form.body.querySelector(".wrong:not([hidden])")?.closest(".question").scrollIntoView({ block: "center" });
  }
  await keep.now();
  try {
    const { body, files } = await contents(draft, form.filling, pad);
    const record = { uid: draft.uid, kind: "self_check", body, made_at: new Date().toISOString() };
    await finish(record, { files, summary: `${draft.about.name} · ${draft.list.name}`, draftRows: rowsOf(draft) });
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

/** What the server gets: the answers as they were given, and the photos and notes of what is asked and failed. */
async function contents(draft, filling, pad) {
  const lines = filling.lines();
  const kept = new Set(lines.filter(takesPhotos).map((line) => line.key));
  const noted = draft.photos.filter((one) => kept.has(one.key));
  const files = await photoFiles(noted);
  const keys = new Map(noted.map((one) => [one.uid, one.key]));
  const drawn = await pad.read();
  const body = {
    checklist: draft.list.code, version: draft.list.version, [draft.about.kind]: draft.about.code, begun_at: new Date(draft.begun_ms).toISOString(),
    answers: draft.answers, seen: lines.filter((line) => !QUIET.has(line.question.kind)).map((line) => line.key),
    notes: Object.fromEntries(lines.filter((line) => line.is_bad && draft.notes[line.key]?.trim()).map((line) => [line.key, draft.notes[line.key].trim()])),
    photos: Object.fromEntries(files.map(({ uid }) => [uid, keys.get(uid)])),
    signer: draft.signer.trim(), post: draft.post.trim(), is_confirmed: draft.is_confirmed,
  };
  return { body, files: drawn ? [...files, { uid: crypto.randomUUID(), name: "signature.png", media_type: "image/png", bytes: drawn }] : files };
}
