// Three hours in a thumbnail, and a share of capacity as a bar. Plain SVG, axes from zero.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, FOOT] = [180, 40, 1.5];
const STEPS = 36;

/** The counts of three hours, with the thresholds that are near as lines in their level's colour. */
export function drawSpark(svg, place) {
  const counts = (place.spark ?? []).slice(-STEPS);
  const print = `${counts.join()}|${place.capacity}`;
  if (svg.dataset.print === print) return;
  svg.dataset.print = print;
  svg.replaceChildren();
  if (counts.length < 2) return;
  const lines = place.capacity ? nearThresholds(place, Math.max(...counts.filter(Number.isFinite))) : [];
  const top = Math.max(1, ...counts.filter(Number.isFinite), ...lines.map((line) => line.count)) * 1.06;
  const y = (n) => HEIGHT - FOOT - (n / top) * (HEIGHT - 2 * FOOT);
  const x = (i) => ((STEPS - counts.length + i) / (STEPS - 1)) * WIDTH;
  for (const { level, count } of lines) {
    svg.append(make("line", { class: `limit level-${level}`, x1: 0, x2: WIDTH, y1: y(count), y2: y(count) }));
  }
  for (const run of unbroken(counts)) {
    const points = run.map(([i, n]) => `${x(i).toFixed(1)},${y(n).toFixed(1)}`).join(" ");
    svg.append(make("polyline", { class: "line", points }));
  }
}

/** The last threshold passed in this time, and the next one above. */
function nearThresholds(place, highest) {
  const all = Object.entries(place.thresholds ?? {})
    .map(([level, share]) => ({ level, count: share * place.capacity }))
    .sort((a, b) => a.count - b.count);
  const next = all.findIndex((line) => line.count > highest);
  return next < 0 ? all.slice(-1) : all.slice(Math.max(0, next - 1), next + 1);
}

/** A gap in the counts stays a gap. */
function unbroken(counts) {
  const runs = [[]];
  counts.forEach((n, i) => (n == null ? runs.push([]) : runs.at(-1).push([i, n])));
  return runs.filter((run) => run.length > 1);
}

/** A share of capacity: full at 100 %, the thresholds as ticks. */
export function drawBar(svg, place) {
  const print = `${place.share}|${place.capacity}`;
  if (svg.dataset.print === print) return;
  svg.dataset.print = print;
  svg.replaceChildren();
  if (!place.capacity) return;
  const width = Math.min(1, place.share ?? 0) * 100;
  svg.append(make("rect", { class: "track", width: 100, height: 8 }), make("rect", { class: "part", width, height: 8 }));
  for (const share of Object.values(place.thresholds ?? {})) {
    if (share < 1) svg.append(make("rect", { class: "tick", x: share * 100 - 0.3, width: 0.6, height: 8 }));
  }
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}
