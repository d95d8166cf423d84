// The screen of one record: what was put down, in words and pictures, also when nothing of it is along any more.

import { base64Of } from "./crypto.js";
import { clock, el } from "./dom.js";
import { app } from "./here.js";
import { filesOf } from "./outbox.js";
import { t } from "./words.js";

const typeOf = (name) => (name === "signature" ? "image/png" : "image/jpeg");

const picture = ([name, bytes]) => el("li", el("img", {
  src: `data:${typeOf(name)};base64,${base64Of(bytes)}`, alt: t(name === "signature" ? "look.signature" : "look.photo"),
}));

export const one = (row) => ({
  title: t("look"),
  async draw() {
    const files = Object.entries(await filesOf(app.vault, row.key));
    return el(
      "div.look",
      el("p.title", row.label), el("p.soft", clock(row.recordedAt)),
      row.sentence && el("p.note", row.sentence),
      row.said?.length ? el("dl", row.said.map(([label, text]) => [el("dt", label), el("dd", text)])) : null,
      files.length ? el("ul.photos.large", files.map(picture)) : null,
    );
  },
});
