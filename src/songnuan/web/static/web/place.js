// Where the device stands, asked only when the button is pressed: <div data-place data-kept="…" …>.

const PATIENCE = 20_000;
const DENIED = 1;

const setUp = (box) => {
  const ask = box.querySelector("[data-place-ask]");
  const drop = box.querySelector("[data-place-drop]");
  const said = box.querySelector("[data-place-said]");
  const value = box.querySelector("input[type=hidden]");

  const show = (sentence) => {
    said.textContent = sentence;
    drop.hidden = !value.value;
  };

  const keep = ({ coords }) => {
    const metres = Math.ceil(coords.accuracy);
    value.value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)},${metres}`;
    show(box.dataset.kept.replace("{metres}", metres));
    value.dispatchEvent(new Event("input", { bubbles: true }));
  };

  ask.addEventListener("click", () => {
    if (!navigator.geolocation) return show(box.dataset.denied);
    show(box.dataset.asking);
    navigator.geolocation.getCurrentPosition(
      keep,
      (error) => show(error.code === DENIED ? box.dataset.denied : box.dataset.failed),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
    );
  });
  drop.addEventListener("click", () => {
    value.value = "";
    show(box.dataset.gone);
    ask.focus();
  });
  if (value.value) show(box.dataset.kept.replace("{metres}", value.value.split(",")[2]));
};

const setUpAll = (root) => root.querySelectorAll("[data-place]").forEach(setUp);

setUpAll(document);
document.addEventListener("songnuan:page", (event) => setUpAll(event.target));
