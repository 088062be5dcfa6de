// What the components share: elements built from text only, one root a component, and the look they have in common.

const BASE = `
:host { display: block; }
*, *::before, *::after { box-sizing: border-box; }
.cg {
  --muted: color-mix(in srgb, var(--st-text-color) 76%, var(--st-background-color));
  --rule: var(--st-border-color);
  --edge: color-mix(in srgb, var(--st-text-color) 60%, var(--st-background-color));
  /* The theme's link colour is the accent in a shade that can be read on this background, light or dark. */
  --accent: var(--st-link-color, #005EB8);
  --tint: color-mix(in srgb, var(--accent) 9%, var(--st-background-color));
  container-type: inline-size;
  color: var(--st-text-color);
  font-family: var(--st-font, sans-serif);
  font-size: 1rem;
  line-height: 1.5;
  overflow-wrap: anywhere;
}
:where(h3, p, ul, dl, dt, dd) { margin: 0; padding: 0; }
:where(h3) { font-size: 0.875rem; font-weight: 700; line-height: 1.5; color: var(--muted); }
.small { font-size: 0.875rem; color: var(--muted); }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
/* The paler states are under 3:1 on white and the darkest is on a dark page: the outline keeps the shape visible. */
.swatch {
  display: inline-block; flex: none; width: 12px; height: 12px; border: 1px solid var(--edge); border-radius: 2px;
  forced-color-adjust: none;
}
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

const COLOUR = /^#[0-9a-f]{6}$/i;

/**
 * Create an element. `properties` are attributes, except `class`, `text` (set as textContent) and `colour`
 * (a #rrggbb background). Null and undefined properties and children are left out.
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === "text") node.textContent = value;
    else if (name === "class") node.className = value;
    else if (name === "colour") paint(node, value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Set the background to a #rrggbb colour; anything else leaves the element unpainted. */
export function paint(node, colour) {
  node.style.backgroundColor = COLOUR.test(colour ?? "") ? colour : "";
}

/** A square of colour. It says nothing by itself: the word always stands beside it. */
export function swatch(colour) {
  return element("span", { class: "swatch", colour, "aria-hidden": "true" });
}

/**
 * The component's own root inside `parentElement`, made on the first run and found again on later ones.
 * `css` is added to the look above. Returns the root element, with class "cg" and `name`.
 */
export function rootOf(parentElement, name, css) {
  const known = existingRoot(parentElement);
  if (known?.classList.contains(name)) return known;
  // Streamlit may hand the same shadow root to another component: what that one drew is in the way.
  known?.remove();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(BASE + css);
  parentElement.adoptedStyleSheets = [sheet];
  const root = element("div", { class: `cg ${name}` });
  parentElement.appendChild(root);
  return root;
}

/** Take the root away again when Streamlit unmounts the component. */
export function removeRoot(parentElement) {
  existingRoot(parentElement)?.remove();
}

function existingRoot(parentElement) {
  return [...parentElement.children].find((child) => child.classList.contains("cg"));
}
