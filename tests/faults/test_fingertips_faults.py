"""Each fault of a Fingertips that misbehaves: one sentence for a person, the detail for the log, bounded time and memory, the last good answer."""

from __future__ import annotations

import logging
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from data_loaders.errors import (
    AnswerCutShortError,
    AnswerTooLargeError,
    AskedTooOftenError,
    CertificateNotTrustedError,
    QuestionRefusedError,
    ServerFaultError,
    SourceTimedOutError,
    SourceUnavailableError,
    SourceUnreachableError,
    UnexpectedAnswerError,
)
from data_loaders.fingertips import Fingertips
from data_loaders.http_session import HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from tests.fingertips_server import FakeTime, FingertipsServer

LIMITS = Limits(connect=2, read=2, total=60, most_bytes=3_000_000)
HASTE = Limits(connect=1, read=0.3, total=1.0, attempts=2, first_wait=0.1)
DATA = "all_data"
ICB, PCN = "E54000901", "pcn"


@pytest.fixture
def server() -> Iterator[FingertipsServer]:
    with FingertipsServer() as running:
        yield running


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


def client(server: FingertipsServer, fake: FakeTime, folder: Path | None = None, limits: Limits = LIMITS) -> Fingertips:
    kept = KeptAnswers(folder) if folder else None
    return Fingertips(HttpSession("Fingertips", kept, limits, pause=fake.pause, clock=fake.clock, now=fake.now), [server.url])


def one_sentence(error: SourceUnavailableError) -> str:
    """The message, once it is seen to be a sentence for a person and nothing of the machinery's."""
    said = str(error)
    assert said == error.sentence and said[0].isupper() and said.endswith(".") and "\n" not in said
    assert said.count(". ") == 0, "one sentence"
    assert len(said) < 300
    for machinery in ("Traceback", "Error", "Exception", "urllib3", "http://", "HTTPConnection", "0x"):
        assert machinery not in said
    assert error.details, "the log has the detail"
    return said


# mischief, its options, how the error is typed, what the person reads of it
FAULTS = [
    ("500", {}, ServerFaultError, "has a fault of its own (status 500)"),
    ("500", {"status": 503}, ServerFaultError, "has a fault of its own (status 503)"),
    ("400", {}, QuestionRefusedError, "refused the question (status 400)"),
    ("429", {"retry_after": 7_200}, AskedTooOftenError, "asks us to slow down: try again after 11:30 UTC on 20 August 2026"),
    ("429", {"retry_after": "Fri, 21 Aug 2026 08:00:00 GMT"}, AskedTooOftenError, "try again after 08:00 UTC on 21 August 2026"),
    ("429", {}, AskedTooOftenError, "asks us to slow down: try again in an hour or so"),
    ("cut", {}, AnswerCutShortError, "was cut off half-way"),
    ("cut chunked", {}, AnswerCutShortError, "was cut off half-way"),
    ("cut unannounced", {}, AnswerCutShortError, "was cut off half-way"),
    ("drop", {}, SourceUnreachableError, "could not be reached"),
    ("html", {}, UnexpectedAnswerError, "answered with a web page instead of data"),
    ("html as csv", {}, UnexpectedAnswerError, "answered with a web page instead of data"),
    ("empty", {}, UnexpectedAnswerError, "answered with an empty table instead of values that it says it has"),
    ("headings only", {}, UnexpectedAnswerError, "answered with an empty table instead of values that it says it has"),
    ("rename", {"column": "Value"}, UnexpectedAnswerError, "lacks the column 'Value'"),
    ("missing", {"column": "Area Code"}, UnexpectedAnswerError, "lacks the column 'Area Code'"),
    ("gigabyte", {}, AnswerTooLargeError, "is over 3 MB and was dropped"),
    ("gigabyte announced", {}, AnswerTooLargeError, "is over 3 MB and was dropped"),
    ("redirect", {"address": "https://example.org/"}, UnexpectedAnswerError, "a redirect to another site"),
]  # fmt: skip
NAMES = [f"{kind} {options}" for kind, options, *_ in FAULTS]


@pytest.mark.parametrize(("kind", "options", "expected", "words"), FAULTS, ids=NAMES)
def test_a_fault_is_one_sentence(
    server: FingertipsServer, fake: FakeTime, kind: str, options: dict[str, object], expected: type[SourceUnavailableError], words: str
) -> None:
    server.misbehave(DATA, kind, **options)
    with pytest.raises(expected) as caught:
        client(server, fake).fetch(["219"], PCN, ICB)
    assert words in one_sentence(caught.value)
    assert server.count(DATA) <= LIMITS.attempts


@pytest.mark.parametrize(("kind", "options"), [fault[:2] for fault in FAULTS if fault[2] is not QuestionRefusedError], ids=[
    name for name, fault in zip(NAMES, FAULTS, strict=True) if fault[2] is not QuestionRefusedError
])  # fmt: skip
def test_the_last_good_answer_is_given_instead_whole_and_with_its_date(
    server: FingertipsServer, fake: FakeTime, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str, options: dict[str, object]
) -> None:
    good = client(server, fake, tmp_path).fetch(["219"], PCN, ICB)
    fake.wind(timedelta(days=2))
    server.misbehave(DATA, kind, **options)
    with caplog.at_level(logging.WARNING):
        stale = client(server, fake, tmp_path).fetch(["219"], PCN, ICB)
    pd.testing.assert_frame_equal(stale.values, good.values)
    pd.testing.assert_frame_equal(stale.set_aside, good.set_aside)
    assert good.stale_since is None and stale.stale_since is not None
    assert abs(stale.stale_since - good.asked_at) < timedelta(seconds=1)
    assert stale.stale_because.endswith(".") and "Fingertips" in stale.stale_because
    assert stale.stale_because in caplog.text
    server.behave()
    fake.wind(timedelta(days=7))
    fresh = client(server, fake, tmp_path).fetch(["219"], PCN, ICB)
    assert fresh.stale_since is None and fresh.asked_at > stale.asked_at


