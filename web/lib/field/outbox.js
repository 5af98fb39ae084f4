// What is finished: sealed for the server at once, kept until the person clears it, never changed again.

import { close, encodeText, fingerprint, makeUid, open, seal } from "./crypt.js";
import { makeZip } from "./boxfile.js";
import { amend, device, read, readAll, write } from "./store.js";
import { isOpen, key } from "./vault.js";

/** waiting → arrived, refused or conflict; the last three are what the server said. */
export const isSettled = (row) => row.state !== "waiting";

/**
 * Seal a record with its files and put it into the outbox, in one transaction with the deletion of its draft's rows.
 * `record`: {kind, body, base, round, made_at, uid}; `files`: [{uid, name, media_type, bytes, stage}];
 * `summary`: what the person reads in the outbox, closed with the data key. Returns the row when it is on the disk.
 */
export async function finish(record, { files = [], summary = "", urgent = false, draftRows = [], alter } = {}) {
  const { key: serverKey } = await device();
  if (!serverKey) throw new NoKey();
  const noted = await Promise.all(files.map(describe));
  const whole = { round: null, base: null, ...record, uid: record.uid ?? makeUid(), files: noted };
  const sealed = await Promise.all([seal(serverKey, encodeText(JSON.stringify(whole))), ...files.map(({ bytes }) => seal(serverKey, bytes))]);
  const parts = await Promise.all(sealed.map(async (bytes) => ({ sha256: await fingerprint(bytes), item: whole.uid, bytes })));
  const [recordPart, ...fileParts] = parts;
  const row = {
    uid: whole.uid, kind: whole.kind, made_at: whole.made_at, urgent, upload: makeUid(), state: "waiting", trouble: "", reason: "", tries: 0,
    record: { part: recordPart.sha256, size: recordPart.bytes.length },
    files: fileParts.map(({ sha256, bytes }, i) => ({ uid: noted[i].uid, part: sha256, size: bytes.length, state: "waiting", reason: "" })),
    ...(await close(key(), summary)),
  };
  await write(["outbox", "parts", "drafts"], ({ outbox, parts: kept, drafts }) =>
    Promise.all([outbox.put(row), ...parts.map((part) => kept.put(part)), ...draftRows.map((uid) => drafts.delete(uid)), ...(alter ? [alter(drafts)] : [])]),
  );
  return row;
}

/** The pack has not been fetched yet, so that there is no key to seal for. */
export class NoKey extends Error {}

async function describe({ uid, name, media_type, bytes, stage }) {
  return { uid, name, media_type, size: bytes.length, sha256: await fingerprint(bytes), ...(stage && { stage }) };
}

/** All rows: the urgent first, then the oldest, as they are sent. */
export async function readOutbox() {
  const rows = await readAll("outbox");
  return rows.sort((a, b) => b.urgent - a.urgent || a.made_at.localeCompare(b.made_at));
}

/** What the person wrote of it, or nothing while it is locked. */
export async function summaryOf(row) {
  return isOpen() ? open(key(), row).catch(() => "") : "";
}

/** The manifest of rows as one upload. */
export function manifestOf(rows, { upload, device: uid }) {
  const parts = rows.flatMap((row) => [row.record, ...row.files]).map(({ part, size }) => ({ sha256: part, size }));
  const records = rows.map((row) => ({ uid: row.uid, part: row.record.part, files: row.files.map((file) => ({ uid: file.uid, part: file.part })) }));
  return { uid: upload, device: uid, parts, records };
}

/** Write down what the server said of a record and of its files. */
export function settle(uid, record, files) {
  const states = new Map(files.map((file) => [file.uid, file]));
  return amend("outbox", uid, (row) => row && {
    ...row, state: record.state === "taken" ? "arrived" : record.state, trouble: "", reason: record.reason ?? "",
    number: record.number ?? "", address: record.address ?? "", settled_ms: Date.now(),
    files: row.files.map((file) => ({ ...file, state: states.get(file.uid)?.state ?? "kept", reason: states.get(file.uid)?.reason ?? "" })),
  });
}

/** Note why it was not sent this time; it stays in the outbox. */
export const noteTrouble = (uid, trouble, reason) =>
  amend("outbox", uid, (row) => row && { ...row, trouble, reason, tries: row.tries + 1 });

/** A fresh upload for a row whose old one was refused as another's. */
export const renewUpload = (uid) => amend("outbox", uid, (row) => row && { ...row, upload: makeUid() });

/** Take rows that have arrived off this device, because the person said so. */
export async function clear(rows) {
  const gone = rows.filter(isSettled);
  await write(["outbox", "parts"], ({ outbox, parts }) =>
    Promise.all(gone.flatMap((row) => [outbox.delete(row.uid), ...[row.record, ...row.files].map(({ part }) => parts.delete(part))])),
  );
}

/** A file with everything of these rows, that the server opens: {name, blob}. */
export async function exportBox(rows) {
  const { uid } = await device();
  const manifest = manifestOf(rows, { upload: rows.length === 1 ? rows[0].upload : makeUid(), device: uid });
  const entries = [{ name: "manifest.json", bytes: encodeText(JSON.stringify(manifest, null, 1)) }];
  for (const { sha256 } of manifest.parts) entries.push({ name: `parts/${sha256}`, bytes: (await read("parts", sha256)).bytes });
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return { name: `anlan-${stamp}-${manifest.uid.slice(0, 8)}.anlanbox`, blob: makeZip(entries) };
}
