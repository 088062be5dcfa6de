"""The register of charities: what is read and what never is, where a charity works, what its codes say, and zips that are traps."""

from __future__ import annotations

import gc
import io
import json
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.vocabularies import ACTIVITY_GROUPS, ORGANISATION_TYPES, WHO_FOR
from data_loaders import charity_register, charity_words
from data_loaders.asset_source import AssetsRead
from data_loaders.atlas import Atlas
from data_loaders.charity_areas import Area, AreaNames, comparable, operates
from data_loaders.errors import SourceError
from data_loaders.placing import Placing
from data_loaders.zipped_tables import Bounds, TableProblemError, rows
from tests.asset_servers import charities
from tests.asset_servers.charities import (
    AUTHORITY,
    HOME,
    HOME_COLUMNS,
    TABLES,
    charity,
    classified,
    extract,
    packed,
    works_in,
    zipped,
)
from tests.asset_servers.places import small_placing

NEWHAM, HULL, ENGLAND = "E09000025", "E06000010", "E92000001"


@pytest.fixture(scope="module")
def placing(tmp_path_factory: pytest.TempPathFactory) -> Placing:
    return small_placing(tmp_path_factory.mktemp("placing"))


@pytest.fixture(scope="module")
def names(atlas: Atlas) -> AreaNames:
    return AreaNames.of_atlas(atlas.snapshot.table("small_areas", ["lad24cd", "lad24nm", "utlanm"]))


@pytest.fixture
def found(placing: Placing, names: AreaNames) -> AssetsRead:
    return charity_register.read(extract(), placing, names)


def record(found: AssetsRead, number: int) -> pd.Series:
    return found.records.set_index("asset_id").loc[f"charities/{number}"]


def test_a_record_is_an_organisation_with_areas_and_no_point(found: AssetsRead) -> None:
    assert found.source is charity_register.ABOUT and found.published == "2026-08-20"
    assert found.records["asset_id"].tolist() == ["charities/1000001", "charities/1000002", "charities/1000005"]
    assert found.records[["easting", "northing", "longitude", "latitude", "lsoa21cd", "postcode", "uprn"]].isna().all(axis=None)
    assert set(found.records["position_quality"]) == {"not located"} and set(found.records["category"]) == {"charity"}
    club = record(found, 1_000_001)
    assert (club["name"], club["charity_number"], club["website"]) == ("Example Youth Club", "1000001", "https://www.example.org")
    assert (club["service_area"], club["lad24cd"]) == (NEWHAM, NEWHAM)
    assert (club["who_for"], club["activity_groups"]) == ("children; young people", "educational; social")
    assert club["description"] == (
        "Works on education and training, amateur sport. For children and young people. Gives buildings, facilities or open space, services."
    )
    assert club["space"] == "says that it provides buildings, facilities or open space"
    assert found.records[["last_confirmed", "confirmed_by_role", "faith_kind", "faith_tradition"]].isna().all(axis=None)


def test_several_areas_or_all_england_are_no_single_authority(found: AssetsRead) -> None:
    trust, national = record(found, 1_000_002), record(found, 1_000_005)
    assert trust["service_area"] == f"{HULL}; {NEWHAM}" and pd.isna(trust["lad24cd"])
    assert national["service_area"] == ENGLAND and pd.isna(national["lad24cd"])


def test_religious_activities_are_a_faith_group_and_nothing_more(found: AssetsRead) -> None:
    trust = record(found, 1_000_002)
    assert trust["organisation_type"] == "faith group" and pd.isna(trust["faith_kind"]) and pd.isna(trust["faith_tradition"])
    assert trust["who_for"] == "everyone" and "does not say which" in trust["description"]
    assert found.records["organisation_type"].notna().sum() == 1


def test_a_website_that_is_an_email_address_or_a_private_group_is_left_out(found: AssetsRead) -> None:
    assert found.records["website"].notna().sum() == 1


