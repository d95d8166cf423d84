// Pages of rosters: what HTML alone leaves undone. Every page works without this file.

// A form marked data-once posts once, however often its button is hit.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (form.hasAttribute("data-busy")) return event.preventDefault();
  form.setAttribute("data-busy", "");
  const button = event.submitter;
  if (!button) return;
  button.setAttribute("aria-disabled", "true");
  if (button.dataset.busyLabel) button.textContent = button.dataset.busyLabel;
});

// The browser may bring a page back as it was left; the house knows how far the import is by now.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A file dropped on the place for it is the file of its input.
for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  const chosen = place.querySelector("[data-chosen]");
  const limit = Number(place.dataset.limit);

  const show = () => {
    const file = input.files[0];
    const large = Boolean(file) && file.size > limit;
    chosen.hidden = !file;
    chosen.classList.toggle("late-text", large);
    if (!file) return;
    const [unit, parts] = file.size < 1_000_000 ? [1000, "KB"] : [1_000_000, "MB"];
    chosen.textContent = large ? place.dataset.tooLarge : `${file.name} · ${Math.ceil(file.size / unit)} ${parts}`;
  };

  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    place.addEventListener(name, (event) => {
      if (name === "drop" || !place.contains(event.relatedTarget)) place.classList.remove("over");
    });
  }
  place.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    show();
    input.focus();
  });
  input.addEventListener("change", show);
  show();
}

// How far the work is, told in words now and then: only what was not told before.
const tell = (sentence) => {
  const place = document.querySelector("[data-live]");
  if (place && sentence && place.textContent !== sentence) place.textContent = sentence;
};

// A grid that is wider than its box says so; one that fits needs no hint.
const hint = () => {
  for (const box of document.querySelectorAll("[data-grid]")) {
    const words = box.previousElementSibling;
    if (words?.matches("[data-grid-hint]")) words.hidden = box.scrollWidth <= box.clientWidth;
  }
};
hint();
addEventListener("resize", hint);

// Whatever was changed on the page is mended with the cell whose button is hit: the work is done once.
const changed = () =>
  [...document.querySelectorAll("form[data-mend]")].filter((form) => {
    const cell = form.querySelector("[data-cell]");
    return cell.value !== cell.defaultValue;
  });
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, formData } = event.detail;
  if (!elt.matches("form[data-mend]")) return;
  for (const form of changed()) {
    if (form === elt) continue;
    for (const name of ["sheet", "row", "field", "value"]) formData.append(name, form.elements[name].value);
  }
});
const several = document.querySelector("[data-several]");
if (several) several.hidden = document.querySelectorAll("[data-cell]").length < 2;
document.addEventListener("input", (event) => {
  const cell = event.target;
  if (cell.matches("[data-cell]")) cell.toggleAttribute("data-changed", cell.value !== cell.defaultValue);
});

let settled = {};
document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.target;
  if (place.matches("[data-progress]")) return tell(place.dataset.said);
  if (!place.matches("tbody") || !event.detail.requestConfig?.elt.matches("form[data-mend]")) return;
  // Cells were mended: tell what became of their rows, and go on to the next wrong cell; of several rows
  // that came back together, to the first that is still wrong.
  tell(place.dataset.said);
  hint();
  if (event.detail.requestConfig !== settled.request) settled = { request: event.detail.requestConfig };
  if (settled.isWrong) return;
  settled.isWrong = Boolean(place.querySelector("[data-cell]"));
  let next = place;
  while (next && !next.querySelector("[data-cell]")) next = next.nextElementSibling;
  (next?.querySelector("[data-cell]") ?? place).focus();
});

// What was refused comes back as a row or as a sentence, and both are shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status !== 409 && xhr.status !== 403) return;
  const place = document.querySelector("[data-refusal]");
  if (!place || requestConfig.verb === "get") return;
  event.detail.shouldSwap = true;
  event.detail.target = place;
  event.detail.swapOverride = "innerHTML";
  place.hidden = false;
  place.focus();
});
