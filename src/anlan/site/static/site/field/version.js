// New versions of the app: fetched beside the old one, taken over when the person says so, nothing lost.

import { text } from "@web/lib/format.js";

const LOOK_MS = 30 * 60_000;
const LANGUAGES = { "zh-hans": "zh-hans", en: "en" };

/** Keep the app on this device and offer a newer one when it is there. */
export async function followVersions() {
  if (!navigator.serviceWorker) return;
  const wasKept = Boolean(navigator.serviceWorker.controller);
  let asked = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => (wasKept || asked) && location.reload());
  navigator.serviceWorker.addEventListener("message", ({ data }) => data === "read" && location.reload());
  const kept = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" }).catch(() => null);
  if (!kept) return;
  const offer = () => kept.waiting && navigator.serviceWorker.controller && show(() => {
    asked = true;
    kept.waiting.postMessage("take over");
  });
  offer();
  kept.addEventListener("updatefound", () => kept.installing?.addEventListener("statechange", offer));
  setInterval(() => navigator.onLine && kept.update().catch(() => {}), LOOK_MS);
  document.documentElement.dataset.kept = String(Boolean((await navigator.serviceWorker.ready).active));
}

function show(takeOver) {
  const bar = document.getElementById("newer");
  bar.hidden = false;
  bar.textContent = text("newer");
  bar.onclick = takeOver;
}

/** Choose a language: the page is fetched again in it, and kept. */
export async function readShellAgain(code) {
  document.cookie = `django_language=${LANGUAGES[code]}; path=/; max-age=31536000; samesite=lax`;
  const worker = navigator.serviceWorker?.controller;
  if (worker) worker.postMessage("read again");
  else location.reload();
}
