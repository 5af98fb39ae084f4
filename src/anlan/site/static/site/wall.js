// The situation wall: one snapshot, then the feed; every second the clock and the ages move.

import { byUrgency } from "@web/lib/level.js";
import { follow } from "@web/lib/live.js";
import { readClock, span, spoken, text } from "@web/lib/format.js";
import { showAlarms, showChanges, showHealth, showPlaces, showTally, showUnusual, showWarnings } from "./wall/panels.js";

const CHANGES_KEPT = 8;
const MARK_MS = 15 * 60_000; // a mark without an end is shown for so long
const SPARK_STEP_MS = 5 * 60_000;
const SPARK_KEPT = 36; // three hours
const RELOAD_MS = 10_000;
const REFRESH_MS = 30_000; // the sparklines come with the snapshot only
const STEADY_MS = 2000; // the engine's clock ticks by the second: smaller differences would make ours stutter
const FAST_MS = 500;
const ALARMS_MS = 2000;
const DUTY_MS = 15000;
const LOST_AFTER_MS = 5 * 60_000; // as crowd.queries.live has it

const { feed, token } = document.body.dataset;
const address = (leaf) => `${feed}/${leaf}?token=${encodeURIComponent(token)}`;
const at = (id) => document.getElementById(id);

const wall = { places: new Map(), warnings: [], alarms: [], alarmCount: 0, unusual: [], changes: [], exits: [], health: null, scene: null, clock: null, map: null };

/** Simulated seconds per second: 1 live, 0 when a replay has ended. */
const speed = () => wall.scene?.speed ?? 1;

/** What a replay's time may run ahead of its messages, which come a few times a second. */
const slack_ms = () => FAST_MS * Math.max(0, speed() - 1);

/** The scene's present: what the server last said, moved on by our own clock at the scene's speed. */
function now() {
  if (!wall.clock) return Date.now();
  return wall.clock.at + (performance.now() - wall.clock.heard) * speed();
}

function setClock(at_ms) {
  if (!at_ms || (wall.clock && Math.abs(at_ms - now()) < STEADY_MS + slack_ms())) return;
  wall.clock = { at: at_ms, heard: performance.now() };
}

/** What the badge says: the level, or lost after five minutes of silence, or undetermined where nothing is judged. */
function judge(place) {
  const measures = [place.density, place.passage_capacity]; // gates tell passages, not people present
  if (place.occupancy == null && measures.every((one) => one == null)) return "lost";
  if (!place.last || now() - place.last > LOST_AFTER_MS + slack_ms()) return "lost";
  if (["lost", "undetermined"].includes(place.raw)) return place.capacity == null ? "undetermined" : "none";
  const judged = place.raw !== "none" || place.capacity != null || measures.some((one) => one != null);
  return judged ? place.raw : "undetermined";
}

