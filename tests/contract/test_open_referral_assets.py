"""Open Referral UK feeds as community assets, against a local feed that pages as published, and against the published mock and examples."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema_rs import Draft202012Validator

from analysis.asset_records import as_records
from analysis.open_referral_asset_terms import OPEN, asset_term
from analysis.open_referral_terms import PLUS, attribute, term
from data_loaders import open_referral_schemas as schemas
from data_loaders.asset_source import AssetsRead
from data_loaders.atlas import Atlas
from data_loaders.open_referral_assets import documents
from data_loaders.open_referral_feed import fetch, open_session, read
from data_loaders.open_referral_pages import FeedLimits, FeedUnavailableError
from data_loaders.placing import Placing
from data_loaders.public_address import PublicAddresses
from tests.asset_servers.open_referral import OpenReferralServer
from tests.contract.open_referral import schema_of
from tests.contract.test_open_referral_schemas import unknown

TODAY = date(2026, 11, 25)
ONS = "http://statistics.data.gov.uk/id/statistical-geography/"


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


def number(kind: int, one: int) -> str:
    return f"{kind:08d}-0000-4000-8000-{one:012d}"


def hall(one: int = 1) -> dict[str, Any]:
    """A location in Tower Hamlets."""
    return {
        "id": number(3, one), "location_type": "physical", "name": "Example Hall", "latitude": 51.51738, "longitude": -0.06538,
        "external_identifier": "10092008082", "external_identifier_type": "UPRN",
    }  # fmt: skip


def service(one: int, *locations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole service, fictional."""
    at = [{"id": number(4, 100 * one + place), "location": location} for place, location in enumerate(locations)]
    organization = {"id": number(2, 1), "name": "Example Trust", "description": "A trust", "website": "https://trust.example.org"}
    body = {"id": number(1, one), "name": f"Example service {one}", "status": "active", "organization": organization}
    return body | ({"service_at_locations": at} if at else {}) | {"attributes": []} | more


def said(column: str, value: str) -> dict[str, Any]:
    return attribute(number(1, 1), "service type", asset_term(column, value))


@pytest.fixture
def server() -> Iterator[OpenReferralServer]:
    with OpenReferralServer() as running:
        yield running


def fetched(server: OpenReferralServer, placing: Placing, **options: Any) -> AssetsRead:
    session, base = open_session(server.url, rule=PublicAddresses(loopback=True))
    try:
        return fetch(session, base, placing, TODAY, **options)
    finally:
        session.close()


def one(body: dict[str, Any], placing: Placing) -> pd.Series:
    """The only record of a document with one service."""
    found = read(json.dumps(body).encode(), placing, TODAY)
    assert len(found.records) == 1, found.set_aside["problem"].tolist()
    return found.records.iloc[0]


