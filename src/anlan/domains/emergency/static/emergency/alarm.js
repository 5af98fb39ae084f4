// An alarm's page: the waiting time and the countdown run by the second; without scripts the times stand still.

import "./alarm.css";
import { stopwatch } from "@web/lib/format.js";

const STEP_MS = 1000;

function tick() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    clock.textContent = stopwatch(Date.now() - Date.parse(clock.dataset.since));
  }
  for (const clock of document.querySelectorAll("[data-until]")) {
    const left_ms = Date.parse(clock.dataset.until) - Date.now();
    clock.textContent = `${left_ms < 0 ? "+" : ""}${stopwatch(Math.abs(left_ms))}`;
  }
}

tick();
setInterval(tick, STEP_MS);
document.body.addEventListener("htmx:afterSettle", tick);
document.body.addEventListener("htmx:after:swap", tick);
