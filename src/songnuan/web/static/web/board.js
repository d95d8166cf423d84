// Renews the part of a board that moves, every 30 seconds; what could not be renewed never looks fresh.
//
// An answer counts that comes from the board itself and is newer than what stands there. Anything else (no
// network, an error, a sign-in that has ended) pales the figures under a bar that says so, and is tried again.

const EVERY = 30_000;
const AGAIN = 10_000;
const PATIENCE = 8_000; // how long an answer may take
const OLD = 75_000; // older than this, whatever is known of the reason

const box = document.querySelector("[data-board]");
const hold = box.querySelector("[data-board-hold]");
const bar = box.querySelector("[data-board-bar]");
const [told, passed] = bar.children;
const words = box.dataset;
// Two clocks: that of the wall may be set back, the steady one may stand still while the machine sleeps.
const now = () => ({ wall: Date.now(), steady: performance.now() });
const since = (mark) => Math.max(Date.now() - mark.wall, performance.now() - mark.steady);
let read = now();
let tried = read;
let fault = "";
let busy = false;

const momentOf = (part) => Date.parse(part?.dataset.asOf ?? "");

// Returns what is wrong with the answer; nothing where it stands on the page now.
const look = async () => {
  let answer;
  try {
    answer = await fetch(words.board, {
      headers: { "X-Songnuan-Part": "board" },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.type === "opaqueredirect") return "out";
    if (answer.status === 403 || answer.status === 404) return "refused";
    if (!answer.ok) return "error";
    return put(await answer.text());
  } catch (error) {
    return error.name === "TimeoutError" ? "error" : "lost";
  }
};

const put = (text) => {
  const made = document.createElement("template");
  made.innerHTML = text;
  const part = made.content.querySelector("[data-as-of]");
  if (!part) return "error";
  if (!(momentOf(part) > momentOf(hold.firstElementChild))) return "old";
  const link = hold.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  hold.replaceChildren(part);
  document.title = part.dataset.title;
  if (link) [...hold.querySelectorAll("a")].find((one) => one.getAttribute("href") === link)?.focus({ preventScroll: true });
  return "";
};

const show = () => {
  const age = since(read);
  const isStale = Boolean(fault) || age > OLD;
  document.body.classList.toggle("stale", isStale);
  bar.hidden = !isStale;
  if (!isStale) return;
  const time = hold.querySelector("[data-as-of-words]").textContent;
  const said = `${words[fault || "error"]} ${words.since.replace("{time}", time)}`;
  if (told.textContent !== said) told.textContent = said;
  // Outside of what is read out: else it would be read out anew each minute.
  const minutes = Math.floor(age / 60_000);
  passed.textContent = minutes ? words.ago.replace("{minutes}", String(minutes)) : "";
};

const renew = async () => {
  if (busy) return;
  busy = true;
  tried = now();
  fault = await look();
  if (!fault) read = now();
  busy = false;
  show();
};

setInterval(() => {
  if (!document.hidden && since(tried) >= (fault ? AGAIN : EVERY)) renew();
  show();
}, 1_000);
document.addEventListener("visibilitychange", () => document.hidden || renew());
addEventListener("pageshow", (event) => event.persisted && renew());
addEventListener("online", renew);
addEventListener("offline", renew);
