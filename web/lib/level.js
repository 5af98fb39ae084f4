// Levels by name, worst last, and their shapes as the page's `{% level_shapes %}` holds them.

export const LEVELS = ["none", "undetermined", "lost", "blue", "yellow", "orange", "red"];
export const ALERTS = ["red", "orange", "yellow", "blue"];

export const rank = (level) => LEVELS.indexOf(level);

/** Worst level first; among equals the fuller place first. */
export function byUrgency(a, b) {
  return rank(b.level) - rank(a.level) || (b.share ?? -1) - (a.share ?? -1) || a.name.localeCompare(b.name);
}

/** Show a level on an element of the template: its colour by class, its shape in the <svg class="shape">. */
export function paint(element, level) {
  if (element.dataset.level === level) return;
  element.classList.remove(`level-${element.dataset.level}`);
  element.classList.add(`level-${level}`);
  element.dataset.level = level;
  element.querySelector(".shape use")?.setAttribute("href", `#shape-${level}`);
}

/** A level's colour as the theme has it at this moment. */
export function colour(level) {
  const name = level === "undetermined" ? "lost" : level;
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The shape as an image for canvas and map: filled, or a ring, on a rim of the ground's colour. */
export function shapeImage(level, size_px) {
  const path = document.querySelector(`#shape-${level} path`);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size_px;
  const pen = canvas.getContext("2d");
  const margin = 2;
  pen.scale(size_px / (24 + 2 * margin), size_px / (24 + 2 * margin));
  pen.translate(margin, margin);
  const outline = new Path2D(path.getAttribute("d"));
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--ground").trim();
  pen.lineJoin = "round";
  pen.strokeStyle = ground;
  pen.lineWidth = path.getAttribute("fill") === "none" ? 5 : 3;
  pen.stroke(outline);
  if (path.getAttribute("fill") === "none") {
    pen.strokeStyle = colour(level);
    pen.lineWidth = 2.4;
    pen.stroke(outline);
  } else {
    pen.fillStyle = colour(level);
    pen.fill(outline);
  }
  return pen.getImageData(0, 0, size_px, size_px);
}