def test_what_has_no_area_in_england_is_set_aside_and_the_rest_told(found: AssetsRead) -> None:
    assert dict(zip(found.set_aside["name"], found.set_aside["problem"], strict=True)) == {
        "Example Welsh Trust": "it works outside England alone",
        "Example Nowhere Fund": "it names no area where it works",
        "Example Market Fund": "the area where it works means no place in this atlas: Borsetshire",
        "Example Abroad": "it works outside England alone",
    }
    assert found.set_aside["row"].tolist() == ["charity 3", "charity 4", "charity 8", "charity 9"] and found.found == 7
    assert found.notes == (
        "1 rows are removed from the register.",
        "1 rows are linked to another charity, which is counted.",
        "Names of areas that mean no place in this atlas, with how many charities name each: Borsetshire (1).",
    )


def _strings(thing: object, seen: dict[int, object]) -> Iterator[str]:
    """Every text that can be reached from a thing, frames included. seen: holds what was visited, lest an id be given again."""
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, pd.DataFrame):
        yield thing.to_csv()
    elif isinstance(thing, dict):
        for pair in thing.items():
            yield from _strings(pair, seen)
    elif isinstance(thing, list | tuple | set | frozenset):
        for part in thing:
            yield from _strings(part, seen)
    elif hasattr(thing, "__dict__"):
        yield from _strings(vars(thing), seen)


@pytest.mark.parametrize("tabbed", [False, True])
def test_a_home_is_nowhere_in_what_comes_out(placing: Placing, names: AreaNames, tabbed: bool) -> None:
    """The marker stands in every address line, email, telephone and description of every row that went in."""
    zips = extract(tabbed=tabbed)
    assert all(HOME.encode() in json.dumps(row).encode() for row in TABLES["charity"])
    kept_rows = list(rows(zips["charity"], charity_register.COLUMNS["charity"]))
    assert len(kept_rows) == len(TABLES["charity"])
    found = charity_register.read(zips, placing, names)
    said = "\n".join([*_strings(found, {}), *_strings(kept_rows, {})])
    assert "Example Youth Club" in said
    assert HOME not in said and "E15 1AA" not in said and "E151AA" not in said and "07700" not in said
    columns = {column for table in charity_register.COLUMNS.values() for column in table}
    assert columns.isdisjoint(HOME_COLUMNS)
    del kept_rows
    gc.collect()
    texts = [thing for thing in gc.get_objects() if isinstance(thing, dict) and thing is not HOME_COLUMNS]
    left = [thing for thing in texts if thing.get("charity_contact_postcode") and not any(thing is row for row in TABLES["charity"])]
    assert left == []


def test_a_charity_whose_only_postcode_is_a_home_is_never_placed(placing: Placing, names: AreaNames) -> None:
    """Even where its postcode is one that the placing knows, and the charity works in that one authority."""
    found = charity_register.read(extract(), placing, names)
    assert placing.of_postcodes(pd.Series(["E151AA"])).notna().all(axis=None)
    assert record(found, 1_000_001)[["easting", "northing", "lsoa21cd", "postcode"]].isna().all()


def test_both_forms_and_both_ways_in_give_the_same(placing: Placing, names: AreaNames, tmp_path: Path) -> None:
    first = charity_register.read(extract(), placing, names)
    for table, body in extract(tabbed=True).items():
        (tmp_path / f"publicextract.{table}.zip").write_bytes(body)
    second = charity_register.read(tmp_path, placing, names)
    pd.testing.assert_frame_equal(first.records, second.records)
    assert first.notes == second.notes


def test_within_takes_those_that_name_an_authority(placing: Placing, names: AreaNames) -> None:
    found = charity_register.read(extract(), placing, names, within=[HULL])
    assert found.records["asset_id"].tolist() == ["charities/1000002"] and found.found == 1
    assert found.notes[-1] == "6 charities name none of the authorities asked for."


