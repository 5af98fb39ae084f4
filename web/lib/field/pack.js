// The day pack: fetched with the line, kept closed, read from memory while the device is open.

import { close, open } from "./crypt.js";
import { download } from "./link.js";
import { registered } from "./sender.js";
import { put, read, setDevice } from "./store.js";
import { key } from "./vault.js";

const EARTH_M = 6_371_000;
const MOST_SHOWN = 60;

let pack = null;

/** Fetch today's pack, told of the bytes so far, and keep it. Returns it. */
export async function fetchPack(onBytes) {
  const { uid } = await registered();
  const { value, size } = await download(`/field/pack.json?device=${encodeURIComponent(uid)}`, onBytes);
  await put("pack", { fetched_ms: Date.now(), size, ...(await close(key(), value)) }, "pack");
  await setDevice({ key: value.key, made_at: value.made_at, good_until: value.good_until });
  pack = value;
  return pack;
}

/** The pack, or null where none was fetched yet. */
export async function readPack() {
  if (!pack && key()) {
    const row = await read("pack", "pack");
    pack = row ? await open(key(), row) : null;
  }
  return pack;
}

/** What must not stay in memory behind a lock. */
export const forgetPack = () => (pack = null);

/** Metres between two positions on the ground, by the haversine formula. */
export function distance_m(a, b) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const half = (from, to) => Math.sin(rad(to - from) / 2) ** 2;
  const chord = half(a.lat, b.lat) + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * half(a.lon, b.lon);
  return 2 * EARTH_M * Math.asin(Math.sqrt(chord));
}

/** Rows that hold every word of the query in one of their fields; all of them without one. */
export function search(rows, query, fields) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (row) => fields.map((field) => row[field] ?? "").join(" ").toLowerCase();
  return words.length ? rows.filter((row) => words.every((word) => text(row).includes(word))) : rows;
}

/** Targets by distance where one stands somewhere, else as they came: [{…target, away_m}], and how many were left out. */
export function nearby(targets, here) {
  const placed = targets.map((one) => ({ ...one, away_m: here && one.lon != null ? distance_m(here, one) : null }));
  if (here) placed.sort((a, b) => (a.away_m ?? Infinity) - (b.away_m ?? Infinity));
  return { shown: placed.slice(0, MOST_SHOWN), more: Math.max(0, placed.length - MOST_SHOWN) };
}
