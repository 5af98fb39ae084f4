// A map of places: polygons and points with the colour AND the shape of their level, clustered on request,
// names drawn with the machine's own fonts. The `blank` basemap is only a ground colour: no internet needed.

import { AttributionControl, Map, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { LEVELS, colour, rank, shapeImage } from "./level.js";

setWorkerUrl(workerUrl);

const IMAGE_PX = 96; // drawn large once, shown at a quarter to a half: sharp on every screen
const FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif";

/**
 * Draw a map into `element`.
 * `basemap`: {kind: "blank"} or {kind: "raster", tiles, attribution}; `interactive`: pan, zoom and click;
 * `cluster`: gather near points, each group in the colour of its worst; `scale`: of signs and names (walls);
 * `exits`: [{lon, lat}] drawn as small rings. `pick(code)`: called on a click on a place; `words`: {zoomIn, zoomOut}.
 * `look({box: [w, s, e, n], zoom})`: called when the view has moved, for maps whose server gathers points.
 * `point([lon, lat])`: called on a click anywhere; `mark([lon, lat])` puts the one pin there.
 * Returns {mark(at), show(places, groups), fit(places), fitBox(box), view(), focus(code), end()}; a place is
 * {code, name, lon, lat, outline, level, note, quiet}, `note` the words behind its name, `quiet` an outline without a
 * sign; a group, with `look` only, {count, lon, lat, level}.
 */
export async function drawMap(element, { basemap = { kind: "blank" }, interactive = true, cluster = false, scale = 1, exits = [], pick, look, point, words } = {}) {
  const map = new Map({
    container: element,
    style: makeStyle(basemap),
    interactive,
    attributionControl: false,
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
    locale: words && { "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut },
  });
  if (basemap.attribution) map.addControl(new AttributionControl({ customAttribution: basemap.attribution }));
  if (interactive) map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  await map.once("load");
  LEVELS.forEach((level) => map.addImage(level, shapeImage(level, IMAGE_PX), { pixelRatio: 4 }));
  addOutlines(map);
  if (exits.length) addExits(map, exits, scale);
  addPoints(map, { cluster, scale });
  if (look) addGathered(map, scale);
  if (pick) answerClicks(map, pick);
  if (look) map.on("moveend", () => look(view(map)));
  if (point) map.on("click", ({ lngLat }) => point([lngLat.lng, lngLat.lat]));
  const pin = new Marker();
  return {
    mark: (at) => pin.setLngLat(at).addTo(map),
    show: (places, groups = []) => show(map, places, groups),
    fitBox: ([west, south, east, north]) => map.fitBounds([west, south, east, north], { padding: 56, animate: false, maxZoom: 17 }),
    view: () => view(map),
    fit: (places, padding = { top: 56, bottom: 48, left: 48, right: 112 }) => fit(map, places, padding),
    focus: (place) => map.easeTo({ center: [place.lon, place.lat], zoom: Math.max(map.getZoom(), 15) }),
    end: () => map.remove(),
  };
}

function makeStyle(basemap) {
  const ground = getComputedStyle(element()).getPropertyValue("--map-ground").trim() || "#eef1f5";
  const style = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": ground } }] };
  if (basemap.kind === "raster") {
    style.sources.tiles = { type: "raster", tiles: basemap.tiles, tileSize: 256 };
    style.layers.push({ id: "tiles", type: "raster", source: "tiles" });
  }
  return style;
}

const element = () => document.documentElement;
const token = (name) => getComputedStyle(element()).getPropertyValue(name).trim();
const byLevel = (key) => ["match", ["get", key], ...LEVELS.flatMap((level) => [level, colour(level)]), colour("lost")];

function addOutlines(map) {
  map.addSource("outlines", { type: "geojson", data: collect([]) });
  const fill = { "fill-color": byLevel("level"), "fill-opacity": ["match", ["get", "level"], ["red", "orange", "yellow"], 0.28, 0.14] };
  map.addLayer({ id: "areas", type: "fill", source: "outlines", paint: fill });
  const line = { "line-color": byLevel("level"), "line-width": ["match", ["get", "level"], ["red", "orange"], 2.5, 1.25], "line-opacity": 0.75 };
  map.addLayer({ id: "rims", type: "line", source: "outlines", paint: line });
}

/** A station's exits: small rings without a name, below the signs. */
function addExits(map, exits, scale) {
  const point = (exit) => feature({ type: "Point", coordinates: [exit.lon, exit.lat] }, {});
  map.addSource("exits", { type: "geojson", data: collect(exits.map(point)) });
  const ring = { "circle-radius": 3 * scale, "circle-color": token("--map-ground") || token("--ground"), "circle-stroke-color": token("--ink-3"), "circle-stroke-width": 1.5 * scale };
  map.addLayer({ id: "exits", type: "circle", source: "exits", paint: ring });
}

function addPoints(map, { cluster, scale }) {
  const worst = { worst: ["max", ["get", "rank"]] };
  map.addSource("points", { type: "geojson", data: collect([]), cluster, clusterRadius: 44, clusterProperties: cluster ? worst : undefined });
  map.addLayer({
    id: "signs", type: "symbol", source: "points", filter: ["!", ["has", "point_count"]],
    layout: {
      "icon-image": ["get", "level"], "icon-size": ["interpolate", ["linear"], ["get", "rank"], 0, 0.7 * scale, 6, 1.3 * scale],
      "icon-allow-overlap": true, "icon-ignore-placement": true,
      "symbol-sort-key": ["-", 0, ["get", "urgency"]],
      "text-field": ["get", "label"], "text-font": [FONT],
      "text-size": ["interpolate", ["linear"], ["get", "rank"], 0, 14 * scale, 6, 18 * scale],
      "text-variable-anchor": ["left", "right", "bottom", "top"], "text-radial-offset": 0.95, "text-justify": "auto",
      "text-optional": true, "text-padding": 3 * scale, "text-max-width": 14,
    },
    paint: { "text-color": token("--ink"), "text-halo-color": token("--map-ground") || token("--ground"), "text-halo-width": 1.6 * scale },
  });
  if (cluster) addClusters(map, scale);
}

function addClusters(map, scale) {
  const shade = ["match", ["get", "worst"], ...LEVELS.flatMap((level) => [rank(level), colour(level)]), colour("lost")];
  map.addLayer({
    id: "groups", type: "circle", source: "points", filter: ["has", "point_count"],
    paint: { "circle-color": token("--surface"), "circle-radius": 15 * scale, "circle-stroke-color": shade, "circle-stroke-width": 3 * scale },
  });
  map.addLayer({
    id: "group-counts", type: "symbol", source: "points", filter: ["has", "point_count"],
    layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": [FONT], "text-size": 14 * scale, "text-allow-overlap": true },
    paint: { "text-color": token("--ink") },
  });
}

/** Groups that the server made: the sign of the worst above how many there are. */
function addGathered(map, scale) {
  map.addSource("gathered", { type: "geojson", data: collect([]) });
  const disc = { "circle-color": token("--surface"), "circle-radius": 20 * scale, "circle-stroke-color": byLevel("level"), "circle-stroke-width": 3 * scale };
  map.addLayer({ id: "gathered", type: "circle", source: "gathered", paint: disc });
  map.addLayer({
    id: "gathered-counts", type: "symbol", source: "gathered",
    layout: {
      "icon-image": ["get", "level"], "icon-size": 0.6 * scale, "icon-offset": [0, -14], "icon-allow-overlap": true,
      "text-field": ["to-string", ["get", "count"]], "text-font": [FONT], "text-size": 12 * scale, "text-offset": [0, 0.6], "text-allow-overlap": true,
    },
    paint: { "text-color": token("--ink") },
  });
  map.on("click", "gathered", (click) => map.easeTo({ center: click.features[0].geometry.coordinates, zoom: map.getZoom() + 2 }));
  map.on("mouseenter", "gathered", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "gathered", () => (map.getCanvas().style.cursor = ""));
}

function view(map) {
  const box = map.getBounds();
  const clip = (value, most) => Math.max(-most, Math.min(most, value));
  return { box: [clip(box.getWest(), 180), clip(box.getSouth(), 90), clip(box.getEast(), 180), clip(box.getNorth(), 90)], zoom: map.getZoom() };
}

function answerClicks(map, pick) {
  for (const layer of ["signs", "areas"]) {
    map.on("click", layer, (click) => pick(click.features[0].properties.code));
  }
  map.on("click", "groups", async (click) => {
    const group = click.features[0];
    const zoom = await map.getSource("points").getClusterExpansionZoom(group.properties.cluster_id);
    map.easeTo({ center: group.geometry.coordinates, zoom });
  });
  for (const layer of ["signs", "areas", "groups"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}

function show(map, places, groups) {
  const facts = (place) => ({
    code: place.code, level: place.level, rank: rank(place.level),
    urgency: rank(place.level) * 10 + (place.share ?? 0), label: [place.name, place.note].filter(Boolean).join("  "),
  });
  const outlined = places.filter((place) => place.outline);
  const pointed = places.filter((place) => !place.quiet && (place.lon != null || place.outline));
  const point = (place) => ({ type: "Point", coordinates: place.lon != null ? [place.lon, place.lat] : middle(corners(place.outline)) });
  map.getSource("outlines").setData(collect(outlined.map((place) => feature(place.outline, facts(place)))));
  map.getSource("points").setData(collect(pointed.map((place) => feature(point(place), facts(place)))));
  const gathered = ({ lon, lat, ...rest }) => feature({ type: "Point", coordinates: [lon, lat] }, rest);
  map.getSource("gathered")?.setData(collect(groups.map(gathered)));
}

const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });
const collect = (features) => ({ type: "FeatureCollection", features });

function fit(map, places, padding) {
  const spots = places.flatMap((place) => [...corners(place.outline), ...(place.lon == null ? [] : [[place.lon, place.lat]])]);
  if (!spots.length) return;
  const [lons, lats] = [spots.map((spot) => spot[0]), spots.map((spot) => spot[1])];
  const box = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  map.fitBounds(box, { padding, animate: false, maxZoom: 17 });
}

const middle = (spots) => [0, 1].map((axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length);

function corners(geometry) {
  const flat = (list) => (typeof list?.[0] === "number" ? [list] : (list ?? []).flatMap(flat));
  return flat(geometry?.coordinates);
}
