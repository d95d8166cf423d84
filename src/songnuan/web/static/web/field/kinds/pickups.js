// Kits handed out at a desk.

import { button, clock, el, field } from "../dom.js";
import { initials } from "../pinyin.js";
import { scan } from "../scan.js";
import { sign } from "../sign.js";

const SHOWN = 30;
const STANDS = { o: "open", t: "taken", r: "referred", l: "gone", s: "settled" };
const found = new WeakMap();

// The people of a distribution, each with their portions; made once for what came along.
const peopleOf = (here, number) => {
  const people = here.pack[`people:${number}`];
  if (!people) return { all: [], byCode: new Map() };
  if (!found.has(people)) {
    const byCode = new Map();
    for (const [at, [portion, name, unit, code, round, proxy]] of people.rows.entries()) {
      const person = byCode.get(code ?? `#${portion}`) ?? {
        code, name, proxy, unit: people.units[unit], letters: initials(name), portions: [],
      };
      person.portions.push({ portion, round, at });
      byCode.set(code ?? `#${portion}`, person);
    }
    found.set(people, { all: [...byCode.values()], byCode });
  }
  return found.get(people);
};

const desksOf = (here) => (here.pack.desks ?? []).map(([id, number, name, left]) => ({ id, number, name, left }));

const counts = (row) => row.state !== "refused";
const given = (here, desk) => here.records().filter((row) => row.told.desk === desk.id && counts(row));

// What this device gave out and the house did not know yet when it was asked, or waits about.
const leftAt = (here, desk) => {
  const since = given(here, desk).filter((row) => row.state !== "taken" || row.answeredAt > here.renewedAt);
  return Math.max(desk.left - since.length, 0);
};

// How a portion stands, and what this device itself recorded of it.
const standing = (here, desk, { portion, at }) => {
  const own = here.records().find((row) => row.told.portion === portion && counts(row));
  const stands = here.pack[`stands:${desk.number}`];
  return { own, state: own ? "here" : STANDS[stands?.status[at]] ?? "open", batch: stands?.batch[at] };
};

const say = (here, { own, state }) => here.t(`pickups.${state}`, own ? { time: clock(own.recordedAt) } : {});

const matches = (person, asked) => {
  if (/^[A-Z]+$/.test(asked) && person.letters.startsWith(asked)) return true;
  return person.name.includes(asked) || person.unit.includes(asked) || person.code === asked;
};

const rank = (person, asked) => Number(!(person.name.startsWith(asked) || person.letters === asked));

const search = (here, desk, text) => {
  const asked = text.trim().toUpperCase();
  const hits = peopleOf(here, desk.number).all.filter((person) => matches(person, asked));
  return hits.sort((one, other) => rank(one, asked) - rank(other, asked));
};

// The card of one person ------------------------------------------------------------------------------

const contents = (here, desk) => {
  const { parts = [] } = here.pack[`of:${desk.number}`] ?? {};
  return parts.map(([item, quantity, packing]) => `${item} ${quantity} ${packing}`).join("、");
};

const batchOf = (here, desk, position) => {
  const batch = here.pack[`of:${desk.number}`]?.batches.find(([number]) => number === position);
  return batch ? here.t("pickups.batch", { number: batch[0], day: batch[1] }) : "";
};

const hand = async (here, desk, person, { portion }, asked) => {
  const signature = asked.pad?.png();
  const made = await here.record({
    told: { desk: desk.id, portion, proxy: asked.proxy?.value.trim() ?? "" },
    files: signature ? { signature } : {},
    label: person.name,
  });
  if (!made) return;
  asked.next();
  here.back();
};

