"""Give Food, the charity register, libraries and community centres, asked over HTTP of servers that speak their publishers' forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.asset_records import RECORD_COLUMNS
from data_loaders import ace_libraries, charity_register, givefood, gla_community_centres
from data_loaders.atlas import Atlas
from data_loaders.charity_areas import AreaNames
from data_loaders.http_session import HttpSession, Limits
from data_loaders.placing import Placing
from tests.asset_servers.charities import CharitiesServer, extract
from tests.asset_servers.givefood import GiveFoodServer
from tests.asset_servers.places import STRATFORD, small_placing
from tests.fingertips_server import FakeTime
from tests.local_server import LocalServer

LIBRARY = dict.fromkeys([*ace_libraries.COLUMNS, *ace_libraries.HOSTS], "") | {
    "reporting": "Newham", "name": "Example Library", "postcode": "E15 1AA", "uprn": "10001", "type": "Static Library", "operation_23": "LA",
    "co_located_faithbuildings": "X",
}  # fmt: skip
CENTRES = (
    "name,os_addressbase_uprn,easting,northing,email\r\nExample Centre,20001,538500.04,184500,someone@example.org\r\nExample Lost,20002,0,0,\r\n"
)


@pytest.fixture
def placing(tmp_path: Path) -> Placing:
    return small_placing(tmp_path)


@pytest.fixture(scope="module")
def names(atlas: Atlas) -> AreaNames:
    return AreaNames.of_atlas(atlas.snapshot.table("small_areas", ["lad24cd", "lad24nm", "utlanm"]))


def session(name: str) -> HttpSession:
    fake = FakeTime()
    return HttpSession(name, None, Limits(connect=2, read=10), pause=fake.pause, clock=fake.clock, now=fake.now)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


def test_give_food_is_asked_for_food_banks_and_locations_once_each(placing: Placing) -> None:
    with GiveFoodServer() as server:
        found = givefood.fetch(session("Give Food"), placing, [server.api])
        assert [(request.path, request.query) for request in server.requests] == [
            ("2/foodbanks/", {"format": ["json"]}),
            ("2/locations/", {"format": ["json"]}),
        ]
        assert all(request.headers["User-Agent"].startswith("CommonGround/1") for request in server.requests)
    assert found.records["asset_id"].tolist() == [
        "givefood/example-north", "givefood/example-north/example-community-centre", "givefood/example-south",
    ]  # fmt: skip
    assert found.asked_at is not None and found.published == found.asked_at.date().isoformat() == "2026-08-20"
    assert found.stale_because == "" and list(found.records.columns) == list(RECORD_COLUMNS)


def test_a_file_and_the_api_give_the_same_records(placing: Placing) -> None:
    with GiveFoodServer() as server:
        live = givefood.fetch(session("Give Food"), placing, [server.api])
        lists = [json.dumps(rows).encode() for rows in (server.food_banks, server.locations)]
    filed = givefood.read(lists[0], placing, lists[1], published="2026-08-20")
    pd.testing.assert_frame_equal(live.records, filed.records)


def test_the_register_is_asked_for_three_zips_once_each(placing: Placing, names: AreaNames) -> None:
    with CharitiesServer() as server:
        found = charity_register.fetch(session("Charity Commission"), placing, names, addresses=[server.data])
        assert [request.path for request in server.requests] == [
            "json/publicextract.charity.zip", "json/publicextract.charity_classification.zip", "json/publicextract.charity_area_of_operation.zip",
        ]  # fmt: skip
    filed = charity_register.read(extract(), placing, names)
    pd.testing.assert_frame_equal(found.records, filed.records)
    pd.testing.assert_frame_equal(found.set_aside, filed.set_aside)
    assert found.asked_at is not None and found.published == "2026-08-20" and len(found.records) == 3


def test_libraries_come_with_position_and_what_shares_the_building(server: LocalServer, placing: Placing) -> None:
    unplaced = {**LIBRARY, "name": "Example Branch", "postcode": "ZZ9 9ZZ"}
    rows = [LIBRARY, unplaced, LIBRARY, {**LIBRARY, "type": "Mobile Library", "name": "Example Van"}]
    body = "\r\n".join([",".join(LIBRARY), *(",".join(row.values()) for row in rows)]).encode("utf-8-sig")
    server.misbehave("", "body", content=body, content_type="text/csv")
    found = ace_libraries.fetch(session("Arts Council England"), placing, [f"{server.url}libraries.csv"], published="2026-01")
    placed = found.records.set_index("asset_id")
    library, branch = placed.loc["ace/newham-example-library-e151aa"], placed.loc["ace/newham-example-branch-zz99zz"]
    assert (library["lsoa21cd"], library["position_quality"], library["hosts"]) == (STRATFORD, "postcode", "faith building")
    assert (library["easting"], library["postcode"], library["uprn"], library["source_date"]) == (538_500.0, "E151AA", "10001", "2026-01")
    assert branch["position_quality"] == "not located" and branch[["easting", "longitude", "lsoa21cd", "lad24cd"]].isna().all()
    assert found.set_aside[["row", "problem"]].to_numpy().tolist() == [
        ["line 4", "another record has the same identifier"],
        ["line 5", "not a static library: mobile library"],
    ]
    assert found.found == 4 and found.records["last_confirmed"].isna().all()


def test_centres_come_without_a_way_of_contacting_them(server: LocalServer, placing: Placing) -> None:
    server.misbehave("", "body", content=CENTRES.encode(), content_type="text/csv")
    found = gla_community_centres.fetch(session("Greater London Authority"), placing, [f"{server.url}centres.csv"])
    record = found.records.iloc[0]
    assert (record["asset_id"], record["easting"], record["lsoa21cd"], record["lad24cd"]) == ("gla/20001", 538_500.0, STRATFORD, "E09000025")
    assert record["latitude"] == pytest.approx(51.54, abs=0.01) and record["position_quality"] == "address point"
    assert found.set_aside[["row", "name", "problem"]].to_numpy().tolist() == [["line 3", "Example Lost", "the position is not in England"]]
    assert "example.org" not in found.records.to_csv() + found.set_aside.to_csv()
