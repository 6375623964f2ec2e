// Small parts of the page: elements made of text that is never read as HTML, and numbers in words.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; a child that is a text becomes text. */
export function made(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for what stands in a drawing. */
export function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Three significant digits with thousands separators, as the tables have them. */
export function number(value) {
  if (value === null || value === undefined) return "";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
  return rounded.toLocaleString("en-GB", { minimumFractionDigits: 0, maximumFractionDigits: decimals });
}

export function percent(share) {
  return `${number(100 * share)} %`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The date so many days after another, both without a time zone. */
export function dayAfter(start, days) {
  return new Date(Date.parse(`${start}T00:00:00Z`) + Math.round(days) * 86400000);
}

export function daysBetween(start, date) {
  return Math.round((Date.parse(`${date}T00:00:00Z`) - Date.parse(`${start}T00:00:00Z`)) / 86400000);
}

export function iso(date) {
  return date.toISOString().slice(0, 10);
}

export function inWords(date) {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Days of a run to mark on an axis, at most so many: firsts of months, or days where the run is short. */
export function dateTicks(start, days, most) {
  const ticks = [];
  if (days <= 62) {
    const step = Math.max(1, Math.ceil(days / most));
    for (let day = 0; day < days; day += step) {
      const date = dayAfter(start, day);
      ticks.push({ day, text: `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}` });
    }
    return ticks;
  }
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 600].find((months) => days / 30.4 / months <= most - 1) ?? 1200;
  const first = dayAfter(start, 0);
  for (let month = first.getUTCFullYear() * 12 + first.getUTCMonth(); ; month += 1) {
    const date = new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
    const day = daysBetween(start, iso(date));
    if (day > days) return ticks;
    if (day >= 0 && month % step === 0) ticks.push({ day, text: `${MONTHS[month % 12]} ${date.getUTCFullYear()}` });
  }
}

/** Round numbers from 0 to the highest or just beyond. */
export function levels(highest) {
  const rough = (highest || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  return Array.from({ length: Math.ceil((highest || 1) / step - 1e-9) + 1 }, (_, i) => i * step);
}

/** A table; `columns` have a title, a meaning and whether they hold words. The first cell of a row names it. */
export function table(columns, rows, caption, naming = (text) => text) {
  const isWords = columns.map((_, i) => rows.some((row) => row[i] && !/^[-(+]?[0-9]|^inf$/.test(row[i])));
  const heads = columns.map((column, i) =>
    made("th", { scope: "col", class: i === 0 || isWords[i] ? "words" : null, title: column.meaning || null }, column.title));
  const lines = rows.map((row) => made("tr", {}, ...row.map((cell, i) => {
    if (i === 0) return made("th", { scope: "row" }, naming(cell));
    return made("td", { class: isWords[i] ? (cell.length > 40 ? "words long" : "words") : null }, cell);
  })));
  const head = caption ? [made("caption", {}, caption)] : [];
  return made("table", {}, ...head, made("thead", {}, made("tr", {}, ...heads)), made("tbody", {}, ...lines));
}
