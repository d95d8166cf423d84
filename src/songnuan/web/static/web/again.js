// Asks for the part of a page that moves, again and again, but not while somebody writes in it.

const EVERY = 10_000;

setInterval(() => {
  for (const part of document.querySelectorAll("[data-again-part]")) {
    if (!part.querySelector("details[open]") && !document.hidden) part.dispatchEvent(new Event("again"));
  }
}, EVERY);
