// Signing on the glass.

import { text } from "@web/lib/format.js";
import { button, h } from "@web/lib/field/view.js";

const [WIDTH, HEIGHT] = [720, 280];
const PEN = 4;

/** A pad to draw on: {element, read() → PNG bytes or null where nothing was drawn}. */
export function signature() {
  const canvas = h("canvas.signature", { width: WIDTH, height: HEIGHT, role: "img", "aria-label": text("sign.label") });
  const pen = canvas.getContext("2d");
  let drawn = false;
  const at = (move) => {
    const box = canvas.getBoundingClientRect();
    return [((move.clientX - box.left) / box.width) * WIDTH, ((move.clientY - box.top) / box.height) * HEIGHT];
  };
  canvas.addEventListener("pointerdown", (press) => {
    canvas.setPointerCapture(press.pointerId);
    Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "#101820" });
    pen.beginPath();
    pen.moveTo(...at(press));
  });
  canvas.addEventListener("pointermove", (move) => {
    if (!move.buttons) return;
    pen.lineTo(...at(move));
    pen.stroke();
    drawn = true;
  });
  const wipe = () => {
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    drawn = false;
  };
  const element = h("div.pad", {}, canvas, button("plain", wipe, text("sign.again")));
  return { element, read: () => (drawn ? toPng(canvas) : Promise.resolve(null)) };
}

/** On white, whatever the theme: it is printed on paper. */
async function toPng(canvas) {
  const paper = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  const pen = paper.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.drawImage(canvas, 0, 0);
  const blob = await new Promise((done) => paper.toBlob(done, "image/png"));
  return new Uint8Array(await blob.arrayBuffer());
}
