// A place's page: its history as a chart, its outline and zones on a plan. The numbers above move by themselves.

import { historyChart } from "@web/lib/chart.js";
import { text } from "@web/lib/format.js";

const frame = document.getElementById("history");
const plan = document.getElementById("plan");

async function drawHistory() {
  const answer = await fetch(frame.dataset.source, { headers: { Accept: "application/json" } });
  const { t_ms, occupancy, thresholds, expected } = await answer.json();
  if (!t_ms.length) {
    frame.className = "card-body empty";
    frame.textContent = text("history.none");
    return;
  }
  const points = t_ms.map((ms, i) => [ms, occupancy[i]]);
  historyChart(frame, { points, expected, thresholds, csv_url: frame.dataset.csv });
}

async function drawPlan() {
  const { drawMap } = await import("@web/lib/map.js");
  const read = ({ dataset }) => ({ code: dataset.code, name: dataset.name, level: dataset.level, outline: JSON.parse(dataset.outline) });
  const place = { ...read(plan), lon: JSON.parse(plan.dataset.lon), lat: JSON.parse(plan.dataset.lat) };
  const zones = [...document.querySelectorAll("tr[data-outline]")].map(read).filter((zone) => zone.outline);
  const map = await drawMap(plan);
  map.show([place, ...zones]);
  map.fit([place, ...zones]);
}

drawHistory();
if (!plan.closest("[hidden]")) drawPlan();
