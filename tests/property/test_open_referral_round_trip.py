"""Whatever a table of community assets holds, it goes out as Open Referral UK, meets the schemas, and comes back the same."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from analysis.asset_records import RECORD_COLUMNS, as_records, joined
from analysis.vocabularies import (
    ACTIVITY_GROUPS,
    ASSET_CATEGORIES,
    CLINICAL_AREAS,
    DAYS,
    FAITH_KINDS,
    ORGANISATION_TYPES,
    TRADITIONS,
    WHO_FOR,
)
from data_loaders import open_referral_schemas as schemas
from data_loaders.atlas import Atlas
from data_loaders.open_referral_assets import documents
from data_loaders.open_referral_documents import WITHHELD
from data_loaders.open_referral_feed import read
from data_loaders.placing import Placing

TODAY = date(2026, 11, 25)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

_letters = st.characters(exclude_categories=("Cs", "Cc"))
words = st.text(_letters, min_size=1, max_size=40).map(str.strip).filter(bool)
maybe = st.none() | words
languages = st.sampled_from(["Bengali", "Polish", "British Sign Language", "Yiddish"])
areas = st.sampled_from(["E09000030", "E09000025", "E01035686", "U41089"])
websites = st.sampled_from(
    ["https://example.org", "http://www.example.org/café?a=b c".replace(" ", "+"), "https://example.org/%zz", "https://example.org/[x]",
     "https://example.org:443/a;b,c#top"]
)  # fmt: skip


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.lists(values, unique=True, max_size=3).map(joined)


def one_of(values: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


days_open = st.sets(st.sampled_from(DAYS)).map(lambda chosen: joined(day for day in DAYS if day in chosen))
record = st.fixed_dictionaries(
    {
        "asset_id": st.uuids().map(lambda one: f"osm/{one}"),
        "location_id": st.sampled_from(["osm/a", "osm/b"]),
        "name": maybe,
        "category": st.sampled_from(ASSET_CATEGORIES),
        "organisation_type": one_of(ORGANISATION_TYPES),
        "faith_kind": one_of(FAITH_KINDS),
        "faith_tradition": one_of(TRADITIONS),
        "denomination": maybe,
        "description": maybe,
        "activity_groups": several(st.sampled_from(ACTIVITY_GROUPS)),
        "clinical_areas": several(st.sampled_from(CLINICAL_AREAS)),
        "who_for": several(st.sampled_from(WHO_FOR)),
        "languages": several(languages),
        "opening": maybe | st.sampled_from(["Temporarily closed", "Temporarily closed; usually Mondays", "Temporarily closed, we think"]),
        "days": days_open,
        "space": maybe,
        "hosts": maybe,
        "service_area": several(areas | words.filter(lambda text: ";" not in text)),
        "postcode": st.none() | st.sampled_from(["E11JQ", "ZZ999ZZ"]),
        "uprn": st.none() | st.from_regex(r"[0-9]{1,12}", fullmatch=True),
        "charity_number": st.none() | st.from_regex(r"[0-9]{6,7}", fullmatch=True),
        "website": st.none() | websites,
        "sensitive": st.booleans(),
        "source": words,
        "licence": st.sampled_from(["ODbL 1.0", "OGL v3.0"]) | words,
        "source_date": st.sampled_from(["2026-08-16", "2023-12", "2023"]),
        "last_confirmed": st.none() | st.dates(date(2001, 1, 1), TODAY).map(pd.Timestamp),
        "confirmed_by_role": words,
        "place": st.integers(-1, 199),
    }
)


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


@pytest.fixture(scope="module")
def somewhere(atlas: Atlas) -> pd.DataFrame:
    """Real positions with what the snapshot says of them; the row -1 is none."""
    assets = pd.read_parquet(atlas.snapshot.path("community_assets"))
    columns = ["easting", "northing", "longitude", "latitude", "lsoa21cd", "lad24cd", "position_quality"]
    picked = assets.loc[assets["easting"].notna(), columns].sample(200, random_state=3).reset_index(drop=True)
    picked.loc[-1] = {"position_quality": "not located"}
    return picked


@FEW
@given(rows=st.lists(record, min_size=1, max_size=4, unique_by=lambda row: row["asset_id"]))
def test_a_table_comes_back_the_same(rows: list[dict[str, object]], somewhere: pd.DataFrame, placing: Placing) -> None:
    frame = pd.DataFrame([somewhere.loc[row["place"]].to_dict() | row for row in rows])
    records = as_records(frame)
    page = documents(records)
    checker = Draft202012Validator(schemas.schema_of("service"), validate_formats=True)
    for body in page["contents"]:
        assert [error.message for error in checker.iter_errors(body)] == []
        assert schemas.known(body, "service") == body, "nothing beside what the schema has"
    back = read(json.dumps(page).encode(), placing, TODAY)
    assert back.set_aside.empty
    expected = records.copy()
    hidden = expected["sensitive"]
    for column in WITHHELD:
        expected[column] = expected[column].mask(hidden)
    expected["position_quality"] = expected["position_quality"].mask(hidden, "not located")
    expected["location_id"] = expected["location_id"].mask(hidden, expected["asset_id"])
    expected["confirmed_by_role"] = expected["confirmed_by_role"].mask(expected["last_confirmed"].isna())
    pd.testing.assert_frame_equal(back.records, expected.astype(RECORD_COLUMNS), check_exact=True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(_letters, max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "name", "status", "service", "location", "service_at_locations", "attributes", "taxonomy_term", "organization",
                         "schedules", "byday", "latitude", "longitude", "location_type", "addresses", "languages", "service_areas", "url"]),
        inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


@FEW
@given(bodies=st.lists(json_values, min_size=1, max_size=4))
def test_nothing_that_a_feed_gives_is_lost_or_breaks_the_reading(bodies: list[object], placing: Placing) -> None:
    good = {"id": "00000001-0000-4000-8000-000000000001", "name": "Example", "status": "active"}
    found = read(json.dumps([*bodies, good]).encode(), placing, TODAY)
    assert found.found == len(found.records) + len(found.set_aside) >= len(bodies) + 1
    assert "Example" in set(found.records["name"])
    assert found.records["asset_id"].is_unique
