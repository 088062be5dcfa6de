"""A postcode is found, or what is said tells which of the several reasons it is: not one, another country, ended, unknown."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from analysis import postcodes
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from data_loaders.postcodes import find_many


@pytest.mark.parametrize(
    ("typed", "compact"),
    [
        ("RM9 6QD", "RM96QD"),
        (" rm9 6qd ", "RM96QD"),
        ("rm96qd", "RM96QD"),
        ("RM9-6QD", "RM96QD"),
        ("W1A OAX", "W1A0AX"),
        ("SW1A 1AA", "SW1A1AA"),
        ("M1 1AE", "M11AE"),
        ("ec1a1bb", "EC1A1BB"),
    ],
)
def test_what_people_type_is_read(typed: str, compact: str) -> None:
    read = postcodes.read(typed)
    assert (read.compact, read.well_formed) == (compact, True)
    assert read.spoken == f"{compact[:-3]} {compact[-3:]}"


@pytest.mark.parametrize(
    "typed", ["", "hello", "RM9", "RM9 6Q", "RM9 6QDD", "RM9 6CO", "1RM 6QD", "E09000002", "U60176", "QMF", "'; DROP TABLE", "🙂", "A" * 500]
)
def test_what_is_not_a_postcode_is_said_to_be_none(atlas: Atlas, typed: str) -> None:
    assert not postcodes.read(typed).well_formed
    with pytest.raises(PostcodeNotFoundError, match="not a postcode"):
        atlas.postcode(postcodes.read(typed))


@pytest.mark.parametrize(
    ("typed", "lsoa21cd", "authority"),
    [
        ("RM9 6QD", "E01000090", "E09000002"),
        ("IG11 7NB", "E01034474", "E09000002"),
        ("OX1 1AA", "E01028522", "E07000178"),
        ("TD15 1AA", "E01027377", "E06000057"),
    ],
)
def test_live_postcodes_are_found(atlas: Atlas, typed: str, lsoa21cd: str, authority: str) -> None:
    point = atlas.postcode(postcodes.read(typed))
    assert point.lsoa21cd == lsoa21cd
    home = atlas.areas.iloc[atlas.row(lsoa21cd)]
    assert home["lad24cd"] == authority
    # A postcode lies near the people of its LSOA.
    assert abs(point.easting - home["pwc_e"]) + abs(point.northing - home["pwc_n"]) < 3_000


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("EH1 1YZ", "EH1 1YZ is in Scotland"),
        ("G1 1XQ", "is in Scotland"),
        ("CF10 1EP", "CF10 1EP is in Wales"),
        ("BT1 5GS", "is in Northern Ireland"),
        ("IM1 1EF", "is in the Isle of Man"),
        ("JE2 3AB", "is in Jersey"),
        ("GY1 1WG", "is in Guernsey"),
        ("RM9 6QX", "not a live English postcode in the 2025 list, though its neighbours are: it has probably ended"),
        ("ZZ1 1AA", "No live English postcode begins ZZ1 1"),
        ("SY16 1AA", "reaches into Wales, so it may also be there"),
        ("TD6 9AA", "reaches into Scotland, so it may also be there"),
    ],
)
def test_each_reason_has_its_own_sentence(atlas: Atlas, typed: str, said: str) -> None:
    with pytest.raises(PostcodeNotFoundError) as caught:
        atlas.postcode(postcodes.read(typed))
    assert said in str(caught.value)


def test_a_live_postcode_of_an_area_astride_the_border_is_found_all_the_same(atlas: Atlas) -> None:
    table = pq.read_table(atlas.snapshot.path("postcodes"), columns=["postcode"])["postcode"].to_pandas()
    for area in ("TD", "SY", "CH", "HR", "CA", "LD", "NP", "LL", "DG"):
        live = table[table.str.match(rf"^{area}\d")]
        if len(live):
            assert atlas.postcode(postcodes.read(live.iloc[0])).postcode.compact == live.iloc[0]


def test_many_at_once_gives_those_that_are_live(atlas: Atlas) -> None:
    found = find_many(atlas.snapshot.path("postcodes"), ["RM96QD", "ZZ11AA", "IG117NB"])
    assert set(found["postcode"]) == {"RM96QD", "IG117NB"}
