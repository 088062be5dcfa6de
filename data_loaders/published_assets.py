"""Community assets as publishers publish them now: the snapshot's, and above them the layers pulled since. Read-only; no decision is in it.

A layer of a source for an authority replaces what was known from that source there (an OpenStreetMap layer all its kinds of place), one
for England everything from that source; a feed or a document replaces its own earlier layers alone. Where two still give one record, as
two authorities may at their border, the newer answer has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.asset_records import RECORD_COLUMNS, as_records, parts
from data_loaders.asset_layers import ENGLAND, AssetLayer, AssetLayerError, AssetLayers, layers_in
from data_loaders.atlas import Atlas
from data_loaders.dated_folders import spoken

BUILT_IN = "snapshot"
BUILT_INTO_THIS_COPY = "Built into this copy."
_WORSHIP = "place of worship"
_MANIFESTS = {
    "OpenStreetMap": "osm_places_of_worship",
    "Arts Council England": "ace_libraries",
    "Greater London Authority": "gla_community_centres",
}
_KEYS = {"OpenStreetMap": "osm", "Arts Council England": "ace", "Greater London Authority": "gla"}
_LONDON = "E12000007"
ASKED_COLUMNS = ["lad24cd", "category", "source", "source_date", "kind"]


@dataclass(frozen=True)
class AssetsFrom:
    """One source of the table, for notes and credits. published: the ISO day, month or year. where: what it was asked about. said: a
    sentence on how it came to be here. records: how many of the table's rows are its."""

    title: str
    publisher: str
    published: str
    licence: str
    attribution: str
    address: str
    where: str
    said: str
    records: int


@dataclass(frozen=True, eq=False)
class PublishedAssets:
    """records: RECORD_COLUMNS, by asset_id, each once. layer_of: the id of the layer of each row, BUILT_IN for the snapshot's. layers: those
    that stand, newest first. problems: a sentence for each that was passed over."""

    records: pd.DataFrame
    layer_of: pd.Series
    layers: tuple[AssetLayer, ...]
    problems: tuple[str, ...]
    atlas: Atlas = field(repr=False)

    def sources(self) -> list[AssetsFrom]:
        """Every source that has a row in the table, the snapshot's first."""
        counts = self.layer_of.value_counts()
        manifests = {each.id: each for each in self.atlas.snapshot.manifests()}
        found = []
        for publisher, rows in self.records[self.layer_of == BUILT_IN].groupby("source", sort=True):
            one = manifests[_MANIFESTS[publisher]]
            found.append(
                AssetsFrom(
                    one.title, publisher, str(rows["source_date"].max()), one.licence, one.attribution, one.address,
                    "England", BUILT_INTO_THIS_COPY, len(rows),
                )
            )  # fmt: skip
        for layer in self.layers:
            source, about = layer.about.source, layer.about
            number = int(counts.get(layer.id, 0))
            found.append(
                AssetsFrom(
                    source.title, source.publisher, about.published, source.licence, source.attribution, source.address,
                    about.scope.name, layer.said, number,
                )
            )  # fmt: skip
        return found

    def asked(self) -> pd.DataFrame:
        """Which layer was asked for what where: ASKED_COLUMNS, as `analysis.asset_coverage.coverage_now` takes it.

        kind: "layer" for OpenStreetMap, "list" for any other. A list of all England was asked for every authority (the GLA's, in London);
        a feed or a document says nothing of where it looked, so it counts where it holds something.
        """
        rows: list[tuple[str, str, str, str, str]] = []
        for layer in self.layers:
            about = layer.about
            kind = "layer" if about.source.by_place else "list"
            rows += [(code, category, about.source.publisher, about.published, kind) for code, category in self._asked(layer)]
        return pd.DataFrame(rows, columns=ASKED_COLUMNS).astype("str")

    def _asked(self, layer: AssetLayer) -> list[tuple[str, str]]:
        scope, source = layer.about.scope, layer.about.source
        if scope.is_authority:
            return [(scope.code, category) for category in source.categories]
        areas = self.atlas.areas
        if scope.code == ENGLAND:
            inside = areas["rgncd"] == _LONDON if source.key == "gla" else np.ones(len(areas), dtype=bool)
            return [(code, category) for code in sorted(set(areas.loc[inside, "lad24cd"])) for category in source.categories]
        mine = self.records[self.layer_of == layer.id]
        authorities = set(areas["lad24cd"])
        pairs: set[tuple[str, str]] = set()
        for lad24cd, category, serves in mine[["lad24cd", "category", "service_area"]].drop_duplicates().itertuples(index=False):
            codes = [lad24cd] if isinstance(lad24cd, str) else [code for code in parts(serves) if code in authorities]
            pairs |= {(code, category) for code in codes}
        return sorted(pairs)


