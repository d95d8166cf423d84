// Kits handed out at a desk.

import { button, clock, el, field } from "../dom.js";
import { dayOf, line, mark, pick, shortDay } from "../forms.js";
import { initials } from "../pinyin.js";
import { scan } from "../scan.js";
import { sign } from "../sign.js";

const SHOWN = 30;
const STANDS = { o: "open", t: "taken", r: "referred" };
const found = new WeakMap();

// The people of a distribution, each with their portions; made once for what came along.
const peopleOf = (here, number) => {
  const people = here.pack[`people:${number}`];
  if (!people) return { all: [], byCode: new Map(), places: new Map() };
  if (!found.has(people)) {
    const [byCode, places] = [new Map(), new Map()];
    for (const [at, [portion, name, unit, code, round]] of people.rows.entries()) {
      const person = byCode.get(code ?? `#${portion}`) ?? {
        code, name, unit: people.units[unit], letters: initials(name), portions: [],
      };
      person.portions.push({ portion, round, at });
      places.set(portion, at);
      byCode.set(code ?? `#${portion}`, person);
    }
    found.set(people, { all: [...byCode.values()], byCode, places });
  }
  return found.get(people);
};

const desksOf = (here) => (here.pack.desks ?? []).map(([id, number, name, left]) => ({ id, number, name, left }));

const letterOf = (here, number, at) => here.pack[`stands:${number}`]?.status[at];

// What the packs tell of a record is later than its answer: then they are right, whatever became of it since.
const isKnown = (here, row) => Boolean(row.answeredAt) && row.answeredAt < here.renewedAt;
const isDecided = (here, row) => row.state === "waits" && isKnown(here, row) && !(here.pack.waiting ?? []).includes(row.key);

// Whether a record of this device still says that its portion went out.
const counts = (here, number, row) => {
  if (row.state === "refused") return false;
  if (!isKnown(here, row) || (row.state === "waits" && !isDecided(here, row))) return true;
  return letterOf(here, number, peopleOf(here, number).places.get(row.told.portion)) === "t";
};

const ownOf = (here, desk) => here.records().filter((row) => row.told.desk === desk.id);
const given = (here, desk) => ownOf(here, desk).filter((row) => counts(here, desk.number, row));

// What this device gave out and the house did not know yet when it was asked; what waits it has counted itself.
const leftAt = (here, desk) => {
  const since = ownOf(here, desk).filter((row) => row.state !== "refused" && !isKnown(here, row));
  return Math.max(desk.left - since.length, 0);
};

// The day on which the round of a portion comes, where that is still to come; "" where it may be handed out.
const notBefore = (here, desk, { round }) => {
  const { rounds, batches = [] } = here.pack[`of:${desk.number}`] ?? {};
  const [, day] = (rounds && batches.find(([position]) => position === round)) || [];
  return day > dayOf() ? day : "";
};

// How a portion stands, and what this device itself recorded of it.
const standing = (here, desk, portion) => {
  const own = here.records().find((row) => row.told.portion === portion.portion && counts(here, desk.number, row));
  const state = STANDS[letterOf(here, desk.number, portion.at)] ?? "open";
  const day = state === "taken" || own ? "" : notBefore(here, desk, portion);
  return { own, day, state: own ? "here" : (day && "early") || state, batch: here.pack[`stands:${desk.number}`]?.batch[portion.at] };
};

const say = (here, { own, day, state }) => here.t(`pickups.${state}`, { time: own && clock(own.recordedAt), day: shortDay(day) });

const matches = (person, asked) => {
  if (/^[A-Z]+$/.test(asked) && person.letters.startsWith(asked)) return true;
  return person.name.includes(asked) || person.unit.includes(asked) || person.code === asked;
};

const rank = (person, asked) => Number(!(person.name.startsWith(asked) || person.letters === asked));

const proxiesOf = (here, desk) => here.pack[`proxies:${desk.number}`] ?? {};

// Whom somebody named to fetch it: at the desk stands the one who was named.
const namedFor = (here, desk, person) => person.portions.map(({ portion }) => proxiesOf(here, desk)[portion]).find(Boolean) ?? "";

