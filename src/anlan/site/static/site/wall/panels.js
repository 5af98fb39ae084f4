// The wall's panels. Rows are kept by code and changed in place, so that nothing jumps and nothing flickers.

import { count, oneDigit, percent, readClock, signed, span, spoken, stopwatch, text, trend } from "@web/lib/format.js";
import { ALERTS, byUrgency, paint } from "@web/lib/level.js";
import { drawBar, drawSpark } from "./spark.js";

const SILENT_AFTER_MS = 120_000; // a place whose newest reading is older shows its age in the level of a gap
const FULL_SOON_MIN = 60;
const UNUSUAL_SHOWN = 3;
const ALARMS_SHOWN = 4; // more would leave no room for the warnings
const NO_FORECAST_SHARE = 0.3; // of the usual flow past silent doors, as in anlan.science.imputation

const at = (id) => document.getElementById(id);
const write = (element, words) => {
  if (element.textContent !== words) element.textContent = words;
};

/** Keep one row per key in a list, in the given order; returns [row, thing] pairs to be filled. */
function keepRows(list, template, things, keyOf) {
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const rows = things.map((thing) => {
    const row = old.get(keyOf(thing)) ?? at(template).content.firstElementChild.cloneNode(true);
    row.dataset.key = keyOf(thing);
    old.delete(keyOf(thing));
    return row;
  });
  old.forEach((row) => row.remove());
  rows.forEach((row, i) => list.children[i] !== row && list.insertBefore(row, list.children[i] ?? null));
  return rows.map((row, i) => [row, things[i]]);
}

/** What people have to answer: level, place, age, each agency with ✓ or –; the newest unanswered red one pulses. */
export function showAlarms(alarms, total, now_ms) {
  const shown = alarms.slice(0, ALARMS_SHOWN);
  const pulsing = shown.filter((alarm) => alarm.level === "red" && !alarm.answered).sort((a, b) => b.since - a.since)[0];
  for (const [row, alarm] of keepRows(at("alarms"), "alarm-row", shown, (alarm) => String(alarm.id))) {
    paint(row, alarm.level);
    row.hidden = false;
    row.querySelector(".shape").classList.toggle("pulse", alarm === pulsing);
    row.classList.toggle("unanswered", !alarm.answered);
    write(row.querySelector(".place"), alarm.name);
    write(row.querySelector(".words"), text(`alarm.${alarm.state === "waiting" && alarm.fell_back ? "fell_back" : alarm.state}`));
    write(row.querySelector(".parties"), alarm.agencies.map((one) => `${spoken({ zh: one.name, en: one.name_en || one.name })} ${one.answered ? "✓" : "–"}`).join("　"));
    write(row.querySelector(".since b"), stopwatch(now_ms - alarm.since));
    write(row.querySelector(".since small"), alarm.next_look ? text("alarm.next", { time: readClock(alarm.next_look).minute }) : text("since", { time: readClock(alarm.since).minute }));
  }
  at("alarm-head").hidden = !total;
  write(at("alarm-count"), total ? String(total) : "");
  countMore(total - shown.length);
}

/** How many alarms there is no room for. */
function countMore(more) {
  at("alarms-more").hidden = more <= 0;
  write(at("alarms-more"), more > 0 ? text("alarms.more", { n: more }) : "");
}

/** Where there is no room, the unusual give way first, then the last alarms to the line that counts them; two always stay. */
function fitAlarms(total) {
  const rows = [...at("alarms").children];
  const panel = at("alarms").parentElement;
  const isFull = () => panel.scrollHeight > panel.clientHeight + 1;
  const unusual = panel.querySelector(".unusual");
  unusual.hidden = false;
  unusual.hidden = isFull();
  for (let shown = rows.length; shown > 2 && isFull(); shown--) {
    rows[shown - 1].hidden = true;
    countMore(total - shown + 1);
  }
}

