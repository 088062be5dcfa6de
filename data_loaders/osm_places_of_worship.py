"""OpenStreetMap places of worship: parsed, typed, denominations turned into words. ODbL 1.0."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data_loaders.columns import read_csv

FILE = "community_assets/osm_places_of_worship_2026-08-16.csv"
SOURCE = "OpenStreetMap"
LICENCE = "ODbL 1.0"
SOURCE_DATE = "2026-08-16"
CATEGORY = "place of worship"

# What is read. `area_name` and `source_tier` are left: the authority is found again from the point.
COLUMNS = {
    "area_code": "the extract's own authority code: only its first letter (country) is used",
    "faith": "tradition: Christian, Muslim, Jewish, Sikh, Hindu or Buddhist",
    "osm_type": "node (a surveyed point) or way (a building outline, given as its centre)",
    "osm_id": "OpenStreetMap identifier, unique within osm_type",
    "name": "as signed; 2.5% are unnamed",
    "denomination": "OpenStreetMap tag: snake case, several joined by semicolons",
    "lon": "degrees, WGS84",
    "lat": "degrees, WGS84",
}
FAITHS = ("Christian", "Muslim", "Jewish", "Sikh", "Hindu", "Buddhist")
POSITION_QUALITY = {"node": "surveyed point", "way": "building centre"}

# Tags whose words are not simply the tag with its underscores taken out, and common spellings of one thing.
_WORDS = {
    "united_reformed": "United Reformed",
    "united_reform": "United Reformed",
    "urc": "United Reformed",
    "united_reformed_church": "United Reformed",
    "united_reform_church": "United Reformed",
    "jehovahs_witness": "Jehovah's Witness",
    "jehovahs_witnesses": "Jehovah's Witness",
    "seventh_day_adventist": "Seventh-day Adventist",
    "adventist": "Seventh-day Adventist",
    "latter_day_saints": "Latter-day Saints",
    "mormon": "Latter-day Saints",
    "church_of_jesus_christ_of_latter_day_saints": "Latter-day Saints",
    "christ_scientist": "Christian Science",
    "scientist": "Christian Science",
    "anglican_methodist_lep": "Anglican and Methodist",
    "methodist_urc": "Methodist and United Reformed",
    "methoidist_church_of_great_britain": "Methodist",
    "christian_brethren": "Brethren",
    "redeamed_christian_church_of_god": "Redeemed Christian Church of God",
    "church_of_england": "Anglican",
    "society_of_friends": "Quaker",
    "religious_society_of_friends": "Quaker",
    "elim": "Elim Pentecostal",
    "elim_pentacostal": "Elim Pentecostal",
    "spiritulist": "Spiritualist",
    "spritualist": "Spiritualist",
    "spiritist": "Spiritualist",
    "christadelphians": "Christadelphian",
    "unitarianism": "Unitarian",
    "moaravian": "Moravian",
    "congrgational": "Congregational",
    "congregational_church": "Congregational",
    "newfrontiers": "New Frontiers",
    "nondenominational": "Non-denominational",
    "nonconformist": "Nonconformist",
    "non_conformist": "Nonconformist",
    "oecumenic": "Ecumenical",
    "fiec": "Fellowship of Independent Evangelical Churches",
    "efcc": "Evangelical Fellowship of Congregational Churches",
    "iskcon": "International Society for Krishna Consciousness",
    "uckg": "Universal Church of the Kingdom of God",
    "reform_judaism": "Reform",
    "ravidasi": "Ravidassia",
    "valmikee": "Valmiki",
    "valmikis": "Valmiki",
    "unni": "Sunni",
}
# Tags that only say the faith again, or say nothing.
_EMPTY = {"", "none", "all", "mixed", "christian", "muslim", "hindu", "jewish", "sikh", "buddhist", "life"}
_SMALL = {"of", "the", "and", "in", "for"}


def _one_denomination(tag: str) -> str:
    key = re.sub(r"[\s_\-]+", "_", tag.strip().casefold()).strip("_").replace("'", "")
    if key in _EMPTY:
        return ""
    if key in _WORDS:
        return _WORDS[key]
    words = re.sub(r"[\s_]+", " ", tag.strip()).split()
    shown = [
        word.lower() if word.lower() in _SMALL and at else word[:1].upper() + word[1:] for at, word in enumerate(words)
    ]
    return " ".join(shown)


def readable_denomination(tag: str | None) -> str | None:
    """An OpenStreetMap denomination tag in words, or None when it adds nothing to the faith.

    >>> readable_denomination("anglican;methodist")
    'Anglican and Methodist'
    """
    if not isinstance(tag, str):
        return None
    parts = dict.fromkeys(filter(None, (_one_denomination(part) for part in re.split(r"[;,/]", tag))))
    names = list(parts)
    if len(names) > 1:
        return ", ".join(names[:-1]) + " and " + names[-1]
    return names[0] if names else None


def _problems(frame: pd.DataFrame) -> pd.Series:
    """Why a row cannot be used, in words with its line in the file; null where it can."""
    line = (frame.index + 2).astype(str)
    reason = pd.Series(pd.NA, index=frame.index, dtype="str")
    bad_point = ~(frame["longitude"].between(-180, 180) & frame["latitude"].between(-90, 90))
    bad_id = ~frame["osm_id"].str.fullmatch(r"\d+").fillna(False).astype(bool)
    bad_type = ~frame["osm_type"].isin(list(POSITION_QUALITY))
    bad_faith = ~frame["faith_tradition"].isin(FAITHS)
    closed = frame["denomination"].str.casefold().eq("deconsecrated")
    reason[closed] = "recorded as deconsecrated: no longer a place of worship"
    for mask, text in (
        (bad_faith, "faith is not one of " + ", ".join(FAITHS)),
        (bad_type, "osm_type is neither node nor way"),
        (bad_id, "osm_id is not a whole number"),
        (bad_point, "lon or lat is not a number of degrees"),
    ):
        reason[mask] = "line " + pd.Series(line, index=frame.index)[mask] + ": " + text
    return reason


def read(path: Path) -> pd.DataFrame:
    """Every row of the extract, typed; England has not been selected yet and identifiers may repeat.

    Returns asset_id ("osm/way/123"), name (null when unnamed), faith_tradition, denomination (words or null),
    longitude and latitude (float degrees, EPSG:4326), position_quality, country (first letter of the
    extract's area code) and set_aside (why a row cannot be used, else null). One row a line of the file, in
    its order. Raises SourceError when the file or one of COLUMNS is missing.
    """
    raw = read_csv(path, list(COLUMNS)).astype("str")
    tags = raw["denomination"].drop_duplicates()
    words = {tag: readable_denomination(tag) for tag in tags.dropna()}
    frame = pd.DataFrame(
        {
            "osm_type": raw["osm_type"],
            "osm_id": raw["osm_id"],
            "asset_id": "osm/" + raw["osm_type"].fillna("unknown") + "/" + raw["osm_id"].fillna("unknown"),
            "name": raw["name"].str.replace(r"\s+", " ", regex=True).str.strip().replace("", None).astype("str"),
            "faith_tradition": raw["faith"].astype("str"),
            "denomination": raw["denomination"].map(words).astype("str"),
            "longitude": pd.to_numeric(raw["lon"], errors="coerce"),
            "latitude": pd.to_numeric(raw["lat"], errors="coerce"),
            "position_quality": raw["osm_type"].map(POSITION_QUALITY).astype("str"),
            "country": raw["area_code"].str[:1].astype("str"),
        }
    )
    frame["set_aside"] = _problems(frame)
    return frame.drop(columns=["osm_type", "osm_id"])
