// Menus and narrow tables: what HTML alone leaves undone. Every page works without this file.

document.documentElement.classList.add("js");

// A menu is a <details class="menu">: it opens by itself; here it also closes when one turns away.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

// Where the places of the menu are moved along, the one that the page belongs to is in sight.
const here = document.querySelector(".places [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft + here.offsetWidth - here.parentElement.offsetLeft - here.parentElement.clientWidth / 2;

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  closeMenus(null);
  menu?.querySelector("summary").focus();
});

// Below 640 px a table.cards is laid out as cards, and browsers then forget that it is a table.
const ROLES = {
  TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup",
  TR: "row", TD: "cell",
};

const keepTables = (root) => {
  for (const table of root.querySelectorAll("table.cards")) {
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, td")]) {
      part.setAttribute("role", ROLES[part.tagName]);
    }
    for (const head of table.querySelectorAll("th")) {
      head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
    }
  }
};

keepTables(document);
document.addEventListener("songnuan:page", (event) => keepTables(event.target));
document.addEventListener("htmx:afterSwap", (event) => keepTables(event.target));

// After a refused form, the list of errors is what one reads first.
document.querySelector("[data-errors]")?.focus();
