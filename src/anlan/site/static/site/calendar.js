// The year by keyboard: one day is in the tab order, arrows move by days and weeks, Home and End to the year's ends.

const days = [...document.querySelectorAll("#months a.day")];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -366, End: 366, PageUp: -30, PageDown: 30 };

function settle(at) {
  days.forEach((day, i) => (day.tabIndex = i === at ? 0 : -1));
}

document.getElementById("months").addEventListener("keydown", (press) => {
  const at = days.indexOf(press.target);
  if (at < 0 || !(press.key in STEPS)) return;
  press.preventDefault();
  const next = Math.min(days.length - 1, Math.max(0, at + STEPS[press.key]));
  settle(next);
  days[next].focus();
});

settle(Math.max(0, days.findIndex((day) => day.hasAttribute("aria-current"))));
