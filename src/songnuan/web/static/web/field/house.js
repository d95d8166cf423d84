// How the app asks the house: with patience as long as it gets on, and never led to a page of it.

import { Said, t } from "./words.js";

const PATIENCE = 30_000; // without a byte getting on
const SLOWEST = 2; // bytes a millisecond, of a network that is hardly one
const BUFFER = 500_000; // bytes that a device may have taken in hand before they are on their way

// No network, or no house behind it: also where a network has a sign-in of its own.
export class Unreached extends Said {
  constructor() { super(t("unreached")); }
}
export class Slow extends Unreached {} // there was too much for this network at once
export class SignedOut extends Said {
  constructor() { super(t("signed_out")); }
}

let token = "";

const read = (request) => {
  const { status, responseURL, responseText } = request;
  // The house led elsewhere: to a sign-in, or to a password that has to be changed first.
  if (responseURL && new URL(responseURL).pathname.startsWith("/account/")) throw new SignedOut();
  if (status === 413) throw new Slow();
  if (!request.getResponseHeader("Content-Type")?.startsWith("application/json")) throw new Unreached();
  const told = JSON.parse(responseText);
  if (status === 401 && told.code === "signed_out") throw new SignedOut();
  return { status, told };
};

// Not by fetch: that does not tell how what is sent gets on.
const ask = (path, { method = "GET", headers = {}, body = "", patience = PATIENCE } = {}) => new Promise((done, fail) => {
  const request = new XMLHttpRequest();
  let timer = 0;
  const wait = (span = patience) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      request.abort();
      fail(new Slow());
    }, span);
  };
  request.upload.onprogress = () => wait();
  request.upload.onload = () => wait(patience + Math.min(body.length, BUFFER) / SLOWEST);
  request.onprogress = () => wait();
  request.onloadend = () => clearTimeout(timer);
  request.onerror = () => fail(new Unreached());
  request.onload = () => {
    try {
      done(read(request));
    } catch (error) {
      fail(error instanceof Said ? error : new Unreached());
    }
  };
  request.open(method, path);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  wait();
  request.send(body || null);
});

export const get = async (path, patience) => {
  const { status, told } = await ask(path, { patience });
  if (status >= 500) throw new Unreached();
  if (told.token) token = told.token;
  return { status, told };
};

// Who is signed in here: { person, name, fresh }.
export const standing = async (patience) => {
  const { status, told } = await get("/field/standing/", patience);
  if (status !== 200) throw new Unreached();
  return told;
};

// A new sign-in brings a new token: it is fetched, and the same is sent once more.
export const post = async (path, body) => {
  for (let again = 0; ; again += 1) {
    if (!token) await standing();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await ask(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.status === 403 && answer.told.code === "csrf" && !again) token = "";
    else if (answer.status >= 500 || answer.status === 403) throw new Unreached();
    else return answer;
  }
};
