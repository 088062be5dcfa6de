"""Overpass by its published form: what is asked, that whole answers become the snapshot's own records, and when it is asked again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.asset_records import RECORD_COLUMNS
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError, SourceUnavailableError
from data_loaders.http_session import USER_AGENT, HttpSession
from data_loaders.kept_answers import KeptAnswers
from data_loaders.overpass import ADDRESS, LIMITS, SOURCE, AreaNotFoundError, addresses, fetch, question, read, session
from data_loaders.placing import Placing
from tests.asset_servers.overpass import Element, OverpassServer
from tests.fingertips_server import FakeTime

TOWER_HAMLETS, NEWHAM = "E09000030", "E09000025"
BOX = (-0.09, 51.48, 0.02, 51.55)
TAGS = {
    "Christian": "christian", "Muslim": "muslim", "Jewish": "jewish", "Sikh": "sikh", "Hindu": "hindu", "Buddhist": "buddhist",
}  # fmt: skip


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


@pytest.fixture(scope="module")
def worship(atlas: Atlas) -> pd.DataFrame:
    """The snapshot's places of worship of two boroughs."""
    frame = atlas.snapshot.table("community_assets")
    return frame[frame["source"].eq("OpenStreetMap") & frame["lad24cd"].isin([TOWER_HAMLETS, NEWHAM])].reset_index(drop=True)


@pytest.fixture(scope="module")
def elements(worship: pd.DataFrame) -> list[Element]:
    """The same as Overpass gives them, with some neighbours of other kinds that are made up."""
    found: list[Element] = []
    for row in worship.to_dict("records"):
        _, kind, number = row["asset_id"].split("/")
        at = {"lat": row["latitude"], "lon": row["longitude"]}
        tags = {"amenity": "place_of_worship", "religion": TAGS[row["faith_tradition"]]}
        tags |= {"name": row["name"]} if isinstance(row["name"], str) else {}
        found.append({"type": kind, "id": int(number), **(at if kind == "node" else {"center": at}), "tags": tags})
    here = {"lat": 51.5203, "lon": -0.0293}
    others = [
        {"amenity": "community_centre", "name": "Example Centre"}, {"amenity": "library", "name": "Example Library"},
        {"amenity": "food_bank", "name": "Example Food Bank"}, {"social_facility": "food_bank", "office": "charity"}, {"club": "scout"},
        {"building": "church_hall"}, {"amenity": "social_facility", "social_facility": "outreach"}, {"community_centre": "youth_centre"},
        {"amenity": "social_club"}, {"amenity": "place_of_worship", "religion": "multifaith"}, {"amenity": "cafe; community_centre"},
        {"amenity": "place_of_worship", "religion": "jain"},
    ]  # fmt: skip
    found += [{"type": "node", "id": 90_000_000_000 + number, **here, "tags": tags} for number, tags in enumerate(others)]
    found += [{"type": "node", "id": 91_000_000_000, **here, "tags": {"amenity": "pub", "name": "Example Arms"}}]
    return found


@pytest.fixture
def server(elements: list[Element], worship: pd.DataFrame) -> Iterator[OverpassServer]:
    inside = {code: set(worship.loc[worship["lad24cd"] == code, "asset_id"]) for code in (TOWER_HAMLETS, NEWHAM)}

    def lies_in(code: str) -> Callable[[Element], bool]:
        return lambda one: f"osm/{one['type']}/{one['id']}" in inside[code] or (code == TOWER_HAMLETS and one["id"] >= 90_000_000_000)

    with OverpassServer(elements, {code: lies_in(code) for code in inside}) as running:
        yield running


def asking(fake: FakeTime, kept: Path | None = None) -> HttpSession:
    answers = KeptAnswers(kept) if kept is not None else None
    return HttpSession("OpenStreetMap", answers, LIMITS, pause=fake.pause, clock=fake.clock, now=fake.now)


def test_one_polite_question_an_authority(server: OverpassServer, placing: Placing) -> None:
    fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url])
    assert len(server.questions) == 1 and [one.headers["User-Agent"] for one in server.requests] == [USER_AGENT]
    asked = server.questions[0]
    assert re.match(r"\[out:json\]\[timeout:\d+\]\[maxsize:\d+\];", asked)
    assert 'area["ref:gss"="E09000030"]' in asked and asked.endswith("out tags center;")
    assert "meta" not in asked, "nobody needs to know who mapped it"
    assert len(asked) < 2_000


