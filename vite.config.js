// Builds every page's module, the shared styles and the icon sprite into src/anlan/site/dist/ with a manifest.
// Templates reach the results by {% asset %} and {% icon %}; nothing is fetched from elsewhere at run time.
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const DIST = "src/anlan/site/dist";
const PAGE = /\/static\/\w+\/\w+\.js$/; // one small module per page, beside its template
const ICONS = "web/icons.txt";

function entries() {
  const pages = readdirSync("src/anlan", { recursive: true })
    .map((path) => `src/anlan/${path}`)
    .filter((path) => PAGE.test(path) && !path.startsWith(DIST));
  const styles = readdirSync("web/styles").map((name) => `web/styles/${name}`);
  return [...pages, ...styles].sort();
}

/** One SVG file with the Tabler icons that web/icons.txt names, each a <symbol> under its own name. */
function iconSprite() {
  return {
    name: "icon-sprite",
    buildStart() {
      const names = readFileSync(ICONS, "utf8").split("\n").filter(Boolean);
      const symbols = names.map((name) => {
        const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
        const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
        return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s+/g, " ").trim()}</symbol>`;
      });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>`;
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: ICONS, source });
    },
  };
}

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [iconSprite()],
  resolve: { alias: { "@web": resolve(import.meta.dirname, "web") } },
  worker: { format: "es" },
  build: {
    outDir: DIST,
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0, // the content policy allows files of our own, not data: modules
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 1200, // maplibre-gl, loaded only where a map is drawn
    rolldownOptions: { input: entries() },
  },
});
