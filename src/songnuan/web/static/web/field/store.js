// The database of this device. Only what is sealed says anything: keys, states and numbers stand in the clear.

import { openDB } from "../../vendor/idb.js";

const NAME = "songnuan-field";
const STALE = 14 * 86_400_000; // packs that were not renewed for so long are of no use, and a risk

const upgrade = (db) => {
  db.createObjectStore("vaults", { keyPath: "person" });
  const outbox = db.createObjectStore("outbox", { keyPath: "key" });
  outbox.createIndex("person", ["person", "order"]);
  const files = db.createObjectStore("files", { keyPath: ["record", "name"] });
  files.createIndex("record", "record");
  db.createObjectStore("packs", { keyPath: ["person", "kind", "part"] });
  db.createObjectStore("drafts", { keyPath: ["person", "name"] });
};

// What tabs tell each other: "changed", or { forgotten: person }.
export const tabs = new BroadcastChannel(NAME);

let opened = null;

const lost = () => {
  opened = null;
};

export const database = () => {
  // A browser ends a connection by itself, as when space grows short: the next one who asks opens it anew.
  opened ??= openDB(NAME, 1, { upgrade, blocking: () => location.reload(), terminated: lost }).catch((error) => {
    lost();
    throw error;
  });
  return opened;
};

// Asks the browser not to clear this by itself when space grows short; false where it may.
export const persist = async () => {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return null; // this browser does not say
  }
};

const ALL = ["vaults", "outbox", "files", "packs", "drafts"];

// The states in which nobody else has what a record tells.
const ONLY_HERE = new Set(["unsent", "later", "refused"]);
const isOnlyHere = ({ state }) => ONLY_HERE.has(state);

export const vaults = async () => (await database()).getAll("vaults");

export const putVault = async (vault) => (await database()).put("vaults", vault);

// Whether the vault that this tab has open still stands: another may have cleared the device since.
export const stands = async (work, { person, device }) => (
  (await work.objectStore("vaults").get(person))?.device === device
);

export const under = (person) => IDBKeyRange.bound([person], [person, []]);

const renewedName = (person) => `${NAME}-renewed-${person}`;

export const renewedOf = (person) => Number(localStorage.getItem(renewedName(person))) || 0;

export const noteRenewed = (person, moment) => localStorage.setItem(renewedName(person), String(moment));

// Deletes all that is kept for a person, where that loses exactly so many records; returns whether it did.
export const forget = async (person, loses) => {
  const work = (await database()).transaction(ALL, "readwrite");
  const rows = await work.objectStore("outbox").index("person").getAll(under(person));
  if (rows.filter(isOnlyHere).length !== loses) {
    await work.done;
    return false;
  }
  for (const { key } of rows) {
    work.objectStore("outbox").delete(key);
    for (const file of await work.objectStore("files").index("record").getAllKeys(key)) {
      work.objectStore("files").delete(file);
    }
  }
  for (const name of ["packs", "drafts"]) work.objectStore(name).delete(under(person));
  work.objectStore("vaults").delete(person);
  await work.done;
  localStorage.removeItem(renewedName(person));
  tabs.postMessage({ forgotten: person });
  return true;
};

export const dropStale = async (person) => {
  if (Date.now() - renewedOf(person) > STALE) await (await database()).delete("packs", under(person));
};

export const rowsOf = async (person) => (await database()).getAllFromIndex("outbox", "person", under(person));

// How many records of a person nobody else has: what is unsent, and what was refused.
export const countOnlyHere = async (person) => (await rowsOf(person)).filter(isOnlyHere).length;

export const partsOf = async (person) => (await database()).getAll("packs", under(person));

export const draftsOf = async (person) => (await database()).getAll("drafts", under(person));
