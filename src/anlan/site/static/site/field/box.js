// The outbox: each record and each file with its state, beside what the server says it has.

import { count, readClock, text } from "@web/lib/format.js";
import { dropDraft, formOf, readDrafts } from "@web/lib/field/drafts.js";
import { clear, exportBox, isSettled, readOutbox, summaryOf } from "@web/lib/field/outbox.js";
import { kick, onNews, readArrived } from "@web/lib/field/sender.js";
import { isOpen } from "@web/lib/field/vault.js";
import { ask, button, h, icon, say } from "@web/lib/field/view.js";
import { lineWords, troubleWords, when } from "./words.js";

const KEPT_URL_MS = 60_000;
const sending = new Map(); // row → share under way, as the sender of this or another tab tells it

/** How many records have not arrived. */
export const outboxCount = async () => (await readOutbox()).filter((row) => row.state === "waiting").length;

onNews(({ row, share }) => {
  if (!row) return sending.clear();
  sending.set(row, share);
  const tag = document.querySelector(`[data-row="${row}"] .state`);
  if (tag) paint(tag, "sending", text("state.sending", { n: Math.round(share * 100) }));
  return null;
});

function paint(tag, state, words) {
  tag.dataset.state = state;
  tag.textContent = words;
}

export async function boxScreen(app) {
  const rows = (await readOutbox()).reverse();
  const drafts = isOpen() ? await readDrafts() : [];
  const [waiting, settled] = [rows.filter((row) => !isSettled(row)), rows.filter(isSettled)];
  const server = h("section.server");
  if (navigator.onLine) showArrived(server);
  return h("div.screen", {}, h("h2", {}, text("outbox")),
    h("div.row", {},
      button("primary", () => kick({ byHand: true }), icon("upload"), text("send.now")),
      rows.length > 0 && button("plain", () => save(rows), icon("download"), text("export.all"))),
    isStopped(waiting) && h("a.plain.wide", { href: "/accounts/sign-in/?next=/field/" }, icon("login"), text("sign_in")),
    drafts.map((draft) => draftCard(app, draft)),
    await Promise.all(waiting.map((row) => card(app, row))),
    !rows.length && !drafts.length && h("p.empty", {}, text("outbox.empty")),
    settled.length > 0 && h("div.row.spread", {}, h("h3", {}, text("outbox.settled")), button("plain", () => clearAll(app, settled), text("clear.all"))),
    await Promise.all(settled.map((row) => card(app, row))),
    server);
}

const isStopped = (rows) => rows.some((row) => row.trouble === "signed_out");

function draftCard(app, draft) {
  const title = draft.list ? `${draft.about.name} · ${draft.list.name}` : draft.what?.trim() || draft.hazard?.what || text("draft.untitled");
  return h("article.card", {},
    h("header", {}, h("b", {}, text(`kind.${draft.kind}`)), h("span.state", { "data-state": "draft" }, text("state.draft"))),
    h("p", {}, title), h("small", {}, text("draft.facts", { time: when(new Date(draft.edited_ms).toISOString(), { readClock }), n: draft.photos.length })),
    h("div.row", {}, button("primary", () => app.go(formOf(draft)), text("draft.go_on")), button("link", () => remove(app, draft), text("draft.discard"))));
}

async function remove(app, draft) {
  if (!(await ask({ title: text("draft.discard"), words: text("draft.discard.words", { n: draft.photos.length }), yes: text("draft.discard.yes"), no: text("cancel"), danger: true }))) return;
  await dropDraft(draft);
  app.show();
}

async function card(app, row) {
  const share = row.state === "waiting" ? sending.get(row.uid) : undefined;
  const tag = h("span.state");
  paint(tag, share === undefined ? row.state : "sending", share === undefined ? text(`state.${row.state}`) : text("state.sending", { n: Math.round(share * 100) }));
  const summary = await summaryOf(row);
  const why = row.trouble ? lineWords(row.trouble, row.reason) : row.reason;
  return h("article.card", { "data-row": row.uid, "data-state": row.state },
    h("header", {}, h("b", {}, text(`kind.${row.kind}`)), row.urgent && h("span.tag.urgent", {}, text("urgent")), tag),
    summary && h("p", {}, summary),
    h("small", {}, [when(row.made_at, { readClock }), row.number].filter(Boolean).join(" · ")),
    why && h("p.why", {}, why),
    row.files.length > 0 && h("ul.files", {}, row.files.map((file, i) => h("li", { "data-state": file.state },
      h("span", {}, text("file.n", { n: i + 1, kb: count(Math.ceil(file.size / 1024)) })), h("span", {}, text(`file.${file.state}`), file.reason && ` ${file.reason}`)))),
    h("div.row", {}, row.address && h("a.plain", { href: row.address }, text("open")),
      button("plain", () => save([row]), icon("download"), text("export")),
      isSettled(row) && button("link", () => clearAll(app, [row]), text("clear"))));
}

async function save(rows) {
  try {
    const { name, blob } = await exportBox(rows);
    const link = h("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT_URL_MS);
    say(text("exported", { name }), { last_ms: 8000 });
  } catch (failure) {
    say(await troubleWords(failure), { kind: "bad", last_ms: 8000 });
  }
}

async function clearAll(app, rows) {
  const refused = rows.filter((row) => row.state !== "arrived").length;
  const words = text(refused ? "clear.words.refused" : "clear.words", { n: rows.length, refused });
  if (!(await ask({ title: text("clear.title"), words, yes: text("clear.yes"), no: text("cancel") }))) return;
  await clear(rows);
  app.show();
}

/** What the server says it has from this person. */
async function showArrived(section) {
  try {
    const list = await readArrived();
    section.replaceChildren(h("h3", {}, text("arrived.title", { n: list.length })), h("p.note", {}, text("arrived.note"), h("a", { href: "/field/arrived/" }, text("arrived.all"))),
      h("ul.arrived", {}, list.slice(0, 30).map((one) => h("li", {},
        h("span", {}, [text(`kind.${one.kind}`), one.number].filter(Boolean).join(" · ")), h("small", {}, text("arrived.facts", { time: when(one.arrived_at, { readClock }), n: one.files?.length ?? 0 })),
        h("span.state", { "data-state": one.state === "taken" ? "arrived" : one.state }, text(`state.${one.state === "taken" ? "arrived" : one.state}`))))));
  } catch (failure) {
    section.replaceChildren(h("p.note", {}, await troubleWords(failure)));
  }
}
