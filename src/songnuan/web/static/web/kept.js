// What was typed into a report is kept on this device until the house has confirmed it.
//
// A form says so: <form data-field data-kept="12-event" data-of="…">, of which the part before the dash is what
// it is about: once the house has that, nothing more of it is kept.
//
// What was only typed stands in the form again when its page is loaded anew; what was pressed is sent as soon
// as there is a network, or on the next visit, under the key it was pressed under, so that the house takes it
// once. It belongs to who typed it: another account on this device neither sees nor sends it.

const house = document.body.dataset;
const STORE = "songnuan:report:";
const OWN = `${STORE}${house.person}:`;
const LEFT = 30 * 86_400_000; // what somebody who never came back left on this device
const PATIENCE = 45_000;
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "device_sent_at"]);

const nameOf = (form) => OWN + form.dataset.kept;

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
};

const names = (begins) => {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(begins));
  } catch {
    return []; // a browser that keeps nothing
  }
};

const own = () => names(OWN).map((name) => [name, read(name)]).filter(([, entry]) => entry);

const drop = (name) => localStorage.removeItem(name);

const dropAll = (name) => names(name.replace(/-[^-]*$/, "-")).forEach(drop);

// Returns whether it is kept; where the browser keeps nothing, the page alone holds it, as ever.
const keep = (form, pressed) => {
  const fields = [...new FormData(form)].filter(([name, value]) => !NOT_KEPT.has(name) && typeof value === "string");
  const entry = { action: form.action, page: location.pathname, of: form.dataset.of, fields, pressed, at: Date.now() };
  try {
    localStorage.setItem(nameOf(form), JSON.stringify(entry));
    form.dataset.safe = "1";
    return true;
  } catch {
    delete form.dataset.safe;
    return false;
  }
};

const kept = (target) => target.closest?.("form[data-kept]");

document.addEventListener("input", ({ target }) => {
  const form = kept(target);
  if (form && !form.hasAttribute("data-busy")) keep(form, false);
});
document.addEventListener("songnuan:send", ({ target }) => kept(target) && keep(target, true));
document.addEventListener("songnuan:taken", ({ target }) => kept(target) && dropAll(nameOf(target)));
document.addEventListener("songnuan:refused", ({ target }) => kept(target) && keep(target, false));

// What was typed before the page was loaded anew stands in its form again.
const restore = (form, entry) => {
  const told = new Map(entry.fields);
  for (const input of form.elements) {
    if (!input.name || NOT_KEPT.has(input.name) || !told.has(input.name)) continue;
    if (input.type === "radio" || input.type === "checkbox") input.checked = told.get(input.name) === input.value;
    else input.value = told.get(input.name);
  }
  form.dataset.safe = form.dataset.touched = "1";
  const fold = form.closest("details");
  if (fold) fold.open = true;
};

// The box ---------------------------------------------------------------------------------------------

const box = document.querySelector("[data-kept-box]");

const put = (tag, text, rest = {}) => Object.assign(document.createElement(tag), { textContent: text, ...rest });

const line = (name, entry) => {
  const row = document.createElement("li");
  const words = document.createElement("div");
  words.className = "words";
  words.append(put("h3", entry.of), put("p", entry.said || box.dataset.waits, { className: "soft" }));
  row.append(words);
  if (entry.said) {
    const away = put("button", box.dataset.discard, { type: "button", className: "button" });
    away.addEventListener("click", () => {
      drop(name);
      show();
    });
    row.append(put("a", box.dataset.open, { href: entry.page, className: "button main" }), away);
  }
  return row;
};

const show = () => {
  const rows = own().filter(([, entry]) => entry.pressed || entry.said);
  box.hidden = !rows.length;
  box.querySelector("ul").replaceChildren(...rows.map(([name, entry]) => line(name, entry)));
};

// Sending ---------------------------------------------------------------------------------------------

// Without a sign-in the house leads elsewhere; nothing goes under another's.
const standing = async () => {
  const answer = await fetch(house.standing, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
  if (!answer.ok) return null;
  const { person, token } = await answer.json();
  return String(person) === house.person ? token : null;
};

const sentence = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const told = page.querySelector("[data-errors], .error, main p, p");
  return told?.textContent.trim().slice(0, 300) || box.dataset.refused;
};

// Returns true when the house has it; false when it is to be tried again.
const send = async (name, entry) => {
  const token = await standing();
  if (!token) return false;
  const body = new FormData();
  for (const [field, value] of entry.fields) body.append(field, value);
  body.set("csrfmiddlewaretoken", token);
  body.set("device_sent_at", new Date().toISOString());
  const answer = await fetch(entry.action, {
    method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE),
    headers: { "X-Songnuan-Field": "1" },
  });
  const next = answer.headers.get("X-Songnuan-Location");
  if (next && !new URL(next, location.href).searchParams.has("next")) {
    dropAll(name);
    return true;
  }
  const refused = answer.headers.get("X-Songnuan-Refusal") || answer.status === 422 || answer.status === 404;
  if (next || answer.redirected || !refused) return false;
  localStorage.setItem(name, JSON.stringify({ ...entry, pressed: false, said: sentence(await answer.text()) }));
  return false;
};

// A form of this page that was pressed and is not sent yet goes by itself (field.js).
const here = (name) => [...document.querySelectorAll("form[data-kept]")].some(
  (form) => nameOf(form) === name && (form.hasAttribute("data-busy") || form.querySelector(".unsent:not([hidden])")),
);

let sending = false;

const sendAll = async () => {
  if (sending || !navigator.onLine) return;
  sending = true;
  let taken = false;
  try {
    for (const [name, entry] of own()) {
      if (entry.pressed && !here(name)) taken = (await send(name, entry)) || taken;
    }
  } catch {
    // No network after all: everything stays, and goes the next time.
  } finally {
    sending = false;
  }
  show();
  if (taken && !document.querySelector("form[data-touched]:not([data-safe])")) location.reload();
};

if (house.person && box) {
  for (const name of names(STORE)) {
    const entry = read(name);
    const waits = name.startsWith(OWN) && (entry?.pressed || entry?.said);
    if (!waits && Date.now() - (entry?.at || 0) > LEFT) drop(name);
  }
  for (const form of document.querySelectorAll("form[data-kept]")) {
    const entry = read(nameOf(form));
    if (entry && !entry.pressed && !form.querySelector("[data-errors]")) restore(form, entry);
  }
  show();
  addEventListener("online", sendAll);
  sendAll();
}
