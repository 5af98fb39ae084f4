// The PIN's screens: choosing the first, opening, changing it, and starting over when it is forgotten.

import { text } from "@web/lib/format.js";
import { ask, button, field, h, icon, say } from "@web/lib/field/view.js";
import { FEWEST_DIGITS, exchangePin, isPin, setPin, unlock } from "@web/lib/field/vault.js";
import { clear, drop, readAll } from "@web/lib/field/store.js";
import { outboxCount } from "./box.js";

const pinBox = (name, complete) =>
  h("input.pin", { type: "password", inputmode: "numeric", pattern: "\\d*", autocomplete: complete, name, maxlength: 16, required: true });

const short = (ms) => (ms < 60_000 ? text("span.s", { n: Math.ceil(ms / 1000) }) : text("span.min", { n: Math.ceil(ms / 60_000) }));

/** What to do about an answer of `unlock`, in words. */
function refuse(answer, wrong) {
  wrong.textContent = answer.wait_ms ? text("pin.wait", { span: short(answer.wait_ms) }) : text("pin.wrong", { n: answer.left });
  wrong.hidden = false;
}

/** A form that sends on Enter and on its button, once at a time. */
function form(title, words, fields, verb, work) {
  const wrong = h("p.wrong", { hidden: true, role: "alert" });
  const submit = button("primary.wide", () => work(wrong), verb);
  const element = h("form.sheet", {}, h("h2", {}, title), words && h("p.lead", {}, words), ...fields, wrong, submit);
  element.addEventListener("submit", (sent) => {
    sent.preventDefault();
    submit.click();
  });
  return element;
}

/** Choose the first PIN; `done` is called when the vault is open. */
export function choosePin(done) {
  const [first, second] = [pinBox("pin", "new-password"), pinBox("again", "new-password")];
  const fields = [field(text("pin.new", { n: FEWEST_DIGITS }), first), field(text("pin.again"), second)];
  return form(text("pin.choose"), text("pin.why"), fields, text("pin.set"), async (wrong) => {
    wrong.hidden = false;
    if (!isPin(first.value)) return (wrong.textContent = text("pin.short", { n: FEWEST_DIGITS }));
    if (first.value !== second.value) return (wrong.textContent = text("pin.differ"));
    wrong.hidden = true;
    await setPin(first.value);
    return done();
  });
}

/** Open with the PIN; the sealed outbox can be sent and exported without. */
export async function unlockScreen(app) {
  const pin = pinBox("pin", "current-password");
  const sheet = form(text("pin.open"), "", [field(text("pin.label"), pin)], text("pin.unlock"), async (wrong) => {
    const answer = await unlock(pin.value, Date.now());
    pin.value = "";
    if (answer.open) await app.opened();
    else refuse(answer, wrong);
  });
  const waiting = await outboxCount();
  const aside = h("div.stack", {},
    waiting > 0 && h("p.note", {}, text("pin.outbox", { n: waiting })),
    h("a.plain.wide", { href: "#/outbox" }, icon("inbox"), text("pin.to_outbox")),
    button("link.wide", () => forget(app), text("pin.forgotten")),
  );
  return h("div.locked", {}, sheet, aside);
}

/** Change the PIN; what it protects stays as it is. */
export function changeScreen(app) {
  const [old, first, second] = [pinBox("old", "current-password"), pinBox("pin", "new-password"), pinBox("again", "new-password")];
  const fields = [field(text("pin.old"), old), field(text("pin.new", { n: FEWEST_DIGITS }), first), field(text("pin.again"), second)];
  return form(text("pin.change"), "", fields, text("pin.change.verb"), async (wrong) => {
    wrong.hidden = false;
    if (!isPin(first.value)) return (wrong.textContent = text("pin.short", { n: FEWEST_DIGITS }));
    if (first.value !== second.value) return (wrong.textContent = text("pin.differ"));
    const answer = await exchangePin(old.value, first.value, Date.now());
    if (!answer.open) return refuse(answer, wrong);
    say(text("pin.changed"));
    return app.go("more");
  });
}

/** Give up what the forgotten PIN protects; what is sealed for the server stays. */
async function forget(app) {
  const drafts = (await readAll("drafts")).filter((row) => row.role === "draft").length;
  const words = text("pin.forget.words", { n: drafts });
  if (!(await ask({ title: text("pin.forget"), words, yes: text("pin.forget.yes"), no: text("cancel"), danger: true }))) return;
  await Promise.all([clear("drafts"), clear("pack"), drop("vault", "pin")]);
  await app.restart();
}
