"""Each fault of an Overpass server: one sentence, nothing half taken, the last whole answer in its place, and no hammering."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_loaders.atlas import Atlas
from data_loaders.errors import AnswerCutShortError, AskedTooOftenError, SourceUnavailableError, UnexpectedAnswerError
from data_loaders.http_session import HttpSession
from data_loaders.kept_answers import KeptAnswers
from data_loaders.overpass import LIMITS, HalfAnswerError, fetch, read, whole
from data_loaders.placing import Placing
from tests.asset_servers.overpass import BUSY, OUT_OF_MEMORY, TIMED_OUT, Element, OverpassServer
from tests.fingertips_server import FakeTime

CODE = "E09000030"
SMALL = replace(LIMITS, connect=2, read=5, most_bytes=300_000)
HASTE = replace(SMALL, read=0.3, total=1.0, attempts=2, first_wait=0.1)
FAULTS: list[tuple[str, dict[str, Any], str, int]] = [
    # what goes wrong, how, what is said, how often it is asked
    ("504", {}, "has a fault of its own (status 504)", 3),
    ("429", {}, "asks us to slow down: try again in an hour or so", 3),
    ("429", {"retry_after": 3_600}, "asks us to slow down: try again after 10:30 UTC on 20 August 2026", 1),
    ("400", {}, "refused the question (status 400): check that COMMON_GROUND_OVERPASS", 1),
    ("remark", {"remark": TIMED_OUT}, "only a part of its answer (the time that it gives to one question ran out)", 1),
    ("remark", {"remark": TIMED_OUT, "keep": 0}, "only a part of its answer (the time that it gives to one question ran out)", 1),
    ("remark", {"remark": OUT_OF_MEMORY}, "only a part of its answer (the memory that it gives to one question ran out)", 1),
    ("remark", {"remark": "runtime error: load_shared"}, "only a part of its answer (it reported an error)", 1),
    ("remark", {"remark": {"odd": "shape"}}, "only a part of its answer (it reported an error)", 1),
    ("areas alone", {}, "only a part of its answer (it named not one place)", 1),
    ("html", {}, "answered with a web page", 3),
    ("html as json", {}, "answered with a web page", 3),
    ("cut", {}, "was cut off half-way", 3),
    ("cut unannounced", {}, "was cut off half-way", 3),
    ("drop", {}, "could not be reached", 3),
    ("gigabyte", {}, "was dropped", 1),
    ("slow", {"seconds": 3}, "had not answered fully after", 2),
]
NAMES = [f"{kind} {' '.join(str(value)[:24] for value in options.values())}".strip() for kind, options, *_ in FAULTS]
STANDING = [one for one in FAULTS if one[0] != "400"]  # a refusal is the answer: nothing stands in for it
STANDING_NAMES = [name for name in NAMES if name != "400"]


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


@pytest.fixture
def server() -> Iterator[OverpassServer]:
    elements: list[Element] = [
        {"type": "node", "id": number, "lat": 51.5203, "lon": -0.0293, "tags": {"amenity": "library", "name": f"Example Library {number}"}}
        for number in range(1, 21)
    ]
    with OverpassServer(elements, {CODE: lambda _: True}) as running:
        yield running


def asking(fake: FakeTime, kept: Path | None = None, *, slow: bool = False) -> HttpSession:
    answers = KeptAnswers(kept) if kept is not None else None
    return HttpSession("OpenStreetMap", answers, HASTE if slow else SMALL, pause=fake.pause, clock=fake.clock, now=fake.now)


def one_sentence(said: str) -> None:
    assert said[0].isupper() and said.endswith(".") and said.count(". ") == 0 and "\n" not in said and len(said) < 400
    for machinery in ("Traceback", "Error", "Exception", "http://", "line 1", "Dispatcher", "None", "<", "indicator", "figures"):
        assert machinery not in said


@pytest.mark.parametrize(("kind", "options", "words", "times"), FAULTS, ids=NAMES)
def test_a_fault_is_one_sentence_and_nothing_half_is_taken(
    server: OverpassServer, placing: Placing, tmp_path: Path, kind: str, options: dict[str, Any], words: str, times: int
) -> None:
    server.misbehave("", kind, **options)
    fake = FakeTime()
    with pytest.raises(SourceUnavailableError) as caught:
        fetch(asking(fake, tmp_path, slow=kind == "slow"), CODE, placing, hosts=[server.url])
    assert words in str(caught.value)
    one_sentence(str(caught.value))
    assert len(server.questions) == times
    if kind != "slow":
        assert all(pause >= 5 for pause in fake.pauses), "a busy server is given time"

    server.behave()  # and nothing of it was kept
    fake.wind(timedelta(hours=2))
    got = fetch(asking(fake, tmp_path), CODE, placing, hosts=[server.url])
    assert len(server.questions) == times + 1
    assert len(got.records) == 20 and got.stale_because == ""


@pytest.mark.parametrize(("kind", "options", "words", "times"), STANDING, ids=STANDING_NAMES)
def test_the_last_whole_answer_stands_in_and_says_so(
    server: OverpassServer, placing: Placing, tmp_path: Path, kind: str, options: dict[str, Any], words: str, times: int
) -> None:
    fake = FakeTime()
    good = fetch(asking(fake, tmp_path), CODE, placing, hosts=[server.url])
    fake.wind(timedelta(days=9))
    if options.get("retry_after"):
        words = "asks us to slow down: try again after 10:30 UTC on 29 August 2026"
    server.misbehave("", kind, **options)
    got = fetch(asking(fake, tmp_path, slow=kind == "slow"), CODE, placing, hosts=[server.url])
    pd.testing.assert_frame_equal(got.records, good.records)
    assert got.asked_at is not None and good.asked_at is not None and abs(got.asked_at - good.asked_at) < timedelta(minutes=1)
    assert words in got.stale_because
    one_sentence(got.stale_because)


def test_a_server_that_is_busy_for_a_moment_is_asked_again(server: OverpassServer, placing: Placing) -> None:
    fake = FakeTime()
    server.misbehave("", "504", times=2)
    got = fetch(asking(fake), CODE, placing, hosts=[server.url])
    assert len(got.records) == 20 and len(server.questions) == 3
    assert len(fake.pauses) == 2 and 5 <= fake.pauses[0] <= fake.pauses[1] + 5


def test_retry_after_is_obeyed_to_the_second_and_beyond_the_question(server: OverpassServer, placing: Placing) -> None:
    fake = FakeTime()
    server.misbehave("", "429", times=1, retry_after=30)
    session = asking(fake)
    assert len(fetch(session, CODE, placing, hosts=[server.url]).records) == 20
    assert fake.pauses == [pytest.approx(30, abs=1.5)]
    server.misbehave("", "429", times=1, retry_after=3_600)
    for _ in range(3):
        with pytest.raises(AskedTooOftenError):
            fetch(session, "E09000025", placing, hosts=[server.url])
    assert len(server.questions) == 3, "asked once, then left alone as it wished"


def test_another_server_answers_where_the_first_is_down(server: OverpassServer, placing: Placing) -> None:
    with OverpassServer([], {}) as broken:
        broken.misbehave("", "504")
        got = fetch(asking(FakeTime()), CODE, placing, hosts=[broken.url, server.url])
        assert len(got.records) == 20 and (len(broken.questions), len(server.questions)) == (1, 1)


def test_a_mere_remark_is_a_note(server: OverpassServer, placing: Placing) -> None:
    server.misbehave("", "remark", remark="runtime remark: Timeout is 120 seconds.", keep=21)
    got = fetch(asking(FakeTime()), CODE, placing, hosts=[server.url])
    assert len(got.records) == 20 and got.notes == ("The server of OpenStreetMap remarked: Timeout is 120 seconds.",)


def test_no_beginning_of_an_answer_is_ever_whole(server: OverpassServer) -> None:
    body = json.dumps(server.header() | {"elements": server.elements}).encode()
    assert len(whole(body).elements) == 20
    for end in range(0, len(body), 7):
        with pytest.raises((AnswerCutShortError, UnexpectedAnswerError)):
            whole(body[:end])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "text that is not JSON"),
        (BUSY, "a web page"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "a web page"),
        (b"[]", "JSON without a list of elements"),
        (b'{"elements": {}}', "JSON without a list of elements"),
        (b'{"elements": []}', "does not say of what day"),
        (b'{"osm3s": {"timestamp_osm_base": "yesterday"}, "elements": []}', "does not say of what day"),
        (b"[" * 100_000, "text that is not JSON"),
        (b'{"id": ' + b"9" * 10_000 + b"}", "was cut off half-way"),
        (b'{"elements": "\xff\xfe"}', "was cut off half-way"),
    ],
    ids=["empty", "page", "page with a mark", "list", "object", "no day", "odd day", "deep", "long number", "bytes"],
)
def test_a_file_in_another_form_is_said(placing: Placing, content: bytes, words: str) -> None:
    with pytest.raises(SourceUnavailableError) as caught:
        read(content, CODE, placing)
    assert words in str(caught.value)
    one_sentence(str(caught.value))


def test_one_bad_element_among_good_ones_is_set_aside_alone(server: OverpassServer, placing: Placing) -> None:
    bad: list[Any] = [None, 7, "x", [], {}, {"type": "node", "id": 1e3}, {"type": "way", "id": 5, "tags": {"amenity": 3}, "center": []}]
    body = json.dumps(server.header() | {"elements": [*server.elements, *bad]}).encode()
    got = read(body, CODE, placing)
    assert (len(got.records), len(got.set_aside), got.found) == (20, len(bad), 20 + len(bad))


def test_a_half_answer_is_never_read_from_a_file_either(server: OverpassServer, placing: Placing) -> None:
    body = json.dumps(server.header() | {"elements": server.elements, "remark": TIMED_OUT}).encode()
    with pytest.raises(HalfAnswerError):
        read(body, CODE, placing)