async function load() {
  const answer = await fetch(address("snapshot"), { cache: "no-store", signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`snapshot ${answer.status}`);
  const all = await answer.json();
  wall.scene = all.scene;
  setClock(all.scene.at);
  wall.places = new Map(all.spaces.filter(isCounted).map((place) => [place.code, { ...place, raw: place.level }]));
  wall.warnings = all.warnings;
  wall.unusual = all.unusual;
  wall.exits = all.exits.filter((exit) => exit.lon != null);
  wall.changes = all.changes.slice(0, CHANGES_KEPT);
  wall.health = { sensors: all.sensors, engine: all.engine, channels: all.channels };
  showScene(all);
  draw();
  drawMapOnce();
}

/** Open alarms and who has answered: they come from the database of records, so they are asked for, not streamed. */
async function loadAlarms() {
  const answer = await fetch(address("alarms"), { cache: "no-store", signal: AbortSignal.timeout(ALARMS_MS * 2) });
  if (!answer.ok) return;
  const { alarms, count } = await answer.json();
  wall.alarms = alarms;
  wall.alarmCount = count;
  schedule();
}

/** Who is on duty and who leads; a post where nobody is comes first. */
async function loadDuty() {
  const answer = await fetch(address("duty"), { cache: "no-store", signal: AbortSignal.timeout(DUTY_MS) });
  if (!answer.ok) return;
  const { leaders, officers, empty, posts } = await answer.json();
  const line = at("on-duty");
  const say = (name, names) => (names.length ? text(`duty.${name}`, { names: names.slice(0, 3).join(text("duty.comma")) }) : "");
  const [alert, said] = line.children;
  alert.textContent = say("empty", empty);
  alert.hidden = !empty.length;
  said.textContent = [say("officers", officers), say("leaders", leaders)].filter(Boolean).join("　");
  line.hidden = !posts;
}

/** A station's exit counts into its station: without readings of its own it is no gap. */
const isCounted = (place) => place.kind !== "station_exit" || place.last;

function showBanner({ kind, title, speed: pace }) {
  const banner = at("scene");
  banner.hidden = kind === "live";
  const words = { title: spoken(title), speed: pace };
  banner.textContent = banner.hidden ? "" : text(pace ? `scene.${kind}` : "scene.over", words);
}

function showScene({ scene, district, demo }) {
  showBanner(scene);
  at("demo").hidden = !demo;
  if (district) at("district").textContent = text("district", { district: spoken(district) });
}

const on = {
  reset: load, // too much was missed while away
  spaces({ at: at_ms, rows }) {
    setClock(at_ms);
    for (const [code, occupancy, share, density, net_per_min, level, last, ttc_min, band, dead_share] of rows) {
      const place = wall.places.get(code);
      if (!place) continue;
      Object.assign(place, { occupancy, share, density, net_per_min, raw: level, last, ttc_min, band, dead_share });
      extendSpark(place, at_ms);
    }
    schedule();
  },
  change(change) {
    setClock(change.at);
    const name = change.name ?? wall.places.get(change.code)?.name ?? change.code;
    const known = wall.changes.filter((old) => old.at !== change.at || old.code !== change.code);
    wall.changes = [{ ...change, name }, ...known].slice(0, CHANGES_KEPT);
    const others = wall.warnings.filter((warning) => warning.code !== change.code);
    const place = wall.places.get(change.code);
    if (place) Object.assign(place, { raw: change.to, since: change.at, reason: change.reason });
    const open = ["blue", "yellow", "orange", "red"].includes(change.to);
    wall.warnings = open ? [...others, { ...change, name, level: change.to, since: change.at, crossing_at: change.numbers?.crossing_at_ms }] : others;
    schedule();
  },
  health(health) {
    if (wall.scene && health.speed !== speed()) {
      wall.scene.speed = health.speed;
      wall.clock = null;
      showBanner(wall.scene);
    }
    setClock(health.at);
    wall.health = health;
    schedule();
  },
};

/** The last column of the sparkline follows the count; every five minutes a new one begins. */
function extendSpark(place, at_ms) {
  if (!place.spark || place.occupancy == null) return;
  const column = Math.floor(at_ms / SPARK_STEP_MS);
  if (place.column !== undefined && column !== place.column) place.spark.push(place.occupancy);
  else place.spark[Math.max(0, place.spark.length - 1)] = place.occupancy;
  place.column = column;
  place.spark.splice(0, place.spark.length - SPARK_KEPT);
}

let waiting = false;

/** Draw once per frame at most, however many messages came. */
function schedule() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    draw();
  });
}

function draw() {
  wall.places.forEach((place) => (place.level = judge(place)));
  const places = [...wall.places.values()].sort(byUrgency);
  showUnusual(wall.unusual);
  showAlarms(wall.alarms, wall.alarmCount, now());
  showWarnings(wall.warnings, now(), wall.alarms);
  showPlaces(places, now() - slack_ms());
  showTally(places);
  showChanges(wall.changes);
  showHealth(wall.health, now() - newestReading(places));
  showMark();
  wall.map?.show(places);
}

/** When the newest reading of any place came, by the scene's clock. */
const newestReading = (places) => Math.max(...places.map((place) => place.last ?? -Infinity));

/** What a replay's record says happened at this moment, behind the banner's title. */
function showMark() {
  const mark = wall.scene?.marks?.filter((one) => one.at <= now() && now() < (one.until ?? one.at + MARK_MS)).at(-1);
  at("mark").hidden = !mark;
  if (mark) at("mark").textContent = spoken(mark.words);
}

async function drawMapOnce() {
  if (wall.mapAsked) return;
  wall.mapAsked = true;
  try {
    const { drawWallMap } = await import("./wall/map.js");
    wall.map = await drawWallMap(at("map"), [...wall.places.values()], wall.exits);
    draw();
  } catch {
    at("map-note").textContent = text("map.failed");
    at("map-note").hidden = false;
  }
}

let heard_ms = Date.now();
let link = "connecting";

function showLink() {
  const badge = at("link");
  badge.dataset.state = link;
  document.body.classList.toggle("stale", link === "stale");
  const words = link === "live" && wall.scene?.kind !== "live" ? "open" : link;
  badge.querySelector("span").textContent = text(`link.${words}`, { age: span(Date.now() - heard_ms) });
}

function tick() {
  const { date, second } = readClock(now());
  at("clock").querySelector(".date").textContent = date;
  at("clock").querySelector("b").textContent = second;
  showLink();
  if (wall.scene) schedule();
}

setInterval(tick, 1000);
setInterval(() => link === "live" && loadAlarms().catch(() => {}), ALARMS_MS);
setInterval(() => loadDuty().catch(() => {}), DUTY_MS);
loadDuty().catch(() => {});
setInterval(() => link === "live" && load().catch(() => {}), REFRESH_MS);
follow(address("stream"), {
  on,
  opened: load,
  state(name, last_ms) {
    link = name === "refused" ? "retrying" : name;
    if (name === "refused") setTimeout(() => location.reload(), RELOAD_MS);
    heard_ms = last_ms;
    showLink();
  },
});

