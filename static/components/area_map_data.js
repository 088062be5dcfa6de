// Fetching map geometry: gzipped GeoJSON by URL, parsed once, merged into one collection.

// One ICB needs about three files an authority; sixty keeps the last few views without growing for ever.
const LIMIT = 60;
const parsed = new Map();

async function load(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // The server may send the file as it is or with Content-Encoding: gzip, which the browser has
  // already undone. The first two bytes say which, whatever the headers claim.
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = zipped
    ? await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text()
    : new TextDecoder().decode(bytes);
  const collection = JSON.parse(text);
  if (!Array.isArray(collection?.features)) throw new Error(`${url} is not a GeoJSON FeatureCollection`);
  return collection;
}

function fetchCollection(url) {
  let promise = parsed.get(url);
  if (promise) {
    parsed.delete(url); // re-inserted below: the Map's order is then least recently used first
  } else {
    promise = load(url);
    // A failure must not be remembered, or the map could never recover without a reload.
    promise.catch(() => parsed.get(url) === promise && parsed.delete(url));
  }
  parsed.set(url, promise);
  while (parsed.size > LIMIT) parsed.delete(parsed.keys().next().value);
  return promise;
}

/**
 * Fetch several files and merge them.
 * @param {string[]} urls absolute URLs
 * @returns {Promise<{features: object[], failed: string[]}>} features of the files that arrived, each code
 *   once, and the URLs that did not arrive. Never rejects.
 */
export async function fetchFeatures(urls) {
  const results = await Promise.allSettled(urls.map(fetchCollection));
  const features = [];
  const failed = [];
  const seen = new Set();
  results.forEach((result, i) => {
    if (result.status === "rejected") {
      failed.push(urls[i]);
      console.warn(`Common Ground map: ${result.reason}`);
      return;
    }
    for (const feature of result.value.features) {
      const code = feature.properties?.code;
      // A footprint that straddles two areas is filed under both.
      if (code !== undefined && seen.has(code)) continue;
      if (code !== undefined) seen.add(code);
      features.push(feature);
    }
  });
  return { features, failed };
}

export const collection = (features) => ({ type: "FeatureCollection", features });
