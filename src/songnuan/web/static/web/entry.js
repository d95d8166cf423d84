// Asks why a visit is entered only now, as soon as its time makes it a late entry: <div data-entry-before="2020-04-07T10:00:00">.
//
// The house has the last word: it asks by its own clock when the report comes in.

const setUp = (box) => {
  const time = box.closest("form").elements.happened_at;
  // A picker leaves out seconds that are nought.
  const see = () => { box.hidden = !time.value || time.value.padEnd(19, ":00") >= box.dataset.entryBefore; };
  time.addEventListener("input", see);
  if (!box.querySelector(".error")) see();
};

const setUpAll = (root) => root.querySelectorAll("[data-entry-before]").forEach(setUp);

setUpAll(document);
document.addEventListener("songnuan:page", (event) => setUpAll(event.target));
