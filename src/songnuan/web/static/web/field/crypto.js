// What is kept on the device is sealed (AES-GCM, 256 bits) before it is written.
//
// The key of the data is the house's to give. The device keeps it wrapped twice: by a key made of the PIN
// (PBKDF2), and by a key that this browser made for itself and never gives out. Neither alone opens it.

const ROUNDS = 600_000;
const coder = new TextEncoder();
const decoder = new TextDecoder();
const { subtle } = globalThis.crypto ?? {};

export const usable = () => Boolean(subtle);

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

export const base64Of = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};

// `place` is where the box stands: moved elsewhere it does not open.
export const sealBytes = async (key, place, bytes) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: coder.encode(place) }, key, bytes);
  return { iv, data: new Uint8Array(data) };
};

export const openBytes = async (key, place, { iv, data }) => new Uint8Array(
  await subtle.decrypt({ name: "AES-GCM", iv, additionalData: coder.encode(place) }, key, data),
);

export const seal = (key, place, value) => sealBytes(key, place, coder.encode(JSON.stringify(value)));

export const open = async (key, place, box) => JSON.parse(decoder.decode(await openBytes(key, place, box)));

const aes = (bytes) => subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

const fromPin = async (pin, salt, rounds) => {
  const told = await subtle.importKey("raw", coder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return subtle.deriveKey(how, told, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};

// A vault for a data key (32 bytes): what is kept of it, and the key for use.
export const shut = async (raw, pin, rounds = ROUNDS) => {
  const hard = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const inner = await sealBytes(await fromPin(pin, salt, rounds), "pin", raw);
  const whole = new Uint8Array([...inner.iv, ...inner.data]);
  const wrapped = await sealBytes(hard, "hard", whole);
  return { vault: { hard, salt, rounds, wrapped }, key: await aes(raw) };
};

// The key for use; null where the PIN is wrong.
export const unlocked = async ({ hard, salt, rounds, wrapped }, pin) => {
  const whole = await openBytes(hard, "hard", wrapped);
  const inner = { iv: whole.slice(0, 12), data: whole.slice(12) };
  try {
    return await aes(await openBytes(await fromPin(pin, salt, rounds), "pin", inner));
  } catch {
    return null;
  }
};
