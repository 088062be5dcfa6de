"""What is mapped where: the status of each category of community asset in each local authority.

An area with no records is read as an absence unless something says otherwise; these rows are that something.
"""

from __future__ import annotations

import pandas as pd

from data_loaders import ace_libraries, gla_community_centres, osm_places_of_worship
from data_loaders.ace_libraries import authority_key

MAPPED, PARTLY, NOT_MAPPED = "mapped", "partly", "not mapped"
COLUMNS = ["lad24cd", "category", "faith_tradition", "records", "status", "source", "source_date", "note"]

_WORSHIP = "Anglican buildings are nearly complete; mosques and minority faiths are under-mapped."
_SMALL_FAITH = "Under-mapped: minority faiths are often missing from OpenStreetMap."
_ABSENT = "The extract holds no sites of this tradition: not mapped, which is not the same as none."
# None = the whole category. Anglican is a part of Christian, kept apart because only it is nearly complete.
_WORSHIP_ROWS: dict[str | None, tuple[str, str]] = {
    None: (PARTLY, _WORSHIP),
    "Christian": (
        PARTLY,
        "Anglican buildings are nearly complete; how complete the others are has not been measured.",
    ),
    "Anglican": (MAPPED, "Nearly complete. Counted within Christian; shared churches are included."),
    "Muslim": (
        PARTLY,
        "Under-mapped: about 6 in 10 registered mosque charities in England have a mapped mosque nearby.",
    ),
    "Jewish": (PARTLY, _SMALL_FAITH),
    "Sikh": (PARTLY, _SMALL_FAITH),
    "Hindu": (PARTLY, _SMALL_FAITH),
    "Buddhist": (PARTLY, _SMALL_FAITH),
    "Jain": (NOT_MAPPED, _ABSENT),
    "Bahá'í": (NOT_MAPPED, _ABSENT),
    "Multi-faith": (NOT_MAPPED, _ABSENT),
}


def _rows(
    areas: pd.DataFrame,
    category: str,
    tradition: str | None,
    subset: pd.DataFrame,
    status: pd.Series | str,
    note: pd.Series | str,
    source: str,
    source_date: str,
) -> pd.DataFrame:
    counts = subset["lad24cd"].value_counts()
    frame = pd.DataFrame(
        {
            "lad24cd": areas["lad24cd"],
            "category": category,
            "faith_tradition": tradition,
            "records": areas["lad24cd"].map(counts).fillna(0).astype("int32"),
            "status": status,
            "note": note,
        }
    )
    mapped = frame["status"].ne(NOT_MAPPED)
    return frame.assign(
        source=pd.Series(source, index=frame.index).where(mapped),
        source_date=pd.Series(source_date, index=frame.index).where(mapped),
    )


def _libraries(areas: pd.DataFrame, assets: pd.DataFrame, reported: pd.Series, missing: pd.DataFrame) -> pd.DataFrame:
    upper = authority_key(areas["utlanm"])
    names = missing["name"].groupby(authority_key(missing["authority"])).agg(lambda found: ", ".join(sorted(found)))
    status = pd.Series(MAPPED, index=areas.index).mask(upper.isin(names.index), PARTLY)
    note = pd.Series("Static libraries open in December 2023, placed by postcode.", index=areas.index)
    lost = upper.map(names).astype("str")
    note = note.mask(lost.notna(), "Not located, somewhere in " + areas["utlanm"] + ": " + lost + ".")
    absent = ~upper.isin(set(authority_key(reported)))
    status = status.mask(absent, NOT_MAPPED)
    note = note.mask(
        absent,
        "This authority does not report in the 2023 dataset: not mapped, which is not the same as none.",
    )
    return _rows(
        areas,
        ace_libraries.CATEGORY,
        None,
        assets[assets["category"].eq(ace_libraries.CATEGORY)],
        status,
        note,
        ace_libraries.SOURCE,
        ace_libraries.SOURCE_DATE,
    )


def build(assets: pd.DataFrame, areas: pd.DataFrame, reported: pd.Series, missing: pd.DataFrame) -> pd.DataFrame:
    """One row for each authority and category, and for each faith tradition within places of worship.

    assets: the community assets (lad24cd, category, faith_tradition, denomination). areas: lad24cd, utlanm,
    one row a district. reported: names of the library authorities with a row in the library dataset. missing:
    the libraries without a point (name, authority). Returns COLUMNS; `faith_tradition` null is the whole
    category.

    The rules, in words
    - Place of worship: "partly" everywhere. The whole category is never "mapped", because mosques and
      minority faiths are under-mapped; Anglican alone is. Jain, Bahá'í and multi-faith sites are "not
      mapped": the extract has none.
    - Library: "mapped" where the upper-tier authority reported and every open library of it has a point;
      "partly" where some have none (all its districts, as nothing says which); "not mapped" where it did not
      report.
    - Community centre: "mapped" in the 33 London authorities, "not mapped" elsewhere.
    """
    areas = areas[["lad24cd", "utlanm"]].drop_duplicates("lad24cd").sort_values("lad24cd", ignore_index=True)
    worship = assets[assets["category"].eq(osm_places_of_worship.CATEGORY)]
    parts = []
    for tradition, (status, note) in _WORSHIP_ROWS.items():
        subset = worship if tradition is None else worship[worship["faith_tradition"].eq(tradition)]
        if tradition == "Anglican":
            subset = worship[worship["denomination"].str.contains("Anglican", na=False)]
        parts.append(
            _rows(
                areas,
                osm_places_of_worship.CATEGORY,
                tradition,
                subset,
                status,
                note,
                osm_places_of_worship.SOURCE,
                osm_places_of_worship.SOURCE_DATE,
            )
        )
    parts.append(_libraries(areas, assets, reported, missing))
    london = areas["lad24cd"].str.startswith("E09")
    parts.append(
        _rows(
            areas,
            gla_community_centres.CATEGORY,
            None,
            assets[assets["category"].eq(gla_community_centres.CATEGORY)],
            pd.Series(NOT_MAPPED, index=areas.index).mask(london, MAPPED),
            pd.Series(
                "Community centres are mapped in London alone: not mapped, which is not the same as none.",
                index=areas.index,
            ).mask(london, "Greater London Authority Cultural Infrastructure Map, 2019 to 2022."),
            gla_community_centres.SOURCE,
            gla_community_centres.SOURCE_DATE,
        )
    )
    frame = pd.concat(parts)
    text = [column for column in COLUMNS if column != "records"]
    return frame.astype({column: "str" for column in text})[COLUMNS].sort_values(
        ["lad24cd", "category", "faith_tradition"], na_position="first", ignore_index=True
    )
