// Sends what was recorded: when the app is opened, when there is a network again, and from time to time.
//
// One tab sends at a time. What failed is sent again under the same keys, with growing pauses in between.

import { SignedOut, get, post } from "./house.js";
import { UNSENT, all, answered, asSent, countUnsent, prune } from "./outbox.js";
import { open, seal } from "./crypto.js";
import { database, partsOf } from "./store.js";

const BATCH = 20;
const BYTES = 3_000_000;
const PAUSES = [2, 5, 10, 20, 40, 60].map((seconds) => seconds * 1000);
const RENEWED = 5 * 60_000;

const tabs = new BroadcastChannel("songnuan-field");

// How things stand with the house, for the screens.
export const state = { fault: "", sending: false, closed: false };

let vault = null;
let listen = () => {};
let timer = 0;
let failed = 0;
let renewedAt = 0;

const tell = () => {
  listen();
  tabs.postMessage("changed");
};
tabs.addEventListener("message", () => listen());

const alone = (name, work) => {
  if (!navigator.locks) return work(); // the house takes each record once all the same
  return navigator.locks.request(`songnuan-field-${name}`, { ifAvailable: true }, (lock) => lock && work());
};

const nextBatch = async (tried) => {
  const rows = (await all(vault)).filter((row) => UNSENT.has(row.state) && !tried.has(row.key));
  const batch = [];
  let size = 0;
  for (const row of rows) {
    if (batch.length === BATCH || (batch.length && size + row.size > BYTES)) break;
    batch.push(row);
    size += row.size;
  }
  return batch;
};

const send = async (batch) => {
  const body = {
    device: vault.device,
    person: vault.person,
    now: new Date().toISOString(),
    unsent: await countUnsent(vault.person),
    records: await Promise.all(batch.map((row) => asSent(vault, row))),
  };
  body.now = new Date().toISOString(); // sealed files take their time
  const { status, told } = await post("/field/send/", body);
  if (status === 409) throw new Error("other_person");
  if (status !== 200) throw new Error(told.sentence || String(status));
  const known = new Set(batch.map(({ key }) => key));
  await answered(vault, told.answers.filter(({ key }) => known.has(key)));
  return told;
};

const drain = async () => {
  const tried = new Set();
  let closed = false;
  let later = false;
  do {
    const batch = await nextBatch(tried);
    for (const { key } of batch) tried.add(key);
    const told = await send(batch);
    failed = 0; // it is getting on
    closed = told.closed;
    later ||= told.answers.some((answer) => answer.state === "later");
    if (batch.length) tell();
    if (!batch.length) break;
  } while (vault);
  return { closed, later };
};

const plan = (pause) => {
  clearTimeout(timer);
  timer = setTimeout(run, pause);
};

const pause = () => PAUSES[Math.min(failed, PAUSES.length - 1)] * (0.75 + Math.random() / 2);

// Sends all there is; returns when it is done, or has failed.
export const run = async () => {
  clearTimeout(timer);
  if (!vault || state.sending) return;
  state.sending = true;
  listen();
  try {
    const done = await alone("send", drain);
    state.fault = "";
    if (done?.closed) {
      state.closed = true;
      return;
    }
    failed = done?.later ? failed + 1 : 0;
    await prune(vault.person);
    if (Date.now() - renewedAt > RENEWED) await renew();
  } catch (error) {
    failed += 1;
    if (error instanceof SignedOut) state.fault = "signed_out";
    else state.fault = error.message === "other_person" ? "other_person" : "fault";
  } finally {
    state.sending = false;
    if (!state.closed && vault) plan(failed ? pause() : RENEWED);
    tell();
  }
};

const renewedName = (person) => `songnuan-field-renewed-${person}`;
const partAt = (kind, part) => `packs/${kind}/${part}`;

// Fetches what has changed of what this person takes along.
export const renew = async () => {
  const mine = vault;
  const known = (await partsOf(mine.person)).map(({ kind, part, digest }) => `${kind}.${part}.${digest}`);
  const path = `/field/pack/?${new URLSearchParams({ device: mine.device, known: known.join(",") })}`;
  const asked = Date.now();
  const { status, told } = await get(path);
  const came = Date.now();
  if (status !== 200 || told.person !== mine.person) throw new Error("other_person");
  const boxes = [];
  for (const [kind, parts] of Object.entries(told.kinds)) {
    for (const [part, { digest, value }] of Object.entries(parts)) {
      const box = value === undefined ? null : await seal(mine.key, partAt(kind, part), value);
      boxes.push({ person: mine.person, kind, part, digest, box });
    }
  }
  const work = (await database()).transaction("packs", "readwrite");
  const there = new Map((await work.store.getAll(IDBKeyRange.bound([mine.person], [mine.person, []]))).map((row) => [`${row.kind} ${row.part}`, row]));
  for (const row of boxes) {
    if (row.box) work.store.put(row);
    there.delete(`${row.kind} ${row.part}`);
  }
  for (const { person, kind, part } of there.values()) work.store.delete([person, kind, part]);
  await work.done;
  renewedAt = Date.now();
  localStorage.setItem(renewedName(mine.person), String(asked)); // what was answered since may not be in it
  localStorage.setItem("songnuan-field-offset", String(Date.parse(told.at) - came));
  tell();
};

// The house's time, as far as the device knows: also where the device's own clock is wrong, and in a demo.
export const houseNow = () => Date.now() + (Number(localStorage.getItem("songnuan-field-offset")) || 0);

export const renewed = () => Number(localStorage.getItem(renewedName(vault?.person))) || 0;

let parts = new Map();

// All packs, opened, by the name of their kind: { pickups: { desks: …, "people:1": … } }. What has not changed
// is the same object as before.
export const packs = async () => {
  const [found, fresh] = [{}, new Map()];
  for (const { kind, part, digest, box } of await partsOf(vault.person)) {
    const place = partAt(kind, part);
    const before = parts.get(place);
    const value = before?.digest === digest ? before.value : await open(vault.key, place, box);
    fresh.set(place, { digest, value });
    (found[kind] ??= {})[part] = value;
  }
  parts = fresh;
  return found;
};

export const start = (mine, changed) => {
  vault = mine;
  listen = changed;
  failed = 0;
  renewedAt = 0;
  state.closed = false;
  return run();
};

export const stop = () => {
  vault = null;
  parts = new Map();
  listen = () => {};
  clearTimeout(timer);
};

// A network that came back: what failed before is no measure of it.
addEventListener("online", () => {
  failed = 0;
  run();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && vault && (failed || Date.now() - renewedAt > RENEWED)) run();
});
