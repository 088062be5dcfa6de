// Shapes for places, partners and the person's postcode: once for the canvas, once for the legend,
// from the same outlines so that the two cannot drift apart.

export const ACCENT = "#005EB8";

/** Polygon corners in a unit box, y downwards; null is a circle. */
const star = Array.from({ length: 10 }, (_, i) => {
  const radius = i % 2 ? 0.2 : 0.48;
  const angle = -Math.PI / 2 + (i * Math.PI) / 5;
  return [0.5 + radius * Math.cos(angle), 0.53 + radius * Math.sin(angle)];
});
const OUTLINES = {
  circle: null,
  square: [[0.16, 0.16], [0.84, 0.16], [0.84, 0.84], [0.16, 0.84]],
  diamond: [[0.5, 0.04], [0.96, 0.5], [0.5, 0.96], [0.04, 0.5]],
  triangle: [[0.5, 0.08], [0.95, 0.88], [0.05, 0.88]],
  down: [[0.05, 0.12], [0.95, 0.12], [0.5, 0.92]],
  pentagon: [[0.5, 0.04], [0.96, 0.4], [0.78, 0.94], [0.22, 0.94], [0.04, 0.4]],
  plus: [[0.34, 0.04], [0.66, 0.04], [0.66, 0.34], [0.96, 0.34], [0.96, 0.66], [0.66, 0.66], [0.66, 0.96], [0.34, 0.96], [0.34, 0.66],
    [0.04, 0.66], [0.04, 0.34], [0.34, 0.34]],
  hexagon: [[0.5, 0.03], [0.92, 0.26], [0.92, 0.74], [0.5, 0.97], [0.08, 0.74], [0.08, 0.26]],
  bar: [[0.02, 0.28], [0.98, 0.28], [0.98, 0.74], [0.02, 0.74]],
  star,
  postcode: [[0.5, 0.98], [0.16, 0.4], [0.26, 0.14], [0.5, 0.03], [0.74, 0.14], [0.84, 0.4]],
};

/** How full a place is drawn: the fuller, the more lately somebody said that it is right. */
const FILLS = { solid: "#1F2A33", half: "#93A3B3", hollow: "#FFFFFF" };
export const FULLNESS = Object.keys(FILLS);

/** How each shape is painted; a place has a dark rim in both themes so that it reads on every fill. */
function paint(shape, fullness) {
  if (shape === "star") return { fill: ACCENT, stroke: "#FFFFFF", size: 20, width: 1.5 };
  if (shape === "postcode") return { fill: "#1F2A33", stroke: "#FFFFFF", size: 24, width: 2 };
  return { fill: FILLS[fullness], stroke: "#1F2A33", size: 13, width: 1.6 };
}

function draw(shape, ratio, fullness) {
  const { fill, stroke, size, width } = paint(shape, fullness);
  const margin = width;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil((size + 2 * margin) * ratio);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(ratio, ratio);
  context.translate(margin, margin);
  context.beginPath();
  const corners = OUTLINES[shape];
  if (corners) corners.forEach(([x, y]) => context.lineTo(x * size, y * size));
  else context.arc(size / 2, size / 2, size * 0.42, 0, 2 * Math.PI);
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = width * (shape === "star" ? 2 : 1);
  context.strokeStyle = stroke;
  // A star's white casing goes under its fill, or the points would be eaten away.
  if (shape === "star") context.stroke();
  context.fillStyle = fill;
  context.fill();
  if (shape !== "star") context.stroke();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Add every shape to the map under the name `shape-<shape>`, and each place's under `shape-<shape>-<fullness>` too. */
export function addIcons(map) {
  const add = (name, ...drawn) => map.hasImage(name) || map.addImage(name, draw(...drawn), { pixelRatio: 2 });
  for (const shape of Object.keys(OUTLINES)) {
    add(`shape-${shape}`, shape, 2, "hollow");
    for (const fullness of FULLNESS) add(`shape-${shape}-${fullness}`, shape, 2, fullness);
  }
}

const SVG = "http://www.w3.org/2000/svg";

function svg(children) {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("viewBox", "-1 -1 18 18");
  element.setAttribute("aria-hidden", "true");
  for (const [name, attributes] of children) {
    const child = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) child.setAttribute(key, value);
    element.append(child);
  }
  return element;
}

/** The same shape as a small SVG for the legend. */
export function legendShape(shape, fullness = "hollow") {
  const { fill, stroke } = paint(shape, fullness);
  // Stroke beneath fill: the white casing shows on a dark page and is not seen on a white one.
  const look = { fill, stroke, "stroke-width": "1.8", "paint-order": "stroke" };
  const corners = OUTLINES[shape];
  return svg([
    corners
      ? ["polygon", { points: corners.map(([x, y]) => `${x * 16},${y * 16}`).join(" "), ...look }]
      : ["circle", { cx: 8, cy: 8, r: 6.7, ...look }],
  ]);
}

/** Four corners: show the whole area again. */
export function wholeViewIcon() {
  const d = "M1 5.5V1h4.5M10.5 1H15v4.5M15 10.5V15h-4.5M5.5 15H1v-4.5";
  return svg([["path", { d, fill: "none", stroke: "#1F2A33", "stroke-width": "2" }]]);
}

/** A line sample for the legend, in the current text colour. */
export function legendLine(width, dash) {
  const look = { stroke: "currentColor", "stroke-width": String(Math.max(1, width)), fill: "none" };
  if (dash) look["stroke-dasharray"] = "4 2.5";
  return svg([["path", { d: "M-1 8H17", ...look }]]);
}
