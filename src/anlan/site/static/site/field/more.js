// The rest: the device, its pack, its PIN, light and dark, the language.

import { count, readClock, span, text } from "@web/lib/format.js";
import { device, setDevice } from "@web/lib/field/store.js";
import { button, h, icon, say } from "@web/lib/field/view.js";
import { askToPersist, room } from "./ready.js";
import { when } from "./words.js";

export const THEMES = ["auto", "light", "dark"];

/** Put light or dark on the page: the person's choice, else the device's. */
export function paintTheme(theme) {
  const isDark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = isDark ? "dark" : "light";
  document.querySelector("meta[name=theme-color]").content = isDark ? "#111822" : "#ffffff";
}

export async function moreScreen(app) {
  const [known, space] = [await device(), await room()];
  const link = (href, sign, words, note = "") => h("a.line", { href }, icon(sign), h("span", {}, h("b", {}, words), note && h("small", {}, note)));
  const age = known.made_at ? text("pack.age", { age: span(Date.now() - Date.parse(known.made_at)), time: when(known.good_until, { readClock }) }) : text("pack.none");
  return h("div.screen", {}, h("h2", {}, text("more")),
    h("div.list", {},
      link("#/ready", "download", text("ready.title"), age), link("#/map", "map-2", text("map")), link("#/change", "key", text("pin.change")),
      link("/field/arrived/", "inbox", text("arrived.page"), text("needs_line")), link("/field/devices/", "device-mobile", text("devices.page"), known.name ?? ""),
      button("line", () => app.lock(), icon("lock"), h("span", {}, h("b", {}, text("lock.now")), h("small", {}, text("lock.note"))))),
    h("h3", {}, text("mode")), h("div.list", {},
      h("div.line", {}, icon("walk"), h("span", {}, h("b", {}, text("mode.patrol")), h("small", {}, text("mode.patrol.note")))),
      h("div.line.off", { "aria-disabled": "true" }, icon("clipboard-check"), h("span", {}, h("b", {}, text("mode.inspection")), h("small", {}, text("mode.inspection.note"))))),
    h("h3", {}, text("theme")), h("div.chips", { role: "radiogroup", "aria-label": text("theme") }, THEMES.map((theme) =>
      h("label.chip", {}, h("input", { type: "radio", name: "theme", checked: (known.theme ?? "auto") === theme, onchange: () => chooseTheme(theme) }), h("span", {}, text(`theme.${theme}`))))),
    h("h3", {}, text("language")), h("div.chips", {}, ["zh-hans", "en"].map((code) => button(`chip${app.language === code ? ".on" : ""}`, () => app.speak(code), h("span", {}, text(`language.${code}`))))),
    h("h3", {}, text("room")), h("p.note", {}, text("room.facts", { used_mb: count(space.used_mb), free_mb: count(space.free_mb) }), " ", text(known.persisted ? "room.kept" : "room.not_kept")),
    !known.persisted && button("plain.wide", async () => (await askToPersist(), app.show()), text("room.ask")));
}

async function chooseTheme(theme) {
  await setDevice({ theme });
  paintTheme(theme);
  say(text("kept"));
}
