"""Community assets as they stand now: what publishers publish, what people kept and decided, merged, found by words and by distance. No
screen here: commands count the same places as pages do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import asset_corrections, asset_coverage, asset_freshness, asset_matching, asset_table, representation
from analysis.asset_filter import AssetFilter, asked_for
from analysis.asset_records import RECORD_COLUMNS, parts
from analysis.places import Place
from analysis.reach import PlaceIndex, Reach
from analysis.vocabularies import FRESHNESS, PLACE_KINDS
from data_loaders import published_assets
from data_loaders.asset_search import AssetSearch
from data_loaders.atlas import Atlas, PostcodePoint
from data_loaders.published_assets import AssetsFrom, PublishedAssets
from register import asset_decisions
from register import assets as register_assets
from register.store import Acting


@dataclass(frozen=True, eq=False)
class CurrentAssets:
    """What is known of community assets today.

    table: one row a service at a location: RECORD_COLUMNS, merged_ids, sources, licences, source_dates, corrected, closed, freshness,
    neighbourhood, lad24nm, relied_upon (Core20 residents within the usual walk). records: the same before merging, a row a source record.
    closed: which rows of `table` somebody reported closed; they are opened by their link and counted nowhere. members: asset_id → the id of the
    row that it is part of. queue: likely matches that wait for a person. coverage: `analysis.asset_coverage.coverage_now`. sources: every
    publisher and every kept list that has a record in it, for credits.
    """

    atlas: Atlas
    published: PublishedAssets
    table: pd.DataFrame
    closed: npt.NDArray[np.bool_]
    records: pd.DataFrame
    members: pd.Series
    queue: pd.DataFrame
    coverage: pd.DataFrame
    sources: tuple[AssetsFrom, ...]
    problems: tuple[str, ...]

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        """The row in `atlas.areas` of each asset's LSOA; −1 where it has none."""
        return pd.Index(self.atlas.areas["lsoa21cd"]).get_indexer(self.table["lsoa21cd"])

    @cached_property
    def places(self) -> pd.DataFrame:
        """The rows of `table` that are open and have a point, in the order of `index`."""
        return self.table[self.table["easting"].notna().to_numpy() & ~self.closed]

    @cached_property
    def index(self) -> PlaceIndex:
        """The assets with a point, indexed for reach."""
        return PlaceIndex(self.places)

    @cached_property
    def search(self) -> AssetSearch:
        """Finds assets by words."""
        where = self.table["neighbourhood"].fillna("") + " " + self.table["lad24nm"].fillna("")
        return AssetSearch(self.table, where, self.table["freshness"])

    def inside(self, place: Place) -> npt.NDArray[np.bool_]:
        """Which open assets lie in a place: by their LSOA; those without one, by their authority or the areas that they serve."""
        if place.level == "england":
            return ~self.closed  # those too that nobody could place
        mask = self.atlas.gazetteer.mask(place)
        here = (self.rows >= 0) & mask[self.rows] & ~self.closed
        without = np.flatnonzero((self.rows < 0) & ~self.closed)
        if len(without):
            number, codes = self._authorities
            wholly = np.bincount(number, mask, len(codes)) == np.bincount(number, minlength=len(codes))
            whole = set(codes[wholly])
            named = zip(self.table["lad24cd"].iloc[without], self.table["service_area"].iloc[without], strict=True)
            here[without] = [own in whole or not whole.isdisjoint(parts(serves)) for own, serves in named]
        return here

    @cached_property
    def _authorities(self) -> tuple[npt.NDArray[np.intp], pd.Index]:
        """A number for the authority of each row of `atlas.areas`, and the codes that the numbers count into."""
        return pd.factorize(self.atlas.areas["lad24cd"])

    @property
    def not_built_in(self) -> tuple[AssetsFrom, ...]:
        """The sources that are not of the snapshot: layers and kept lists."""
        return tuple(each for each in self.sources if each.said != published_assets.BUILT_INTO_THIS_COPY)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of place of which any is on the map of England."""
        return tuple(kind for kind in PLACE_KINDS if self.index.of([kind]).any())

    def counting(self, place: Place, kinds: Collection[str]) -> pd.DataFrame:
        """The open assets of some kinds in a place that have a point."""
        return self.table[self.inside(place) & self.table["category"].isin(kinds).to_numpy() & self.table["easting"].notna().to_numpy()]

    def as_built_in(self, place: Place) -> bool:
        """Whether the places on the map here are those built into this copy, none added, moved, corrected or closed since."""
        return not (self._changed & self.atlas.gazetteer.mask(place)).any()

    @cached_property
    def _changed(self) -> npt.NDArray[np.bool_]:
        """In which rows of `atlas.areas` a place is other than what was built in."""
        columns = ["asset_id", "name", "category", "longitude", "latitude", "lsoa21cd"]
        both = pd.concat([self.places[columns], self.atlas.places[columns]])
        other = both[~both.duplicated(keep=False)]["lsoa21cd"]
        return self.atlas.areas["lsoa21cd"].isin(other).to_numpy()

    @cached_property
    def cells(self) -> pd.DataFrame:
        """How well each kind of place is mapped in each authority now: `analysis.asset_coverage.by_cell`."""
        return asset_coverage.by_cell(self.coverage)

    @cached_property
    def england(self) -> representation.England:
        """What the communities of any place are compared with."""
        return representation.all_england(self.atlas.census, self.table, self.coverage)

    def not_mapped(self, place: Place) -> list[str]:
        """The kinds of place that no source maps in any authority of a place, and of which none is recorded there."""
        codes = self.atlas.areas.loc[self.atlas.gazetteer.mask(place), "lad24cd"].unique()
        whole = self.coverage[self.coverage["faith_tradition"].isna() & self.coverage["lad24cd"].isin(codes)]
        mapped = {*whole.loc[whole["status"] != "not mapped", "category"], *self.table["category"][self.inside(place)].unique()}
        return [kind for kind in PLACE_KINDS if kind not in mapped]

    def at(self, asset_id: str) -> pd.Series | None:
        """The row that an asset is part of, merged or not; None where there is no such asset now."""
        leading = self.members.get(asset_id)
        if leading is None:
            return None
        return self.table.iloc[int(self._position.get_loc(leading))]

    @cached_property
    def _position(self) -> pd.Index:
        return pd.Index(self.table["asset_id"])

    def walks(self, point: PostcodePoint, detour: float) -> pd.Series:
        """The walk from a postcode to each row of `table` in metres, the straight line times the detour; blank without a point or where closed."""
        straight = np.hypot(self.table["easting"] - point.easting, self.table["northing"] - point.northing)
        return (straight * detour).mask(self.closed)

    def nearest(self, walks: pd.Series) -> dict[str, object]:
        """The nearest row of `table` with its `walk_m`. walks: as `walks` gives them."""
        row = walks.idxmin()
        return {**self.table.loc[row].to_dict(), "walk_m": walks[row]}

    def found(self, place: Place, wanted: AssetFilter, also: npt.NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """The assets of a place that are asked for: best match first where words are, otherwise the most lately confirmed, by name.

        also: further rows of `table`, such as those over the border but within the walk of a postcode.
        """
        inside = self.inside(place)
        mask = (inside if also is None else inside | also) & asked_for(self.table, wanted)
        if wanted.words:
            positions = self.search.find(wanted.words, len(self.table))
            return self.table.iloc[positions[mask[positions]]]
        return self.table.iloc[self._in_order[mask[self._in_order]]]

    @cached_property
    def _in_order(self) -> npt.NDArray[np.intp]:
        """The rows of `table`, the most lately confirmed first, then by name, those without one last."""
        fresh = self.table["freshness"].map({word: place for place, word in enumerate(FRESHNESS)}).to_numpy()
        name = self.table["name"].fillna("").str.casefold().to_numpy(dtype=object)
        return np.lexsort((np.argsort(np.argsort(name, kind="stable")), self.table["name"].isna().to_numpy(), fresh))


def put_together(atlas: Atlas, published: PublishedAssets, acting: Acting | None, today: date) -> CurrentAssets:
    """What publishers publish and what people kept and decided, merged. acting: whoever reads the register; None where it is closed."""
    records, decisions = published.records, asset_matching.no_decisions()
    asked, sources = [published.asked()], published.sources()
    if acting is not None:
        kept = register_assets.kept(acting)
        if len(kept):
            records = pd.concat([records, kept[list(RECORD_COLUMNS)]], ignore_index=True)
            known = kept[["lad24cd", "category", "source", "source_date"]].dropna(subset=["lad24cd"])
            known = known.sort_values("source_date").drop_duplicates(["lad24cd", "category", "source"], keep="last")
            asked.append(known.assign(kind=asset_coverage.LIST))
            sources += _lists(atlas, register_assets.lists(acting))
        records = asset_corrections.applied(records, asset_decisions.corrections(acting))
        decisions = asset_decisions.matches(acting)
    combined = asset_table.combine(records, asset_matching.matches(records), decisions)
    areas = atlas.areas.set_index("lsoa21cd")
    table = combined.assets.assign(
        freshness=asset_freshness.freshness(combined.assets["last_confirmed"], today),
        neighbourhood=combined.assets["lsoa21cd"].map(areas["msoa21hclnm"]),
        lad24nm=combined.assets["lad24cd"].map(atlas.names("lad24")),
        relied_upon=asset_freshness.relied_upon(combined.assets, atlas.areas, Reach()),
    )
    closed = table["closed"].eq(True).to_numpy(dtype=bool) if "closed" in table else np.zeros(len(table), dtype=bool)
    coverage = asset_coverage.coverage_now(atlas.coverage, records, pd.concat(asked, ignore_index=True), today)
    return CurrentAssets(
        atlas, published, table, closed, records, combined.members, combined.queue, coverage, tuple(sources), published.problems
    )


def _lists(atlas: Atlas, lists: pd.DataFrame) -> list[AssetsFrom]:
    """Kept lists as sources, to be credited as publishers are. lists: `register.assets.lists`."""
    names = atlas.names("lad24")
    return [
        AssetsFrom(
            title=row["title"],
            publisher=row["publisher"],
            published=str(row["as_at"])[:10],
            licence=row["licence"] or "No licence recorded",
            attribution=row["attribution"] or "",
            address="",
            where=names.get(row["lad24cd"], row["lad24cd"]),
            said="A list that somebody kept in the register.",
            records=int(row["rows_kept"] or 0),
        )
        for row in lists[lists["status"] == "published"].to_dict("records")
    ]
