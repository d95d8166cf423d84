// What was recorded, until the house has answered it.
//
// A record stands on the disk, sealed, before the screen says so. Its state and its place in the order stand in
// the clear, so that what is unsent can be counted while the device is locked.

import { mark, since } from "./clocks.js";
import { base64Of, open, openBytes, seal, sealBytes } from "./crypto.js";
import { database, draftsOf, partsOf, rowsOf, stands } from "./store.js";
import { Said, t } from "./words.js";

export const UNSENT = new Set(["unsent", "later"]);
const KEPT = 3 * 86_400_000; // what the house has taken is shown for so long

let turn = 0;
const order = () => {
  turn += 1;
  return Date.now() * 1000 + (turn % 1000);
};

const placeOf = (key) => `outbox/${key}`;
export const packAt = (kind, part) => `packs/${kind}/${part}`;
const fileAt = (key, name) => `files/${key}/${name}`;

const DRAFTED = ["", "/photos", "/strokes"]; // what a form keeps while it is filled in

const strictly = { durability: "strict" };

// Writes a record; when this returns, it is kept. `files` are bytes (Uint8Array) by name.
// `instead` is the key of a record that the house refused, and that this one mends: it goes as this one stands.
// `said` is what it tells in words, for who reads it when the packs are gone: [[label, text], …].
export const add = async (vault, given) => {
  try {
    return await written(vault, given);
  } catch (error) {
    if (error instanceof Said || error.name === "QuotaExceededError") throw error;
    throw new Said(t("fault_store"));
  }
};

const written = async (vault, { kind, told, label, said = [], files = {}, draft = "", instead = "" }) => {
  const key = crypto.randomUUID();
  const body = { kind, told, label, said, recordedAt: new Date().toISOString(), clock: mark() };
  const box = await seal(vault.key, placeOf(key), body);
  const sealed = await Promise.all(Object.entries(files).map(
    async ([name, bytes]) => ({ record: key, name, size: bytes.length, box: await sealBytes(vault.key, fileAt(key, name), bytes) }),
  ));
  const size = sealed.reduce((sum, file) => sum + file.size, 0);
  const row = { key, person: vault.person, order: order(), state: "unsent", box, size, at: Date.now() };
  const work = (await database()).transaction(["vaults", "outbox", "files", "drafts"], "readwrite", strictly);
  // In this very transaction: what is written under a key that is gone would be lost, and called recorded.
  if (!(await stands(work, vault))) throw new Said(t("lost"));
  work.objectStore("outbox").add(row);
  for (const file of sealed) work.objectStore("files").add(file);
  for (const part of draft ? DRAFTED : []) work.objectStore("drafts").delete([vault.person, `${kind}/${draft}${part}`]);
  if (instead) await dropAnswered(work, instead);
  await work.done;
  return { ...row, ...body };
};

// Records whose files did not open: they are not sent as if they had none.
const spoiled = new Set();

// A row that does not open stops no other: it stays, counts, and says so.
const opened = async (vault, row) => {
  const { key, state, size, order: place, answeredAt } = row;
  const known = { key, state, size, order: place, answeredAt };
  try {
    const body = await open(vault.key, placeOf(key), row.box);
    return { ...body, ...(await saidOf(vault, row)), ...known, broken: spoiled.has(key) };
  } catch {
    return { kind: "", told: {}, label: t("broken"), recordedAt: row.at, ...known, broken: true };
  }
};

const saidOf = async (vault, { key, said }) => {
  if (!said) return {};
  try {
    return await open(vault.key, `${placeOf(key)}/said`, said);
  } catch {
    return {};
  }
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

// What is sent of a record; null where its files do not open.
export const asSent = async (vault, record) => {
  const opening = await filesOf(vault, record.key).catch(() => null);
  if (!opening) {
    spoiled.add(record.key);
    return null;
  }
  const told = Object.entries(opening);
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
  const work = (await database()).transaction(["vaults", "drafts"], "readwrite");
  if (await stands(work, vault)) work.objectStore("drafts").put({ person: vault.person, name, box });
  await work.done;
};

export const draft = async (vault, name) => {
  const row = await (await database()).get("drafts", [vault.person, name]);
  return row ? open(vault.key, draftAt(name), row.box).catch(() => null) : null;
};

export const dropDraft = async (vault, name) => (await database()).delete("drafts", [vault.person, name]);

// Whether a key is the one under which things are kept for a person; any is, where nothing is kept.
export const opensWhatIsKept = async (person, key) => {
  const [rows, packs, drafts] = await Promise.all([rowsOf(person), partsOf(person), draftsOf(person)]);
  const kept = [
    ...rows.map((row) => [placeOf(row.key), row.box]),
    ...packs.map(({ kind, part, box }) => [packAt(kind, part), box]),
    ...drafts.map(({ name, box }) => [draftAt(name), box]),
  ];
  for (const [place, box] of kept) {
    if (await open(key, place, box).then(() => true, () => false)) return true;
  }
  return kept.length === 0;
};
