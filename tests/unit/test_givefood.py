"""Give Food's rows: every form read alike, England only, one service at several places, and positions that are no positions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.vocabularies import ASSET_CATEGORIES
from data_loaders import givefood
from data_loaders.asset_source import AssetsRead
from data_loaders.errors import SourceError
from data_loaders.givefood_rows import FAITH_HOST, FoodBankPlace, read_row, slug
from data_loaders.placing import FAR_AWAY, NOUGHT, SWAPPED, Placing
from data_loaders.websites import public_website
from tests.asset_servers.givefood import SECRETS, dumped, food_bank, location
from tests.asset_servers.places import HOVE, STRATFORD, lat_lng, small_placing


@pytest.fixture(scope="module")
def placing(tmp_path_factory: pytest.TempPathFactory) -> Placing:
    return small_placing(tmp_path_factory.mktemp("placing"))


def read(placing: Placing, *rows: object, locations: list[object] | None = None) -> AssetsRead:
    other = None if locations is None else json.dumps(locations).encode()
    return givefood.read(json.dumps(rows).encode(), placing, other, published="2026-08-20")


def problems(found: AssetsRead) -> list[str]:
    return found.set_aside["problem"].tolist()


def test_a_record_says_what_the_source_says_and_nothing_more(placing: Placing) -> None:
    found = read(placing, food_bank("Example North", alt_name="Gogledd Enghraifft"))
    assert found.source is givefood.ABOUT and found.found == 1
    record = found.records.iloc[0]
    assert record["asset_id"] == record["location_id"] == "givefood/example-north"
    assert record["name"] == "Example North food bank"
    assert record["description"] == "Also known as Gogledd Enghraifft. In the Trussell network."
    assert (record["category"], record["activity_groups"]) == ("food bank", "practical") and record["category"] in ASSET_CATEGORIES
    assert (record["lsoa21cd"], record["lad24cd"], record["position_quality"]) == (STRATFORD, "E09000025", "address point")
    assert (record["easting"], record["northing"]) == (538_500.0, 184_500.0)
    assert (record["postcode"], record["charity_number"], record["website"]) == ("E151AA", "1234567", "https://example-north.example.org")
    assert record["source_date"] == "2026-08-20" and record["source"] == "Give Food" and "credit and link" in record["licence"]
    for empty in ("faith_kind", "faith_tradition", "organisation_type", "last_confirmed", "confirmed_by_role", "who_for", "opening", "hosts"):
        assert found.records[empty].isna().all(), empty


def test_what_is_not_for_this_tool_is_in_nothing_that_comes_out(placing: Placing) -> None:
    found = read(placing, food_bank("Example North"), dumped("Example East"), locations=[location("Example North", "Example Centre")])
    said = found.records.to_csv() + found.set_aside.to_csv() + repr(found)
    assert len(found.records) == 3
    assert [secret for secret in SECRETS if secret in said] == []


def test_one_service_at_several_places_and_what_a_place_takes_from_it(placing: Placing) -> None:
    places = [location("Example North", "Example Centre"), location("Example North", "Example Library", "E15 1AC")]
    found = read(placing, food_bank("Example North"), locations=places)
    assert found.records["asset_id"].tolist() == [
        "givefood/example-north", "givefood/example-north/example-centre", "givefood/example-north/example-library",
    ]  # fmt: skip
    assert set(found.records["charity_number"]) == {"1234567"} and found.records["location_id"].is_unique
    assert set(found.records["website"]) == {"https://example-north.example.org"}
    assert found.records["name"].tolist()[1:] == ["Example North food bank: Example Centre", "Example North food bank: Example Library"]
    assert found.notes[0] == "3 places of 1 food banks."


def test_two_food_banks_at_one_point_share_a_location(placing: Placing) -> None:
    found = read(placing, food_bank("Example North"), food_bank("Example Kitchen"), food_bank("Example South", "BN3 1AA"))
    assert found.records.set_index("asset_id")["location_id"].to_dict() == {
        "givefood/example-kitchen": "givefood/example-kitchen",
        "givefood/example-north": "givefood/example-kitchen",
        "givefood/example-south": "givefood/example-south",
    }


def test_the_four_forms_give_one_id(placing: Placing) -> None:
    older = {
        "name": "Example (North)", "location_name": "St Example's Hall", "url": "https://example.org", "shopping_list_url": "",
        "address": "1 Example Street", "postcode": "E15 1AA", "country": "England", "lat": 51.5, "lon": 0.0, "network": "Trussell",
    }  # fmt: skip
    forms = [
        older,
        dumped("Example (North)", "St Example's Hall", organisation_slug="example-north", location_slug="st-examples-hall"),
        location("Example (North)", "St Example's Hall", slug="st-examples-hall", foodbank={"name": "Example (North)", "slug": "example-north"}),
    ]
    assert {read_row(form).asset_id for form in forms} == {"givefood/example-north/st-examples-hall"}  # type: ignore[union-attr]
    assert slug("Newcastle (Staffs)") == "newcastle-staffs" and slug("Château — d'Example") == "chateau-dexample"


NO_POSITION = {
    "swapped": (",".join(reversed(lat_lng("E151AA").split(","))), SWAPPED),
    "nought": ("0,0", NOUGHT),
    "far away": ("48.85,2.35", FAR_AWAY),
    "sea": ("54.0,4.0", FAR_AWAY),
    "words": ("somewhere", "not two numbers"),
    "three": ("51.5,0.0,7", "not two numbers"),
    "infinite": ("inf,nan", "not two numbers"),
    "none": (None, "not two numbers"),
}


@pytest.mark.parametrize("kind", NO_POSITION)
def test_a_position_that_is_none_gives_way_to_the_postcode(placing: Placing, kind: str) -> None:
    position, words = NO_POSITION[kind]
    good, homeless = food_bank("Example Good"), food_bank("Example Lost", lat_lng=position, postcode="ZZ99 9ZZ")
    found = read(placing, good, food_bank("Example North", "BN3 1AB", lat_lng=position), homeless)
    record = found.records.set_index("asset_id").loc["givefood/example-north"]
    assert (record["easting"], record["northing"], record["lsoa21cd"], record["position_quality"]) == (529_100.0, 105_000.0, HOVE, "postcode")
    assert record["latitude"] == pytest.approx(50.83, abs=0.01) and record["longitude"] == pytest.approx(-0.17, abs=0.01)
    assert len(found.set_aside) == 1 and words in problems(found)[0] and "postcode is not a live English one" in problems(found)[0]
    assert "1 gave no usable position and stand at the centre of their postcode." in found.notes


OUTSIDE = {
    "its postcode": (food_bank("Example", postcode="CF44 7ES", lat_lng="51.71,-3.44"), "it is in Wales, by its postcode"),
    "its country": (food_bank("Example", postcode="", country="Scotland", lat_lng="55.9,-3.2"), "it is in Scotland"),
    "by the border": (food_bank("Example", postcode="SY16 2PQ", lat_lng=lat_lng("SY101AA", -2_000)), "probably in Wales"),
    "closed": (food_bank("Example", closed=True), "it is closed"),
    "no food bank": (food_bank("Example", network="Scheme"), "not a food bank"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTSIDE)
def test_england_alone_and_open_ones(placing: Placing, kind: str) -> None:
    row, words = OUTSIDE[kind]
    found = read(placing, row, food_bank("Example North"))
    assert found.records["asset_id"].tolist() == ["givefood/example-north"]
    assert len(problems(found)) == 1 and words in problems(found)[0]


def test_a_place_in_england_of_a_food_bank_elsewhere_is_kept(placing: Placing) -> None:
    """The country is the food bank's; its own live English postcode says more."""
    bank = food_bank("Example Welsh", postcode="CF44 7ES", country="Wales", lat_lng="51.71,-3.44")
    found = read(placing, bank, locations=[location("Example Welsh", "Example Hall", "SY10 1AA")])
    assert found.records["asset_id"].tolist() == ["givefood/example-welsh/example-hall"]