def test_one_bad_row_in_ten_thousand_is_named_and_the_others_are_kept(placing: Placing, names: AreaNames) -> None:
    many: list[Any] = [charity(number, f"Example {number}") for number in range(1_000_001, 1_010_001)]
    many[4_999] = charity(0, "", registered_charity_number=None)
    many[5_000] = "not a record"
    many[5_001] = many[4_998]
    numbers = range(1_000_001, 1_010_001)
    tables = {
        "charity": zipped(many),
        "charity_classification": zipped([row for number in numbers for row in classified(number, 207)], "charity_classification"),
        "charity_area_of_operation": zipped(
            [row for number in numbers for row in works_in(number, (AUTHORITY, "Newham"))], "charity_area_of_operation"
        ),
    }
    found = charity_register.read(tables, placing, names)
    assert (len(found.records), found.found) == (9_997, 10_000)
    assert dict(zip(found.set_aside["row"], found.set_aside["problem"], strict=True)) == {
        "charity 5000": "it has no name or no number",
        "charity 5001": "its row has another number of cells than the heading",
        "charity 5002": "its organisation number comes again",
    }


# The register's own names of areas in England, with codes from a public lookup of them (github.com/drkane/charity-lookups,
# cc-aoo-gss-iso-new.csv); its code of Hertfordshire is a slip there and is E10000015.
REGISTER_NAMES = {
    "Birmingham City": "E08000025", "Bournemouth": "E06000058", "Bradford City": "E08000032", "Brighton And Hove": "E06000043",
    "Bristol City": "E06000023", "Cheshire West & Chester": "E06000050", "City Of London": "E09000001", "City Of Wakefield": "E08000036",
    "City Of Westminster": "E09000033", "City Of York": "E06000014", "Coventry City": "E08000026", "Derby City": "E06000015", "Dorset": "E06000059",
    "Durham": "E06000047", "Hammersmith And Fulham": "E09000013", "Herefordshire": "E06000019", "Isles Of Scilly": "E06000053",
    "Kingston Upon Hull City": "E06000010", "Kingston Upon Thames": "E09000021", "Leicester City": "E06000016", "Manchester City": "E08000003",
    "Newcastle Upon Tyne City": "E08000021", "Nottingham City": "E06000018", "Peterborough City": "E06000031", "Poole": "E06000058",
    "Salford City": "E08000006", "Somerset": "E06000066", "Southend-on-sea": "E06000033", "St Helens": "E08000013", "Stockton-on-tees": "E06000004",
    "Stoke-on-trent City": "E06000021", "Telford & Wrekin": "E06000020", "Windsor And Maidenhead": "E06000040", "Wolverhampton": "E08000031",
    "North Yorkshire": "E06000065", "Buckinghamshire": "E06000060", "Tower Hamlets": "E09000030", "Windsor and Maidenhead": "E06000040",
}  # fmt: skip
COUNTIES = {
    "Cambridgeshire": 5, "Derbyshire": 8, "Devon": 8, "East Sussex": 5, "Essex": 12, "Gloucestershire": 6, "Hampshire": 11, "Hertfordshire": 10,
    "Kent": 12, "Lancashire": 12, "Leicestershire": 7, "Lincolnshire": 7, "Norfolk": 7, "Nottinghamshire": 7, "Oxfordshire": 5, "Staffordshire": 8,
    "Suffolk": 5, "Surrey": 11, "Warwickshire": 5, "West Sussex": 7, "Worcestershire": 6, "Cumbria": 2, "Northamptonshire": 2,
    "Greater Manchester": 10, "Merseyside": 5, "South Yorkshire": 4, "Tyne And Wear": 5, "West Midlands": 7, "West Yorkshire": 5,
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), REGISTER_NAMES.items())
def test_the_registers_names_of_authorities_are_known(names: AreaNames, name: str, code: str) -> None:
    assert names.find(name) == (code,)


