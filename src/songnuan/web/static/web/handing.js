// What the unit signs for: kept as the list beside it is ticked, and signed anew when it changes.
//
// <div data-signing data-some="… {goods} …" data-none="…"><p data-signed-text></p><input name="signed_text"></div>
// A form of the visit without anybody there (by telephone) hands nothing over.

// Of an item of more than one pack a number stands beside the tick: <input name="packs_7" data-item data-packing data-most>.

// As the house reads it: in signs of either width, with or without commas between the thousands.
const whole = (text) => {
  const plain = text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).trim();
  const found = /^\+?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0*)?$/.exec(plain);
  return found ? Number(found[1].replaceAll(",", "")) : 0;
};

const packsOf = (box) => {
  const input = box.form.elements[`packs_${box.value}`];
  const packs = whole(input?.value ?? "");
  const most = Number(input?.dataset.most);
  return { input, some: packs > 0 && packs < most ? packs : 0 }; // what is no number of them is refused by the house
};

const wordsOf = (box) => {
  const { input, some } = packsOf(box);
  if (!some) return box.closest("label").textContent.trim();
  return `${input.dataset.item} ${some} ${input.dataset.packing}`;
};

const goodsOf = (form) => {
  const way = form.querySelector("[name=form]:checked");
  if (way && way.value === "call") return [];
  return [...form.querySelectorAll("[name=handed]:checked")].map(wordsOf);
};

const isLess = (form) => [...form.querySelectorAll("[name=handed]")].some((box) => !box.checked || packsOf(box).some);

const setUp = (box) => {
  const form = box.closest("form");
  const text = box.querySelector("[data-signed-text]");
  const value = box.querySelector("[name=signed_text]");
  const said = box.querySelector("[data-unsigned]");
  if (!box.dataset.some) return;

  const say = () => {
    form.querySelector("[name=handed]")?.closest(".in-person")?.classList.toggle("less", isLess(form));
    const goods = goodsOf(form);
    const now = goods.length ? box.dataset.some.replace("{goods}", goods.join("、")) : box.dataset.none;
    if (now === value.value) return;
    text.textContent = now.replace(/(\d) (?=[\u4e00-\u9fff])/g, "$1\u00a0"); // 2 箱 stays on one line
    value.value = now;
    const pad = form.querySelector("[data-signature].signed");
    said.hidden = !pad;
    if (pad) pad.dispatchEvent(new CustomEvent("songnuan:unsign"));
  };

  form.addEventListener("change", (event) => {
    if (event.target.matches("[name=handed], [name^=packs_], [name=form]")) say();
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[name^=packs_]")) say();
  });
  form.addEventListener("songnuan:signed", () => { said.hidden = true; });
  say();
};

const setUpAll = (root) => root.querySelectorAll("[data-signing]").forEach(setUp);

setUpAll(document);
document.addEventListener("songnuan:page", (event) => setUpAll(event.target));
