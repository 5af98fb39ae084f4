// What was answered to a checklist: which questions are asked, what is worked out, what is missing, what fails.
// The same arithmetic as `rules/answers.py` and `rules/expressions.py` of hazards; a test holds one against the other.
// Expressions come read already, as [kind, value, parts].

const NESTING = new Set(["group", "repeat"]);
const QUIET = new Set(["note", "calculate", "group", "repeat"]);
const DAY_MS = 86_400_000;
const [TEXT_MOST, ROWS_MOST, INTEGER_MOST] = [1000, 10, 10 ** 9];
const SHOWN = /\$\{([A-Za-z_][\w.-]*)\}/g;
const IS_DAY = /^\d{4}-\d\d-\d\d$/;

export { QUIET, ROWS_MOST, TEXT_MOST };

/** How the answer to a question is named: by the question, and by its row in a repeat. */
export const keyOf = (name, row) => (row === null ? name : `${name}.${row}`);

/** Map of every question by name, in order: {question, within, repeat}. */
export function spotsOf(questions, within = [], repeat = null, found = new Map()) {
  for (const question of questions) {
    found.set(question.name, { question, within, repeat });
    spotsOf(question.parts, [...within, question.name], question.kind === "repeat" ? question.name : repeat, found);
  }
  return found;
}

// ── expressions ────────────────────────────────────────────────────────────────────────────────

const asTruth = (value) => (Array.isArray(value) ? value.length > 0 : typeof value === "number" ? value !== 0 && !Number.isNaN(value) : Boolean(value));
const asList = (value) => (Array.isArray(value) ? value : asText(value).split(/\s+/).filter(Boolean));

export function asText(value) {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (Array.isArray(value)) return value.join(" ");
  return value === null || value === undefined ? "" : String(value);
}

/** A day as the number since 1970, NaN where the text is none. */
function dayOf(text) {
  const moment = IS_DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text) ? moment / DAY_MS : NaN;
}

function asNumber(value) {
  if (typeof value === "boolean" || typeof value === "number") return Number(value);
  const text = asText(value).trim();
  if (IS_DAY.test(text)) return dayOf(text);
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : NaN;
}

function isSame(left, right) {
  if (typeof left === "boolean" || typeof right === "boolean") return asTruth(left) === asTruth(right);
  if (typeof left === "number" || typeof right === "number") return asNumber(left) === asNumber(right);
  return asText(left) === asText(right);
}

const JOINED = {
  "=": isSame, "!=": (a, b) => !isSame(a, b), "<": (a, b) => asNumber(a) < asNumber(b), "<=": (a, b) => asNumber(a) <= asNumber(b),
  ">": (a, b) => asNumber(a) > asNumber(b), ">=": (a, b) => asNumber(a) >= asNumber(b), "+": (a, b) => asNumber(a) + asNumber(b),
  "-": (a, b) => asNumber(a) - asNumber(b), "*": (a, b) => asNumber(a) * asNumber(b), div: (a, b) => asNumber(a) / asNumber(b),
};

/** The value of an expression; `get(name)` finds an answer, `own` is what `.` stands for. */
export function workOut([kind, value, parts], get, own = "") {
  if (kind === "number" || kind === "text") return value;
  if (kind === "self") return own;
  if (kind === "name") return get(value);
  const found = parts.map((part) => workOut(part, get, own));
  if (kind === "call") return value === "not" ? !asTruth(found[0]) : asList(found[0]).includes(asText(found[1]));
  if (kind === "and") return found.every(asTruth);
  if (kind === "or") return found.some(asTruth);
  return JOINED[kind](...found);
}

// ── answers ────────────────────────────────────────────────────────────────────────────────────

const READERS = {
  integer: (_question, text) => (!/^[+-]?\d+$/.test(text) ? [text, "whole"] : text.length < 12 && Math.abs(Number(text)) <= INTEGER_MOST ? [Number(text), ""] : [text, "range"]),
  decimal: (_question, text) => (!/^[+-]?\d+(\.\d+)?$/.test(text) ? [text, "number"] : /^[+-]?\d{1,12}(\.\d{1,6})?$/.test(text) ? [Number(text), ""] : [text, "range"]),
  select_one: (question, text) => [text, question.choices.some((one) => one.name === text) ? "" : "choice"],
  date: (_question, text) => (Number.isNaN(dayOf(text)) ? [text, "day"] : [text, ""]),
  geopoint(_question, text) {
    const parts = text.split(/[\s,，]+/).slice(0, 2);
    if (parts.length < 2 || !parts.every((part) => /^-?\d{1,3}(\.\d{1,10})?$/.test(part))) return [text, "point"];
    const [lat, lon] = parts.map(Number);
    return [parts.join(" "), Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? "" : "point"];
  },
};

