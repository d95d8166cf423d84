// A signature by finger or mouse, kept as PNG (a data URL) in a hidden input.
//
// <div data-signature><canvas></canvas><button type="button" data-clear>…</button>
// <p data-too-short="…" aria-live="polite"></p><input type="hidden"></div>
// It is never the only way: the form also has a box for a receiver who confirms by name.

const SHORTEST = 60; // of all strokes together, in CSS pixels: a tapped dot is no signature; the house looks once more

const SMALLEST = 1 / 7; // of the height of the place: how wide or how high they are together

const extentOf = (strokes) => {
  const points = strokes.flatMap((stroke) => stroke.points);
  const reach = (values) => Math.max(...values) - Math.min(...values);
  return Math.max(reach(points.map(({ x }) => x)), reach(points.map(({ y }) => y)));
};

const lengthOf = (strokes) => {
  let length = 0;
  for (const { points } of strokes) {
    for (let at = 1; at < points.length; at += 1) length += Math.hypot(points[at].x - points[at - 1].x, points[at].y - points[at - 1].y);
  }
  return length;
};

const setUp = (box) => {
  const canvas = box.querySelector("canvas");
  const value = box.querySelector("input[type=hidden]");
  const short = box.querySelector("[data-too-short]");
  const pad = new window.SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.6, penColor: "#1f1c18" });
  let given = value.value;

  const fit = () => {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    if (canvas.width === Math.round(canvas.offsetWidth * ratio)) return;
    const strokes = pad.toData();
    canvas.width = Math.round(canvas.offsetWidth * ratio);
    canvas.height = Math.round(canvas.offsetHeight * ratio);
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
    else if (given) pad.fromDataURL(given, { width: canvas.offsetWidth, height: canvas.offsetHeight });
  };

  const keep = () => {
    const strokes = pad.toData();
    const isSmall = () => lengthOf(strokes) < SHORTEST || extentOf(strokes) < canvas.offsetHeight * SMALLEST;
    const isShort = !pad.isEmpty() && !given && isSmall();
    short.textContent = isShort ? short.dataset.tooShort : "";
    value.value = pad.isEmpty() || isShort ? "" : pad.toDataURL("image/png");
    box.classList.toggle("signed", Boolean(value.value));
    if (value.value) box.dispatchEvent(new CustomEvent("songnuan:signed", { bubbles: true }));
  };

  pad.addEventListener("endStroke", keep);
  const clear = () => {
    given = "";
    pad.clear();
    keep();
  };
  box.querySelector("[data-clear]").addEventListener("click", clear);
  // What is signed for was changed after the signature: it holds no more.
  box.addEventListener("songnuan:unsign", clear);
  box.classList.toggle("signed", Boolean(given));
  new ResizeObserver(fit).observe(canvas);
  fit();
};

// Nobody signs through a telephone: chosen as the way, it takes the signature back. Whether the receiver confirms
// by name is nobody's to tick but the visitor's.
const byCall = ({ target }) => {
  if (!target.matches("form[data-field] [name=form]") || target.value !== "call") return;
  const pad = target.form.querySelector("[data-signature].signed");
  if (pad) pad.dispatchEvent(new CustomEvent("songnuan:unsign"));
};
document.addEventListener("change", byCall);

const setUpAll = (root) => {
  if (window.SignaturePad) root.querySelectorAll("[data-signature]").forEach(setUp);
};

setUpAll(document);
document.addEventListener("songnuan:page", (event) => setUpAll(event.target));
