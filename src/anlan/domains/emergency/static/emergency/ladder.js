// Counts down to moments that the server gave, by the server's own clock; without this the page shows the moment itself.

const SECOND_MS = 1000;

const offset = (element) => {
  const given = element.closest("[data-now]")?.dataset.now;
  return given ? Number(given) - loaded : 0;
};
const loaded = Date.now();
const two = (n) => String(n).padStart(2, "0");

function say(left_ms) {
  const left_s = Math.max(0, Math.ceil(left_ms / SECOND_MS));
  const hours = Math.floor(left_s / 3600);
  const minutes = Math.floor((left_s % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(left_s % 60)}` : `${two(minutes)}:${two(left_s % 60)}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const now = Date.now() + (Number(element.dataset.offset ?? (element.dataset.offset = offset(element))) || 0);
    element.textContent = say(Number(element.dataset.until) - now);
  }
}

// A part that htmx puts in anew brings its own moment of the server: its offset is taken when it arrives.
document.addEventListener("htmx:afterSwap", (swap) => {
  for (const element of swap.target.parentNode?.querySelectorAll("[data-now] [data-until]") ?? []) {
    element.dataset.offset = Number(element.closest("[data-now]").dataset.now) - Date.now();
  }
  tick();
});

tick();
setInterval(tick, SECOND_MS);
