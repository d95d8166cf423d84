// The first screen: what there is to do, and how what was recorded stands.

import { button, clock, el, field } from "./dom.js";
import { app, go, hereOf, redraw, reread, say } from "./here.js";
import { KINDS } from "./kinds.js";
import { UNSENT, countUnsent, dismiss } from "./outbox.js";
import { one } from "./record.js";
import { forget } from "./store.js";
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
    say(t(error.constructor.name === "SignedOut" ? "signed_out" : "fault"), true);
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
  const isDone = state === "refused" || state === "waits" || state === "taken";
  const mend = state === "refused" && kind?.mend?.(hereOf(kind.name), row);
  return el(
    `li.record.${state}`,
    el("p", el("strong", kind ? kind.line(row) : row.label), " ", el("span.soft", clock(row.recordedAt))),
    el("p.state", t(`state.${isDecided(row) ? "decided" : state}`)),
    row.sentence && !isDecided(row) ? el("p", row.sentence) : null,
    row.url && el("p", el("a", { href: row.url }, t("open_site"))),
    button(t("look"), () => go(one(row)), ".wide"),
    mend && button(t("mend"), mend, ".wide"),
    isDone && button(t("dismiss"), async () => {
      await dismiss(row.key);
      await reread();
      redraw();
    }, ".plain"),
  );
};

const records = () => ({
  title: t("records"),
  draw: () => el(
    "div",
    app.records.length ? el("ul.records", app.records.toReversed().map(line)) : el("p.soft", t("records_none")),
    button(t("clear"), () => go(clear()), ".plain.danger"),
  ),
});

// Deleting what was not sent needs its number to be typed: nobody does that by accident.
const clear = () => ({
  title: t("clear"),
  still: true,
  async draw() {
    const unsent = await countUnsent(app.vault.person);
    const typed = el("input", { inputMode: "numeric", autocomplete: "off" });
    const submit = async (event) => {
      event.preventDefault();
      // One more may have been recorded since, in another window.
      const now = await countUnsent(app.vault.person);
      if (typed.value.trim() !== String(now)) {
        say(t("clear_wrong"), true);
        if (now !== unsent) redraw();
        return;
      }
      const { person } = app.vault;
      sync.stop();
      await forget(person);
      location.replace("/field/?cleared");
    };
    return el(
      "form.form", { onsubmit: submit },
      el("p", t("clear_what")),
      field(t("clear_count", { count: unsent }), typed),
      el("button.big.danger", t("clear_do")),
    );
  },
});

export const unsent = () => app.records.filter(({ state }) => UNSENT.has(state)).length;