def test_counties_are_their_districts_and_nothing_is_in_two(names: AreaNames, atlas: Atlas) -> None:
    assert {name: len(names.find(name)) for name in COUNTIES} == COUNTIES
    authorities = set(atlas.areas["lad24cd"])
    assert {code for name in COUNTIES for code in names.find(name)} <= authorities
    shires = [name for name in COUNTIES if name.endswith(("shire", "folk", "Sussex", "Essex", "Kent", "Devon", "Surrey", "Cumbria"))]
    codes = [code for name in shires for code in names.find(name)]
    assert len(codes) == len(set(codes))


def test_every_authority_of_the_atlas_is_found_by_its_own_name(names: AreaNames, atlas: Atlas) -> None:
    pairs = atlas.areas[["lad24nm", "lad24cd"]].drop_duplicates().itertuples(index=False)
    assert [name for name, code in pairs if code not in names.find(name)] == []


def test_wide_names_and_names_that_are_close_to_others(names: AreaNames) -> None:
    assert names.find("Throughout England") == names.find("Throughout England And Wales") == (ENGLAND,)
    assert names.find("Throughout London") == names.find("Greater London") == ("E12000007",)
    assert names.find("Derby City") != names.find("Derbyshire") and names.find("Throughout Wales") == () == names.find("Borsetshire")
    assert comparable("Bristol, City of") == comparable("Bristol City") == "bristol"


def test_where_a_charity_works(names: AreaNames) -> None:
    newham, norfolk, wales = Area(AUTHORITY, "Newham", False), Area(AUTHORITY, "Norfolk", False), Area(AUTHORITY, "Cardiff", True)
    assert operates([newham, newham], names).lad24cd == NEWHAM
    for also in (norfolk, wales, Area("Country", "Kenya", False), Area(AUTHORITY, "Borsetshire", False), Area("Region", "Throughout England", False)):
        assert operates([newham, also], names).lad24cd is None
    # A country that has the name of an English place is a country.
    assert operates([Area("Country", "Newham", False)], names).codes == ()


def test_codes_are_those_of_the_register_and_their_words_the_tools(shared_data: Path) -> None:
    published = pd.read_csv(shared_data / "community_assets" / "ccew_classification_codes.csv")
    assert set(published["code"]) == set(charity_words.WORDS)
    assert {word for said in charity_words.WHO_FOR.values() for word in said} <= set(WHO_FOR)
    assert set(charity_words.ACTIVITY_GROUPS.values()) <= set(ACTIVITY_GROUPS) and "faith group" in ORGANISATION_TYPES


def test_no_codes_and_unknown_codes_say_nothing() -> None:
    assert charity_words.meaning([]) == charity_words.meaning([999, 0]) == charity_words.Meaning(None, None, None, None, None)


def announcing(body: bytes, size: int) -> bytes:
    """A zip that says of its one file that it is so large unpacked, in both of its headings."""
    local, central = body.find(b"PK\x03\x04"), body.find(b"PK\x01\x02")
    changed = bytearray(body)
    changed[local + 22 : local + 26] = changed[central + 24 : central + 28] = struct.pack("<I", size)
    return bytes(changed)


