// Headings break between the words of Chinese, which has no spaces: a <wbr> stands where a word ends.

const HEADINGS = "h1, h2, h3, h4, .headline, .due-items a, .words > p > a";
const CHINESE = /\p{Script=Han}/u;
const NUMBER = /\p{N}$/u;
// What leans on the word before it: no line begins with one of these.
const LEANS = new Set("的了着过地得们等者类级号家个人项条份次天日月年位处");

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter("zh", { granularity: "word" }) : null;

const pieces = (text) => {
  const found = [""];
  let before = null;
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    // Two single characters side by side are mostly a word that the dictionary lacks, or a name.
    const isOne = before?.segment.length === 1 && segment.length === 1;
    const apart = before?.isWordLike && isWordLike && !isOne && !NUMBER.test(before.segment) && !LEANS.has(segment)
      && CHINESE.test(before.segment + segment);
    if (apart) found.push("");
    found[found.length - 1] += segment;
    before = { segment, isWordLike };
  }
  return found;
};

// In a row of boxes each piece of text would become a box of its own, with a gap around it.
const laidOut = (element) => /flex|grid/.test(getComputedStyle(element).display);

const mark = (root) => {
  for (const heading of root.querySelectorAll(HEADINGS)) {
    if ("phrased" in heading.dataset || laidOut(heading) || !CHINESE.test(heading.textContent)) continue;
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (!laidOut(walker.currentNode.parentElement)) texts.push(walker.currentNode);
    for (const text of texts) {
      const parts = pieces(text.data);
      if (parts.length > 1) text.replaceWith(...parts.flatMap((part, place) => (place ? [document.createElement("wbr"), part] : [part])));
    }
    // A screen reader takes the pieces for words of their own: it is told the whole.
    if (heading.querySelector("wbr") && !heading.querySelector("a, button")) heading.setAttribute("aria-label", heading.textContent.trim());
    heading.dataset.phrased = "";
  }
};

if (segmenter) {
  mark(document);
  document.addEventListener("songnuan:page", (event) => mark(event.target));
  document.addEventListener("htmx:afterSwap", (event) => mark(event.target));
}
