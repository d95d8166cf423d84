// The words of the app: one file for each language, kept with the shell.

const CHOSEN = "songnuan-field-language";
const LANGUAGES = { "zh-hans": "简体中文", "zh-hant": "繁體中文", en: "English" };

let words = {};
export let language = "zh-hans";

const ofBrowser = () => {
  const told = navigator.language.toLowerCase();
  if (!told.startsWith("zh")) return "en";
  return /hant|tw|hk|mo/.test(told) ? "zh-hant" : "zh-hans";
};

export const languages = () => Object.entries(LANGUAGES);

export const load = async (chosen = localStorage.getItem(CHOSEN) || ofBrowser()) => {
  language = chosen in LANGUAGES ? chosen : "zh-hans";
  words = await (await fetch(`/field/words/${language}.json`)).json();
  document.documentElement.lang = { "zh-hans": "zh-Hans", "zh-hant": "zh-Hant" }[language] ?? language;
  document.title = words.app;
};

export const choose = async (chosen) => {
  localStorage.setItem(CHOSEN, chosen);
  await load(chosen);
};

// A fault that says in words what it is; anything else that is thrown is nothing to show.
export class Said extends Error {}
export const sentenceOf = (error) => (error instanceof Said ? error.message : t("fault_odd"));

// A sentence with its figures and names filled in: t("unsent", { count: 3 }).
export const t = (name, values = {}) => {
  const text = words[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
};
