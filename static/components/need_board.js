// Core20PLUS5 as a board: clinical areas, and beneath each its figures, compared in words and shapes. A table where there is
// room, the same rows as cards where there is not. Choosing a figure sends "opened" with its id.

const version = new URL(import.meta.url).search;
const { element, removeRoot, rootOf } = await import(new URL(`./dom.js${version}`, import.meta.url).href);
const { MARK_CSS, mark } = await import(new URL(`./marks.js${version}`, import.meta.url).href);

const CSS = `${MARK_CSS}
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
col.name { width: 33%; } col.here { width: 15%; } col.england { width: 9%; }
col.comparison { width: 16%; } col.trend { width: 13%; } col.source { width: 14%; }
thead th {
  padding: 8px; font-size: 0.875rem; font-weight: 700; line-height: 1.35; color: var(--muted); text-align: left;
  vertical-align: bottom; border-bottom: 2px solid var(--rule); overflow-wrap: normal;
}
tbody th, tbody td { padding: 8px; font-weight: 400; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
tbody td { padding-top: 14px; font-size: 0.875rem; line-height: 1.5; }
th.number, td.number { text-align: right; }
tbody td.number { font-size: 1rem; padding-top: 12px; font-variant-numeric: tabular-nums; }
td.number b { font-weight: 700; white-space: nowrap; }
.beneath { display: block; font-size: 0.875rem; line-height: 1.4; color: var(--muted); }
th.area { padding: 32px 8px 8px; border-bottom: 1px solid var(--edge); }
tbody:first-of-type th.area { padding-top: 16px; }
th.area h3 { font-size: 1.125rem; font-weight: 700; line-height: 1.35; color: var(--st-text-color); }
th.area p { max-width: 44rem; margin-top: 4px; font-size: 0.875rem; color: var(--muted); }
.open {
  display: flex; flex-direction: column; width: 100%; min-height: 44px; margin: 0; padding: 4px 0; border: 0; border-radius: 2px; background: none;
  color: inherit; font: inherit; text-align: left; cursor: pointer;
}
.open b { font-weight: 700; line-height: 1.5; color: var(--accent); }
.open:hover b { text-decoration: underline; text-underline-offset: 3px; }
.remark { font-size: 0.875rem; line-height: 1.4; color: var(--muted); }
td.gap { padding: 12px 8px; font-size: 1rem; color: var(--muted); }
.empty { padding: 16px 8px; color: var(--muted); }

@container (width < 760px) {
  table, tbody, tr, th.area { display: block; }
  colgroup { display: none; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  th.area { padding: 24px 0 8px; }
  tr.figure {
    display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 16px;
    margin-top: 8px; padding: 8px 16px 12px; border: 1px solid var(--rule); border-radius: 4px;
  }
  tr.figure > *, tr.figure > td.number { display: block; padding: 0; border: 0; text-align: left; }
  tr.figure > .name, tr.figure > .comparison, tr.figure > .source { grid-column: 1 / -1; }
  .open { justify-content: center; }
  tr.figure > td.blank, tr.figure > td.unknown { display: none; }
  tr.figure > .source > .beneath { display: inline; }
  tr.figure > .source > .beneath::before { content: " · "; }
  tr.figure > td.number::before, tr.figure > td.trend::before {
    content: attr(data-label); display: block; font-size: 0.875rem; line-height: 1.35; color: var(--muted);
  }
  td.gap { display: block; padding: 12px 0; }
}
`;

// Where a person left a board: what they open is shown from its top, and the same board comes back as they left it.
let left = null;
const scroller = () => document.querySelector("[data-testid=stMain]");

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "need-board", CSS);
  const isNew = !root.childElementCount;
  const focused = parentElement.activeElement?.dataset?.id;
  root.onclick = (event) => {
    const button = event.target.closest(".open");
    if (!button) return;
    left = { caption: data.caption, id: button.dataset.id, top: scroller()?.scrollTop ?? 0, leaving: true };
    setTriggerValue("opened", button.dataset.id);
  };
  root.replaceChildren(data.areas.length ? board(data) : element("p", { class: "empty", text: data.empty }));
  if (focused) [...root.querySelectorAll(".open")].find((each) => each.dataset.id === focused)?.focus({ preventScroll: true });
  if (isNew && left?.caption === data.caption) {
    const { id, top } = left;
    left = null;
    requestAnimationFrame(() => {
      [...root.querySelectorAll(".open")].find((each) => each.dataset.id === id)?.focus({ preventScroll: true });
      scroller()?.scrollTo({ top, behavior: "instant" });
    });
  }
  return () => {
    removeRoot(parentElement);
    if (left?.leaving) scroller()?.scrollTo({ top: 0, behavior: "instant" });
    if (left) left.leaving = false;
  };
}

const KINDS = ["name", "here", "england", "comparison", "trend", "source"];
const NUMBERS = new Set(["here", "england"]);

function board({ caption, headings, areas }) {
  const head = KINDS.map((kind, at) =>
    element("th", { scope: "col", role: "columnheader", class: NUMBERS.has(kind) ? `${kind} number` : kind, text: headings[at] })
  );
  return element(
    "table",
    { role: "table" },
    element("caption", { class: "hidden", text: caption }),
    element("colgroup", {}, ...KINDS.map((kind) => element("col", { class: kind }))),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)),
    ...areas.map((area) => group(area, headings))
  );
}

function group({ name, asks, rows, gaps }, headings) {
  const title = element(
    "th",
    { class: "area", scope: "rowgroup", role: "rowheader", colspan: KINDS.length },
    element("h3", { text: name }),
    asks ? element("p", { text: asks }) : null
  );
  return element(
    "tbody",
    { role: "rowgroup" },
    element("tr", { role: "row" }, title),
    ...rows.map((row) => figure(row, headings)),
    ...gaps.map((text) => element("tr", { role: "row" }, element("td", { class: "gap", role: "cell", colspan: KINDS.length, text })))
  );
}

function figure({ id, name, who, remarks, here, interval, england, comparison, trend, period, origin }, headings) {
  const button = element(
    "button",
    { type: "button", class: "open" },
    element("b", { text: name }),
    who ? element("span", { class: "beneath", text: who }) : null
  );
  button.dataset.id = id;
  const cells = [
    element("th", { class: "name", scope: "row", role: "rowheader" }, button, ...remarks.map((text) => element("p", { class: "remark", text }))),
    element("td", { class: "here number" }, element("b", { text: here }), interval ? element("span", { class: "beneath", text: interval }) : null),
    element("td", { class: england ? "england number" : "england number blank" }, england ?? ""),
    element("td", { class: "comparison" }, word(comparison)),
    element("td", { class: `trend ${!trend ? "blank" : trend.shape === "none" ? "unknown" : ""}`.trim() }, trend ? word(trend) : ""),
    element("td", { class: "source" }, period, element("span", { class: "beneath", text: origin })),
  ];
  cells.forEach((cell, at) => {
    cell.dataset.label = headings[at];
    if (at) cell.setAttribute("role", "cell");
  });
  return element("tr", { role: "row", class: "figure" }, ...cells);
}

function word({ shape, text, beneath }) {
  return element(
    "div",
    {},
    element("span", { class: "marked" }, mark(shape), element("span", { text })),
    beneath ? element("span", { class: "beneath", text: beneath }) : null
  );
}
