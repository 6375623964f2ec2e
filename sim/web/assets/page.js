// The what-if page: what is set goes into the address, and what the server answers onto the page.

import { drawCurve } from "./curve.js";
import { buildKnobs, labelOf } from "./knobs.js";
import { drawNetwork } from "./network.js";
import { byId, made, number, percent, table } from "./parts.js";

const PATIENCE = 300, SETTLED = 250;
const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join("");
const state = { info: null, values: new Map(), place: "" };
const shown = { now: null, file: null };
let turn = 0, flight = null, waiting = false, settling = 0;

/** The setting as a query; `more` is what only the server needs to know. */
function query(values, more = {}) {
  const said = new URLSearchParams({ s: state.info.key, place: state.place });
  for (const [name, value] of values) said.set(`k.${name}`, String(value));
  for (const [name, value] of Object.entries(more)) said.set(name, value);
  return said.toString();
}

async function asked(path, signal) {
  const answer = await fetch(path, { signal, headers: { Accept: "application/json" } });
  const found = await answer.json().catch(() => ({ error: "The server failed; where it was started it says why." }));
  if (found.error) throw new Error(found.error);
  return found;
}

/** Ask what is set now: at once, or when the answer on its way has come, unless that takes too long. */
function ask() {
  history.replaceState(null, "", `?${query(state.values)}`);
  byId("reset").disabled = state.values.size === 0;
  turn += 1;
  if (flight?.busy && performance.now() - flight.since < PATIENCE) {
    waiting = true;
    return;
  }
  fly();
}

async function fly() {
  flight?.stop.abort();
  clearTimeout(settling);
  waiting = false;
  const mine = { busy: true, since: performance.now(), stop: new AbortController() };
  flight = mine;
  const signal = mine.stop.signal, known = { page, turn };
  byId("results").setAttribute("aria-busy", "true");
  await attempt(async () => {
    const found = await asked(`/api/loss?${query(state.values, known)}`, signal);
    if (await show(found, signal, known) && !waiting) settling = setTimeout(() => settle(known, signal), SETTLED);
  });
  mine.busy = false;
  if (flight !== mine) return;
  byId("results").setAttribute("aria-busy", "false");
  if (waiting) fly();
}

/** Once nothing moves any more: say it aloud, ask why, and live through all replications. */
async function settle(known, signal) {
  byId("live").textContent = `${byId("loss").textContent}. ${byId("against").textContent} ${shown.now.headline}`;
  await attempt(() => Promise.all([why(known, signal), more(known, signal)]));
}

async function more(known, signal) {
  if (shown.now.replications >= shown.now.all) return;
  byId("runs").textContent = `${shown.now.says} Running the rest …`;
  const all = { ...known, n: "all" };
  await show(await asked(`/api/loss?${query(state.values, all)}`, signal), signal, all);
  byId("live").textContent = byId("loss").textContent;
}

/** Put an answer on the page. False if there is none, for nobody waits for it or the setting cannot be. */
async function show(found, signal, known) {
  if (found.superseded) return false;
  tell((found.problems ?? []).map((one) => (one.path ? `${labelOf(state.info.knobs, one.path)}: ${one.says}` : one.says)));
  for (const id of ["summary", "picture", "results"]) byId(id).classList.toggle("old", "problems" in found);
  if (found.problems) return false;
  const moved = state.values.size > 0;
  const file = moved ? await asked(`/api/loss?${query(new Map(), known)}`, signal) : found;
  Object.assign(shown, { now: found, file: moved && !file.problems && !file.superseded ? file : null });
  figures(found, shown.file);
  byId("headline").textContent = found.headline;
  byId("runs").textContent = found.says;
  curve();
  drawNetwork(byId("network"), found.network);
  byId("network-note").textContent = found.network.left_out ? `${found.network.left_out} more lose less and are not drawn.` : "";
  everybody(found.table);
  downloads();
  return true;
}

function curve() {
  if (shown.now) drawCurve(byId("curve"), shown.now.curve, shown.file?.curve ?? null, shown.now.headline);
}

function figures(now, file) {
  const loss = now.loss, against = byId("against");
  byId("loss").textContent = `${number(Math.abs(loss.mean))} ${loss.unit} ${loss.mean < 0 ? "gained" : "lost"}`;
  byId("share").textContent = `${number(loss.days)} days of plan, ${percent(loss.share)} of the run's`;
  byId("spread").textContent = loss.words;
  if (!file) return against.replaceChildren();
  const change = loss.mean - file.loss.mean, whole = Math.abs(file.loss.mean);
  const part = whole > 0 ? ` (${percent(Math.abs(change) / whole)})` : "";
  const words = Math.abs(change) < 1e-9 * Math.max(1, whole) ? "the same" : `${number(Math.abs(change))} ${change < 0 ? "less" : "more"}${part}`;
  const look = { class: change < 0 ? "better" : change > 0 ? "worse" : null };
  against.replaceChildren(`In the file ${number(file.loss.mean)}: `, made("span", look, words));
}

