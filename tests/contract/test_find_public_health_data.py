"""The successor's adapter against a server that speaks its contract: the same typed frame, the same figures, by a setting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from data_loaders.errors import NotPublishedError, QuestionRefusedError, ServerFaultError, UnexpectedAnswerError
from data_loaders.find_public_health_data import MOST_AREAS, FindPublicHealthData
from data_loaders.fingertips import Fingertips
from data_loaders.http_session import HttpSession, Limits
from data_loaders.indicator_source import IndicatorSource
from data_loaders.indicator_sources import open_source
from data_loaders.indicator_values import INDICATOR_COLUMNS, KEY, POLARITIES, VALUE_COLUMNS
from data_loaders.observations import read_observations
from tests.fingertips_server import FakeTime, FingertipsServer

ENGLAND, ICB = "E92000001", "E54000901"
OBSERVATION = {
    "fromDate": "2023-04-01", "toDate": "2024-03-31", "value": 15.2, "lowerCi95": 15.1, "upperCi95": 15.3, "lowerCi998": None, "upperCi998": None,
    "count": 9_500_000, "denominator": 62_500_000, "notes": [], "dimensions": [],
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[FingertipsServer]:
    with FingertipsServer() as running:
        yield running


def session(name: str = "Find Public Health Data") -> HttpSession:
    fake = FakeTime()
    return HttpSession(name, None, Limits(connect=2, read=10), pause=fake.pause, clock=fake.clock, now=fake.now)


def adapter(server: FingertipsServer) -> FindPublicHealthData:
    return FindPublicHealthData(session(), [server.url])


def observed(*changes: dict[str, object], code: str = ENGLAND) -> tuple[pd.DataFrame, pd.DataFrame]:
    area = {"areaCode": code, "areaName": "Somewhere", "observations": [{**OBSERVATION, **change} for change in changes]}
    return read_observations([area], "219", {code: "ICBs"})


@pytest.mark.parametrize(("level", "within"), [("pcn", ICB), ("icb", ENGLAND), ("authority", ENGLAND), ("practice", "U99001"), ("icb", ICB)])
def test_both_services_give_the_same_values(server: FingertipsServer, level: str, within: str) -> None:
    """What one figure is must not depend on the setting: every number, period and note that both publish is the same."""
    both: list[IndicatorSource] = [Fingertips(session("Fingertips"), [server.url]), adapter(server)]
    frames = [source.fetch(["219", "246"], level, within).values for source in both]
    shared = ["indicator_id", "area_code", "level", "sex", "category", "period", "period_sortable", "period_years", "note", "denominator", "count"]
    numbers = ["value", "lower_95", "upper_95", "lower_998", "upper_998"]
    old, new = (frame.sort_values(list(KEY), ignore_index=True) for frame in frames)
    pd.testing.assert_frame_equal(new[shared], old[shared])
    pd.testing.assert_frame_equal(new[numbers], old[numbers], atol=1e-6)
    assert list(new.columns) == list(VALUE_COLUMNS) and dict(new.dtypes) == dict(old.dtypes)
    assert set(new["origin"]) == {"find-public-health-data"} and set(old["origin"]) == {"fingertips"}
    assert not new.duplicated(list(KEY)).any()


def test_areas_are_asked_for_by_the_twenty_for_the_rest_would_be_left_out_silently(server: FingertipsServer) -> None:
    fetched = adapter(server).fetch(["219"], "practice", ENGLAND)
    asked = [request.query for request in server.requests if request.path.endswith("/data")]
    assert [len(query["area_code"]) for query in asked] == [20, 17]
    assert max(len(query["area_code"]) for query in asked) <= MOST_AREAS
    assert all(query["area_code"] == query["areaCode"] for query in asked)
    assert fetched.values.loc[fetched.values["level"] == "practice", "area_code"].nunique() == 36


def test_england_alone_is_one_object_and_not_a_list(server: FingertipsServer) -> None:
    fetched = adapter(server).fetch(["219"], "england", ENGLAND)
    assert set(fetched.values["area_code"]) == {ENGLAND}
    assert (fetched.values["category_type"] != "").sum() == 3 * 6


def test_metadata_has_polarity_unit_and_multiplier(server: FingertipsServer) -> None:
    described = adapter(server).metadata(["219", "253", "254", "256", "999999", "ons-x"])
    assert {name: str(kind) for name, kind in described.dtypes.items()} == INDICATOR_COLUMNS
    assert described["indicator_id"].tolist() == ["219", "253", "254", "256"]
    assert described["polarity"].tolist() == ["blue orange blue", "high is good", "not applicable", "low is good"]
    assert set(described["polarity"]) == set(POLARITIES)
    assert described.iloc[0][["unit", "multiplier", "value_type", "interval_method", "data_source", "updated", "polarity_source"]].tolist() == [
        "%", 100.0, "Proportion", "Wilson Score method", "Made up for tests", "2026-04-20", "Find Public Health Data, 2026-08-20",
    ]  # fmt: skip


def test_later_forms_of_unit_and_polarity_are_read_too(server: FingertipsServer) -> None:
    detail = {"shortId": 108, "name": "Mortality", "unit": None, "polarity": "lower-is-better", "areaTypes": [{"name": "GPs", "areaCount": 1}]}
    server.misbehave("indicators/108", "body", content=json.dumps(detail).encode(), content_type="application/json")
    described = adapter(server).metadata(["108"]).iloc[0]
    assert (described["polarity"], described["unit"]) == ("low is good", "")
    for label, multiplier in (("per 100,000", 100_000.0), ("per 1,000", 1_000.0), ("%", 100.0)):
        server.misbehave("indicators/108", "body", content=json.dumps({**detail, "unit": {"name": label, "label": label}}).encode())
        assert adapter(server).metadata(["108"]).iloc[0]["multiplier"] == multiplier


def test_availability_comes_from_the_names_of_area_types(server: FingertipsServer) -> None:
    assert adapter(server).available(["219", "245", "999999"]) == {
        "219": frozenset({"england", "region", "county", "authority", "pcn", "practice", "icb", "sub_icb", "nhs_region"}),
        "245": frozenset({"england", "region", "county", "authority"}),
        "999999": frozenset(),
    }


def test_what_is_not_published_is_named_with_where_it_is(server: FingertipsServer) -> None:
    fetched = adapter(server).fetch(["219", "245"], "pcn", ICB)
    assert fetched.absent == {"245": "Indicator 245 is not published for PCNs: it is for local authorities, counties, regions and England."}
    with pytest.raises(NotPublishedError, match="publishes nothing under indicator 999999: check its number"):
        adapter(server).fetch(["999999"], "pcn", ICB)


def test_a_service_that_does_not_say_what_lies_where_is_asked_within_england(server: FingertipsServer) -> None:
    server.misbehave("areas/parents", "400", status=404)
    with pytest.raises(QuestionRefusedError, match="does not say which PCNs lie within E54000901: ask for them within England"):
        adapter(server).fetch(["219"], "pcn", ICB)
    assert not adapter(server).fetch(["219"], "pcn", ENGLAND).values.empty


def test_an_observation_without_dimensions_is_the_headline() -> None:
    values, set_aside = observed(
        {},
        {"dimensions": [{"type": "Sex", "value": "Male"}]},
        {"dimensions": [{"type": "Age", "value": "<75 yrs"}, {"type": "Sex", "value": "Female"}]},
        {"dimensions": [{"type": "Ethnic group", "value": "Asian"}, {"type": "Age", "value": "<75 yrs"}]},
        {"dimensions": [{"type": "Deprivation", "value": "Decile 1"}, {"type": "Ethnic group", "value": "Asian"}]},
    )
    assert set_aside.empty
    assert values[["sex", "age", "category_type", "category"]].values.tolist() == [
        ["Persons", "", "", ""],
        ["Male", "", "", ""],
        ["Female", "<75 yrs", "", ""],
        ["Persons", "<75 yrs", "Ethnic group", "Asian"],
        ["Persons", "", "Deprivation; Ethnic group", "Decile 1; Asian"],
    ]


def test_notes_are_joined_and_an_empty_value_is_not_zero() -> None:
    notes = [{"text": "Value suppressed", "category": "disclosure"}, {"text": "Small numbers", "category": "quality"}]
    values, _ = observed({"value": None, "count": None, "notes": notes}, {"value": 0, "fromDate": "2022-04-01", "toDate": "2023-03-31"})
    assert values["value"].isna().tolist() == [True, False] and values["value"].iloc[1] == 0.0
    assert values["note"].tolist() == ["Value suppressed; Small numbers", ""]
    assert values["period"].tolist() == ["2023/24", "2022/23"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fromDate": "soon"}, "its fromDate is not a date"),
        ({"toDate": None}, "its toDate is not a date"),
        ({"toDate": "2020-01-01"}, "its toDate is before its fromDate"),
        ({"value": "15.2"}, "its value is not a number"),
        ({"value": True}, "its value is not a number"),
        ({"upperCi95": float("inf")}, "its upperCi95 is not a number"),
        ({"dimensions": "Sex"}, "its dimensions are not a list of types and values"),
        ({"dimensions": [{"type": "Sex"}]}, "its dimensions are not a list of types and values"),
        ({}, "another observation has the same area, sex, age, category and period"),
    ],
)
def test_an_observation_that_cannot_be_read_is_set_aside(change: dict[str, object], reason: str) -> None:
    values, set_aside = observed({}, change)
    assert len(values) == 1 and set_aside["row"].tolist() == [2]
    assert reason in set_aside["reason"].iloc[0]


def test_a_prefix_is_taken_off_and_the_area_type_kept() -> None:
    values, _ = observed({}, code="nE54000029")
    assert values[["area_code", "level"]].values.tolist() == [["E54000029", "icb"]]


@pytest.mark.parametrize("content", [b"{}", b"[]", b'[{"areaCode": "E92000001"}]', b'{"areaCode": "E1", "observations": {}}', b"[1]", b"not json"])
def test_json_of_another_shape_is_refused_or_empty(server: FingertipsServer, content: bytes) -> None:
    server.misbehave("/data", "body", content=content, content_type="application/json")
    if content == b"[]":
        fetched = adapter(server).fetch(["219"], "icb", ENGLAND)
        assert fetched.values.empty and "gave no value of it" in fetched.absent["219"]
    else:
        with pytest.raises(UnexpectedAnswerError):
            adapter(server).fetch(["219"], "icb", ENGLAND)


def test_its_faults_are_named_after_it(server: FingertipsServer) -> None:
    server.misbehave("indicators", "500")
    with pytest.raises(ServerFaultError, match="Find Public Health Data has a fault of its own"):
        adapter(server).metadata(["219"])


def test_the_day_fingertips_closes_is_a_setting(server: FingertipsServer, tmp_path: Path) -> None:
    settings = {
        "COMMON_GROUND_DATA": str(tmp_path),
        "COMMON_GROUND_INDICATORS": "find-public-health-data",
        "COMMON_GROUND_FIND_PUBLIC_HEALTH_DATA_URL": server.url,
    }
    source = open_source(settings)
    assert source.name == "DHSC Find Public Health Data"
    assert not source.fetch(["219"], "pcn", ICB).values.empty
    assert server.count("all_data") == 0
