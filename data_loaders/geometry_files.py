"""Map layers as files that a browser keeps for ever: gzipped GeoJSON named after what is in it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

SUFFIX = ".geojson.gz"
INDEX_COLUMNS = ["layer", "key", "path", "bytes", "features", "west", "south", "east", "north"]


def feature_collection(geometries: npt.NDArray[Any], properties: pd.DataFrame) -> bytes:
    """GeoJSON (RFC 7946, EPSG:4326) without spaces; missing properties are left out, row by row."""
    rows = ({k: v for k, v in row.items() if pd.notna(v)} for row in properties.to_dict("records"))
    features = (
        f'{{"type":"Feature","properties":{_compact(row)},"geometry":{shape}}}'
        for row, shape in zip(rows, shapely.to_geojson(geometries), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def _compact(row: dict[Any, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


class LayerWriter:
    """Writes layers into one folder and remembers them for the index."""

    def __init__(self, folder: Path, prefix: str) -> None:
        """Write under `folder`; the index's paths begin with `prefix`, the name that `folder` will have."""
        self._folder = folder
        self._prefix = prefix
        self._rows: list[dict[str, object]] = []

    def write(self, layer: str, key: str, geometries: npt.NDArray[Any], properties: pd.DataFrame) -> None:
        """Write `<layer>/<key>.<first 12 hex digits of the content's SHA-256>.geojson.gz`.

        `geometries` are EPSG:4326, one for each row of `properties`. The same content gives the same bytes:
        gzip carries no time stamp.
        """
        content = feature_collection(geometries, properties)
        name = f"{layer}/{key}.{hashlib.sha256(content).hexdigest()[:12]}{SUFFIX}"
        packed = gzip.compress(content, 9, mtime=0)
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(packed)
        west, south, east, north = (round(float(edge), 5) for edge in shapely.total_bounds(geometries))
        self._rows.append(
            {
                "layer": layer,
                "key": key,
                "path": f"{self._prefix}/{name}",
                "bytes": len(packed),
                "features": len(properties),
                "west": west,
                "south": south,
                "east": east,
                "north": north,
            }
        )

    def write_by(self, layer: str, keys: pd.Series, geometries: npt.NDArray[Any], properties: pd.DataFrame) -> None:
        """Write one file for each key; `keys`, `geometries` and `properties` are aligned by position."""
        for key, rows in keys.reset_index(drop=True).groupby(keys.to_numpy(), sort=True).indices.items():
            self.write(layer, str(key), geometries[rows], properties.iloc[rows])

    def index(self) -> pd.DataFrame:
        """One row a file: INDEX_COLUMNS, sorted by layer and key; bytes as downloaded, bounds in degrees."""
        frame = pd.DataFrame(self._rows, columns=INDEX_COLUMNS).sort_values(["layer", "key"], ignore_index=True)
        return frame.astype({"bytes": np.int64, "features": np.int64})


@contextmanager
def staged(out_dir: Path) -> Iterator[LayerWriter]:
    """Give a writer into a temporary folder; move its files into `out_dir` only if the block succeeds.

    Names carry their content, so a file that is already there is replaced by its equal and a server that is
    reading the old ones never meets half a file.
    """
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    # Beside out_dir, because a rename is atomic only within one file system.
    with tempfile.TemporaryDirectory(prefix=f".{out_dir.name}-", dir=out_dir.parent) as scratch:
        yield LayerWriter(Path(scratch), out_dir.name)
        for file in sorted(Path(scratch).rglob(f"*{SUFFIX}")):
            target = out_dir / file.relative_to(scratch)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)  # noqa: PTH105 - says "over whatever is there" on every platform


def remove_stale(out_dir: Path, index: pd.DataFrame) -> int:
    """Remove layer files under `out_dir` that `index` does not name, and empty folders; return how many."""
    wanted = {out_dir.parent / path for path in index["path"]}
    stale = [file for file in out_dir.rglob(f"*{SUFFIX}") if file not in wanted]
    for file in stale:
        file.unlink()
    for folder in sorted((f for f in out_dir.rglob("*") if f.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    return len(stale)
