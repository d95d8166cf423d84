// The app begins: the words, the door, and then the screens.

import { usable } from "./crypto.js";
import { el } from "./dom.js";
import { door, dropClosed } from "./door.js";
import { app, only, redraw, reread, say } from "./here.js";
import { home, unsent } from "./home.js";
import { database, forget } from "./store.js";
import * as sync from "./sync.js";
import { load, t } from "./words.js";

const REST = 5 * 60_000; // the app locks itself when nobody touches it for so long

const bar = document.querySelector("[data-bar]");

// What is always in sight: the network, and how much is not sent.
const frame = () => {
  const left = app.vault ? unsent() : 0;
  const fault = app.vault && sync.state.fault;
  const network = navigator.onLine ? t("online") : t("offline");
  bar.classList.toggle("waits", left > 0);
  bar.replaceChildren(
    el("span.app", t("app")),
    el("span.network", sync.state.sending ? t("sending") : network),
    app.vault ? el("strong.unsent", { "data-unsent": left }, left ? t("unsent", { count: left }) : t("all_sent")) : "",
  );
  const box = document.querySelector("[data-fault]");
  const signs = fault === "signed_out" || fault === "other_person";
  box.hidden = !fault || (fault === "fault" && !(left && navigator.onLine));
  box.replaceChildren(
    fault ? t(fault) : "",
    signs ? el("a.button", { href: "/account/login/?next=/field/" }, t("sign_in")) : "",
  );
};
app.frame = frame;

const changed = async () => {
  if (!app.vault) return;
  if (sync.state.closed) {
    await leave(t("closed"));
    return;
  }
  await reread();
  frame();
  redraw({ gently: true });
};

const leave = async (sentence) => {
  const { person } = app.vault;
  shutUp();
  await forget(person);
  await door(enter);
  say(sentence, true);
};

const shutUp = () => {
  sync.stop();
  Object.assign(app, { vault: null, packs: {}, records: [] });
  frame();
};

const lock = async () => {
  shutUp();
  await door(enter);
};

const enter = async (vault) => {
  app.vault = vault;
  touched = Date.now();
  sync.start(vault, changed);
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
}, 5_000);

for (const name of ["online", "offline"]) addEventListener(name, frame);

// A newer version stands ready beside this one: it takes over when asked to, never in the middle of something.
const offer = (worker) => {
  const box = document.querySelector("[data-update]");
  const take = () => worker.postMessage("take over");
  box.replaceChildren(el("button.wide", { type: "button", onclick: take }, t("update")));
  box.hidden = false;
};

const watch = async () => {
  if (!navigator.serviceWorker) return;
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => had && location.reload());
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
  const dropped = await dropClosed();
  await door(enter);
  if (dropped) say(t("closed"), true);
  else if (location.search === "?cleared") say(t("cleared"));
  return null;
};

begin();
