// The map of risks: each viewport asks for its points or groups; a click on a point opens its drawer.

import { drawMap } from "@web/lib/map.js";
import "./map.css";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const TIMEOUT_MS = 8000;

async function start(element) {
  const [drawn, texts] = [read("drawn"), read("texts")];
  const drawer = document.getElementById("drawer");
  drawer.querySelector(".close").addEventListener("click", () => drawer.close());
  const pick = (code) => code.startsWith("place/") || openDrawer(drawer, drawn, code, texts);
  const words = { zoomIn: texts.zoomIn, zoomOut: texts.zoomOut };
  let asked = 0;
  const map = await drawMap(element, { pick, words, look: (view) => refresh(view) });

  /** Only the answer to the newest question is drawn: a slow one must not undo a later one. */
  async function refresh(view) {
    if (!drawn.has_points) return;
    const turn = ++asked;
    const answer = await ask(`${drawn.view}?${drawn.query}&box=${view.box.join(",")}&zoom=${view.zoom}`);
    if (turn !== asked) return;
    document.getElementById("trouble").hidden = answer !== null;
    if (answer === null) return;
    map.show([...drawn.places, ...answer.points], answer.groups);
    element.dataset.total = answer.total;
  }

  map.show(drawn.places);
  if (drawn.extent) map.fitBox(drawn.extent);
  else map.fit(drawn.places);
  refresh(map.view());
}

async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok && !answer.redirected ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function openDrawer(drawer, drawn, code, texts) {
  const point = await ask(drawn.drawer.replace("/-/", `/${encodeURIComponent(code)}/`));
  document.getElementById("trouble").hidden = point !== null;
  if (point === null) return;
  const say = (name, text) => (drawer.querySelector(`.${name}`).textContent = text || texts.none);
  for (const name of ["name", "level", "organisation", "answerer", "where", "precautions", "review", "state"]) say(name, point[name]);
  say("kind", [point.kind, point.code].filter(Boolean).join(" · "));
  const shape = drawer.querySelector(".shape");
  shape.parentElement.className = `level-${point.colour}`;
  shape.querySelector("use").setAttribute("href", `#shape-${point.colour}`);
  drawer.querySelector(".measures").replaceChildren(...point.measures.flatMap(([label, text]) => [line("dt", label), line("dd", text)]));
  drawer.querySelector(".open").href = point.url;
  drawer.show();
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

const element = document.getElementById("map");
if (element) start(element);
