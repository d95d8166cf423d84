// Elements made by hand: el("button.big", { type: "button", onclick }, "text", child …).

export const el = (name, ...rest) => {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const one of rest.flat(2)) {
    if (one === null || one === undefined || one === false) continue;
    if (one instanceof Node || typeof one !== "object") node.append(one);
    else set(node, one);
  }
  return node;
};

const set = (node, given) => {
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.startsWith("aria")) node[name] = value;
    else node.setAttribute(name, value);
  }
};

export const button = (text, onclick, more = "") => el(`button${more}`, { type: "button", onclick }, text);

let last = 0;

// A field with its label above: the input is `.input` of what is returned.
export const field = (text, input, hint = "") => {
  last += 1;
  input.id = `f${last}`;
  const row = el("div.row", el("label", { htmlFor: input.id }, text), input, hint && el("p.soft", hint));
  row.input = input;
  return row;
};

// A time of the day where it is of today, else with its day; in the time of the place.
export const clock = (moment) => {
  const at = new Date(moment);
  const two = (number) => String(number).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${at.getMonth() + 1}-${at.getDate()} ${time}`;
};
