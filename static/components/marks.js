// Shapes that say how a figure compares and where it is going. Each stands beside its word: a shape never speaks alone.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  better: ["circle", { cx: 7, cy: 7, r: 5.5, class: "good" }],
  worse: ["path", { d: "M7 0.5 13.5 7 7 13.5 0.5 7Z", class: "bad" }],
  similar: ["circle", { cx: 7, cy: 7, r: 4.75, class: "hollow" }],
  higher: ["path", { d: "M7 1.5 13 12.5H1Z", class: "plain" }],
  lower: ["path", { d: "M7 12.5 1 1.5H13Z", class: "plain" }],
  none: ["path", { d: "M2.5 7H11.5", class: "line" }],
  up: ["path", { d: "M7 12.5V2M2.5 6.5 7 2 11.5 6.5", class: "line" }],
  down: ["path", { d: "M7 1.5V12M2.5 7.5 7 12 11.5 7.5", class: "line" }],
  level: ["path", { d: "M1.5 7H12M7.5 2.5 12 7 7.5 11.5", class: "line" }],
};

/**
 * What the shapes need of a component's style sheet. Blue and orange: told apart without seeing red or green. Mixed with the
 * text's colour they darken on a light page and lighten on a dark one, and stay over 3:1 on both.
 */
export const MARK_CSS = `
.mark { flex: none; width: 14px; height: 14px; transform: translateY(2px); }
.mark .good { fill: color-mix(in srgb, #1272C4 78%, var(--st-text-color)); }
.mark .bad { fill: color-mix(in srgb, #E0640A 74%, var(--st-text-color)); }
.mark .plain { fill: var(--muted); }
.mark .hollow { fill: none; stroke: var(--muted); stroke-width: 2; }
.mark .line { fill: none; stroke: var(--muted); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.marked { display: inline-flex; align-items: baseline; gap: 8px; }
`;

/** The shape of a name in SHAPES, hidden from a screen reader, which reads the word beside it. */
export function mark(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "mark");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("aria-hidden", "true");
  const [tag, attributes] = SHAPES[name] ?? SHAPES.none;
  const shape = document.createElementNS(SVG, tag);
  for (const [attribute, value] of Object.entries(attributes)) shape.setAttribute(attribute, String(value));
  svg.append(shape);
  return svg;
}