def current(atlas: Atlas, environment: Mapping[str, str]) -> PublishedAssets:
    """What is published now. environment: usually os.environ. SettingError where the data folder's setting cannot be used."""
    return combined(atlas, layers_in(environment))


def combined(atlas: Atlas, layers: AssetLayers) -> PublishedAssets:
    """The snapshot's assets with what the layers say above them. A layer that cannot be read is passed over with a sentence."""
    try:
        standing = layers.standing()
    except AssetLayerError as error:
        return _table(atlas, [], [], [str(error)])
    newest = sorted(standing.layers, key=lambda layer: (layer.about.given_at, layer.id), reverse=True)
    problems = list(standing.problems)
    opened: list[AssetLayer] = []
    frames: list[pd.DataFrame] = []
    for layer in newest:
        try:
            frames.append(layer.records())
            opened.append(layer)
        except AssetLayerError as error:
            problems.append(str(error))
    return _table(atlas, opened, frames, problems)


def _table(atlas: Atlas, layers: list[AssetLayer], frames: list[pd.DataFrame], problems: list[str]) -> PublishedAssets:
    """frames: of the layers, both newest first."""
    taken: dict[str, set[str]] = {}
    kept: list[pd.DataFrame] = []
    for layer, frame in zip(layers, frames, strict=True):
        source = layer.about.source.key
        kept.append(frame[~_replaced(frame, taken.get(source, set()))])
        taken.setdefault(source, set()).add(layer.about.scope.code)
    built_in = snapshot_records(atlas)
    keys = built_in["source"].map(_KEYS).to_numpy()
    for key, scopes in taken.items():
        of_key = keys == key
        if of_key.any():
            out = of_key & _replaced(built_in, scopes)
            built_in, keys = built_in[~out], keys[~out]
    if not layers:
        return PublishedAssets(built_in, pd.Series(BUILT_IN, index=built_in.index, dtype="str"), (), tuple(problems), atlas)
    whole = pd.concat([*kept, built_in], ignore_index=True)
    origin = np.repeat([*(layer.id for layer in layers), BUILT_IN], [*map(len, kept), len(built_in)])
    once = ~whole["asset_id"].duplicated()
    whole = whole[once].assign(layer_of=origin[once.to_numpy()]).sort_values("asset_id", kind="stable", ignore_index=True)
    layer_of = whole.pop("layer_of").astype("str")
    return PublishedAssets(as_records(whole), layer_of, tuple(layers), tuple(problems), atlas)


def _replaced(records: pd.DataFrame, scopes: set[str]) -> npt.NDArray[np.bool_]:
    """Which records of a source newer layers of it stand in for. scopes: what those were asked about."""
    if ENGLAND in scopes:
        return np.ones(len(records), dtype=bool)
    return records["lad24cd"].isin(scopes).to_numpy(dtype=bool)


def snapshot_records(atlas: Atlas) -> pd.DataFrame:
    """The assets built into this copy as records, sorted by asset_id. A place of worship is a worshipping community's by its very kind;
    who runs a library or a community centre is not recorded. Nobody's confirmation is: the sources carry none."""
    assets = atlas.snapshot.table("community_assets")
    worship = assets["category"].eq(_WORSHIP)
    added = {
        "organisation_type": pd.Series("faith group", index=assets.index, dtype="str").where(worship),
        "faith_kind": pd.Series("worshipping community", index=assets.index, dtype="str").where(worship),
    }
    empty = [name for name in RECORD_COLUMNS if name not in assets and name not in added]
    nothing = pd.Series(None, index=assets.index, dtype="str")
    text = {name: nothing for name in empty if RECORD_COLUMNS[name] == "str"}
    return as_records(assets.assign(**added, **text))


def layer_lines(published: PublishedAssets) -> list[str]:
    """A sentence for each layer in use, and one where there is none."""
    if not published.layers:
        dates = sorted(set(published.records["source_date"].dropna()))
        return [f"Places are those built into this copy, published from {dates[0]} to {dates[-1]}." if dates else "No places are built in."]
    oldest = min(layer.about.given_at for layer in published.layers)
    return [*(layer.said for layer in published.layers), f"The oldest of these answers is of {spoken(oldest)}."]
