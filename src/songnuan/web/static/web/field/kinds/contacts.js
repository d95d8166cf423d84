// Families one keeps in touch with: a contact, a visit at home, a need that came up.

import { button, el, field } from "../dom.js";
import { choices, dayOf, fill, line, lines, missing, once, radios, recordedAt, saidOf, select, shortDay, submit, valueOf } from "../forms.js";

const NEED = ["need", "category", "urgency"];
const VISIT = ["went", "received_by", "brought", "living", "difficulties", "answered", "follow_up"];
const ASKED = {
  contact: ["happened_on", "way", "reached", "words", ...NEED],
  visit: ["happened_on", ...VISIT, ...NEED],
  need: NEED,
};

const LISTS = {
  way: "contacts.ways", reached: "contacts.reached_or_not", category: "contacts.categories", urgency: "contacts.urgencies",
};

const UNSENT = new Set(["unsent", "later"]);
const familiesOf = (here) => here.pack.families ?? [];
const nameOf = (family) => [family.number, family.name].filter(Boolean).join(" ");
const unsentOf = (here, family) => here.records().filter((row) => row.told.case === family.id && UNSENT.has(row.state)).length;

const dueOf = (family) => [family.contact_on, family.visit_on].filter(Boolean).sort()[0] ?? "";

const due = (here, family) => ["contact_on", "visit_on"].filter((name) => family[name]).map((name) => {
  const isLate = family[name] < dayOf();
  const said = here.t(name === "contact_on" ? "contacts.due" : "contacts.visit_due", { day: shortDay(family[name]) });
  return el(`span.stands.${isLate ? "not-due" : "due"}`, said, isLate ? ` · ${here.t("contacts.late")}` : "");
});

// The forms ------------------------------------------------------------------------------------------

const day = (here, family) => {
  const input = el("input", { name: "happened_on", type: "date", value: dayOf(), max: dayOf(), min: family.since });
  return field(here.t("contacts.happened_on"), input);
};

const needs = (here, isAlone) => {
  const asked = [
    lines("need", isAlone ? "contacts.alone.need" : "contacts.need"),
    select("category", "contacts.category", choices("contacts.categories")),
    radios("urgency", here.t("contacts.urgency"), choices("contacts.urgencies")),
  ];
  return isAlone ? asked : [el("details.need", el("summary", here.t("contacts.came_up")), asked)];
};

const FORMS = {
  // Nothing is chosen beforehand: what nobody said is not recorded.
  contact: (here, family) => [
    radios("way", here.t("contacts.way"), choices("contacts.ways")),
    radios("reached", here.t("contacts.reached"), choices("contacts.reached_or_not")),
    lines("words", "contacts.words"),
    needs(here, false),
    day(here, family),
  ],
  visit: (here, family) => [
    line("went", "contacts.went", { value: here.person.name }),
    line("received_by", "contacts.received_by"),
    lines("living", "contacts.living"),
    line("brought", "contacts.brought"),
    lines("difficulties", "contacts.difficulties", { rows: 2 }),
    lines("answered", "contacts.answered", { rows: 2 }),
    line("follow_up", "contacts.follow_up"),
    needs(here, false),
    day(here, family),
  ],
  need: (here) => [needs(here, true)],
};

const needed = (form, what) => {
  const hasNeed = what === "need" || NEED.some((name) => valueOf(form, name));
  const own = {
    contact: ["way", "reached", ...(valueOf(form, "reached") === "no" ? ["words"] : [])],
    visit: ["went", "received_by", "living"],
    need: [],
  };
  return [...own[what], ...(hasNeed ? NEED : [])];
};

const TITLES = { contact: "contacts.contact", visit: "contacts.visit", need: "contacts.need_only" };

// `before` is a record that the house refused: what it told stands in the form again.
const asking = (family, what, before = null) => ({
  title: nameOf(family),
  still: true,
  async draw(here) {
    const form = el(
      "form.form", { noValidate: true }, el("h2", here.t(TITLES[what])), FORMS[what](here, family), submit(here.t("contacts.do")),
    );
    const draft = before ? `mend-${before.key}` : `${what}-${family.id}`;
    if (before) fill(form, { happened_on: dayOf(recordedAt(before)), ...before.told });
    await here.keepForm(form, draft);
    const fold = form.querySelector("details.need");
    if (fold && NEED.some((name) => valueOf(form, name))) fold.open = true;
    once(form, async () => {
      if (missing(form, needed(form, what))) return;
      const told = Object.fromEntries(ASKED[what].map((name) => [name, valueOf(form, name)]));
      if (!told.happened_on || told.happened_on === dayOf()) delete told.happened_on; // the house reckons today
      const made = await here.record({
        told: { case: family.id, what, ...told },
        said: saidOf("contacts", told, ASKED[what], LISTS),
        label: before?.label ?? `${nameOf(family)} · ${here.t(TITLES[what])}`,
        draft,
        instead: before?.key,
      });
      if (made) here.back();
    });
    return form;
  },
});

// The screens ----------------------------------------------------------------------------------------

const family = (id) => ({
  title: "",
  draw(here) {
    const found = familiesOf(here).find((one) => one.id === id);
    if (!found) return el("p.note", here.t("contacts.gone"));
    this.title = nameOf(found);
    const waiting = unsentOf(here, found);
    const open = (what, more) => button(here.t(TITLES[what]), () => here.go(asking(found, what)), more);
    return el(
      "div",
      el("div", el("p.title", nameOf(found)), el("p.detail", found.unit), ...due(here, found)),
      waiting ? el("p.note", here.t("contacts.waiting", { count: waiting })) : null,
      open("contact", ".big.main"), open("visit", ".big"), open("need", ".big"),
    );
  },
});

const list = () => ({
  title: "",
  draw(here) {
    this.title = here.t("contacts.title");
    return el("ul.people", familiesOf(here).map((one) => el("li", el(
      "button.person", { type: "button", onclick: () => here.go(family(one.id)) },
      el("span.title", nameOf(one)), el("span.detail", one.unit), ...due(here, one),
    ))));
  },
});

// Of a family that is no longer on the device, what the record tells is enough to mend it.
const familyOf = (here, record) => familiesOf(here).find((one) => one.id === record.told.case) ?? {
  id: record.told.case, number: record.label, name: "", unit: "", since: "",
};

export default {
  name: "contacts",
  cards: (here) => {
    const all = familiesOf(here);
    if (!all.length) return [];
    const late = all.filter((one) => dueOf(one) && dueOf(one) < dayOf()).length;
    return [{
      title: here.t("contacts.title"),
      detail: all.slice(0, 3).map(nameOf).join("、"),
      badge: late ? `${late} ${here.t("contacts.late")}` : null,
      open: () => here.go(list()),
    }];
  },
  line: (record) => record.label,
  mend: (here, record) => () => here.go(asking(familyOf(here, record), record.told.what, record)),
};