/** Warnings; one whose place has an alarm does not pulse, its alarm does until it is answered. */
export function showWarnings(warnings, now_ms, alarms = []) {
  const alarmed = new Set(alarms.map((alarm) => alarm.code));
  const sorted = [...warnings].sort((a, b) => byUrgency(a, b) || a.since - b.since);
  const newestRed = sorted.filter((warning) => warning.level === "red" && !alarmed.has(warning.code.split("/")[0])).sort((a, b) => b.since - a.since)[0];
  const list = at("warnings");
  for (const [row, warning] of keepRows(list, "warning-row", sorted, (warning) => warning.code)) {
    paint(row, warning.level);
    row.querySelector(".shape").classList.toggle("pulse", warning === newestRed);
    write(row.querySelector(".place"), warning.name);
    write(row.querySelector(".words"), text(`level.${warning.level}.long`));
    write(row.querySelector(".source"), tellSource(warning));
    write(row.querySelector(".unkept"), warning.volatile ? text("unkept") : "");
    write(row.querySelector(".reason"), spoken(warning.reason));
    write(row.querySelector(".since b"), stopwatch(now_ms - warning.since));
    write(row.querySelector(".since small"), text("since", { time: readClock(warning.since).minute }));
  }
  write(at("warning-count"), sorted.length ? String(sorted.length) : "");
  at("calm").hidden = sorted.length > 0;
  list.classList.remove("is-full");
  fitRows(list, at("warnings-more"));
  list.classList.toggle("is-full", [...list.children].every((row) => row.hidden));
  fitAlarms(Number(at("alarm-count").textContent));
}

/** That a forecast raised it, and when it expects capacity to be reached; nothing for what was counted. */
function tellSource({ channel, crossing_at }) {
  if (!["A", "B"].includes(channel)) return "";
  const source = text(`source.${channel}`);
  return crossing_at ? `${source} · ${text("crossing", { time: readClock(crossing_at).minute })}` : source;
}

/** Counts far above the usual: a word without sound or colour, the most unusual first. */
export function showUnusual(unusual) {
  const shown = [...unusual].sort((a, b) => b.times - a.times).slice(0, UNUSUAL_SHOWN);
  for (const [row, one] of keepRows(at("unusual"), "unusual-row", shown, (one) => one.code)) {
    write(row.querySelector("span"), text("unusual", { name: one.name, n: oneDigit(one.times) }));
    write(row.querySelector("time"), text("since", { time: readClock(one.since).minute }));
  }
  const more = unusual.length - shown.length;
  at("unusual-more").hidden = !more;
  write(at("unusual-more"), more ? text("unusual.more", { n: more }) : "");
}

/** A wall does not scroll: the least urgent rows lose their reason first, then they are hidden and counted. */
function fitRows(list, more) {
  const rows = [...list.children];
  rows.forEach((row) => {
    row.hidden = false;
    row.classList.remove("brief");
  });
  more.hidden = true;
  const full = () => list.scrollHeight > list.clientHeight + 1;
  if (getComputedStyle(list).overflowY !== "hidden") return;
  for (const row of rows.slice(1).reverse()) {
    if (full()) row.classList.add("brief");
  }
  if (!full()) return;
  more.hidden = false;
  let hidden = 0;
  for (; full() && hidden < rows.length; hidden++) rows.at(-1 - hidden).hidden = true;
  write(more, text("warnings.more", { n: hidden }));
}

/** As many places as there is room for, worst and fullest first. */
export function showPlaces(places, now_ms) {
  const body = at("places");
  const shown = places.slice(0, roomForRows(body));
  for (const [row, place] of keepRows(body, "place-row", shown, (place) => place.code)) {
    paint(row, place.level);
    write(row.querySelector(".name span"), place.name);
    write(row.querySelector(".count b"), count(place.occupancy));
    write(row.querySelector(".count small"), place.occupancy != null && place.band >= 1 ? `±${count(place.band)}` : "");
    write(row.querySelector(".share b"), place.capacity ? percent(place.share) : text("level.undetermined"));
    row.querySelector(".share").classList.toggle("open", !place.capacity);
    drawBar(row.querySelector(".bar"), place);
    drawSpark(row.querySelector(".spark svg"), place);
    showHeading(row.querySelector(".trend"), place);
    showAge(row.querySelector(".age"), place, now_ms);
  }
}

function roomForRows(body) {
  const panel = body.closest(".panel");
  if (getComputedStyle(panel).overflowY !== "hidden") return 12;
  const row = body.firstElementChild?.offsetHeight || 3.25 * parseFloat(getComputedStyle(body).fontSize);
  const top = body.getBoundingClientRect().top - panel.getBoundingClientRect().top;
  return Math.max(1, Math.floor((panel.clientHeight - top) / row));
}

