// What the device keeps, in IndexedDB. A write is told as done only when its transaction is on the disk.
//
// vault   "pin"    {salt, iv, wrapped, failures, wait_until_ms}
// device  "device" {uid, name, key, is_registered, persisted, theme, open_draft, made_at, good_until} – nothing of the district
// pack    "pack"   {iv, closed, fetched_ms, size}
// drafts  <uid>    {uid, role: draft | photo | round, draft, edited_ms, iv, closed}
// outbox  <uid>    {uid, kind, made_at, urgent, upload, record, files, state, trouble, reason, number, address, tries, iv, closed}
// parts   <sha256> {sha256, item, bytes} – sealed for the server; without its key nobody reads them

import { openDB } from "idb";

const NAME = "anlan-field";
const VERSION = 1;
const STRICT = { durability: "strict" };

let opened = null;

function database() {
  opened ??= openDB(NAME, VERSION, {
    upgrade(db) {
      for (const name of ["vault", "device", "pack"]) db.createObjectStore(name);
      db.createObjectStore("drafts", { keyPath: "uid" });
      db.createObjectStore("outbox", { keyPath: "uid" });
      db.createObjectStore("parts", { keyPath: "sha256" });
    },
    blocking: (_old, _new, { target }) => target.close(),
    terminated: () => (opened = null),
  });
  return opened;
}

export const read = async (store, key) => (await database()).get(store, key);
export const readAll = async (store) => (await database()).getAll(store);

/**
 * Write to several stores, all or nothing: `work({store: objectStore})` asks for its requests without awaiting
 * anything else. Returns when it is durable; throws what the disk said (QuotaExceededError when it is full).
 */
export async function write(stores, work) {
  const deal = (await database()).transaction(stores, "readwrite", STRICT);
  const tables = Object.fromEntries(stores.map((name) => [name, deal.objectStore(name)]));
  const asked = work(tables);
  await Promise.all([asked, deal.done]);
}

export const put = (store, value, key) => write([store], (tables) => tables[store].put(value, key));
export const drop = (store, ...keys) => write([store], (tables) => Promise.all(keys.map((key) => tables[store].delete(key))));

/** Change one row in one transaction: `alter(row)` returns the new row, or nothing to leave it. */
export async function amend(store, key, alter) {
  const deal = (await database()).transaction(store, "readwrite", STRICT);
  const row = await deal.store.get(key);
  const next = alter(row);
  if (next) await (deal.store.keyPath ? deal.store.put(next) : deal.store.put(next, key));
  await deal.done;
  return next ?? row;
}

/** What the device knows of itself. */
export const device = async () => (await read("device", "device")) ?? {};
export const setDevice = (facts) => amend("device", "device", (known) => ({ ...known, ...facts }));

/** Empty a store. */
export const clear = (store) => write([store], (tables) => tables[store].clear());
