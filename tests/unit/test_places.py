"""Every area a person may name is found, by code or by name, and a name that is not there gets the nearest ones."""

from __future__ import annotations

import pytest

from analysis.places import LEVELS, PlaceNotFoundError
from data_loaders.atlas import Atlas

ENGLISH_AREAS = {"region": 9, "icb26": 36, "icb24": 42, "lad24": 296, "sub_icb24": 106, "sub_icb26": 106, "pcn": 1_297, "lsoa": 33_755}


@pytest.mark.parametrize("level", LEVELS)
def test_every_code_of_every_level_is_found_with_its_people(atlas: Atlas, level: str) -> None:
    column = LEVELS[level][0]
    codes = atlas.areas.groupby(column, observed=True)["pop_mid2022"].sum()
    assert len(codes) == ENGLISH_AREAS.get(level, len(codes))
    for code in codes.index[:: max(1, len(codes) // 40)]:
        place = atlas.gazetteer.place(code)
        assert place.code == code
        # An NHS code that did not change between vintages is one area of both: the newer level is said.
        assert place.level == level or (place.level, level) in {("icb26", "icb24"), ("sub_icb24", "sub_icb26")}
        assert atlas.areas.loc[atlas.gazetteer.mask(place), "pop_mid2022"].sum() == codes[code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("England", "E92000001"),
        ("", "E92000001"),
        ("  england ", "E92000001"),
        ("E12000007", "E12000007"),
        ("London", "E12000007"),
        ("LONDON", "E12000007"),
        ("E54000029", "E54000029"),
        ("NHS North East London", "E54000029"),
        ("north east london", "E54000029"),
        ("QMF", "E54000029"),
        ("qmf", "E54000029"),
        ("E09000002", "E09000002"),
        ("e09000002", "E09000002"),
        ("barking  and Dagenham", "E09000002"),
        ("U11211", "U11211"),
        ("Barking & Dagenham West PCN", "U11211"),
        ("barking and dagenham west", "U11211"),
        ("BARKING AND DAGENHAM  WEST PCN", "U11211"),
        ("E01000090", "E01000090"),
        ("Barking and Dagenham 001A", "E01000027"),
        ("99E", "E38000007"),
        ("E08000016", "E08000016"),
        ("E08000038", "E08000016"),
        ("Barnsley", "E08000016"),
        ("E08000039", "E08000019"),
    ],
)
def test_a_code_or_a_name_in_any_case(atlas: Atlas, text: str, code: str) -> None:
    assert atlas.gazetteer.find(text).code == code


def test_the_codes_of_2025_mean_the_same_areas(atlas: Atlas) -> None:
    changed = atlas.areas.loc[atlas.areas["lad25cd"] != atlas.areas["lad24cd"], ["lad25cd", "lad24cd"]].drop_duplicates()
    assert len(changed) == 2
    for new, old in changed.itertuples(index=False):
        assert atlas.gazetteer.place(new).code == old


def test_a_shared_name_means_the_wider_area(atlas: Atlas) -> None:
    assert atlas.gazetteer.find("Hackney").level == "lad24"
    assert atlas.gazetteer.find("North West").level == "region"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Barkin and Dagenham", "E09000002"), ("Tower Hamlet", "E09000030"), ("kingston upon hull", "E06000010"), ("Leciester", "E06000016")],
)
def test_a_slip_gets_the_nearest_names(atlas: Atlas, typed: str, meant: str) -> None:
    with pytest.raises(PlaceNotFoundError) as caught:
        atlas.gazetteer.find(typed)
    assert any(meant in name for name in caught.value.nearest), caught.value.nearest
    assert len(caught.value.nearest) <= 3
    assert "Did you mean" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_like_it_gets_no_names(atlas: Atlas) -> None:
    with pytest.raises(PlaceNotFoundError, match=r"^No place is called '@@@@'\.$"):
        atlas.gazetteer.find("@@@@")


def test_the_digital_first_network_is_nowhere(atlas: Atlas) -> None:
    with pytest.raises(PlaceNotFoundError):
        atlas.gazetteer.place("U19803")


def test_a_network_holds_the_lsoas_where_it_leads(atlas: Atlas) -> None:
    place = atlas.gazetteer.place("U11211")
    inside = set(atlas.areas.loc[atlas.gazetteer.mask(place), "lsoa21cd"])
    shares = atlas.pcn_shares
    assert inside == set(shares.loc[shares["leading"] & (shares["pcn_code"] == "U11211"), "lsoa21cd"])


def test_children_and_parents(atlas: Atlas) -> None:
    gazetteer = atlas.gazetteer
    england, london = gazetteer.place("E92000001"), gazetteer.place("E12000007")
    assert len(gazetteer.children(england, "icb26")) == 36
    boroughs = gazetteer.children(london, "lad24")
    assert len(boroughs) == 33
    assert [place.name for place in boroughs] == sorted(place.name for place in boroughs)
    barking = gazetteer.place("E09000002")
    assert gazetteer.parent(barking, "icb24").name == "NHS North East London"
    assert gazetteer.parent(barking, "lad24") == barking
    assert gazetteer.parent(england, "region") == england


def test_names_are_as_people_say_them(atlas: Atlas) -> None:
    assert not any("Integrated Care Board" in name for level in ("icb24", "icb26") for name in atlas.names(level).values())
    assert atlas.gazetteer.place("E54000029").kind == "system (Integrated Care Board of April 2026)"
    assert atlas.gazetteer.place("E92000001").kind == "country"
