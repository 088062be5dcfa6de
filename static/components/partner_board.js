// Partners in groups: stages, neighbourhoods or clinical areas, each with its cards. It is read, not dragged: a move is made in the
// record, where it asks for a note. Choosing a card sends "opened" with its id.

const { element, removeRoot, rootOf, swatch } = await import(
  new URL(`./dom.js${new URL(import.meta.url).search}`, import.meta.url).href
);

const CSS = `
.group + .group { margin-top: 24px; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 12px; padding-bottom: 4px; border-bottom: 2px solid var(--rule); }
.head h3 { font-size: 1.125rem; line-height: 1.35; color: var(--st-text-color); }
.head .count { font-size: 0.875rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.note { margin-top: 4px; max-width: 44rem; font-size: 0.875rem; color: var(--muted); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 8px; margin-top: 8px; list-style: none; }
.card {
  display: flex; flex-direction: column; gap: 2px; width: 100%; height: 100%; min-height: 44px; margin: 0; padding: 10px 12px;
  border: 1px solid var(--rule); border-radius: 4px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
}
.card:hover { border-color: var(--accent); }
.card b { font-weight: 700; color: var(--accent); }
.card:hover b { text-decoration: underline; text-underline-offset: 3px; }
.card .line { font-size: 0.875rem; line-height: 1.4; color: var(--muted); }
.card .standing { display: flex; align-items: baseline; gap: 8px; font-size: 0.875rem; line-height: 1.4; }
.empty { padding: 8px 0; color: var(--muted); }
`;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "partner-board", CSS);
  const focused = parentElement.activeElement?.dataset?.id;
  root.onclick = (event) => {
    const card = event.target.closest(".card");
    if (card) setTriggerValue("opened", card.dataset.id);
  };
  root.replaceChildren(...(data.groups.length ? data.groups.map(group) : [element("p", { class: "empty", text: data.empty })]));
  if (focused) [...root.querySelectorAll(".card")].find((each) => each.dataset.id === focused)?.focus({ preventScroll: true });
  return () => removeRoot(parentElement);
}

function group({ title, note, cards, empty }) {
  const count = cards.length ? element("span", { class: "count", text: String(cards.length) }) : null;
  return element(
    "section",
    { class: "group" },
    element("div", { class: "head" }, element("h3", { text: title }), count),
    note ? element("p", { class: "note", text: note }) : null,
    cards.length
      ? element("ul", { class: "cards", role: "list" }, ...cards.map((each) => element("li", {}, card(each))))
      : element("p", { class: "empty", text: empty })
  );
}

function card({ id, name, standing, colour, lines }) {
  const button = element(
    "button",
    { type: "button", class: "card" },
    element("b", { text: name }),
    standing ? element("span", { class: "standing" }, colour ? swatch(colour) : null, element("span", { text: standing })) : null,
    ...lines.map((text) => element("span", { class: "line", text }))
  );
  button.dataset.id = id;
  return button;
}
