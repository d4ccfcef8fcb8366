// Search of the catalogue: every word typed must be in the entry, whatever its case and accents.
(() => {
  "use strict";
  const box = document.querySelector(".wb-find");
  if (!box) return;
  const input = box.querySelector("input");
  const count = box.querySelector("[role=status]");
  const nothing = document.querySelector(".wb-nothing");
  const cards = [...document.querySelectorAll(".wb-cards > li")];
  const fold = (text) => text.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae")
    .normalize("NFKD").replace(/\p{M}/gu, "");

  const look = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const card of cards) {
      card.hidden = !words.every((word) => card.dataset.words.includes(word));
      if (!card.hidden) found += 1;
    }
    nothing.hidden = found > 0;
    const text = found === 1 ? box.dataset.one : box.dataset.other.replace("{count}", found);
    count.textContent = words.length && found ? text : "";
    const place = new URL(location.href);
    if (words.length) place.searchParams.set("q", input.value);
    else place.searchParams.delete("q");
    history.replaceState(null, "", place);
  };

  box.hidden = false;
  input.value = new URL(location.href).searchParams.get("q") ?? "";
  input.addEventListener("input", look);
  if (input.value) look();
})();
