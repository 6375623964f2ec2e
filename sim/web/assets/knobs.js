// Sliders and switches, made of what the server says can be moved.

import { byId, dayAfter, daysBetween, inWords, iso, made } from "./parts.js";

const FEW = 7;

/** Fill the form; `values` holds what is moved by name, and `moved(name, value)` is told of every move. */
export function buildKnobs(knobs, values, moved) {
  const groups = Map.groupBy ? Map.groupBy(knobs, (knob) => knob.group) : grouped(knobs);
  const narrow = matchMedia("(max-width: 899px)").matches;
  const hasMoved = (some) => some.some((knob) => values.has(knob.name));
  byId("knobs").replaceChildren(...[...groups].map(([group, some], i) =>
    made("details", { open: i === 0 || hasMoved(some) || (!narrow && some.length < FEW) }, made("summary", {}, `${group} (${some.length})`),
      made("fieldset", {}, made("legend", { class: "unseen" }, group), ...some.map((knob) => build(knob, values, moved))))));
}

function grouped(knobs) {
  const groups = new Map();
  for (const knob of knobs) groups.set(knob.group, [...(groups.get(knob.group) ?? []), knob]);
  return groups;
}

let count = 0;

function build(knob, values, moved) {
  const id = `knob-${count++}`, parts = knob.kind === "switch" ? ofSwitch(knob, id) : ofSlider(knob, id);
  const back = made("button", { type: "button", hidden: true }, `Back to ${inUnit(knob, knob.value)}`);
  const now = made("span"), words = [knob.about, `in the file ${inUnit(knob, knob.value)}`].filter(Boolean);
  const about = made("span", { class: "about", id: `${id}-about` }, now, made("span", {}, words.join("; ")), back);
  const row = made("div", { class: "knob", "data-knob": knob.name }, ...parts.shown, about);
  const show = (value) => {
    parts.show(value);
    row.classList.toggle("moved", value !== knob.value);
    back.hidden = value === knob.value;
    now.textContent = knob.kind === "date" && value !== knob.value ? `now ${inUnit(knob, value)}; ` : "";
  };
  const set = (value) => {
    show(value);
    moved(knob.name, value === knob.value ? undefined : value);
  };
  parts.listen(set);
  back.addEventListener("click", () => {
    set(knob.value);
    parts.focus.focus();
  });
  show(values.get(knob.name) ?? knob.value);
  return row;
}

function ofSwitch(knob, id) {
  const box = made("input", { type: "checkbox", role: "switch", id, "aria-describedby": `${id}-about` });
  return {
    shown: [made("label", { for: id }, knob.label), made("span", { class: "value" }, box)],
    focus: box,
    show: (value) => { box.checked = value === 1; },
    listen: (set) => box.addEventListener("change", () => set(box.checked ? 1 : 0)),
  };
}

function ofSlider(knob, id) {
  const slider = made("input", { type: "range", id, min: knob.low, max: knob.high, step: knob.step, "aria-describedby": `${id}-about` });
  const isDate = knob.kind === "date";
  const exact = made("input", { type: isDate ? "date" : "number", step: isDate ? null : "any", "aria-label": `${knob.label}${knob.unit ? `, ${knob.unit}` : ""}` });
  return {
    shown: [made("label", { for: id }, knob.label), made("span", { class: "value" }, exact, knob.unit), slider],
    focus: slider,
    show: (value) => {
      slider.value = value;
      slider.setAttribute("aria-valuetext", inUnit(knob, value));
      const text = isDate ? iso(dayAfter(knob.start, value)) : String(value);
      if (exact.value !== text && document.activeElement !== exact) exact.value = text;
    },
    listen: (set) => {
      slider.addEventListener("input", () => set(Number(slider.value)));
      exact.addEventListener("change", () => {
        const value = isDate ? daysBetween(knob.start, exact.value) : Number(exact.value);
        if (exact.value !== "" && Number.isFinite(value)) set(value);
      });
    },
  };
}

function inUnit(knob, value) {
  if (knob.kind === "switch") return value === 1 ? "on" : "off";
  if (knob.kind === "date") return inWords(dayAfter(knob.start, value));
  return `${value} ${knob.unit}`.trim();
}

/** The name on the page of what a problem is about. */
export function labelOf(knobs, path) {
  return knobs.find((knob) => knob.name === path)?.label ?? path;
}
