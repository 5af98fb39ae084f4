// A file for when nothing else works: `.anlanbox`, a ZIP (stored, not compressed) of manifest.json and parts/<sha256>.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 as ZIP wants it. */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** A Blob of the entries [{name, bytes}], in their order; times are those of 1980, the oldest that ZIP knows. */
export function makeZip(entries) {
  const [parts, directory] = [[], []];
  let at = 0;
  for (const { name, bytes } of entries) {
    const label = new TextEncoder().encode(name);
    const facts = [VERSION, UTF8, 0, 0, 0x21];
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    parts.push(pack([[4, LOCAL], ...pairs(2, facts), ...pairs(4, sizes), [2, label.length], [2, 0]]), label, bytes);
    directory.push(
      pack([[4, CENTRAL], [2, VERSION], ...pairs(2, facts), ...pairs(4, sizes), [2, label.length], ...pairs(2, [0, 0, 0, 0]), [4, 0], [4, at]]),
      label,
    );
    at += 30 + label.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = pack([[4, END], [2, 0], [2, 0], [2, entries.length], [2, entries.length], [4, size], [4, at], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

const pairs = (width, values) => values.map((value) => [width, value]);

function pack(fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += width;
  }
  return bytes;
}
