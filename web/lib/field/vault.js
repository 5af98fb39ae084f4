// The PIN: what it opens lives in this page's memory only, for as long as somebody uses it.

import { changePin, makeVault, openVault } from "./crypt.js";
import { amend, put, read } from "./store.js";

export const FEWEST_DIGITS = 6;
const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 30 * 60_000;
const IDLE_MS = 5 * 60_000;
const LOOK_MS = 5000;

let dataKey = null;
let used_ms = 0;

export const key = () => dataKey;
export const isOpen = () => dataKey !== null;
export const hasPin = async () => Boolean(await read("vault", "pin"));
export const isPin = (pin) => /^\d+$/.test(pin) && pin.length >= FEWEST_DIGITS;

/** How long a person waits after so many wrong PINs: none for five, then 30 s, 1, 2, 4 … 30 minutes. */
export function waitAfter(failures) {
  if (failures < FREE_TRIES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_TRIES));
}

/** Set the first PIN of this device (or one after all that it protected was given up); it is open then. */
export async function setPin(pin) {
  const vault = await makeVault(pin);
  await put("vault", { ...vault, failures: 0, wait_until_ms: 0 }, "pin");
  dataKey = await openVault(vault, pin);
  touch();
}

/** Try a PIN: {open}, {wait_ms} before the next try, or {left} tries. */
export async function unlock(pin, now_ms) {
  const { found, ...refusal } = await attempt(now_ms, (vault) => openVault(vault, pin));
  if (!found) return refusal;
  dataKey = found;
  touch();
  return { open: true };
}

/** Put the same data behind another PIN; the answers are those of `unlock`. */
export async function exchangePin(oldPin, newPin, now_ms) {
  const { found, ...refusal } = await attempt(now_ms, (vault) => changePin(vault, oldPin, newPin));
  if (!found) return refusal;
  await amend("vault", "pin", (vault) => ({ ...vault, ...found }));
  return { open: true };
}

/** A try is counted on the disk before it is made, so that closing the page does not win another. */
async function attempt(now_ms, work) {
  const known = await read("vault", "pin");
  if (known.wait_until_ms > now_ms) return { wait_ms: known.wait_until_ms - now_ms };
  const vault = await amend("vault", "pin", (before) => {
    const failures = before.failures + 1;
    return { ...before, failures, wait_until_ms: waitAfter(failures) && now_ms + waitAfter(failures) };
  });
  const found = await work(vault);
  if (!found) return vault.wait_until_ms ? { wait_ms: vault.wait_until_ms - now_ms } : { left: FREE_TRIES - vault.failures };
  await amend("vault", "pin", (before) => ({ ...before, failures: 0, wait_until_ms: 0 }));
  return { found };
}

export function lock() {
  dataKey = null;
}

export const touch = () => (used_ms = Date.now());

/** Lock after five minutes without a touch; `locking()` is awaited first (drafts are kept), `locked()` called after. */
export function lockWhenIdle({ locking, locked }) {
  for (const sign of ["pointerdown", "keydown", "scroll", "input"]) addEventListener(sign, touch, { passive: true, capture: true });
  setInterval(async () => {
    if (!isOpen() || Date.now() - used_ms < IDLE_MS) return;
    await locking();
    lock();
    locked();
  }, LOOK_MS);
}
