// Situation reports: all safe by one tap for each that is due, or an event.

import { button, clock, el, field } from "../dom.js";
import { choices, fill, lines, localOf, missing, momentOf, once, pick, radios, recordedAt, saidOf, submit, valueOf } from "../forms.js";
import { houseNow } from "../sync.js";

const LIKELY = 100; // higher figures may ask for a second look

const dueOf = (here) => here.pack.slots ?? [];
const counts = (row) => row.state !== "refused";
const ownOf = (here, slot) => here.records().find((row) => row.told.slot === slot.id && counts(row));
const openOf = (here) => dueOf(here).filter((slot) => !ownOf(here, slot));

const isLate = (slot) => Date.parse(slot.due_at) < houseNow();

const heading = (here, slot) => el(
  "div",
  el("p.title", slot.unit, slot.drill ? el("span.badge", here.t("situation.drill")) : null),
  el("p.detail", [slot.period, slot.plan].join(" · ")),
  el(`p.stands.${isLate(slot) ? "not-due" : "due"}`, here.t(isLate(slot) ? "situation.late" : "situation.by", { time: clock(slot.due_at) })),
);

const safe = async (here, slot) => {
  await here.record({
    told: { slot: slot.id, kind: "zero" }, label: here.t("situation.said_safe", { unit: slot.unit }),
  });
  here.redraw();
};

const row = (here, slot) => {
  const own = ownOf(here, slot);
  if (own) {
    return el("section.due-slot", heading(here, slot), el("p.note", own.label, " ", here.t("situation.here", { time: clock(own.recordedAt) })));
  }
  const press = el("button.big.main", { type: "button" }, here.t("situation.safe"));
  press.addEventListener("click", () => {
    press.disabled = true; // a second tap is the same tap
    safe(here, slot);
  });
  return el(
    "section.due-slot", heading(here, slot), press,
    button(here.t("situation.event"), () => here.go(event(slot)), ".wide"),
  );
};

const list = () => ({
  title: "",
  draw(here) {
    this.title = here.t("situation.title");
    const slots = dueOf(here);
    return el("div", slots.length ? slots.map((slot) => row(here, slot)) : el("p.note", here.t("situation.none")));
  },
});

const figureOf = (form, key) => valueOf(form, `figure-${key}`);

const eventSaid = (slot, told) => [
  ...saidOf("situation", { ...told, happened_at: told.happened_at && clock(told.happened_at) }, ["category", "happened_at", "words"], { category: "situation.categories" }),
  ...slot.figures.filter(([key]) => told.figures[key]).map(([key, label]) => [label, told.figures[key]]),
];

// `before` is a record that the house refused: what it told stands in the form again.
const event = (slot, before = null) => ({
  title: slot.unit,
  still: true,
  async draw(here) {
    const figures = slot.figures.map(([key, label]) => field(label, el("input", { name: `figure-${key}`, inputMode: "numeric", autocomplete: "off" })));
    const checked = pick("checkbox", "checked", "yes", here.t("situation.checked"));
    const form = el(
      "form.form", { noValidate: true },
      heading(here, slot),
      radios("category", here.t("situation.category"), choices("situation.categories")),
      lines("words", "situation.words"),
      figures,
      checked,
      el("details", el("summary", here.t("situation.happened_at"), " ", el("span.soft", here.t("situation.now"))), field(here.t("situation.happened_at"), el("input", { name: "happened_at", type: "datetime-local" }))),
      submit(here.t("situation.do")),
    );
    if (before) {
      const { category, words, happened_at: at, checked: isChecked } = before.told;
      const told = Object.fromEntries(Object.entries(before.told.figures ?? {}).map(([key, value]) => [`figure-${key}`, value]));
      fill(form, { ...told, category, words, checked: isChecked, happened_at: localOf(at ?? recordedAt(before)) });
    }
    const draft = before ? `mend-${before.key}` : `event-${slot.id}`;
    await here.keepForm(form, draft);
    const see = () => {
      checked.hidden = !slot.figures.some(([key]) => Number(figureOf(form, key)) > LIKELY);
    };
    form.addEventListener("input", see);
    see();
    once(form, async () => {
      if (missing(form, ["category", "words"])) return;
      const told = {
        slot: slot.id,
        kind: "event",
        category: valueOf(form, "category"),
        words: valueOf(form, "words"),
        happened_at: momentOf(valueOf(form, "happened_at")),
        figures: Object.fromEntries(slot.figures.map(([key]) => [key, figureOf(form, key)])),
        checked: !checked.hidden && Boolean(valueOf(form, "checked")),
      };
      const made = await here.record({
        told,
        said: eventSaid(slot, told),
        label: here.t("situation.said_event", { unit: slot.unit }),
        draft,
        instead: before?.key,
      });
      if (made) here.back();
    });
    return form;
  },
});

// Of a slot that is no longer on the device, what the record tells is enough to mend it.
const slotOf = (here, record) => dueOf(here).find((slot) => slot.id === record.told.slot) ?? {
  id: record.told.slot, unit: record.label, period: "", plan: "", due_at: record.recordedAt, drill: false,
  figures: Object.keys(record.told.figures ?? {}).map((key) => [key, key]),
};

export default {
  name: "situation",
  cards: (here) => (dueOf(here).length ? [{
    title: here.t("situation.title"),
    detail: openOf(here)[0]?.unit,
    badge: here.t("situation.due", { count: openOf(here).length }),
    open: () => here.go(list()),
  }] : []),
  line: (record) => record.label,
  mend: (here, record) => record.told.kind === "event" && (() => here.go(event(slotOf(here, record), record))),
};
