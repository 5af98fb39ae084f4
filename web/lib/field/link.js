// The line to the server: every answer becomes a value or a Trouble that says what kind of trouble it is.

const PATIENCE_MS = 30_000;
const PART_PATIENCE_MS = 10 * 60_000;
const KINDS = { 401: "signed_out", 403: "forbidden", 404: "gone", 409: "conflict", 413: "too_large", 422: "refused", 400: "refused", 429: "busy" };

/** What went wrong: kind is offline, signed_out, forbidden, gone, conflict, too_large, refused, busy or server. */
export class Trouble extends Error {
  constructor(kind, { words = "", answer = {}, wait_s = 0 } = {}) {
    super(words || kind);
    Object.assign(this, { kind, words, answer, wait_s });
  }
}

let isUp = true;

/** Whether the server was reached the last time it was tried. */
export const isReached = () => navigator.onLine && isUp;

const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
const headers = () => ({ Accept: "application/json", "X-CSRFToken": cookie("csrftoken") });

/** GET and read JSON. */
export const get = (url) => ask(url, { method: "GET" });

/** POST JSON and read JSON. */
export const post = (url, body = {}) => ask(url, { method: "POST", body: JSON.stringify(body), type: "application/json" });

async function ask(url, { method, body, type }) {
  const answer = await fetched(url, { method, body, headers: { ...headers(), ...(type && { "Content-Type": type }) } });
  return readAnswer(answer.status, await answer.text().catch(() => fail("offline")), answer.redirected, answer.headers.get("Retry-After"));
}

async function fetched(url, options) {
  try {
    const answer = await fetch(url, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
    isUp = true;
    return answer;
  } catch {
    return fail("offline");
  }
}

function fail(kind, facts) {
  if (kind === "offline") isUp = false;
  throw new Trouble(kind, facts);
}

/** What an answer means. A page instead of JSON is the sign-in page, or a proxy's word that the server is away. */
function readAnswer(status, body, redirected, retry_after) {
  const json = parse(body);
  if (status < 300 && json && !redirected) return json;
  if (redirected || status < 300) return fail("signed_out");
  const kind = status >= 500 ? "server" : (KINDS[status] ?? "server");
  return fail(kind, { words: json?.error ?? json?.detail ?? "", answer: json ?? {}, wait_s: Number(retry_after) || 0 });
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** PUT bytes, told of how many are under way; XMLHttpRequest because fetch cannot say. */
export function send(url, bytes, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.timeout = PART_PATIENCE_MS;
    request.setRequestHeader("Content-Type", "application/octet-stream");
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (step) => onSent(step.loaded));
    for (const cut of ["error", "abort", "timeout"]) request.addEventListener(cut, () => reject(((isUp = false), new Trouble("offline"))));
    request.addEventListener("load", () => {
      const redirected = new URL(request.responseURL).pathname !== new URL(url, location.href).pathname;
      try {
        resolve(readAnswer(request.status, request.responseText || "{}", redirected, request.getResponseHeader("Retry-After")));
      } catch (trouble) {
        reject(trouble);
      }
    });
    request.send(bytes);
  });
}

/** GET something large as text, told of how much has come. */
export async function download(url, onBytes) {
  const answer = await fetched(url, { headers: headers(), signal: AbortSignal.timeout(PART_PATIENCE_MS) });
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  try {
    for await (const block of blocks(answer.body)) {
      size += block.length;
      text += decoder.decode(block, { stream: true });
      onBytes(size);
    }
  } catch {
    fail("offline");
  }
  return { value: readAnswer(answer.status, text + decoder.decode(), answer.redirected, null), size };
}

async function* blocks(body) {
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}
