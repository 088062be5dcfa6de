// The map's style: sources, layers, and what changes in them with the theme and the view.

const EMPTY = { type: "FeatureCollection", features: [] };

/** Colours for the current Streamlit theme, from the --st-* variables the component inherits. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const value = (name, fallback) => {
    const text = style.getPropertyValue(name).trim();
    return text && text !== "unset" ? text : fallback;
  };
  const background = value("--st-background-color", "#FFFFFF");
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = background;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  const dark = 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  return {
    dark,
    background,
    text: value("--st-text-color", dark ? "#E8EDF2" : "#1F2A33"),
    base: dark ? "#2B333C" : "#EEF0F3",
    edge: dark ? "#4A555F" : "#FFFFFF",
    // On a dark page the darkest purple is close to the ground: a pale rim keeps every Core20 shape visible.
    stateEdge: dark ? "rgba(255,255,255,0.85)" : "#FFFFFF",
    outline: dark ? "#DCE3EA" : "#1F2A33",
    // No glyph server: with no `glyphs` in the style MapLibre draws text with the fonts the page itself has,
    // and `text-font` names those as CSS would.
    fonts: value("--st-font", "sans-serif").split(",").map((name) => name.replace(/["']/g, "").trim()),
  };
}

const stateFill = (base) => ["to-color", ["feature-state", "fill"], base];
const byZoom = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];

/** The whole style, empty of data. Polygons first, points above, text above those, partners on top. */
export function emptyStyle(theme, accent) {
  const source = (more = {}) => ({ type: "geojson", data: EMPTY, tolerance: 0.2, maxzoom: 15, ...more });
  return {
    version: 8,
    sources: {
      fills: source({ promoteId: "code" }),
      selected: source(),
      places: source(),
      points: source(),
      labels: source(),
      partners: source(),
      marker: source(),
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": theme.background } },
      { id: "fills", type: "fill", source: "fills", paint: { "fill-color": stateFill(theme.base) } },
      {
        id: "edges", type: "line", source: "fills", layout: { "line-join": "round" },
        paint: { "line-color": theme.edge, "line-width": byZoom(8, 0.15, 11, 0.6, 14, 1.2) },
      },
      {
        id: "selected-casing", type: "line", source: "selected", layout: { "line-join": "round" },
        paint: { "line-color": "#FFFFFF", "line-width": 7 },
      },
      {
        id: "selected", type: "line", source: "selected", layout: { "line-join": "round" },
        paint: { "line-color": accent, "line-width": 3.5 },
      },
      {
        id: "places", type: "symbol", source: "places",
        layout: {
          "icon-image": "shape-circle", "icon-allow-overlap": true, "icon-ignore-placement": true,
          "icon-size": byZoom(8, 0.2, 10, 0.36, 11.5, 0.7, 14, 1.1),
          visibility: "none",
        },
      },
      {
        id: "points", type: "symbol", source: "points",
        layout: {
          "icon-image": ["get", "icon"], "icon-allow-overlap": true, "icon-ignore-placement": true,
          "icon-size": byZoom(8, 0.4, 10, 0.6, 11.5, 0.85, 14, 1.2),
        },
      },
      {
        id: "point-chosen", type: "circle", source: "points", filter: ["==", ["get", "id"], ""],
        paint: {
          "circle-radius": byZoom(8, 8, 14, 14), "circle-color": "rgba(0,0,0,0)",
          "circle-stroke-color": accent, "circle-stroke-width": 3,
        },
      },
      {
        id: "labels", type: "symbol", source: "labels",
        layout: {
          "text-field": ["get", "name"], "text-font": theme.fonts, "text-size": byZoom(9, 11, 13, 12),
          "text-max-width": 9, "text-padding": 5, "text-line-height": 1.1,
          "text-variable-anchor": ["center", "top", "bottom"], "text-radial-offset": 0.5,
          "symbol-sort-key": ["-", 0, ["to-number", ["get", "weight"], 0]],
        },
        paint: { "text-color": theme.text, "text-halo-color": theme.background, "text-halo-width": 1.6 },
      },
      {
        id: "partners", type: "symbol", source: "partners",
        layout: { "icon-image": "shape-star", "icon-allow-overlap": true, "icon-size": byZoom(8, 0.6, 11, 0.9, 14, 1.2) },
      },
      {
        id: "marker", type: "symbol", source: "marker",
        layout: {
          "icon-image": "shape-postcode", "icon-anchor": "bottom", "icon-allow-overlap": true,
          "text-field": ["get", "name"], "text-font": theme.fonts, "text-size": 12, "text-anchor": "top",
          "text-offset": [0, 0.3], "text-optional": true,
        },
        paint: { "text-color": theme.text, "text-halo-color": theme.background, "text-halo-width": 2 },
      },
    ],
  };
}

/** Recolour everything that follows the theme. The five states, the accent and the icons stay as they are. */
export function applyTheme(map, theme) {
  const set = (layer, property, value) => map.getLayer(layer) && map.setPaintProperty(layer, property, value);
  set("background", "background-color", theme.background);
  set("fills", "fill-color", stateFill(theme.base));
  const hasState = ["!=", ["feature-state", "fill"], null];
  set("edges", "line-color", ["case", hasState, theme.stateEdge, theme.edge]);
  for (const layer of ["labels", "marker"]) {
    set(layer, "text-color", theme.text);
    set(layer, "text-halo-color", theme.background);
    map.setLayoutProperty(layer, "text-font", theme.fonts);
  }
  for (let i = 0; map.getLayer(`outline-${i}`); i += 1) set(`outline-${i}`, "line-color", theme.outline);
}

/** Give each code its class's colour through feature state: no geometry is touched or sent again. */
export function applyClasses(map, classes) {
  map.removeFeatureState({ source: "fills" });
  for (const { colour, codes } of classes) {
    for (const code of codes) map.setFeatureState({ source: "fills", id: code }, { fill: colour });
  }
}

/** Make the outline layers match `outlines`, beneath the selection and the points. */
export function applyOutlines(map, outlines, theme) {
  let i = 0;
  for (; i < outlines.length; i += 1) {
    const id = `outline-${i}`;
    const { width, dash } = outlines[i];
    if (!map.getSource(id)) map.addSource(id, { type: "geojson", data: EMPTY, tolerance: 0.2, maxzoom: 15 });
    if (!map.getLayer(id)) {
      map.addLayer(
        { id, type: "line", source: id, layout: { "line-join": "round" }, paint: { "line-color": theme.outline } },
        "selected-casing",
      );
    }
    map.setPaintProperty(id, "line-width", byZoom(8, width * 0.6, 12, width));
    map.setPaintProperty(id, "line-dasharray", dash ? [3, 2] : undefined);
  }
  for (; map.getSource(`outline-${i}`); i += 1) {
    map.removeLayer(`outline-${i}`);
    map.removeSource(`outline-${i}`);
  }
}

/** Draw only the listed categories, each by its shape. */
export function applyPlaceShapes(map, categories) {
  map.setLayoutProperty("places", "visibility", categories.length ? "visible" : "none");
  if (!categories.length) return;
  const names = categories.map(({ category }) => category);
  map.setFilter("places", ["in", ["get", "category"], ["literal", names]]);
  const branches = categories.flatMap(({ category, shape }) => [category, `shape-${shape}`]);
  map.setLayoutProperty("places", "icon-image", ["match", ["get", "category"], ...branches, "shape-circle"]);
}
