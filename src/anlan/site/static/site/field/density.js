// Pictures of density: so many people on eight square metres, seen from above.

import { svg } from "@web/lib/field/view.js";

const [WIDTH_M, HEIGHT_M] = [4, 2];
const SCALE = 24; // pixels per metre
const HEAD_M = 0.13;

/** A picture of `per_m2` people per square metre. Always the same one for the same number. */
export function densityPicture(per_m2) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH_M * SCALE} ${HEIGHT_M * SCALE}`, class: "density", "aria-hidden": "true" });
  const [cols, rows] = grid(Math.round(per_m2 * WIDTH_M * HEIGHT_M));
  let left = Math.round(per_m2 * WIDTH_M * HEIGHT_M);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols && left > 0; col++, left--) {
      const x = ((col + 0.5 + shift(row * 7 + col)) / cols) * WIDTH_M;
      const y = ((row + 0.5 + shift(row * 3 + col * 11)) / rows) * HEIGHT_M;
      picture.append(svg("circle", { cx: (x * SCALE).toFixed(1), cy: (y * SCALE).toFixed(1), r: HEAD_M * SCALE }));
    }
  }
  return picture;
}

function grid(people) {
  const rows = Math.max(1, Math.round(Math.sqrt(people / 2)));
  return [Math.max(1, Math.ceil(people / rows)), rows];
}

const shift = (seed) => ((seed * 37) % 10) / 30 - 0.15; // nobody stands on a grid
