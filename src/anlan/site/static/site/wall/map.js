// The wall's map: not to be touched, fitted to the district, names with their share and heading.

import { percent, text, trend } from "@web/lib/format.js";
import { ALERTS } from "@web/lib/level.js";
import { drawMap } from "@web/lib/map.js";

const ROOT_PX = 16;
const NAMES_LARGER = 1.2; // read from four metres
const NARROW_PX = 700; // a phone: only what is not normal is named

export async function drawWallMap(element, places, exits) {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / ROOT_PX;
  const basemap = JSON.parse(document.getElementById("basemap").textContent) || undefined;
  const map = await drawMap(element, { basemap, interactive: false, scale: scale * NAMES_LARGER, exits });
  const frame = () => map.fit(places, roomAround(element, scale));
  frame();
  new ResizeObserver(frame).observe(element);
  let shown = "";
  return {
    show(all) {
      const narrow = element.clientWidth <= NARROW_PX;
      const drawn = all.filter(isShown).map((place) => asSign(place, narrow));
      const print = JSON.stringify(drawn.map((place) => [place.code, place.level, place.note]));
      if (print !== shown) map.show(drawn); // the map is redrawn only when what it says has changed
      shown = print;
    },
  };
}

/** Places wherever they are known to be; of their zones only those with a warning. */
const isShown = (place) => (place.lon != null || place.outline) && (!place.parent || ALERTS.includes(place.level));

/** Room for the tally on the left and for the names at the rims. */
function roomAround(element, scale) {
  const wide = element.clientWidth > NARROW_PX;
  return wide
    ? { left: 250 * scale, right: 190 * scale, top: 56 * scale, bottom: 40 * scale }
    : { left: 48, right: 120, top: 100, bottom: 76 };
}

function asSign(place, narrow) {
  if (narrow && place.level === "none") return { ...place, name: "", note: "" };
  if (place.level === "lost") return { ...place, note: text("level.lost") };
  const share = place.share == null ? "" : percent(place.share);
  return { ...place, note: [share, trend(place.net_per_min, place.capacity)].filter(Boolean).join(" ") };
}
