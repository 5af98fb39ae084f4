// Times, ages and numbers as people read them. Words come from the page's `#texts`, never from here.

const LANG = document.documentElement.lang || "zh-Hans";
const ZONE = document.documentElement.dataset.zone || "Asia/Shanghai";
const ABSENT = "–";

const number = new Intl.NumberFormat(LANG, { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(LANG, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const clockParts = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, hourCycle: "h23",
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

let words = null;

/** The page's translated words. A missing one shows its own name, so that tests and eyes find it. */
export function text(name, values = {}) {
  words ??= JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
  const sentence = words[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** One of the two languages of a text that the server sent in both; a plain text is itself. */
export function spoken(both) {
  if (!both || typeof both === "string") return both ?? "";
  return LANG.startsWith("en") ? both.en : both.zh;
}

/** A moment's parts in the district's time zone: date 2026-11-23, minute 22:37, second 22:37:05. */
export function readClock(at_ms) {
  const parts = Object.fromEntries(clockParts.formatToParts(at_ms).map((part) => [part.type, part.value]));
  const minute = `${parts.hour}:${parts.minute}`;
  return { date: `${parts.year}-${parts.month}-${parts.day}`, minute, second: `${minute}:${parts.second}` };
}

/** How long ago, the largest unit only: 12 秒 · 4 分钟 · 3 小时 · 2 天. */
export function span(age_ms) {
  const age_s = Math.max(0, Math.floor(age_ms / 1000));
  if (age_s < 60) return text("span.s", { n: age_s });
  if (age_s < 3600) return text("span.min", { n: Math.floor(age_s / 60) });
  if (age_s < 86400) return text("span.h", { n: Math.floor(age_s / 3600) });
  return text("span.d", { n: Math.floor(age_s / 86400) });
}

/** A running age, exact to the second: 4′12″, 1 h 04′. */
export function stopwatch(age_ms) {
  const age_s = Math.max(0, Math.floor(age_ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(age_s / 3600), Math.floor(age_s / 60) % 60, age_s % 60];
  const two = (part) => String(part).padStart(2, "0");
  return hours ? `${hours} h ${two(minutes)}′` : `${minutes}′${two(seconds)}″`;
}

export const count = (n) => (n == null ? ABSENT : number.format(n));
export const oneDigit = (n) => (n == null ? ABSENT : decimal.format(n));
export const percent = (share) => (share == null ? ABSENT : `${Math.round(share * 100)}%`);
export const signed = (n) => (n > 0 ? `+${count(n)}` : n < 0 ? `−${count(-n)}` : "0");

/** Where a count is heading, against the place's size: steep from 1 % of the capacity per minute. */
export function trend(net_per_min, capacity) {
  if (net_per_min == null) return "";
  const share = net_per_min / (capacity || 1000);
  if (Math.abs(share) < 0.001 || Math.abs(net_per_min) < 1) return "→";
  if (share > 0) return share >= 0.01 ? "↑" : "↗";
  return share <= -0.01 ? "↓" : "↘";
}
