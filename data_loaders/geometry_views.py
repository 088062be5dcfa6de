"""Which files each map downloads, and how much that comes to."""

from __future__ import annotations

import pandas as pd

from data_loaders.geometry import ENGLAND, pcn_home

_BY_AUTHORITY = ["lsoa", "labels", "places", "lad24"]


def view_files(index: pd.DataFrame, small_areas: pd.DataFrame, leading_pcn: pd.DataFrame) -> pd.DataFrame:
    """The files of every map: columns view, view_key, layer, key, path, bytes (gzipped).

    Views: `england` (one overview layer, its name the view_key, with authority names); `icb24`, `icb26`,
    `lad24` and `pcn` by code: for each authority touched its small areas, neighbourhood names, community
    assets and outline; the PCN files that hold the PCNs leading there; for a system also its own outline.
    Takes the index of `geometry.build` and the frames that it was built from.
    """
    areas = small_areas[["lsoa21cd", "lad24cd", "icb24cd", "icb26cd"]].merge(
        leading_pcn[["lsoa21cd", "pcn_code"]], on="lsoa21cd", how="left", validate="one_to_one"
    )
    areas["home"] = areas["pcn_code"].map(pcn_home(small_areas, leading_pcn))
    parts = [_england(index)]
    for view, column in (
        ("icb24", "icb24cd"),
        ("icb26", "icb26cd"),
        ("lad24", "lad24cd"),
        ("pcn", "pcn_code"),
    ):
        authorities = _pairs(areas, column, "lad24cd")
        parts += [authorities.assign(view=view, layer=layer) for layer in _BY_AUTHORITY]
        parts.append(_pairs(areas, column, "home").assign(view=view, layer="pcn"))
        if view in ("icb24", "icb26"):
            parts.append(_pairs(areas, column, column).assign(view=view, layer=view))
    wanted = pd.concat(parts, ignore_index=True)
    found = wanted.merge(index[["layer", "key", "path", "bytes"]], on=["layer", "key"])
    return found[["view", "view_key", "layer", "key", "path", "bytes"]].sort_values(
        ["view", "view_key", "layer", "key"], ignore_index=True
    )


def _england(index: pd.DataFrame) -> pd.DataFrame:
    layers = index.loc[(index["key"] == ENGLAND) & (index["layer"] != "labels"), "layer"].tolist()
    rows = [(ENGLAND, layer, wanted, ENGLAND) for layer in layers for wanted in (layer, "labels")]
    return pd.DataFrame(rows, columns=["view", "view_key", "layer", "key"])


def _pairs(areas: pd.DataFrame, view_column: str, key_column: str) -> pd.DataFrame:
    pairs = pd.DataFrame({"view_key": areas[view_column], "key": areas[key_column]})
    return pairs.dropna().drop_duplicates()


def view_bytes(index: pd.DataFrame, small_areas: pd.DataFrame, leading_pcn: pd.DataFrame) -> pd.DataFrame:
    """What every map downloads: view, view_key, files and bytes (gzipped), largest first in each view."""
    files = view_files(index, small_areas, leading_pcn)
    sums = files.groupby(["view", "view_key"], as_index=False).agg(files=("path", "nunique"), bytes=("bytes", "sum"))
    return sums.sort_values(["view", "bytes", "view_key"], ascending=[True, False, True], ignore_index=True)
