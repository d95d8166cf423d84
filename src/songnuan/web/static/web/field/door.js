// Before anything is shown: who it is, and the PIN.

import { clearing } from "./clear.js";
import { button, el, field } from "./dom.js";
import { get, standing } from "./house.js";
import { app, only, redraw, say } from "./here.js";
import { tongues } from "./home.js";
import { countUnsent } from "./outbox.js";
import { countOnlyHere, forget } from "./store.js";
import { DIGITS, enter, owners, pinFault, setUp } from "./vaults.js";
import { sentenceOf, t } from "./words.js";

const PATIENCE = 3_000; // the door waits for no network
const ANEW = "?pin"; // the password was entered again for a new PIN

const pinInput = () => el("input.pin", {
  type: "password", inputMode: "numeric", autocomplete: "off", maxLength: 12, minLength: DIGITS, required: true,
  "data-first": "",
});

const signedIn = () => standing(PATIENCE).catch(() => ({}));

const signIn = () => el("a.big", { href: "/account/login/?next=/field/" }, t("sign_in"));

const passwordAgain = () => message(
  t("password_again"),
  el("a.big.main", { href: `/account/reauthenticate/?next=${encodeURIComponent(`/field/${ANEW}`)}` }, t("password")),
);

const isClosed = async (device) => {
  try {
    return (await get(`/field/devices/${device}/standing/`, PATIENCE)).told.closed;
  } catch {
    return null;
  }
};

// A device that was closed keeps nothing but what nobody else has. Returns for whom it was emptied.
export const dropClosed = async () => {
  const dropped = [];
  for (const { person, device } of await owners()) {
    const closed = await isClosed(device);
    if (closed === null) break; // no network: it is asked the next time
    if (closed && (await forget(person, 0))) dropped.push(person);
  }
  return dropped;
};

const busy = (form, yes) => {
  for (const one of form.querySelectorAll("button, input")) one.disabled = yes;
};

// How much waits on this device to be sent, of whom it asks, and of all who use it.
const waiting = async (person) => {
  const counts = await Promise.all((await owners()).map(async (one) => [one.person, await countUnsent(one.person)]));
  const own = counts.find(([one]) => one === person)?.[1] ?? 0;
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return [
    own ? el("p.note.urgent", t("unlock_unsent", { count: own })) : null,
    all > own ? el("p.note", t("unsent_of_all", { count: all })) : null,
  ];
};

const screen = (title, ...parts) => ({
  title,
  still: true,
  draw: async () => el("div.door", el("h1", title), parts.map((part) => part()), await waiting(), tongues()),
});

const message = (text, ...more) => screen(t("app"), () => el("p", text), () => more);

// A PIN is chosen: for a device that is new, or whose PIN was forgotten.
const choosing = (who, enterHome, hint) => ({
  title: t("set_up"),
  still: true,
  async draw() {
    const [pin, again] = [pinInput(), pinInput()];
    const submit = async (event) => {
      event.preventDefault();
      const fault = pinFault(pin.value) || (pin.value !== again.value && "pin_differ");
      if (fault) return say(t(fault), true);
      busy(event.target, true);
      try {
        const made = await setUp(who.person, who.name, pin.value);
        return made.key ? enterHome(made) : await refused(who.person, made, enterHome);
      } catch (error) {
        busy(event.target, false);
        return say(sentenceOf(error), true);
      }
    };
    return el(
      "form.form.door", { onsubmit: submit },
      el("h1", hint), el("p", who.name), el("p.soft", t("set_up_what")),
      field(t("pin"), pin), field(t("pin_again"), again),
      el("button.big.main", t("set_up")),
      await waiting(), tongues(),
    );
  },
});

// Nothing that nobody else has is deleted without its number.
const refused = async (person, { again, closed }, enterHome) => {
  if (again) return only(passwordAgain());
  if (closed && (await forget(person, 0))) return only(message(t("closed")));
  const count = await countOnlyHere(person);
  return only({
    title: t("app"),
    still: true,
    draw: async () => el(
      "div.door",
      el("h1", t("app")),
      el("p.note.urgent", t(closed ? "closed_pin" : "key_other", { count })),
      button(t("unlock"), () => door(enterHome), ".big.main"),
      el("h2", t("clear")),
      await clearing(person, () => location.replace("/field/?cleared")),
    ),
  });
};

const unlocking = (owner, all, enterHome) => ({
  title: t("app"),
  still: true,
  async draw() {
    const pin = pinInput();
    const submit = async (event) => {
      event.preventDefault();
      busy(event.target, true);
      const found = await enter(owner.person, pin.value);
      busy(event.target, false);
      if (found.key) return enterHome(found);
      if (found.gone) return door(enterHome);
      pin.value = "";
      pin.focus();
      const sentences = [found.wrong && t("pin_wrong"), found.wait && t("pin_wait", { seconds: found.wait })];
      return say(sentences.filter(Boolean).join(" "), true);
    };
    return el(
      "form.form.door", { onsubmit: submit },
      el("h1", t("app")), el("p.owner", owner.name),
      await waiting(owner.person),
      field(t("pin"), pin),
      el("button.big.main", t("unlock")),
      button(t("pin_forgotten"), () => forgotten(owner, enterHome), ".plain"),
      button(t("who"), () => choose(all, enterHome), ".plain"),
      tongues(),
    );
  },
});

const forgotten = async (owner, enterHome) => {
  const [who, closed] = await Promise.all([signedIn(), isClosed(owner.device)]);
  if (closed) return refused(owner.person, { closed }, enterHome);
  if (who.person !== owner.person) return only(message(t("pin_forgotten_what"), signIn()));
  return only(who.fresh ? choosing(who, enterHome, t("pin_new")) : passwordAgain());
};

const beginning = (who, enterHome) => (who.fresh ? choosing(who, enterHome, t("set_up")) : passwordAgain());

const choose = async (all, enterHome) => {
  let who = {};
  const shown = screen(
    t("who"),
    () => all.map((owner) => button(owner.name, () => only(unlocking(owner, all, enterHome)), ".big")),
    () => (who.person && !all.some(({ person }) => person === who.person)
      ? button(who.name, () => only(beginning(who, enterHome)), ".big") : null),
    signIn,
  );
  await only(shown);
  who = await signedIn();
  if (app.stack[0] === shown) redraw();
};

const isTouched = () => [...document.querySelectorAll("main input")].some(({ value }) => value);

// What the house says of who is signed in may lead to another door than the one that stands.
const better = (who, all, enterHome) => {
  const known = all.find(({ person }) => person === who.person);
  if (known && who.fresh && location.search === ANEW) {
    history.replaceState(null, "", "/field/");
    return choosing(who, enterHome, t("pin_new"));
  }
  if (known) return known === all[0] ? null : unlocking(known, all, enterHome);
  if (who.person) return beginning(who, enterHome);
  return all.length ? null : message(t("first_online"), signIn());
};

// Shows the door at once, from what is kept here; `enterHome` is given the open vault. The house is asked afterwards.
export const door = async (enterHome) => {
  const all = await owners();
  await only(all.length ? unlocking(all[0], all, enterHome) : message(t("renewing")));
  const shown = app.stack[0];
  const who = await signedIn();
  if (app.vault || app.stack[0] !== shown || isTouched()) return;
  const next = better(who, all, enterHome);
  if (next) await only(next);
};
