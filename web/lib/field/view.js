// Building the page: elements without markup in strings, so that no text of the district can become code.

let sprite = "";

/** Where the icons are; told once by the page. */
export const setSprite = (address) => (sprite = address);

/** An element: `h("button.primary", {onclick}, "text", child)`; attributes null or false are left out. */
export function h(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const icon = (name) =>
  svg("svg", { class: "icon", width: "1em", height: "1em", "aria-hidden": "true" }, svg("use", { href: `${sprite}#${name}` }));

/** A button that cannot be pressed twice while its work runs. */
export function button(classes, work, ...children) {
  const element = h(`button.${classes}`, { type: "button" }, ...children);
  element.addEventListener("click", async (click) => {
    if (element.getAttribute("aria-busy") === "true") return;
    element.setAttribute("aria-busy", "true");
    try {
      await work(click);
    } finally {
      element.removeAttribute("aria-busy");
    }
  });
  return element;
}

/** A labelled field of a form. */
export const field = (label, control, note = "") => h("label.field", {}, h("span", {}, label), control, note && h("small", {}, note));

/** A question with two answers; resolves to whether the first was pressed. */
export function ask({ title, words = "", yes, no, danger = false }) {
  return new Promise((resolve) => {
    const answer = (value) => () => {
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const dialog = h("dialog.ask", { "aria-label": title, oncancel: answer(false) },
      h("h2", {}, title), words && h("p", {}, words),
      h("div.row", {}, h("button.plain", { type: "button", onclick: answer(false) }, no), h(`button.${danger ? "danger" : "primary"}`, { type: "button", onclick: answer(true) }, yes)),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A word at the foot of the screen for a few seconds, read out too. */
export function say(words, { kind = "good", last_ms = 3500 } = {}) {
  const line = document.getElementById("said");
  line.textContent = words;
  line.dataset.kind = kind;
  line.hidden = false;
  clearTimeout(line.timer);
  line.timer = setTimeout(() => (line.hidden = true), last_ms);
}
