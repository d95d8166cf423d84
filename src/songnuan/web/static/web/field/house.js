// How the app asks the house: with patience, and never led to a page of it.

const PATIENCE = 30_000;
const SLOWEST = 20; // bytes a millisecond, of a poor network

export class Unreached extends Error {} // no network, or no house behind it
export class SignedOut extends Error {}

let token = "";

const ask = async (path, options = {}) => {
  const stop = new AbortController();
  const size = options.body?.length ?? 0;
  const timer = setTimeout(() => stop.abort(), PATIENCE + size / SLOWEST);
  try {
    const answer = await fetch(path, {
      credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal, ...options,
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    // Led elsewhere: to a password that has to be changed first, or to the page of a network's own sign-in.
    if (answer.status === 401 || answer.type === "opaqueredirect") throw new SignedOut();
    if (!isJson) throw new Unreached(`answered ${answer.status}`);
    return { status: answer.status, told: await answer.json() };
  } catch (error) {
    if (error instanceof SignedOut || error instanceof Unreached) throw error;
    throw new Unreached(error.message);
  } finally {
    clearTimeout(timer);
  }
};

export const get = async (path) => {
  const { status, told } = await ask(path);
  if (status >= 500) throw new Unreached(`answered ${status}`);
  if (told.token) token = told.token;
  return { status, told };
};

// Who is signed in here: { person, name }.
export const standing = async () => (await get("/field/standing/")).told;

// A new sign-in brings a new token: it is fetched, and the same is sent once more.
export const post = async (path, body) => {
  for (let again = 0; ; again += 1) {
    if (!token) await standing();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await ask(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.status === 403 && answer.told.code === "csrf" && !again) token = "";
    else if (answer.status >= 500 || answer.status === 403) throw new Unreached(`answered ${answer.status}`);
    else return answer;
  }
};