@pytest.mark.parametrize("kind", ["500", "429", "cut", "cut chunked", "cut unannounced", "drop", "html", "empty", "headings only"])
def test_a_fault_that_passes_is_not_noticed(server: FingertipsServer, fake: FakeTime, kind: str) -> None:
    good = client(server, fake).fetch(["219"], PCN, ICB)
    server.misbehave(DATA, kind, times=2)
    again = client(server, fake).fetch(["219"], PCN, ICB)
    pd.testing.assert_frame_equal(again.values, good.values)
    assert again.stale_since is None
    assert server.count(DATA) == 4


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("slow", {"seconds": 20}),
        ("slow headers", {"seconds": 0.02}),
        ("drip", {"seconds": 0.02}),
        ("drip", {"seconds": 0.02, "announced": False}),
    ],
)
def test_a_slow_server_ends_with_the_time_limit(server: FingertipsServer, kind: str, options: dict[str, object]) -> None:
    """Each byte of a drip comes well within the read timeout: only the limit on the whole question ends it."""
    asking = Fingertips(HttpSession("Fingertips", limits=HASTE), [server.url])
    asking.available(["219"])
    server.misbehave(DATA, kind, **options)
    started = time.monotonic()
    with pytest.raises(SourceTimedOutError, match="had not answered fully after") as caught:
        asking.fetch(["219"], "icb", "E92000001")
    assert "1 seconds" in one_sentence(caught.value) or "0 seconds" in str(caught.value)
    # Not a measurement: without the limit the drip alone would take minutes.
    assert time.monotonic() - started < 15


def test_a_gigabyte_is_dropped_at_the_cap_without_being_held(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave(DATA, "gigabyte", bytes=1_000_000_000)
    asking = client(server, fake)
    asking.available(["219"])
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLargeError):
            asking.fetch(["219"], PCN, ICB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * LIMITS.most_bytes
    assert server.bytes_sent < 50_000_000, "what was on its way when the line was closed, not the rest of the gigabyte"
    assert server.count(DATA) == 1


def test_a_gigabyte_that_is_announced_is_not_even_begun(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave(DATA, "gigabyte announced", bytes=1_000_000_000)
    with pytest.raises(AnswerTooLargeError):
        client(server, fake).fetch(["219"], PCN, ICB)
    assert server.bytes_sent < 50_000_000


def test_a_bad_certificate_is_never_accepted(fake: FakeTime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with FingertipsServer(tls=tmp_path) as server:
        with pytest.raises(CertificateNotTrustedError) as caught:
            client(server, fake).fetch(["219"], PCN, ICB)
        assert "could not prove that it is Fingertips" in one_sentence(caught.value)
        assert server.requests == []


@pytest.mark.parametrize(
    ("kind", "options"),
    [("extra", {}), ("rename", {"column": "Column not used", "to": "Compared to PCNs value"}), ("missing", {"column": "New data"})],
)
def test_a_change_of_columns_that_does_not_matter_is_not_noticed(
    server: FingertipsServer, fake: FakeTime, kind: str, options: dict[str, str]
) -> None:
    good = client(server, fake).fetch(["219"], "icb", "E92000001")
    server.misbehave(DATA, kind, **options)
    pd.testing.assert_frame_equal(client(server, fake).fetch(["219"], "icb", "E92000001").values, good.values)


def test_one_bad_row_never_sinks_the_answer(server: FingertipsServer, fake: FakeTime) -> None:
    good = client(server, fake).fetch(["219"], "icb", "E92000001")
    _, _, body = server.fingertips.answer("all_data/csv/by_indicator_id", server.requests[-1].query)
    lines = body.decode().splitlines()
    spoilt = next(number for number, line in enumerate(lines) if "nE54000902" in line)
    cells = lines[spoilt].split(",")
    lines[spoilt] = ",".join([*cells[:12], "twelve", *cells[13:]])
    server.misbehave(DATA, "body", content="\n".join(lines).encode())
    fetched = client(server, fake).fetch(["219"], "icb", "E92000001")
    assert len(fetched.values) == len(good.values) - 1
    assert fetched.set_aside.loc[fetched.set_aside["row"] == spoilt, "reason"].tolist() == ["its Value is not a number"]


def test_when_the_list_of_area_types_cannot_be_had_the_recorded_ids_do(
    server: FingertipsServer, fake: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    server.misbehave("area_types", "500")
    fetched = client(server, fake).fetch(["219"], PCN, ICB)
    assert set(fetched.values["level"]) == {"england", "pcn"}
    assert "the recorded ids are used" in caplog.text and "the usual nesting is used" in caplog.text
    asked = server.requests[-1].query
    assert asked["child_area_type_id"] == ["204"] and asked["parent_area_type_id"] == ["221"] and asked["parent_area_code"] == ["nE54000901"]


def test_without_polarities_there_is_metadata_with_none(server: FingertipsServer, fake: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    server.misbehave("indicator_metadata/csv", "rename", column="Polarity", to="Direction")
    described = client(server, fake).metadata(["219"])
    assert described[["name", "polarity", "polarity_source"]].values.tolist() == [["Made-up indicator 219", "", ""]]
    assert "No polarity is read" in caplog.text
