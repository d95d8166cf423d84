// The app begins: the words, the door, and then the screens.

import { usable } from "./crypto.js";
import { button, el } from "./dom.js";
import { door, dropClosed } from "./door.js";
import { app, only, redraw, reread, say } from "./here.js";
import { home, unsent } from "./home.js";
import { all } from "./outbox.js";
import { database, dropStale, forget, persist, tabs, vaults } from "./store.js";
import * as sync from "./sync.js";
import { load, t } from "./words.js";

const REST = 5 * 60_000; // the app locks itself when nobody touches it for so long

const bar = document.querySelector("[data-bar]");

// What is always in sight: the network, and how much is not sent.
const frame = () => {
  const left = app.vault ? unsent() : 0;
  const fault = app.vault && sync.state.fault;
  const closed = app.vault && sync.state.closed;
  const network = navigator.onLine ? t("online") : t("offline");
  bar.classList.toggle("waits", left > 0);
  bar.replaceChildren(
    el("span.app", t("app")),
    el("span.network", sync.state.sending ? t("sending") : network),
    app.vault ? el("strong.unsent", { "data-unsent": left }, left ? t("unsent", { count: left }) : t("all_sent")) : "",
  );
  const box = document.querySelector("[data-fault]");
  const isQuiet = !fault || (fault === "fault" && !(left && navigator.onLine));
  box.hidden = isQuiet && !closed;
  box.replaceChildren(closed ? t("closed_sending") : "", isQuiet ? "" : t(fault), isQuiet ? "" : wayOut(fault));
};
app.frame = frame;

const WAYS = {
  signed_out: ["/account/login/?next=/field/", "sign_in"],
  other_person: ["/account/login/?next=/field/", "sign_in"],
  device_unknown: ["/account/reauthenticate/?next=/field/", "password"],
};

const wayOut = (fault) => {
  if (!WAYS[fault]) return "";
  const [href, word] = WAYS[fault];
  return el("a.button", { href }, t(word));
};

// Reads anew what is kept; not over what was recorded meanwhile, and for nobody who is gone.
const refresh = async (mine) => {
  for (;;) {
    const before = app.records;
    const [packs, records] = await Promise.all([sync.packs(), all(mine)]);
    if (app.vault !== mine) return false;
    if (app.records === before) {
      Object.assign(app, { packs, records });
      return true;
    }
  }
};

const changed = async () => {
  const mine = app.vault;
  if (!mine) return;
  if (sync.state.closed && (await forget(mine.person, 0))) {
    if (app.vault === mine) await leave("closed");
    return;
  }
  if (!(await refresh(mine))) return;
  frame();
  redraw({ gently: true });
};

const leave = async (word) => {
  shutUp();
  say(t(word), true);
  await door(enter);
};

// All at once, whatever the network does: nothing stays on the screen, or in hand.
const shutUp = () => {
  sync.stop();
  for (const one of app.stack) one.leave?.();
  Object.assign(app, { vault: null, packs: {}, records: [], stack: [] });
  document.querySelector("main").replaceChildren();
  frame();
};

tabs.addEventListener("message", ({ data }) => {
  if (app.vault && data.forgotten === app.vault.person) leave("cleared");
});

const lock = async () => {
  shutUp();
  await door(enter);
};

const enter = async (vault) => {
  app.vault = vault;
  say("");
  touched = Date.now();
  sync.start(vault, changed);
  persist().then((kept) => {
    app.isLoose = kept === false;
    redraw({ gently: true });
  });
  await reread();
  frame();
  await only(home(lock));
};

let touched = Date.now();
for (const name of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(name, () => { touched = Date.now(); }, { passive: true });
}
setInterval(() => {
  if (app.vault && Date.now() - touched > REST) lock();
  if (isDue && isIdle()) location.reload();
}, 5_000);

for (const name of ["online", "offline"]) addEventListener(name, frame);

// A newer version stands ready beside this one: it takes over when asked to, never in the middle of something. A tab in
// which something is being entered goes along when it is done.
let isDue = false;
let isAsked = false;

const isIdle = () => (
  app.stack.length < 2 && [...document.querySelectorAll("main input, main textarea")].every(({ value }) => !value)
);

const goAlong = () => {
  if (isAsked || isIdle()) location.reload();
  else isDue = true;
};

const offer = (worker) => {
  const box = document.querySelector("[data-update]");
  const take = () => {
    isAsked = true;
    worker.postMessage("take over");
  };
  box.replaceChildren(button(t("update"), take, ".wide"));
  box.hidden = false;
};

const watch = async () => {
  if (!navigator.serviceWorker) return;
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => had && goAlong());
  const found = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  if (found.waiting && had) offer(found.waiting);
  found.addEventListener("updatefound", () => {
    const worker = found.installing;
    worker.addEventListener("statechange", () => worker.state === "installed" && had && offer(worker));
  });
};

const begin = async () => {
  await load();
  frame();
  if (!usable()) return say(t("no_crypto"), true);
  watch().catch(() => {}); // without it the app works while there is a network
  try {
    await database();
  } catch {
    return say(t("no_store"), true);
  }
  for (const { person } of await vaults()) await dropStale(person);
  if (location.search === "?cleared") say(t("cleared"));
  const dropping = dropClosed();
  await door(enter);
  const dropped = await dropping;
  if (dropped.length && (!app.vault || dropped.includes(app.vault.person))) await leave("closed");
  return null;
};

begin();