/** [value, name of the fault or ""] of what was typed or chosen. */
export function readAnswer(question, raw) {
  if (question.kind === "select_multiple") {
    const [picked, known] = [Array.isArray(raw) ? raw : raw ? [raw] : [], question.choices.map((one) => one.name)];
    return [known.filter((one) => picked.includes(one)), picked.every((one) => known.includes(one)) ? "" : "choice"];
  }
  const text = asText(raw).trim();
  if (!text) return ["", ""];
  if (text.length > TEXT_MOST) return [text.slice(0, TEXT_MOST), "long"];
  return (READERS[question.kind] ?? ((_question, words) => [words, ""]))(question, text);
}

const isEmpty = (value) => value === "" || value === null || value === undefined || (Array.isArray(value) && !value.length);
const plain = (worked) => (typeof worked === "boolean" ? asText(worked) : typeof worked !== "number" ? worked : Number.isFinite(worked) ? Math.round(worked * 1e6) / 1e6 : "");

/** A checklist {questions, trees} with answers {name: value} and {repeat: [{name: value}]}, and the keys that have photos. */
export class Filling {
  constructor({ questions, trees }, answers, photos = []) {
    Object.assign(this, { questions, trees, answers, spots: spotsOf(questions), photos: new Set(photos), known: new Map() });
  }

  rows(repeat) {
    const kept = Array.isArray(this.answers[repeat]) ? this.answers[repeat].slice(0, ROWS_MOST) : [];
    return kept.length ? kept : [{}];
  }

  kept(name, row) {
    const { repeat } = this.spots.get(name);
    return (repeat === null ? this.answers[name] : this.rows(repeat)[row]?.[name]) ?? "";
  }

  isShown(name, row = null) {
    const key = keyOf(name, row);
    if (!this.known.has(key)) this.known.set(key, [...this.spots.get(name).within, name].every((one) => this.holds(one, "relevant", row)));
    return this.known.get(key);
  }

  holds(name, column, row, own = "") {
    const tree = this.trees[name]?.[column];
    return !tree || asTruth(workOut(tree, (asked) => this.find(asked, row), own));
  }

  find(name, row) {
    const spot = this.spots.get(name);
    return spot ? this.value(name, spot.repeat ? row : null) : "";
  }

  value(name, row = null) {
    const { question } = this.spots.get(name);
    if (!this.isShown(name, row)) return "";
    if (question.kind !== "calculate") return readAnswer(question, this.kept(name, row))[0];
    return plain(workOut(this.trees[name].calculation, (asked) => this.find(asked, row)));
  }

  /** The name of what is wrong with an answer, or a sentence of the checklist's own; "" for nothing. */
  fault(name, row) {
    const { question, repeat } = this.spots.get(name);
    const isHere = this.photos.has(keyOf(name, row));
    if (QUIET.has(question.kind) || (row !== null && this.isBlank(repeat, row))) return "";
    if (question.kind === "image") return question.is_required && !isHere ? "photo" : "";
    const [value, wrong] = readAnswer(question, this.kept(name, row));
    if (wrong) return wrong;
    if (isEmpty(value)) return question.is_required ? "required" : "";
    if (!this.holds(name, "constraint", row, value)) return question.constraint_message || "constraint";
    return question.is_photo_wanted && isBad(question, value) && !isHere ? "photo" : "";
  }

  isBlank(repeat, row) {
    const given = Object.values(this.rows(repeat)[row] ?? {}).some((value) => !isEmpty(value));
    return !given && ![...this.photos].some((key) => key.endsWith(`.${row}`) && this.spots.get(key.slice(0, key.lastIndexOf(".")))?.repeat === repeat);
  }

  /** What is asked, in order, repeats row by row: [{question, row, depth, key, value, fault, is_bad}]. */
  lines(questions = this.questions, row = null, depth = 0) {
    return questions.filter(({ name }) => this.isShown(name, row)).flatMap((question) => {
      const isNest = NESTING.has(question.kind);
      const value = isNest ? "" : this.value(question.name, row);
      const line = { question, row, depth, key: keyOf(question.name, row), value, fault: isNest ? "" : this.fault(question.name, row), is_bad: isBad(question, value) };
      if (question.kind === "repeat") return [line, ...this.rows(question.name).flatMap((_row, at) => this.lines(question.parts, at, depth + 1))];
      return isNest ? [line, ...this.lines(question.parts, row, depth + 1)] : [line];
    });
  }

  /** The words of a question, with the answers that it quotes. */
  label({ question, row }) {
    return question.label.replace(SHOWN, (_all, name) => asText(this.find(name, row)));
  }
}

const isBad = (question, value) => Boolean(question.hazard_kind) && question.hazard_when.includes(value);

/** Whether photos are kept beside an answer: where they are asked for, and of whatever fails. */
export const takesPhotos = ({ question, is_bad }) => question.kind === "image" || question.is_photo_wanted || is_bad;
