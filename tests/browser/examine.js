// Examines the page by axe: every rule everywhere, but the contrast only where it was not found good before.
//
// Four fifths of the time goes into contrast, and most words stand on a page as they stood on the one before.
// What contrast hangs on is told by `look`; a look is known once axe itself passed an element of that look.
// What axe is not sure about never becomes known, nor does what is not on top where its words are.
async ({ rules, known }) => {
  const before = new Set(known);
  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };

  const places = (element) => {
    if (element.matches("input, select, textarea, button")) return [element.getBoundingClientRect()];
    const range = document.createRange();
    return [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()).flatMap((node) => {
      range.selectNodeContents(node);
      return [...range.getClientRects()];
    });
  };

  const CLEAR = "rgba(0, 0, 0, 0),none,1,none,normal";
  const grounds = new Map();
  const groundOf = (element) => {
    if (!grounds.has(element)) {
      const style = styleOf(element);
      grounds.set(element, [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode].join());
    }
    return grounds.get(element);
  };

  const look = (element, rects) => {
    const layers = new Set();
    for (const rect of rects) {
      const stack = document.elementsFromPoint(rect.left + rect.width / 2, rect.top + rect.height / 2);
      if (!stack.includes(element)) return null;
      layers.add(stack.map((one) => (one === element ? "self:" : "") + groundOf(one)).filter((one) => one !== CLEAR).join(";"));
    }
    const above = [];
    for (let one = element; one; one = one.parentElement) if (styleOf(one).opacity !== "1") above.push(styleOf(one).opacity);
    const { color, fontSize, fontWeight, textShadow, webkitTextStroke, webkitTextFillColor } = styleOf(element);
    const words = [color, fontSize, fontWeight, textShadow, webkitTextStroke, webkitTextFillColor];
    return [...words, ...above, ...[...layers].sort()].join("|");
  };

  const looks = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    const rects = places(element);
    if (rects.length) looks.set(element, look(element, rects));
  }
  const fresh = [...looks.keys()].filter((element) => !before.has(looks.get(element)));
  const all = await axe.run({ ...rules, rules: { "color-contrast": { enabled: false } } });
  const violations = [...all.violations];
  const passed = [];
  if (fresh.length) {
    const contrast = await axe.run(
      { include: fresh },
      { runOnly: { type: "rule", values: ["color-contrast"] }, resultTypes: ["violations", "passes"], elementRef: true },
    );
    violations.push(...contrast.violations);
    for (const rule of contrast.passes) for (const node of rule.nodes) passed.push(looks.get(node.element));
  }
  return {
    faults: violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target.join(" "))]),
    passed: passed.filter((one) => one),
  };
}