def test_a_vehicle_has_an_authority_and_no_point(placing: Placing) -> None:
    area = dumped("Example South", "Example Villages", "BN3 1AA", is_area=True)
    found = read(placing, dumped("Example North", "Example Van", is_mobile="True"), area)
    assert found.records[["easting", "northing", "longitude", "latitude", "lsoa21cd"]].isna().all(axis=None)
    assert set(found.records["position_quality"]) == {"not located"}
    assert found.records["lad24cd"].tolist() == found.records["service_area"].tolist() == ["E09000025", "E06000043"]


FAITH = {
    "St Example's Church\n1 High Street": True, "Example Mosque": True, "Salvation Army\nExample Road": True, "Sri Guru Example Gurdwara": True,
    "Example Christian Centre": True, "1 Church Street\nExample": False, "Unit 2\nChapel Lane": False, "17 Temple Road": False,
    "Churchill Hall": False, "Example Community Centre\n4 Abbey Road": False,
}  # fmt: skip


@pytest.mark.parametrize(("address", "hosted"), FAITH.items())
def test_a_faith_host_is_a_hint_and_never_a_faith(placing: Placing, address: str, hosted: bool) -> None:
    found = read(placing, food_bank("Example North", address=address))
    assert found.records["hosts"].notna().tolist() == [hosted]
    assert found.records["hosts"].dropna().isin([FAITH_HOST]).all() and found.records[["faith_kind", "faith_tradition"]].isna().all(axis=None)


