// The first screen: what there is to do, and how what was recorded stands.

import { clearing } from "./clear.js";
import { button, clock, el } from "./dom.js";
import { app, back, go, hereOf, redraw, reread, say } from "./here.js";
import { KINDS } from "./kinds.js";
import { UNSENT, dismiss } from "./outbox.js";
import { one } from "./record.js";
import * as sync from "./sync.js";
import { choose, language, languages, t } from "./words.js";

const kindOf = (row) => KINDS.find(({ name }) => name === row.kind);
const isDecided = (row) => Boolean(kindOf(row)?.isDecided?.(hereOf(row.kind), row));
const count = (...states) => app.records.filter((row) => states.includes(row.state) && !isDecided(row)).length;

const card = ({ title, detail, badge, open }) => el(
  "button.card", { type: "button", onclick: open },
  el("span.title", title), badge && el("span.badge", String(badge)), detail && el("span.detail", detail),
);

const cards = async () => {
  const found = [];
  for (const kind of KINDS) {
    if (app.packs[kind.name]) found.push(...(await kind.cards(hereOf(kind.name))));
  }
  if (found.length) return found.map(card);
  return [el("p.soft", t(sync.renewed() || !navigator.onLine ? "nothing" : "renewing"))];
};

const renew = async () => {
  say(t("renewing"));
  try {
    await sync.renew();
    say("");
    await sync.run();
  } catch (error) {
    say(sync.faultOf(error), true);
  }
};

export const home = (lock) => ({
  title: t("home"),
  async draw() {
    const [refused, waits] = [count("refused"), count("waits")];
    const at = sync.renewed();
    return el(
      "div.home",
      el("h1", t("home")),
      ...(await cards()),
      refused ? el("p.note.urgent", { role: "alert" }, t("refused_some", { count: refused })) : null,
      waits ? el("p.note", t("waits_some", { count: waits })) : null,
      el(
        "div.tools",
        button(t("records"), () => go(records()), ".wide"),
        button(t("renew"), renew, ".wide"),
        button(t("lock"), lock, ".wide"),
      ),
      app.isLoose ? el("p.soft", t("kept_loosely")) : null,
      el("p.soft", [app.vault.name, at && t("as_of", { time: clock(at) })].filter(Boolean).join(" · ")),
      tongues(),
      el("p.links", el("a", { href: "/" }, t("site")), el("a", { href: "/field/devices/" }, t("devices"))),
    );
  },
});

export const tongues = () => el(
  "p.links",
  languages().map(([name, label]) => el(
    "button.plain",
    {
      type: "button",
      lang: name,
      "aria-pressed": String(name === language),
      onclick: async () => {
        await choose(name);
        app.frame?.();
        redraw();
      },
    },
    label,
  )),
);

const line = (row) => {
  const kind = kindOf(row);
  const state = row.state;
  const isStuck = row.broken && UNSENT.has(state);
  const mend = state === "refused" && kind?.mend?.(hereOf(kind.name), row);
  return el(
    `li.record.${state}`,
    el("p", el("strong", kind ? kind.line(row) : row.label), " ", el("span.soft", clock(row.recordedAt))),
    el("p.state", t(isStuck ? "state.broken" : `state.${isDecided(row) ? "decided" : state}`)),
    row.sentence && !isDecided(row) ? el("p", row.sentence) : null,
    row.url && el("p", el("a", { href: row.url }, t("open_site"))),
    !row.broken && button(t("look"), () => go(one(row)), ".wide"),
    mend && button(t("mend"), mend, ".wide"),
    state === "refused" && button(t("dismiss_refused"), () => go(parting(row)), ".plain"),
    (state === "waits" || state === "taken") && button(t("dismiss"), async () => {
      await putAway(row);
      redraw();
    }, ".plain"),
  );
};

const putAway = async ({ key }) => {
  await dismiss(key);
  await reread();
  if (sync.state.closed) sync.run(); // it may have been the last that keeps a closed device from being emptied
};

// What was refused is kept nowhere else: it is asked once more before it goes.
const parting = (row) => ({
  title: t("dismiss_refused"),
  still: true,
  draw: () => el(
    "div",
    el("p", el("strong", row.label), " ", el("span.soft", clock(row.recordedAt))),
    row.sentence && el("p", row.sentence),
    el("p.note.urgent", t("dismiss_sure")),
    button(t("dismiss_refused"), async () => {
      await putAway(row);
      back();
    }, ".big.danger"),
  ),
});

const records = () => ({
  title: t("records"),
  draw: () => el(
    "div",
    app.records.length ? el("ul.records", app.records.toReversed().map(line)) : el("p.soft", t("records_none")),
    button(t("clear"), () => go(clear()), ".plain.danger"),
  ),
});

const clear = () => ({
  title: t("clear"),
  still: true,
  draw: () => clearing(app.vault.person, () => {
    sync.stop();
    location.replace("/field/?cleared");
  }),
});

export const unsent = () => app.records.filter(({ state }) => UNSENT.has(state)).length;
