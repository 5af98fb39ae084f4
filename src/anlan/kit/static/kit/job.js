// A long piece of work: its bar moves while it runs; when it has ended the page is read anew with its outcome.

const POLL_MS = 1000;
const card = document.getElementById("job");

async function look() {
  const answer = await fetch(card.dataset.state, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { open, label, done_steps, total_steps, note } = await answer.json();
  if (!open) return location.reload();
  const bar = card.querySelector("progress");
  if (total_steps) {
    bar.max = total_steps;
    bar.value = done_steps;
    card.querySelector(".share").textContent = `${Math.floor((done_steps / total_steps) * 100)}%`;
  }
  card.querySelector(".state").textContent = label;
  card.querySelector(".job-note").textContent = note;
}

if (card.dataset.open === "yes") setInterval(() => look().catch(() => {}), POLL_MS);
