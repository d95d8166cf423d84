// Discourages a second answer from the same phone: a mark in this browser's own storage, which is never sent.

const sheet = document.querySelector("[data-quiz]");
const name = sheet && sheet.dataset.quiz ? `songnuan-quiz-${sheet.dataset.quiz}` : "";

const remembered = () => {
  try {
    return name && localStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing lets everybody answer
  }
};

if (sheet && "quizDone" in sheet.dataset) {
  try {
    if (name) localStorage.setItem(name, "1");
  } catch {
    // nothing is kept, and nothing has to be
  }
} else if (sheet && remembered()) {
  const form = sheet.querySelector("[data-quiz-form]");
  const again = sheet.querySelector("[data-quiz-again]");
  if (form && again && !sheet.querySelector("[data-errors]")) {
    form.hidden = true;
    again.hidden = false;
    again.querySelector("[data-quiz-other]").addEventListener("click", () => {
      again.hidden = true;
      form.hidden = false;
    });
  }
}
