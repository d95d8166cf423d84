// Before anything is shown: who it is, and the PIN.

import { button, el, field } from "./dom.js";
import { SignedOut, get, standing } from "./house.js";
import { only, say } from "./here.js";
import { tongues } from "./home.js";
import { countUnsent } from "./outbox.js";
import { forget } from "./store.js";
import { DIGITS, enter, owners, pinFault, setUp } from "./vaults.js";
import { t } from "./words.js";

const pinInput = () => el("input.pin", {
  type: "password", inputMode: "numeric", autocomplete: "off", maxLength: 12, minLength: DIGITS, required: true,
  "data-first": "",
});

const signedIn = async () => {
  try {
    return await standing();
  } catch (error) {
    return { out: error instanceof SignedOut };
  }
};

const signIn = () => el("a.big", { href: "/account/login/?next=/field/" }, t("sign_in"));

// A device that was closed keeps nothing; what it could still send was sent before, if it was open.
export const dropClosed = async () => {
  let dropped = false;
  for (const { person, device } of await owners()) {
    try {
      const { told } = await get(`/field/devices/${device}/standing/`);
      if (!told.closed || (await countUnsent(person))) continue;
      await forget(person);
      dropped = true;
    } catch {
      return dropped; // no network: it is asked the next time
    }
  }
  return dropped;
};

const busy = (form, yes) => {
  for (const one of form.querySelectorAll("button, input")) one.disabled = yes;
};

// A PIN is chosen: for a device that is new, or whose PIN was forgotten.
const choosing = (who, enterHome, hint) => ({
  title: t("set_up"),
  still: true,
  draw() {
    const [pin, again] = [pinInput(), pinInput()];
    const submit = async (event) => {
      event.preventDefault();
      const fault = pinFault(pin.value) || (pin.value !== again.value && "pin_differ");
      if (fault) return say(t(fault), true);
      busy(event.target, true);
      try {
        const made = await setUp(who.person, who.name, pin.value);
        if (made.closed) {
          await forget(made.person);
          return only(message(t("closed")));
        }
        return enterHome(made);
      } catch (error) {
        busy(event.target, false);
        return say(error.message, true);
      }
    };
    return el(
      "form.form.door", { onsubmit: submit },
      el("h1", hint), el("p", who.name), el("p.soft", t("set_up_what")),
      field(t("pin"), pin), field(t("pin_again"), again),
      el("button.big.main", t("set_up")),
      tongues(),
    );
  },
});

const message = (text, ...more) => ({ title: "", still: true, draw: () => el("div.door", el("h1", t("app")), el("p", text), ...more, tongues()) });

const unlocking = (owner, all, enterHome) => ({
  title: t("app"),
  still: true,
  async draw() {
    const pin = pinInput();
    const unsent = await countUnsent(owner.person);
    const submit = async (event) => {
      event.preventDefault();
      busy(event.target, true);
      const found = await enter(owner.person, pin.value);
      busy(event.target, false);
      if (found.key) return enterHome(found);
      pin.value = "";
      pin.focus();
      const sentences = [found.wrong && t("pin_wrong"), found.wait && t("pin_wait", { seconds: found.wait })];
      return say(sentences.filter(Boolean).join(" "), true);
    };
    return el(
      "form.form.door", { onsubmit: submit },
      el("h1", t("app")), el("p.owner", owner.name),
      unsent ? el("p.note.urgent", t("unlock_unsent", { count: unsent })) : null,
      field(t("pin"), pin),
      el("button.big.main", t("unlock")),
      button(t("pin_forgotten"), () => forgotten(owner, enterHome), ".plain"),
      all.length > 1 || owner.other ? button(t("who"), () => choose(all, enterHome), ".plain") : null,
      tongues(),
    );
  },
});

const forgotten = async (owner, enterHome) => {
  const who = await signedIn();
  if (who.person === owner.person) return only(choosing(who, enterHome, t("pin_new")));
  return only(message(t("pin_forgotten_what"), signIn()));
};

const choose = async (all, enterHome) => {
  const who = await signedIn();
  const isNew = who.person && !all.some(({ person }) => person === who.person);
  return only({
    title: t("who"),
    still: true,
    draw: () => el(
      "div.door", el("h1", t("who")),
      all.map((owner) => button(owner.name, () => only(unlocking({ ...owner, other: true }, all, enterHome)), ".big")),
      isNew ? button(who.name, () => only(choosing(who, enterHome, t("set_up"))), ".big") : null,
      signIn(), tongues(),
    ),
  });
};

// Shows the door; `enterHome` is given the open vault.
export const door = async (enterHome) => {
  const all = await owners();
  const who = await signedIn();
  if (who.person && !all.some(({ person }) => person === who.person)) {
    return only(choosing(who, enterHome, t("set_up")));
  }
  if (!all.length) return only(message(t("first_online"), signIn()));
  const owner = all.find(({ person }) => person === who.person) ?? all[0];
  return only(unlocking({ ...owner, other: all.length > 1 }, all, enterHome));
};