const search = (here, desk, text) => {
  const asked = text.trim().toUpperCase();
  const { all } = peopleOf(here, desk.number);
  const hits = all.filter((person) => matches(person, asked) || namedFor(here, desk, person).toUpperCase().includes(asked));
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

const saidIn = (here, desk, { round }, told) => [
  [here.t("pickups.desk"), desk.name],
  [here.t("pickups.contents"), contents(here, desk)],
  ...(here.pack[`of:${desk.number}`]?.rounds ? [[here.t("pickups.which"), here.t("pickups.round", { number: round })]] : []),
  ...(told.proxy ? [[here.t("pickups.proxy_name"), told.proxy]] : []),
  ...(told.by_name ? [[here.t("pickups.sign"), here.t("pickups.by_name")]] : []),
];

const hand = async (here, desk, person, portion, asked) => {
  if (asked.fold?.open && !asked.proxy.value.trim()) {
    mark(asked.proxyRow, here.t("pickups.proxy_missing"));
    asked.proxy.focus();
    return;
  }
  const signature = asked.pad?.png();
  const told = {
    desk: desk.id, portion: portion.portion, proxy: asked.proxy?.value.trim() ?? "",
    by_name: !signature && Boolean(asked.byName?.checked),
  };
  const made = await here.record({
    told, said: saidIn(here, desk, portion, told), files: signature ? { signature } : {}, label: person.name,
  });
  if (!made) return;
  asked.next();
  here.back();
};

// Who fetches it, where somebody else may; whom the person named stands in plain sight.
const proxyBox = (here, desk, { portion }, asked) => {
  const name = proxiesOf(here, desk)[portion];
  asked.proxyRow = line("proxy", "pickups.proxy_name", { maxLength: 60 });
  asked.proxy = asked.proxyRow.querySelector("input");
  asked.fold = el("details", el("summary", here.t("pickups.proxy")), asked.proxyRow);
  const take = () => {
    asked.fold.open = true;
    asked.proxy.value = name;
  };
  return [name ? button(here.t("pickups.proxy_named", { name }), take, ".wide") : null, asked.fold];
};

// Signed on the screen, or confirmed by name where somebody can't or won't: one of the two.
const signing = (here, press, asked) => {
  const check = () => { press.disabled = !(asked.pad.png() || asked.byName.checked); };
  asked.pad = sign({ label: here.t("pickups.sign") });
  asked.pad.changed = check;
  const tick = pick("checkbox", "by_name", "yes", here.t("pickups.by_name"));
  asked.byName = tick.querySelector("input");
  asked.byName.addEventListener("change", check);
  check();
  return [asked.pad, tick];
};

const DOUBTS = { taken: "twice", here: "twice", early: "too_early" };

const portionBox = (here, desk, person, portion, { rules, next }) => {
  const stands = standing(here, desk, portion);
  const isDue = !(stands.state in DOUBTS);
  const isShort = leftAt(here, desk) === 0;
  const isPlain = isDue && !isShort;
  const asked = { next };
  const press = el(`button.big.${isPlain ? "main" : "danger"}`, { type: "button" }, here.t(isPlain ? "pickups.hand" : "pickups.anyway"));
  press.addEventListener("click", async () => {
    press.disabled = true; // a second tap is the same tap
    await hand(here, desk, person, portion, asked);
    press.disabled = false;
  });
  return el(
    "section.portion",
    el(`p.stands.${isDue ? "due" : "not-due"}`, say(here, stands)),
    el("p.soft", [
      person.portions.length > 1 && here.t("pickups.round", { number: portion.round }), batchOf(here, desk, stands.batch),
    ].filter(Boolean).join(" · ")),
    isDue && isShort ? el("p.note.urgent", { role: "alert" }, here.t("pickups.short")) : null,
    !isDue ? el("p.note", here.t(`pickups.${DOUBTS[stands.state]}`)) : null,
    rules.proxies ? proxyBox(here, desk, portion, asked) : null,
    rules.signature ? signing(here, press, asked) : null,
    press,
  );
};

// `next` makes the desk ready for the next person, once this one has what was due.
const card = (desk, person, next) => ({
  title: "",
  still: true,
  draw(here) {
    const rules = here.pack[`of:${desk.number}`] ?? {};
    const states = person.portions.map((portion) => [portion, standing(here, desk, portion).state]);
    const [due] = states.find(([, state]) => !(state in DOUBTS)) ?? states.find(([, state]) => state === "early") ?? [];
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
  const named = isDue ? namedFor(here, desk, person) : "";
  return el(
    "li",
    el(
      "button.person", { type: "button", onclick: () => here.go(card(desk, person, next)) },
      el("span.title", person.name),
      el("span.detail", [person.unit, named && here.t("pickups.proxy_for", { name: named })].filter(Boolean).join(" · ")),
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

// Desks where this device handed something out come first, those without a kit last.
const byUse = (here) => {
  const place = (desk) => (ownOf(here, desk).length ? 0 : Number(leftAt(here, desk) === 0) + 1);
  return desksOf(here).sort((one, other) => place(one) - place(other));
};

export default {
  name: "pickups",
  cards: (here) => byUse(here).map((desk) => ({
    title: `${here.t("pickups.title")} · ${desk.name}`,
    detail: here.pack[`of:${desk.number}`]?.title,
    badge: here.t("pickups.left", { count: leftAt(here, desk) }),
    open: () => here.go(counter(desk.id)),
  })),
  line: (record) => record.label,
  isDecided,
};
