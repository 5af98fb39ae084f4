// The board is read anew every few seconds, but never under a hand that is picking rows or filling in a filter.

import "./board.css";

const EVERY_MS = 5000;
const PARTS = ["board-state", "listing"];

const isBusy = () =>
  document.hidden || document.querySelector(".pick:checked") || document.querySelector(".filters")?.contains(document.activeElement) || document.getElementById("listing")?.contains(document.activeElement);

async function refresh() {
  if (isBusy()) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(EVERY_MS) });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isBusy()) return;
  for (const part of PARTS) {
    const fresh = page.getElementById(part);
    if (fresh) document.getElementById(part)?.replaceWith(document.adoptNode(fresh));
  }
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
