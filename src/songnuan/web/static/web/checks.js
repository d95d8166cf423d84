// What is not in order asks for words: the note of its line opens with the answer and is announced as needed.
//
// Without this script the note stays one press away, under words that ask for it; an answer the house sends
// back comes with its note open.

const see = (line) => {
  const fold = line.querySelector("details");
  const note = fold.querySelector("input, textarea");
  const isFailed = line.querySelector("[value=fail]").checked;
  if (isFailed) note.setAttribute("aria-required", "true");
  else note.removeAttribute("aria-required");
  if (isFailed && !fold.open) fold.dataset.opened = "";
  // What a person opened stays open.
  const isOurs = "opened" in fold.dataset && !note.value && !fold.querySelector(".error");
  if (isFailed) fold.open = true;
  else if (isOurs) {
    fold.open = false;
    delete fold.dataset.opened;
  }
};

document.addEventListener("change", ({ target }) => {
  const line = target.matches("[type=radio]") && target.closest("[data-check]");
  if (line) see(line);
});

// A browser that brings a page back brings the answers with it.
addEventListener("pageshow", () => document.querySelectorAll("[data-check]").forEach(see));
