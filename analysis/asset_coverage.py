"""What is mapped where, now: the snapshot's coverage with what live layers and people's lists add, by authority, category, source and date.

A category that nobody asked about in an authority is not mapped there, which is not the same as none. Rules for what is added:

- A live layer of OpenStreetMap makes a category partly mapped in the authority that it was asked for, never mapped: volunteers map what they see.
- A list that somebody keeps (an upload, an Open Referral feed, a publisher's list) makes it partly mapped, and the note names who keeps it.
- What is added never lowers a status: where the snapshot says mapped, a newer layer of the same source leaves it so.
- Records that a list holds outside the authorities that it was asked for are counted, and map nothing there.
- Charities are known by the area that they work in, never by a point: partly at most.

Records are counted as sources have them, before merging: two sources may hold one place, so records of several sources do not add up to places.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.asset_freshness import freshness
from analysis.asset_records import parts
from analysis.vocabularies import COVERAGE, FRESHNESS, TRADITIONS

CELL = ["lad24cd", "category", "faith_tradition"]
ASKED_COLUMNS = ["lad24cd", "category", "source", "source_date", "kind"]
COLUMNS = [*CELL, "source", "source_date", "status", "records", *FRESHNESS, "note"]
CELL_COLUMNS = [*CELL, "status", "newest", "sources", "records", *FRESHNESS, "notes"]
LAYER, LIST = KINDS = ("layer", "list")
ANGLICAN, WORSHIP, CHARITY = "Anglican", "place of worship", "charity"
PARTLY, NOT_MAPPED = COVERAGE[1:]
_KEY = [*CELL, "source"]
_NUMBERS = ["records", *FRESHNESS]
_RANK = {status: rank for rank, status in enumerate(COVERAGE)}
_LAYER_NOTE = "OpenStreetMap, asked for this authority: never whole, and mosques and minority faiths are under-mapped most."
_CHARITY_NOTE = "Charities are known by the area that they work in, never by a point."
_BEYOND_NOTE = "Recorded in a list kept for another authority: that maps nothing here."


def coverage_now(published: pd.DataFrame, records: pd.DataFrame, asked: pd.DataFrame, today: date) -> pd.DataFrame:
    """A row for each authority, category, faith tradition (null for the whole category) and source: COLUMNS.

    published: the snapshot's coverage (CELL, status, source, source_date, note). records: every source record that counts now, before merging
    (CELL, denomination, service_area, source, source_date, last_confirmed), those of the snapshot included. asked: ASKED_COLUMNS, a row for each
    authority and category that a layer or a list (KINDS) was asked for, whether it held anything or not; a layer of places of worship was
    asked for every tradition, a list for those that it holds. ValueError for another kind.

    Records, and their split by freshness, are counted anew. A record without an authority counts in each that its service area names, so a
    charity that works in two counts in both; what names none is in `without_authority`. Where a source stands in both published and asked,
    one row has the better status and the later date. A row without a source says that nobody was asked; it goes once somebody was.
    """
    placed = _placed(records, pd.concat([published["lad24cd"], asked["lad24cd"]]))
    cells = pd.concat([published[[*_KEY, "source_date", "status", "note"]], _cells(asked, placed)], ignore_index=True)
    latest = cells.groupby(_KEY, dropna=False, as_index=False)["source_date"].max()
    best = cells.assign(rank=cells["status"].map(_RANK)).sort_values("rank", kind="stable").drop_duplicates(_KEY)
    found = best[[*_KEY, "status", "note"]].merge(latest, on=_KEY)
    found = found.merge(_counted(placed, today), on=_KEY, how="outer", suffixes=("", "_counted"))
    beyond = found["status"].isna()
    found["source_date"] = found["source_date"].fillna(found["source_date_counted"])
    found["note"] = found["note"].mask(beyond, _BEYOND_NOTE)
    found["status"] = found["status"].fillna(NOT_MAPPED)
    found[_NUMBERS] = found[_NUMBERS].fillna(0).astype("int64")
    answered = found.loc[found["status"] != NOT_MAPPED, CELL].drop_duplicates().assign(answered=True)
    found = found.merge(answered, on=CELL, how="left")
    unasked = found["source"].isna() & found["answered"].notna() & found["records"].eq(0)
    order = [*CELL, "source_date", "source"]
    return found.loc[~unasked, COLUMNS].sort_values(order, na_position="first", ignore_index=True)


def by_cell(coverage: pd.DataFrame) -> pd.DataFrame:
    """One row for each authority, category and faith tradition: CELL_COLUMNS, for a table and a map.

    coverage: as `coverage_now` returns it. status: the best of its sources. newest: the latest date of a source that maps it at all; null
    where none does. sources, notes: "; " and space joined. records: of all its sources, which may hold one place twice.
    """
    mapping = coverage["status"] != NOT_MAPPED
    frame = coverage.assign(
        rank=coverage["status"].map(_RANK),
        newest=coverage["source_date"].where(mapping),
        sources=coverage["source"],
        notes=coverage["note"],
    )
    alone = ~frame.duplicated(CELL, keep=False)  # most cells have one source, and joining texts is slow
    grouped = frame[~alone].groupby(CELL, dropna=False)
    several = grouped.agg(
        rank=("rank", "min"),
        newest=("newest", "max"),
        **{name: (name, "sum") for name in _NUMBERS},
        sources=("sources", lambda some: "; ".join(dict.fromkeys(some.dropna())) or None),
        notes=("notes", lambda some: " ".join(dict.fromkeys(some.dropna())) or None),
    ).reset_index()
    found = pd.concat([frame[alone], several.astype(frame.dtypes[several.columns].to_dict())], ignore_index=True)
    found["status"] = found["rank"].map(dict(enumerate(COVERAGE)))
    return found[CELL_COLUMNS].sort_values(CELL, na_position="first", ignore_index=True)


def without_authority(records: pd.DataFrame, authorities: pd.Series) -> pd.DataFrame:
    """Records that count in no authority: category, source, records. authorities: the codes of all authorities."""
    lost = _placed(records, authorities)
    lost = lost[lost["lad24cd"].isna()]
    return lost.groupby(["category", "source"], dropna=False, as_index=False).size().rename(columns={"size": "records"})


def _placed(records: pd.DataFrame, authorities: pd.Series) -> pd.DataFrame:
    """The records, those without an authority once for each that their service area names."""
    nowhere = records["lad24cd"].isna()
    if not nowhere.any():
        return records
    known = set(authorities.dropna())
    served = [[code for code in parts(text) if code in known] for text in records.loc[nowhere, "service_area"]]
    spread = records[nowhere].assign(lad24cd=pd.Series(served, index=records.index[nowhere], dtype=object))
    spread = spread.explode("lad24cd")  # one whose list is empty stays, without an authority
    return pd.concat([records[~nowhere], spread.astype({"lad24cd": "str"})], ignore_index=True)


def _cells(asked: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """A row for each thing asked for: for places of worship, for each tradition as well."""
    strange = sorted(set(asked["kind"]) - set(KINDS))
    if strange:
        raise ValueError(f"what is asked is a {' or a '.join(KINDS)}, not {', '.join(strange)}")
    worship = asked[asked["category"].eq(WORSHIP)]
    every = pd.DataFrame({"faith_tradition": [*TRADITIONS, ANGLICAN]})
    held = _levels(placed)[["lad24cd", "category", "source", "faith_tradition"]].dropna().drop_duplicates()
    cells = pd.concat(
        [
            asked.assign(faith_tradition=None),
            worship[worship["kind"].eq(LAYER)].merge(every, how="cross"),
            worship[worship["kind"].eq(LIST)].merge(held, on=["lad24cd", "category", "source"]),
        ],
        ignore_index=True,
    )
    note = ("A list that " + cells["source"] + " keeps: as whole as they know.").astype("str")
    note = note.mask(cells["kind"].eq(LAYER), _LAYER_NOTE).mask(cells["category"].eq(CHARITY), _CHARITY_NOTE)
    cells = cells.assign(status=PARTLY, note=note)[[*_KEY, "source_date", "status", "note"]]
    return cells.astype("str")


def _levels(placed: pd.DataFrame) -> pd.DataFrame:
    """The records once for their category, and places of worship again for their tradition, and for Anglican within Christian."""
    worship = placed[placed["category"].eq(WORSHIP) & placed["faith_tradition"].notna()]
    anglican = placed[placed["category"].eq(WORSHIP) & placed["denomination"].str.contains(ANGLICAN, na=False)]
    whole = placed.assign(faith_tradition=pd.Series(None, index=placed.index, dtype="str"))
    levels = [whole, worship, anglican.assign(faith_tradition=ANGLICAN)]
    return pd.concat(levels, ignore_index=True)


def _counted(placed: pd.DataFrame, today: date) -> pd.DataFrame:
    """_KEY, source_date (the latest), records and one column for each freshness; records in no authority left out."""
    levels = _levels(placed[placed["lad24cd"].notna()])
    fresh = freshness(levels["last_confirmed"], today)
    split = levels[[*_KEY, "source_date"]].assign(records=1, **{word: fresh.eq(word).astype("int64") for word in FRESHNESS})
    counted = split.groupby(_KEY, dropna=False, as_index=False)
    return counted.agg(source_date=("source_date", "max"), **{name: (name, "sum") for name in _NUMBERS})
