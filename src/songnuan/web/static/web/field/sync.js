// Sends what was recorded: when the app is opened, when there is a network again, and from time to time.
//
// One tab sends at a time. What failed is sent again under the same keys, with growing pauses in between.

import { SignedOut, Slow, get, post } from "./house.js";
import { UNSENT, all, answered, asSent, countUnsent, packAt, prune } from "./outbox.js";
import { open, seal } from "./crypto.js";
import { database, noteRenewed, partsOf, renewedOf, stands, tabs, under } from "./store.js";
import { register } from "./vaults.js";
import { Said, sentenceOf, t } from "./words.js";

const BATCH = 20;
const BYTES = 3_000_000;
const PAUSES = [2, 5, 10, 20, 40, 60].map((seconds) => seconds * 1000);
const QUICK = 5_000; // who answers so soon bears more at once
const RENEWED = 5 * 60_000;

// How things stand with the house, for the screens.
export const state = { fault: "", sending: false, closed: false };

let vault = null;
let listen = () => {};
let timer = 0;
let failed = 0;
let renewedAt = 0;
let wanted = false; // asked for while it was at work
let most = BATCH; // records at once, as far as the network bears it

const tell = () => {
  listen();
  tabs.postMessage("changed");
};
tabs.addEventListener("message", ({ data }) => data === "changed" && listen());

const alone = (name, work) => {
  if (!navigator.locks) return work(); // the house takes each record once all the same
  return navigator.locks.request(`songnuan-field-${name}`, { ifAvailable: true }, (lock) => lock && work());
};

const nextBatch = async (mine, tried) => {
  const rows = (await all(mine)).filter((row) => UNSENT.has(row.state) && !row.broken && !tried.has(row.key));
  const batch = [];
  let size = 0;
  for (const row of rows) {
    if (batch.length === most || (batch.length && size + row.size > BYTES * most / BATCH)) break;
    const told = await asSent(mine, row);
    if (!told) continue;
    batch.push(told);
    size += row.size;
  }
  return batch;
};

const send = async (mine, batch) => {
  const unsent = await countUnsent(mine.person);
  const around = { device: mine.device, person: mine.person, now: new Date().toISOString(), unsent };
  const { status, told } = await post("/field/send/", { ...around, records: batch });
  if (status === 409) throw new Error("other_person");
  if (told.code === "device_unknown") {
    await register(mine);
    return send(mine, batch);
  }
  if (status !== 200) throw new Said(told.sentence);
  const known = new Set(batch.map(({ key }) => key));
  await answered(mine, told.answers.filter(({ key }) => known.has(key)));
  return told;
};

// A network that gets nothing through in time is given half as much, down to one record.
const sent = async (mine, batch) => {
  const began = Date.now();
  try {
    const told = await send(mine, batch);
    if (Date.now() - began < QUICK) most = Math.min(most * 2, BATCH);
    return told;
  } catch (error) {
    if (error instanceof Slow) most = Math.max(1, Math.floor(Math.min(most, batch.length) / 2));
    throw error;
  }
};

// `mine` is whose records these are: somebody else may have opened the app meanwhile, with another key.
const drain = async (mine) => {
  const tried = new Set();
  let closed = false;
  let later = false;
  while (vault === mine) {
    const batch = await nextBatch(mine, tried);
    for (const { key } of batch) tried.add(key);
    const told = await sent(mine, batch);
    failed = 0; // it is getting on
    closed = told.closed;
    later ||= told.answers.some((answer) => answer.state === "later");
    if (!batch.length) break;
    tell();
  }
  return { closed, later };
};

const plan = (pause) => {
  clearTimeout(timer);
  timer = setTimeout(run, pause);
};

const pause = () => PAUSES[Math.min(failed, PAUSES.length - 1)] * (0.75 + Math.random() / 2);

const FAULTS = new Set(["other_person", "device_unknown"]);

