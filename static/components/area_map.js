// The map. One MapLibre instance lives as long as its place on the page; each rerun brings a small description
// of the view, and only what differs from the last one is changed. Geometry comes by URL and is never sent again.

const HERE = new URL(".", import.meta.url);
const ROOT = new URL("../../../", HERE); // this file is served from <root>/app/static/components/
const VENDOR = new URL("../vendor/maplibre-gl-6.17.0/", HERE);
const NO_WEBGL = "This browser cannot draw the map. The list shows the same neighbourhoods.";
const NO_OUTLINES =
  "The outlines could not be loaded. Reload the page to try again. The list has the same neighbourhoods.";
const NO_EXTRAS = "Some names or places could not be loaded. The list has the same neighbourhoods.";

const states = new WeakMap();

function element(name, className, parent) {
  const made = document.createElement(name);
  made.className = className;
  parent.append(made);
  return made;
}

function canDraw() {
  const context = document.createElement("canvas").getContext("webgl2");
  // Browsers keep only a few contexts at once: hand this one back.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

function stylesheet(url, parent) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    link.onload = link.onerror = resolve; // an unstyled map still beats none
    parent.append(link);
  });
}

async function importModules(version) {
  const names = ["data", "icons", "layers", "furniture"];
  const loaded = await Promise.all(names.map((name) => import(new URL(`area_map_${name}.js?v=${version}`, HERE).href)));
  return Object.fromEntries(names.map((name, i) => [name, loaded[i]]));
}

function buildState(parent, view) {
  const root = element("div", "cg-map", parent);
  root.dataset.painted = "false";
  const frame = element("div", "frame", root);
  frame.style.height = `${view.height}px`; // until the style sheet is here, so that the page does not jump
  const s = {
    root,
    frame,
    canvas: element("div", "canvas", frame),
    message: element("p", "message", frame),
    tip: element("div", "tip", frame),
    help: element("p", "help", root),
    legend: element("ul", "legend", root),
    sent: {}, // what each part of the map last showed, as a string to compare with
    collections: {},
    failed: {},
    loading: 0,
    fit: null,
    moved: false,
  };
  s.message.setAttribute("role", "status");
  s.message.hidden = s.tip.hidden = true;
  s.help.textContent =
    "With the map in focus, arrow keys move it and plus and minus zoom. Everything on the map is also in the list.";
  s.legend.setAttribute("aria-label", "What the map shows");
  s.ready = prepare(s, view);
  return s;
}

async function prepare(s, view) {
  const drawable = canDraw();
  const [modules, maplibre] = await Promise.all([
    importModules(view.version),
    drawable ? import(new URL("maplibre-gl.mjs", VENDOR).href) : null,
    drawable && stylesheet(new URL("maplibre-gl.css", VENDOR).href, s.root),
    stylesheet(new URL(`area_map.css?v=${view.version}`, HERE).href, s.root),
  ]);
  s.frame.style.height = "";
  Object.assign(s, modules);
  if (s.removed || !maplibre) return;
  try {
    s.map = makeMap(s, maplibre, s.view);
  } catch (error) {
    console.warn("Common Ground map:", error);
    return;
  }
  await new Promise((resolve) => s.map.once("style.load", resolve));
  if (!s.removed) s.icons.addIcons(s.map);
}

