// Lists: rows by keyboard (↑ ↓ or j k, Enter opens), a click anywhere in a row, and how many are picked.

const MOVES = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const TYPING = "input, select, textarea, [contenteditable]";

export function bindLists() {
  document.addEventListener("keydown", moveByKey);
  document.addEventListener("click", (click) => {
    const row = click.target.closest("tr[data-url]");
    if (row && !click.target.closest("a, button, input, label") && !getSelection().toString()) open(row);
  });
}

function moveByKey(press) {
  if (press.ctrlKey || press.metaKey || press.altKey) return;
  if (press.target.closest(TYPING) && press.target.type !== "checkbox") return;
  const row = document.activeElement.closest?.(".listing tbody tr");
  if (press.key === "Enter" && row && document.activeElement === row) return open(row);
  if (press.key === "/") return focusSearch(press);
  const step = MOVES[press.key];
  const rows = [...document.querySelectorAll(".listing tbody tr")];
  if (!step || !rows.length || (press.key.startsWith("Arrow") && !row)) return;
  const next = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + step))];
  press.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function focusSearch(press) {
  press.preventDefault();
  document.querySelector('.filters input[type="search"], .filters input, .shell-search input')?.focus();
}

function open(row) {
  if (row.dataset.url) location.assign(row.dataset.url);
}

/** Alpine state of a list with bulk actions: how many rows are picked, and all at once. */
export function selection() {
  return {
    picked: 0,
    boxes() {
      return [...this.$root.querySelectorAll(".pick")];
    },
    count() {
      this.picked = this.boxes().filter((box) => box.checked).length;
    },
    all(change) {
      this.boxes().forEach((box) => (box.checked = change.target.checked));
      this.count();
    },
  };
}
