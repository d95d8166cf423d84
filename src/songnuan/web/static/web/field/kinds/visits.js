// Visits: the form at the door, as the site has it.

import { clock, el, field } from "../dom.js";
import {
  choices, dayOf, fill, line, lines, localOf, missing, momentOf, once, pick, radios, recordedAt, saidOf, shortDay, submit, valueOf, valuesOf,
} from "../forms.js";
import { photos } from "../photos.js";
import { sign } from "../sign.js";
import { houseNow } from "../sync.js";
import { t } from "../words.js";

const DAY = 86_400_000;
const visitsOf = (here) => here.pack.visits ?? [];
const counts = (row) => row.state !== "refused";
const ownOf = (here, visit) => here.records().find((row) => row.told.visit === visit.id && counts(row));
const openOf = (here) => visitsOf(here).filter((visit) => !ownOf(here, visit));
const isLate = (visit) => visit.late_after < dayOf();

// The parts of the form --------------------------------------------------------------------------------

const opening = (here, visit) => el(
  "section.step", el("h2", here.t("visits.when")),
  radios("form", here.t("visits.form"), choices("visits.forms"), "on_site"),
  lines("form_reason", "visits.form_reason", { rows: 2 }),
  el(
    "details", el("summary", here.t("visits.happened_at"), " ", el("span.soft", here.t("visits.now"))),
    field(here.t("visits.another_time"), el("input", { name: "happened_at", type: "datetime-local" })),
  ),
  lines("entry_reason", "visits.entry_reason", { rows: 2 }),
  isLate(visit) ? lines("late_reason", "visits.late_reason", { rows: 2 }) : null,
);

const people = (here, door) => {
  const ticks = door.people.map(([id, name]) => [id, pick("checkbox", "members", String(id), name, id === here.person.id)]);
  const own = ticks.filter(([id]) => id === here.person.id).map(([, tick]) => tick);
  const others = ticks.filter(([id]) => id !== here.person.id).map(([, tick]) => tick);
  return el(
    "section.step", el("h2", here.t("visits.who")), own,
    others.length ? el("details", el("summary", here.t("visits.others", { count: others.length })), el("div.picks", others)) : null,
    line("other_members", "visits.other_members"),
  );
};

const finding = (here, door, most) => el(
  "section.step", el("h2", here.t("visits.found")),
  radios("prevention", here.t("visits.prevention"), choices("visits.preventions")),
  lines("prevention_note", "visits.prevention_note", { rows: 2 }),
  lines("conditions", "visits.conditions", { rows: 4 }),
  Array.from({ length: most }, (_none, at) => el(
    "details", el("summary", here.t("visits.problem", { number: at + 1 })),
    line(`title-${at}`, "visits.raised.title"),
    field(here.t("visits.raised.owner"), el("select", { name: `owner-${at}` }, door.owners.map(([id, name]) => el("option", { value: id }, name)))),
    lines(`answer-${at}`, "visits.raised.answer", { rows: 2 }),
  )),
);

const inspection = (here, checklist) => (checklist.length ? el(
  "section.step.inspection", el("h2", here.t("visits.inspection")),
  checklist.map(([key, text]) => el(
    "div.item", radios(`check-${key}`, text, choices("visits.results")), line(`note-${key}`, "visits.note"),
  )),
) : null);

const packsOf = (form, id, quantity) => {
  const packs = Number(valueOf(form, `packs-${id}`) || quantity);
  return Number.isInteger(packs) && packs > 0 && packs <= quantity ? packs : quantity;
};

const good = (here, [id, item, packing, quantity]) => el(
  "div.good", pick("checkbox", "handed", String(id), `${item} ${quantity} ${packing}`, true),
  quantity > 1 ? el("label.packs", el("input", { name: `packs-${id}`, type: "number", inputMode: "numeric", min: 1, max: quantity, value: quantity }), el("span", here.t("visits.packs", { packing, quantity }))) : null,
);

