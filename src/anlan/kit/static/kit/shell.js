// What every page shares: partial page loads, the menu on narrow screens, lists moved through by keyboard.

import "htmx.org";
import Alpine from "@alpinejs/csp";
import { bindLists, selection } from "@web/lib/list.js";

Alpine.data("shell", () => ({
  open: false,
  toggle() {
    this.open = !this.open;
  },
  close() {
    this.open = false;
  },
}));
Alpine.data("selection", selection);
Alpine.start();
bindLists();

// A menu of the bar closes when one clicks elsewhere or presses Escape.
const shut = (except) => document.querySelectorAll("details.shell-user[open]").forEach((menu) => menu.contains(except) || (menu.open = false));
document.addEventListener("click", (click) => shut(click.target));
document.addEventListener("keydown", (press) => press.key === "Escape" && shut(null));
