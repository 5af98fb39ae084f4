// The patrol: rounds, check-ins and what one sees, in as few taps as it takes.

import { readClock, text } from "@web/lib/format.js";
import { makeUid } from "@web/lib/field/crypt.js";
import { keepRound, readRound } from "@web/lib/field/drafts.js";
import { finish, readOutbox } from "@web/lib/field/outbox.js";
import { nearby, search } from "@web/lib/field/pack.js";
import { lastKnown, locate } from "@web/lib/field/position.js";
import { kick } from "@web/lib/field/sender.js";
import { ask, button, field, h, icon, say } from "@web/lib/field/view.js";
import { densityPicture } from "./density.js";
import { signature } from "./signature.js";
import { troubleWords, when } from "./words.js";

const ALARM_MS = 10_000;
const NOTHING = { uid: null, route: null, begun_at: null, stop: null, place: null, done: [] };

/** Where the patrol stands: {uid, route, begun_at, stop, place, done}; `uid` is null outside a round. */
const standing = async () => (await readRound()) ?? NOTHING;

/** Be at a place, inside or outside a round, and go on with `next`. */
export async function setPlace(app, target, next) {
  await keepRound({ ...(await standing()), stop: null, place: placeOf(target) });
  return app.go(next);
}

const placeOf = ({ code, name, zones }) => ({ code, name, zones: zones ?? [] });

/** Put a record into the outbox and say so; false where it could not be kept, and why was said. */
async function record(kind, body, { summary, uid, round, urgent = false, files = [] }) {
  try {
    await finish({ uid, kind, body, round, made_at: new Date().toISOString() }, { summary, urgent, files });
  } catch (failure) {
    say(await troubleWords(failure), { kind: "bad", last_ms: 8000 });
    return false;
  }
  kick();
  return true;
}

export async function patrolScreen(app) {
  const [pack, at] = [await app.pack(), await standing()];
  if (!pack) return app.go("ready");
  return h("div.screen", {}, at.uid ? underWay(app, at) : beginning(app, pack), here(at), deeds(app, at), at.uid && closing(app, at));
}

function beginning(app, pack) {
  const routes = pack.routes.map((route) => button("line", () => begin(app, route), icon("route"),
    h("span", {}, h("b", {}, route.name), h("small", {}, text("round.stops", { n: route.stops.length })))));
  return h("section", {}, h("h2", {}, text("round.begin")), h("div.list", {}, routes,
    button("line", () => begin(app, null), icon("walk"), h("span", {}, h("b", {}, text("round.free")), h("small", {}, text("round.free.note"))))));
}

async function begin(app, route) {
  const uid = makeUid();
  const body = { route: route?.id ?? null };
  if (!(await record("round_start", body, { uid, round: null, summary: route?.name ?? text("round.free") }))) return null;
  await keepRound({ ...(await standing()), uid, route, begun_at: new Date().toISOString(), stop: null, done: [] });
  return app.show();
}

function underWay(app, at) {
  const stops = (at.route?.stops ?? []).map((stop) => {
    const [isDone, isHere] = [at.done.includes(stop.id), at.stop?.id === stop.id];
    return button(`line.stop${isHere ? ".here" : ""}`, () => checkIn(app, at, stop), icon(isDone ? "circle-check" : "map-pin"),
      h("span", {}, h("b", {}, stop.name), h("small", {}, text(isHere ? "stop.here" : isDone ? "stop.done" : "stop.check_in"))));
  });
  return h("section", {}, h("h2", {}, at.route?.name ?? text("round.free"), h("small", {}, text("round.since", { time: when(at.begun_at, { readClock }) }))), h("div.list", {}, stops));
}

async function checkIn(app, at, stop) {
  const target = (await app.pack()).targets.find((one) => one.kind === "place" && one.code === stop.place);
  const place = target ? placeOf(target) : stop.place ? { code: stop.place, name: stop.name, zones: [] } : null;
  if (!at.done.includes(stop.id)) {
    const spot = await locate();
    const body = { stop: stop.id, place: stop.place ?? null, lon: spot?.lon ?? null, lat: spot?.lat ?? null, note: "" };
    if (!(await record("check_in", body, { round: at.uid, summary: stop.name }))) return null;
    say(text("checked_in", { name: stop.name }));
  }
  await keepRound({ ...at, stop, place, done: [...new Set([...at.done, stop.id])] });
  return app.show();
}

function here(at) {
  return h("a.line.place", { href: "#/places" }, icon("map-pin"),
    h("span", {}, h("small", {}, text("here")), h("b", {}, at.place?.name ?? text("here.none"))), h("span.away", {}, text("here.change")));
}

function deeds(app, at) {
  const tile = (name, sign, work) => button("tile", work, icon(sign), text(`do.${name}`));
  const at_place = (next) => () => app.go(at.place ? next : "places");
  return h("div.grid", {},
    tile("density", "users-group", at_place("density")), tile("count", "calculator", at_place("count")),
    tile("note", "edit", at_place("note")), tile("hazard", "alert-triangle", async () => app.report({ kind: "hazard", round: at.uid, about: await aboutHere(app, at) })),
    button("tile.alarm", () => (at.place ? tooMany(app, at) : app.go("places")), icon("bell-ringing"), text("do.too_many")),
  );
}

async function aboutHere(app, at) {
  const target = (await app.pack()).targets.find((one) => one.kind === "place" && one.code === at.place?.code);
  return target ? { kind: "place", id: target.id, code: target.code, name: target.name } : null;
}

