// The network, stage by stage from left to right, coloured by what is lost.

import { drawn, percent } from "./parts.js";

const NARROWEST = 112, WIDEST = 150, HIGH = 38, LEAST = 28, MOST = 92, BETWEEN = 12, EDGE = 4, LETTER = 6.6;
const STRONGEST = 0.8;

/** From white, nothing lost, towards vermillion, all lost; dark text stays readable on it. */
function colour(lost, from = [255, 255, 255]) {
  const strength = STRONGEST * Math.sqrt(Math.min(1, Math.max(0, lost)));
  const mixed = from.map((part, i) => Math.round(part + ([213, 94, 0][i] - part) * strength));
  return `rgb(${mixed.join(",")})`;
}

export function drawNetwork(into, network) {
  const stages = [...new Set(network.nodes.map((node) => node.stage))].sort((a, b) => a - b);
  const most = Math.max(1, ...stages.map((stage) => network.nodes.filter((node) => node.stage === stage).length));
  const height = most * (HIGH + BETWEEN) - BETWEEN + 2 * EDGE, gaps = Math.max(1, stages.length - 1), room = into.clientWidth - 2 * EDGE;
  const wide = Math.min(WIDEST, Math.max(NARROWEST, (room - gaps * LEAST) / stages.length));
  const across = Math.min(MOST, Math.max(LEAST, (room - stages.length * wide) / gaps));
  const width = stages.length * wide + gaps * across + 2 * EDGE;
  const at = new Map(network.nodes.map((node) => [node.name, place(node, network, stages, { height, wide, across })]));
  const links = network.links.map((link) => drawLink(link, at)), nodes = network.nodes.map((node) => drawNode(node, at.get(node.name)));
  const worst = [...network.nodes].filter((node) => node.lost > 0.0005).sort((a, b) => b.lost - a.lost).slice(0, 5);
  const words = worst.length ? `Most is lost at ${worst.map((node) => `${node.name}, ${percent(node.lost)}`).join("; ")}.` : "Nothing is lost.";
  into.replaceChildren(drawn("svg", { width, height, role: "img", "aria-label": `${network.nodes.length} facilities and markets. ${words}` }, ...links, ...nodes));
}

function place(node, network, stages, { height, wide, across }) {
  const count = network.nodes.filter((other) => other.stage === node.stage).length;
  const room = (height - 2 * EDGE) / count;
  return { x: EDGE + stages.indexOf(node.stage) * (wide + across), y: EDGE + room * (node.row + 0.5) - HIGH / 2, wide };
}

function drawLink(link, at) {
  const from = at.get(link.from), to = at.get(link.to);
  const x1 = from.x + from.wide, y1 = from.y + HIGH / 2, x2 = to.x, y2 = to.y + HIGH / 2, bend = Math.max(20, (x2 - x1) / 2);
  const look = link.weight > 0 ? { "stroke-width": 1 + 2.5 * link.weight } : { "stroke-width": 1, "stroke-dasharray": "3 3" };
  const path = { d: `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`, fill: "none", stroke: colour(link.lost, [200, 200, 200]), ...look };
  return drawn("path", path, drawn("title", {}, `${link.from} > ${link.to}: ${link.goods}, ${said(link.lost)}`));
}

function drawNode(node, at) {
  const most = Math.floor((at.wide - 10) / LETTER), name = node.name.length > most ? `${node.name.slice(0, most - 1)}…` : node.name;
  const frame = node.hit ? { stroke: "#222222", "stroke-width": 2.5 } : { stroke: "#8A8A8A", "stroke-width": 1 };
  return drawn("g", {},
    drawn("title", {}, `${node.name}, ${node.country}: ${node.goods.join(", ")}; ${said(node.lost)}`),
    drawn("rect", { x: at.x, y: at.y, width: at.wide, height: HIGH, rx: 4, fill: colour(node.lost), ...frame }),
    drawn("text", { x: at.x + 6, y: at.y + 16 }, name),
    drawn("text", { x: at.x + 6, y: at.y + 31 }, `${node.country}  ${Math.abs(node.lost) < 0.0005 ? "" : sign(node.lost)}`),
  );
}

function sign(lost) {
  return lost > 0 ? `−${percent(lost)}` : `+${percent(-lost)}`;
}

function said(lost) {
  return Math.abs(lost) < 0.0005 ? "nothing lost" : lost > 0 ? `${percent(lost)} lost` : `${percent(-lost)} more than without the shocks`;
}
