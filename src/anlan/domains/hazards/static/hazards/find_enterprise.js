// Offers enterprises while one types a name or a number; without scripts the form asks which one is meant.

const list = document.getElementById("enterprises");
const box = document.querySelector('input[list="enterprises"]');
const LEAST = 2;
const REST_MS = 250;
let waiting;

async function offer() {
  const text = box.value.trim();
  if (text.length < LEAST) return list.replaceChildren();
  const answer = await fetch(`${list.dataset.url}?q=${encodeURIComponent(text)}`);
  if (!answer.ok || box.value.trim() !== text) return;
  const { enterprises } = await answer.json();
  list.replaceChildren(...enterprises.map(({ code, name, address }) => new Option(`${name} ${address}`, code)));
}

box?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => offer().catch(() => list.replaceChildren()), REST_MS);
});