/** Too many people: asked once, first in the outbox, sent at once. */
async function tooMany(app, at) {
  const title = text("too_many.title", { name: at.place.name });
  if (!(await ask({ title, words: text("too_many.words"), yes: text("too_many.yes"), no: text("cancel"), danger: true }))) return;
  const uid = makeUid();
  if (!(await observe(at, "too_many", null, { uid, summary: text("do.too_many"), urgent: true }))) return;
  say(text("too_many.sending"), { last_ms: ALARM_MS });
  await kick();
  const { state, reason } = (await readOutbox()).find((row) => row.uid === uid);
  const words = text(`too_many.${state === "conflict" ? "refused" : state}`, { reason });
  say(words, { kind: state === "arrived" ? "good" : "bad", last_ms: ALARM_MS });
}

const observe = (at, kind, value, { summary, urgent, uid, zone = null, note = "", ...rest }) =>
  record("observation", { place: at.place.code, zone, kind, value, note, ...rest }, { uid, round: at.uid, urgent, summary: `${at.place.name} · ${summary}` });

/** The classes of density with their pictures: one tap records. */
export async function densityScreen(app) {
  const [pack, at] = [await app.pack(), await standing()];
  if (!at.place) return app.go("places");
  let zone = null;
  const chip = (code, name) => h("label.chip", {}, h("input", { type: "radio", name: "zone", checked: code === null, onchange: () => (zone = code) }), h("span", {}, name));
  const classes = pack.density_classes.map((one) => button("class", async () => {
    if (!(await observe(at, "density", one.value, { summary: one.label, zone, class: one.key }))) return;
    say(text("density.kept", { name: at.place.name, label: one.label }));
    app.go("patrol");
  }, densityPicture(one.value), h("span", {}, h("b", {}, one.label), h("small", {}, one.words)), h("em", {}, bounds(one))));
  return h("div.screen", {}, h("h2", {}, at.place.name, h("small", {}, text("density.lead"))),
    at.place.zones.length > 0 && h("div.chips", { role: "radiogroup", "aria-label": text("zone") }, chip(null, text("zone.whole")), at.place.zones.map((one) => chip(one.code, one.name))),
    classes.length ? h("div.classes", {}, classes) : h("p.note", {}, text("density.no_classes")));
}

const bounds = ({ low, high }) => (high === null || high === undefined ? text("density.from", { low }) : text("density.range", { low, high }));

/** A number of people, or words. */
export async function countScreen(app) {
  const number = h("input.big", { type: "number", inputmode: "numeric", min: 0, max: 1_000_000, step: 1, name: "count", required: true });
  return entry(app, "count", field(text("count.label"), number), () => {
    const people = Number(number.value);
    return number.value !== "" && Number.isInteger(people) && people >= 0 ? { value: people, summary: text("count.people", { n: people }) } : null;
  });
}

export async function noteScreen(app) {
  const words = h("textarea", { rows: 5, maxlength: 500, name: "note", required: true });
  return entry(app, "note", field(text("note.label"), words), () => (words.value.trim() ? { value: null, note: words.value.trim(), summary: words.value.trim() } : null));
}

async function entry(app, kind, control, read) {
  const at = await standing();
  if (!at.place) return app.go("places");
  const wrong = h("p.wrong", { hidden: true, role: "alert" }, text(`${kind}.missing`));
  const save = button("primary.wide", async () => {
    const { value, ...rest } = read() ?? {};
    wrong.hidden = value !== undefined;
    if (value === undefined || !(await observe(at, kind, value, rest))) return;
    say(text("kept"));
    app.go("patrol");
  }, text("keep"));
  return h("div.screen", {}, h("h2", {}, at.place.name, h("small", {}, text(`do.${kind}`))), control, wrong, save);
}

/** Choose where one is. */
export async function placesScreen(app) {
  const pack = await app.pack();
  const places = pack.targets.filter((one) => one.kind === "place");
  const list = h("div.list");
  const show = () => {
    const { shown } = nearby(search(places, box.value, ["name", "code", "address"]), lastKnown());
    list.replaceChildren(...shown.map((one) => button("line", () => setPlace(app, one, "patrol"), icon("building-community"), h("span", {}, h("b", {}, one.name), h("small", {}, one.address ?? "")))));
  };
  const box = h("input.search", { type: "search", placeholder: text("search.targets"), "aria-label": text("search.targets"), oninput: show });
  show();
  return h("div.screen", {}, h("h2", {}, text("here.choose")), h("div.row", {}, box), button("plain.wide", async () => (await locate(), show()), icon("current-location"), text("near")), list);
}

function closing(app, at) {
  const missed = (at.route?.stops ?? []).filter((stop) => !at.done.includes(stop.id)).length;
  return button("plain.wide", async () => {
    if (missed && !(await ask({ title: text("round.end"), words: text("round.missed", { n: missed }), yes: text("round.end.yes"), no: text("round.end.no") }))) return;
    await app.go("sign");
  }, icon("player-stop"), text("round.end"));
}

/** The end of a round: a signature on the glass for who wants one. */
export async function signScreen(app) {
  const at = await standing();
  const pad = signature();
  const end = button("primary.wide", async () => {
    const drawn = await pad.read();
    const files = drawn ? [{ uid: makeUid(), name: "signature.png", media_type: "image/png", bytes: drawn }] : [];
    if (!(await record("round_end", { signature_file: files[0]?.uid ?? null }, { round: at.uid, files, summary: at.route?.name ?? text("round.free") }))) return;
    await keepRound(null);
    say(text("round.ended"));
    app.go("patrol");
  }, text("round.end.sign"));
  return h("div.screen", {}, h("h2", {}, text("round.end"), h("small", {}, text("sign.note"))), pad.element, end);
}
