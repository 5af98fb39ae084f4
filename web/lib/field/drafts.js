// What is unfinished: forms with their photos, and the round under way – closed with the data key, kept at each pause.

import { close, closeBytes, makeUid, open, openBytes } from "./crypt.js";
import { drop, put, read, readAll } from "./store.js";
import { key } from "./vault.js";

const ROUND = "round";
const last = new Map(); // draft → its newest write, so that an older one never comes after it

/** An empty form: `kind` of record, what it is about, and where one stood. */
export const newDraft = (kind, facts = {}) => ({ uid: makeUid(), kind, begun_ms: Date.now(), photos: [], ...facts });

/** The screen of a form. */
export const formOf = ({ kind, uid }) => `${kind === "self_check" ? "check" : "report"}/${uid}`;

/** Keep a form as it is now. Resolves when it is on the disk. */
export function keepDraft(draft) {
  const dataKey = key();
  const closing = close(dataKey, draft);
  const done = Promise.allSettled([last.get(draft.uid)]).then(async () =>
    put("drafts", { uid: draft.uid, role: "draft", kind: draft.kind, edited_ms: Date.now(), ...(await closing) }),
  );
  last.set(draft.uid, done);
  return done;
}

/** The forms, newest first. */
export async function readDrafts() {
  const rows = (await readAll("drafts")).filter((row) => row.role === "draft").sort((a, b) => b.edited_ms - a.edited_ms);
  return Promise.all(rows.map(async (row) => ({ ...(await open(key(), row)), edited_ms: row.edited_ms })));
}

export async function readDraft(uid) {
  const row = await read("drafts", uid);
  return row?.role === "draft" ? open(key(), row) : null;
}

/** Keep a photo of a form; returns what the form notes of it. */
export async function keepPhoto(draft, { bytes, media_type }) {
  const uid = makeUid();
  await put("drafts", { uid, role: "photo", draft: draft.uid, ...(await closeBytes(key(), bytes)) });
  return { uid, media_type, size: bytes.length };
}

export async function readPhoto({ uid, media_type }) {
  const row = await read("drafts", uid);
  return row && { uid, media_type, bytes: await openBytes(key(), row) };
}

export const dropPhoto = (uid) => drop("drafts", uid);

/** The form and its photos, to be deleted together. */
export const rowsOf = (draft) => [draft.uid, ...draft.photos.map((photo) => photo.uid)];

export async function dropDraft(draft) {
  await last.get(draft.uid);
  await drop("drafts", ...rowsOf(draft));
}

/** The round under way {uid, route, stop, place, done}, or null. */
export async function readRound() {
  const row = await read("drafts", ROUND);
  return row ? open(key(), row) : null;
}

export async function keepRound(round) {
  if (round) await put("drafts", { uid: ROUND, role: ROUND, ...(await close(key(), round)) });
  else await drop("drafts", ROUND);
}
