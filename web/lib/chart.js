// One look for every chart, from the tokens: counts from zero, thresholds as labelled lines, a table behind a button.

import { LineChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { count, readClock, text } from "./format.js";
import { colour } from "./level.js";

use([LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, DataZoomInsideComponent, CanvasRenderer]);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * The history of a count. `data`: {points: [[ms, n or null]], expected: [[ms, n]], thresholds: [{level, value}],
 * csv_url}, where a null is a gap and `expected` goes on from the present, dashed; words come from the page's texts:
 * chart.count, chart.time, chart.table, chart.graph, chart.csv, and chart.expected where anything is.
 * Returns {extend(point), end()}.
 */
export function historyChart(element, data) {
  const points = [...data.points];
  const plot = document.createElement("div");
  plot.className = "chart";
  element.append(makeTools(element, plot, points, data), plot);
  const chart = init(plot, null, { renderer: "canvas" });
  chart.setOption(makeOption(points, data.thresholds ?? [], data.expected ?? []));
  const sized = new ResizeObserver(() => chart.resize());
  sized.observe(plot);
  return {
    extend(point) {
      points.push(point);
      chart.setOption({ series: [{ data: points }] });
    },
    end() {
      sized.disconnect();
      chart.dispose();
    },
  };
}

function makeOption(points, thresholds, expected) {
  const small = { color: token("--ink-3"), fontFamily: token("--font"), fontSize: 12 };
  const highest = Math.max(1, ...[...points, ...expected].map(([, n]) => n ?? 0), ...thresholds.map(({ value }) => value));
  return {
    animation: false,
    grid: { left: 8, right: thresholds.length ? 96 : 24, top: expected.length ? 36 : 16, bottom: 8, containLabel: true },
    legend: { show: expected.length > 0, left: 8, top: 0, itemWidth: 28, itemStyle: { opacity: 0 }, textStyle: { ...small, color: token("--ink-2") } },
    xAxis: { type: "time", axisLabel: { ...small, formatter: (ms) => readClock(ms).minute, hideOverlap: true }, axisLine: { lineStyle: { color: token("--line") } }, splitLine: { show: false } },
    yAxis: { type: "value", min: 0, max: Math.ceil(highest * 1.08), axisLabel: { ...small, formatter: count, showMaxLabel: false }, splitLine: { lineStyle: { color: token("--line") } } },
    // rich text, not HTML: the content policy forbids inline styles
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: token("--surface"), borderColor: token("--line"), textStyle: { ...small, color: token("--ink") }, formatter: ([{ value, seriesName }]) => `${sayTime(value[0])}\n${seriesName} ${count(value[1])}` },
    dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false }],
    series: [{
      type: "line", name: text("chart.count"), data: points, symbol: "none", connectNulls: false,
      lineStyle: { width: 2, color: token("--accent") }, itemStyle: { color: token("--accent") },
      markLine: { symbol: "none", silent: true, animation: false, data: thresholds.map(makeLimit) },
    }, ...(expected.length ? [{
      type: "line", name: text("chart.expected"), data: expected, symbol: "none",
      lineStyle: { width: 2, type: "dashed", color: token("--accent") }, itemStyle: { color: token("--accent") },
    }] : [])],
  };
}

function makeLimit({ level, value }) {
  const words = `${text(`level.${level}`)} ${count(value)}`;
  return { yAxis: value, lineStyle: { color: colour(level), type: "dashed", width: 1 }, label: { formatter: words, position: "end", color: token(`--${level}-text`), fontFamily: token("--font"), fontSize: 12 } };
}

const sayTime = (ms) => `${readClock(ms).date} ${readClock(ms).minute}`;

function makeTools(element, plot, points, data) {
  const tools = document.createElement("div");
  tools.className = "chart-tools";
  const swap = makeButton("button", text("chart.table"));
  let table = null;
  swap.addEventListener("click", () => {
    if (table) {
      table.remove();
      table = null;
    } else {
      element.append((table = makeTable(points)));
    }
    plot.hidden = Boolean(table);
    swap.textContent = text(table ? "chart.graph" : "chart.table");
    swap.setAttribute("aria-expanded", String(Boolean(table)));
  });
  tools.append(swap);
  if (data.csv_url) {
    const link = makeButton("a", text("chart.csv"));
    link.href = data.csv_url;
    link.download = "";
    tools.append(link);
  }
  return tools;
}

function makeButton(tag, words) {
  const button = document.createElement(tag);
  button.className = "btn btn-sm";
  button.textContent = words;
  return button;
}

function makeTable(points) {
  const frame = document.createElement("div");
  frame.className = "chart-table";
  const table = frame.appendChild(document.createElement("table"));
  addRow(table.createTHead(), [text("chart.time"), text("chart.count")], "th");
  const body = table.createTBody();
  points.toReversed().forEach(([ms, n]) => addRow(body, [sayTime(ms), count(n)], "td"));
  return frame;
}

function addRow(section, words, tag) {
  const row = section.appendChild(document.createElement("tr"));
  words.forEach((word) => (row.appendChild(document.createElement(tag)).textContent = word));
}
