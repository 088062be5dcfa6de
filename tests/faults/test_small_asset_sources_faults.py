"""Each fault of the smaller sources: one sentence, bounded memory and attempts, the last good answer, and nothing half."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_loaders import ace_libraries, charity_register, givefood, gla_community_centres
from data_loaders.asset_source import AssetsRead
from data_loaders.charity_areas import AreaNames
from data_loaders.errors import (
    AnswerCutShortError,
    AnswerTooLargeError,
    AskedTooOftenError,
    QuestionRefusedError,
    ServerFaultError,
    SourceUnavailableError,
    SourceUnreachableError,
    UnexpectedAnswerError,
)
from data_loaders.http_session import HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.zipped_tables import Bounds
from tests.asset_servers.charities import TABLES, CharitiesServer, charity, packed, zipped
from tests.asset_servers.givefood import GiveFoodServer, location
from tests.asset_servers.places import small_placing
from tests.fingertips_server import FakeTime
from tests.local_server import LocalServer

LIMITS = Limits(connect=2, read=2, total=60, most_bytes=3_000_000)
NAMES = AreaNames.of_atlas(
    pd.DataFrame(
        {
            "lad24cd": ["E09000025", "E06000010"],
            "lad24nm": ["Newham", "Kingston upon Hull, City of"],
            "utlanm": ["Newham", "Kingston upon Hull, City of"],
        }
    )
)
Fetch = Callable[[HttpSession], AssetsRead]


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


@pytest.fixture(params=["givefood", "charities"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[LocalServer, Fetch, str]]:
    """A server, a way to ask it, and a part of the path of its second question."""
    placing = small_placing(tmp_path)
    if request.param == "givefood":
        with GiveFoodServer() as food:
            yield food, lambda session: givefood.fetch(session, placing, [food.api]), "locations"
    else:
        with CharitiesServer() as register:
            yield register, lambda session: charity_register.fetch(session, placing, NAMES, addresses=[register.data]), "classification"


def session(fake: FakeTime, folder: Path | None = None) -> HttpSession:
    kept = KeptAnswers(folder) if folder else None
    return HttpSession("Example Source", kept, LIMITS, pause=fake.pause, clock=fake.clock, now=fake.now)


def one_sentence(error: SourceUnavailableError) -> str:
    said = str(error)
    assert said[0].isupper() and said.endswith(".") and "\n" not in said and ". " not in said and len(said) < 300
    assert not [word for word in ("Traceback", "Exception", "http://", "0x") if word in said]
    return said


FAULTS: list[tuple[str, dict[str, Any], type[SourceUnavailableError]]] = [
    ("500", {"status": 503}, ServerFaultError),
    ("429", {"retry_after": 3600}, AskedTooOftenError),
    ("400", {"status": 404}, QuestionRefusedError),
    ("cut", {}, AnswerCutShortError),
    ("cut chunked", {}, AnswerCutShortError),
    ("cut unannounced", {}, AnswerCutShortError),
    ("drop", {}, SourceUnreachableError),
    ("html", {}, UnexpectedAnswerError),
    ("gigabyte", {}, AnswerTooLargeError),
    ("gigabyte announced", {}, AnswerTooLargeError),
    ("redirect", {"address": "http://169.254.169.254/latest/"}, UnexpectedAnswerError),
    ("redirect", {"address": "file:///etc/passwd"}, UnexpectedAnswerError),
]
NAMES_OF_FAULTS = [f"{kind} {options}" for kind, options, _ in FAULTS]


@pytest.mark.parametrize(("kind", "options", "expected"), FAULTS, ids=NAMES_OF_FAULTS)
def test_a_fault_of_the_second_question_leaves_nothing_half(
    source: tuple[LocalServer, Fetch, str], fake: FakeTime, kind: str, options: dict[str, Any], expected: type[SourceUnavailableError]
) -> None:
    server, fetch, second = source
    server.misbehave(second, kind, **options)
    with pytest.raises(expected) as caught:
        fetch(session(fake))
    one_sentence(caught.value)
    assert server.count(second) <= LIMITS.attempts
    assert not [request for request in server.requests if "169.254" in request.path]


STAND_INS = [fault for fault in FAULTS if fault[2] is not QuestionRefusedError]


@pytest.mark.parametrize(("kind", "options", "expected"), STAND_INS, ids=[f"{kind} {options}" for kind, options, _ in STAND_INS])
def test_the_last_good_answer_stands_in_and_says_so(
    source: tuple[LocalServer, Fetch, str],
    fake: FakeTime,
    tmp_path: Path,
    kind: str,
    options: dict[str, Any],
    expected: type[SourceUnavailableError],
) -> None:
    server, fetch, second = source
    good = fetch(session(fake, tmp_path / "kept"))
    fake.wind(timedelta(days=2))
    server.misbehave(second, kind, **options)
    stale = fetch(session(fake, tmp_path / "kept"))
    assert stale.stale_because.endswith(".") and good.stale_because == ""
    assert stale.asked_at is not None and good.asked_at is not None and stale.asked_at - good.asked_at < timedelta(minutes=5)
    columns = [column for column in good.records.columns if column != "source_date"]
    pd.testing.assert_frame_equal(stale.records[columns], good.records[columns])


def test_a_passing_fault_is_asked_again(source: tuple[LocalServer, Fetch, str], fake: FakeTime) -> None:
    server, fetch, second = source
    server.misbehave(second, "cut", times=1)
    assert len(fetch(session(fake)).records) == 3 and server.count(second) == 2


def test_nothing_that_is_too_large_is_held(source: tuple[LocalServer, Fetch, str], fake: FakeTime) -> None:
    server, fetch, second = source
    server.misbehave(second, "gigabyte", bytes=300_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLargeError):
            fetch(session(fake))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


ANSWERS: dict[str, tuple[object, str]] = {
    "empty": ([], "an empty list"),
    "an object": ({"detail": "gone"}, "JSON that is not a list"),
    "renamed": ([{"title": "Example", "where": "here"}] * 4, "4 of 4 rows without a name and a position"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_of_another_form_is_refused_and_never_kept(fake: FakeTime, tmp_path: Path, kind: str) -> None:
    answer, words = ANSWERS[kind]
    with GiveFoodServer() as server:
        server.misbehave("foodbanks", "body", content=json.dumps(answer).encode(), content_type="application/json")
        for _ in range(2):
            with pytest.raises(UnexpectedAnswerError) as caught:
                givefood.fetch(session(fake, tmp_path / "kept"), small_placing(tmp_path), [server.api])
            assert words in one_sentence(caught.value)


def test_bad_rows_in_a_good_answer_cost_themselves_alone(fake: FakeTime, tmp_path: Path) -> None:
    with GiveFoodServer() as server:
        server.food_banks[1] = {"name": None}
        server.locations += ["text", {"name": "Example", "foodbank": {}}, location("Example North", "Example Library", "E15 1AC")]
        found = givefood.fetch(session(fake), small_placing(tmp_path), [server.api])
    assert len(found.records) == 3 and found.found == 6
    assert found.set_aside[["row", "problem"]].to_numpy().tolist() == [
        ["food bank 2", "it has no name"],
        ["location 2", "it is not a record"],
        ["location 3", "it has no name"],
    ]


BOMBS: dict[str, tuple[bytes, type[SourceUnavailableError], str]] = {
    "bomb": (packed({"t.json": b"[" + b" " * 100_000_000}), UnexpectedAnswerError, "unpacks to far more than any register would"),
    "large": (zipped([charity(number, "Example") for number in range(4_000)]), AnswerTooLargeError, "is over 2 MB and was dropped"),
    "cut": (zipped(TABLES["charity"])[:-40], AnswerCutShortError, "cut off half-way"),
    "renamed": (zipped([{"name": "Example"}]), UnexpectedAnswerError, "a table without the column 'date_of_extract'"),
    "not a zip": (b"\x00" * 1_000, AnswerCutShortError, "cut off half-way"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_zip_that_is_a_trap_is_refused_within_bounds(fake: FakeTime, tmp_path: Path, kind: str) -> None:
    body, expected, words = BOMBS[kind]
    placing = small_placing(tmp_path)
    bounds = Bounds(most_unpacked=2_000_000) if kind == "large" else None
    with CharitiesServer() as server:
        server.zips["charity"] = body
        tracemalloc.start()
        try:
            with pytest.raises(expected) as caught:
                charity_register.fetch(session(fake), placing, NAMES, addresses=[server.data], bounds=bounds)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert words in one_sentence(caught.value)
        assert server.count("classification") == 0 and peak < 150_000_000


@pytest.mark.parametrize("module", [ace_libraries, gla_community_centres])
@pytest.mark.parametrize(("body", "words"), [
    (b"name,postcode\nExample,E15 1AA\n", "a table without the column"), (b"", "a table without the column"),
    (b"\xff\xfe\x00\x01", "text that cannot be read as a table"),
])  # fmt: skip
def test_a_table_of_another_form_is_refused(module: Any, fake: FakeTime, tmp_path: Path, body: bytes, words: str) -> None:
    with LocalServer() as server:
        server.misbehave("", "body", content=body, content_type="text/csv")
        with pytest.raises(UnexpectedAnswerError) as caught:
            module.fetch(session(fake), small_placing(tmp_path), [f"{server.url}table.csv"])
    assert words in one_sentence(caught.value)
