// One question of a checklist on the glass: what is asked, the answer, and of what fails a note and photos.

import { text } from "@web/lib/format.js";
import { QUIET, ROWS_MOST, TEXT_MOST, takesPhotos } from "@web/lib/field/filling.js";
import { locate } from "@web/lib/field/position.js";
import { button, h, icon, say } from "@web/lib/field/view.js";
import { photoStrip } from "./form.js";

const NOTE_MOST = 500;
const PHOTOS_MOST = 5; // of one answer
const MODES = { integer: "numeric", decimal: "decimal" };

/**
 * {element, tell({line, label, isJudged, rows})} of a line of a Filling; `words`: {draft, keep, room, changed}.
 * `changed()` is called after every answer, so that what hangs on it comes and goes.
 */
export function questionView(line, words) {
  if (line.question.kind === "repeat") return repeatView(line, words);
  if (QUIET.has(line.question.kind)) return plainView(line);
  const { question, key } = line;
  const label = h("span", {});
  const wrong = h("p.wrong", { hidden: true });
  const failed = failedView(line, words);
  const control = question.kind === "image" ? null : CONTROLS[question.kind](line, answering(line, words));
  const element = h("section.question", { "data-key": key, role: "group" }, h("p.asked", {}, label, question.is_required && h("abbr", { title: text("required") }, "*")),
    question.hint && h("small", {}, question.hint), control, wrong, failed.element);
  return {
    element,
    tell({ line: now, label: said, isJudged }) {
      label.textContent = line.row === null ? said : `${line.row + 1} · ${said}`;
      element.setAttribute("aria-label", said);
      element.dataset.bad = String(now.is_bad);
      failed.tell(now);
      wrong.hidden = !isJudged || !now.fault;
      wrong.textContent = now.fault && (FAULTS.has(now.fault) ? text(`fault.${now.fault}`, { n: TEXT_MOST }) : now.fault);
    },
  };
}

const FAULTS = new Set(["required", "number", "whole", "range", "choice", "day", "point", "long", "constraint", "photo"]);

/** Words without an answer: a note, or the heading of a group. */
function plainView({ question }) {
  const element = h(question.kind === "note" ? "p.note" : "h3", {});
  return {
    element,
    tell({ label }) {
      element.textContent = label;
      element.hidden = !label;
    },
  };
}

/** The heading of what may be filled in several times, with the way to one more. */
function repeatView({ question }, { draft, keep, changed }) {
  const heading = h("h3", {});
  const more = button("plain", () => {
    const rows = Array.isArray(draft.answers[question.name]) && draft.answers[question.name].length ? draft.answers[question.name] : [{}];
    if (rows.length < ROWS_MOST) keep.soon({ answers: { ...draft.answers, [question.name]: [...rows, {}] } });
    changed();
  }, icon("plus"), text("row.more"));
  const element = h("div.row.spread", {}, heading, more);
  return {
    element,
    tell({ label, rows }) {
      heading.textContent = label;
      more.hidden = rows >= ROWS_MOST;
    },
  };
}

/** What a question's control needs: the answer as it was given, and how to give another. */
function answering({ question: { name }, row, key }, { draft, keep, changed }) {
  const repeat = row === null ? null : repeatOf(draft.list.questions, name);
  const rows = () => (Array.isArray(draft.answers[repeat]) ? draft.answers[repeat] : []);
  return {
    key,
    read: () => (row === null ? draft.answers[name] : rows()[row]?.[name]) ?? "",
    give(value) {
      if (row === null) keep.soon({ answers: { ...draft.answers, [name]: value } });
      else {
        const all = Array.from({ length: Math.max(row + 1, rows().length) }, (_one, at) => rows()[at] ?? {});
        all[row] = { ...all[row], [name]: value };
        keep.soon({ answers: { ...draft.answers, [repeat]: all } });
      }
      changed();
    },
  };
}

/** The repeat in which a question lies, or null. */
function repeatOf(questions, name, within = null) {
  for (const one of questions) {
    if (one.name === name) return within;
    const found = repeatOf(one.parts, name, one.kind === "repeat" ? one.name : within);
    if (found) return found;
  }
  return null;
}

const typed = (tag, facts) => (_line, { key, read, give }) => h(tag, { ...facts, name: key, value: read(), oninput: (change) => give(change.target.value) });

const CONTROLS = {
  text: typed("textarea", { rows: 2, maxlength: TEXT_MOST }),
  integer: typed("input", { inputmode: MODES.integer, maxlength: 12, autocomplete: "off" }),
  decimal: typed("input", { inputmode: MODES.decimal, maxlength: 20, autocomplete: "off" }),
  date: typed("input", { type: "date" }),
  select_one: (line, answer) => choices("radio", line, answer, (picked) => picked[0] ?? ""),
  select_multiple: (line, answer) => choices("checkbox", line, answer, (picked) => picked),
  geopoint: pointControl,
};

function choices(type, { question, key }, { read, give }, value) {
  const held = [read()].flat();
  const inputs = question.choices.map((one) => h("input", { type, name: key, value: one.name, checked: held.includes(one.name), onchange: () => give(value(inputs.filter((box) => box.checked).map((box) => box.value))) }));
  return h(`div.chips${question.choices.length <= 3 && type === "radio" ? ".even" : ""}`, {}, question.choices.map((one, at) => h("label.chip", {}, inputs[at], h("span", {}, one.label))));
}

/** A position: taken from the device, or typed. */
function pointControl(_line, { key, read, give }) {
  const box = h("input", { name: key, value: read(), maxlength: 60, autocomplete: "off", oninput: () => give(box.value) });
  return h("div.row", {}, box, button("plain", async () => {
    const spot = await locate();
    if (!spot) return say(text("position.failed"), { kind: "bad" });
    box.value = `${spot.lat.toFixed(6)} ${spot.lon.toFixed(6)}`;
    return give(box.value);
  }, icon("current-location"), text("position.take")));
}

/** What belongs to a failed answer: by which clause, a note, photos; photos also where they are asked for anyway. */
function failedView(line, { draft, keep, room, changed }) {
  const { question, key } = line;
  const clauses = [["clause", question.clause], ["penalty", question.penalty]].filter(([, words]) => words);
  const note = h("textarea", { rows: 2, maxlength: NOTE_MOST, name: `note:${key}`, "aria-label": text("check.note"), placeholder: text("check.note"), value: draft.notes[key] ?? "", oninput: () => keep.soon({ notes: { ...draft.notes, [key]: note.value } }) });
  const bad = h("div.failed", { hidden: true }, h("p.what", {}, text("check.failed")),
    clauses.map(([name, words]) => h("small", {}, text(`check.${name}`, { words }))), note);
  const strip = photoStrip(draft, keep, { key, most: PHOTOS_MOST, room, changed });
  return {
    element: [bad, strip],
    tell(now) {
      bad.hidden = !now.is_bad;
      strip.hidden = !takesPhotos(now);
    },
  };
}
