// Deleting what nobody else has needs its number to be typed: nobody does that by accident.

import { el, field } from "./dom.js";
import { redraw, say } from "./here.js";
import { countOnlyHere, forget } from "./store.js";
import { t } from "./words.js";

// The form that deletes all that is kept for a person; `done` is called when it is.
export const clearing = async (person, done) => {
  const count = await countOnlyHere(person);
  const typed = el("input", { inputMode: "numeric", autocomplete: "off" });
  const submit = async (event) => {
    event.preventDefault();
    // One more may have been recorded since, in another window.
    const now = await countOnlyHere(person);
    if (typed.value.trim() === String(now) && (await forget(person, now))) return done();
    say(t("clear_wrong"), true);
    if (now !== count) redraw();
    return null;
  };
  return el(
    "form.form", { onsubmit: submit },
    el("p", t("clear_what")),
    field(t("clear_count", { count }), typed),
    el("button.big.danger", t("clear_do")),
  );
};
