// The first letters of the pinyin of a name: the browser knows how Chinese is ordered, and no table is needed.

const LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ";
const FIRST = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀"; // the first character under each letter
const SURNAMES = { 曾: "Z", 单: "S", 仇: "Q", 解: "X", 查: "Z", 区: "O", 朴: "P", 翟: "Z", 盖: "G", 尉: "W", 缪: "M", 覃: "Q", 冼: "X", 员: "Y", 种: "C", 折: "S" };

const order = new Intl.Collator("zh-Hans-CN-u-co-pinyin").compare;
const known = new Map();

const letterOf = (sign) => {
  if (known.has(sign)) return known.get(sign);
  let found = sign.toUpperCase();
  if (/\p{Script=Han}/u.test(sign)) {
    let at = LETTERS.length - 1;
    while (at > 0 && order(sign, FIRST[at]) < 0) at -= 1;
    found = LETTERS[at];
  }
  known.set(sign, found);
  return found;
};

export const initials = (name) => {
  const [first = "", ...rest] = name.replace(/[\s·]/g, "");
  return (SURNAMES[first] ?? letterOf(first)) + rest.map(letterOf).join("");
};
