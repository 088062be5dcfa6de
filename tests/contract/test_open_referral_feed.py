"""The Open Referral feed: what it serves, to whom it says no, and what never leaves the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError
from presentation.open_referral_feed import PREFIX
from presentation.open_referral_serving import served
from presentation.request_limits import RequestLimits
from register import entries, partners, people
from register.open_referral_terms import ACTIVITIES, CLINICAL_AREAS, FAITHS, TAXONOMIES, fixed_terms, identifier, term
from register.store import Register
from tests.contract.open_referral import LISTED, NEWHAM, TOWER_HAMLETS, a_register, feed_app, fill, steward


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return a_register(tmp_path)


@pytest.fixture
def ids(register: Register) -> dict[str, str]:
    return fill(register)


@pytest.fixture
def client(register: Register, ids: dict[str, str]) -> Iterator[TestClient]:
    with TestClient(feed_app(register), raise_server_exceptions=False) as running:
        yield running


def ask(client: TestClient, path: str, **parameters: Any) -> dict[str, Any]:
    answer = client.get(f"{PREFIX}{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def names(body: dict[str, Any]) -> set[str]:
    return {(row.get("service") or row)["name"] for row in body["contents"]}


def refused(client: TestClient, path: str, **parameters: Any) -> dict[str, Any]:
    answer = client.get(f"{PREFIX}{path}", params=parameters)
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, Any] = answer.json()
    return body


LISTED_SERVICES = {
    "Blood pressure checks",
    "Vaccination clinic",
    "Église Hub",
    "Newham Network",
    "Quiet House",
    "Named Service",
}


def test_only_what_is_published_and_agreed_to_be_listed_is_served(client: TestClient) -> None:
    assert names(ask(client, "/services")) == LISTED_SERVICES, (
        "no draft, no withdrawn entry, no example, nobody who did not agree"
    )


def test_the_root_names_the_version_and_the_profile(client: TestClient) -> None:
    for path in ("", "/"):
        body = ask(client, path)
        assert body["version"] == "HSDS-UK-3.0" and body["openapi_url"].endswith("/specifications/3.0/openapi.json")


def test_no_private_link_name_stage_or_note_leaves(client: TestClient, ids: dict[str, str]) -> None:
    everything = "".join(
        client.get(f"{PREFIX}{path}").text
        for path in (
            "/services",
            "/service_at_locations",
            "/taxonomies",
            "/taxonomy_terms",
            *(f"/services/{one}" for one in ids.values()),
        )
    )
    assert "Blood pressure checks" in everything
    for private in (
        "SECRET",
        "whatsapp",
        "Persona",
        "Lead",
        "letter",
        "steward",
        "Draft Group",
        "Unlisted",
        "Printed",
        "Gone Group",
    ):
        assert private not in everything, private


def test_a_sensitive_site_has_an_area_and_no_point_and_no_distance_finds_it(
    client: TestClient, ids: dict[str, str]
) -> None:
    whole = ask(client, f"/services/{ids['refuge']}")
    assert "service_at_locations" not in whole and [area["name"] for area in whole["service_areas"]] == ["Newham"]
    assert "latitude" not in str(whole)
    assert "Quiet House" not in names(ask(client, "/service_at_locations"))
    assert "Quiet House" not in names(ask(client, "/services", postcode="E7 9AB", proximity="200000"))


def test_a_service_whole(client: TestClient, ids: dict[str, str]) -> None:
    whole = ask(client, f"/services/{ids['checks']}")
    assert whole["organization"]["name"] == "Example Mosque" and whole["organization_id"] == ids["mosque"]
    assert whole["assured_date"] == "2026-10-01" and whole["status"] == "active"
    assert whole["last_modified"] == "2026-11-25T09:00:00.000Z"
    assert whole["description"] == "When: First Friday\nCapacity: About 20 people"
    (at,) = whole["service_at_locations"]
    assert (at["location"]["latitude"], at["location"]["longitude"]) == (51.51738, -0.06538)
    assert at["location"]["external_identifier"] == "osm/way/1"
    (area,) = whole["service_areas"]
    assert (area["name"], area["uri"]) == (
        "Tower Hamlets",
        f"http://statistics.data.gov.uk/id/statistical-geography/{TOWER_HAMLETS}",
    )
    about = {each["taxonomy_term"]["name"] for each in whole["attributes"]}
    assert about == {
        "Hypertension case-finding and lipids",
        "Ethnic minority communities",
        "Practical",
        "Faith group",
        "Worshipping community",
        "Muslim",
    }


def test_an_activity_that_has_ended_is_inactive_and_one_that_nobody_confirmed_has_no_date(
    client: TestClient, ids: dict[str, str]
) -> None:
    assert ask(client, f"/services/{ids['ended']}")["status"] == "inactive"
    assert "assured_date" not in ask(client, f"/services/{ids['hub']}")


def test_a_named_service_belongs_to_whoever_provides_it(client: TestClient, ids: dict[str, str]) -> None:
    assert ask(client, f"/services/{ids['named']}")["organization_id"] == ids["mosque"]


def test_two_services_of_one_building_are_at_one_location(client: TestClient, ids: dict[str, str]) -> None:
    rows = ask(client, "/service_at_locations")["contents"]
    locations = {row["service"]["name"]: row["location"]["id"] for row in rows}
    assert locations["Blood pressure checks"] == locations["Vaccination clinic"] != locations["Église Hub"]
    one = next(row for row in rows if row["service"]["name"] == "Blood pressure checks")
    whole = ask(client, f"/service_at_locations/{one['id']}")
    assert whole["service_id"] == ids["checks"] and whole["location"]["id"] == one["location"]["id"]
    assert whole["service"]["attributes"]


def test_pages_hold_every_service_once(client: TestClient) -> None:
    seen: list[str] = []
    for number in (1, 2, 3):
        body = ask(client, "/services", page=number, per_page=2)
        assert (body["total_items"], body["total_pages"], body["page_number"], body["size"]) == (6, 3, number, 2)
        assert (body["first_page"], body["last_page"], body["empty"]) == (number == 1, number == 3, False)
        seen += [row["id"] for row in body["contents"]]
    assert len(seen) == len(set(seen)) == 6
    beyond = ask(client, "/services", page=4, per_page=2)
    assert (beyond["contents"], beyond["empty"], beyond["last_page"], beyond["size"]) == ([], True, True, 0)


def test_a_register_with_nothing_listed_is_one_empty_page(tmp_path: Path) -> None:
    with TestClient(feed_app(a_register(tmp_path))) as client:
        body = ask(client, "/services")
    assert body == {
        "total_items": 0,
        "total_pages": 0,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }


def test_words_are_found_without_accents_or_capitals_and_all_must_occur(client: TestClient) -> None:
    assert names(ask(client, "/services", search="EGLISE")) == {"Église Hub"}
    assert names(ask(client, "/services", search="blood hypertension")) == {"Blood pressure checks"}
    assert names(ask(client, "/services", search="blood newham")) == set()
    assert names(ask(client, "/service_at_locations", search="mosque")) == {
        "Blood pressure checks",
        "Vaccination clinic",
    }


def test_a_search_puts_what_was_confirmed_of_late_first(register: Register, client: TestClient) -> None:
    acting = steward(register)
    for name, confirmed in (("Zed old", date(2024, 12, 1)), ("Zed never", None), ("Zed new", date(2026, 11, 1))):
        said = {"last_confirmed": confirmed, "confirmed_by_role": "chair"} if confirmed else {}
        partners.create(acting, {"name": name, "kind": "organisation", "service_area": [NEWHAM], **LISTED, **said})
    assert [row["name"] for row in ask(client, "/services", search="zed")["contents"]] == [
        "Zed new",
        "Zed old",
        "Zed never",
    ]


def test_a_distance_is_in_metres_from_the_postcode_or_the_point_nearest_first(client: TestClient) -> None:
    # By hand: the postcode is at (534317, 181612), the mosque at (534331, 181602.6), the hub at (534900, 181602.6): 17 m and 583 m.
    assert names(ask(client, "/service_at_locations", postcode="E1 1JQ", proximity=17)) == {
        "Blood pressure checks",
        "Vaccination clinic",
    }
    assert names(ask(client, "/services", postcode="E1 1JQ", proximity=16)) == set()
    assert names(ask(client, "/services", postcode="e11jq", proximity=582)) == {
        "Blood pressure checks",
        "Vaccination clinic",
    }
    near = ask(client, "/services", postcode="E1 1JQ", proximity=584)
    assert [row["name"] for row in near["contents"]][-1] == "Église Hub" and near["total_items"] == 3
    point = ask(client, "/services", latitude=51.51738, longitude=-0.06538, proximity=5)
    assert names(point) == {"Blood pressure checks", "Vaccination clinic"}


def test_a_postcode_alone_finds_what_serves_its_area(client: TestClient) -> None:
    assert names(ask(client, "/services", postcode="E7 9AB")) == {"Newham Network", "Quiet House"}
    assert names(ask(client, "/services", postcode="E1 1JQ")) == {
        "Newham Network",
        "Named Service",
        "Blood pressure checks",
        "Vaccination clinic",
    }, "the network serves the whole system, E54000029"


def test_terms_taxonomies_organisations_and_dates_narrow_the_answer(client: TestClient, ids: dict[str, str]) -> None:
    hypertension = term(CLINICAL_AREAS, "hypertension")
    assert names(ask(client, "/services", taxonomy_term_id=hypertension.id)) == {"Blood pressure checks"}
    assert names(ask(client, "/services", taxonomy_term_id=hypertension.id.upper())) == {"Blood pressure checks"}
    assert names(ask(client, "/services", taxonomy_id=ACTIVITIES.id)) == {"Blood pressure checks"}
    assert names(ask(client, "/services", organization_id=ids["mosque"])) == {
        "Blood pressure checks",
        "Vaccination clinic",
        "Named Service",
    }
    assert names(ask(client, "/services", modified_after="2026-11-25T09:00:00Z")) == LISTED_SERVICES, "at or after"
    assert names(ask(client, "/services", modified_after="2026-11-25T09:00:01+00:00")) == set()
    assert names(ask(client, "/services", taxonomy_term_id="nonsense")) == set()


def test_taxonomies_and_terms(client: TestClient) -> None:
    listed = ask(client, "/taxonomies")
    assert [each["id"] for each in listed["contents"]] == [each.id for each in TAXONOMIES]
    assert ask(client, f"/taxonomies/{FAITHS.id}")["name"] == "Faith traditions"
    terms = ask(client, "/taxonomy_terms", per_page=100)
    assert terms["total_items"] == len(fixed_terms()) + 1, "and the one tradition that a listed partner names"
    muslim = next(each for each in terms["contents"] if each["name"] == "Muslim")
    assert ask(client, f"/taxonomy_terms/{muslim['id']}") == muslim and muslim["taxonomy_id"] == FAITHS.id
    assert ask(client, "/taxonomy_terms", taxonomy_id=ACTIVITIES.id)["total_items"] == 4


def test_an_identifier_of_the_same_words_never_changes() -> None:
    assert identifier("taxonomy", "clinical_areas") == CLINICAL_AREAS.id == "cb8df55d-a464-564d-af38-a0db9b1cd58c"
    assert len({each.id for each in fixed_terms()}) == len(fixed_terms()) == 45


@pytest.mark.parametrize(
    ("parameters", "parameter", "said"),
    [
        ({"page": "0"}, "page", "whole number from 1"),
        ({"page": "two"}, "page", "whole number from 1"),
        ({"page": "1" * 400}, "page", "whole number from 1"),
        ({"page": "²"}, "page", "whole number from 1"),
        ({"page": ""}, "page", "whole number from 1"),
        ({"page": " 2"}, "page", "whole number from 1"),
        ({"per_page": ""}, "per_page", "from 1 to 100"),
        ({"longitude": ""}, "longitude", "go together"),
        ({"postcode": "E1 1JQ", "proximity": ""}, "proximity", "number of metres"),
        ({"postcode": "E1 1JQ", "proximity": "1_0"}, "proximity", "number of metres"),
        ({"maximum_age": ""}, "maximum_age", "years"),
        ({"per_page": "101"}, "per_page", "from 1 to 100"),
        ({"search": "x" * 201}, "search", "at most 200 letters"),
        ({"proximity": "500"}, "proximity", "needs a postcode"),
        ({"postcode": "E1 1JQ", "proximity": "far"}, "proximity", "number of metres"),
        ({"postcode": "E1 1JQ", "proximity": "-1"}, "proximity", "number of metres"),
        ({"postcode": "E1 1JQ", "proximity": "nan"}, "proximity", "number of metres"),
        ({"postcode": "EH1 1YZ"}, "postcode", "Check it for a slip"),
        ({"latitude": "51.5"}, "latitude", "go together"),
        ({"latitude": "51.5", "longitude": "0"}, "proximity", "how far"),
        ({"latitude": "51.5", "longitude": "200", "proximity": "5"}, "longitude", "degrees"),
        ({"latitude": "51.5", "longitude": "0", "postcode": "E1 1JQ", "proximity": "5"}, "postcode", "not both"),
        ({"modified_after": "last week"}, "modified_after", "such as 2026-03-31"),
        ({"day": "Someday"}, "day", "one of MO"),
        ({"start_time": "25:00"}, "start_time", "time of day"),
        ({"minimum_age": "old"}, "minimum_age", "years"),
        ({"serach": "mosque"}, "serach", "This address takes search"),
    ],
)
def test_what_cannot_be_asked_is_told_by_parameter(
    client: TestClient, parameters: dict[str, str], parameter: str, said: str
) -> None:
    body = refused(client, "/services", **parameters)
    assert body["parameter"] == parameter and said in body["detail"] and body["status"] == 400


def test_a_box_of_a_form_that_was_left_empty_asks_for_nothing(client: TestClient) -> None:
    assert ask(client, "/services", search="", postcode="", taxonomy_id=" ", day="") == ask(client, "/services")


def test_an_address_with_a_line_break_in_it_is_not_there_and_says_so_as_the_others_do(client: TestClient) -> None:
    for path in ("/services/%0A", "/nothing%0Ahere"):
        answer = client.get(f"{PREFIX}{path}")
        assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"


def test_a_parameter_twice_is_refused(client: TestClient) -> None:
    answer = client.get(f"{PREFIX}/services?page=1&page=2")
    assert answer.status_code == 400 and "given twice" in answer.json()["detail"]


def test_what_the_register_does_not_record_is_said_and_not_passed_over(client: TestClient) -> None:
    body = ask(client, "/services", minimum_age=5, day="MO")
    assert body["contents"] == [] and "does not record minimum_age or day" in body["notice"]


@pytest.mark.parametrize(
    "path", ["/services/nothing", "/service_at_locations/nothing", "/taxonomies/x", "/taxonomy_terms/x", "/nowhere"]
)
def test_what_is_not_there_is_a_problem_in_json(client: TestClient, path: str) -> None:
    answer = client.get(f"{PREFIX}{path}")
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404 and answer.json()["detail"].endswith(".")


def test_an_entry_that_may_not_be_listed_is_not_told_from_one_that_is_not_there(
    client: TestClient, ids: dict[str, str]
) -> None:
    answers = [client.get(f"{PREFIX}/services/{ids[name]}") for name in ("draft", "unlisted", "example", "gone")]
    absent = client.get(f"{PREFIX}/services/00000000-0000-0000-0000-000000000000")
    assert {answer.text for answer in answers} == {absent.text} and absent.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_feed_is_read_only(client: TestClient, method: str) -> None:
    answer = client.request(method, f"{PREFIX}/services")
    assert answer.status_code == 405 and answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_has_the_headers_and_no_body(client: TestClient) -> None:
    whole, head = client.get(f"{PREFIX}/services"), client.head(f"{PREFIX}/services")
    assert head.status_code == 200 and head.content == b""
    for name in ("etag", "content-length", "content-type", "cache-control"):
        assert head.headers[name] == whole.headers[name]
    assert client.head(f"{PREFIX}/services/nothing").status_code == 404


def test_an_answer_that_a_client_holds_is_not_sent_again_until_it_changes(
    register: Register, client: TestClient, ids: dict[str, str]
) -> None:
    first = client.get(f"{PREFIX}/services")
    assert first.headers["cache-control"] == "public, no-cache"
    held = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    again = client.get(f"{PREFIX}/services", headers=held)
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    partners.update(steward(register), ids["hub"], 1, {"description": "Coffee"}, note="They rang")
    changed = client.get(f"{PREFIX}/services", headers=held)
    assert changed.status_code == 200 and "Coffee" in changed.text


def test_whoever_takes_back_their_agreement_is_gone_at_once(
    register: Register, client: TestClient, ids: dict[str, str]
) -> None:
    assert "Église Hub" in names(ask(client, "/services"))
    partners.update(steward(register), ids["hub"], 1, {"listed_on": None, "listed_how": None}, note="They asked us to")
    assert "Église Hub" not in names(ask(client, "/services"))
    assert "Église Hub" not in names(ask(client, "/service_at_locations"))
    assert client.get(f"{PREFIX}/services/{ids['hub']}").status_code == 404
    assert names(ask(client, "/services", search="eglise")) == set()


def test_a_provider_that_is_withdrawn_takes_its_name_with_it(
    register: Register, client: TestClient, ids: dict[str, str]
) -> None:
    ask(client, "/services")
    partners.withdraw(steward(register), ids["mosque"], 1, note="Closed")
    body = client.get(f"{PREFIX}/services").text
    assert "Example Mosque" not in body and "Blood pressure checks" not in body
    assert ask(client, f"/services/{ids['named']}")["organization_id"] == ids["named"]


def test_a_name_withdrawn_is_out_of_every_answer_and_every_search_at_once(
    register: Register, client: TestClient, ids: dict[str, str]
) -> None:
    acting = steward(register)
    person = people.record_person(
        acting, "Beatrix Namewell", consent_on=date(2026, 1, 1), consent_how="By letter", lad24cd=TOWER_HAMLETS
    )
    partners.update(acting, ids["hub"], 1, {"description": "Ask for Beatrix Namewell"}, note="Their words")
    assert names(ask(client, "/services", search="namewell")) == {"Église Hub"}
    people.withdraw_consent(acting, person.id)
    assert names(ask(client, "/services", search="namewell")) == set()
    assert "Namewell" not in client.get(f"{PREFIX}/services").text


def test_a_new_activity_is_served_and_the_partner_as_a_whole_no_longer(
    register: Register, client: TestClient, ids: dict[str, str]
) -> None:
    ask(client, "/services")
    entries.add(steward(register), "activity", {"partner_id": ids["hub"], "name": "Tea"})
    assert "Tea" in names(ask(client, "/services")) and "Église Hub" not in names(ask(client, "/services"))


def test_who_asks_too_often_is_told_how_long_to_wait_and_nobody_else_is_kept(register: Register) -> None:
    now = [0.0]
    limits = RequestLimits(per_minute=60, burst=3, clock=lambda: now[0])
    app = feed_app(register, limits)
    with TestClient(app, client=("192.0.2.1", 1)) as client:
        assert [client.get(f"{PREFIX}/services").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = client.get(f"{PREFIX}/services/x")
        assert (
            answer.status_code == 429
            and answer.headers["retry-after"] == "1"
            and answer.headers["cache-control"] == "no-store"
        )
        assert TestClient(app, client=("192.0.2.2", 1)).get(f"{PREFIX}/services").status_code == 200
        now[0] = 1.0
        assert [client.get(f"{PREFIX}/services").status_code for _ in range(2)] == [200, 429]


def test_the_limits_remember_a_bounded_number_of_clients() -> None:
    limits = RequestLimits(most_clients=100, clock=lambda: 0.0)
    for number in range(1_000):
        assert limits.wait(str(number)) == 0
    assert len(limits._held) == 100


def test_a_register_that_cannot_be_read_is_a_503_and_a_fault_of_ours_a_500_without_a_traceback(
    register: Register, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from register.errors import LockedError
    from register.open_referral_directory import RegisterDirectory

    def fail(error: Exception) -> None:
        def entries_(_: RegisterDirectory) -> None:
            raise error

        monkeypatch.setattr(RegisterDirectory, "entries", entries_)

    fail(LockedError("The register (register.sqlite) is busy."))
    answer = client.get(f"{PREFIX}/services")
    assert answer.status_code == 503 and answer.headers["retry-after"] and "sqlite" not in answer.text
    fail(ZeroDivisionError("secret detail"))
    answer = client.get(f"{PREFIX}/services")
    assert answer.status_code == 500 and "secret detail" not in answer.text and "Traceback" not in answer.text
    assert answer.json()["status"] == 500


def test_other_sites_may_read_it_and_the_description_is_linked(client: TestClient) -> None:
    answer = client.get(f"{PREFIX}/services")
    assert answer.headers["access-control-allow-origin"] == "*" and 'rel="service-desc"' in answer.headers["link"]
    described = ask(client, "/openapi.json")
    assert described["openapi"].startswith("3.0") and described["servers"] == [{"url": PREFIX}]


def test_as_the_server_mounts_it_nothing_is_opened_until_somebody_asks(
    register: Register, ids: dict[str, str], atlas: Atlas
) -> None:
    opened: list[str] = []

    def open_it() -> Register:
        opened.append("register")
        return register

    app = Starlette(routes=served(open_it, lambda: atlas))
    assert opened == []
    client = TestClient(app)
    assert names(ask(client, "/services")) == LISTED_SERVICES and opened
    assert names(ask(client, "/services", postcode="E1 1JQ", proximity=17)) == {
        "Blood pressure checks",
        "Vaccination clinic",
    }
    (area,) = ask(client, f"/services/{ids['refuge']}")["service_areas"]
    assert area["name"] == "Newham"
    assert "Scotland" in refused(client, "/services", postcode="EH1 1YZ")["detail"]
    assert ask(client, "/taxonomy_terms")["total_items"] == len(fixed_terms()) + 1


def test_without_a_register_nothing_is_listed_and_one_that_cannot_be_opened_is_a_503(atlas: Atlas) -> None:
    def cannot() -> Register:
        raise SettingError("The folder for the register cannot be made.")

    assert ask(TestClient(Starlette(routes=served(lambda: None, lambda: atlas))), "/services")["empty"]
    answer = TestClient(Starlette(routes=served(cannot, lambda: atlas))).get(f"{PREFIX}/services")
    assert answer.status_code == 503 and "folder" not in answer.text


def test_st_app_takes_the_routes(register: Register, ids: dict[str, str], tmp_path: Path) -> None:
    import streamlit as st

    script = tmp_path / "screen.py"
    script.write_text("import streamlit as st\nst.write('Here')\n", encoding="utf-8")
    app = st.App(script, routes=served(lambda: register, Atlas))
    with TestClient(app) as client:
        assert names(ask(client, "/services")) == LISTED_SERVICES
        assert client.get(PREFIX).json()["version"] == "HSDS-UK-3.0"
        assert client.get(f"{PREFIX}/nowhere").status_code == 404
        assert client.get("/_stcore/health").status_code == 200
