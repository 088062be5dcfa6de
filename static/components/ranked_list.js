// Ranked rows: a table where there is room, the same rows as cards where there is not.
// Choosing a row sends "selected" with its id; the pager sends "page" with its number.

const { element, removeRoot, rootOf, swatch } = await import(
  new URL(`./dom.js${new URL(import.meta.url).search}`, import.meta.url).href
);

const CSS = `
.ranked-list { scroll-margin-top: 4rem; }
table { width: 100%; border-collapse: collapse; }
thead th {
  padding: 8px; font-size: 0.875rem; font-weight: 700; line-height: 1.35; color: var(--muted); text-align: left;
  vertical-align: bottom; border-bottom: 2px solid var(--rule); overflow-wrap: normal;
}
tbody th, tbody td {
  padding: 6px 8px; font-weight: 400; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule);
}
tbody td { padding-top: 12px; }
thead th.number, tbody td.number { text-align: right; }
thead th.number { white-space: normal; }
.rank { width: 1%; }
tbody .name { min-width: 11rem; }
.word { display: inline-flex; align-items: baseline; gap: 8px; font-size: 0.875rem; line-height: 1.7; overflow-wrap: normal; }
tbody tr { cursor: pointer; }
tbody tr:hover { background: var(--st-secondary-background-color); }
tbody tr[aria-current="true"] { background: var(--tint); }
tbody tr[aria-current="true"] > :first-child { box-shadow: inset 4px 0 0 var(--accent); }
.choose {
  display: flex; flex-direction: column; width: 100%; min-height: 44px; margin: 0; padding: 6px 0; border: 0; border-radius: 2px;
  background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
}
.choose b { font-weight: 700; line-height: 1.5; }
.choose span { line-height: 1.4; }
tbody tr:hover .choose b { text-decoration: underline; text-underline-offset: 3px; }
td.small { line-height: 1.7; }
.reason { padding-bottom: 6px; line-height: 1.4; }
.empty { padding: 16px 8px; color: var(--muted); }
.pager { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px;
  padding-top: 12px; }
.pager div { display: flex; gap: 8px; }
.turn {
  min-width: 44px; min-height: 44px; padding: 8px 16px; border: 1px solid var(--edge); border-radius: 4px;
  background: var(--st-background-color); color: var(--st-text-color); font: inherit; font-size: 0.875rem;
  cursor: pointer;
}
.turn:hover { border-color: var(--accent); color: var(--accent); }
.turn[aria-disabled="true"] { border-color: var(--rule); color: var(--muted); opacity: 0.6; cursor: default; }

@container (width >= 680px) {
  .word { white-space: nowrap; }
}
@container (width < 500px) {
  table, tbody { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr {
    display: flex; flex-wrap: wrap; gap: 4px 12px;
    position: relative; margin-bottom: 8px; padding: 8px 12px 12px 16px;
    border: 1px solid var(--rule); border-radius: 4px;
  }
  tbody th, tbody td, tbody td.number { display: block; padding: 0; border: 0; text-align: left; white-space: normal; }
  tbody td.rank, tbody td.blank { display: none; }
  tbody .name, tbody .state { flex: 1 0 100%; min-width: 0; }
  tbody td:not(.state) { flex: 1 1 5rem; order: 1; }
  tbody td:not(.state)::before {
    content: attr(data-label); display: block; font-size: 0.875rem; line-height: 1.35; color: var(--muted);
  }
  .choose b[data-rank]::before { content: attr(data-rank) ". "; font-variant-numeric: tabular-nums; }
  tbody tr[aria-current="true"] > :first-child { box-shadow: none; }
  tbody tr[aria-current="true"] { box-shadow: inset 4px 0 0 var(--accent); }
  .pager div { flex: 1 1 100%; }
  .turn { flex: 1 1 0; }
}
`;

const CARDS_BELOW = 500;
const CSS_NAME = /^[a-z_]+$/;
const views = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const root = rootOf(parentElement, "ranked-list", CSS);
  let view = views.get(root);
  if (!view) {
    view = build(root);
    views.set(root, view);
  }
  view.send = component.setTriggerValue;
  update(view, data, parentElement);
  return () => removeRoot(parentElement);
}

/** Make what stays from run to run, and listen once. */
function build(root) {
  const view = { rows: new Map(), page: null };
  view.root = root;
  view.caption = element("caption", { class: "hidden" });
  view.head = element("thead", { role: "rowgroup" });
  view.body = element("tbody", { role: "rowgroup" });
  // The explicit roles keep it a table to a screen reader when the narrow layout takes the table display away.
  view.table = element("table", { role: "table" }, view.caption, view.head, view.body);
  view.empty = element("p", { class: "empty" });
  view.showing = element("p", { class: "small number", role: "status" });
  view.previous = element("button", { type: "button", class: "turn", text: "Previous" });
  view.next = element("button", { type: "button", class: "turn", text: "Next" });
  view.pager = element("nav", { class: "pager" }, view.showing, element("div", {}, view.previous, view.next));
  root.replaceChildren(view.table, view.empty, view.pager);

  view.body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!row) return;
    // Marking text in a row to copy it is not choosing the row.
    if (!event.target.closest("button") && document.getSelection()?.type === "Range") return;
    mark(view, row.dataset.id);
    view.send("selected", row.dataset.id);
    if (view.data.shows && view.root.clientWidth < CARDS_BELOW) {
      document.querySelector(`.st-key-${CSS_NAME.test(view.data.shows) ? view.data.shows : "none"}`)?.scrollIntoView();
    }
  });
  view.previous.addEventListener("click", () => turn(view, -1));
  view.next.addEventListener("click", () => turn(view, 1));
  return view;
}

