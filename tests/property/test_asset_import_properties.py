"""Whatever a list holds: every row of the file has one outcome, every line is a row or passed over, and what is kept keeps the rules."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_records import RECORD_COLUMNS
from analysis.cell_shapes import EMAIL
from analysis.vocabularies import ASSET_CATEGORIES
from register.asset_import import plan_assets
from register.asset_plan import DUPLICATE, KEPT, KEPT_WITHOUT_POINT, OUTCOMES, REFUSED, Defaults
from register.exchange_files import ExchangeFileError
from register.messy_sheets import read_messy

AREA = "E09000030"
DEFAULTS = Defaults("Example CVS", "CC BY 4.0", AREA, "2026-10")


class Square:
    """A country that is one square of 100 km, with two live postcodes."""

    def of_points(self, easting: object, northing: object) -> pd.DataFrame:
        found = pd.DataFrame({"easting": easting, "northing": northing}, dtype=float)
        inside = found["easting"].between(500_000, 600_000) & found["northing"].between(150_000, 250_000)
        return pd.DataFrame(
            {
                "lsoa21cd": pd.Series("E01000001", index=found.index, dtype="str").where(inside),
                "lad24cd": pd.Series(AREA, index=found.index, dtype="str").where(inside),
                "metres": 0.0,
                "problem": pd.Series("the position is not in England", index=found.index, dtype="str").mask(inside),
            }
        )

    def of_degrees(self, longitude: object, latitude: object) -> pd.DataFrame:
        degrees = pd.DataFrame({"longitude": longitude, "latitude": latitude}, dtype=float)
        easting, northing = 535_000 + degrees["longitude"] * 70_000, 182_000 + (degrees["latitude"] - 51.5) * 111_000
        return self.of_points(easting, northing).assign(easting=easting, northing=northing)

    def of_postcodes(self, compact: pd.Series) -> pd.DataFrame:
        live = pd.DataFrame(
            {"easting": [535_000.0, 536_000.0], "northing": [182_000.0, 183_000.0], "lsoa21cd": "E01000001", "lad24cd": AREA},
            index=["E14AA", "E14AB"],
        )
        return live.reindex(compact).set_axis(compact.index, axis=0).astype({"lsoa21cd": "str", "lad24cd": "str"})


COLUMNS = ["Organisation name", "Type", "Post code", "Contact postcode", "Lat", "Long", "Easting", "Northing", "What they do", "Days",
           "Public premises", "Last checked", "Contact name"]  # fmt: skip
CELLS = [
    st.sampled_from(["", "Example Hall", "EXAMPLE HALL", "Example Refuge", "=1+1", "Total", "n/a", "Example 020 7946 0000"]) | st.text(max_size=8),
    st.sampled_from(["", "Library", "Charity", "CIC", "Mosque", "Skate park", "Individual"]),
    st.sampled_from(["", "E1 4AA", "e14ab", "E1 9ZZ", "CF10 1EP", "see map"]),
    st.sampled_from(["", "E1 4AB"]),
    *[st.sampled_from(["", "n/a", "0", "51.5", "-0.05", "999"])] * 2,
    *[st.sampled_from(["", "0", "535000", "182000", "51.5", "12 East"])] * 2,
    st.sampled_from(["", "Lunch club at E1 4AA", "Ring a@example.org", "domestic abuse support"]) | st.text(max_size=8),
    st.sampled_from(["", "Mon", "someday"]),
    st.sampled_from(["", "yes", "no", "maybe"]),
    st.sampled_from(["", "2026-01-01", "01/01/2030", "soon"]),
    st.just("A. N. Other"),
]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*CELLS), min_size=1, max_size=12), st.sampled_from([None, "community service"]))
def test_every_row_has_one_outcome_and_what_is_kept_keeps_the_rules(rows: list[tuple[str, ...]], category: str | None) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([COLUMNS, *rows])
    content = buffer.getvalue().encode("utf-8", "replace")
    defaults = Defaults(DEFAULTS.publisher, DEFAULTS.licence, AREA, DEFAULTS.as_at, category)
    fields = ["name", "category", "postcode", "contact_postcode", "latitude", "longitude", "easting", "northing", "description", "days",
              "public_premises", "last_confirmed"]  # fmt: skip
    mapping = dict(zip(COLUMNS, fields, strict=False))
    sheet = read_messy(content)
    plan = plan_assets(content, mapping, Square(), today=date(2026, 11, 25), defaults=defaults)
    counts = Counter(one.outcome for one in plan.outcomes)
    assert sum(counts[outcome] for outcome in OUTCOMES) == len(plan.outcomes) == len(sheet.rows)
    assert [one.row for one in plan.outcomes] == [row.number for row in sheet.rows]
    assert len(sheet.rows) + len(sheet.passed_over) == len(rows) + 1, "a line is a row or passed over"
    kept = plan.records
    assert len(kept) == counts[KEPT] + counts[KEPT_WITHOUT_POINT] and kept["easting"].notna().sum() == counts[KEPT]
    by_row = {one.row: one for one in plan.outcomes}
    assert all(by_row[one.duplicate_of].outcome in (KEPT, KEPT_WITHOUT_POINT) for one in plan.outcomes if one.outcome == DUPLICATE)
    assert all(one.problems for one in plan.outcomes if one.outcome in (REFUSED, DUPLICATE, KEPT_WITHOUT_POINT) and one.outcome != KEPT)
    assert kept["asset_id"].is_unique and list(kept.columns) == [*RECORD_COLUMNS, "row_number", "source_id"]
    assert kept["name"].notna().all() and kept["category"].isin(ASSET_CATEGORIES).all() and kept["lad24cd"].notna().all()
    hidden = kept[kept["sensitive"] | kept["category"].eq("charity") | kept["organisation_type"].fillna("").str.startswith("individual")]
    public = hidden["row_number"].map({row.number: row.cells["Public premises"] == "yes" for row in sheet.rows}) & ~hidden["sensitive"]
    assert hidden.loc[~public.astype(bool), ["postcode", "uprn", "easting", "northing", "longitude", "latitude", "lsoa21cd"]].isna().all(axis=None)
    assert not kept.to_csv().count("A. N. Other") and not kept["description"].fillna("").str.contains(EMAIL).any()
    assert plan_assets(content, mapping, Square(), today=date(2026, 11, 25), defaults=defaults).outcomes == plan.outcomes, "the same again"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    try:
        found = read_messy(content)
    except ExchangeFileError as refused:
        assert str(refused).endswith(".")
    else:
        assert found.rows and len(set(found.columns)) == len(found.columns) and all(set(row.cells) == set(found.columns) for row in found.rows)
