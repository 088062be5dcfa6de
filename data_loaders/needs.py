"""The figures of need as the pages read them: published values, registers added up, and above both what was fetched live."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.area_codes import LEVELS
from analysis.board import compared, headline_rows, positions
from analysis.shared_figures import copied_down
from data_loaders import catalogue, fingertips_pages, value_frames
from data_loaders.catalogue import Catalogue, CatalogueIndicator
from data_loaders.manifests import Manifest
from data_loaders.snapshot import Snapshot

ENGLAND = "E92000001"
_SAME_FIGURE = ("indicator_id", "area_code", "period")
_HEADLINE = (
    "indicator_id", "area_code", "sex", "age", "category", "period_sortable", "value", "lower_95", "count", "note",
)  # fmt: skip
_LEVEL_WORDS = {
    "england": "England",
    "region": "regions",
    "nhs_region": "NHS regions",
    "icb": "systems",
    "sub_icb": "sub-ICB locations",
    "county": "counties",
    "authority": "places (local authorities)",
    "pcn": "neighbourhoods (PCN)",
    "practice": "GP practices",
    "ward": "wards",
    "msoa": "middle layer areas",
    "lsoa": "small areas",
}
# Ten groups by deprivation, from the most deprived: as ours are called, and as Fingertips calls its own.
_DECILES = (
    "Most deprived",
    "Second most deprived",
    "Third more deprived",
    "Fourth more deprived",
    "Fifth more deprived",
    "Fifth less deprived",
    "Fourth less deprived",
    "Third less deprived",
    "Second least deprived",
    "Least deprived",
)


def _tenth_of(category: str) -> int | None:
    """The tenth that a category means, 1 (most deprived) to 10; None where it means none."""
    for tenth, words in enumerate(_DECILES, start=1):
        if category == value_frames.tenth_name(tenth) or category.startswith(f"{words} decile"):
            return tenth
    return None


@dataclass(frozen=True, eq=False)
class Needs:
    """Indicator values from one snapshot and the live layers above it. Everything is read-only, built once and shared.

    layers: frames of VALUE_COLUMNS, the oldest first. What a layer has of an indicator and area replaces every row of them beneath it:
    figures of one pull are never mixed with another's. described: frames of INDICATOR_COLUMNS that came with them, the oldest first.
    live: source_id of a layer → what to call it ("pulled live from OHID Fingertips on 16 August 2026").
    """

    snapshot: Snapshot = field(default_factory=Snapshot)
    layers: Sequence[pd.DataFrame] = ()
    described: Sequence[pd.DataFrame] = ()
    live: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Every value (VALUE_COLUMNS, texts as categories), headlines and breakdowns, in no order that means anything.

        Where a published figure has no interval and the sum of practices for the same indicator, area and period has one, the sum
        stands alone: an interval is what a comparison rests on, and the two agree but for the practices that the file of 2022/23 lacks
        (0.08 points at most by system; tests/rebuild/test_indicators_rebuild.py).
        """
        published = value_frames.coded(value_frames.read(self.snapshot.path("indicator_values")))
        sums = value_frames.of_counts(value_frames.read(self.snapshot.path("qof_counts")))
        bare = np.isnan(published["lower_95"].to_numpy())
        headlines = sums[sums["category"].isna().to_numpy()]
        replaced = bare & value_frames.in_pairs(published, headlines, _SAME_FIGURE)
        values = value_frames.stack([published[~replaced], sums])
        for layer in self.layers:
            newer = value_frames.coded(layer)
            beneath = value_frames.in_pairs(values, newer, ("indicator_id", "area_code"))
            values = value_frames.stack([values[~beneath], newer])
        return values

    def _grouped(self, column: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The rows of `values` in the order of a column's categories, and where each category begins and ends there."""
        codes = self.values[column].cat.codes.to_numpy()
        order = np.argsort(codes, kind="stable")
        return order, np.searchsorted(codes[order], np.arange(len(self.values[column].cat.categories) + 1))

    @cached_property
    def _by_area(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        return self._grouped("area_code")

    @cached_property
    def _by_indicator(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        return self._grouped("indicator_id")

    def _rows(
        self, column: str, wanted: str, grouped: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    ) -> pd.DataFrame:
        """The rows of `values` with a text in a column, in their order; none where no row has it."""
        number = self.values[column].cat.categories.get_indexer([wanted])[0]
        order, bounds = grouped
        return self.values.iloc[order[bounds[number] : bounds[number + 1]] if number >= 0 else []]

    def of_area(self, area_code: str, *indicator_ids: str) -> pd.DataFrame:
        """Every value of one area, or those of some indicators there (VALUE_COLUMNS, plain types), headlines and breakdowns; no rows for an
        area that has none."""
        rows = self._rows("area_code", area_code, self._by_area)
        return value_frames.written(rows[rows["indicator_id"].isin(indicator_ids).to_numpy()] if indicator_ids else rows)

    def of_indicator(self, indicator_id: str, level: str) -> pd.DataFrame:
        """Every value of one indicator at a level of `analysis.area_codes.LEVELS` (VALUE_COLUMNS, plain types)."""
        rows = self._rows("indicator_id", indicator_id, self._by_indicator)
        return value_frames.written(rows[(rows["level"] == level).to_numpy(dtype=bool, na_value=False)])

    def areas_with(self, indicator_id: str) -> pd.DataFrame:
        """The areas that have a value of one indicator of any period: level and area_code, each pair once."""
        rows = self._rows("indicator_id", indicator_id, self._by_indicator)
        rows = rows.loc[(rows["value"].notna() & rows["category"].isna()).to_numpy(), ["level", "area_code"]]
        return rows.drop_duplicates().astype("str")

    def at_level(self, level: str) -> pd.DataFrame:
        """Every headline at a level (VALUE_COLUMNS, texts as categories of what is there)."""
        rows = self.values[((self.values["level"] == level) & self.values["category"].isna()).to_numpy()]
        texts = rows.select_dtypes("category").columns
        return rows.assign(**{name: rows[name].cat.remove_unused_categories() for name in texts}).reset_index(drop=True)

    def england(self, indicator_id: str) -> pd.DataFrame:
        """England's own values of one indicator (VALUE_COLUMNS, plain types)."""
        rows = self._england
        return rows[rows["indicator_id"] == indicator_id].reset_index(drop=True)

    @cached_property
    def _england(self) -> pd.DataFrame:
        return self.of_area(ENGLAND)

    @cached_property
    def england_headlines(self) -> pd.DataFrame:
        """England's own headline rows (`analysis.board.headline_rows`) of every indicator, to compare with."""
        return headline_rows(self._england)

    def tenths(self, indicator_id: str, area_code: str) -> pd.DataFrame:
        """The newest breakdown of one indicator in one area by ten national groups of deprivation, most deprived first.

        VALUE_COLUMNS with tenth (1–10); of persons, and of one kind of group where there are several. No rows where there is none.
        """
        rows = self.of_area(area_code, indicator_id)
        rows = rows[rows["category"].notna() & rows["value"].notna()]
        rows = rows.assign(tenth=rows["category"].map(_tenth_of).astype("Int8")).dropna(subset="tenth")
        rows = rows[rows["sex"].isna() | (rows["sex"] == "Persons")]
        if rows.empty:
            return rows.reset_index(drop=True)
        newest = rows.sort_values(
            ["period_sortable", "category_type", "age"], ascending=[False, True, True], kind="stable"
        ).iloc[0]
        one = rows[(rows["period"] == newest["period"]) & (rows["category_type"] == newest["category_type"])]
        one = one[one["age"].fillna("") == (newest["age"] if isinstance(newest["age"], str) else "")]
        return one.sort_values("tenth").reset_index(drop=True)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The Core20PLUS5 catalogue. SourceError where its file is damaged."""
        return catalogue.read()

    @cached_property
    def _entries(self) -> dict[str, CatalogueIndicator]:
        return {entry.indicator_id: entry for area in self.catalogue.areas for entry in area.indicators}

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """What each indicator is, by indicator_id (the other INDICATOR_COLUMNS).

        What came with a live layer is used before the catalogue's polarity, and that before the snapshot's.
        """
        table = self.snapshot.table("indicators").set_index("indicator_id")
        entries = pd.DataFrame(
            [
                (entry.indicator_id, entry.polarity, entry.polarity_source)
                for entry in self._entries.values()
                if entry.polarity
            ],
            columns=["indicator_id", "polarity", "polarity_source"],
        ).set_index("indicator_id")
        table.update(entries)
        for newer in self.described:
            said = newer.set_index("indicator_id")
            said = said.mask(said == "")
            table = said.reindex(columns=table.columns).combine_first(table)[table.columns]
        return table.sort_index()

    @property
    def polarity(self) -> pd.Series:
        """The polarity of each indicator (one of POLARITIES, missing where it is not established), by indicator_id."""
        return self.indicators["polarity"]

    def is_known(self, indicator_id: str) -> bool:
        """Whether the indicator is one of this atlas."""
        return indicator_id in self.indicators.index

    def is_sideways(self, indicator_id: str) -> bool:
        """Whether neither direction of the indicator is better by itself, or none is established."""
        return self.polarity.get(indicator_id) not in ("low is good", "high is good")

    def unit(self, indicator_id: str) -> str | None:
        """The indicator's unit ("%", "per 100,000"), None for a score and where it is not known."""
        unit = self.indicators["unit"].get(indicator_id)
        return unit if isinstance(unit, str) and unit else None

    def short_name(self, indicator_id: str) -> str:
        """The catalogue's plain name of an indicator, else its published one."""
        entry = self._entries.get(indicator_id)
        return entry.name if entry else str(self.indicators["name"].get(indicator_id, indicator_id))

    def why(self, indicator_id: str) -> str:
        """Why the catalogue has the indicator; empty where it does not."""
        entry = self._entries.get(indicator_id)
        return entry.why if entry else ""

    def page_address(self, indicator_id: str) -> str:
        """The indicator's page at Fingertips, empty where it has none."""
        return fingertips_pages.page_address(indicator_id)

    def levels(self, indicator_id: str) -> tuple[str, ...]:
        """The levels (analysis.area_codes.LEVELS, from England down) at which there is a value here, or the catalogue has seen one."""
        rows = self.values[
            (self.values["indicator_id"] == indicator_id).to_numpy() & self.values["value"].notna().to_numpy()
        ]
        entry = self._entries.get(indicator_id)
        there = {*rows["level"].dropna().unique(), *(entry.seen_at if entry else ())}
        return tuple(level for level in LEVELS if level in there)

    def where_published(self, indicator_id: str) -> str:
        """A sentence on the geographies at which an indicator is published, as far as this copy and its catalogue know."""
        seen = [_LEVEL_WORDS[level] for level in self.levels(indicator_id)]
        entry = self._entries.get(indicator_id)
        ask = [_LEVEL_WORDS[level] for level in (entry.to_ask if entry else ()) if _LEVEL_WORDS[level] not in seen]
        said = f"Published for {', '.join(seen)}." if seen else "This copy has no value of it anywhere."
        return f"{said} A live pull would also ask for {', '.join(ask)}." if ask else said

    def board(self, level: str) -> pd.DataFrame:
        """`analysis.board.compared` for every area of a level and every indicator that such areas have, worked out once for each level."""
        if level not in self._boards:
            self._boards[level] = compared(self.at_level(level), self.england_headlines, self.polarity)
        return self._boards[level]

    @cached_property
    def _boards(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def positions(self) -> pd.DataFrame:
        """`analysis.board.positions` of authorities and of systems."""
        levels = [value_frames.written(self.at_level(level), _HEADLINE) for level in ("authority", "icb")]
        return pd.concat([positions(headline_rows(rows)) for rows in levels])

    @cached_property
    def shared(self) -> pd.DataFrame:
        """Figures that are a system's, copied down to its authorities (`analysis.shared_figures`): a row for each authority, with
        indicator_id, who, age, period_sortable, area_code, system (its code) and areas (how many have the figure)."""
        homes = self.snapshot.table("small_areas", ["lad24cd", "lad25cd", "icb24cd", "pop_mid2022"])
        systems: dict[str, str] = {}
        for column in ("lad25cd", "lad24cd"):
            people = homes.groupby([column, "icb24cd"])["pop_mid2022"].sum().reset_index().sort_values("pop_mid2022")
            systems |= dict(zip(people[column], people["icb24cd"], strict=True))
        # A register added up here is an authority's own, so it cannot be a copy.
        published = self.at_level("authority").loc[lambda frame: (frame["origin"] != "qof-practices").to_numpy()]
        rows = headline_rows(value_frames.written(published, _HEADLINE))
        found = copied_down(rows, pd.Series(systems))
        key = ["indicator_id", "who", "age", "period_sortable"]
        one_each = rows.loc[rows["value"].notna(), [*key, "area_code"]]
        return one_each.assign(system=one_each["area_code"].map(systems)).merge(found, on=[*key, "system"])

    @cached_property
    def _manifests(self) -> list[Manifest]:
        return self.snapshot.manifests()

    def sources(self, used: Collection[str]) -> list[Manifest]:
        """The manifests of the snapshot's sources among `used` (values of source_id), by title."""
        return [source for source in self._manifests if source.id in used]

    @cached_property
    def vintages(self) -> dict[str, str]:
        """source_id → the vintage of that copy, for the snapshot's sources."""
        return {source.id: source.vintage for source in self._manifests}

    @cached_property
    def copies(self) -> dict[str, tuple[str, str]]:
        """source_id → (one of ORIGINS, the ISO date of the copy; empty for a live layer, which `live` names)."""
        pairs = self.values[["source_id", "origin"]].drop_duplicates().astype(str)
        accessed = {source.id: source.accessed for source in self._manifests}
        return {
            source: (origin, accessed.get(source, ""))
            for source, origin in zip(pairs["source_id"], pairs["origin"], strict=True)
        }

    def layer_lines(self, used: Collection[str]) -> list[str]:
        """What each live layer among `used` (values of source_id) is to be called, as a sentence without its stop."""
        return [f"{name[0].upper()}{name[1:]}" for source, name in self.live.items() if source in used]