def test_one_bad_row_in_ten_thousand_is_named_and_the_others_are_kept(placing: Placing) -> None:
    homes = ("E15 1AA", "BN3 1AA", "SY10 1AA")
    rows: list[object] = [
        food_bank(f"Example {number}", postcode, lat_lng=lat_lng(postcode.replace(" ", ""), number * 0.9 - 4_500))
        for number, postcode in zip(range(10_000), homes * 3_334, strict=False)
    ]
    rows[4_321] = {"name": "", "slug": ""}
    rows[4_322] = "not a record"
    rows[4_323] = rows[4_320]
    found = read(placing, *rows)
    assert (len(found.records), found.found) == (9_997, 10_000)
    assert sorted(zip(found.set_aside["row"], problems(found), strict=True)) == [
        ("row 4322", "it has no name"),
        ("row 4323", "it is not a record"),
        ("row 4324", "the same place of the same food bank comes again"),
    ]


def test_the_same_rows_in_another_order_give_the_same_records(placing: Placing) -> None:
    rows = [food_bank("Example North"), food_bank("Example South", "BN3 1AA"), dumped("Example East", "Example Hall")]
    first, second = read(placing, *rows), read(placing, *reversed(rows))
    assert first.records.equals(second.records)


def test_a_dump_says_of_what_day_it_is(placing: Placing) -> None:
    found = givefood.read(json.dumps([dumped("Example East"), dumped("Example West", modified="2026-07-09")]).encode(), placing)
    assert found.published == "2026-07-09" and set(found.records["source_date"]) == {"2026-07-09"}


BAD_FILES = {
    "not JSON": (b"name,postcode\n", "text that is not JSON"),
    "cut": (b'[{"name": "Exam', "a list that breaks off"),
    "one object": (b'{"detail": "gone"}', "JSON that is not a list"),
    "empty": (b"[]", "an empty list"),
    "another form": (json.dumps([{"title": "Example"}] * 3).encode(), "3 of 3 rows without a name and a position"),
    "deep": (b"[" * 100_000, "a list that breaks off"),
    "not UTF-8": (b"[\xff\xfe]", "a list that breaks off"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(placing: Placing, kind: str) -> None:
    body, words = BAD_FILES[kind]
    with pytest.raises(SourceError, match="Give Food") as caught:
        givefood.read(body, placing)
    assert words in str(caught.value) and "Fetch it again from" in str(caught.value)


def test_a_missing_and_a_too_large_file(placing: Placing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="missing"):
        givefood.read(tmp_path / "none.json", placing)
    monkeypatch.setattr(givefood, "MOST_BYTES", 10)
    with pytest.raises(SourceError, match="more than"):
        givefood.read(json.dumps([food_bank("Example North")]).encode(), placing)


JSON_VALUE = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["postcode", "lat_lng", "country", "closed", "urls", "charity", "address", "network"]), JSON_VALUE))
def test_any_value_in_any_column_is_a_place_or_a_sentence(changes: dict[str, object]) -> None:
    found = read_row(food_bank("Example North") | changes)
    assert isinstance(found, FoodBankPlace) and found.asset_id == "givefood/example-north"


@pytest.mark.parametrize(("given_address", "shown"), [
    ("www.example.org", "https://www.example.org"), ("http://example.org/a?b=c", "http://example.org/a?b=c"), ("EXAMPLE.ORG", "https://EXAMPLE.ORG"),
    ("someone@example.org", None), ("https://user:word@example.org", None), ("javascript:alert(1)", None), ("file:///etc/passwd", None),
    ("https://chat.whatsapp.com/abc", None), ("wa.me/447700900123", None), ("http://10.0.0.1/", None), ("https://localhost/", None),
    ("none", None), ("", None), (None, None), ("two words.example.org", None), ("https://[::1", None), ("https://example.org:8080/", None),
])  # fmt: skip
def test_a_website_is_public_or_none(given_address: object, shown: str | None) -> None:
    assert public_website(given_address) == shown
