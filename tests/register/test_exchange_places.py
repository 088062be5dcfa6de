"""Where things are, from the atlas, for imports and for the feed."""

from __future__ import annotations

import pytest

from data_loaders.atlas import Atlas
from presentation.open_referral_feed import PostcodeUnknownError
from presentation.register_places import AtlasPlaces
from register.exchange_plan import Placed


@pytest.fixture(scope="module")
def places(atlas: Atlas) -> AtlasPlaces:
    return AtlasPlaces(atlas)


def test_postcodes_are_placed_or_said_why_not(places: AtlasPlaces) -> None:
    found = places.by_postcode(["rm96qd", "EH1 1YZ", "nonsense"])
    placed = found["rm96qd"]
    assert isinstance(placed, Placed)
    assert (placed.easting, placed.northing, placed.lsoa21cd, placed.lad24cd) == (
        548_894,
        181_907,
        "E01000090",
        "E09000002",
    )
    assert (placed.longitude, placed.latitude) == pytest.approx((0.1445, 51.5165), abs=1e-3)
    assert "is in Scotland" in str(found["EH1 1YZ"]) and "not a postcode" in str(found["nonsense"])


def test_a_point_is_in_the_lsoa_of_its_nearest_postcode_as_mapped_places_are(places: AtlasPlaces, atlas: Atlas) -> None:
    sample = atlas.places.dropna(subset=["lsoa21cd"]).sample(400, random_state=1)
    found = [(row, places.at(row.easting, row.northing)) for row in sample.itertuples()]
    same = [isinstance(point, Placed) and point.lsoa21cd == row.lsoa21cd for row, point in found]
    assert sum(same) / len(same) > 0.9, (
        "mapped places lie in LSOAs by their polygons: the nearest postcode nearly always agrees"
    )
    agree = [isinstance(point, Placed) and point.lad24cd == row.lad24cd for row, point in found]
    assert sum(agree) / len(agree) > 0.99


@pytest.mark.parametrize(
    ("longitude", "latitude", "said"),
    [
        (51.5, -0.1, "look swapped"),
        (2.5, 54.0, "over 25 km"),
        (0.0, 0.0, "over 25 km"),
        (float("nan"), 51.0, "not two numbers"),
    ],
)
def test_a_point_that_is_not_in_england_is_told_so(
    places: AtlasPlaces, longitude: float, latitude: float, said: str
) -> None:
    assert said in str(places.at_degrees(longitude, latitude))


def test_degrees_and_grid_give_the_same_place(places: AtlasPlaces) -> None:
    by_grid, by_degrees = places.at(534_331.0, 181_602.6), places.at_degrees(-0.06538, 51.51738)
    assert isinstance(by_grid, Placed) and isinstance(by_degrees, Placed)
    assert by_grid.lsoa21cd == by_degrees.lsoa21cd == "E01035686"
    assert by_degrees.easting == pytest.approx(534_331, abs=1) and by_degrees.northing == pytest.approx(
        181_602.6, abs=1
    )


def test_a_postcode_is_in_every_area_that_holds_it(places: AtlasPlaces) -> None:
    where = places.whereabouts("E1 1JQ")
    assert {"E01035686", "E09000030", "E12000007", "E92000001"} <= where.codes and (where.easting, where.northing) == (
        534_317,
        181_612,
    )
    essex = places.whereabouts("CM1 1QH")
    assert "E10000012" in essex.codes, "a county holds it too"
    with pytest.raises(PostcodeUnknownError, match="Scotland"):
        places.whereabouts("EH1 1YZ")


def test_areas_have_names(places: AtlasPlaces) -> None:
    codes = ("E09000030", "E10000012", "E54000029", "E92000001", "E01035686", "U27362")
    assert [places.area_name(code) for code in codes][:4] == [
        "Tower Hamlets",
        "Essex",
        "NHS North East London",
        "England",
    ]
    assert all(places.area_name(code) != code for code in codes)
    assert places.area_name("E99999999") == "E99999999"
