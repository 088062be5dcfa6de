"""What is mapped where: the snapshot's own coverage again, and what layers and lists add to it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.asset_coverage import (
    ASKED_COLUMNS,
    CELL,
    CELL_COLUMNS,
    COLUMNS,
    by_cell,
    coverage_now,
    without_authority,
)
from analysis.asset_records import as_records
from analysis.vocabularies import FRESHNESS, TRADITIONS
from data_loaders.atlas import Atlas

TODAY = date(2026, 9, 15)
NOBODY_ASKED = pd.DataFrame(columns=ASKED_COLUMNS, dtype="str")
PUBLISHED = pd.DataFrame(
    [
        ("X", "library", None, "mapped", "Arts Council England", "2023-12", "Static libraries."),
        ("X", "community centre", None, "not mapped", None, None, "London only."),
        ("X", "place of worship", None, "partly", "OpenStreetMap", "2026-08-16", "Under-mapped."),
        ("X", "place of worship", "Muslim", "partly", "OpenStreetMap", "2026-08-16", "About 6 in 10."),
        ("X", "place of worship", "Anglican", "mapped", "OpenStreetMap", "2026-08-16", "Nearly complete."),
        ("X", "place of worship", "Jain", "not mapped", None, None, "The extract holds none."),
        ("Y", "library", None, "not mapped", None, None, "Does not report."),
    ],
    columns=[*CELL, "status", "source", "source_date", "note"],
).astype("str")


def _records(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["asset_id", "lad24cd", "category", "faith_tradition", "denomination", "source", "source_date", "last_confirmed", "service_area"]
    return as_records(pd.DataFrame([(f"a{number}", *row) for number, row in enumerate(rows)], columns=columns))


OSM, ACE = "OpenStreetMap", "Arts Council England"
RECORDS = _records(
    ("X", "library", None, None, ACE, "2023-12", None, None),
    ("X", "place of worship", "Muslim", None, OSM, "2026-08-16", "2026-01-01", None),
    ("X", "place of worship", "Christian", "Anglican; Methodist", OSM, "2026-08-16", "2025-01-01", None),
)


def _asked(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=ASKED_COLUMNS)


def _cell(coverage: pd.DataFrame, lad: str, category: str, tradition: str | None = None) -> pd.DataFrame:
    same = coverage["faith_tradition"].isna() if tradition is None else coverage["faith_tradition"].eq(tradition)
    return coverage[coverage["lad24cd"].eq(lad) & coverage["category"].eq(category) & same]


def test_with_nothing_added_the_snapshot_is_as_it_was(atlas: Atlas) -> None:
    records = as_records(atlas.snapshot.table("community_assets"))
    found = coverage_now(atlas.coverage, records, NOBODY_ASKED, TODAY)
    assert found.columns.tolist() == COLUMNS
    both = atlas.coverage.merge(found, on=CELL, suffixes=("", "_now"), validate="1:1")
    assert len(both) == len(found) == len(atlas.coverage)
    for column in ("status", "records", "note"):
        assert both[column].tolist() == both[f"{column}_now"].tolist(), column
    assert both["source"].fillna("").tolist() == both["source_now"].fillna("").tolist()
    assert both["source_date"].fillna("").tolist() == both["source_date_now"].fillna("").tolist()
    assert found["unconfirmed"].tolist() == found["records"].tolist(), "no source says that anybody confirmed anything"


def test_records_are_split_by_freshness() -> None:
    found = coverage_now(PUBLISHED, RECORDS, NOBODY_ASKED, TODAY)
    worship = _cell(found, "X", "place of worship").iloc[0]
    assert worship[["records", *FRESHNESS]].tolist() == [2, 1, 1, 0]
    assert _cell(found, "X", "place of worship", "Anglican").iloc[0][["records", *FRESHNESS]].tolist() == [1, 0, 1, 0]
    assert (found[list(FRESHNESS)].sum(axis=1) == found["records"]).all()


def test_a_live_layer_makes_a_category_partly_mapped_never_mapped() -> None:
    asked = _asked(("X", "community centre", OSM, "2026-09-10", "layer"), ("X", "food bank", OSM, "2026-09-10", "layer"))
    found = coverage_now(PUBLISHED, RECORDS, asked, TODAY)
    for category in ("community centre", "food bank"):
        row = _cell(found, "X", category)
        assert row["status"].tolist() == ["partly"], "the row that nobody was asked has gone"
        assert row[["source", "source_date"]].iloc[0].tolist() == [OSM, "2026-09-10"]
        assert row["records"].tolist() == [0], "asked, and none recorded"


def test_a_layer_of_worship_was_asked_for_every_tradition() -> None:
    found = coverage_now(PUBLISHED, RECORDS, _asked(("X", "place of worship", OSM, "2026-09-10", "layer")), TODAY)
    for tradition in TRADITIONS:
        assert _cell(found, "X", "place of worship", tradition)["status"].tolist() == ["partly"], tradition
    muslim = _cell(found, "X", "place of worship", "Muslim").iloc[0]
    assert muslim[["source_date", "note", "records"]].tolist() == ["2026-09-10", "About 6 in 10.", 1]


def test_nothing_added_lowers_a_status() -> None:
    asked = _asked(("X", "place of worship", OSM, "2026-09-10", "layer"), ("X", "library", ACE, "2024-12", "list"))
    found = coverage_now(PUBLISHED, RECORDS, asked, TODAY)
    assert _cell(found, "X", "place of worship", "Anglican")["status"].tolist() == ["mapped"]
    library = _cell(found, "X", "library").iloc[0]
    assert library[["status", "source_date", "records"]].tolist() == ["mapped", "2024-12", 1]


def test_an_older_answer_does_not_take_the_date_back() -> None:
    found = coverage_now(PUBLISHED, RECORDS, _asked(("X", "place of worship", OSM, "2026-01-01", "layer")), TODAY)
    assert _cell(found, "X", "place of worship")["source_date"].tolist() == ["2026-08-16"]


def test_a_list_says_who_keeps_it_and_covers_only_its_traditions() -> None:
    keeper = "Exton Council of Mosques"
    records = pd.concat([RECORDS, _records(("X", "place of worship", "Muslim", None, keeper, "2026-07", "2026-07-01", None))], ignore_index=True)
    found = coverage_now(PUBLISHED, records, _asked(("X", "place of worship", keeper, "2026-07", "list")), TODAY)
    muslim = _cell(found, "X", "place of worship", "Muslim")
    assert muslim["source"].tolist() == [keeper, OSM]
    assert "Exton Council of Mosques keeps" in muslim["note"].iloc[0]
    assert muslim["status"].tolist() == ["partly", "partly"]
    assert _cell(found, "X", "place of worship", "Jain")["status"].tolist() == ["not mapped"], "a list of mosques says nothing of Jains"


def test_what_spills_over_a_border_is_counted_and_maps_nothing() -> None:
    records = pd.concat([RECORDS, _records(("Y", "library", None, None, "Exton Council", "2026-05", None, None))], ignore_index=True)
    found = coverage_now(PUBLISHED, records, _asked(("X", "library", "Exton Council", "2026-05", "list")), TODAY)
    over = _cell(found, "Y", "library")
    assert over["status"].tolist() == ["not mapped", "not mapped"]
    assert over["records"].tolist() == [0, 1]
    assert by_cell(found).query("lad24cd == 'Y'")["status"].tolist() == ["not mapped"]
    assert by_cell(found).query("lad24cd == 'Y'")["newest"].isna().all()


def test_charities_count_where_they_work_and_have_no_point() -> None:
    charities = _records(
        ("X", "charity", None, None, "Charity Commission", "2026-09", None, "X"),
        (None, "charity", None, None, "Charity Commission", "2026-09", None, "X; Y; E12000007"),
        (None, "charity", None, None, "Charity Commission", "2026-09", None, "E92000001"),
        (None, "library", None, None, ACE, "2023-12", None, None),
    )
    asked = _asked(("X", "charity", "Charity Commission", "2026-09", "list"), ("Y", "charity", "Charity Commission", "2026-09", "list"))
    found = coverage_now(PUBLISHED, charities, asked, TODAY)
    assert [_cell(found, lad, "charity")["records"].tolist() for lad in "XY"] == [[2], [1]]
    assert _cell(found, "X", "charity")["status"].tolist() == ["partly"]
    assert "never by a point" in _cell(found, "X", "charity")["note"].iloc[0]
    lost = without_authority(charities, PUBLISHED["lad24cd"])
    assert lost.set_index("category")["records"].to_dict() == {"charity": 1, "library": 1}


def test_a_cell_has_its_best_status_and_newest_date() -> None:
    asked = _asked(("X", "library", OSM, "2026-09-10", "layer"))
    records = pd.concat([RECORDS, _records(("X", "library", None, None, OSM, "2026-09-10", "2026-09-01", None))], ignore_index=True)
    cells = by_cell(coverage_now(PUBLISHED, records, asked, TODAY))
    assert cells.columns.tolist() == CELL_COLUMNS
    assert not cells.duplicated(CELL).any()
    library = cells[cells["lad24cd"].eq("X") & cells["category"].eq("library")].iloc[0]
    assert library[["status", "newest", "sources", "records", "confirmed"]].tolist() == ["mapped", "2026-09-10", f"{ACE}; {OSM}", 2, 1]
    assert "Static libraries." in library["notes"]


def test_a_kind_that_is_neither_layer_nor_list_is_refused() -> None:
    with pytest.raises(ValueError, match="a layer or a list, not rumour"):
        coverage_now(PUBLISHED, RECORDS, _asked(("X", "library", ACE, "2024", "rumour")), TODAY)


def test_no_records_at_all() -> None:
    found = coverage_now(PUBLISHED, RECORDS.iloc[:0], NOBODY_ASKED, TODAY)
    assert len(found) == len(PUBLISHED)
    assert found["records"].eq(0).all()
