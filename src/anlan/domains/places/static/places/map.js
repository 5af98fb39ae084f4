// The register on a map: a click on a place opens its drawer.

import { drawMap } from "@web/lib/map.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);

async function start(element) {
  const places = read("places");
  const texts = read("texts");
  const byCode = new Map(places.map((place) => [place.code, place]));
  const drawer = document.getElementById("drawer");
  drawer.querySelector(".close").addEventListener("click", () => drawer.close());
  const words = { zoomIn: texts.zoomIn, zoomOut: texts.zoomOut };
  const pick = (code) => fill(drawer, byCode.get(code), texts);
  const map = await drawMap(element, { cluster: true, pick, words });
  map.show(places);
  map.fit(places);
}

function fill(drawer, place, texts) {
  const say = (name, text) => (drawer.querySelector(`.${name}`).textContent = text ?? texts.none);
  say("name", place.name);
  say("kind", `${place.kind} · ${place.code}`);
  say("organisation", place.organisation);
  say("operator", place.operator || texts.none);
  say("grade", place.grade || texts.none);
  say("capacity", place.capacity?.toLocaleString() ?? texts.none);
  say("standing", place.state);
  drawer.querySelector(".open").href = place.url;
  drawer.show();
}

const element = document.getElementById("map");
if (element) start(element);
