// What stands round the canvas: the legend in words, the tooltip, the message. Text goes in as textContent only.

function item(sample, text) {
  const entry = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = text;
  entry.append(sample, words);
  return entry;
}

/** A colour sample. An empty colour is the pale base, which follows the theme through CSS. */
export function swatch(colour) {
  const sample = document.createElement("span");
  sample.className = colour ? "swatch" : "swatch base";
  sample.setAttribute("aria-hidden", "true");
  if (colour) sample.style.backgroundColor = colour;
  return sample;
}

/** Fill the legend: only what this view can show, in words. */
export function drawLegend(list, view, icons) {
  const entries = view.fills.classes
    .filter(({ codes }) => codes.length)
    .map(({ label, colour }) => item(swatch(colour), label));
  if (view.fills.base_label) entries.push(item(swatch(""), view.fills.base_label));
  for (const { label, shape } of view.places.categories) entries.push(item(icons.legendShape(shape), label));
  if (view.points.items.length) {
    const has = (column, index) => view.points.items.some((each) => each[column] === index);
    view.points.kinds.forEach(({ label, shape }, i) => has(4, i) && entries.push(item(icons.legendShape(shape), label)));
    view.points.freshnesses.forEach(({ label, fullness }, i) => has(5, i) && entries.push(item(icons.legendShape("circle", fullness), label)));
  }
  if (view.partners.length) entries.push(item(icons.legendShape("star"), "Confirmed partner"));
  if (view.marker) entries.push(item(icons.legendShape("postcode"), view.marker[2]));
  for (const { label, width, dash } of view.outlines) entries.push(item(icons.legendLine(width, dash), label));
  list.replaceChildren(...entries);
}

/** Show a name and what it is beside the pointer, kept inside the frame. */
export function showTip(tip, frame, point, { name, detail, colour, shape }) {
  const title = document.createElement("strong");
  title.textContent = name;
  const line = document.createElement("span");
  if (shape) line.append(shape);
  else if (colour !== undefined) line.append(swatch(colour));
  line.append(document.createTextNode(detail));
  tip.replaceChildren(...(name ? [title, line] : [line]));
  tip.hidden = false;
  const gap = 14;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = point.x + gap + width > frame.clientWidth ? point.x - gap - width : point.x + gap;
  const top = point.y + gap + height > frame.clientHeight ? point.y - gap - height : point.y + gap;
  tip.style.left = `${Math.max(4, Math.min(left, frame.clientWidth - width - 4))}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}

/** Zoom back to the whole view: the third button beneath plus and minus. */
export class WholeViewControl {
  constructor(icon, onPress) {
    this.icon = icon;
    this.onPress = onPress;
  }

  onAdd() {
    this.group = document.createElement("div");
    this.group.className = "maplibregl-ctrl maplibregl-ctrl-group";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "whole-view";
    button.title = "Show the whole area";
    button.setAttribute("aria-label", "Show the whole area");
    button.append(this.icon);
    button.onclick = this.onPress;
    this.group.append(button);
    return this.group;
  }

  onRemove() {
    this.group.remove();
  }
}
