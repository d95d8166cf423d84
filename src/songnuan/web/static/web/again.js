// Asks for the part of a page that moves, again and again: but not while somebody writes in it, goes through
// it by keyboard, or reads what it shows once (data-again-waits).

const EVERY = 10_000;
const BUSY = "details[open], [data-again-waits], :focus-visible";

setInterval(() => {
  for (const part of document.querySelectorAll("[data-again-part]")) {
    if (!document.hidden && !part.querySelector(BUSY)) part.dispatchEvent(new Event("again"));
  }
}, EVERY);
