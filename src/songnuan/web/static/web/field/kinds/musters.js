// Musters: oneself by one tap, others by two.

import { button, clock, el, field } from "../dom.js";
import { initials } from "../pinyin.js";

const SHOWN = 40;
const PATIENCE = 20_000;

const mustersOf = (here) => here.pack.musters ?? [];
const counts = (row) => row.state !== "refused";
const recordOf = (here, muster, line) => here.records().find(
  (row) => row.told.muster === muster.id && (row.told.line ?? null) === line && counts(row),
);

const missingOf = (here, muster) => muster.people.filter(([line]) => !recordOf(here, muster, line));

const asked = (here, box) => new Promise((done) => {
  if (!navigator.geolocation) return done("");
  box.textContent = here.t("musters.place_asking");
  return navigator.geolocation.getCurrentPosition(
    ({ coords }) => done(`${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)},${Math.ceil(coords.accuracy)}`),
    () => done(""),
    { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
  );
});

const own = (here, muster) => {
  const made = recordOf(here, muster, null);
  if (made) return el("p.stands.due", here.t("musters.me_here", { time: clock(made.recordedAt) }));
  if (muster.own === "there") return el("p.stands.due", here.t("musters.me_there"));
  if (!muster.own) return null;
  const place = el("p.soft", { role: "status" });
  let position = "";
  const press = el("button.big.main", { type: "button" }, here.t("musters.me"));
  press.addEventListener("click", async () => {
    press.disabled = true;
    await here.record({ told: { muster: muster.id, position }, label: here.t("musters.own") });
    here.redraw();
  });
  const where = button(here.t("musters.place"), async () => {
    position = await asked(here, place);
    place.textContent = position ? here.t("musters.place_kept", { metres: position.split(",")[2] }) : here.t("musters.place_none");
  }, ".plain");
  return el("section.due-slot", press, el("div", where, place));
};

// The first tap asks, the second one checks in: a check-in is not taken back.
const person = (here, muster, [line, name, section]) => {
  const made = recordOf(here, muster, line);
  if (made) return el("li", el("div.person", el("span.title", name), el("span.stands.due", here.t("musters.here", { time: clock(made.recordedAt) }))));
  const press = el("button.person", { type: "button" }, el("span.title", name), el("span.detail", section));
  const item = el("li", press);
  press.addEventListener("click", () => {
    const sure = el("button.big.main", { type: "button" }, here.t("musters.sure", { name }));
    sure.addEventListener("click", async () => {
      sure.disabled = true;
      await here.record({ told: { muster: muster.id, line }, label: name });
      item.replaceWith(person(here, muster, [line, name, section]));
    });
    item.replaceChildren(sure);
    sure.focus();
  });
  return item;
};

const matches = (text) => ([, name, section]) => {
  const letters = text.toUpperCase();
  return name.includes(text) || section.includes(text) || (/^[A-Z]+$/.test(letters) && initials(name).startsWith(letters));
};

const screen = (id) => ({
  title: "",
  draw(here) {
    const muster = mustersOf(here).find((one) => one.id === id);
    this.title = here.t("musters.title");
    if (!muster) return el("p.note", here.t("musters.over"));
    const list = el("ul.people");
    const sought = el("input", { type: "search", autocomplete: "off", spellcheck: false, value: this.sought ?? "" });
    const show = () => {
      this.sought = sought.value;
      const hits = muster.people.filter(matches(sought.value.trim()));
      list.replaceChildren(...hits.slice(0, SHOWN).map((one) => person(here, muster, one)));
      if (hits.length > SHOWN) list.append(el("li.soft", here.t("musters.more", { count: hits.length - SHOWN })));
      if (!hits.length) list.append(el("li.soft", here.t("musters.nobody")));
    };
    sought.addEventListener("input", show);
    show();
    return el(
      "div",
      el(
        "div", el("p.title", muster.place, muster.drill ? el("span.badge", here.t("musters.drill")) : null),
        el("p.detail", here.t("musters.by", { time: clock(muster.due_at) }), " · ", muster.plan),
      ),
      own(here, muster),
      muster.people.length ? el(
        "section.due-slot", el("h2", here.t("musters.others")),
        el("p.soft", here.t("musters.missing", { count: missingOf(here, muster).length })),
        field(here.t("musters.find"), sought), list,
      ) : null,
    );
  },
});

export default {
  name: "musters",
  cards: (here) => mustersOf(here).map((muster) => ({
    title: `${here.t("musters.title")} · ${muster.place}`,
    detail: here.t("musters.by", { time: clock(muster.due_at) }),
    badge: muster.people.length ? here.t("musters.missing", { count: missingOf(here, muster).length }) : null,
    open: () => here.go(screen(muster.id)),
  })),
  line: (record) => record.label,
};