const receiving = (here, visit, signing, hint = here.t("visits.handed.hint")) => el(
  "section.step", el("h2", here.t("visits.received")),
  visit.goods.length || visit.lacking.length ? el("p.note.by-call", here.t("visits.by_call")) : null,
  visit.goods.length ? el("fieldset.choice.handed", el("legend", here.t("visits.handed")), hint ? el("p.soft", hint) : null, visit.goods.map((one) => good(here, one))) : null,
  visit.lacking.map(([packs, why]) => el("p.note", here.t("visits.lacking", { packs, why }))),
  lines("short_reason", "visits.short_reason", { rows: 2 }),
  line("receiver_name", "visits.receiver_name"),
  el("div.signing", el("p.soft", here.t("visits.signs_for")), el("p.signed-text", { "data-signed": "" })),
  signing,
  pick("checkbox", "confirmed_by_name", "yes", here.t("visits.confirmed_by_name")),
);

// What follows from what was ticked ----------------------------------------------------------------------

const handedOf = (form, visit) => {
  if (valueOf(form, "form") === "call") return new Map();
  const ticked = new Set(valuesOf(form, "handed"));
  return new Map(visit.goods.filter(([id]) => ticked.has(String(id))).map((one) => [one[0], packsOf(form, one[0], one[3])]));
};

const signedText = (form, visit, [some, none]) => {
  const handed = handedOf(form, visit);
  const words = visit.goods.filter(([id]) => handed.has(id)).map(([id, item, packing]) => `${item} ${handed.get(id)} ${packing}`);
  return words.length ? some.replace("{goods}", words.join("、")) : none;
};

const isShort = (form, visit) => {
  const handed = handedOf(form, visit);
  return visit.goods.some(([id, , , quantity]) => (handed.get(id) ?? 0) < quantity);
};

const happened = (form) => Date.parse(momentOf(valueOf(form, "happened_at")) ?? new Date(houseNow()).toISOString());
const isEarlier = (form, begun) => happened(form) < Math.max(houseNow() - DAY, Date.parse(begun) || 0);

const shown = (form, name, isThere) => {
  const node = form.querySelector(`[data-of="${name}"]`);
  if (node) node.hidden = !isThere;
};

// Shows what is asked as the form stands; what was signed for and has changed is to be signed anew.
const see = (here, form, { visit, measure, shapes, pad }) => {
  const way = valueOf(form, "form");
  const isCall = way === "call";
  shown(form, "form_reason", way !== "on_site");
  shown(form, "entry_reason", isEarlier(form, measure.begun));
  shown(form, "prevention_note", valueOf(form, "prevention") && valueOf(form, "prevention") !== "good");
  shown(form, "short_reason", !isCall && isShort(form, visit));
  for (const [key] of measure.checklist) shown(form, `note-${key}`, valueOf(form, `check-${key}`) === "fail");
  form.querySelector(".inspection")?.toggleAttribute("hidden", way !== "on_site");
  for (const node of form.querySelectorAll(".handed, .signing, .sign")) node.hidden = isCall;
  const byCall = form.querySelector(".by-call");
  if (byCall) byCall.hidden = !isCall;
  form.querySelector("[name=confirmed_by_name]").closest("label").hidden = isCall;
  const box = form.querySelector("[data-signed]");
  const text = signedText(form, visit, shapes);
  if (box.textContent === text) return;
  if (box.textContent && pad.png()) {
    pad.clear();
    here.say(here.t("visits.sign_again"), true);
  }
  box.textContent = text;
};

const asked = (form, { measure, pad }) => {
  const way = valueOf(form, "form");
  const failed = measure.checklist.filter(([key]) => valueOf(form, `check-${key}`) === "fail").map(([key]) => `note-${key}`);
  const isSigned = way === "call" || pad.png() || valueOf(form, "confirmed_by_name");
  return [
    "form", "form_reason", "entry_reason", "prevention", "prevention_note", "conditions",
    ...(way === "on_site" ? [...measure.checklist.map(([key]) => `check-${key}`), ...failed] : []),
    ...(valuesOf(form, "members").length ? [] : ["other_members"]), "short_reason", "receiver_name",
    ...(isSigned ? [] : ["signature"]),
  ];
};