def test_a_feed_is_read_page_by_page_with_places_and_what_lists_leave_out(server: OpenReferralServer, placing: Placing) -> None:
    server.services = [
        service(
            each, hall(), last_modified="2026-10-02T10:00:00Z", assured_date="2026-03-31",
            attributes=[said("faith_tradition", "Sikh"), said("clinical_areas", "hypertension")],
            schedules=[{"id": number(5, each), "freq": "WEEKLY", "byday": "TH,FR", "opens_at": "10:00:00", "closes_at": "18:00:00"}],
            service_areas=[{"id": number(6, each), "name": "Tower Hamlets", "uri": f"{ONS}E09000030"}],
        )
        for each in range(1, 26)
    ]  # fmt: skip
    result = fetched(server, placing)
    assert (result.found, len(result.records), result.notes) == (25, 25, ())
    assert server.count("services?") == 0 and server.count("services/") == 25 and server.count("service_at_locations") == 3
    assert [int(one.query["page"][0]) for one in server.requests if one.path == "services"] == [1, 2, 3]
    row = result.records.iloc[0]
    host = server.url.removeprefix("http://").rstrip("/")
    assert row["asset_id"] == f"openreferral/{host}/{number(1, 1)}@{number(3, 1)}"
    assert set(result.records["location_id"]) == {row["asset_id"]}, "25 services in one hall"
    assert (row["lad24cd"], row["position_quality"], row["uprn"]) == ("E09000030", "address point", "10092008082")
    assert abs(row["easting"] - 534331) < 2 and abs(row["northing"] - 181602.6) < 2
    assert (row["faith_tradition"], row["clinical_areas"], row["service_area"]) == ("Sikh", "hypertension", "E09000030")
    assert (row["opening"], row["days"], row["website"]) == ("Thursday, Friday 10:00 to 18:00", "Th; Fr", "https://trust.example.org")
    assert (row["last_confirmed"], row["confirmed_by_role"]) == (pd.Timestamp("2026-03-31"), "the feed's publisher")
    assert (result.source.title, row["source"], row["licence"]) == (f"Example Directory ({host})",) * 2 + ("not stated by the feed",)
    assert (result.published, row["source_date"]) == ("2026-10-02", "2026-10-02") and result.asked_at is not None
    again = fetched(server, placing)
    pd.testing.assert_frame_equal(again.records, result.records)


def test_location_and_service_are_apart(placing: Placing) -> None:
    two = service(1, hall(1), hall(2) | {"latitude": 51.53, "longitude": -0.03})
    found = read(json.dumps([two, service(2, hall(1)), service(3)]).encode(), placing, TODAY)
    rows = found.records.set_index("asset_id")
    ids = [f"openreferral/document/{number(1, each)}" for each in (1, 2, 3)]
    first, elsewhere, second, nowhere = f"{ids[0]}@{number(3, 1)}", f"{ids[0]}@{number(3, 2)}", f"{ids[1]}@{number(3, 1)}", ids[2]
    assert list(rows.index) == [first, elsewhere, second, nowhere]
    assert rows["location_id"].tolist() == [first, elsewhere, first, nowhere]
    assert rows["position_quality"].tolist() == ["address point"] * 3 + ["not located"]


def test_services_alone_have_no_point_and_are_kept(server: OpenReferralServer, placing: Placing) -> None:
    server.services = [service(1, hall())]
    server.misbehave("service_at_locations", "404")
    server.misbehave("services/", "404")
    result = fetched(server, placing)
    assert result.records["position_quality"].tolist() == ["not located"]
    assert any("no places of service" in note for note in result.notes)


@pytest.mark.parametrize("status", ["inactive", "defunct"])
def test_what_has_ended_is_set_aside(placing: Placing, status: str) -> None:
    found = read(json.dumps([service(1, status=status), service(2)]).encode(), placing, TODAY)
    assert found.set_aside[["row", "problem"]].values.tolist() == [[number(1, 1), f"its status is “{status}”"]]
    assert found.found == 2 and len(found.records) == 1


def test_what_is_closed_for_now_says_so_and_is_open_on_no_day(placing: Placing) -> None:
    schedule = {"id": number(5, 1), "byday": "MO", "description": "Mondays at ten"}
    row = one(service(1, status="temporarily closed", schedules=[schedule]), placing)
    assert row["opening"] == "Temporarily closed; usually Mondays at ten" and pd.isna(row["days"])


@pytest.mark.parametrize(
    ("schedules", "opening", "days"),
    [
        ([{"byday": "TH,FR", "description": "By appointment"}], "By appointment", "Th; Fr"),
        ([{"byday": "TH"}], None, "Th"),
        ([{"byday": "2MO,-1FR", "freq": "MONTHLY", "opens_at": "09:30:00"}], "Monday, Friday from 09:30 monthly", "Mo; Fr"),
        ([{"byday": "FR", "description": "Late"}, {"byday": "MO", "opens_at": "09:00", "closes_at": "10:00"}],
         "Friday: Late; Monday 09:00 to 10:00", "Mo; Fr"),
        ([{"byday": "TH", "description": "Was", "valid_to": "2026-11-24"}], None, None),
        ([{"byday": "TH", "description": "Is", "valid_to": "2026-11-25"}], "Is", "Th"),
        ([{"byday": "XX,1", "description": "Odd"}], "Odd", None),
    ],
)  # fmt: skip
def test_schedules(placing: Placing, schedules: list[dict[str, Any]], opening: str | None, days: str | None) -> None:
    row = one(service(1, schedules=[{"id": number(5, place)} | each for place, each in enumerate(schedules)]), placing)
    assert (row["opening"] if pd.notna(row["opening"]) else None, row["days"] if pd.notna(row["days"]) else None) == (opening, days)


