"""One module a source: fetch, parse, validate, give a typed frame. And the snapshot, built and read."""
