// Forms of the kinds: large targets, drafts kept while they are typed, and what is missing said before it is
// recorded. What a form may hold is judged by the house; only what it surely refuses is asked for here.

import { el, field } from "./dom.js";
import { houseNow } from "./sync.js";
import { t } from "./words.js";

// A list to choose from, as the words file has it: the values under its name, a word for each.
export const choices = (name) => t(name).split(" ").map((value) => [value, t(`${name}.${value}`)]);

const hintOf = (word) => {
  const hint = t(`${word}.hint`);
  return hint === `${word}.hint` ? "" : hint;
};

const named = (name, node) => {
  node.dataset.of = name;
  return node;
};

export const line = (name, word, { hint = hintOf(word), ...rest } = {}) => named(
  name, field(t(word), el("input", { name, autocomplete: "off", ...rest }), hint),
);

export const lines = (name, word, { rows = 3, hint = hintOf(word), ...rest } = {}) => named(
  name, field(t(word), el("textarea", { name, rows, ...rest }), hint),
);

export const pick = (type, name, value, label, isChecked = false) => el(
  "label.pick", el("input", { type, name, value, checked: isChecked }), el("span", label),
);

// One of a few words, each a target of its own.
export const radios = (name, label, list, chosen = "") => named(name, el(
  "fieldset.choice", el("legend", label), el("div.picks", list.map(([value, text]) => pick("radio", name, value, text, value === chosen))),
));

export const select = (name, word, list, { empty = "—" } = {}) => named(name, field(t(word), el(
  "select", { name }, empty === null ? null : el("option", { value: "" }, empty), list.map(([value, text]) => el("option", { value }, text)),
)));

// What stands in a form, by name; of ticks all that are set.
export const valueOf = (form, name) => String(new FormData(form).get(name) ?? "").trim();
export const valuesOf = (form, name) => new FormData(form).getAll(name);

// Puts what was recorded before into a form: texts, chosen words, and lists of ticks.
export const fill = (form, told) => {
  for (const input of form.elements) {
    if (!(input.name in told)) continue;
    const value = told[input.name];
    if (input.type === "radio") input.checked = input.value === value;
    else if (input.type === "checkbox") input.checked = Array.isArray(value) ? value.map(String).includes(input.value) : Boolean(value);
    else input.value = value ?? "";
  }
};

// What a record tells, in the words of its form: [[label, text], …]; `lists` has the list of each chosen word.
export const saidOf = (prefix, told, names, lists = {}) => names.filter((name) => told[name]).map(
  (name) => [t(`${prefix}.${name}`), lists[name] ? t(`${lists[name]}.${told[name]}`) : String(told[name])],
);

const visible = (node) => !node.closest("[hidden]");

// Says of an input that it is to be filled in, beside it; told again, it is said once.
export const mark = (node, text = t("needed")) => {
  node.querySelector(".missing")?.remove();
  const said = el("p.missing", { id: `missing-${node.dataset.of}` }, text);
  node.append(said);
  for (const input of node.querySelectorAll("input, textarea, select, canvas")) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", said.id);
  }
};

// Marks what is missing and goes to the first of it; returns whether anything is.
export const missing = (form, names) => {
  for (const said of form.querySelectorAll(".missing")) said.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    for (const told of ["aria-invalid", "aria-describedby"]) input.removeAttribute(told);
  }
  const found = names.map((name) => form.querySelector(`[data-of="${name}"]`)).filter(
    (node) => node && visible(node) && !valueOf(form, node.dataset.of),
  );
  for (const node of found) mark(node);
  const first = found[0];
  for (let fold = first?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  first?.querySelector("input, textarea, select")?.focus();
  first?.scrollIntoView({ block: "center" });
  return found.length > 0;
};

// The time that was chosen, with China's offset; null for now. `2020-04-08T09:30` is what a picker gives.
export const momentOf = (text) => (text ? `${text}:00+08:00` : null);

// A moment as a picker shows it, in China.
export const localOf = (moment) => new Date(new Date(moment).getTime() + 8 * 3_600_000).toISOString().slice(0, 16);

export const dayOf = (moment = houseNow()) => localOf(moment).slice(0, 10);

// When something was recorded on this device, by the house's clock.
export const recordedAt = (record) => Date.parse(record.recordedAt) + (record.clock?.offset ?? houseNow() - Date.now());

// A day as people say it.
export const shortDay = (day) => day.slice(5).replace(/^0?(\d+)-0?(\d+)$/, "$1-$2");

// One press records once, however often the button is hit.
export const once = (form, act) => form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const press = form.querySelector("button[type=submit]");
  if (press.disabled) return;
  press.disabled = true;
  try {
    await act();
  } finally {
    press.disabled = false;
  }
});

export const submit = (text) => el("button.big.main", { type: "submit" }, text);
