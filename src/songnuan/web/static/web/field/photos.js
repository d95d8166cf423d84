// Photos of a record, made smaller on the device: const box = photos({ most: 6 }); box.files() → bytes by name;
// box.add(files) puts those there that
// were made before. box.changed() is called when there is another photo, or one less.

import { jpegOf, smaller } from "./bytes.js";
import { button, el } from "./dom.js";
import { say } from "./here.js";
import { t } from "./words.js";

const PREVIEW = 200;

const previewOf = async (picture) => (await smaller(picture, PREVIEW)).toDataURL("image/jpeg", 0.7);

export const photos = ({ most = 6 } = {}) => {
  const kept = [];
  const list = el("ul.photos");
  const input = el("input", { type: "file", accept: "image/*", multiple: true, hidden: true });
  const box = el("div.photo-box", list, input, button(t("photos.add"), () => input.click(), ".wide"));

  const draw = () => {
    list.replaceChildren(...kept.map(({ preview }, at) => el(
      "li",
      el("img", { src: preview, alt: "" }),
      button(t("photos.remove", { number: at + 1 }), () => {
        kept.splice(at, 1);
        draw();
        box.changed();
      }, ".plain"),
    )));
  };

  const take = async (files) => {
    for (const file of files) {
      if (kept.length === most) {
        say(t("photos.many", { most }), true);
        break;
      }
      try {
        const canvas = await smaller(file);
        kept.push({ bytes: await jpegOf(canvas), preview: await previewOf(canvas) });
      } catch {
        say(t("photos.unread"), true);
      }
    }
    draw();
    box.changed();
  };

  input.addEventListener("change", async () => {
    await take([...input.files]);
    input.value = "";
  });

  // They were made here: drawn anew each time they would fade.
  box.add = async (files) => {
    for (const [name, bytes] of Object.entries(files)) {
      if (name.startsWith("photo-")) kept.push({ bytes, preview: await previewOf(new Blob([bytes])) });
    }
    draw();
  };

  box.changed = () => {};
  box.files = () => Object.fromEntries(kept.map(({ bytes }, at) => [`photo-${at + 1}`, bytes]));
  return box;
};
