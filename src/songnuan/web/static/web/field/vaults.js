// The vaults of this device, one for each person who set it up, and the PINs that open them.

import { bytesOf, open, seal, shut, unlocked } from "./crypto.js";
import { post } from "./house.js";
import { opensWhatIsKept } from "./outbox.js";
import { database, forget, putVault, stands, vaults } from "./store.js";
import { Said } from "./words.js";

const FREE = 3; // wrong PINs before one has to wait
const WAIT = 15_000;
const LONGEST = 3_600_000;
export const DIGITS = 6;

export const pinFault = (pin) => {
  if (!/^[0-9]{6,12}$/.test(pin)) return "pin_digits";
  const steps = [...pin].slice(1).map((digit, at) => digit - pin[at]);
  const isPlain = new Set(steps).size === 1; // 111111, 123456, 654321
  return isPlain || new Set(pin).size < 3 ? "pin_weak" : "";
};

const nameOf = (vault) => open(vault.hard, "label", vault.label).catch(() => "…");

// Whose vaults these are, who used the device last first. The names are sealed with the browser's own key: no PIN
// opens them, and no other program.
export const owners = async () => {
  const found = await Promise.all((await vaults()).map(async (vault) => ({ ...vault, name: await nameOf(vault) })));
  return found.sort((one, other) => (other.usedAt ?? 0) - (one.usedAt ?? 0));
};

const ask = (device, person) => post(
  "/field/device/", { device, person, name: navigator.userAgentData?.platform ?? navigator.platform ?? "" },
);

// Asks the house for the key of this device, and shuts it in anew; what is kept under it stays. Else it tells why
// not: { closed }; { again } where the password has to be entered once more; { other } where the key of the house is
// not the one under which unsent records are kept.
export const setUp = async (person, name, pin) => {
  const old = (await vaults()).find((vault) => vault.person === person);
  const device = old?.device ?? crypto.randomUUID();
  const { status, told } = await ask(device, person);
  if (status === 410) return { closed: true };
  if (told.code === "sign_in_again") return { again: true };
  if (status !== 200) throw new Said(told.sentence);
  const { vault, key } = await shut(bytesOf(told.key), pin);
  if (old && !(await opensWhatIsKept(person, key))) {
    if (!(await forget(person, 0))) return { other: true };
    return setUp(person, name, pin); // nothing is lost: the device begins anew, under a number of its own
  }
  const label = await seal(vault.hard, "label", name);
  await putVault({ ...vault, person, device, label, fails: 0, since: 0, until: 0, usedAt: Date.now() });
  return { person, device, name, key };
};

// A house that was put back to an earlier day does not know this device: it is told anew. The key here stays.
export const register = async ({ device, person }) => {
  const { status, told } = await ask(device, person);
  if (told.code === "sign_in_again") throw new Error("device_unknown");
  if (status !== 200) throw new Said(told.sentence);
};

// Counts a try before it is made: closing the window in between saves nobody the count. Returns for how long none is
// made, and for how long none will be after this one.
const counted = async (person) => {
  const work = (await database()).transaction("vaults", "readwrite", { durability: "strict" });
  const vault = await work.store.get(person);
  if (!vault) return {};
  const now = Date.now();
  const { since = 0, until = 0 } = vault;
  if (now < since) Object.assign(vault, { since: now, until: now + until - since }); // the clock went back
  const rest = vault.until - now;
  let wait = 0;
  if (rest <= 0) {
    vault.fails += 1;
    wait = vault.fails < FREE ? 0 : Math.min(WAIT * 2 ** (vault.fails - FREE), LONGEST);
    Object.assign(vault, { since: now, until: now + wait });
  }
  work.store.put(vault);
  await work.done;
  return { vault, rest: Math.max(rest, 0), wait };
};

// The open vault; { wait } in seconds while no PIN is tried, { wrong: true }, or { gone: true } where it was cleared.
export const enter = async (person, pin) => {
  const { vault, rest, wait } = await counted(person);
  if (!vault) return { gone: true };
  if (rest) return { wait: Math.ceil(rest / 1000) };
  const key = await unlocked(vault, pin);
  if (!key) return wait ? { wait: wait / 1000, wrong: true } : { wrong: true };
  const work = (await database()).transaction("vaults", "readwrite");
  if (!(await stands(work, vault))) return { gone: true };
  work.store.put({ ...(await work.store.get(person)), fails: 0, since: 0, until: 0, usedAt: Date.now() });
  await work.done;
  return { person, device: vault.device, name: await nameOf(vault), key };
};
