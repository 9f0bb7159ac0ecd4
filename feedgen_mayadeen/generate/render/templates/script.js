"use strict";
const all = (query, root = document) => [...root.querySelectorAll(query)];
const said = document.getElementById("said");
let silence;
const say = (text) => {
  said.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { said.textContent = ""; }, 5000);
};

for (const part of all("[data-script]")) part.hidden = false;

// The addresses are written for the place where the folder is published; in any other place, the one there works.
for (const part of all(".feed, .subscribe")) {
  const address = part.querySelector(".address");
  const written = address.getAttribute("href");
  const here = part.querySelector("[type='application/atom+xml']").href;
  if (written === here || !/^(https?|file):/.test(here)) continue;
  address.textContent = here;
  part.querySelector("[data-copy]").dataset.copy = here;
  for (const link of all(".address, .ways a", part)) {
    const href = link.getAttribute("href").replace(encodeURIComponent(written), () => encodeURIComponent(here));
    link.href = href.replace(written, () => here);
  }
}

const form = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of all("time")) {
  time.title = time.textContent;
  time.textContent = form.format(new Date(time.dateTime));
  time.lang = form.resolvedOptions().locale;
  time.dir = "auto";
}

// Schedules are late at times; a build that has been due for a day will not come by itself.
const overdue = document.querySelector("[data-overdue]");
if (overdue) overdue.hidden = Date.now() - Date.parse(all("time", overdue.previousElementSibling)[1].dateTime) < 86400000;

const copy = async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(said.dataset.copied);
  } catch {
    const address = button.closest("section, .feed").querySelector(".address");
    const details = address.closest("details");
    if (details) details.open = true;
    getSelection().selectAllChildren(address);
    say(said.dataset.selected);
  }
};

const picture = (link, shown) => {
  if (!shown) {
    link.replaceChildren(link.dataset.picture);
  } else if (!link.querySelector("img")) {
    const image = new Image();
    image.referrerPolicy = "no-referrer";
    image.loading = "lazy";
    image.alt = link.nextElementSibling?.textContent ?? link.dataset.picture;
    image.src = link.href;
    link.replaceChildren(image);
  }
};

addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-pictures], [data-picture]");
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (button.dataset.copy) {
    copy(button);
  } else if ("pictures" in button.dataset) {
    const shown = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", shown);
    for (const link of all("[data-picture]")) picture(link, shown);
  } else if (!button.querySelector("img")) {
    event.preventDefault();
    picture(button, true);
  }
});

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
const filter = document.getElementById("filter");
if (filter) {
  const feeds = all("[data-feed]").map((feed) => [feed, plain(feed.querySelector(".name").textContent)]);
  const count = document.querySelector("output");
  const apply = () => {
    const wanted = plain(filter.value);
    let found = 0;
    for (const [feed, name] of feeds) {
      feed.hidden = !name.includes(wanted);
      found += !feed.hidden;
    }
    for (const part of all(".feeds > li, main > section")) part.hidden = !part.querySelector(".feed:not([hidden])");
    count.textContent = wanted ? count.dataset.found.replace("{n}", found).replace("{all}", feeds.length) : "";
  };
  filter.addEventListener("input", apply);
  apply();
}
