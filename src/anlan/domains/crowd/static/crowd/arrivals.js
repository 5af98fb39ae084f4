// A gathering's people as a curve: of the row shown, or of what stands in the form, while it is being filled in.

import { historyChart } from "@web/lib/chart.js";
import { count, text } from "@web/lib/format.js";

const WAIT_MS = 300;
const curve = document.getElementById("curve");
const form = document.getElementById("arrivals");
let chart = null;
let asked = 0;

function draw(points) {
  chart?.end();
  curve.replaceChildren();
  chart = points.length ? historyChart(curve, { points }) : null;
}

async function preview() {
  const number = ++asked;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  if (!answer.ok || number !== asked) return;
  const { points = [], persons, refusal } = await answer.json();
  const note = document.getElementById("preview-note");
  const said = persons ? text("arrivals.sum", { n: count(persons) }) : refusal;
  if (said) note.textContent = said;
  note.classList.toggle("text-danger", Boolean(refusal));
  draw(points);
}

/** Only the field that the chosen way of telling needs is shown. */
function fit() {
  const own = form.elements.shape.value === "own";
  form.elements.curve.closest(".field").hidden = !own;
  form.elements.persons.closest(".field").hidden = own;
}

if (form) {
  let waiting = 0;
  form.addEventListener("input", () => {
    fit();
    clearTimeout(waiting);
    waiting = setTimeout(preview, WAIT_MS);
  });
  fit();
  preview();
} else {
  draw(JSON.parse(curve.dataset.points));
}
