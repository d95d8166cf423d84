// The vaults of this device, one for each person who set it up, and the PINs that open them.

import { bytesOf, open, seal, shut, unlocked } from "./crypto.js";
import { post } from "./house.js";
import { database, persist, putVault, vaults } from "./store.js";

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

// Whose vaults these are. The names are sealed with the browser's own key: no PIN opens them, and no other program.
export const owners = async () => Promise.all((await vaults()).map(
  async (vault) => ({ ...vault, name: await open(vault.hard, "label", vault.label) }),
));

// Asks the house for the key of this device, and shuts it in anew; what is kept under it stays.
export const setUp = async (person, name, pin) => {
  const old = (await vaults()).find((vault) => vault.person === person);
  const device = old?.device ?? crypto.randomUUID();
  const { status, told } = await post("/field/device/", { device, person, name: navigator.userAgentData?.platform ?? navigator.platform ?? "" });
  if (status === 410) return { closed: true, person };
  if (status !== 200) throw new Error(told.sentence);
  const { vault, key } = await shut(bytesOf(told.key), pin);
  const label = await seal(vault.hard, "label", name);
  await putVault({ ...vault, person, device, label, fails: 0, until: 0 });
  await persist();
  return { person, device, name, key };
};

// The open vault; { wait } in seconds while no PIN is tried, or { wrong: true }.
export const enter = async (person, pin) => {
  const db = await database();
  const vault = await db.get("vaults", person);
  const rest = Math.ceil((vault.until - Date.now()) / 1000);
  if (rest > 0 && rest <= LONGEST / 1000) return { wait: rest };
  // Counted before it is tried: closing the window in between saves nobody the count.
  const fails = vault.fails + 1;
  const wait = fails < FREE ? 0 : Math.min(WAIT * 2 ** (fails - FREE), LONGEST);
  await db.put("vaults", { ...vault, fails, until: wait ? Date.now() + wait : 0 });
  const key = await unlocked(vault, pin);
  if (!key) return wait ? { wait: wait / 1000, wrong: true } : { wrong: true };
  await db.put("vaults", { ...vault, fails: 0, until: 0 });
  return { person, device: vault.device, name: await open(vault.hard, "label", vault.label), key };
};