def test_the_snapshots_own_assets_come_back_under_the_same_ids(server: OverpassServer, placing: Placing, worship: pd.DataFrame) -> None:
    got = fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url])
    expected = worship[worship["lad24cd"] == TOWER_HAMLETS].set_index("asset_id")
    records = got.records.set_index("asset_id")
    assert set(expected.index) <= set(records.index)
    same = records.loc[expected.index]
    for column in ("name", "faith_tradition", "category", "lad24cd", "source", "licence"):
        assert same[column].fillna("").tolist() == expected[column].fillna("").tolist(), column
    assert np.hypot(same["easting"] - expected["easting"], same["northing"] - expected["northing"]).max() < 1.0
    assert (same["lsoa21cd"] == expected["lsoa21cd"]).mean() > 0.8, "by the nearest postcode against point in polygon"
    assert same["faith_tradition"].eq("Muslim").sum() == expected["faith_tradition"].eq("Muslim").sum() >= 28


def test_every_category_is_asked_for_and_the_pub_is_not(server: OverpassServer, placing: Placing) -> None:
    got = fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url])
    made_up = got.records[got.records["asset_id"].str.startswith("osm/node/9000")]
    assert made_up["category"].value_counts().to_dict() == {
        "community centre": 2, "library": 1, "food bank": 2, "youth or social club": 3, "village or church hall": 1, "social facility": 1,
        "place of worship": 2,
    }  # fmt: skip
    assert set(made_up["category"]) == set(SOURCE.categories)
    assert got.set_aside.empty and "osm/node/91000000000" not in set(got.records["asset_id"])
    assert set(made_up["faith_tradition"].dropna()) == {"Multi-faith", "Jain"}


def test_the_answer_says_of_what_day_and_when(server: OverpassServer, placing: Placing) -> None:
    fake = FakeTime()
    got = fetch(asking(fake), TOWER_HAMLETS, placing, hosts=[server.url])
    assert got.published == "2026-08-16" and set(got.records["source_date"]) == {"2026-08-16"}
    assert got.asked_at is not None and got.asked_at.date() == fake.start.date() and got.stale_because == ""
    assert got.found == len(got.records) + len(got.set_aside)
    assert {name: str(kind) for name, kind in got.records.dtypes.items()} == RECORD_COLUMNS
    assert got.records["last_confirmed"].isna().all(), "the day of the data is no confirmation"
    assert (SOURCE.licence, SOURCE.attribution) == ("ODbL 1.0", "© OpenStreetMap contributors")


def test_what_overpass_says_lies_inside_stays_though_the_nearest_postcode_is_over_the_border(
    placing: Placing, worship: pd.DataFrame, elements: list[Element]
) -> None:
    newham = set(worship.loc[worship["lad24cd"] == NEWHAM, "asset_id"])
    few = [one for one in elements if f"osm/{one['type']}/{one['id']}" in newham][:3]
    with OverpassServer(few, {TOWER_HAMLETS: lambda _: True}) as server:
        got = fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url])
    assert len(got.records) == 3 and set(got.records["lad24cd"]) == {TOWER_HAMLETS}
    lads = dict(zip(placing.lsoa21cd, placing.lad24cd, strict=True))
    assert {lads[code] for code in got.records["lsoa21cd"]} == {TOWER_HAMLETS}


def test_an_area_that_is_not_known_is_asked_for_by_its_box_and_the_rest_of_the_box_set_aside(
    server: OverpassServer, placing: Placing, worship: pd.DataFrame
) -> None:
    del server.areas[TOWER_HAMLETS]
    got = fetch(asking(FakeTime()), TOWER_HAMLETS, placing, BOX, [server.url])
    assert len(server.questions) == 2 and "[bbox:51.48000,-0.09000,51.55000,0.02000]" in server.questions[1]
    inside = worship[worship["longitude"].between(BOX[0], BOX[2]) & worship["latitude"].between(BOX[1], BOX[3])]
    ours = set(inside.loc[inside["lad24cd"] == TOWER_HAMLETS, "asset_id"])
    recorded = set(got.records["asset_id"])
    assert len(ours & recorded) >= len(ours) - 1 > 90
    assert got.set_aside["problem"].str.contains("lies outside the authority E09000030").all() and len(got.set_aside) > 30
    assert got.found == len(inside) + 12 == len(got.records) + len(got.set_aside)


def test_an_area_that_is_not_known_and_has_no_box_is_said(server: OverpassServer, placing: Placing) -> None:
    with pytest.raises(AreaNotFoundError, match="OpenStreetMap knows no area with the code E06000099"):
        fetch(asking(FakeTime()), "E06000099", placing, hosts=[server.url])
    assert len(server.questions) == 1


