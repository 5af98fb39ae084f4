import { historyChart } from "@web/lib/chart.js";
import { drawMap } from "@web/lib/map.js";
const now = Date.now(), points = [];
for (let i = 0; i < 288; i++) points.push([now - (288 - i) * 300000, i > 100 && i < 110 ? null : Math.round(3500 + 2600 * Math.sin(i / 50) + Math.random() * 200)]);
historyChart(document.getElementById("chart"), { points, csv_url: "#", thresholds: [{ level: "blue", value: 4800 }, { level: "yellow", value: 6000 }, { level: "orange", value: 7200 }, { level: "red", value: 8000 }] });
const snap = await (await fetch("/live/v1/live/snapshot")).json();
const map = await drawMap(document.getElementById("map"), { cluster: true, pick: (c) => console.log("pick " + c) });
map.show(snap.spaces.map((s) => ({ ...s, note: s.share ? Math.round(s.share * 100) + "%" : "" }))); map.fit(snap.spaces);
