// A signature: const pad = sign(); pad.png() → bytes of a PNG; null where nobody has signed; pad.clear().
// pad.strokes() is what was drawn, pad.draw(strokes) puts it there again; pad.changed() is called when it changes.
//
// What counts as one is judged as on the site's pages (signature.js).

import { bytesOf } from "./crypto.js";
import { button, el } from "./dom.js";
import { t } from "./words.js";

const SHORTEST = 60;
const SMALLEST = 1 / 7;

const pointsOf = (strokes) => strokes.flatMap((stroke) => stroke.points);

const extentOf = (strokes) => {
  const reach = (values) => Math.max(...values) - Math.min(...values);
  const points = pointsOf(strokes);
  return Math.max(reach(points.map(({ x }) => x)), reach(points.map(({ y }) => y)));
};

const lengthOf = (strokes) => strokes.reduce((sum, { points }) => sum + points.slice(1).reduce(
  (length, { x, y }, at) => length + Math.hypot(x - points[at].x, y - points[at].y), 0,
), 0);

export const sign = ({ label } = {}) => {
  const canvas = el("canvas.pad", { "aria-label": label, role: "img" });
  const short = el("p.soft", { role: "status" });
  let pad;
  const isShort = () => {
    const strokes = pad.toData();
    return lengthOf(strokes) < SHORTEST || extentOf(strokes) < canvas.offsetHeight * SMALLEST;
  };
  const clear = () => {
    pad.clear();
    short.textContent = "";
    box.changed();
  };
  const box = el("div.sign", el("p.label", label), canvas, short, button(t("sign.clear"), clear, ".plain"));
  const fit = () => {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (!canvas.offsetWidth || canvas.width === Math.round(canvas.offsetWidth * ratio)) return;
    const strokes = pad.toData();
    canvas.width = Math.round(canvas.offsetWidth * ratio);
    canvas.height = Math.round(canvas.offsetHeight * ratio);
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
  };
  pad = new window.SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.6, penColor: "#1f1c18" });
  pad.addEventListener("endStroke", () => {
    short.textContent = isShort() ? t("sign.short") : "";
    box.changed();
  });
  new ResizeObserver(fit).observe(canvas);
  box.changed = () => {};
  box.clear = clear;
  box.strokes = () => pad.toData();
  box.draw = (strokes) => pad.fromData(strokes);
  box.png = () => (pad.isEmpty() || isShort() ? null : bytesOf(pad.toDataURL("image/png").split(",")[1]));
  return box;
};
