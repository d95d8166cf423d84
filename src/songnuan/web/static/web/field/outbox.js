// What was recorded, until the house has answered it.
//
// A record stands on the disk, sealed, before the screen says so. Its state and its place in the order stand in
// the clear, so that what is unsent can be counted while the device is locked.

import { mark, since } from "./clocks.js";
import { base64Of, open, openBytes, seal, sealBytes } from "./crypto.js";
import { database, rowsOf } from "./store.js";

export const UNSENT = new Set(["unsent", "later"]);
const KEPT = 3 * 86_400_000; // what the house has taken is shown for so long

let turn = 0;
const order = () => {
  turn += 1;
  return Date.now() * 1000 + (turn % 1000);
};

const placeOf = (key) => `outbox/${key}`;
const fileAt = (key, name) => `files/${key}/${name}`;

const DRAFTED = ["", "/photos", "/strokes"]; // what a form keeps while it is filled in

const strictly = { durability: "strict" };

// Writes a record; when this returns, it is kept. `files` are bytes (Uint8Array) by name.
// `instead` is the key of a record that the house refused, and that this one mends: it goes as this one stands.
// `said` is what it tells in words, for who reads it when the packs are gone: [[label, text], …].
export const add = async (vault, { kind, told, label, said = [], files = {}, draft = "", instead = "" }) => {
  const key = crypto.randomUUID();
  const body = { kind, told, label, said, recordedAt: new Date().toISOString(), clock: mark() };
  const box = await seal(vault.key, placeOf(key), body);
  const sealed = await Promise.all(Object.entries(files).map(
    async ([name, bytes]) => ({ record: key, name, size: bytes.length, box: await sealBytes(vault.key, fileAt(key, name), bytes) }),
  ));
  const size = sealed.reduce((sum, file) => sum + file.size, 0);
  const row = { key, person: vault.person, order: order(), state: "unsent", box, size, at: Date.now() };
  const work = (await database()).transaction(["outbox", "files", "drafts"], "readwrite", strictly);
  work.objectStore("outbox").add(row);
  for (const file of sealed) work.objectStore("files").add(file);
  for (const part of draft ? DRAFTED : []) work.objectStore("drafts").delete([vault.person, `${kind}/${draft}${part}`]);
  if (instead) await dropAnswered(work, instead);
  await work.done;
  return { ...row, ...body };
};

const opened = async (vault, row) => {
  const body = await open(vault.key, placeOf(row.key), row.box);
  const answer = row.said ? await open(vault.key, `${placeOf(row.key)}/said`, row.said) : {};
  const { key, state, size, order: place, answeredAt } = row;
  return { ...body, ...answer, key, state, size, order: place, answeredAt };
};

// All records of a person, the oldest first, opened.
export const all = async (vault) => Promise.all((await rowsOf(vault.person)).map((row) => opened(vault, row)));

export const countUnsent = async (person) => (await rowsOf(person)).filter(({ state }) => UNSENT.has(state)).length;

// The files of a record, opened: bytes by name.
export const filesOf = async (vault, key) => {
  const rows = await (await database()).getAllFromIndex("files", "record", key);
  const opening = rows.map(async ({ name, box }) => [name, await openBytes(vault.key, fileAt(key, name), box)]);
  return Object.fromEntries(await Promise.all(opening));
};

// What is sent of a record.
export const asSent = async (vault, record) => {
  const told = Object.entries(await filesOf(vault, record.key));
  const files = Object.fromEntries(told.map(([name, bytes]) => [name, base64Of(bytes)]));
  return {
    key: record.key, kind: record.kind, recorded_at: record.recordedAt, clock: since(record.recordedAt, record.clock),
    told: record.told, files,
  };
};

// Keeps what the house answered; of what it has, the files go.
export const answered = async (vault, answers) => {
  const said = await Promise.all(answers.map(
    ({ key, sentence, url }) => seal(vault.key, `${placeOf(key)}/said`, { sentence, url }),
  ));
  const work = (await database()).transaction(["outbox", "files"], "readwrite", strictly);
  const [rows, files] = [work.objectStore("outbox"), work.objectStore("files")];
  for (const [at, { key, state }] of answers.entries()) {
    const row = await rows.get(key);
    if (!row || !UNSENT.has(row.state)) continue; // another tab was told first
    rows.put({ ...row, state, said: said[at], answeredAt: Date.now() });
    if (state === "taken" || state === "waits") {
      for (const file of await files.index("record").getAllKeys(key)) files.delete(file);
    }
  }
  await work.done;
};

// What was read, and is done with: only what the house has answered for good.
export const dismiss = async (key) => {
  const work = (await database()).transaction(["outbox", "files", "drafts"], "readwrite");
  await dropAnswered(work, key);
  await work.done;
};

const dropAnswered = async (work, key) => {
  const [rows, files] = [work.objectStore("outbox"), work.objectStore("files")];
  const row = await rows.get(key);
  if (!row || UNSENT.has(row.state)) return;
  rows.delete(key);
  const drafts = work.objectStore("drafts");
  for (const at of await drafts.getAllKeys()) {
    if (at[1].includes(`/mend-${key}`)) drafts.delete(at);
  }
  for (const file of await files.index("record").getAllKeys(key)) files.delete(file);
};

export const prune = async (person) => {
  for (const row of await rowsOf(person)) {
    if (row.state === "taken" && Date.now() - row.answeredAt > KEPT) await dismiss(row.key);
  }
};

// Forms that are being filled in.
const draftAt = (name) => `drafts/${name}`;

export const keepDraft = async (vault, name, value) => {
  const box = await seal(vault.key, draftAt(name), value);
  await (await database()).put("drafts", { person: vault.person, name, box });
};

export const draft = async (vault, name) => {
  const row = await (await database()).get("drafts", [vault.person, name]);
  return row ? open(vault.key, draftAt(name), row.box) : null;
};

export const dropDraft = async (vault, name) => (await database()).delete("drafts", [vault.person, name]);
