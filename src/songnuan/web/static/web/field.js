// Forms filled in where the network is poor: <form data-field data-unsent="…" data-sending="…" data-expired="…">.
//
// One press posts once, however often the button is hit. When the network fails, everything stays on the
// page and the next press posts again under the same hidden `key`, so that the house takes it once.
// `device_at` is this device's time at the first press, `device_sent_at` at the latest one.

const PATIENCE = 45_000;
const SLOWEST = 20; // bytes a millisecond, of a poor network: photos get the time they need

const part = (form, name) => form.querySelector(`[data-${name}]`);

const say = (form, sentence, urgent = false) => {
  const notice = part(form, "notice");
  notice.textContent = sentence;
  notice.hidden = !sentence;
  notice.classList.toggle("unsent", urgent);
  if (urgent) notice.scrollIntoView({ block: "nearest" });
};

const put = (form, name, value, once) => {
  const input = form.elements[name];
  if (input && !(once && input.value)) input.value = value;
};

// What becomes of a form, for who keeps it on this device (kept.js).
const tell = (form, what) => form.dispatchEvent(new CustomEvent(`songnuan:${what}`, { bubbles: true }));

const busy = (form, yes) => {
  form.toggleAttribute("data-busy", yes);
  for (const button of form.querySelectorAll("button[type=submit]")) {
    button.setAttribute("aria-disabled", String(yes));
  }
};

// A new sign-in brings a new token: take it from a fresh copy of this page, keep everything else.
const freshToken = async (form) => {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]");
  if (token) put(form, "csrfmiddlewaretoken", token.value);
};

// The house can't send chosen files back: they go on from the old page to the new one.
const carry = (old, fresh) => {
  for (const input of old.querySelectorAll("input[type=file]")) {
    const same = fresh.querySelector(`input[type=file][name="${input.name}"]`);
    if (same && input.files.length) same.files = input.files;
  }
};

const show = (html, form) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.querySelector("main");
  const here = document.querySelector("main");
  if (!next) return say(form, form.dataset.unsent, true);
  here.replaceWith(next);
  for (const again of next.querySelectorAll("form[data-field]")) {
    again.dataset.touched = "1";
    carry(form, again);
  }
  document.title = page.title || document.title;
  next.dispatchEvent(new CustomEvent("songnuan:page", { bubbles: true }));
  (next.querySelector("[data-errors]") || next).focus();
  scrollTo(0, 0);
};

// What was wrong before and is mended is said no more.
const forget = (form) => {
  const box = form.querySelector("[data-errors]");
  (box?.matches("section > :only-child") ? box.parentElement : box)?.remove();
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll(".field-wrong")) field.classList.remove("field-wrong");
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
};

// The house refused: its sentence stands in the page, and what was typed stays too.
const refuse = (form, html) => {
  forget(form);
  const place = part(form, "refusal");
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  place.hidden = false;
  place.focus();
};

// Beside the notice, so that one can do what it asks for without leaving the page.
const signIn = () => {
  const { signIn: href, signInLabel } = document.body.dataset;
  const link = document.createElement("a");
  Object.assign(link, { className: "button", href, target: "_blank", rel: "noopener", textContent: signInLabel });
  link.dataset.signIn = "";
  return link;
};

const expire = (form) => {
  form.dataset.stale = "1";
  say(form, form.dataset.expired, true);
  if (!part(form, "sign-in")) part(form, "notice").after(signIn());
};

const isSignIn = (url) => new URL(url, location.href).searchParams.has("next");

// Returns true when the page is left.
const settle = async (form, answer) => {
  const next = answer.headers.get("X-Songnuan-Location");
  if ((next && isSignIn(next)) || (answer.redirected && isSignIn(answer.url))) return expire(form);
  if (next) {
    tell(form, "taken");
    say(form, "");
    delete form.dataset.touched;
    location.assign(next);
    return true;
  }
  if (answer.status >= 500) return say(form, form.dataset.unsent, true);
  const html = await answer.text();
  if (answer.status !== 403 || answer.headers.get("X-Songnuan-Refusal")) tell(form, "refused");
  if (answer.headers.get("X-Songnuan-Refusal")) {
    say(form, "");
    return refuse(form, html);
  }
  if (answer.status === 403) return expire(form);
  return show(html, form);
};

const send = async (form, button) => {
  busy(form, true);
  say(form, form.dataset.sending);
  part(form, "sign-in")?.remove();
  const now = new Date().toISOString();
  put(form, "device_at", now, true);
  put(form, "device_sent_at", now);
  tell(form, "send");
  const stop = new AbortController();
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const timer = setTimeout(() => stop.abort(), PATIENCE + size / SLOWEST);
  let left = false;
  try {
    if (form.dataset.stale) await freshToken(form);
    const body = new FormData(form);
    if (button?.name) body.append(button.name, button.value);
    const answer = await fetch(form.action, {
      method: "POST", body, credentials: "same-origin", signal: stop.signal,
      headers: { "X-Songnuan-Field": "1" },
    });
    left = (await settle(form, answer)) === true;
  } catch {
    say(form, form.dataset.unsent, true);
  } finally {
    clearTimeout(timer);
    if (!left) busy(form, false);
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-field]")) return;
  event.preventDefault();
  if (!form.hasAttribute("data-busy")) send(form, event.submitter);
});

// Leaving a page whose form was filled in, or could not be sent, would lose it: the browser asks first.
const touch = ({ target }) => {
  const form = target.closest?.("form[data-field]");
  if (form) form.dataset.touched = "1";
};
document.addEventListener("input", touch);
addEventListener("beforeunload", (event) => {
  const kept = "form[data-field][data-touched]:not([data-safe]), form[data-field]:not([data-safe]) .unsent:not([hidden])";
  if (document.querySelector(kept)) event.preventDefault();
});

// Where a form says so, what could not be sent for want of a network goes by itself once there is one again,
// under the same key. Whoever has nothing unsent on the page is not disturbed.
addEventListener("online", () => {
  const kept = document.querySelector("form[data-field][data-again]:not([data-busy]) .unsent:not([hidden])");
  const form = kept?.closest("form");
  if (form && !form.dataset.stale) send(form, form.querySelector("button[type=submit]"));
});

// The browser may bring a sent form back as it was left, still busy; the house knows what became of it.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form[data-field][data-busy]")) location.reload();
});
