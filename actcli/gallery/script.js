"use strict";
const contents = document.getElementById("page-contents");
const filter = document.getElementById("page-filter");
const narrow = matchMedia("(max-width: 59.99rem)");

// Beside the page the contents stay open; above it they give way to what was chosen.
const fit = () => { contents.open = !narrow.matches; };
narrow.addEventListener("change", fit);
fit();
contents.addEventListener("click", (event) => {
  if (narrow.matches && event.target.closest("a")) contents.open = false;
});

filter.hidden = false;
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const article of document.querySelectorAll("article")) {
    const names = article.dataset.names.toLowerCase();
    article.hidden = !words.every((word) => names.includes(word));
    contents.querySelector(`a[href="#${article.id}"]`).parentElement.hidden = article.hidden;
    found += !article.hidden;
  }
  for (const section of document.querySelectorAll("main section, nav section")) {
    section.hidden = !section.querySelector("article:not([hidden]), li:not([hidden])");
  }
  document.getElementById("page-none").hidden = found > 0;
});