const AS_THEY_ARE = [
  "form", "form_reason", "late_reason", "entry_reason", "other_members", "prevention", "prevention_note", "conditions",
  "short_reason", "receiver_name",
];

const toldOf = (form, { visit, measure, shapes, most }) => {
  const way = valueOf(form, "form");
  const hidden = (name) => form.querySelector(`[data-of="${name}"]`)?.hidden;
  const problems = Array.from({ length: most }, (_none, at) => ({
    title: valueOf(form, `title-${at}`), owner: Number(valueOf(form, `owner-${at}`)) || null, answer: valueOf(form, `answer-${at}`),
  }));
  return {
    visit: visit.id,
    ...Object.fromEntries(AS_THEY_ARE.map((name) => [name, hidden(name) ? "" : valueOf(form, name)])),
    happened_at: momentOf(valueOf(form, "happened_at")),
    members: valuesOf(form, "members").map(Number),
    checks: way === "on_site" ? Object.fromEntries(measure.checklist.map(
      ([key]) => [key, { result: valueOf(form, `check-${key}`), note: hidden(`note-${key}`) ? "" : valueOf(form, `note-${key}`) }],
    )) : {},
    handed: Object.fromEntries(handedOf(form, visit)),
    signed_text: way === "call" ? "" : signedText(form, visit, shapes),
    confirmed_by_name: way !== "call" && Boolean(valueOf(form, "confirmed_by_name")),
    problems: problems.filter(({ title }) => title),
  };
};

// What was put down in words, with the names of people and lines: the visit may be gone when it is read.
const saidIn = (told, { measure, door }) => {
  const names = new Map([...door.people, ...door.owners]);
  const went = told.members.map((id) => names.get(id) ?? String(id));
  const checked = measure.checklist.filter(([key]) => told.checks[key]?.result);
  const plain = (...asked) => saidOf("visits", told, asked, { form: "visits.forms", prevention: "visits.preventions" });
  return [
    ...plain("form", "form_reason"),
    ...(told.happened_at ? [[t("visits.happened_at"), clock(told.happened_at)]] : []),
    ...plain("entry_reason", "late_reason"),
    ...(went.length ? [[t("visits.who"), went.join("、")]] : []),
    ...plain("other_members", "prevention", "prevention_note", "conditions"),
    ...checked.map(([key, text]) => [text, [t(`visits.results.${told.checks[key].result}`), told.checks[key].note].filter(Boolean).join(" · ")]),
    ...told.problems.map(({ title, owner, answer }, at) => [
      t("visits.problem", { number: at + 1 }), [title, names.get(owner), answer].filter(Boolean).join(" · "),
    ]),
    ...(told.signed_text ? [[t("visits.handed"), told.signed_text]] : []),
    ...plain("short_reason", "receiver_name"),
    ...(told.confirmed_by_name ? [[t("visits.signature"), t("visits.confirmed_by_name")]] : []),
  ];
};

// A refused record stands in the form again; it is signed anew, as what is handed over may be another.
const refill = (form, record) => {
  const { told } = record;
  const checks = Object.entries(told.checks ?? {}).flatMap(([key, { result, note }]) => [[`check-${key}`, result], [`note-${key}`, note]]);
  const raised = (told.problems ?? []).flatMap(
    ({ title, owner, answer }, at) => [[`title-${at}`, title], [`owner-${at}`, owner], [`answer-${at}`, answer]],
  );
  const packs = Object.entries(told.handed ?? {}).map(([id, count]) => [`packs-${id}`, count]);
  fill(form, {
    ...told, ...Object.fromEntries([...checks, ...raised, ...packs]),
    happened_at: localOf(told.happened_at ?? recordedAt(record)), handed: Object.keys(told.handed ?? {}),
  });
  for (const fold of form.querySelectorAll("details")) fold.open = [...fold.querySelectorAll("input:not([type=checkbox]), textarea")].some(({ value }) => value);
};

