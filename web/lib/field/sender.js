// Sends the outbox: one tab at a time, one row after another, the urgent first, as often as it takes.

import { fingerprint } from "./crypt.js";
import { Trouble, get, post, send } from "./link.js";
import { isSettled, manifestOf, noteTrouble, readOutbox, renewUpload, settle } from "./outbox.js";
import { device, read, setDevice } from "./store.js";

const LOCK = "anlan-field-send";
const UPLOADS = "/field/uploads/";
const PAUSES_S = [3, 8, 20, 45, 90, 180, 300];
const ROUNDS = 3; // of parts that the server still wants
const STOPS_ALL = new Set(["offline", "signed_out", "forbidden", "server", "busy"]);
const NEEDS_A_PERSON = new Set(["signed_out", "forbidden"]);

const state = { running: null, again: false, failures: 0, timer: null, listeners: new Set() };
const held = new Set(); // rows that this page tried and the server would not have: again at the next start, or by hand
const news = new BroadcastChannel("anlan-field");

/** Be told of {row: uid, share} while one is sent and of {} when the outbox has changed, here or in another tab. */
export function onNews(listener) {
  state.listeners.add(listener);
  news.onmessage = ({ data }) => state.listeners.forEach((one) => one(data));
}

function tell(what = {}) {
  news.postMessage(what);
  state.listeners.forEach((one) => one(what));
}

/** Begin: at once, when the line comes back, when the page is looked at again. */
export function startSending() {
  addEventListener("online", () => kick());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && kick());
  kick();
}

/** Send what waits, now; resolves when that was tried. `byHand`: also what the server refused to take before. */
export function kick({ byHand = false } = {}) {
  if (byHand) held.clear();
  state.again = true;
  clearTimeout(state.timer);
  state.running ??= navigator.locks.request(LOCK, pass).finally(() => {
    state.running = null;
    if (state.again) kick();
  });
  return state.running;
}

async function pass() {
  let trouble = null;
  while (state.again && !trouble) {
    state.again = false;
    trouble = await sendWaiting();
  }
  state.again = false;
  state.failures = trouble ? state.failures + 1 : 0;
  if (trouble && !NEEDS_A_PERSON.has(trouble.kind)) {
    const pause_s = Math.max(trouble.wait_s, PAUSES_S[Math.min(state.failures, PAUSES_S.length) - 1]);
    state.timer = setTimeout(() => kick(), pause_s * 1000 * (0.85 + Math.random() * 0.3));
  }
  tell();
}

/** One row after another; the list is read again after each, for a new urgent one goes first. Returns what stopped it. */
async function sendWaiting() {
  for (;;) {
    const row = (await readOutbox()).find((one) => !isSettled(one) && !held.has(one.uid));
    if (!row) return null;
    try {
      await sendRow(row);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      await noteTrouble(row.uid, trouble.kind, trouble.words);
      tell();
      if (STOPS_ALL.has(trouble.kind)) return trouble;
      held.add(row.uid);
    }
  }
}

async function sendRow(row) {
  const { uid } = await registered();
  const opened = await post(UPLOADS, manifestOf([row], { upload: row.upload, device: uid })).catch((trouble) => {
    if (trouble.kind !== "conflict") throw trouble;
    return null;
  });
  if (!opened) return sendRow(await renewOnce(row));
  await sendParts(row, opened.wanted);
  await commit(row);
  tell();
}

/** The server knows an upload of this name with other contents: give it a new name, once. */
async function renewOnce(row) {
  if (row.renewed) throw new Trouble("refused");
  return { ...(await renewUpload(row.uid)), renewed: true };
}

async function sendParts(row, wanted) {
  const all = [row.record, ...row.files];
  const total = all.reduce((sum, one) => sum + one.size, 0);
  let sent = all.filter(({ part }) => !wanted.includes(part)).reduce((sum, one) => sum + one.size, 0);
  const share = (bytes) => tell({ row: row.uid, share: Math.min(1, bytes / total) });
  share(sent);
  for (const { part, size } of all.filter((one) => wanted.includes(one.part))) {
    const kept = await read("parts", part);
    if (!kept || (await fingerprint(kept.bytes)) !== part) throw new Trouble("damaged");
    await send(`${UPLOADS}${row.upload}/parts/${part}`, kept.bytes, (bytes) => share(sent + Math.min(bytes, size)));
    sent += size;
    share(sent);
  }
}

async function commit(row) {
  for (let round = 1; ; round++) {
    try {
      const { records, files } = await post(`${UPLOADS}${row.upload}/commit`);
      const answer = records.find((record) => record.uid === row.uid);
      if (!answer) throw new Trouble("server");
      await settle(row.uid, answer, files);
      return;
    } catch (trouble) {
      const wanted = trouble instanceof Trouble && trouble.kind === "conflict" ? trouble.answer.wanted : null;
      if (!wanted?.length || round === ROUNDS) throw trouble;
      await sendParts(row, wanted);
    }
  }
}

/** This device, known to the server. */
export async function registered() {
  const known = await device();
  if (known.is_registered) return known;
  await post("/field/devices/", { uid: known.uid, name: known.name });
  await setDevice({ is_registered: true });
  return known;
}

/** The server's own list of what arrived from this person; rows of ours that stand there are settled by it. */
export async function readArrived() {
  const list = await get("/field/arrived.json");
  const ours = new Map((await readOutbox()).filter((row) => !isSettled(row)).map((row) => [row.uid, row]));
  for (const one of list.filter((each) => ours.has(each.uid))) await settle(one.uid, one, one.files ?? []);
  if (list.some((each) => ours.has(each.uid))) tell();
  return list;
}
