"""The Fingertips client against a server that speaks its formats: what is asked, what comes out, and what is said of what does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from data_loaders.errors import NotPublishedError, QuestionRefusedError, SettingError
from data_loaders.find_public_health_data import FindPublicHealthData
from data_loaders.fingertips import HOSTS, Fingertips
from data_loaders.fingertips_areas import RECORDED, AreaType, levels_by_type, read_area_types, types_by_level
from data_loaders.fingertips_metadata import polarity, read_polarities
from data_loaders.fingertips_pages import AREA_TYPE_IDS, page_address
from data_loaders.http_session import HttpSession, Limits
from data_loaders.indicator_source import MOST_INDICATORS, IndicatorSource
from data_loaders.indicator_sources import open_source
from data_loaders.indicator_values import INDICATOR_COLUMNS, KEY, POLARITIES, VALUE_COLUMNS
from tests.fingertips_server import Areas, FakeTime, Figures, FingertipsServer

ENGLAND, ICB = "E92000001", "E54000901"
DATA = "all_data/csv/by_indicator_id"


@pytest.fixture
def server() -> Iterator[FingertipsServer]:
    with FingertipsServer() as running:
        yield running


def client(server: FingertipsServer) -> Fingertips:
    fake = FakeTime()
    return Fingertips(HttpSession("Fingertips", None, Limits(connect=2, read=10), pause=fake.pause, clock=fake.clock, now=fake.now), [server.url])


def asked(server: FingertipsServer) -> list[dict[str, str]]:
    """The questions for data, each parameter once."""
    return [{name: value[0] for name, value in request.query.items()} for request in server.requests if request.path == DATA]


def test_the_pcns_of_an_icb_are_asked_for_under_it_and_come_with_england(server: FingertipsServer) -> None:
    fetched = client(server).fetch(["219", "253"], "pcn", ICB)
    assert asked(server) == [
        {"indicator_ids": "219,253", "child_area_type_id": "204", "parent_area_type_id": "221", "parent_area_code": "nE54000901"}
    ]
    assert list(fetched.values.columns) == list(VALUE_COLUMNS)
    assert {name: str(kind) for name, kind in fetched.values.dtypes.items()} == VALUE_COLUMNS
    pcns = fetched.values[fetched.values["level"] == "pcn"]
    assert sorted(pcns["area_code"].unique()) == ["U99001", "U99002", "U99003", "U99004"]
    assert set(pcns["parent_code"]) == {ICB}
    assert set(fetched.values["area_code"]) - set(pcns["area_code"]) == {ENGLAND}
    assert not fetched.values.duplicated(list(KEY)).any()
    assert fetched.values.groupby(["indicator_id", "area_code"])["period"].nunique().eq(6).all(), "every period"
    assert fetched.stale_since is None and fetched.absent == {}
    assert fetched.address.startswith(server.url + DATA) and "nE54000901" in fetched.address


def test_rows_in_are_rows_out_and_rows_set_aside(server: FingertipsServer) -> None:
    fetched = client(server).fetch(["219", "253"], "pcn", ICB)
    _, _, body = server.fingertips.answer(DATA, server.requests[-1].query)
    lines = body.decode().splitlines()[1:]
    assert len(lines) == len(fetched.values) + len(fetched.set_aside)
    assert fetched.set_aside["row"].is_unique and fetched.set_aside["row"].between(1, len(lines)).all()
    assert (fetched.set_aside["reason"].str.len() > 10).all()
    england = fetched.set_aside["reason"].str.startswith("England's row comes twice")
    assert england.sum() == 2 * 6
    assert all("nE54000901" in lines[row - 1].split(",")[4] for row in fetched.set_aside.loc[~england, "row"]), "the ICB's own rows"


def test_values_are_those_that_the_server_published(server: FingertipsServer) -> None:
    values = client(server).fetch(["219"], "icb", ENGLAND).values
    area = server.areas.by_code["nE54000902"]
    figures = server.figures.figures("219", area, "Persons")
    got = values[(values["area_code"] == "E54000902") & (values["sex"] == "Persons")].sort_values("period_sortable")
    assert got["value"].tolist() == pytest.approx([figure.value for figure in figures], abs=1e-6)
    assert got["lower_95"].tolist() == pytest.approx([figure.lower for figure in figures], abs=1e-6)
    assert got["count"].tolist() == [figure.count for figure in figures]
    assert got["period"].tolist()[-1] == "2023/24" and got["period_years"].tolist() == [1] * 6


def test_suppressed_values_come_with_their_note_and_without_a_number(server: FingertipsServer) -> None:
    values = client(server).fetch([str(number) for number in range(211, 260)], "pcn", ENGLAND).values
    suppressed = values[values["value"].isna()]
    assert len(suppressed) > 20
    assert set(suppressed["note"]) == {"Value suppressed for disclosure control due to small count"}
    assert suppressed["count"].isna().all() and (suppressed["denominator"] > 0).all()


def test_breakdowns_have_a_category_and_headlines_none(server: FingertipsServer) -> None:
    values = client(server).fetch(["219"], "icb", ENGLAND).values
    breakdowns = values[values["category_type"] != ""]
    assert set(breakdowns["area_code"]) == {ENGLAND} and breakdowns["category"].nunique() == 3
    assert (values.loc[values["category_type"] == "", "category"] == "").all()


def test_an_authority_is_asked_for_with_the_districts_or_else_with_the_counties(server: FingertipsServer) -> None:
    fetched = client(server).fetch(["219", "240", "241"], "authority", ENGLAND)
    assert [(one["indicator_ids"], one["child_area_type_id"]) for one in asked(server)] == [("219,241", "501"), ("240", "502")]
    assert set(fetched.values["level"]) == {"england", "authority"}
    by_indicator = fetched.values[fetched.values["level"] == "authority"].groupby("indicator_id")["area_code"].nunique()
    assert by_indicator.to_dict() == {"219": 6, "241": 6, "240": 4}, "districts have no value of an upper-tier indicator"
    assert not fetched.values.duplicated(list(KEY)).any()


@pytest.mark.parametrize(
    ("level", "within", "parent", "areas"),
    [
        ("practice", "U99001", ("204", "U99001"), 3),
        ("practice", ICB, ("221", "nE54000901"), 12),
        ("sub_icb", ICB, ("221", "nE54000901"), 2),
        ("pcn", "E38000911", ("66", "nE38000911"), 2),
        ("authority", "E12000901", ("6", "E12000901"), 3),
        ("icb", "E40000901", ("223", "E40000901"), 1),
        ("county", ENGLAND, ("15", ENGLAND), 1),
        ("england", ENGLAND, ("15", ENGLAND), 0),
        ("pcn", "U99005", ("15", ENGLAND), 1),
        ("icb", ICB, ("15", ENGLAND), 1),
    ],
)
def test_the_parent_that_is_asked_under(server: FingertipsServer, level: str, within: str, parent: tuple[str, str], areas: int) -> None:
    fetched = client(server).fetch(["219"], level, within)
    assert [(one["parent_area_type_id"], one["parent_area_code"]) for one in asked(server)] == [parent]
    assert fetched.values.loc[fetched.values["level"] == level, "area_code"].nunique() == (areas or 1)
    assert set(fetched.values["level"]) == {level, "england"}


def test_a_parent_that_is_not_offered_is_looked_up_and_england_asked(server: FingertipsServer) -> None:
    """Authorities within a county: no such parent is offered, but the list of children may know."""
    server.misbehave(
        "parent_to_child_areas", "body", content=b'{"E10000901": ["E07000901", "E07000902"]}', content_type="application/json"
    )
    fetched = client(server).fetch(["219"], "authority", "E10000901")
    assert [one["parent_area_code"] for one in asked(server)] == [ENGLAND]
    assert set(fetched.values.loc[fetched.values["level"] == "authority", "area_code"]) == {"E07000901", "E07000902"}
    assert fetched.set_aside["reason"].str.contains("not one that was asked for").sum() == 4 * 6


def test_a_place_that_fingertips_does_not_nest_is_refused_in_words(server: FingertipsServer) -> None:
    with pytest.raises(QuestionRefusedError, match="does not say which local authorities lie within E54000901: ask for them within England"):
        client(server).fetch(["219"], "authority", ICB)
    assert asked(server) == []


def test_what_is_published_is_asked_first_and_once(server: FingertipsServer) -> None:
    asking = client(server)
    assert asking.available(["219", "245", "999999"]) == {
        "219": frozenset({"england", "region", "county", "authority", "pcn", "practice", "icb", "sub_icb", "nhs_region"}),
        "245": frozenset({"england", "region", "county", "authority"}),
        "999999": frozenset(),
    }
    asking.fetch(["219", "253"], "pcn", ICB)
    asking.fetch(["219", "253"], "icb", ENGLAND)
    assert server.count("available_data") == 4
    assert [request.path for request in server.requests].index(DATA) > 3


def test_indicators_that_are_not_there_are_named_with_where_they_are(server: FingertipsServer) -> None:
    fetched = client(server).fetch(["219", "245", "999999", "ons-smokers"], "pcn", ICB)
    assert set(fetched.values["indicator_id"]) == {"219"}
    assert fetched.absent == {
        "245": "Indicator 245 is not published for PCNs: it is for local authorities, counties, regions and England.",
        "999999": "Fingertips publishes nothing under indicator 999999: check its number.",
        "ons-smokers": "Fingertips publishes nothing under indicator ons-smokers: check its number.",
    }
    assert [one["indicator_ids"] for one in asked(server)] == ["219"]


@pytest.mark.parametrize(
    ("ids", "said", "levels"),
    [
        (["245"], "Indicator 245 is not published for PCNs: it is for local authorities, counties, regions and England.", {"county", "england"}),
        (["999999"], "Fingertips publishes nothing under indicator 999999: check its number.", set()),
        (["245", "999999"], "None of the 2 indicators is published for PCNs.", {"county", "england"}),
    ],
)
def test_nothing_published_is_said_before_anything_is_asked(server: FingertipsServer, ids: list[str], said: str, levels: set[str]) -> None:
    with pytest.raises(NotPublishedError) as caught:
        client(server).fetch(ids, "pcn", ICB)
    assert str(caught.value) == said
    assert levels <= caught.value.levels
    assert asked(server) == []


def test_an_indicator_that_is_promised_and_not_given_is_named(server: FingertipsServer) -> None:
    asking = client(server)
    asking.available(["219", "253"])
    server.figures.published["253"] = frozenset({15})
    fetched = asking.fetch(["219", "253"], "pcn", ICB)
    assert fetched.absent == {"253": "Fingertips says that indicator 253 is published for PCNs but gave no row of it."}


def test_a_hundred_indicators_are_one_request_and_more_are_refused(server: FingertipsServer) -> None:
    ids = [str(number) for number in range(1, 400) if number % 5][:MOST_INDICATORS]
    client(server).fetch(ids, "pcn", ICB)
    assert server.count(DATA) == 1
    with pytest.raises(ValueError, match="101 indicators"):
        client(server).fetch([*ids, "999"], "pcn", ICB)


def test_metadata_joins_the_csvs_polarity_to_the_json(server: FingertipsServer) -> None:
    described = client(server).metadata(["219", "253", "254", "256", "999999"])
    assert {name: str(kind) for name, kind in described.dtypes.items()} == INDICATOR_COLUMNS
    assert described["indicator_id"].tolist() == ["219", "253", "254", "256"], "one that does not exist has no row"
    assert described["polarity"].tolist() == ["blue orange blue", "high is good", "not applicable", "low is good"]
    assert set(described["polarity_source"]) == {"Fingertips indicator metadata, 2026-08-20"}
    assert described.iloc[0][["unit", "multiplier", "value_type", "year_type", "interval_method", "data_source", "updated"]].tolist() == [
        "%", 100.0, "Proportion", "Financial", "Wilson Score method", "Made up for tests", "2024-09-24",
    ]  # fmt: skip
    assert described["definition"].iloc[0] == "Made-up people of whom <219> is said.", "tags are gone, what was escaped is text"


def test_metadata_of_many_is_asked_for_by_the_hundred(server: FingertipsServer) -> None:
    assert len(client(server).metadata([str(number) for number in range(1, 251)])) == 250
    assert server.count("indicator_metadata/by_indicator_id") == server.count("indicator_metadata/csv/by_indicator_id") == 3
    assert client(server).metadata([]).empty


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("RAG - Low is good   ", "low is good"), ("RAG - High is good", "high is good"), ("Not applicable      ", "not applicable"),
        ("BOB - Blue orange blue", "blue orange blue"), ("rag - low is good", "low is good"), ("", ""), (None, ""), ("Sideways is good", ""),
    ],
)  # fmt: skip
def test_polarity_as_it_is_written(written: str | None, read: str) -> None:
    assert polarity(written) == read
    assert read == "" or read in POLARITIES


def test_polarities_are_read_past_quotes_and_rows_that_are_broken() -> None:
    body = b'\xef\xbb\xbfIndicator ID,Definition,Polarity\n1,"a, ""b""\nc",RAG - Low is good\n2,short\n3,d,Not applicable\n'
    assert read_polarities(body, "Fingertips") == {"1": "low is good", "3": "not applicable"}


def test_area_types_are_found_by_name_whatever_their_ids_are_now(server: FingertipsServer) -> None:
    """Boundaries change: a new type for PCNs and one for districts, the old ones still listed."""
    listed = [
        {"Id": 15, "Short": "England"}, {"Id": 904, "Short": "PCNs (v. 01/04/26)", "Name": "Primary Care Network"},
        {"Id": 921, "Short": "ICBs (from Apr 2026)"}, {"Id": 221, "Short": "ICBs (pre Apr 2026)"}, {"Id": 66, "Short": "ICB sub-locations"},
        {"Id": 501, "Short": "Districts & UAs (2023/24-2026/27)"}, {"Id": 601, "Short": "Districts & UAs (from Apr 2027)"},
        {"Id": 502, "Short": "Counties & UAs (from Apr 2023)"}, {"Id": "x"}, {"Short": "?"}, None,
    ]  # fmt: skip
    types = types_by_level(read_area_types(listed))
    assert {level: [one.id for one in those] for level, those in types.items()} == {
        "england": [15], "icb": [921, 221], "sub_icb": [66], "county": [502], "authority": [601, 501, 502], "pcn": [904],
    }  # fmt: skip
    assert levels_by_type(types)[502] == {"county", "authority"}


def test_a_new_id_is_used_and_the_old_one_only_where_it_is_missing(server: FingertipsServer, caplog: pytest.LogCaptureFixture) -> None:
    types = b'[{"Id": 15, "Short": "England"}, {"Id": 501, "Short": "PCNs (v. 01/04/26)"}]'
    server.misbehave("area_types", "body", content=types, content_type="application/json")
    with caplog.at_level(logging.WARNING):
        ids = client(server).area_type_ids()
    assert ids["pcn"] == 501 and ids["icb"] == 221
    assert "ICBs" in caplog.text and "the recorded ids are used" in caplog.text


def test_the_recorded_ids_are_those_of_the_api_annex(shared_data: Path) -> None:
    annex = pd.read_csv(shared_data / "fingertips/api_annex_2024-04/AreaTypeIDs.csv", skiprows=2)
    ids = dict(zip(annex["AreaTypeID"], annex["AreaType"], strict=True))
    assert {one.id: one.short for one in RECORDED} == {one.id: ids[one.id] for one in RECORDED}
    everything = [AreaType(row.AreaTypeID, row.AreaType, row.AreaTypeFull) for row in annex.itertuples()]
    found = types_by_level(everything)
    assert {level: types[0].id for level, types in found.items()} == AREA_TYPE_IDS, "the whole annex resolves to the same, old types and all"
    assert [one.id for one in found["authority"]] == [501, 401, 301, 201, 101, 502, 402, 302, 202, 102]


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        (("219",), "https://fingertips.phe.org.uk/search/219#page/3/gid/1/iid/219"),
        (("219", 204), "https://fingertips.phe.org.uk/search/219#page/3/gid/1/pat/15/par/E92000001/ati/204/iid/219"),
        (
            ("219", AREA_TYPE_IDS["icb"], "E54000029"),
            "https://fingertips.phe.org.uk/search/219#page/3/gid/1/pat/15/par/E92000001/ati/221/are/nE54000029/iid/219",
        ),
        (("219", 501, "E09000030/../x"), "https://fingertips.phe.org.uk/search/219#page/3/gid/1/pat/15/par/E92000001/ati/501/are/E09000030%2F..%2Fx/iid/219"),
        (("ons-smokers", 501), ""),
        (("<script>", 501), ""),
    ],
)
def test_an_indicators_page_is_built_without_asking(arguments: tuple[str, int, str], address: str) -> None:
    assert page_address(*arguments) == address


def test_the_source_is_chosen_by_a_setting(tmp_path: Path) -> None:
    here = {"COMMON_GROUND_DATA": str(tmp_path)}
    for chosen in ({}, {"COMMON_GROUND_INDICATORS": "fingertips"}):
        source: IndicatorSource = open_source({**here, **chosen})
        assert isinstance(source, Fingertips) and source.origin == "fingertips"
        assert source._hosts == HOSTS
    successor = {"COMMON_GROUND_INDICATORS": "find-public-health-data", "COMMON_GROUND_FIND_PUBLIC_HEALTH_DATA_URL": "https://phd.example/api"}
    source = open_source({**here, **successor})
    assert isinstance(source, FindPublicHealthData) and source._hosts == ("https://phd.example/api/",)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"COMMON_GROUND_INDICATORS": "phe"}, "COMMON_GROUND_INDICATORS is 'phe'; it may be fingertips .* or find-public-health-data"),
        ({"COMMON_GROUND_INDICATORS": "find-public-health-data"}, "COMMON_GROUND_FIND_PUBLIC_HEALTH_DATA_URL must say where that is"),
        ({"COMMON_GROUND_FINGERTIPS_URL": "http://fingertips.phe.org.uk/api/"}, "FINGERTIPS_URL must hold addresses that start with https"),
        ({"COMMON_GROUND_DATA": "here"}, "COMMON_GROUND_DATA is 'here', which is not an absolute path"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        open_source(environment)


def test_a_source_from_settings_asks_and_keeps(server: FingertipsServer, tmp_path: Path) -> None:
    environment = {"COMMON_GROUND_DATA": str(tmp_path), "COMMON_GROUND_FINGERTIPS_URL": server.url}
    first = open_source(environment).fetch(["219"], "pcn", ICB)
    asked_once = server.count()
    second = open_source(environment).fetch(["219"], "pcn", ICB)
    pd.testing.assert_frame_equal(first.values, second.values)
    assert server.count() == asked_once and any((tmp_path / "http-cache").iterdir())
    assert second.asked_at == first.asked_at or (second.asked_at - first.asked_at).total_seconds() < 1


def test_the_second_of_two_addresses_serves_when_the_first_is_down(server: FingertipsServer, tmp_path: Path) -> None:
    with FingertipsServer() as other:
        server.misbehave("", "500")
        environment = {"COMMON_GROUND_DATA": str(tmp_path), "COMMON_GROUND_FINGERTIPS_URL": f"{server.url} {other.url}"}
        limits = Limits(first_wait=0.01)
        assert not open_source(environment, limits).fetch(["219"], "pcn", ICB).values.empty
        assert server.count() == 1 and other.count() > 2


def test_the_made_up_figures_are_the_same_every_time() -> None:
    areas = Areas.made_up()
    pcn = areas.by_code["U99001"]
    assert Figures(seed=1).figures("219", pcn, "Persons") == Figures(seed=1).figures("219", pcn, "Persons")
    assert Figures(seed=1).figures("219", pcn, "Persons") != Figures(seed=2).figures("219", pcn, "Persons")


def test_the_recorded_response_comes_through_the_client_whole(shared_data: Path) -> None:
    """7,610 recorded rows: 1,191 PCNs and 6,343 of their practices, and England."""
    with FingertipsServer(shared_data) as server:
        server.figures.published["93930"] = frozenset({7})
        server.misbehave("parent_to_child", "500")
        asking = client(server)
        answer = asking._values(AreaType(7, "GPs"), ["93930"], 204, ENGLAND)
        assert (answer.value.rows, len(answer.value.values)) == (7_610, 7_610)
        assert answer.value.values["level"].value_counts().to_dict() == {"practice": 6_343, "pcn": 1_191, "england": 76}
        ids = {level: len(areas) for level, areas in server.areas.by_level.items()}
        assert (ids["pcn"], ids["icb"], ids["practice"]) == (1_284, 42, 6_363)
        pcns = client(server).fetch(["219"], "pcn", "E54000029").values
        assert pcns.loc[pcns["level"] == "pcn", "area_code"].nunique() > 40
