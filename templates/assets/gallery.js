// The gallery's search, level filter and map. Without this script the lists remain.
"use strict";

const SHOWN = 20;
const search = document.querySelector(".wb-search");
const input = document.getElementById("wb-query");
const list = document.getElementById("wb-results");
const status = search.querySelector("[role=status]");
const digits = /^\d/;

// --- Text: "saint etienne", "St-Étienne" and "SAINT-ÉTIENNE" are one name ----------------

const spelled = { st: "saint", ste: "sainte", sts: "saints", stes: "saintes" };

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/œ/g, "oe").replace(/æ/g, "ae")
    .replace(/[^\p{L}\p{N}]+/gu, " ").trim()
    .replace(/(?<!\S)(?:stes?|sts?)(?=\s)/g, (short) => spelled[short]);
}

// --- Index: read when first needed, from a script as a local file cannot be fetched -----

let reading = null;
function readIndex() {
  reading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = search.dataset.index;
    script.onload = () => done(prepare(globalThis.galleryIndex));
    script.onerror = failed;
    document.head.append(script);
  });
  return reading;
}

function prepare({ levels, rows }) {
  return rows.map(([name, code, level, within, postcodes, href, population]) => {
    const key = fold(name);
    return {
      name, code, within, href, population, level, label: levels[level], key,
      joined: key.replaceAll(" ", ""), codes: `${code} ${postcodes}`.toLowerCase().split(" "),
    };
  });
}

// --- Rank: lower is better, null is no match --------------------------------------------

function rank(entry, query, joined, words) {
  if (entry.codes[0] === joined) return 0;
  if (digits.test(joined)) {
    return entry.codes.some((code) => code.startsWith(joined)) ? 1 : null;
  }
  if (entry.key === query) return 0;
  if (entry.key.startsWith(query)) return 1;
  const spaced = ` ${entry.key}`;
  if (spaced.includes(` ${query}`)) return 2;
  if (words.every((word) => spaced.includes(` ${word}`))) return 3;
  return entry.joined.includes(joined) ? 4 : null;
}

function find(entries, text) {
  const query = fold(text);
  if (!query) return [];
  const joined = query.replaceAll(" ", "");
  const words = query.split(" ");
  const found = [];
  for (const entry of entries) {
    const place = rank(entry, query, joined, words);
    if (place !== null) found.push([place, entry]);
  }
  found.sort(([one, a], [other, b]) => one - other || a.level - b.level
    || b.population - a.population || a.key.localeCompare(b.key));
  return found.map(([, entry]) => entry);
}

// --- Combobox: the input keeps the focus, the active option is named to it -----------------

let active = -1;
let asked = 0;

function option(entry, number) {
  const item = document.createElement("li");
  item.id = `wb-option-${number}`;
  item.role = "option";
  item.ariaSelected = "false";
  item.dataset.href = entry.href;
  const code = document.createElement("span");
  code.className = "wb-code-label";
  code.textContent = entry.code;
  const detail = document.createElement("span");
  detail.textContent = [entry.label, entry.within].filter(Boolean).join(" · ");
  item.append(entry.name, code, detail);
  return item;
}

function show(found) {
  active = -1;
  list.replaceChildren(...found.slice(0, SHOWN).map(option));
  list.hidden = found.length === 0;
  input.ariaExpanded = String(found.length > 0);
  input.removeAttribute("aria-activedescendant");
  if (found.length) choose(0);
  else light(null);
}

function choose(number) {
  const options = list.children;
  if (!options.length) return;
  options[active]?.setAttribute("aria-selected", "false");
  active = (number + options.length) % options.length;
  const chosen = options[active];
  chosen.ariaSelected = "true";
  chosen.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", chosen.id);
  light(chosen.dataset.href);
}

async function answer() {
  const turn = ++asked;
  const text = input.value;
  const entries = await readIndex();
  if (turn !== asked) return; // a later letter has been typed
  const found = find(entries, text);
  show(found);
  const { none, one, many } = search.dataset;
  const said = [none, one][found.length] ?? many.replace("{count}", found.length);
  status.textContent = fold(text) ? said : "";
}

function open(item) {
  if (item) location.href = item.dataset.href;
}

function clear() {
  input.value = "";
  asked += 1;
  show([]);
  status.textContent = "";
}

input.addEventListener("focus", readIndex);
input.addEventListener("input", answer);
input.addEventListener("blur", () => { list.hidden = true; input.ariaExpanded = "false"; });
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    if (list.hidden) answer();
    else choose(active + steps[event.key]);
  } else if (event.key === "Enter") {
    open(list.hidden ? null : list.children[active]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    clear();
  }
});
list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays
list.addEventListener("click", (event) => open(event.target.closest("[role=option]")));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
  input.select();
});
search.hidden = false;

// --- Levels: the buttons keep one level in the lists -----------------------------------------

const chips = document.querySelector(".wb-chips");
chips?.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  const { level } = pressed.dataset;
  for (const chip of chips.children) chip.ariaPressed = String(chip === pressed);
  for (const group of document.querySelectorAll(".wb-group")) {
    const items = [...group.querySelectorAll("li")];
    for (const item of items) item.hidden = Boolean(level) && item.dataset.level !== level;
    const heads = group.querySelector("h3").dataset.level === level;
    group.hidden = Boolean(level) && !heads && items.every((item) => item.hidden);
  }
});
if (chips) chips.hidden = false;

// --- Map: a place is lit on the map and in the list together, by the address they share ---

let lit = [];
function light(href) {
  for (const link of lit) link.classList.remove("wb-lit");
  const links = document.querySelectorAll(".wb-map a, .wb-groups a");
  lit = href ? [...links].filter((link) => link.getAttribute("href") === href) : [];
  for (const link of lit) link.classList.add("wb-lit");
}
for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    const link = target.closest?.(".wb-map a, .wb-groups a");
    light(link?.getAttribute("href") ?? list.children[active]?.dataset.href);
  });
}