function everybody(losses) {
  const naming = (name) => {
    if (!state.info.places.includes(name)) return name;
    const choose = made("button", { type: "button", title: "Show the curve of this place" }, name);
    choose.addEventListener("click", () => choosePlace(name));
    return choose;
  };
  const focused = document.activeElement?.closest("#table tbody th")?.textContent;
  const made_ = table(losses.columns, losses.rows, "", naming);
  for (const row of made_.tBodies[0].rows) row.classList.toggle("chosen", row.cells[0].textContent === state.place);
  byId("table").replaceChildren(made_);
  for (const row of made_.tBodies[0].rows) if (focused && row.cells[0].textContent === focused) row.querySelector("button")?.focus();
  byId("notes-box").hidden = losses.notes.length === 0;
  byId("notes").replaceChildren(...losses.notes.map((note) => made("li", {}, note)));
}

async function why(known, signal) {
  byId("causes").classList.add("old");
  const found = await asked(`/api/causes?${query(state.values, known)}`, signal);
  if (found.superseded) return;
  byId("causes").classList.remove("old");
  const parts = [["shocks", "Which shock"], ["constraints", "Which constraint"]].filter(([name]) => found[name]?.rows.length);
  byId("causes").replaceChildren(...parts.map(([name, caption]) => made("div", {}, table(found[name].columns, found[name].rows, caption))));
  const count = found.replications === 1 ? "one replication" : `the first ${found.replications} replications`;
  const words = parts.length ? `Amounts in ${found.unit}, of ${count}.` : `Nothing is lost at ${state.place}.`;
  byId("causes-note").textContent = found.problems ? found.problems.map((one) => one.says).join(" ") : words;
}

function downloads() {
  byId("downloads").replaceChildren(...state.info.downloads.map((one) =>
    made("li", {}, made("a", { href: `/api/download/${one.kind}?${query(state.values)}`, download: "" }, one.label))));
}

/** Say what is wrong, in the place for it; nothing if nothing is. */
function tell(problems) {
  const place = byId("problems");
  place.hidden = problems.length === 0;
  place.textContent = problems.join("\n");
}

function moved(name, value) {
  if (value === undefined) state.values.delete(name);
  else state.values.set(name, value);
  ask();
}

function choosePlace(name) {
  state.place = name;
  byId("place").value = name;
  ask();
}

/** Everything about one scenario; `said` is what the address says of it. */
async function open(said) {
  const info = await asked(`/api/scenario?${new URLSearchParams({ s: said.get("s") })}`);
  state.info = info;
  state.values = new Map(info.knobs.map((knob) => [knob.name, said.get(`k.${knob.name}`)]).filter(([, text]) => text !== null)
    .map(([name, text]) => [name, Number(text)]).filter(([name, value]) => Number.isFinite(value) && value !== info.knobs.find((knob) => knob.name === name).value));
  state.place = info.places.includes(said.get("place")) ? said.get("place") : info.place;
  document.title = `${info.title}: what if?`;
  byId("title").textContent = info.title;
  byId("question").textContent = info.question;
  byId("believe").textContent = info.believe;
  byId("believe-section").hidden = !info.believe;
  byId("place").replaceChildren(...info.places.map((name) => made("option", { value: name, selected: name === state.place }, name)));
  buildKnobs(info.knobs, state.values, moved);
  byId("causes").replaceChildren();
  ask();
}

async function begin() {
  const said = new URLSearchParams(location.search), scenarios = await asked("/api/scenarios");
  const key = scenarios.some((one) => one.key === said.get("s")) ? said.get("s") : scenarios[0].key;
  if (said.get("s") !== key) for (const name of [...said.keys()]) said.delete(name);
  said.set("s", key);
  byId("scenario").replaceChildren(...scenarios.map((one) => made("option", { value: one.key, selected: one.key === key }, one.title)));
  byId("scenario").addEventListener("change", () => attempt(() => open(new URLSearchParams({ s: byId("scenario").value }))));
  byId("place").addEventListener("change", () => choosePlace(byId("place").value));
  byId("reset").addEventListener("click", () => {
    state.values.clear();
    buildKnobs(state.info.knobs, state.values, moved);
    ask();
  });
  byId("copy").addEventListener("click", () => attempt(async () => {
    await navigator.clipboard.writeText(location.href);
    byId("live").textContent = byId("copy").textContent = "The address is copied";
    setTimeout(() => { byId("copy").textContent = "Copy the address"; }, 2000);
  }));
  let width = 0;
  new ResizeObserver(([box]) => {
    if (box.contentRect.width !== width) curve();
    width = box.contentRect.width;
  }).observe(byId("curve"));
  await open(said);
}

/** Do it, and say what went wrong unless it was given up for something newer. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    const gone = error instanceof TypeError ? "The server does not answer. Is `sim serve` still running?" : error.message;
    if (error.name !== "AbortError") tell([gone || String(error)]);
  }
}

attempt(begin);