TABLE = charity_register.COLUMNS["charity"]
GOOD = zipped(TABLES["charity"])
BOMB = packed({"publicextract.charity.json": b"[" + b" " * 60_000_000 + b"]"})
TRAPS: dict[str, tuple[bytes, str]] = {
    "bomb": (BOMB, "unpacks to far more than any register would"),
    "announces too much": (announcing(GOOD, 4_000_000_000), "over 2,000 MB unpacked"),
    "cut": (GOOD[: len(GOOD) // 2], "a zip that is not whole"),
    "not a zip": (b"<!doctype html>", "a zip that is not whole"),
    "two tables": (packed({"a.json": b"[]", "b.json": b"[]"}), "a zip with 2 tables in it"),
    "a zip in a zip": (packed({"inner.zip": GOOD}), "a zip with 0 tables in it"),
    "no list": (packed({"a.json": b'{"a": 1}'}), "JSON that is not a list"),
    "breaks off": (packed({"a.json": json.dumps(TABLES["charity"]).encode()[:-200]}), "a table that breaks off"),
    "lacks a column": (zipped([{"charity_name": "Example"}]), "without the column 'date_of_extract' or 'organisation_number'"),
    "no rows": (packed({"a.json": b"[]"}), "without one registered charity"),
    "empty text": (packed({"a.txt": b""}), "without the column"),
    "not UTF-8": (packed({"a.json": b"[\xff\xfe\x00"}), "text that is not UTF-8"),
    "deep": (packed({"a.json": b"[" + b'{"a":' * 200_000}), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TRAPS)
def test_a_zip_that_cannot_be_used_is_refused_in_a_sentence(placing: Placing, names: AreaNames, kind: str) -> None:
    body, words = TRAPS[kind]
    with pytest.raises(SourceError, match=r"publicextract\.charity\.zip: it is") as caught:
        charity_register.read({**extract(), "charity": body}, placing, names)
    assert words in str(caught.value)


def test_a_zip_that_lies_about_its_size_stops_at_the_bounds() -> None:
    """What it announces is not trusted: neither less nor more than there is can make it read on."""
    body = zipped([charity(number, f"Example {number}") for number in range(5_000)])
    small = Bounds(most_unpacked=1_000_000)
    with pytest.raises(TableProblemError, match="1 MB unpacked"):
        list(rows(body, TABLE, small))
    with pytest.raises(TableProblemError, match="not whole"):
        list(rows(announcing(body, 900_000), TABLE, small))
    with pytest.raises(TableProblemError, match="over 0 MB"):
        list(rows(body, TABLE, replace(small, most_bytes=100)))


def test_a_bomb_is_stopped_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandfold of spaces is dropped after 16 MB, though its own bound on bytes would allow it all."""
    taken = 0
    whole = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, size: int | None = -1) -> bytes:
        nonlocal taken
        piece = whole(self, size)
        taken += len(piece)
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(TableProblemError, match="far more"):
        list(rows(BOMB, TABLE))
    assert 0 < taken < 20_000_000


def test_rows_come_one_at_a_time_however_they_fall_into_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_loaders.zipped_tables._PIECE", 7)
    text = '\ufeff \n[ {"a": "x]},{", "b": [1, {"a": 2}]} ,\n{"a": "\\u00e9\\"", "b": null}, 5 ]  '
    assert list(rows(packed({"t.json": text.encode()}), ("a",))) == [{"a": "x]},{"}, {"a": 'é"'}, {}]


def test_an_object_may_leave_out_what_is_empty_and_a_column_that_is_in_none_is_missed() -> None:
    assert list(rows(packed({"t.json": b'[{"a": 1}, {"b": 2}]'}), ("a", "b"))) == [{"a": 1}, {"b": 2}]
    many = json.dumps([{"a": 1}] * 2_000).encode()
    with pytest.raises(TableProblemError, match="without the column 'b'"):
        list(rows(packed({"t.json": many}), ("a", "b")))


def test_text_with_tabs_takes_a_quotation_mark_as_a_letter() -> None:
    text = 'a\tb\r\nThe "Example\t1\r\nshort\r\nlast\t2'
    assert list(rows(io.BytesIO(packed({"t.txt": text.encode()})), ("b", "a"))) == [{"b": "1", "a": 'The "Example'}, {}, {"b": "2", "a": "last"}]


def test_the_tables_must_belong_together(placing: Placing, names: AreaNames) -> None:
    strangers = zipped(classified(9_999_999, 101), "charity_classification")
    with pytest.raises(SourceError, match="without a code for any of the charities"):
        charity_register.read({**extract(), "charity_classification": strangers}, placing, names)
    with pytest.raises(SourceError, match="cannot be opened"):
        charity_register.read({"charity": charities.zipped(TABLES["charity"])}, placing, names)
