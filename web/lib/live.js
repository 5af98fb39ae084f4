// A live feed of server-sent events that always knows whether it is alive.
//
// EventSource hides the heartbeats (they are comments) and gives up on some errors, so the stream is read
// by fetch: every byte counts as a sign of life, and a lost connection is tried again for ever.

const QUIET_MS = 15_000; // three heartbeats missed
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/**
 * Follow a feed. `on` maps event names to functions of the decoded data; they wait while `opened` runs.
 * `opened()` is awaited after each connection: fetch the snapshot there, the server may have restarted.
 * `state(name, last_ms)` is told of "live", "retrying", "refused" (the pass has expired: load the page again)
 * and "stale" (nothing heard for 15 s).
 * Returns a function that ends it.
 */
export function follow(url, { on, opened = async () => {}, state = () => {} }) {
  const feed = { ended: false, lastId: "", heard_ms: Date.now(), tries: 0, cut: null, name: "" };
  const tell = (name) => {
    if (feed.name === name) return;
    feed.name = name;
    state(name, feed.heard_ms);
  };
  const watch = setInterval(() => {
    if (Date.now() - feed.heard_ms <= QUIET_MS) return;
    tell("stale");
    if (feed.connected) feed.cut?.abort();
  }, 1000);

  async function run() {
    while (!feed.ended) {
      try {
        await listen(url, feed, on, opened, () => tell("live"));
      } catch (failure) {
        // cut off, silent or refused: the answer is always to try again
        if (failure instanceof PassExpired) tell("refused");
      }
      feed.connected = false;
      if (feed.ended) return;
      if (feed.name === "live" || feed.name === "") tell("retrying");
      await pause(RETRY_MS[Math.min(feed.tries++, RETRY_MS.length - 1)] * (0.75 + Math.random() / 2));
    }
  }
  run();
  return () => {
    feed.ended = true;
    clearInterval(watch);
    feed.cut?.abort();
  };
}

/** The page's pass is no longer good. */
class PassExpired extends Error {}

async function listen(url, feed, on, opened, alive) {
  feed.cut = new AbortController();
  const headers = { Accept: "text/event-stream", ...(feed.lastId && { "Last-Event-ID": feed.lastId }) };
  const giveUp = setTimeout(() => feed.cut.abort(), QUIET_MS);
  const answer = await fetch(url, { headers, signal: feed.cut.signal, cache: "no-store" });
  clearTimeout(giveUp);
  if (answer.status === 401) throw new PassExpired(url);
  if (!answer.ok || !answer.body) throw new Error(`${answer.status} ${url}`);
  feed.connected = true;
  feed.heard_ms = Date.now();
  await opened();
  feed.tries = 0;
  alive();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    feed.heard_ms = Date.now();
    alive();
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    blocks.forEach((block) => hand(block, feed, on));
  }
}

/** One block of the stream: an event goes to its function, a comment is only a sign of life. */
function hand(block, feed, on) {
  const fields = { event: "message", data: [] };
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = line.match(/^(\w*):? ?(.*)$/) ?? [];
    if (name === "data") fields.data.push(value);
    else if (name) fields[name] = value;
  }
  if (fields.id !== undefined) feed.lastId = fields.id;
  if (fields.data.length) on[fields.event]?.(JSON.parse(fields.data.join("\n")));
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
