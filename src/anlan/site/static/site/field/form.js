// What every form of the field app has: it is kept at each pause of typing, takes photos, and can be given up.

import { readClock, text } from "@web/lib/format.js";
import { dropDraft, dropPhoto, keepDraft, keepPhoto, readPhoto } from "@web/lib/field/drafts.js";
import { shrink, thumbnail } from "@web/lib/field/photos.js";
import { setDevice } from "@web/lib/field/store.js";
import { ask, button, h, icon, say } from "@web/lib/field/view.js";
import { troubleWords } from "./words.js";

const PAUSE_MS = 250;

/** Writes the form down after each pause; what is unsaved is written before the page goes away or is locked. */
export function autosave(app, draft, saved) {
  let [timer, isDirty] = [null, false];
  const now = async () => {
    clearTimeout(timer);
    if (!isDirty) return;
    isDirty = false;
    try {
      await keepDraft(draft);
      saved.textContent = text("draft.saved", { time: readClock(Date.now()).second });
    } catch (failure) {
      isDirty = true;
      saved.textContent = await troubleWords(failure);
    }
  };
  app.saving(now);
  return {
    now,
    soon(facts) {
      Object.assign(draft, facts);
      isDirty = true;
      clearTimeout(timer);
      timer = setTimeout(now, PAUSE_MS);
    },
    stop() {
      isDirty = false;
      clearTimeout(timer);
    },
  };
}

/** The photos of a form, or of its answer `key`: at most `most`, none while the form has `room()` for no more; `changed()` is called after each change. */
export function photoStrip(draft, keep, { key = "", most, room = () => most, changed = () => {} }) {
  const strip = h("div.photos");
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", multiple: true, name: key ? `photos:${key}` : "photos" });
  const note = h("small", {});
  const own = () => draft.photos.filter((one) => (one.key ?? "") === key);
  const tell = () => (changed(), (note.textContent = text("photos.count", { n: own().length, most })));
  const add = async (noted, taken) => {
    const address = await thumbnail(taken);
    const figure = h("figure", {}, address ? h("img", { src: address, alt: text("photo.alt", { n: own().indexOf(noted) + 1 }) }) : icon("file-text"),
      button("round", async () => {
        keep.soon({ photos: draft.photos.filter((one) => one !== noted) });
        await keep.now();
        await dropPhoto(noted.uid);
        URL.revokeObjectURL(address);
        figure.remove();
        tell();
      }, icon("x")));
    figure.querySelector("button").setAttribute("aria-label", text("photo.remove"));
    strip.append(figure);
  };
  input.addEventListener("change", async () => {
    const files = [...input.files].slice(0, Math.min(most - own().length, room()));
    if (files.length < input.files.length) say(text("photos.full"), { kind: "bad" });
    input.value = "";
    for (const file of files) {
      try {
        const taken = await shrink(file);
        const noted = { ...(await keepPhoto(draft, taken)), ...(key && { key }) };
        keep.soon({ photos: [...draft.photos, noted] });
        await keep.now();
        await add(noted, taken);
      } catch (failure) {
        say(await troubleWords(failure), { kind: "bad", last_ms: 8000 });
      }
      tell();
    }
  });
  Promise.all(own().map(async (noted) => [noted, await readPhoto(noted)])).then((all) => all.reduce((done, [noted, taken]) => done.then(() => taken && add(noted, taken)), Promise.resolve()));
  note.textContent = text("photos.count", { n: own().length, most });
  return h("div.field", {}, h("span", {}, text("photos")), strip, h("label.plain.camera", {}, icon("camera"), text("photos.take"), input), note);
}

/** Photos of a form as files of a record. */
export async function photoFiles(noted) {
  const taken = await Promise.all(noted.map(readPhoto));
  const ending = ({ media_type }) => (media_type === "image/jpeg" ? "jpg" : media_type.split("/")[1]);
  return taken.filter(Boolean).map((photo, i) => ({ ...photo, name: `photo-${i + 1}.${ending(photo)}` }));
}

/** Give a form up, after asking; leads to the outbox. */
export async function discard(app, draft) {
  if (!(await ask({ title: text("draft.discard"), words: text("draft.discard.words", { n: draft.photos.length }), yes: text("draft.discard.yes"), no: text("cancel"), danger: true }))) return;
  await dropDraft(draft);
  await setDevice({ open_draft: null });
  app.go("outbox");
}
