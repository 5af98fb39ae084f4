// Today: what is near and due, from the pack alone.

import { readClock, text } from "@web/lib/format.js";
import { nearby, search } from "@web/lib/field/pack.js";
import { lastKnown, locate } from "@web/lib/field/position.js";
import { button, h, icon } from "@web/lib/field/view.js";
import { checksOf, dueCount, unitsOf } from "./check.js";
import { setPlace } from "./patrol.js";
import { when } from "./words.js";

const DAY_MS = 86_400_000;
const TABS = ["targets", "hazards", "articles"];

/** The lists of the pack under three tabs, with one search box for each. */
export async function todayScreen(app, tab = "targets") {
  const pack = await app.pack();
  if (!pack) return app.go("ready");
  const list = h("div.list");
  const show = (query) => list.replaceChildren(...LISTS[tab](app, pack, query));
  const box = h("input.search", { type: "search", placeholder: text(`search.${tab}`), "aria-label": text(`search.${tab}`), oninput: () => show(box.value) });
  show("");
  const tabs = h("nav.tabs", {}, TABS.map((name) => h("a", { href: `#/today/${name}`, "aria-current": name === tab && "page" }, text(`tab.${name}`), h("b", {}, String(pack[name].length)))));
  const near = tab === "targets" && button("plain.wide", async () => (await locate(), show(box.value)), icon("current-location"), text("near"));
  return h("div.screen", {}, tabs, box, tab === "targets" && h("div.row", {}, near, h("a.plain.wide", { href: "#/map" }, icon("map-2"), text("map"))), tab === "targets" && checksLine(pack), list,
    leftOut(pack) && h("p.note", {}, text("pack.left_out", { what: leftOut(pack) })));
}

/** The way to the units for which one acts, where there are any. */
function checksLine(pack) {
  const [n, late] = [unitsOf(pack).length, dueCount(pack)];
  return n > 0 && h("a.line.checks", { href: "#/checks" }, icon("clipboard-check"), h("span", {}, h("b", {}, text("checks")), h("small", {}, text("checks.units", { n }))),
    late > 0 && h("span.due", { "data-state": "soon" }, text("checks.due", { n: late })));
}

/** What found no room in the pack: how many rows of which section. */
const leftOut = ({ left_out }) => Object.entries(left_out ?? {}).map(([name, n]) => text(`left.${name}`, { n })).join(text("comma"));

const LISTS = { targets: listTargets, hazards: listHazards, articles: listArticles };

const none = (name) => [h("p.empty", {}, text(`none.${name}`))];

function listTargets(_app, pack, query) {
  const found = search(pack.targets, query, ["name", "code", "address"]);
  const { shown, more } = nearby(found, lastKnown());
  if (!shown.length) return none("targets");
  const rows = shown.map((target) => h("a.line", { href: `#/target/${target.kind}/${encodeURIComponent(target.id)}` },
    icon(ICONS[target.kind]), h("span", {}, h("b", {}, target.name), h("small", {}, [text(`target.${target.kind}`), target.grade, target.address].filter(Boolean).join(" · "))),
    target.away_m !== null && h("span.away", {}, away(target.away_m)),
  ));
  return more ? [...rows, h("p.note", {}, text("more.targets", { n: more }))] : rows;
}

const ICONS = { place: "building-community", riskpoint: "alert-triangle", enterprise: "building" };

const away = (metres) => (metres < 1000 ? text("away.m", { n: Math.round(metres / 10) * 10 }) : text("away.km", { n: (metres / 1000).toFixed(1) }));

function listHazards(_app, pack, query) {
  const found = search(pack.hazards, query, ["number", "what", "place", "state_label"]).sort(byDue);
  return found.length ? found.map(hazardLine) : none("hazards");
}

const byDue = (a, b) => (a.due_at ?? "9").localeCompare(b.due_at ?? "9");

function hazardLine(hazard) {
  return h("a.line", { href: `#/hazard/${encodeURIComponent(hazard.id)}` }, icon("alert-triangle"),
    h("span", {}, h("b", {}, hazard.what), h("small", {}, [hazard.number, hazard.place, hazard.state_label].filter(Boolean).join(" · "))), due(hazard));
}

/** The deadline: overdue, within a day, or simply its date. */
function due({ due_at }) {
  if (!due_at) return null;
  const left_ms = Date.parse(due_at) - Date.now();
  const [state, words] = left_ms < 0 ? ["late", text("due.late")] : left_ms < DAY_MS ? ["soon", text("due.soon")] : ["", ""];
  return h("span.due", { "data-state": state }, words, h("time", { datetime: due_at }, when(due_at, { readClock })));
}

function listArticles(_app, pack, query) {
  const found = search(pack.articles, query, ["title", "text", "basis"]);
  if (!found.length) return none("articles");
  return found.map((article) => h("details.article", {}, h("summary", {}, h("span", {}, article.text), h("small", {}, article.title)),
    h("p", {}, article.text), h("small", {}, article.basis, article.is_unconfirmed && h("span.tag", {}, text("unverified")))));
}

/** One target: what it is, its open hazards, and what to do there. */
export async function targetScreen(app, kind, id) {
  const pack = await app.pack();
  const target = pack?.targets.find((one) => one.kind === kind && String(one.id) === id);
  if (!target) return h("p.empty", {}, text("gone"));
  const hazards = pack.hazards.filter((hazard) => hazard.place === target.name).sort(byDue);
  const facts = [["address", target.address], ["grade", target.grade], ["capacity", target.capacity], ["code", target.code]];
  return h("div.screen", {}, h("h2", {}, target.name),
    h("dl.facts", {}, facts.filter(([, value]) => value !== null && value !== "" && value !== undefined).map(([name, value]) => [h("dt", {}, text(`fact.${name}`)), h("dd", {}, String(value))])),
    h("div.grid", {},
      kind === "place" && button("tile", () => setPlace(app, target, "density"), icon("users-group"), text("do.density")),
      kind === "place" && button("tile", () => setPlace(app, target, "patrol"), icon("walk"), text("do.here")),
      button("tile", () => app.report({ kind: "hazard", about: aboutOf(target), address: target.address ?? "" }), icon("alert-triangle"), text("do.hazard")),
    ),
    checksOf(app, pack, target),
    hazards.length > 0 && [h("h3", {}, text("hazards.here")), h("div.list", {}, hazards.map(hazardLine))]);
}

/** What a form notes of a target. */
export const aboutOf = ({ kind, id, code, name }) => ({ kind, id, code, name });

/** One hazard of the pack, and what may be sent about it. */
export async function hazardScreen(app, id) {
  const hazard = (await app.pack())?.hazards.find((one) => String(one.id) === id);
  if (!hazard) return h("p.empty", {}, text("gone"));
  const facts = [["number", hazard.number], ["state", hazard.state_label], ["grade", hazard.grade], ["place", hazard.place]];
  const steps = (hazard.steps ?? []).map((stage) =>
    button("primary.wide", () => app.report({ kind: "evidence", hazard: { id: hazard.id, number: hazard.number, what: hazard.what }, base: hazard.base, stage }), icon("camera"), text(`stage.${stage}`)));
  return h("div.screen", {}, h("h2", {}, hazard.what),
    h("dl.facts", {}, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, text(`fact.${name}`)), h("dd", {}, value)]),
      hazard.due_at && [h("dt", {}, text("fact.due")), h("dd", {}, due(hazard))]),
    steps.length ? h("div.stack", {}, steps) : h("p.note", {}, text("hazard.no_steps")));
}
