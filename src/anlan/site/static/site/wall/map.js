// The wall's map: not to be touched, fitted to the district, names with their share and heading.

import { percent, trend } from "@web/lib/format.js";
import { drawMap } from "@web/lib/map.js";

const ROOT_PX = 16;

export async function drawWallMap(element, places) {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / ROOT_PX;
  const basemap = JSON.parse(document.getElementById("basemap").textContent) || undefined;
  const map = await drawMap(element, { basemap, interactive: false, scale });
  const frame = () => map.fit(places, roomAround(element, scale));
  frame();
  new ResizeObserver(frame).observe(element);
  let shown = "";
  return {
    show(all) {
      const drawn = all.filter((place) => place.lon != null || place.outline).map(asSign);
      const print = JSON.stringify(drawn.map((place) => [place.code, place.level, place.note]));
      if (print !== shown) map.show(drawn); // the map is redrawn only when what it says has changed
      shown = print;
    },
  };
}

/** Room for the tally on the left and for the names at the rims. */
function roomAround(element, scale) {
  const wide = element.clientWidth > 700;
  return wide
    ? { left: 250 * scale, right: 130 * scale, top: 56 * scale, bottom: 40 * scale }
    : { left: 48, right: 72, top: 84, bottom: 64 };
}

function asSign(place) {
  const share = place.share == null ? "" : percent(place.share);
  return { ...place, note: [share, trend(place.net_per_min, place.capacity)].filter(Boolean).join(" ") };
}