function makeMap(s, maplibre, view) {
  maplibre.setWorkerUrl(new URL("maplibre-gl-worker.mjs?v=6.17.0", VENDOR).href);
  s.theme = s.layers.readTheme(s.root);
  const map = new maplibre.Map({
    container: s.canvas,
    style: s.layers.emptyStyle(s.theme, s.icons.ACCENT),
    bounds: view.bounds,
    fitBoundsOptions: { padding: 16 },
    minZoom: 4,
    maxZoom: 17,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: true,
    attributionControl: false,
    renderWorldCopies: false,
    fadeDuration: 0,
    locale: { "Map.Title": view.alt },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new s.furniture.WholeViewControl(s.icons.wholeViewIcon(), () => fit(s)), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-left");
  s.help.id = "map-help";
  map.getCanvas().setAttribute("aria-describedby", s.help.id);
  map.on("error", ({ error }) => console.warn("Common Ground map:", error));
  map.on("movestart", (event) => {
    if (event.originalEvent) s.moved = true;
  });
  // A page settles into its width after the map is made; until the person moves it, keep the whole view in sight.
  map.on("resize", () => !s.moved && fit(s));
  map.on("idle", () => {
    if (s.loading === 0 && s.settled && !s.root.dataset.failed) s.root.dataset.painted = "true";
  });
  listen(s, map);
  return map;
}

function fit(s) {
  s.moved = false;
  s.map.fitBounds(s.view.bounds, { padding: 16, animate: false });
}

/** What is under the pointer: a partner before a place before an area. */
function under(s, point) {
  const layers = ["marker", "partners", "points", "places", "fills"];
  const hit = s.map.queryRenderedFeatures(point, { layers })[0];
  if (!hit) return null;
  const { name = "", category, code } = hit.properties;
  const { fills, places } = s.view;
  if (hit.layer.id === "fills") {
    const own = s.classOf.get(code);
    return { code, name, detail: own?.label ?? fills.base_label, colour: own?.colour ?? "" };
  }
  if (hit.layer.id === "places") {
    const kind = places.categories.find((each) => each.category === category);
    return { name, detail: kind?.label ?? category, shape: kind && s.icons.legendShape(kind.shape) };
  }
  if (hit.layer.id === "points") {
    const { id, shape, fullness, detail } = hit.properties;
    return { point: id, name, detail, shape: s.icons.legendShape(shape, fullness) };
  }
  if (hit.layer.id === "partners") return { name, detail: "Partner", shape: s.icons.legendShape("star") };
  return { name: "", detail: name, shape: s.icons.legendShape("postcode") };
}

function listen(s, map) {
  const tell = (point) => {
    const found = under(s, point);
    map.getCanvas().style.cursor = found?.code || found?.point ? "pointer" : "";
    if (found) s.furniture.showTip(s.tip, s.frame, point, found);
    else s.tip.hidden = true;
  };
  let waiting = null;
  map.on("mousemove", ({ point }) => {
    // Asking what lies under the pointer costs more than a frame on a slow machine: once a frame is enough.
    if (!waiting) {
      requestAnimationFrame(() => {
        if (!s.removed && waiting) tell(waiting);
        waiting = null;
      });
    }
    waiting = point;
  });
  const hide = () => {
    waiting = null;
    s.tip.hidden = true;
  };
  map.on("mouseout", hide);
  map.on("movestart", hide);
  map.on("click", ({ point }) => {
    tell(point);
    const [chosen] = map.queryRenderedFeatures(point, { layers: ["points"] });
    if (chosen) return s.choose(chosen.properties.id);
    const [hit] = map.queryRenderedFeatures(point, { layers: ["fills"] });
    if (hit?.properties.code) s.select(hit.properties.code);
  });
}

/** Run `change` when `value` differs from what this part last showed. Says whether it did. */
function whenChanged(s, part, value, change) {
  const text = JSON.stringify(value);
  if (s.sent[part] === text) return false;
  s.sent[part] = text;
  s.root.dataset.painted = "false";
  change();
  return true;
}

/** Put the features of `urls` into a source, unless a newer view has asked for others by the time they arrive. */
function loadInto(s, source, urls, keep) {
  whenChanged(s, source, [urls, keep ?? null], async () => {
    const asked = s.sent[source];
    s.loading += 1;
    const { features, failed } = await s.data.fetchFeatures(urls.map((url) => new URL(url, ROOT).href));
    s.loading -= 1;
    if (s.removed) return;
    if (s.sent[source] === asked) {
      const wanted = keep && new Set(keep);
      s.collections[source] = wanted ? features.filter(({ properties }) => wanted.has(properties.code)) : features;
      s.failed[source] = failed.length > 0;
      // Forget what was asked after a failure: the next rerun tries again.
      if (failed.length) delete s.sent[source];
      s.map.getSource(source)?.setData(s.data.collection(s.collections[source]));
      if (source === "fills") showSelected(s);
    }
    report(s);
    s.map.triggerRepaint(); // "idle" fires after a repaint, even one in which nothing moved
  });
}

function report(s) {
  const failed = Object.keys(s.failed).filter((source) => s.failed[source]);
  const outlines = failed.some((source) => source === "fills" || source.startsWith("outline"));
  const text = outlines ? NO_OUTLINES : failed.length ? NO_EXTRAS : "";
  if (s.message.textContent !== text) s.message.textContent = text;
  s.message.hidden = !text;
  if (text) s.root.dataset.failed = "true";
  else delete s.root.dataset.failed;
}

function showSelected(s) {
  const code = s.view.selected;
  const features = code ? (s.collections.fills ?? []).filter(({ properties }) => properties.code === code) : [];
  s.map.getSource("selected").setData(s.data.collection(features));
}

const point = (lon, lat, name) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties: { name },
});

