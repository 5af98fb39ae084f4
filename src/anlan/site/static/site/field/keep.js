// The field app's service worker: its shell and its built assets, one cache per build; never an address with data.
// The view puts `const BUILD = {version, shell, assets}` before these lines.

const PREFIX = "anlan-field-";
const CACHE = PREFIX + BUILD.version;
const ASSETS = new Set(BUILD.assets);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "read again") event.waitUntil(keepShell().then(() => event.source.postMessage("read")));
});

async function install() {
  const kept = await caches.open(CACHE);
  await Promise.all([kept.addAll(BUILD.assets), keepShell()]);
}

/** The page without a word of the district; whoever is signed out gets the sign-in page instead, which is not kept. */
async function keepShell() {
  const answer = await fetch(BUILD.shell, { cache: "no-store", credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`${BUILD.shell}: ${answer.status}`);
  await (await caches.open(CACHE)).put(BUILD.shell, answer);
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === BUILD.shell) event.respondWith(fromCache(BUILD.shell, request));
  else if (ASSETS.has(pathname)) event.respondWith(fromCache(pathname, request));
});

async function fromCache(address, request) {
  return (await (await caches.open(CACHE)).match(address)) ?? fetch(request);
}
