// Reads a code: by the camera, by a photo, or typed. `await scan(here)` → its text; null where it was given up.
//
// The browser's own reader is used where there is one; else one in plain JavaScript reads every picture.

import { smaller } from "./bytes.js";
import { button, el, field } from "./dom.js";
import { go } from "./here.js";
import { t } from "./words.js";

const EVERY = 150;
const SIDE = 800;

const native = async () => {
  const kinds = (await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (!kinds.includes("qr_code")) return null;
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
};

const plain = async () => {
  const { decodeQR } = await import("../../vendor/qr/decode.js");
  return async (source) => {
    const canvas = source instanceof HTMLCanvasElement ? source : drawn(source);
    if (!canvas.width) return null;
    try {
      return decodeQR(canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return null; // no code in this picture
    }
  };
};

const drawn = (video) => {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  if (canvas.width) canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
};

let reader;
const read = async (source) => {
  reader ??= (await native()) ?? (await plain());
  return reader(source);
};

const camera = async (video) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  video.srcObject = stream;
  await video.play();
  return () => stream.getTracks().forEach((track) => track.stop());
};

// Codes may be links to a page of ours: their last part is the code.
export const codeOf = (text) => text.trim().replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").at(-1);

export const scan = () => new Promise((done) => {
  let found = null;
  let over = false;
  let stop = () => {};
  const video = el("video.camera", { muted: true, playsInline: true });
  const said = el("p.soft", { role: "status" }, t("scan.aim"));
  const photo = el("input", { type: "file", accept: "image/*", capture: "environment", hidden: true });
  const typed = el("input", { autocomplete: "off", autocapitalize: "characters", spellcheck: false });

  const finish = (text) => {
    if (over || !text) return;
    found = codeOf(text);
    navigator.vibrate?.(60);
    history.back();
  };

  const look = async () => {
    try {
      stop = await camera(video);
    } catch {
      video.hidden = true;
      said.textContent = t("scan.no_camera");
      return;
    }
    if (over) stop();
    while (!over) {
      finish(await read(video).catch(() => null));
      await new Promise((next) => { setTimeout(next, EVERY); });
    }
  };

  photo.addEventListener("change", async () => {
    const text = photo.files[0] && await smaller(photo.files[0]).then(read).catch(() => null);
    photo.value = "";
    if (text) finish(text);
    else said.textContent = t("scan.none");
  });

  const submit = (event) => {
    event.preventDefault();
    finish(typed.value);
  };

  go({
    title: t("scan.aim"),
    still: true,
    leave() {
      over = true;
      stop();
      done(found);
    },
    draw() {
      look();
      return el(
        "form.form.scan", { onsubmit: submit },
        video, said, photo,
        button(t("scan.photo"), () => photo.click(), ".wide"),
        field(t("scan.type"), typed), el("button.wide", t("save")),
      );
    },
  });
});
