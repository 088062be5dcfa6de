// Facts under headings: what on the left, how much or how far on the right, a thin rule between.

const version = new URL(import.meta.url).search;
const { element, removeRoot, rootOf, swatch } = await import(new URL(`./dom.js${version}`, import.meta.url).href);
const { MARK_CSS, mark: shape } = await import(new URL(`./marks.js${version}`, import.meta.url).href);

const CSS = `${MARK_CSS}
.section + .section { margin-top: 20px; }
h3 + * { margin-top: 4px; }
.row {
  display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 16px;
  padding: 8px 0; border-bottom: 1px solid var(--rule);
}
.section dl .row:last-child { border-bottom-color: transparent; }
.section:last-of-type dl .row:last-child { border-bottom-color: var(--rule); }
dt { flex: 1 1 50%; min-width: 0; }
dt .swatch { margin-right: 8px; }
dd.value { flex: 0 1 auto; max-width: 50%; text-align: right; font-size: 0.875rem; color: var(--muted);
  font-variant-numeric: tabular-nums; }
dd.note { flex: 1 0 100%; font-size: 0.875rem; color: var(--muted); }
.empty { padding: 8px 0; color: var(--muted); }
.callout { margin-top: 16px; padding: 12px 16px; border-left: 4px solid var(--accent); background: var(--tint); }
.callout b { font-weight: 700; }
`;

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "fact-list", CSS);
  root.replaceChildren(...data.sections.map(section));
  if (data.callout) root.append(callout(data.callout));
  return () => removeRoot(parentElement);
}

function section({ heading, rows, empty }) {
  const body = rows.length
    ? element("dl", {}, ...rows.map(row))
    : empty && element("p", { class: "empty", text: empty });
  return element("section", { class: "section" }, heading ? element("h3", { text: heading }) : null, body || null);
}

function row({ label, value, note, colour, mark }) {
  return element(
    "div",
    { class: "row" },
    element("dt", value || note ? {} : { class: "alone" }, colour ? swatch(colour) : null, label),
    value ? element("dd", { class: "value", text: value }) : null,
    note ? element("dd", { class: "note" }, mark ? element("span", { class: "marked" }, shape(mark), note) : note) : null
  );
}

function callout({ title, text }) {
  return element("div", { class: "callout", role: "note" }, element("p", {}, element("b", { text: `${title}. ` }), text));
}
