"""Lists of community assets, row by row: every row accounted for, nobody's home on the map, and the register takes what the plan gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.asset_records import RECORD_COLUMNS
from analysis.column_matching import LIKELY, SURE
from data_loaders.atlas import Atlas
from data_loaders.placing import Placing
from presentation.downloads import to_csv
from register import assets
from register.asset_import import look, plan_assets
from register.asset_plan import DUPLICATE, KEPT, KEPT_WITHOUT_POINT, OUTCOMES, REFUSED, AssetPlan, Defaults, RowOutcome
from register.exchange_files import ExchangeFileError
from register.store import Register
from tests.register import council_list
from tests.register.asset_beginnings import list_fields
from tests.register.beginnings import EDITOR, READER, TODAY, TOWER_HAMLETS

DEFAULTS = Defaults("Example Council for Voluntary Service", "CC BY 4.0", TOWER_HAMLETS, "2026-10", category="community service")
HEADING = "Organisation name,Type,Postcode"
SITE = ["postcode", "uprn", "easting", "northing", "longitude", "latitude", "lsoa21cd"]


class Counting:
    """Placing, with how often each of its questions was asked."""

    def __init__(self, placing: Placing) -> None:
        self.placing, self.asked = placing, {"of_points": 0, "of_degrees": 0, "of_postcodes": 0}

    def of_points(self, easting: object, northing: object) -> pd.DataFrame:
        self.asked["of_points"] += 1
        return self.placing.of_points(easting, northing)

    def of_degrees(self, longitude: object, latitude: object) -> pd.DataFrame:
        self.asked["of_degrees"] += 1
        return self.placing.of_degrees(longitude, latitude)

    def of_postcodes(self, compact: pd.Series) -> pd.DataFrame:
        self.asked["of_postcodes"] += 1
        return self.placing.of_postcodes(compact)


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Counting:
    return Counting(Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"]))


def _plan(placing: Counting, content: str | bytes, defaults: Defaults = DEFAULTS, mapping: dict[str, str] | None = None) -> AssetPlan:
    data = content.encode() if isinstance(content, str) else content
    found = plan_assets(data, mapping, placing, today=TODAY, defaults=defaults)
    assert sum(map(found.count, OUTCOMES)) == len(found.outcomes)
    assert found.count(KEPT) == found.records["easting"].notna().sum()
    assert found.count(KEPT) + found.count(KEPT_WITHOUT_POINT) == len(found.records)
    return found


def _said(one: RowOutcome) -> str:
    return " ".join(problem.problem for problem in one.problems)


def _one(placing: Counting, heading: str, line: str, **defaults: object) -> tuple[RowOutcome, pd.Series | None]:
    found = _plan(placing, f"{heading}\n{line}\n", replace(DEFAULTS, **defaults))
    return found.outcomes[0], None if found.records.empty else found.records.iloc[0]


@pytest.mark.parametrize("content", [council_list.workbook(), council_list.windows_csv()], ids=["xlsx", "csv"])
def test_a_council_list_comes_in_with_every_row_accounted_for(placing: Counting, content: bytes) -> None:
    before = placing.asked["of_postcodes"]
    plan = _plan(placing, content)
    assert placing.asked["of_postcodes"] == before + 1, "all postcodes are asked for at once"
    assert [one.row for one in plan.outcomes] == list(range(5, 19))
    assert [one.outcome for one in plan.outcomes] == [
        KEPT, KEPT, KEPT, KEPT, KEPT, DUPLICATE, KEPT_WITHOUT_POINT, KEPT_WITHOUT_POINT, REFUSED, REFUSED, KEPT_WITHOUT_POINT, REFUSED,
        KEPT_WITHOUT_POINT, KEPT,
    ]  # fmt: skip
    said = {one.row: _said(one) for one in plan.outcomes}
    assert said[5] == "" and said[6] == "", "n/a for coordinates is no problem where the postcode is there"
    assert "0, 0" in said[7] and "the postcode was used" in said[7] and "in the future" in said[7]
    assert "in each other's place: they were put right" in said[8]
    assert "formula" in said[9] and "never run" in said[9]
    assert "Row 5 has the same name" in said[10] and plan.outcomes[5].duplicate_of == 5
    assert "somebody's home" in said[11] and "sensitive site" in said[12]
    assert "no name" in said[13] and "a heading between rows" in said[14]
    assert "telephone number was taken out" in said[15] and "E1 9ZZ is not a live English postcode" in said[15]
    assert "in Wales" in said[16] and "they were left out" in said[17] and "km from the postcode E1 4AA" in said[18]
    assert all(len(one.problems) == 0 or all(problem.to_do.endswith(".") for problem in one.problems) for one in plan.outcomes)
    assert plan.said == (
        "Nothing is kept yet. Of 14 rows, 6 would be kept with a point and 4 without one; 1 is a duplicate of another row, and 3 cannot be "
        "kept as they are."
    )
    kept = plan.records.set_index("row_number")
    assert kept.loc[5, ["category", "languages", "days", "postcode", "position_quality"]].tolist() == [
        "village or church hall", "English; Bengali", "Tu; Th", "E14AA", "postcode"]  # fmt: skip
    assert kept.loc[5, "last_confirmed"] == pd.Timestamp(2026, 9, 1) and kept.loc[5, "confirmed_by_role"] == "the publisher of the list"
    assert kept.loc[6, ["category", "faith_tradition", "position_quality"]].tolist() == ["place of worship", "Muslim", "address point"]
    assert kept.loc[7, "postcode"] == "E14AX", "read out of the address, which is otherwise left"
    assert kept.loc[[11, 12], SITE].isna().all(axis=None) and kept.loc[[11, 12], "lad24cd"].eq(TOWER_HAMLETS).all() and kept.loc[12, "sensitive"]
    assert kept.loc[15, "name"] == "Example Lunch Club"
    assert "A. N. Other" not in plan.records.to_csv() + plan.problems_frame().to_csv() and "@" not in plan.records.to_csv()
    assert {name: str(kind) for name, kind in plan.records.dtypes.items()} == {**RECORD_COLUMNS, "row_number": "int64", "source_id": "str"}
    assert any("about people: “Contact Name”, “Contact Email”" in note for note in plan.notes)
    assert plan.records["asset_id"].is_unique and set(plan.records["source"]) == {DEFAULTS.publisher}


def test_a_formula_in_a_name_leaves_with_an_apostrophe_and_comes_back_without(placing: Counting) -> None:
    plan = _plan(placing, council_list.windows_csv())
    name = '=HYPERLINK("https://example.org","Example Club")'
    assert name in plan.records["name"].tolist()
    for frame in (plan.records, plan.problems_frame()):
        cells = pd.read_csv(pd.io.common.BytesIO(to_csv(frame, [])))["name"]
        assert f"'{name}" in cells.tolist() and not cells.str.startswith("=").any()
    quoted = '"\'' + name.replace('"', '""') + '"'
    assert _plan(placing, f"{HEADING}\n{quoted},Youth club,E1 4AA\n").records["name"].tolist() == [name]


def test_the_workbook_and_its_csv_give_the_same_rows(placing: Counting) -> None:
    book, twin = _plan(placing, council_list.workbook()), _plan(placing, council_list.windows_csv())
    pd.testing.assert_frame_equal(book.records, twin.records)
    pd.testing.assert_frame_equal(book.problems_frame(), twin.problems_frame())


def test_the_same_rows_have_the_same_ids_whatever_else_was_edited(placing: Counting) -> None:
    first = _plan(placing, f"{HEADING},About\nExample Hall,Village hall,E1 4AA,Old words\nB,Library,E1 4AB,\n").records
    edited = "About,Post Code,Type,Organisation name\nNew words,e14aa,village hall,EXAMPLE HALL\n,E1 4AX,Library,C\n,E1 4AB,Library,B\n"
    again = _plan(placing, edited).records
    assert again["source_id"].tolist()[::2] == first["source_id"].tolist() and again["source_id"].is_unique
    other = _plan(placing, f"{HEADING}\nExample Hall,Community centre,E1 4AA\n").records
    assert other["source_id"].iloc[0] not in set(first["source_id"]), "another kind of place is another record"


def test_the_id_of_a_row_without_a_point_has_nothing_of_its_postcode_in_it(placing: Counting) -> None:
    one = _plan(placing, f"{HEADING}\nExample Trust,Charity,E1 4AA\nExample House,Refuge,E1 4AB\n").records
    two = _plan(placing, f"{HEADING}\nExample Trust,Charity,E1 4AX\nExample House,Refuge,E1 4AX\n").records
    assert one["source_id"].tolist() == two["source_id"].tolist()
    assert not one["asset_id"].str.contains("E14", regex=False).any()


def test_two_services_of_one_body_are_both_kept_and_a_duplicate_gives_what_only_it_says(placing: Counting) -> None:
    plan = _plan(
        placing,
        f"{HEADING},What they do,Website\nExample Hall,Village hall,E1 4AA,Lunch club,\nExample Hall,Village hall,E1 4AA,Youth club,\n"
        "Example Hall,Village hall,E1 4AA,lunch club.,www.example.org\n",
    )
    assert [one.outcome for one in plan.outcomes] == [KEPT, KEPT, DUPLICATE] and plan.outcomes[2].duplicate_of == 2
    assert "another description: both are kept" in _said(plan.outcomes[1])
    assert plan.records["website"].tolist()[0] == "https://example.org".replace("//", "//www.") and plan.records["asset_id"].is_unique


@pytest.mark.parametrize(
    ("heading", "line", "reason"),
    [
        (HEADING, "Example Trust,Registered charity,E1 4AA", "somebody's home"),
        (f"{HEADING},Lat,Long", "Example Trust,CIO,E1 4AA,51.52,-0.05", "somebody's home"),
        (HEADING, "Example Person,Individual,E1 4AA", "one person"),
        ("Organisation name,Type,Trustee postcode", "Example Group,Community group,E1 4AA", "may be a home"),
        ("Organisation name,Type,Correspondence address", "Example Group,Community group,\"1 Example St, E1 4AA\"", "may be a home"),
        (f"{HEADING},Public premises", "Example Group,Community centre,E1 4AA,no", "not public"),
        (f"{HEADING},What they do", "Example Group,Community centre,E1 4AA,Support after domestic abuse", "sensitive site"),
        (f"{HEADING},Confidential address", "Example Group,Community centre,E1 4AA,yes", "sensitive site"),
        (f"{HEADING},UPRN", "Example Women’s Refuge,Hostel,E1 4AA,6000001", "sensitive site"),
    ],
)
def test_what_may_be_a_home_or_is_sensitive_keeps_its_authority_and_nothing_else(placing: Counting, heading: str, line: str, reason: str) -> None:
    outcome, row = _one(placing, heading, line, lad24cd="E09000001")
    assert outcome.outcome == KEPT_WITHOUT_POINT and reason in _said(outcome)
    assert row is not None and row[SITE].isna().all() and row["lad24cd"] == TOWER_HAMLETS and row["position_quality"] == "not located"


def test_a_postcode_in_the_words_of_a_sensitive_row_is_taken_out(placing: Counting) -> None:
    outcome, row = _one(placing, f"{HEADING},What they do", "Example Refuge,Refuge,E1 4AA,Meet at E1 4AB on Mondays")
    assert row is not None and row["description"] == "Meet at on Mondays" and "postcode in the text was taken out" in _said(outcome)


@pytest.mark.parametrize(
    ("heading", "line", "category"),
    [
        (f"{HEADING},Public premises", "Example Trust,Charity,E1 4AA,yes", "community service"),
        (HEADING, "City of Refuge Church,Church,E1 4AA", "place of worship"),
        (HEADING, "Example Refugee Centre,Community centre,E1 4AA", "community centre"),
        (f"{HEADING},Sensitive site,About", "Example Hub,Community centre,E1 4AA,no,Leaflets about domestic abuse", "community centre"),
        ("Organisation name,Type,Postcode,Trustee postcode", "Example Hall,Village hall,E1 4AA,E1 4AB", "village or church hall"),
    ],
)
def test_what_is_public_keeps_its_point(placing: Counting, heading: str, line: str, category: str) -> None:
    outcome, row = _one(placing, heading, line)
    assert outcome.outcome == KEPT and row is not None and row["category"] == category and row["postcode"] == "E14AA" and not row["sensitive"]


@pytest.mark.parametrize(
    ("heading", "line", "point", "said"),
    [
        ("Name,Type,Easting,Northing", "A,Library,535708,182177", (535_708, 182_177), ""),
        ("Name,Type,Easting,Northing", "A,Library,182177,535708", (535_708, 182_177), ""),  # whichever is in England
        ("Name,Type,X,Y,Postcode", "A,Library,182177,535708,E1 4AA", (535_708, 182_177), "put right"),
        ("Name,Type,Lat,Long", "A,Library,-0.045326,51.522213", (535_708, 182_177), "put right"),
        ("Name,Type,Easting,Northing", "A,Library,-0.045326,51.522213", (535_708, 182_177), "degrees, not metres"),
        ("Name,Type,Lat/Lng", "A,Library,\"51.522213, -0.045326\"", (535_708, 182_177), ""),
        ("Name,Type,Lat/Lng", "A,Library,\"-0.045326, 51.522213\"", (535_708, 182_177), "put right"),
        ("Name,Type,Lat,Long,Postcode", "A,Library,n/a,n/a,E1 4AA", (535_708, 182_177), ""),
        ("Name,Type,Lat,Long,Postcode", "A,Library,0,0,E1 4AA", (535_708, 182_177), "0, 0"),
        ("Name,Type,Lat,Long,Postcode", "A,Library,54.0,2.5,E1 4AA", (535_708, 182_177), "the postcode was used"),
        ("Name,Type,Lat,Long,Postcode", "A,Library,north,west,E1 4AA", (535_708, 182_177), "“north” is not a number"),
        ("Name,Type,Lat,Long,Postcode", "A,Library,51.52,,E1 4AA", (535_708, 182_177), "Only one of the two"),
        ("Name,Type,Lat,Long", "A,Library,0,0", None, "they were left out"),
        ("Name,Type,Lat,Long", "A,Library,999,1e300", None, "not degrees"),
        ("Name,Type,Postcode", "A,Library,see map", None, "“see map” is not a postcode"),
        ("Name,Type,Postcode", "A,Library,E1 4AA or E1 4AB", (535_708, 182_177), ""),
    ],
)
def test_positions(placing: Counting, heading: str, line: str, point: tuple[float, float] | None, said: str) -> None:
    guessed = {one.column: one.field for one in look(f"{heading}\n{line}\n".encode()).guesses}
    fields = {"Easting": "easting", "Northing": "northing", "X": "easting", "Y": "northing", "Lat": "latitude", "Long": "longitude"}
    wanted = {column: fields.get(column) or guessed[column] or "" for column in heading.split(",")}
    found = _plan(placing, f"{heading}\n{line}\n", mapping=wanted)
    row = found.records.iloc[0]
    assert said in _said(found.outcomes[0])
    if point is None:
        assert found.outcomes[0].outcome == KEPT_WITHOUT_POINT and row[SITE].isna().all() and row["lad24cd"] == TOWER_HAMLETS
    else:
        assert (row["easting"], row["northing"]) == pytest.approx(point, abs=1.5) and row["lad24cd"] == TOWER_HAMLETS
        assert (row["longitude"], row["latitude"]) == pytest.approx((-0.045326, 51.522213), abs=2e-5)


@pytest.mark.parametrize(
    ("postcode", "point", "said"),
    [("M20 2SL", (385_064, 390_168), "put right"), ("E1 4AA", (390_168, 385_064), "km from the postcode"), ("", (390_168, 385_064), "")],
)
def test_numbers_that_are_in_england_either_way_are_turned_only_for_the_rows_own_postcode(
    placing: Counting, postcode: str, point: tuple[float, float], said: str
) -> None:
    outcome, row = _one(placing, "Name,Type,Easting,Northing,Postcode", f"Example Hall,Village hall,390168,385064,{postcode}")
    assert outcome.outcome == KEPT and row is not None and (row["easting"], row["northing"]) == point
    assert said in _said(outcome) and ("put right" in _said(outcome)) == (said == "put right")


def test_a_kind_of_place_comes_from_its_column_the_list_or_the_name_and_else_the_row_is_refused(placing: Counting) -> None:
    lines = "Example Hub,CIC,E1 4AA\nExample Mosque,,E1 4AB\nExample Wheels,Skate park,E1 4AX\n"
    mapping = {"Organisation name": "name", "Type": "category", "Postcode": "postcode"}
    none = _plan(placing, f"{HEADING}\n{lines}", replace(DEFAULTS, category=None), mapping)
    assert [one.outcome for one in none.outcomes] == [REFUSED, KEPT, REFUSED]
    assert none.records["category"].tolist() == ["place of worship"] and "by its name" in _said(none.outcomes[1])
    assert "“Skate park” is no kind of place" in _said(none.outcomes[2]) and "library" in none.outcomes[2].problems[0].to_do
    given = _plan(placing, f"{HEADING}\n{lines}", mapping=mapping)
    assert given.records["category"].tolist() == ["community service"] * 3
    assert given.records["organisation_type"].iloc[0] == "community interest company or social enterprise"
    words = {one.said: (one.taken, one.certainty) for one in given.words}
    assert words["Skate park"] == ("not recognised", "unsure") and words["CIC"][1] == SURE


def test_what_the_register_would_refuse_is_left_out_and_the_row_kept(placing: Counting, register: Register) -> None:
    lines = [
        "Example Hall,Village hall,E1 4AA,Patient 401 023 2137 comes on Mondays,www.example.org",
        f"{'Example ' * 60},Village hall,E1 4AB,Lunch,https://example.org",
        "Example Club,Youth club,E1 4AX,Join at https://chat.whatsapp.com/abc,ask at the desk",
    ]
    plan = _plan(placing, f"{HEADING},What they do,Website\n" + "\n".join(lines))
    assert [one.outcome for one in plan.outcomes] == [KEPT, REFUSED, KEPT]
    assert "NHS number" in _said(plan.outcomes[0]) and "private group" in _said(plan.outcomes[2]) and "300" in _said(plan.outcomes[1])
    assert plan.records["description"].isna().all() and "“ask at the desk” is not a web address" in _said(plan.outcomes[2])
    assert assets.would_keep(register.as_(EDITOR), list_fields(), plan.records).created == 2


def test_the_register_keeps_what_the_plan_gives_and_the_same_file_changes_nothing(placing: Counting, register: Register) -> None:
    plan = _plan(placing, council_list.workbook())
    done = assets.keep_list(register.as_(EDITOR), list_fields(), plan.records, note="From the council")
    assert (done.created, done.elsewhere, len(plan.records)) == (10, 1, 10), "one lies in Birmingham, whose editors decide on it"
    kept = assets.kept(register.as_(READER)).set_index("name")
    shown = plan.records[plan.records["lad24cd"].eq(TOWER_HAMLETS)].set_index("name")
    same = [name for name in RECORD_COLUMNS if name not in ("asset_id", "location_id", "name", "hosts", "source", "licence", "source_date")]
    pd.testing.assert_frame_equal(kept.sort_index()[same], shown.sort_index()[same], check_dtype=False)
    again = _plan(placing, council_list.windows_csv())
    second = assets.keep_list(register.as_(EDITOR), list_fields("the CSV"), again.records, note="The same as CSV")
    assert (second.created, second.updated, second.unchanged, second.gone) == (0, 0, 10, 0)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"Nothing": "name"}, "no column “Nothing”"),
        ({"Organisation name": "title"}, "cannot be read as “title”"),
        ({"Organisation name": "name", "Type": "name"}, "both read as name"),
        ({"Postcode": "postcode"}, "No column is the name"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_with_a_sentence(placing: Counting, mapping: dict[str, str], words: str) -> None:
    with pytest.raises(ExchangeFileError, match=words):
        _plan(placing, f"{HEADING}\nExample Hall,Village hall,E1 4AA\n", mapping=mapping)


def test_guesses_are_shown_and_only_the_likely_ones_are_in_force(placing: Counting) -> None:
    looked = look(b"Group,Type,Postcode,Notes\nExample Hall,Village hall,E1 4AA,Ask for Sam\n")
    force = {guess.column for guess in looked.guesses if guess.certainty in (SURE, LIKELY) and guess.field}
    assert force <= set(looked.mapping) and "Notes" not in looked.mapping and looked.mapping["Group"] == "name"
    plan = _plan(placing, b"Group,Type,Postcode,Notes\nExample Hall,Village hall,E1 4AA,Ask for Sam\n")
    assert "Sam" not in plan.records.to_csv() and any("Not read" in note and "“Notes”" in note for note in plan.notes), plan.notes


def test_a_column_of_authorities_may_have_codes_or_names_and_a_point_goes_before_it(placing: Counting) -> None:
    defaults = replace(DEFAULTS, authorities={"Newham": "E09000025", "Tower Hamlets": TOWER_HAMLETS})
    lines = "A,Library,,newham,Newham; E09000030\nB,Library,,E09000025,\nC,Library,E1 4AA,Newham,\nD,Library,,Atlantis,everywhere\n"
    plan = _plan(placing, f"{HEADING},Borough,Area served\n{lines}", defaults)
    assert plan.records["lad24cd"].tolist() == ["E09000025", "E09000025", TOWER_HAMLETS, TOWER_HAMLETS]
    assert plan.records["service_area"].iloc[0] == "E09000030; E09000025" and pd.isna(plan.records["service_area"].iloc[3])
    assert "The list says E09000025, but the position lies in E09000030" in _said(plan.outcomes[2]) and "“Atlantis” is not" in _said(plan.outcomes[3])


def test_what_was_looked_at_need_not_be_read_again(placing: Counting) -> None:
    content = council_list.windows_csv()
    looked = plan_assets(look(content), None, placing, today=TODAY, defaults=DEFAULTS)
    pd.testing.assert_frame_equal(looked.records, _plan(placing, content).records)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-03-31", date(2026, 3, 31)), ("31/03/2026", date(2026, 3, 31)), ("3/4/26", date(2026, 4, 3)), ("March 2026", date(2026, 3, 1)),
     ("1st March 2026", date(2026, 3, 1)), ("last year", None), ("01/01/2027", None)],
)  # fmt: skip
def test_when_a_row_was_confirmed(placing: Counting, text: str, day: date | None) -> None:
    outcome, row = _one(placing, f"{HEADING},Last confirmed", f"Example Hall,Village hall,E1 4AA,{text}")
    assert row is not None and (row["last_confirmed"].date() if pd.notna(row["last_confirmed"]) else None) == day
    assert pd.isna(row["confirmed_by_role"]) == (day is None) == bool(outcome.problems)


def test_the_example_of_the_guide_comes_in_as_the_guide_says(placing: Counting, root: Path) -> None:
    guide = (root / "docs" / "asset-lists.md").read_text(encoding="utf-8")
    plan = _plan(placing, guide.split("```csv\n")[1].split("```")[0], replace(DEFAULTS, category=None))
    assert [(one.row, one.outcome) for one in plan.outcomes] == [
        (3, KEPT), (4, DUPLICATE), (5, KEPT), (6, KEPT_WITHOUT_POINT), (7, REFUSED)]  # fmt: skip
    assert plan.records["days"].tolist()[:2] == ["Tu; Th", "Mo; Tu; We; Th; Fr; Sa; Su"] and plan.records["description"].iloc[0] == "Lunch club."
