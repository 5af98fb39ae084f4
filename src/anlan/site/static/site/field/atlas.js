// The pack's map: outlines, places and risk points, drawn without a network.

import { text } from "@web/lib/format.js";
import { drawMap } from "@web/lib/map.js";
import { locate } from "@web/lib/field/position.js";

const LEVELS = new Set(["blue", "yellow", "orange", "red"]);
const PLAIN = "undetermined"; // the pack knows no present counts: nothing is called normal

/** Draw the pack into `element`; `pick(kind, id)` is called on a tap on something. Returns a function that ends it. */
export async function drawAtlas(element, pack, pick) {
  const targets = new Map(pack.targets.map((target) => [`${target.kind}/${target.id}`, target]));
  const outlines = pack.map.features.filter(({ geometry }) => geometry && geometry.type !== "Point").map(({ geometry, properties }, i) => ({
    code: `outline/${i}`, name: properties.name ?? "", outline: geometry, level: PLAIN, quiet: true,
  }));
  const points = [...targets].filter(([, target]) => target.lon !== null).map(([code, target]) => ({ code, name: target.name, lon: target.lon, lat: target.lat, level: levelOf(target, pack) }));
  const map = await drawMap(element, {
    cluster: true, words: { zoomIn: text("zoom.in"), zoomOut: text("zoom.out") },
    pick: (code) => targets.has(code) && pick(targets.get(code).kind, targets.get(code).id),
  });
  map.show([...outlines, ...points]);
  const here = await Promise.race([locate(), new Promise((done) => setTimeout(done, 500))]);
  if (here) map.focus(here);
  else map.fit(points.length ? points : outlines, 32);
  return map.end;
}

/** A risk point's level as the pack's map has it; a place is only a place. */
function levelOf(target, pack) {
  const known = pack.map.features.find(({ properties }) => properties.kind === target.kind && String(properties.id ?? properties.code) === String(target.id));
  return LEVELS.has(known?.properties.level) ? known.properties.level : PLAIN;
}
