// The resilience curve: a place's days with the shocks and without them, as set and as in the file.

import { byId, dateTicks, dayAfter, drawn, inWords, levels, made, number, percent, table } from "./parts.js";

const BLUE = "#0072B2", ORANGE = "#E69F00", GREY = "#595959", FAINT = "#DDDDDD";
const ROW = 18, MOST_SHOCKS = 8, LETTER = 6.6;

/** Draw `curve` into an element; `other` is the curve of the file where something is moved, else null. */
export function drawCurve(into, curve, other, words) {
  const width = Math.max(280, into.clientWidth), narrow = width < 560;
  const shocks = curve.shocks.slice(0, MOST_SHOCKS);
  const left = narrow ? 44 : 56, right = 10, top = shocks.length * ROW + 14, height = narrow ? 190 : 280;
  const days = curve.middle.length;
  const highest = Math.max(...curve.high, ...curve.baseline, ...(other ? other.middle : [0]), 1e-12);
  const marks = levels(highest), roof = marks[marks.length - 1];
  const x = (day) => left + ((width - left - right) * day) / Math.max(1, days - 1);
  const y = (amount) => top + height * (1 - amount / roof);
  const parts = [
    ...shocks.flatMap((shock, row) => bar(shock, row, x, days, top + height, width)),
    ...marks.flatMap((mark) => [
      drawn("line", { x1: left, x2: width - right, y1: y(mark), y2: y(mark), stroke: FAINT }),
      drawn("text", { x: left - 6, y: y(mark) + 4, "text-anchor": "end", class: "tick" }, number(mark)),
    ]),
    ...dateTicks(curve.start, days, narrow ? 4 : 8).flatMap((tick) => [
      drawn("line", { x1: x(tick.day), x2: x(tick.day), y1: top + height, y2: top + height + 4, stroke: GREY }),
      drawn("text", { x: x(tick.day), y: top + height + 18, "text-anchor": anchor(tick.day, days), class: "tick" }, tick.text),
    ]),
    drawn("path", { d: `${line(curve.high, x, y)}L${points(curve.low, x, y).reverse().join("L")}Z`, fill: BLUE, "fill-opacity": 0.18 }),
    drawn("path", { d: line(curve.baseline, x, y), fill: "none", stroke: GREY, "stroke-dasharray": "5 4", "stroke-width": 1.4 }),
    ...(other ? [drawn("path", { d: line(other.middle, x, y), fill: "none", stroke: ORANGE, "stroke-width": 2, "data-line": "file" })] : []),
    drawn("path", { d: line(curve.middle, x, y), fill: "none", stroke: BLUE, "stroke-width": 2.2, "data-line": "now" }),
  ];
  const all = { width, height: top + height + 26, role: "img", "aria-label": `${curve.title}. ${words}` };
  into.replaceChildren(drawn("svg", all, ...parts));
  byId("curve-title").textContent = curve.title;
  legend(curve, other);
  inNumbers(curve);
}

function anchor(day, days) {
  return day < days * 0.04 ? "start" : day > days * 0.94 ? "end" : "middle";
}

/** The time a shock holds, as a bar with its name above the curve and a shade behind it. */
function bar(shock, row, x, days, bottom, width) {
  const from = x(shock.first), to = x(Math.min(shock.last, days - 1)), y = row * ROW;
  const whole = `${shock.name}: ${shock.when}`, fits = (text, room) => text.length * LETTER <= room - 8;
  const text = fits(whole, width - from) || fits(whole, to) ? whole : shock.name;
  const rightwards = fits(text, width - from), most = Math.floor((Math.max(width - from, to) - 8) / LETTER);
  const short = text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
  return [
    drawn("rect", { x: from, y, width: Math.max(2, to - from), height: bottom - y, fill: GREY, "fill-opacity": 0.07 }),
    drawn("rect", { x: from, y, width: Math.max(2, to - from), height: ROW - 3, fill: "#C9C9C9" }),
    drawn("text", { x: rightwards ? from + 4 : to - 4, y: y + 12, "text-anchor": rightwards ? "start" : "end" }, short, drawn("title", {}, whole)),
  ];
}

function points(values, x, y) {
  return values.map((value, day) => `${x(day).toFixed(1)},${y(value ?? 0).toFixed(1)}`);
}

function line(values, x, y) {
  return `M${points(values, x, y).join("L")}`;
}

function legend(curve, other) {
  const spread = curve.low.some((low, day) => low !== curve.high[day]);
  const entries = [
    [{ stroke: BLUE, "stroke-width": 2.2 }, other ? "with the shocks, as set here" : "with the shocks"],
    ...(other ? [[{ stroke: ORANGE, "stroke-width": 2 }, "with the shocks, as in the file"]] : []),
    [{ stroke: GREY, "stroke-dasharray": "5 4", "stroke-width": 1.4 }, "baseline, without the shocks"],
    ...(spread ? [[{ stroke: BLUE, "stroke-opacity": 0.18, "stroke-width": 10 }, "5 % to 95 % of replications; lines are medians"]] : []),
  ];
  byId("legend").replaceChildren(...entries.map(([look, text]) => {
    const sample = drawn("svg", { width: 28, height: 10, "aria-hidden": "true" }, drawn("line", { x1: 0, x2: 28, y1: 5, y2: 5, ...look }));
    return made("li", {}, sample, text);
  }));
}

/** Means of stretches of the curve, for who would rather read than look; made when it is opened. */
function inNumbers(curve) {
  const details = byId("numbers");
  const fill = () => {
    const days = curve.middle.length, step = days <= 62 ? 7 : Math.max(30, Math.ceil(days / 24));
    const mean = (values, first) => {
      const some = values.slice(first, first + step);
      return some.reduce((sum, value) => sum + (value ?? 0), 0) / some.length;
    };
    const rows = [];
    for (let day = 0; day < days; day += step) {
      const usual = mean(curve.baseline, day), now = mean(curve.middle, day);
      const missing = usual > 0 ? percent(Math.max(0, 1 - now / usual)) : "";
      rows.push([inWords(dayAfter(curve.start, day)), number(usual), number(now), missing]);
    }
    const columns = [{ title: "from" }, { title: "baseline, a day" }, { title: "with the shocks, a day" }, { title: "missing" }];
    byId("numbers-table").replaceChildren(table(columns, rows, `Means of ${step} days`));
  };
  details.ontoggle = () => details.open && fill();
  if (details.open) fill();
}