function turn(view, step) {
  const page = view.data.page + step;
  if (page >= 1 && page <= view.data.pages) view.send("page", page);
}

/** Bring the rows to what `data` says; rows that stay keep their elements, and with them the focus. */
function update(view, data, parentElement) {
  const focused = parentElement.activeElement;
  const turned = view.page !== null && view.page !== data.page;
  view.data = data;
  view.page = data.page;
  view.caption.textContent = data.caption;
  view.head.replaceChildren(heading(data.columns));

  const kept = new Map();
  for (const row of data.rows) kept.set(row.id, fill(view.rows.get(row.id) ?? newRow(row.id), row, data.columns));
  view.rows = kept;
  const wanted = [...kept.values()];
  if (wanted.length !== view.body.children.length || wanted.some((row, at) => row !== view.body.children[at])) {
    view.body.replaceChildren(...wanted);
  }
  mark(view, data.selected);

  view.table.hidden = wanted.length === 0;
  view.empty.hidden = wanted.length > 0;
  view.empty.textContent = data.empty;
  view.pager.hidden = data.pages <= 1;
  view.pager.style.display = data.pages <= 1 ? "none" : "";
  view.pager.setAttribute("aria-label", `Pages: ${data.caption}`);
  if (view.showing.textContent !== data.showing) view.showing.textContent = data.showing;
  // aria-disabled rather than disabled: a disabled button would drop the focus of whoever just pressed it.
  view.previous.setAttribute("aria-disabled", String(data.page <= 1));
  view.next.setAttribute("aria-disabled", String(data.page >= data.pages));

  if (focused?.isConnected && parentElement.activeElement !== focused) focused.focus({ preventScroll: true });
  if (turned && view.root.getBoundingClientRect().top < 0) view.root.scrollIntoView({ block: "start" });
}

function mark(view, id) {
  for (const [key, row] of view.rows) {
    for (const node of [row, row.querySelector(".choose")]) {
      if (key === id) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
  }
}

function heading(columns) {
  const cells = columns.map(({ kind, heading: text }) =>
    element("th", { scope: "col", role: "columnheader", class: kind === "rank" ? "rank number" : kind, text })
  );
  return element("tr", { role: "row" }, ...cells);
}

function newRow(id) {
  const row = element("tr", { role: "row" });
  row.dataset.id = id;
  const name = element("th", { class: "name", scope: "row", role: "rowheader" });
  const choose = element(
    "button",
    { type: "button", class: "choose" },
    element("b"),
    element("span", { class: "small detail" })
  );
  name.append(choose, element("p", { class: "small reason" }));
  row.append(name);
  return row;
}

/** Write a row's cells. The cell with the name and its button stays the same element, so focus stays in it. */
function fill(row, { name, detail, reason, cells }, columns) {
  const held = row.querySelector(".name");
  const title = held.querySelector("b");
  title.textContent = name;
  setText(held.querySelector(".detail"), detail);
  setText(held.querySelector(".reason"), reason);
  while (held.previousSibling) held.previousSibling.remove();
  while (held.nextSibling) held.nextSibling.remove();
  title.removeAttribute("data-rank");
  let before = true;
  columns.forEach(({ kind, heading: text }, at) => {
    if (kind === "name") {
      before = false;
      return;
    }
    const cell = kind === "state" ? stateCell(cells[at]) : textCell(kind, cells[at]);
    cell.dataset.label = text;
    if (kind === "rank") title.dataset.rank = cells[at];
    if (before) held.before(cell);
    else row.append(cell);
  });
  return row;
}

function setText(node, text) {
  node.textContent = text ?? "";
  node.hidden = !text;
  node.style.display = text ? "" : "none";
}

function textCell(kind, text) {
  const classes = [kind === "rank" ? "rank number" : kind];
  if (text === "") classes.push("blank");
  // "none recorded" among figures is a remark, not a figure.
  else if (kind === "number" && !/^\d/.test(text)) classes.push("small");
  return element("td", { role: "cell", class: classes.join(" "), text });
}

function stateCell(state) {
  if (!state) return element("td", { role: "cell", class: "state blank" });
  const word = element("span", { class: "word" }, swatch(state.colour), element("span", { text: state.label }));
  return element("td", { role: "cell", class: "state" }, word);
}
