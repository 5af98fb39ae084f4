// Counts down to the moments that the server gave, by the server's own clock; without scripts the moments stand there.

import "./ladder.css";
import { stopwatch } from "@web/lib/format.js";

const STEP_MS = 1000;
const ahead_ms = new WeakMap(); // how far the server's clock is ahead, by the part of the page that told it

function lead(clock) {
  const part = clock.closest("[data-now]");
  if (!part) return 0;
  if (!ahead_ms.has(part)) ahead_ms.set(part, Date.parse(part.dataset.now) - Date.now());
  return ahead_ms.get(part);
}

function tick() {
  for (const clock of document.querySelectorAll("[data-counts-to]")) {
    clock.textContent = stopwatch(Math.max(0, Date.parse(clock.dataset.countsTo) - Date.now() - lead(clock)));
  }
}

tick();
setInterval(tick, STEP_MS);
document.body.addEventListener("htmx:afterSettle", tick);
document.body.addEventListener("htmx:after:swap", tick);