@pytest.mark.parametrize(
    ("ages", "who"),
    [
        ({"maximum_age": 5}, "children"), ({"minimum_age": 11, "maximum_age": 19}, "young people"), ({"minimum_age": 55}, "older people"),
        ({"maximum_age": 18}, "children; young people"), ({"minimum_age": 12, "maximum_age": 100}, None), ({}, None),
    ],
)  # fmt: skip
def test_ages_say_whom_it_is_for_only_where_they_are_plain(placing: Placing, ages: dict[str, int], who: str | None) -> None:
    found = one(service(1, **ages), placing)["who_for"]
    assert (found if pd.notna(found) else None) == who


def test_own_terms_come_back_and_others_only_where_they_are_documented(placing: Placing) -> None:
    foreign = [
        {"id": number(7, 1), "taxonomy_term": {"id": "esdServiceType:298", "name": "Carers support groups", "description": "-"}},
        {"id": number(7, 2), "taxonomy_term": {"id": number(8, 2), "name": "Counselling", "description": "-", "taxonomy": "Local"}},
        attribute(number(1, 1), "intended audience", term(PLUS, "people experiencing homelessness")),
        attribute(number(1, 1), "intended audience", term(PLUS, "sex workers")),
    ]
    own = [said("category", "food bank"), said("activity_groups", "practical"), said("faith_kind", "worshipping community")]
    body = service(1, attributes=[*own, *foreign])
    found = read(json.dumps(body).encode(), placing, TODAY)
    row = found.records.iloc[0]
    assert (row["category"], row["activity_groups"], row["faith_kind"]) == ("food bank", "practical", "worshipping community")
    assert row["who_for"] == "carers; people experiencing homelessness"
    assert "Counselling (1)" in found.notes[-1] and pd.isna(row["description"])
    assert one(service(2), placing)["category"] == "community service"


def test_terms_given_by_identifier_alone_are_looked_up(server: OpenReferralServer, placing: Placing) -> None:
    known = said("faith_tradition", "Jain")["taxonomy_term"]
    server.terms = [known]
    server.services = [service(1, attributes=[{"id": number(7, 1), "taxonomy_term_id": known["id"]}])]
    assert fetched(server, placing).records["faith_tradition"].tolist() == ["Jain"]
    assert server.count("taxonomy_terms") == 1


def test_people_never_come_in(placing: Placing) -> None:
    place = hall() | {"addresses": [{"id": number(9, 1), "attention": "Ann Persona", "address_1": "1 Example Road", "city": "London",
                                     "state_province": "London", "postal_code": "E1 1JQ", "country": "GB", "address_type": "postal"}]}  # fmt: skip
    del place["latitude"], place["longitude"]
    body = service(1, place, contacts=[{"id": number(9, 2), "name": "Ann Persona", "title": "Chair"}], assurer_email="ann@example.org")
    row = one(body, placing)
    assert "Persona" not in json.dumps(schemas.known(body, "service")) + str(row.tolist()) and "ann@" not in str(row.tolist())
    assert pd.isna(row["postcode"]) and row["position_quality"] == "not located", "a postal address may be somebody's home"
    place["addresses"][0]["address_type"] = "physical"
    row = one(body, placing)
    assert (row["postcode"], row["position_quality"], row["lad24cd"]) == ("E11JQ", "postcode", "E09000030")


