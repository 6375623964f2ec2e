
"use strict";
// A click on a header, or Enter on it, sorts the table: numbers by size, words by the alphabet, empty cells last.
function compare(one, other, number) {
  if (number) { return Number(one) - Number(other); }
  return one.localeCompare(other, "en", { numeric: true });
}
function sort(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const index = Array.from(head.parentNode.children).indexOf(head);
  const down = head.getAttribute("aria-sort") === "ascending";
  const number = head.classList.contains("number");
  const key = (row) => row.children[index].getAttribute("data-key");
  const rows = Array.from(table.tBodies[0].rows);
  rows.sort((a, b) => {
    const one = key(a), other = key(b);
    if (one === "" || other === "") { return (one === "") - (other === ""); }
    return (down ? -1 : 1) * compare(one, other, number);
  });
  for (const other of head.parentNode.children) { other.setAttribute("aria-sort", "none"); }
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  table.tBodies[0].append(...rows);
}
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => sort(button));
}
// On paper nothing can be opened, so what the columns mean is printed; the scenario is not.
const closed = () => document.querySelectorAll("details:not(.scenario):not([open])");
let opened = [];
addEventListener("beforeprint", () => { opened = Array.from(closed()); for (const one of opened) { one.open = true; } });
addEventListener("afterprint", () => { for (const one of opened) { one.open = false; } });
