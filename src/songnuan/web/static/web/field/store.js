// The database of this device. Only what is sealed says anything: keys, states and numbers stand in the clear.

import { openDB } from "../../vendor/idb.js";

const NAME = "songnuan-field";

const upgrade = (db) => {
  db.createObjectStore("vaults", { keyPath: "person" });
  const outbox = db.createObjectStore("outbox", { keyPath: "key" });
  outbox.createIndex("person", ["person", "order"]);
  const files = db.createObjectStore("files", { keyPath: ["record", "name"] });
  files.createIndex("record", "record");
  db.createObjectStore("packs", { keyPath: ["person", "kind", "part"] });
  db.createObjectStore("drafts", { keyPath: ["person", "name"] });
};

let opened;

export const database = () => {
  opened ??= openDB(NAME, 1, { upgrade, blocking: () => location.reload() });
  return opened;
};

// Asks the browser not to clear this by itself when space grows short.
export const persist = () => navigator.storage?.persist?.().catch(() => false);

const ALL = ["vaults", "outbox", "files", "packs", "drafts"];

export const vaults = async () => (await database()).getAll("vaults");

export const putVault = async (vault) => (await database()).put("vaults", vault);

const under = (person) => IDBKeyRange.bound([person], [person, []]);

// Deletes all that is kept for a person: nothing of it can be read or sent any more.
export const forget = async (person) => {
  const work = (await database()).transaction(ALL, "readwrite");
  for (const { key } of await work.objectStore("outbox").index("person").getAll(under(person))) {
    work.objectStore("outbox").delete(key);
    for (const file of await work.objectStore("files").index("record").getAllKeys(key)) {
      work.objectStore("files").delete(file);
    }
  }
  for (const name of ["packs", "drafts"]) work.objectStore(name).delete(under(person));
  work.objectStore("vaults").delete(person);
  await work.done;
};

export const rowsOf = async (person) => (await database()).getAllFromIndex("outbox", "person", under(person));

export const partsOf = async (person) => (await database()).getAll("packs", under(person));