def test_a_refuge_keeps_its_authority_and_no_point(placing: Placing) -> None:
    found = read(json.dumps(service(1, hall(), name="Example Women's Aid")).encode(), placing, TODAY)
    row = found.records.iloc[0]
    assert row["sensitive"] and row["lad24cd"] == "E09000030"
    assert row[["longitude", "latitude", "easting", "northing", "lsoa21cd", "postcode", "uprn"]].isna().all()
    assert "51.5" not in json.dumps(documents(found.records))


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ({"latitude": -0.06538, "longitude": 51.51738}, "look swapped"), ({"latitude": 0, "longitude": 0}, "off West Africa"),
        ({"latitude": 48.85, "longitude": 2.35}, "not in England"),
    ],
)  # fmt: skip
def test_a_point_that_cannot_be_is_not_used_and_it_is_said(placing: Placing, point: dict[str, float], words: str) -> None:
    found = read(json.dumps(service(1, hall() | point)).encode(), placing, TODAY)
    row = found.records.iloc[0]
    assert row["position_quality"] == "not located" and pd.isna(row["longitude"]) and pd.isna(row["lad24cd"])
    assert words in found.notes[-1]


def test_an_assured_date_to_come_confirms_nothing(placing: Placing) -> None:
    for day in ("2026-11-26", "soon"):
        row = one(service(1, assured_date=day), placing)
        assert pd.isna(row["last_confirmed"]) and pd.isna(row["confirmed_by_role"])


def test_one_bad_service_sinks_no_other(placing: Placing) -> None:
    bad = [service(1, status="busy"), service(2) | {"name": None, "organization": {}}, 17, "text", service(3, minimum_age="twelve"), [], None]
    found = read(json.dumps([*bad, service(9)]).encode(), placing, TODAY)
    assert len(found.records) == 1 and found.found == 8
    problems = found.set_aside.set_index("row")["problem"]
    assert problems[number(1, 1)] == (
        "it does not meet the published schema: status: 'busy' is not one of ['active', 'inactive', 'defunct', 'temporarily closed']"
    )
    assert "minimum_age: 'twelve' is not of type 'number'" in problems[number(1, 3)]
    assert problems["service 3"] == "it is not an object, as a service must be"


def test_nulls_and_a_missing_name_are_not_held_against_a_service(placing: Placing) -> None:
    row = one(service(1, description=None, name=None, url=None), placing)
    assert row["name"] == "Example Trust" and pd.isna(row["description"])


def test_a_feed_cannot_take_another_s_identifier(server: OpenReferralServer, placing: Placing) -> None:
    """What this project wrote keeps its identifier in a document; a feed that says the same has identifiers of its own."""
    own = [said("asset_id", "osm/way/1"), said("lsoa21cd", "E01000001"), said("licence", "ODbL 1.0"), said("source", "OpenStreetMap")]
    body = service(1, hall(), attributes=own)
    assert one(body, placing)["asset_id"] == "osm/way/1"
    server.services = [body]
    row = fetched(server, placing).records.iloc[0]
    assert row["asset_id"].startswith("openreferral/127.0.0.1:") and row["lsoa21cd"] != "E01000001"
    assert (row["source"], row["licence"]) == ("OpenStreetMap", "ODbL 1.0"), "a licence goes with its record wherever it came through"


