// While a notice is being written: how it would look on each chosen display, and what would be cut.

const WAIT_MS = 300;
const form = document.getElementById("draft");
const previews = document.getElementById("previews");
const signs = document.getElementById("signs");
let asked = 0;
let waiting = 0;

async function preview() {
  const number = ++asked;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  if (!answer.ok || number !== asked) return;
  const found = await answer.json();
  previews.innerHTML = found.html; // made by our own template, which escapes every text
  signs.textContent = found.signs;
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(preview, WAIT_MS);
});
preview();