const draftOf = (visit, before) => (before ? `mend-${before.key}` : `visit-${visit.id}`);

const file = async (here, form, parts, before) => {
  const signature = valueOf(form, "form") === "call" ? null : parts.pad.png();
  const told = toldOf(form, parts);
  const made = await here.record({
    told,
    said: saidIn(told, parts),
    files: { ...parts.box.files(), ...(signature ? { signature } : {}) },
    label: parts.visit.unit,
    draft: draftOf(parts.visit, before),
    instead: before?.key,
  });
  if (made) here.back();
};

const asking = (visit, before = null) => ({
  title: visit.unit,
  still: true,
  async draw(here) {
    const measure = here.pack.measures[visit.measure];
    const door = here.pack.doors[visit.door];
    const pad = sign({ label: here.t("visits.signature") });
    pad.dataset.of = "signature";
    const parts = { visit, measure, door, pad, shapes: here.pack.signing, most: here.pack.problems, box: photos({ most: here.pack.photos }) };
    const form = el(
      "form.form", { noValidate: true },
      el("p.soft", [visit.compound, visit.address, measure.plan].filter(Boolean).join(" · ")),
      opening(here, visit), people(here, door), finding(here, door, parts.most), inspection(here, measure.checklist),
      el("section.step", el("h2", here.t("visits.photos")), el("p.soft", here.t("visits.photos.hint")), parts.box),
      receiving(here, visit, pad),
      submit(here.t("visits.do")),
    );
    if (before) {
      refill(form, before);
      if (!(await here.draft(`${draftOf(visit, before)}/photos`))) await parts.box.add(await here.files(before.key));
    }
    await here.keepForm(form, draftOf(visit, before), {
      photos: parts.box, pad, signedFor: () => signedText(form, visit, parts.shapes),
    });
    const look = () => see(here, form, parts);
    form.addEventListener("input", look);
    look();
    once(form, async () => {
      if (!missing(form, asked(form, parts))) await file(here, form, parts, before);
    });
    return form;
  },
});

// The round ----------------------------------------------------------------------------------------------

const minutes = (start) => (start === null ? "" : `${String(Math.floor(start / 60)).padStart(2, "0")}:${String(start % 60).padStart(2, "0")}`);

const row = (here, visit) => {
  const own = ownOf(here, visit);
  const when = [here.t("visits.day", { day: shortDay(visit.planned_on) }), minutes(visit.start)].filter(Boolean).join(" ");
  if (own) {
    return el("li", el("div.person", el("span.title", visit.unit), el("span.stands.due", here.t("visits.here", { time: clock(own.recordedAt) }))));
  }
  return el("li", el(
    "button.person", { type: "button", onclick: () => here.go(asking(visit)) },
    el("span.title", visit.unit), el("span.detail", [visit.compound, visit.address].filter(Boolean).join(" · ")),
    el(`span.stands.${isLate(visit) ? "not-due" : "due"}`, when, isLate(visit) ? ` · ${here.t("visits.late")}` : ""),
  ));
};

const list = () => ({
  title: "",
  draw(here) {
    this.title = here.t("visits.title");
    return el("ul.people", visitsOf(here).map((visit) => row(here, visit)));
  },
});

export default {
  name: "visits",
  cards: (here) => (visitsOf(here).length ? [{
    title: here.t("visits.title"),
    detail: openOf(here)[0]?.unit,
    badge: here.t("visits.count", { count: openOf(here).length }),
    open: () => here.go(list()),
  }] : []),
  line: (record) => record.label,
  mend: (here, record) => {
    const visit = visitsOf(here).find(({ id }) => id === record.told.visit);
    return visit && (() => here.go(asking(visit, record)));
  },
};