function showHeading(cell, place) {
  const arrow = trend(place.net_per_min, place.capacity);
  write(cell.querySelector("i"), arrow);
  cell.classList.toggle("rising", arrow === "↑" || arrow === "↗");
  const blind = place.dead_share > NO_FORECAST_SHARE;
  const soon = !blind && place.ttc_min != null && place.ttc_min <= FULL_SOON_MIN;
  const pace = place.net_per_min == null ? absent(place) : text("per.min", { n: signed(Math.round(place.net_per_min)) });
  const words = soon && (place.share >= 1 ? text("full.now") : text("full.in", { n: Math.ceil(place.ttc_min) }));
  write(cell.querySelector("span"), blind ? text("no.forecast") : words || pace);
  cell.classList.toggle("soon", soon || blind);
}

const absent = (place) => (place.level === "lost" ? text("level.lost") : "");

function showAge(cell, place, now_ms) {
  const age = place.last == null ? null : now_ms - place.last;
  const lost = place.level === "lost" || (age ?? Infinity) > SILENT_AFTER_MS;
  cell.classList.toggle("lost", lost);
  cell.closest("tr").classList.toggle("lost", lost);
  write(cell, age == null ? "" : text("ago", { age: span(age) }));
}

/** How many places stand at each level, and how many people are in all of them (a zone is not counted again). */
export function showTally(places) {
  const outer = places.filter((place) => !place.parent);
  const known = outer.filter((place) => place.occupancy != null); // of none: not 0, but unknown
  write(at("total"), count(known.length ? known.reduce((sum, place) => sum + place.occupancy, 0) : null));
  const levels = [...ALERTS, "none", "lost", "undetermined"];
  const tally = levels.map((level) => ({ level, n: outer.filter((place) => place.level === level).length }));
  for (const [row, { level, n }] of keepRows(at("tally"), "tally-row", tally, (entry) => entry.level)) {
    paint(row, level);
    row.classList.toggle("zero", n === 0);
    write(row.querySelector("span"), text(`level.${level}`));
    write(row.querySelector("b"), String(n));
  }
}

export function showChanges(changes) {
  const key = (change) => `${change.at}/${change.code}`;
  for (const [row, change] of keepRows(at("changes"), "change-row", changes, key)) {
    write(row.querySelector("time"), readClock(change.at).minute);
    write(row.querySelector(".place"), change.volatile ? `${change.name} · ${text("unkept")}` : change.name);
    for (const side of ["from", "to"]) {
      paint(row.querySelector(`.${side}`), change[side]);
      write(row.querySelector(`.${side} span`), text(`level.${change[side]}`));
    }
  }
  at("no-changes").hidden = changes.length > 0;
}

export function showHealth(health, delay_ms) {
  if (!health) return;
  const { sensors, engine, channels } = health;
  write(at("sensors-online"), count(sensors.online));
  write(at("sensors-total"), ` / ${count(sensors.total)}`);
  write(at("sensors-silent"), sensors.silent ? text("sensors.silent", { n: sensors.silent }) : text("sensors.fine"));
  at("sensors-silent").classList.toggle("bad", sensors.silent > 0);
  at("channels").hidden = !channels?.total;
  if (channels?.total) {
    const failing = channels.total - channels.up;
    write(at("channels-up"), count(channels.up));
    write(at("channels-total"), ` / ${count(channels.total)}`);
    write(at("channels-failing"), failing ? text("channels.failing", { n: failing }) : text("channels.fine"));
    at("channels-failing").classList.toggle("bad", failing > 0);
  }
  const slow = delay_ms >= 60_000;
  const delay = Math.max(0, delay_ms) / (slow ? 60_000 : 1000);
  write(at("delay"), !Number.isFinite(delay_ms) ? "–" : delay >= 10 ? count(delay) : oneDigit(delay));
  write(at("delay-unit"), text(slow ? "unit.min" : "unit.s"));
  write(at("engine"), text(`engine.${engine.state}`));
  at("engine").classList.toggle("bad", engine.state !== "running");
}
