// The gallery's search, level filter and map. Without this script the lists remain.
"use strict";

const SHOWN = 20;
const search = document.querySelector(".wb-search");
const input = document.getElementById("wb-query");
const list = document.getElementById("wb-results");
const status = search.querySelector("[role=status]");
const digits = /^\d/;

// --- Text: "saint etienne", "St-Étienne" and "SAINT-ÉTIENNE" are one name ----------------

const letter = /[\p{L}\p{N}]/u;
const spelled = { st: "saint", ste: "sainte", sts: "saints", stes: "saintes" };

// One text or a column of them, a line each: folded at once, 35,000 names take no time.
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase()
    .replace(/œ/g, "oe").replace(/æ/g, "ae")
    // Most letters are plain by now: the classes of Unicode, slow, see only what is not.
    .replace(/[^a-z0-9\n]+/g, (run) => (letter.test(run) ? run.replace(/[^\p{L}\p{N}]+/gu, " ") : " "))
    .replace(/^ | $/gm, "")
    .replace(/(?<![^ \n])(?:stes?|sts?)(?= )/g, (short) => spelled[short]);
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

function prepare({ lang, levels, parents, within, names, codes, postcodes, hrefs, others }) {
  const lines = (text) => text.split("\n");
  const also = others ? lines(others) : null; // names in other languages
  const key = fold(also ? lines(names).map((name, row) => `${name} ${also[row]}`).join("\n") : names);
  const plain = lines(fold(codes).replaceAll(" ", ""));
  return {
    lang, levels, parents, within, hrefs,
    size: within.length,
    own: lines(codes),
    names: lines(names),
    keys: lines(` ${key.replaceAll("\n", "\n ")}`), // a space before each word
    joined: lines(key.replaceAll(" ", "")),
    codes: plain,
    marks: lines(postcodes.toLowerCase()).map((found, row) => ` ${plain[row]} ${found}`),
  };
}

function entryAt(index, row) {
  let level = 0;
  for (let last = index.levels[0][2]; row >= last; last += index.levels[level][2]) level += 1;
  const [label, folder] = index.levels[level];
  const code = index.own[row];
  return {
    name: index.names[row], code, label, within: index.parents[index.within[row]],
    href: search.dataset.root + (index.hrefs[row] ?? `${folder}/${code}.${index.lang}.html`),
  };
}

// --- Rank: lower is better, null is no match --------------------------------------------

function rank(index, row, { query, joined, words }) {
  if (index.codes[row] === joined) return 0;
  if (digits.test(joined)) return index.marks[row].includes(` ${joined}`) ? 1 : null;
  const key = index.keys[row];
  const place = key.indexOf(query);
  if (place === 0) return key.length === query.length ? 0 : 1;
  if (place > 0) return 2;
  if (words.length > 1 && words.every((word) => key.includes(word))) return 3;
  return index.joined[row].includes(joined) ? 4 : null;
}

// Rows are in the order of results already: those of a rank need no sorting.
function find(index, text) {
  const folded = fold(text);
  const wanted = {
    query: ` ${folded}`,
    joined: folded.replaceAll(" ", ""),
    words: folded.split(" ").map((word) => ` ${word}`),
  };
  const found = [[], [], [], [], []];
  let count = 0;
  for (let row = 0; folded && row < index.size; row += 1) {
    const place = rank(index, row, wanted);
    if (place === null) continue;
    count += 1;
    if (found[place].length < SHOWN) found[place].push(row);
  }
  return { count, entries: found.flat().slice(0, SHOWN).map((row) => entryAt(index, row)) };
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
  list.replaceChildren(...found.map(option));
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
  const index = await readIndex();
  if (turn !== asked) return; // a later letter has been typed
  const { count, entries } = find(index, text);
  show(entries);
  const { none, one, many } = search.dataset;
  const said = [none, one][count] ?? many.replace("{count}", count.toLocaleString(index.lang));
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
