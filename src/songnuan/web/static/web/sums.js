// Adds up quantities and prices while one types. What counts is still worked out on the server: this only shows.
// Whole fen in BigInt, so that no sum is off by a fraction. A line that can't be read comes to nothing yet.

const LIMIT = 10n ** 18n - 1n;

const narrow = (text) => text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).trim();

const plain = (text) => narrow(text).replace(/[\s¥￥元]/g, "");

// As the house reads a whole number, and handing.js does.
const whole = (text) => {
  const found = /^\+?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,13})(?:\.0*)?$/.exec(narrow(text));
  return found ? BigInt(found[1].replaceAll(",", "")) : 0n;
};

const fen = (text) => {
  const found = /^([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,17})(?:\.([0-9]{1,2}))?$/.exec(text);
  return found ? BigInt(found[1].replaceAll(",", "")) * 100n + BigInt((found[2] || "").padEnd(2, "0")) : 0n;
};

const yuan = (minor) =>
  `¥${String(minor / 100n).replace(/\B(?=([0-9]{3})+$)/g, ",")}.${String(minor % 100n).padStart(2, "0")}`;

for (const table of document.querySelectorAll("[data-sums]")) {
  table.addEventListener("input", () => {
    let sum = 0n;
    for (const line of table.querySelectorAll("[data-line]")) {
      const [quantity, price] = [...line.querySelectorAll("input")].map((input) => input.value);
      const amount = whole(quantity) * fen(plain(price));
      const shown = amount > 0n && amount <= LIMIT;
      line.querySelector("[data-amount]").textContent = shown ? yuan(amount) : "—";
      sum += shown ? amount : 0n;
    }
    table.querySelector("[data-sum]").textContent = yuan(sum);
    table.querySelector("[data-sum-row]").hidden = sum === 0n || sum > LIMIT;
    // What the server worked out for other figures stands there no longer.
    for (const old of document.querySelectorAll("[data-worked-out]")) old.hidden = true;
  });
}