def test_the_published_mock_feed_comes_in_whole_and_goes_out_and_back_the_same(placing: Placing, shared_data: Path) -> None:
    """It announces 31 services, holds 128, and gives one identifier to all: 88 differ, and 40 are there word for word already."""
    content = (shared_data / "open_referral" / "mock_service_list.json").read_bytes()
    mock = json.loads(content)["contents"]
    distinct = {json.dumps(each, sort_keys=True) for each in mock}
    assert (len(mock), len(distinct), len({each["id"] for each in mock})) == (128, 88, 1)
    found = read(content, placing, TODAY)
    assert (found.found, len(found.records), len(found.set_aside)) == (128, 88, 40)
    assert found.notes[0] == "The document announces 31 services and holds 128."
    assert found.set_aside["problem"].str.contains("word for word").all()
    assert found.records["asset_id"].is_unique and (found.records["position_quality"] == "not located").all()
    assert int(found.records["last_confirmed"].notna().sum()) == sum("assured_date" in json.loads(each) for each in distinct)
    page = documents(found.records)
    validate(page, shared_data)
    back = read(json.dumps(page).encode(), placing, TODAY)
    pd.testing.assert_frame_equal(back.records, found.records, check_exact=True)
    assert back.set_aside.empty


def test_the_mock_feed_over_the_wire(server: OpenReferralServer, placing: Placing, shared_data: Path) -> None:
    server.misbehave("services", "body", content=(shared_data / "open_referral" / "mock_service_list.json").read_bytes())
    result = fetched(server, placing, limits=FeedLimits(whole=0))
    assert (result.found, len(result.records)) == (128, 88)
    assert "The feed announced 31 services and gave 128." in result.notes


def test_the_published_examples_come_in(placing: Placing, shared_data: Path) -> None:
    for name in ("service_full", "service_at_location_full", "service_list", "service_at_location_list"):
        found = read((shared_data / "open_referral" / f"example_{name}.json").read_bytes(), placing, TODAY)
        assert found.records["name"].tolist() == ["Community Counselling"], name
        assert "Persona" not in found.records.to_csv()


def validate(page: dict[str, Any], shared_data: Path) -> None:
    """A page against the published schemas, formats included, and for fields that they do not have."""
    published = schema_of(shared_data / "open_referral", "service")
    checker = Draft202012Validator(published, validate_formats=True)
    for body in page["contents"]:
        assert [f"{error.instance_path}: {error.message}" for error in checker.iter_errors(body)] == []
        assert unknown(body, published) == []


def test_two_hundred_assets_of_the_snapshot_go_out_and_back_the_same(atlas: Atlas, placing: Placing, shared_data: Path) -> None:
    assets = pd.read_parquet(atlas.snapshot.path("community_assets"))
    together = assets[assets["location_id"].duplicated(keep=False)].head(40)
    picked = pd.concat([assets[assets["easting"].isna()].head(10), together, assets.sample(150, random_state=5)])
    records = as_records(picked.drop_duplicates("asset_id").reset_index(drop=True))
    assert set(records["category"]) == {"place of worship", "library", "community centre"}
    page = documents(records, {"OpenStreetMap": "© OpenStreetMap contributors, ODbL 1.0"})
    validate(page, shared_data)
    assert page["attribution"] == ["© OpenStreetMap contributors, ODbL 1.0"]
    licences = [each["taxonomy_term"] for each in page["contents"][-1]["attributes"] if each["taxonomy_term"]["taxonomy_id"] == OPEN["licence"].id]
    assert [each["name"] for each in licences] == [records["licence"].iloc[-1]] and licences[0]["term_uri"].startswith("https://")
    shuffled = copy.deepcopy(page)
    shuffled["contents"].reverse()
    back = read(json.dumps(shuffled).encode(), placing, TODAY)
    pd.testing.assert_frame_equal(back.records[::-1].reset_index(drop=True), records, check_exact=True)
    assert len({each["id"] for each in page["contents"]}) == len(records)
    buildings = [at["location"]["id"] for each in page["contents"] for at in each.get("service_at_locations", [])]
    assert len(set(buildings)) == len(records[["location_id", "longitude", "latitude"]].dropna().drop_duplicates())


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"PK\x03\x04", b'{"contents": []}', b"[" * 100_000, b'{"contents": "x"}', b"NaN"])
def test_a_document_that_is_none_is_refused_in_a_sentence(placing: Placing, content: bytes) -> None:
    with pytest.raises(FeedUnavailableError, match="The document"):
        read(content, placing, TODAY)
