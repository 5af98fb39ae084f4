// Troubles in words that say what to do.

import { text } from "@web/lib/format.js";
import { Trouble } from "@web/lib/field/link.js";
import { NoKey } from "@web/lib/field/outbox.js";
import { PhotoRefused } from "@web/lib/field/photos.js";
import { room } from "./ready.js";

/** Any failure of the app as a sentence; what is unknown is thrown again, for it is a fault of ours. */
export async function troubleWords(failure) {
  if (failure instanceof Trouble) return lineWords(failure.kind, failure.words);
  if (failure instanceof NoKey) return text("trouble.no_key");
  if (failure instanceof PhotoRefused) return text(`photo.${failure.kind}`, { name: failure.name ?? "" });
  if (failure?.name === "QuotaExceededError") return text("trouble.full", await room());
  throw failure;
}

/** What a kind of trouble with the line means; the server's own words where it gave some. */
export const lineWords = (kind, words) => (kind === "signed_out" || kind === "offline" ? text(`trouble.${kind}`) : words || text(`trouble.${kind}`));

/** The time of an ISO moment as the clock shows it, with its date unless it is today. */
export function when(iso, { readClock }) {
  const { date, minute } = readClock(Date.parse(iso));
  return date === readClock(Date.now()).date ? minute : `${date.slice(5)} ${minute}`;
}
