// One bar whose parts are people by state, and a legend that says the same in words and figures.

// The version travels with the address, so that a cached helper never meets a newer component.
const { element, paint, removeRoot, rootOf, swatch } = await import(
  new URL(`./dom.js${new URL(import.meta.url).search}`, import.meta.url).href
);

const CSS = `
.bar {
  display: flex; gap: 1px; height: 20px; padding: 1px; overflow: hidden;
  border-radius: 4px; background: var(--st-background-color); box-shadow: inset 0 0 0 1px var(--edge);
}
.part { flex: 1 1 0; min-width: 2px; forced-color-adjust: none; }
.part:first-child { border-radius: 3px 0 0 3px; }
.part:last-child { border-radius: 0 3px 3px 0; }
.part:only-child { border-radius: 3px; }
.bar.empty { align-items: center; height: auto; min-height: 28px; padding: 3px 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 8px; list-style: none; font-size: 0.875rem; }
.legend li { display: flex; align-items: center; gap: 8px; }
.legend li > span:last-child { overflow-wrap: normal; }
.legend b { font-weight: 700; }
`;

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "state-bar", CSS);
  root.replaceChildren(data.total > 0 ? bar(data) : emptyBar(data), legend(data));
  return () => removeRoot(parentElement);
}

function bar({ segments, alt }) {
  const parts = segments.filter(({ people }) => people > 0).map(({ people, colour }) => {
    const part = element("span", { class: "part" });
    part.style.flexGrow = String(people);
    paint(part, colour);
    return part;
  });
  return element("div", { class: "bar", role: "img", "aria-label": alt }, ...parts);
}

function emptyBar({ empty }) {
  return element("p", { class: "bar empty small", text: empty });
}

function legend({ segments }) {
  const items = segments.map(({ label, colour, figure }) =>
    element("li", {}, swatch(colour), element("span", {}, `${label} `, element("b", { class: "number", text: figure })))
  );
  // A list without bullets is no list to Safari's screen reader unless it is told so.
  return element("ul", { class: "legend", role: "list" }, ...items);
}