const work = async (mine) => {
  const done = await alone("send", () => drain(mine));
  if (vault !== mine) return RENEWED;
  state.fault = "";
  state.closed ||= Boolean(done?.closed);
  failed = done?.later ? failed + 1 : 0;
  await prune(mine.person);
  if (!state.closed && Date.now() - renewedAt > RENEWED) await renew(mine);
  return done ? RENEWED : PAUSES[2]; // another tab is sending, which may not have seen the newest
};

// Sends all there is; returns when it is done, or has failed.
export const run = async () => {
  clearTimeout(timer);
  wanted = Boolean(vault) && state.sending;
  if (!vault || state.sending) return;
  const mine = vault;
  let rest = RENEWED;
  state.sending = true;
  listen();
  try {
    rest = await work(mine);
  } catch (error) {
    if (vault === mine) {
      failed += 1;
      if (error instanceof SignedOut) state.fault = "signed_out";
      else state.fault = FAULTS.has(error.message) ? error.message : "fault";
    }
  } finally {
    state.sending = false;
    if (vault && (wanted || vault !== mine)) plan(0);
    else if (vault) plan(failed ? pause() : rest);
    tell();
  }
};

// Fetches what has changed of what this person takes along.
export const renew = async (mine = vault) => {
  const known = (await partsOf(mine.person)).map(({ kind, part, digest }) => `${kind}.${part}.${digest}`);
  const path = `/field/pack/?${new URLSearchParams({ device: mine.device, known: known.join(",") })}`;
  const asked = Date.now();
  const { status, told } = await get(path);
  const came = Date.now();
  if (status === 410) {
    state.closed = true;
    return;
  }
  if (told.code === "device_unknown") throw new Error("device_unknown");
  if (status !== 200 || told.person !== mine.person) throw new Error("other_person");
  const boxes = [];
  for (const [kind, parts] of Object.entries(told.kinds)) {
    for (const [part, { digest, value }] of Object.entries(parts)) {
      const box = value === undefined ? null : await seal(mine.key, packAt(kind, part), value);
      boxes.push({ person: mine.person, kind, part, digest, box });
    }
  }
  const work = (await database()).transaction(["vaults", "packs"], "readwrite");
  if (!(await stands(work, mine))) return;
  const store = work.objectStore("packs");
  const there = new Map((await store.getAll(under(mine.person))).map((row) => [`${row.kind} ${row.part}`, row]));
  for (const row of boxes) {
    if (row.box) store.put(row);
    there.delete(`${row.kind} ${row.part}`);
  }
  for (const { person, kind, part } of there.values()) store.delete([person, kind, part]);
  await work.done;
  if (vault !== mine) return;
  renewedAt = Date.now();
  noteRenewed(mine.person, asked); // what was answered since may not be in it
  localStorage.setItem("songnuan-field-offset", String(Date.parse(told.at) - came));
  tell();
};

// The house's time, as far as the device knows: also where the device's own clock is wrong, and in a demo.
export const houseNow = () => Date.now() + (Number(localStorage.getItem("songnuan-field-offset")) || 0);

export const renewed = () => renewedOf(vault?.person);

// What is said when fetching failed.
export const faultOf = (error) => (FAULTS.has(error.message) ? t(error.message) : sentenceOf(error));

let parts = new Map();

// All packs, opened, by the name of their kind: { pickups: { desks: …, "people:1": … } }. What has not changed
// is the same object as before.
export const packs = async () => {
  const mine = vault;
  const [found, fresh] = [{}, new Map()];
  for (const { kind, part, digest, box } of mine ? await partsOf(mine.person) : []) {
    const place = packAt(kind, part);
    const before = parts.get(place);
    const same = before?.digest === digest && before.of === mine;
    const value = same ? before.value : await open(mine.key, place, box).catch(() => undefined);
    if (value === undefined) {
      await (await database()).delete("packs", [mine.person, kind, part]); // fetched anew
      continue;
    }
    fresh.set(place, { digest, value, of: mine });
    (found[kind] ??= {})[part] = value;
  }
  if (vault === mine) parts = fresh;
  return found;
};

export const start = (mine, changed) => {
  vault = mine;
  listen = changed;
  failed = 0;
  renewedAt = 0;
  Object.assign(state, { closed: false, fault: "" });
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
