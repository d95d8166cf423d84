// Before words that were typed leave the page, asks the house whether the sign-in still stands.
//
// Sent without it they would be lost on the page of the sign-in. Where it has run out, everything stays on
// the page, and the next press sends it once somebody has signed in again in another window. Forms of the
// field (field.js) do so by themselves. The house has the last word on who may send what.

const house = document.body.dataset;
const WORDS = "textarea, input[type=text], input:not([type])";
const RESTS = 3_000; // a second press within this time is the same press

const typed = (form) => [...form.elements].some((input) => input.matches(WORDS) && input.value !== input.defaultValue);

const ours = (form) => form.matches("form[method=post]:not([data-field]):not([hx-post])") && typed(form);

const signIn = () => {
  const link = document.createElement("a");
  link.href = house.signIn;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = house.signInLabel;
  return link;
};

const say = (form, sentence, link) => {
  let notice = form.querySelector("[data-notice]");
  if (!notice) {
    notice = document.createElement("p");
    notice.dataset.notice = "";
    notice.className = "note note-warning after";
    notice.setAttribute("role", "status");
    notice.tabIndex = -1;
    form.append(notice);
  }
  const words = document.createElement("span");
  words.textContent = sentence;
  notice.replaceChildren(words, ...(link ? [link] : []));
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
  notice.focus({ preventScroll: true }); // read out, which words in a box made just now may not be
};

const put = (form, token) => {
  const input = form.elements.csrfmiddlewaretoken;
  if (input) input.value = token;
};

// Without a sign-in the house leads elsewhere.
const look = async () => {
  const answer = await fetch(house.standing, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") return {};
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
};

const send = async (form, button) => {
  form.setAttribute("data-busy", "");
  let sent = false;
  try {
    const { person, token } = await look();
    if (!person) return say(form, house.expired, signIn());
    if (String(person) !== house.person) return say(form, house.other, signIn());
    put(form, token);
    form.dataset.stands = "";
    form.requestSubmit(button);
    sent = true;
  } catch {
    say(form, house.unsent);
  } finally {
    // Its own check of the fields may have kept it here.
    delete form.dataset.stands;
    setTimeout(() => form.removeAttribute("data-busy"), sent ? RESTS : 0);
  }
};

if (house.standing) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !ours(form) || "stands" in form.dataset) return;
    event.preventDefault();
    if (!form.hasAttribute("data-busy")) send(form, event.submitter);
  });
}
