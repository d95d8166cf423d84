// What a kind works with (told in kinds.js), and the screens of the app one above the other.

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
  box.replaceChildren(text);
  box.hidden = !text;
  clearTimeout(box.timer);
  if (!urgent && text) box.timer = setTimeout(() => { box.hidden = true; }, STAYS);
};

const top = () => app.stack.at(-1);

// The screen as it stands; what is being typed is not taken away by a change elsewhere.
export const redraw = async ({ gently = false } = {}) => {
  const screen = top();
  if (!screen) return;
  const typing = main().contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  if (gently && (typing || screen.still)) return;
  const drawn = await screen.draw(screen.here);
  if (screen !== top()) return;
  main().replaceChildren(...(app.stack.length > 1 ? [head(screen)] : []), drawn);
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
  async keepForm(form, name) {
    const told = await outbox.draft(app.vault, `${kind}/${name}`);
    if (told) restore(form, told);
    form.addEventListener("input", () => app.vault && outbox.keepDraft(app.vault, `${kind}/${name}`, valuesOf(form)));
    return Boolean(told);
  },
});
