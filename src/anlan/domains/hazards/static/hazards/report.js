// Where the reporter stands, or a point on a map, for browsers that run scripts; the map is fetched when it is asked for.

const box = document.querySelector(".position");
const [lon, lat] = ["lon", "lat"].map((name) => document.getElementById(`id_${name}`));
const said = box.querySelector(".said");
const FIX_MS = 15_000;

function keep(at, text) {
  lon.value = at[0].toFixed(6);
  lat.value = at[1].toFixed(6);
  said.textContent = text;
}

function standHere() {
  const found = ({ coords }) => keep([coords.longitude, coords.latitude], box.dataset.found);
  const none = () => (said.textContent = box.dataset.none);
  if (!navigator.geolocation) return none();
  navigator.geolocation.getCurrentPosition(found, none, { enableHighAccuracy: true, timeout: FIX_MS });
}

async function openMap(button) {
  button.disabled = true;
  const chart = box.querySelector(".chart");
  const { drawMap } = await import("@web/lib/map.js");
  const answer = await fetch(box.dataset.map);
  const places = answer.ok ? (await answer.json()).places : [];
  chart.hidden = false;
  const map = await drawMap(chart, {
    words: { zoomIn: box.dataset.zoomIn, zoomOut: box.dataset.zoomOut },
    point: (at) => {
      keep(at, box.dataset.picked);
      map.mark(at);
    },
  });
  map.show(places);
  map.fit(places);
}

box.hidden = false;
box.querySelector(".here").addEventListener("click", standHere);
const pick = box.querySelector(".pick");
pick.addEventListener("click", () => openMap(pick).catch(() => (said.textContent = box.dataset.none)));
