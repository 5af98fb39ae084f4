// The only place with cryptography of the field app: envelopes for the server, the vault behind the PIN, fingerprints.
// Formats and numbers are the contract of `src/anlan/site/field` (docs/decisions/2026-11-24-the-field-envelope.md).

const MARK = new TextEncoder().encode("ANL1");
const INFO = new TextEncoder().encode("anlan-field-1");
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const IV_BYTES = 12;
const SALT_BYTES = 16;
const PIN_ROUNDS = 600_000;
const ONE_BLOCK = 0x8000; // String.fromCharCode takes so many arguments at once, not more

const { subtle } = globalThis.crypto ?? {};

/** Whether this page may use cryptography at all: only over https, or on the machine itself. */
export const isSecure = () => Boolean(globalThis.isSecureContext && subtle);

export const encodeText = (text) => new TextEncoder().encode(text);
export const decodeText = (bytes) => new TextDecoder().decode(bytes);
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));
export const makeUid = () => crypto.randomUUID();

export function toHex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += ONE_BLOCK) text += String.fromCharCode(...bytes.subarray(at, at + ONE_BLOCK));
  return btoa(text);
}

/** SHA-256 of bytes, in hex. */
export async function fingerprint(bytes) {
  return toHex(await subtle.digest("SHA-256", bytes));
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Bytes that only the server can open: `ANL1` + key id (8) + ephemeral P-256 point (65) + iv (12) + AES-256-GCM.
 * `key` is the server's {kid, spki} as /field/key.json gives it.
 */
export async function seal(key, bytes) {
  const [theirs, ours] = await Promise.all([
    subtle.importKey("spki", fromBase64(key.spki), CURVE, false, []),
    subtle.generateKey(CURVE, false, ["deriveBits"]),
  ]);
  const point = new Uint8Array(await subtle.exportKey("raw", ours.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const stretch = { name: "HKDF", hash: "SHA-256", salt: point, info: INFO };
  const lock = await subtle.deriveKey(stretch, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const head = join(MARK, fromHex(key.kid), point);
  const iv = random(IV_BYTES);
  const closed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: head }, lock, bytes);
  return join(head, iv, new Uint8Array(closed));
}

/** The key that a PIN opens. Slow on purpose: 600,000 rounds of PBKDF2. */
async function stretchPin(pin, salt) {
  const material = await subtle.importKey("raw", encodeText(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: PIN_ROUNDS };
  return subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

async function wrap(dataKey, pin) {
  const [salt, iv] = [random(SALT_BYTES), random(IV_BYTES)];
  const closed = await subtle.wrapKey("raw", dataKey, await stretchPin(pin, salt), { name: "AES-GCM", iv });
  return { salt, iv, wrapped: new Uint8Array(closed) };
}

async function unwrap({ salt, iv, wrapped }, pin, extractable) {
  const lock = await stretchPin(pin, salt);
  return subtle.unwrapKey("raw", wrapped, lock, { name: "AES-GCM", iv }, "AES-GCM", extractable, ["encrypt", "decrypt"]);
}

/** A new random data key behind a PIN: {salt, iv, wrapped}, to be kept. */
export async function makeVault(pin) {
  const dataKey = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  return wrap(dataKey, pin);
}

/** The data key behind the PIN, or null where the PIN is wrong. */
export async function openVault(vault, pin) {
  try {
    return await unwrap(vault, pin, false);
  } catch {
    return null;
  }
}

/** The same data key behind another PIN, or null where the old one is wrong. */
export async function changePin(vault, oldPin, newPin) {
  try {
    return await wrap(await unwrap(vault, oldPin, true), newPin);
  } catch {
    return null;
  }
}

/** Anything that JSON can say, closed with the data key: {iv, closed}. */
export async function close(dataKey, value) {
  return closeBytes(dataKey, encodeText(JSON.stringify(value)));
}

export async function open(dataKey, sealed) {
  return JSON.parse(decodeText(await openBytes(dataKey, sealed)));
}

export async function closeBytes(dataKey, bytes) {
  const iv = random(IV_BYTES);
  return { iv, closed: new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, dataKey, bytes)) };
}

export async function openBytes(dataKey, { iv, closed }) {
  return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv }, dataKey, closed));
}
