// What a kind works with (told in kinds.js), and the screens of the app one above the other.

import { base64Of, bytesOf } from "./crypto.js";
import { el } from "./dom.js";
import * as outbox from "./outbox.js";
import * as sync from "./sync.js";
import { t } from "./words.js";

const STAYS = 6_000;

export const app = { vault: null, packs: {}, records: [], stack: [], frame: null };

const main = () => document.querySelector("main");

export const say = (text, urgent = false) => {
  const box = document.querySelector("[data-said]");
  box.className = urgent ? "said urgent" : "said";
  box.setAttribute("role", urgent ? "alert" : "status");
  box.replaceChildren(text);
  box.hidden = !text;
  clearTimeout(box.timer);
  if (!urgent && text) box.timer = setTimeout(() => { box.hidden = true; }, STAYS);
};

const top = () => app.stack.at(-1);

const isTyping = () => main().contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
const controls = () => [...main().querySelectorAll("button, a, summary")];

// Whoever goes by the keyboard stands where they stood, though the screen was drawn anew.
const stood = () => {
  const before = document.activeElement;
  const at = controls().indexOf(before);
  if (at < 0) return () => {};
  const text = before.textContent;
  return () => {
    const now = controls();
    const same = now[at]?.textContent === text ? now[at] : now.find((one) => one.textContent === text);
    (same ?? now[at])?.focus({ preventScroll: true });
  };
};

// The screen as it stands; what is being typed is not taken away by a change elsewhere.
export const redraw = async ({ gently = false } = {}) => {
  const screen = top();
  if (!screen) return;
  const isHeld = () => gently && (screen.still || isTyping());
  if (isHeld()) return;
  const drawn = await screen.draw(screen.here);
  if (screen !== top() || isHeld()) return;
  const again = stood();
  main().replaceChildren(...(app.stack.length > 1 ? [head(screen)] : []), drawn);
  again();
};

const head = (screen) => el(
  "div.head",
  el("button.back", { type: "button", onclick: back, "aria-label": t("back") }, "‹ ", t("back")),
  el("h1", screen.title),
);

const show = async () => {
  await redraw();
  scrollTo(0, 0);
  (main().querySelector("[data-first]") ?? main()).focus({ preventScroll: true });
};

export const go = (screen) => {
  say("");
  app.stack.push(screen);
  history.pushState({ depth: app.stack.length }, "");
  return show();
};

export const back = () => history.back();

export const only = (screen) => {
  for (const one of app.stack) one.leave?.();
  app.stack = [screen];
  return show();
};

// The button of the phone that leads back closes a screen of ours.
addEventListener("popstate", () => {
  if (app.stack.length < 2) return;
  app.stack.pop().leave?.();
  show();
});

export const reread = async () => {
  if (!app.vault) return;
  [app.packs, app.records] = await Promise.all([sync.packs(), outbox.all(app.vault)]);
};

const full = (error) => error.name === "QuotaExceededError";

const record = async (kind, given) => {
  try {
    await keeping;
    const made = await outbox.add(app.vault, { kind, ...given });
    app.records = [...app.records.filter(({ key }) => key !== given.instead), { ...made, state: "unsent" }];
    say(el("span", el("strong", t("recorded")), " ", given.label ?? "", " ", el("span.soft", t("recorded_kept"))));
    app.frame?.();
    sync.run();
    return made;
  } catch (error) {
    say(full(error) ? t("full") : t("failed", { fault: error.message }), true);
    return null;
  }
};

const valuesOf = (form) => Object.fromEntries(
  [...form.elements].filter(({ name, type }) => name && type !== "file").map((input) => [
    input.type === "radio" || input.type === "checkbox" ? `${input.name}=${input.value}` : input.name,
    input.type === "radio" || input.type === "checkbox" ? input.checked : input.value,
  ]),
);

const restore = (form, told) => {
  for (const input of form.elements) {
    const isTicked = input.type === "radio" || input.type === "checkbox";
    const name = isTicked ? `${input.name}=${input.value}` : input.name;
    if (!input.name || !(name in told)) continue;
    if (isTicked) input.checked = told[name];
    else input.value = told[name];
  }
};

// What is being filled in is kept in turn, and before anything is recorded: else it would outlive its record.
let keeping = Promise.resolve();
const keep = (name, value) => {
  const { vault } = app;
  if (!vault) return;
  keeping = keeping.then(() => outbox.keepDraft(vault, name, value)).catch((error) => {
    if (full(error)) say(t("full_draft"), true);
  });
};

// Keeps a form while it is filled in, and brings back what was: inputs, photos, and what was signed, where it was
// signed for what still stands there (`signedFor`).
const keepForm = async (form, name, { photos, pad, signedFor = () => "" } = {}) => {
  const [told, pictures, signed] = await Promise.all(["", "/photos", "/strokes"].map((part) => outbox.draft(app.vault, name + part)));
  if (told) restore(form, told);
  if (pictures) await photos?.add(Object.fromEntries(pictures.map((picture, at) => [`photo-${at + 1}`, bytesOf(picture)])));
  if (signed && signed.of === signedFor()) pad?.draw(signed.strokes);
  form.addEventListener("input", () => keep(name, valuesOf(form)));
  if (photos) photos.changed = () => keep(`${name}/photos`, Object.values(photos.files()).map(base64Of));
  if (pad) pad.changed = () => keep(`${name}/strokes`, { of: signedFor(), strokes: pad.strokes() });
  return Boolean(told);
};

export const hereOf = (kind) => ({
  t,
  say,
  back,
  redraw,
  get pack() { return app.packs[kind] ?? {}; },
  get person() { return { id: app.vault.person, name: app.vault.name }; },
  get renewedAt() { return sync.renewed(); },
  records: () => app.records.filter((row) => row.kind === kind),
  record: (given) => record(kind, given),
  go: (screen) => go({ ...screen, here: hereOf(kind) }),
  files: (key) => outbox.filesOf(app.vault, key),
  draft: (name) => outbox.draft(app.vault, `${kind}/${name}`),
  keepDraft: (name, value) => outbox.keepDraft(app.vault, `${kind}/${name}`, value),
  keepForm: (form, name, more) => keepForm(form, `${kind}/${name}`, more),
});
