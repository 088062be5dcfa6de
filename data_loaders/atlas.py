"""The snapshot opened as the analysis reads it: areas with their leading PCN, places indexed for reach, the gazetteer.

Everything here is read-only, built once for a process and shared: the pages keep one in a resource cache, the command line makes one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree

from analysis.areas import summarise
from analysis.communities import CENSUS_COLUMNS
from analysis.places import Gazetteer, system_name
from analysis.postcodes import Postcode, why_not_found
from analysis.reach import PlaceIndex, origins
from data_loaders import partners_csv, postcodes
from data_loaders.errors import SnapshotError
from data_loaders.lsoa_outlines import LsoaOutlines
from data_loaders.partners_csv import Partners
from data_loaders.placing import Placing
from data_loaders.snapshot import Snapshot

_TO_DEGREES = Transformer.from_crs(27700, 4326, always_xy=True)

# What the first page reads of the small-area table; the panel for one LSOA reads the rest, of its own row.
FIRST_PAGE = (
    "lsoa21cd",
    "lsoa21nm",
    "msoa21cd",
    "msoa21hclnm",
    "wd24cd",
    "wd24nm",
    "lad24cd",
    "lad24nm",
    "lad25cd",
    "rgncd",
    "rgnnm",
    "sicbl24cd",
    "sicbl24cdh",
    "sicbl24nm",
    "icb24cd",
    "icb24cdh",
    "icb24nm",
    "sicbl26cd",
    "sicbl26nm",
    "icb26cd",
    "icb26nm",
    "imd25_rank",
    "imd25_decile",
    "imd25_score",
    "core20",
    "pop_mid2022",
    "pwc_e",
    "pwc_n",
    "pwc_lon",
    "pwc_lat",
    "low_registration",
)


class PostcodeNotFoundError(LookupError):
    """A postcode that cannot be placed; the message says why in a sentence for the person who typed it."""


@dataclass(frozen=True)
class PostcodePoint:
    """A live English postcode: its LSOA and its point (EPSG:27700 metres)."""

    postcode: Postcode
    lsoa21cd: str
    easting: float
    northing: float


@dataclass(frozen=True, eq=False)
class Atlas:
    """England as the analysis reads it, from one snapshot."""

    snapshot: Snapshot = field(default_factory=Snapshot)

    @cached_property
    def areas(self) -> pd.DataFrame:
        """One row an LSOA, sorted by code: the columns of FIRST_PAGE, with leading_pcn_code, leading_pcn_name and leading_pcn_share (0–1)."""
        areas = self.snapshot.table("small_areas", FIRST_PAGE)
        # Both tables are sorted by LSOA and each LSOA has one leading network, so their rows stand side by side.
        leading = self.pcn_shares[self.pcn_shares["leading"].to_numpy(dtype=bool)]
        if not leading["lsoa21cd"].array.equals(areas["lsoa21cd"].array):
            raise SnapshotError("pcn_shares.parquet", "its leading networks are not one for each LSOA, in order")
        areas["leading_pcn_code"] = leading["pcn_code"].array
        areas["leading_pcn_name"] = areas["leading_pcn_code"].map(self.pcn_names)
        areas["leading_pcn_share"] = leading["share"].to_numpy()
        return areas

    @cached_property
    def pcn_shares(self) -> pd.DataFrame:
        """Each PCN's share of each LSOA: lsoa21cd, pcn_code, share, counting_share, leading."""
        return self.snapshot.table("pcn_shares", ["lsoa21cd", "pcn_code", "share", "counting_share", "leading"])

    @cached_property
    def pcns(self) -> pd.DataFrame:
        """The PCNs, one row each."""
        return self.snapshot.table("pcns")

    @cached_property
    def pcn_names(self) -> dict[str, str]:
        """PCN code → name as spoken."""
        return dict(zip(self.pcns["pcn_code"], self.pcns["pcn_name"], strict=True))

    @cached_property
    def network_people(self) -> pd.DataFrame:
        """The people of every network: `analysis.areas.summarise` by best fit, digital-first ones left out since they lead nowhere."""
        return summarise(self.areas, "pcn", names=self.pcn_names, pcn_shares=self.pcn_shares)

    @cached_property
    def places(self) -> pd.DataFrame:
        """Community assets that have a point and so an LSOA, in the order of `place_index`."""
        columns = [
            "asset_id",
            "name",
            "category",
            "faith_tradition",
            "denomination",
            "hosts",
            "easting",
            "northing",
            "longitude",
            "latitude",
            "lsoa21cd",
            "lad24cd",
            "source",
            "licence",
            "source_date",
            "position_quality",
        ]
        assets = self.snapshot.table("community_assets", columns)
        return assets[assets["easting"].notna() & assets["lsoa21cd"].notna()].reset_index(drop=True)

    @cached_property
    def place_index(self) -> PlaceIndex:
        """The places, indexed for reach."""
        return PlaceIndex(self.places)

    @cached_property
    def share_bounds(self) -> npt.NDArray[np.intp]:
        """Where each LSOA's rows of `pcn_shares` begin and end; the table is sorted by LSOA, as `areas` is."""
        rows = self._row_of.get_indexer(self.pcn_shares["lsoa21cd"])
        return np.searchsorted(rows, np.arange(len(self.areas) + 1))

    def shares_of(self, lsoa21cd: str) -> pd.DataFrame:
        """The rows of `pcn_shares` of one LSOA, most patients first. KeyError where there is no such LSOA."""
        first, end = self.share_bounds[[self.row(lsoa21cd), self.row(lsoa21cd) + 1]]
        return self.pcn_shares.iloc[first:end].sort_values("share", ascending=False)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """How well each category is mapped in each authority."""
        return self.snapshot.table("asset_coverage")

    @cached_property
    def geometry(self) -> pd.DataFrame:
        """The index of outline files."""
        return self.snapshot.table("geometry")

    @cached_property
    def outlines(self) -> dict[tuple[str, str], str]:
        """(layer, key) → the file of outlines, relative to the app's root as a browser asks for it."""
        index = self.geometry
        return {
            (layer, key): f"app/static/{path}"
            for layer, key, path in zip(index["layer"], index["key"], index["path"], strict=True)
        }

    @cached_property
    def footprint_files(self) -> dict[str, str]:
        """PCN code → the key of the file of outlines that holds its footprint."""
        drawn = self.pcns.dropna(subset="footprint_icb24cd")
        return dict(zip(drawn["pcn_code"], drawn["footprint_icb24cd"], strict=True))

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Finds areas by code or name."""
        return Gazetteer(self.areas)

    def names(self, level: str) -> dict[str, str]:
        """Code → name for a level of `analysis.areas`, systems and PCNs as people say them."""
        if level == "pcn":
            return self.pcn_names
        columns = {
            "sub_icb24": ("sicbl24cd", "sicbl24nm"),
            "lad24": ("lad24cd", "lad24nm"),
            "region": ("rgncd", "rgnnm"),
        }
        code, name = columns.get(level, (f"{level}cd", f"{level}nm"))
        unique = self.areas[[code, name]].drop_duplicates(code)
        return {key: system_name(value) for key, value in zip(unique[code], unique[name], strict=True)}

    @cached_property
    def _row_of(self) -> pd.Index:
        return pd.Index(self.areas["lsoa21cd"])

    def row(self, lsoa21cd: str) -> int:
        """The row of an LSOA in `areas`. KeyError where there is no such LSOA."""
        return int(self._row_of.get_loc(lsoa21cd))

    def small_area(self, lsoa21cd: str) -> pd.Series:
        """Every column of one LSOA's row. KeyError where there is no such LSOA."""
        return self._every_column.iloc[self.row(lsoa21cd)]

    @cached_property
    def _every_column(self) -> pd.DataFrame:
        return self.snapshot.table("small_areas")

    @cached_property
    def counties(self) -> dict[str, tuple[str, str]]:
        """Authority code → (county code, name), for the districts of a county only."""
        columns = self.snapshot.table("small_areas", ["lad24cd", "utlacd", "utlanm"]).drop_duplicates("lad24cd")
        inside = columns[columns["utlacd"].str.startswith("E10")]
        pairs = zip(inside["utlacd"], inside["utlanm"], strict=True)
        return dict(zip(inside["lad24cd"], pairs, strict=True))

    @cached_property
    def later_codes(self) -> dict[str, str]:
        """Authority code of 2024 → its code of 2025, where that differs (Barnsley, Sheffield)."""
        changed = self.areas.loc[self.areas["lad24cd"] != self.areas["lad25cd"], ["lad24cd", "lad25cd"]]
        return dict(zip(changed["lad24cd"], changed["lad25cd"], strict=True))

    @cached_property
    def england(self) -> pd.Series:
        """England's totals of every counted column (people), to compare a small area with."""
        return self._every_column.select_dtypes("number").sum()

    def postcode(self, typed: Postcode) -> PostcodePoint:
        """Where a postcode is. PostcodeNotFoundError says why it cannot be placed: not one, another country, ended or unknown."""
        path = self.snapshot.path("postcodes")
        found = postcodes.find(path, typed.compact, self.areas["lsoa21cd"]) if typed.well_formed else None
        if found is None:
            live = typed.well_formed and postcodes.sector_exists(path, typed.sector)
            raise PostcodeNotFoundError(why_not_found(typed, live))
        return PostcodePoint(typed, *found)

    @cached_property
    def census(self) -> pd.DataFrame:
        """`analysis.communities.CENSUS_COLUMNS` of every small area, in the order of `areas`."""
        return self.snapshot.table("small_areas", CENSUS_COLUMNS)

    @cached_property
    def placing(self) -> Placing:
        """Finds the LSOA and authority of points and postcodes, many at once."""
        outlines = LsoaOutlines(self.geometry, self.snapshot.static)
        return Placing(self.snapshot.path("postcodes"), self.areas["lsoa21cd"], self.areas["lad24cd"], outlines)

    def read_partners(self, content: bytes, today: date) -> Partners:
        """A partners CSV read against this snapshot's postcodes and people. PartnersFileError when no row can be used."""
        path = self.snapshot.path("postcodes")
        return partners_csv.read(
            content, today=today, find_postcodes=lambda wanted: postcodes.find_many(path, wanted), people=self.people
        )

    @cached_property
    def people(self) -> cKDTree:
        """Where people live: population-weighted centroids, EPSG:27700 metres."""
        return cKDTree(origins(self.areas))

    def to_degrees(self, easting: float, northing: float) -> tuple[float, float]:
        """A point of the National Grid (EPSG:27700 metres) as longitude and latitude (EPSG:4326)."""
        longitude, latitude = _TO_DEGREES.transform(easting, northing)
        return float(longitude), float(latitude)

    @cached_property
    def faith_covenant(self) -> pd.DataFrame:
        """Authorities that have adopted the Faith Covenant."""
        return self.snapshot.table("faith_covenant")