/** A chosen place as a feature: its kind by shape, its freshness by how full it is; both are said in words beside the pointer. */
function asFeature([lon, lat, id, name, kind, freshness], { kinds, freshnesses }) {
  const { shape, singular } = kinds[kind];
  const { fullness, label } = freshnesses[freshness];
  const feature = point(lon, lat, name);
  Object.assign(feature.properties, { id, shape, fullness, icon: `shape-${shape}-${fullness}`, detail: `${singular}, ${label.toLowerCase()}` });
  return feature;
}

function update(s) {
  const { map, view, layers } = s;
  s.root.style.setProperty("--map-height", `${view.height}px`);
  s.furniture.drawLegend(s.legend, view, s.icons);
  if (!map) {
    s.root.classList.toggle("dark", layers.readTheme(s.root).dark);
    s.root.classList.add("undrawn");
    s.message.textContent = NO_WEBGL;
    s.message.hidden = false;
    s.root.dataset.failed = "true";
    return;
  }
  s.theme = layers.readTheme(s.root);
  s.root.classList.toggle("dark", s.theme.dark);
  s.classOf = new Map(view.fills.classes.flatMap((each) => each.codes.map((code) => [code, each])));
  map.getCanvas().setAttribute("aria-label", view.alt);

  whenChanged(s, "outlines", view.outlines.map(({ width, dash }) => [width, dash]), () => {
    layers.applyOutlines(map, view.outlines, s.theme);
    for (const part of Object.keys(s.sent)) {
      if (/^outline-\d+$/.test(part) && !map.getSource(part)) {
        delete s.sent[part];
        delete s.failed[part];
      }
    }
  });
  whenChanged(s, "theme", s.theme, () => layers.applyTheme(map, s.theme));
  whenChanged(s, "classes", view.fills.classes, () => layers.applyClasses(map, view.fills.classes));
  whenChanged(s, "categories", view.places.categories, () => layers.applyPlaceShapes(map, view.places.categories));
  whenChanged(s, "partners", view.partners, () =>
    map.getSource("partners").setData(s.data.collection(view.partners.map((each) => point(...each)))));
  whenChanged(s, "points", view.points, () =>
    map.getSource("points").setData(s.data.collection(view.points.items.map((each) => asFeature(each, view.points)))));
  whenChanged(s, "chosen", view.chosen, () => map.setFilter("point-chosen", ["==", ["get", "id"], view.chosen ?? ""]));
  whenChanged(s, "marker", view.marker, () =>
    map.getSource("marker").setData(s.data.collection(view.marker ? [point(...view.marker)] : [])));
  whenChanged(s, "selected", view.selected, () => showSelected(s));
  whenChanged(s, "bounds", view.bounds, () => fit(s));
  loadInto(s, "fills", view.fills.urls, view.fills.only);
  view.outlines.forEach(({ urls, only }, i) => loadInto(s, `outline-${i}`, urls, only));
  map.setLayerZoomRange("places", view.places.from_zoom, 24);
  loadInto(s, "places", view.places.categories.length ? view.places.urls : []);
  loadInto(s, "labels", view.labels.urls);
  s.settled = true;
  report(s);
  map.triggerRepaint();
}

function remove(s, parent) {
  s.removed = true;
  states.delete(parent);
  s.map?.remove();
  s.root.remove();
}

/** Streamlit calls this for each new set of data and each change of theme. */
export default function areaMap({ parentElement, data, setTriggerValue }) {
  let s = states.get(parentElement);
  if (!s) {
    s = buildState(parentElement, data);
    states.set(parentElement, s);
  }
  s.view = data;
  s.select = (code) => setTriggerValue("selected", code);
  s.choose = (id) => setTriggerValue("chosen", id);
  const run = (s.run = (s.run ?? 0) + 1);
  s.ready
    .then(() => { if (!s.removed && s.run === run) update(s); })
    .catch((error) => {
      console.warn("Common Ground map:", error);
      s.message.textContent = NO_OUTLINES;
      s.message.hidden = false;
      s.root.dataset.failed = "true";
    });
  return () => {
    // Streamlit also calls this for a run that a newer one has overtaken: leave the map alone if it is still shown.
    setTimeout(() => { if (s.run === run && !s.root.isConnected) remove(s, parentElement); }, 0);
  };
}
