// What a report gains from a script. Everything on the page works without it.
"use strict";

// Storage may be refused (private window, local file): the page then forgets, no more.
const memory = {
  read(key) { try { return localStorage.getItem(key); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, value); } catch { /* forgotten */ } },
};
const words = document.body.dataset;

// Code folds stay as the reader left them, by their place on the page.
document.querySelectorAll(".wb-code").forEach((fold, place) => {
  const key = `wb-fold ${location.pathname} ${place}`;
  fold.open = memory.read(key) === "open";
  fold.addEventListener("toggle", () => memory.write(key, fold.open ? "open" : ""));
});

// Each command can be copied.
document.querySelectorAll(".wb-command").forEach((block) => {
  const command = block.textContent.trim();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "wb-copy";
  button.textContent = words.copy;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 2000);
    } catch {
      getSelection().selectAllChildren(block.querySelector("code") ?? block);
    }
  });
  block.append(button);
});

// The contents show which section is being read.
const sections = new Map();
document.querySelectorAll(".wb-toc a").forEach((link) => {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (heading) sections.set(heading, link);
});
function mark() {
  let current = null;
  for (const heading of sections.keys()) {
    if (heading.getBoundingClientRect().top < innerHeight / 3) current = heading;
  }
  const last = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  if (last) current = [...sections.keys()].pop();
  sections.forEach((link, heading) => {
    if (heading === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  });
}
if (sections.size) {
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
}

// Tables marked wb-sortable sort by a column; data-value holds a cell's number when it has one.
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
const number = (cell) => Number(cell.dataset.value || NaN);
function compare(one, other, direction) {
  const [a, b] = [number(one), number(other)];
  if (isNaN(a) && isNaN(b)) return direction * collator.compare(one.textContent, other.textContent);
  return isNaN(a) - isNaN(b) || direction * (a - b); // what has no number stays last
}
document.querySelectorAll("table.wb-sortable thead th[scope=col]").forEach((header) => {
  const button = document.createElement("button");
  button.type = "button";
  button.title = words.sort;
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener("click", () => {
    const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    header.parentNode.querySelectorAll("th").forEach((th) => th.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    const body = header.closest("table").tBodies[0];
    const cell = (row) => row.cells[header.cellIndex];
    body.append(...[...body.rows].sort((a, b) => compare(cell(a), cell(b), direction)));
  });
});
