"""Open Referral documents on their way in: what is taken, what is refused with a reason, and the same document twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from data_loaders.atlas import Atlas
from presentation.open_referral_feed import PREFIX
from presentation.register_places import AtlasPlaces
from register import partners
from register.actors import ANYONE
from register.errors import NotAllowedError
from register.exchange_csv import partner_table
from register.exchange_files import ExchangeFileError
from register.exchange_plan import Plan
from register.model import Activity, History
from register.open_referral_import import ASSURED, import_open_referral, plan_open_referral
from register.store import Acting, Register, open_register
from tests.contract.open_referral import LISTED, NOW, TOWER_HAMLETS, a_register, feed_app, fill, steward
from tests.register.test_exchange_csv import PLACES

ORGANISATION = {"id": "0f6c3b1e-0000-4000-8000-000000000001", "name": "Hub Trust", "description": "A trust"}
AREA = {
    "id": "1",
    "name": "Tower Hamlets",
    "uri": f"http://statistics.data.gov.uk/id/statistical-geography/{TOWER_HAMLETS}",
}
SERVICE = {
    "id": "0f6c3b1e-0000-4000-8000-000000000002",
    "name": "Tea",
    "description": "Tea on Fridays",
    "status": "active",
    "assured_date": "2026-03-31",
    "organization": ORGANISATION,
    "service_areas": [AREA],
    "contacts": [{"id": "3", "name": "Ann Persona"}],
}


def bring(acting: Acting, document: Any) -> Plan:
    return import_open_referral(acting, json.dumps(document).encode(), PLACES, note="A feed")


def actions(plan: Plan) -> list[str]:
    return [outcome.action for outcome in plan.outcomes]


def changes(acting: Acting) -> int:
    with acting.read() as connection:
        return len(connection.execute(select(History.revision)).all())


@pytest.fixture
def acting(address: str) -> Acting:
    """On SQLite and on PostgreSQL."""
    return steward(open_register(address, clock=lambda: NOW))


def test_an_organisation_becomes_a_partner_and_a_service_an_activity(acting: Acting) -> None:
    dry = plan_open_referral(acting, json.dumps([SERVICE]).encode(), PLACES)
    assert actions(dry) == ["created", "created"] and changes(acting) == 0
    plan = bring(acting, [SERVICE])
    assert actions(plan) == ["created", "created"] and plan.unread == ("contacts",)
    row = partner_table(acting).iloc[0]
    assert (row["name"], row["service_area"], row["source"], row["source_id"]) == (
        "Hub Trust",
        TOWER_HAMLETS,
        "Open Referral UK",
        ORGANISATION["id"],
    )
    assert (row["last_confirmed"], row["confirmed_by_role"]) == ("2026-03-31", ASSURED)
    assert row["listed_on"] == "", "listed elsewhere is not agreed to be listed by us"
    (activity,) = partners.get(acting, row["id"]).activities
    assert (activity["name"], activity["description"]) == ("Tea", "Tea on Fridays")
    with acting.read() as connection:
        assert "Persona" not in str(connection.execute(select(History.changes)).scalars().all())


def test_the_same_document_twice_changes_nothing_and_a_newer_one_updates(acting: Acting) -> None:
    bring(acting, {"contents": [SERVICE]})
    written = changes(acting)
    assert actions(bring(acting, {"contents": [SERVICE]})) == ["unchanged", "unchanged"]
    assert changes(acting) == written
    plan = bring(acting, {"contents": [SERVICE | {"description": "Tea and talk", "assured_date": "2026-09-01"}]})
    assert actions(plan) == ["updated", "updated"]
    assert bring(acting, [SERVICE]).outcomes[0].action == "unchanged", "an older assurance does not undo a newer one"


def test_what_our_own_feed_gives_comes_back_unchanged(tmp_path: Path) -> None:
    register: Register = a_register(tmp_path)
    ids = fill(register)
    client = TestClient(feed_app(register))
    whole = [
        client.get(f"{PREFIX}/services/{row['id']}").json()
        for row in client.get(f"{PREFIX}/services").json()["contents"]
    ]
    written = changes(steward(register))
    plan = bring(steward(register), whole)
    assert plan.count("updated") == plan.count("created") == 0, plan.frame()
    assert plan.count("unchanged") >= 5 and changes(steward(register)) == written
    assert {outcome.record_id for outcome in plan.outcomes} >= {ids["mosque"], ids["checks"]}


def test_what_our_feed_gives_goes_into_another_register_whole(tmp_path: Path) -> None:
    here, there = a_register(tmp_path), steward(a_register_in(tmp_path / "other"))
    fill(here)
    client = TestClient(feed_app(here))
    whole = [
        client.get(f"{PREFIX}/services/{row['id']}").json()
        for row in client.get(f"{PREFIX}/services").json()["contents"]
    ]
    plan = bring(there, whole)
    assert plan.count("refused") == 0, plan.frame()
    table = partner_table(there).set_index("name")
    assert set(table.index) == {"Example Mosque", "Église Hub", "Newham Network", "Quiet House"}
    assert table.loc["Example Mosque", ["organisation_type", "faith_kind", "tradition"]].tolist() == [
        "faith group",
        "worshipping community",
        "Muslim",
    ]
    assert table.loc["Quiet House", "latitude"] == "" and float(
        table.loc["Example Mosque", "latitude"]
    ) == pytest.approx(51.51)
    with there.read() as connection:
        checks = (
            connection.execute(select(Activity.__table__).where(Activity.name == "Blood pressure checks"))
            .mappings()
            .one()
        )
    assert checks["clinical_areas"] == ["hypertension"] and checks["activity_group"] == "practical"


def a_register_in(folder: Path) -> Register:
    folder.mkdir()
    return a_register(folder)


def test_the_published_mock_feed_is_refused_for_want_of_places_row_by_row(acting: Acting, shared_data: Path) -> None:
    content = (shared_data / "open_referral" / "mock_service_list.json").read_bytes()
    plan = plan_open_referral(acting, content, PLACES)
    assert plan.count("refused") == len(plan.outcomes) > 31
    assert "has no place" in plan.frame()["expected"].iloc[0]


def test_the_published_example_has_a_place_that_is_not_in_england(
    acting: Acting, shared_data: Path, atlas: Atlas
) -> None:
    content = (shared_data / "open_referral" / "example_service_full.json").read_bytes()
    plan = plan_open_referral(acting, content, AtlasPlaces(atlas))
    assert plan.outcomes[0].problems[0].column == "longitude", "its latitude is 100"


@pytest.mark.parametrize("status", ["defunct", "busy", None])
def test_a_service_that_is_no_more_is_refused(acting: Acting, status: str | None) -> None:
    plan = bring(acting, [SERVICE | {"status": status}])
    assert actions(plan) == ["created", "refused"] and plan.outcomes[1].problems[0].column == "status"


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}", b"3", b'{"contents": "x"}', b"[" * 100_000])
def test_what_is_no_document_is_told_so(acting: Acting, content: bytes) -> None:
    with pytest.raises(ExchangeFileError):
        plan_open_referral(acting, content, PLACES)


def test_a_visitor_brings_nothing_in(acting: Acting) -> None:
    with pytest.raises(NotAllowedError):
        bring(acting.register.as_(ANYONE), [SERVICE])


def test_a_partner_that_agreed_elsewhere_stays_out_of_our_feed(acting: Acting) -> None:
    bring(acting, [SERVICE])
    client = TestClient(feed_app(acting.register))
    assert client.get(f"{PREFIX}/services").json()["empty"]
    row = partner_table(acting).iloc[0]
    partners.update(acting, row["id"], 1, LISTED, note="They agreed")
    assert [each["name"] for each in client.get(f"{PREFIX}/services").json()["contents"]] == ["Tea"]