def test_a_day_goes_by_before_an_authority_is_asked_for_again(server: OverpassServer, placing: Placing, tmp_path: Path) -> None:
    fake = FakeTime()
    first = fetch(asking(fake, tmp_path), TOWER_HAMLETS, placing, hosts=[server.url])
    fake.wind(timedelta(hours=23))
    again = fetch(asking(fake, tmp_path), TOWER_HAMLETS, placing, hosts=[server.url])
    assert len(server.questions) == 1 and again.stale_because == ""
    assert again.asked_at is not None and first.asked_at is not None and abs(again.asked_at - first.asked_at) < timedelta(minutes=1)
    pd.testing.assert_frame_equal(again.records, first.records)
    fetch(asking(fake, tmp_path), NEWHAM, placing, hosts=[server.url])
    assert len(server.questions) == 2, "another authority is another question"
    fake.wind(timedelta(hours=2))
    fetch(asking(fake, tmp_path), TOWER_HAMLETS, placing, hosts=[server.url])
    assert len(server.questions) == 3


def test_a_file_of_the_same_form_gives_the_same(server: OverpassServer, placing: Placing) -> None:
    live = fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url])
    body = json.dumps(server.answer(question(TOWER_HAMLETS))).encode()
    from_file = read(body, TOWER_HAMLETS, placing)
    pd.testing.assert_frame_equal(from_file.records, live.records)
    assert from_file.asked_at is None and from_file.published == live.published


def test_sensitive_records_are_counted_in_a_note(placing: Placing) -> None:
    refuge: Element = {
        "type": "node", "id": 7, "lat": 51.5203, "lon": -0.0293,
        "tags": {"amenity": "social_facility", "social_facility": "shelter", "social_facility:for": "women"},
    }  # fmt: skip
    with OverpassServer([refuge], {TOWER_HAMLETS: lambda _: True}) as server:
        got = fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url])
    assert got.notes == ("The place and name of 1 record is withheld: a refuge or the like.",)


def test_codes_that_changed_are_asked_for_under_both(placing: Placing) -> None:
    assert 'area["ref:gss"="E08000019"];area["ref:gss"="E08000039"];' in question("E08000019")


@pytest.mark.parametrize("code", ["E09000030\"];node", "E12000007", "W06000001", "", "e09000030", "E0900003"])
def test_only_a_code_is_put_into_the_question(code: str) -> None:
    with pytest.raises(ValueError, match="is not the code of a local authority in England"):
        question(code)


@pytest.mark.parametrize(
    "box", [(0.02, 51.48, -0.09, 51.55), (-0.09, 51.55, 0.02, 51.48), (-0.09, float("nan"), 0.02, 51.55), (51.48, -0.09, 51.55, 95.0)]
)
def test_only_a_box_is_put_into_the_question(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="is not a box"):
        question(TOWER_HAMLETS, box)


def test_the_address_is_a_setting() -> None:
    assert addresses({}) == (ADDRESS,) == ("https://overpass-api.de/api/interpreter",)
    given: dict[str, Any] = {"COMMON_GROUND_OVERPASS": "https://overpass.example.org/api/interpreter/ http://localhost:12345/api/interpreter"}
    assert addresses(given) == ("https://overpass.example.org/api/interpreter", "http://localhost:12345/api/interpreter")
    for bad in ("http://overpass.example.org/api", "file:///etc/passwd", "https://a:b@example.org/api"):
        with pytest.raises(SettingError, match="COMMON_GROUND_OVERPASS"):
            addresses({"COMMON_GROUND_OVERPASS": bad})


def test_an_address_that_is_no_overpass_is_said_in_words_of_this_source(server: OverpassServer, placing: Placing) -> None:
    with pytest.raises(SourceUnavailableError, match=r"refused the question \(status 404\): check that COMMON_GROUND_OVERPASS"):
        fetch(asking(FakeTime()), TOWER_HAMLETS, placing, hosts=[server.url.replace("interpreter", "elsewhere")])


def test_the_session_waits_longer_than_the_server_may_take_and_holds_little() -> None:
    own = session()
    seconds = int(re.findall(r"\[timeout:(\d+)\]", question(TOWER_HAMLETS))[0])
    assert own.limits.read > seconds and own.limits.total > own.limits.read
    assert own.limits.most_bytes <= 50_000_000 and own.limits.first_wait >= 5
    own.close()