const portionBox = (here, desk, person, portion, { rules, next }) => {
  const stands = standing(here, desk, portion);
  const isDue = stands.state === "open" || stands.state === "referred";
  const isShort = leftAt(here, desk) === 0;
  const isPlain = isDue && !isShort;
  const asked = { next };
  const press = el(`button.big.${isPlain ? "main" : "danger"}`, { type: "button" }, here.t(isPlain ? "pickups.hand" : "pickups.anyway"));
  press.addEventListener("click", async () => {
    press.disabled = true; // a second tap is the same tap
    await hand(here, desk, person, portion, asked);
    press.disabled = false;
  });
  let proxy = null;
  if (rules.proxies) {
    asked.proxy = el("input", { autocomplete: "off", maxLength: 60, value: "" });
    const named = person.proxy && button(here.t("pickups.proxy_named", { name: person.proxy }), () => {
      asked.proxy.value = person.proxy;
    }, ".wide");
    proxy = el("details", el("summary", here.t("pickups.proxy")), named || null, field(here.t("pickups.proxy_name"), asked.proxy));
  }
  if (rules.signature) {
    const check = () => { press.disabled = !asked.pad.png(); };
    asked.pad = sign({ label: here.t("pickups.sign"), onchange: check });
    check();
  }
  return el(
    "section.portion",
    el(`p.stands.${isDue ? "due" : "not-due"}`, say(here, stands)),
    el("p.soft", [
      person.portions.length > 1 && here.t("pickups.round", { number: portion.round }), batchOf(here, desk, stands.batch),
    ].filter(Boolean).join(" · ")),
    isDue && isShort ? el("p.note.urgent", here.t("pickups.short")) : null,
    !isDue ? el("p.note", here.t(stands.state === "taken" || stands.state === "here" ? "pickups.twice" : "pickups.not_due")) : null,
    proxy, asked.pad, press,
  );
};

// `next` makes the desk ready for the next person, once this one has what was due.
const card = (desk, person, next) => ({
  title: "",
  still: true,
  draw(here) {
    const rules = here.pack[`of:${desk.number}`] ?? {};
    const due = person.portions.find((portion) => ["open", "referred"].includes(standing(here, desk, portion).state));
    return el(
      "div.glance",
      el("h1.name", person.name), el("p.unit", person.unit),
      el("p.contents", el("span.soft", here.t("pickups.contents")), " ", contents(here, desk)),
      portionBox(here, desk, person, due ?? person.portions.at(-1), { rules, next }),
    );
  },
});

// The desk --------------------------------------------------------------------------------------------

const row = (here, desk, person, next) => {
  const states = person.portions.map((portion) => standing(here, desk, portion));
  const first = states.find(({ state }) => state === "open" || state === "referred") ?? states.at(-1);
  const isDue = first.state === "open" || first.state === "referred";
  return el(
    "li",
    el(
      "button.person", { type: "button", onclick: () => here.go(card(desk, person, next)) },
      el("span.title", person.name), el("span.detail", person.unit),
      el(`span.stands.${isDue ? "due" : "not-due"}`, say(here, first)),
    ),
  );
};

const byCode = async (here, desk, next) => {
  const code = await scan();
  if (!code) return;
  const person = peopleOf(here, desk.number).byCode.get(code.toUpperCase());
  if (person) here.go(card(desk, person, next));
  else here.say(here.t("pickups.code_unknown"), true);
};

const counter = (id) => ({
  title: "",
  draw(here) {
    const desk = desksOf(here).find((one) => one.id === id);
    if (!desk) return el("p.note", here.t("pickups.closed"));
    this.title = desk.name;
    const left = leftAt(here, desk);
    const list = el("ul.people");
    const asked = el("input", { type: "search", autocomplete: "off", spellcheck: false, value: this.asked ?? "" });
    const next = () => { this.asked = ""; };
    const show = () => {
      this.asked = asked.value;
      const text = asked.value.trim();
      const hits = text ? search(here, desk, text) : [];
      list.replaceChildren(...hits.slice(0, SHOWN).map((person) => row(here, desk, person, next)));
      if (!text) list.append(el("li.soft", here.t("pickups.hint")));
      else if (!hits.length) list.append(el("li.soft", here.t("pickups.nobody")));
      else if (hits.length > SHOWN) list.append(el("li.soft", here.t("pickups.more", { count: hits.length - SHOWN })));
    };
    asked.addEventListener("input", show);
    show();
    return el(
      "div.counter",
      el(
        "p.left", el(left ? "strong" : "strong.none", left ? here.t("pickups.left", { count: left }) : here.t("pickups.none_left")),
        el("span.soft", here.t("pickups.done", { count: given(here, desk).length })),
      ),
      button(here.t("pickups.scan"), () => byCode(here, desk, next), ".big.main"),
      field(here.t("pickups.find"), asked),
      list,
    );
  },
});

export default {
  name: "pickups",
  cards: (here) => desksOf(here).map((desk) => ({
    title: `${here.t("pickups.title")} · ${desk.name}`,
    detail: here.pack[`of:${desk.number}`]?.title,
    badge: here.t("pickups.left", { count: leftAt(here, desk) }),
    open: () => here.go(counter(desk.id)),
  })),
  line: (record) => record.label,
};
