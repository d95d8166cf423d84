// Photos of a record, made smaller on the device: const box = photos({ most: 6 }); box.files() → bytes by name;
// box.add(files) puts those of a record there that is mended.

import { jpegOf, smaller } from "./bytes.js";
import { button, el } from "./dom.js";
import { say } from "./here.js";
import { t } from "./words.js";

const PREVIEW = 200;

export const photos = ({ most = 6, onchange = () => {} } = {}) => {
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
        onchange();
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
        const preview = (await smaller(canvas, PREVIEW)).toDataURL("image/jpeg", 0.7);
        kept.push({ bytes: await jpegOf(canvas), preview });
      } catch {
        say(t("photos.unread"), true);
      }
    }
    draw();
    onchange();
  };

  input.addEventListener("change", async () => {
    await take([...input.files]);
    input.value = "";
  });

  box.add = (files) => take(Object.entries(files).filter(([name]) => name.startsWith("photo-")).map(([, bytes]) => new Blob([bytes])));

  box.files = () => Object.fromEntries(kept.map(({ bytes }, at) => [`photo-${at + 1}`, bytes]));
  return box;
};
