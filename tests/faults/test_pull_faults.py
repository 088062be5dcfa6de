"""Each fault of the publisher during a pull: one sentence that says what is shown instead and from when, and the last good layer whole."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data_loaders.fingertips import Fingertips
from data_loaders.http_session import HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.layers import Layer, Layers
from data_loaders.pull import Pulled, PullFailedError, pull
from data_loaders.pull_jobs import Job
from data_loaders.pull_places import PullPlace
from tests.fingertips_server import FakeTime, FingertipsServer

LIMITS = Limits(connect=2, read=2, total=60, attempts=2, first_wait=0.1, most_bytes=3_000_000)
HASTE = Limits(connect=1, read=0.3, total=1.0, attempts=2, first_wait=0.1, most_bytes=3_000_000)
DATA = "all_data"
ICB = "E54000901"
PLACE = PullPlace(ICB, "NHS Made-up ICB 1", {"pcn": [[(ICB,)]], "icb": [[("E92000001",)]]})
IDS = ["219", "253", "241"]
FAULTS = [
    ("500", {}, "has a fault of its own (status 500)"),
    ("400", {}, "refused the question (status 400)"),
    ("429", {"retry_after": 7_200}, "asks us to slow down: try again after"),
    ("cut", {}, "was cut off half-way"),
    ("cut chunked", {}, "was cut off half-way"),
    ("cut unannounced", {}, "was cut off half-way"),
    ("drop", {}, "could not be reached"),
    ("html", {}, "answered with a web page"),
    ("html as csv", {}, "answered with a web page"),
    ("empty", {}, "answered with an empty table"),
    ("headings only", {}, "answered with an empty table"),
    ("rename", {"column": "Value"}, "lacks the column 'Value'"),
    ("missing", {"column": "Area Code"}, "lacks the column 'Area Code'"),
    ("gigabyte", {}, "is over 3 MB and was dropped"),
    ("gigabyte announced", {}, "is over 3 MB and was dropped"),
    ("redirect", {"address": "https://example.org/"}, "a redirect to another site"),
    ("slow", {"seconds": 5}, "had not answered fully after"),
    ("drip", {"seconds": 0.02}, "had not answered fully after"),
]  # fmt: skip
NAMES = [kind for kind, *_ in FAULTS]
SOME = [fault for fault in FAULTS if fault[0] in ("500", "429", "cut", "html", "empty", "missing", "slow")]
SOME_NAMES = [kind for kind, *_ in SOME]


@pytest.fixture
def server() -> Iterator[FingertipsServer]:
    with FingertipsServer() as running:
        yield running


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


def do(server: FingertipsServer, fake: FakeTime, folder: Path, *, kept: bool = False, kind: str = "", certificates: str | None = None) -> Pulled:
    limits = HASTE if kind in ("slow", "drip") else LIMITS
    answers = KeptAnswers(folder / "http-cache") if kept else None
    session = HttpSession("Fingertips", answers, limits, pause=fake.pause, clock=fake.clock, now=fake.now, certificates=certificates)
    return pull(Fingertips(session, [server.url]), PLACE, IDS, folder, now=fake.now)


def contents(layer: Layer) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in layer.folder.iterdir()}


def one_sentence(said: str) -> str:
    assert said[0].isupper() and said.endswith(".") and "\n" not in said
    assert said.count(". ") == 0, "one sentence"
    assert len(said) < 400
    for machinery in ("Traceback", "Error", "Exception", "urllib3", "http://", "HTTPConnection", "0x", "None"):
        assert machinery not in said
    return said


@pytest.mark.parametrize("kept", [False, True], ids=["", "answers kept"])
@pytest.mark.parametrize(("kind", "options", "words"), FAULTS, ids=NAMES)
def test_a_fault_leaves_the_last_layer_whole_and_says_from_when_it_is(
    server: FingertipsServer, fake: FakeTime, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str, options: dict[str, object],
    words: str, kept: bool,
) -> None:  # fmt: skip
    good = do(server, fake, tmp_path, kept=kept).layer
    before = contents(good)
    fake.wind(timedelta(days=9))
    server.misbehave(DATA, kind, **options)
    with caplog.at_level(logging.WARNING), pytest.raises(PullFailedError) as caught:
        do(server, fake, tmp_path, kept=kept, kind=kind)
    said = one_sentence(str(caught.value))
    assert words in said
    assert said.endswith("; until then the pages show the figures pulled on 20 August 2026.")
    assert words in caplog.text
    found = Layers(tmp_path / "layers").whole()
    assert (found.layers, found.problems) == ((good,), ())
    assert contents(good) == before

    server.behave()
    again = do(server, fake, tmp_path, kept=kept)
    assert again.layer.about.whole
    assert again.layer.id != good.id


@pytest.mark.parametrize(("kind", "options", "words"), SOME, ids=SOME_NAMES)
def test_a_first_pull_that_fails_says_that_what_is_built_in_is_shown(
    server: FingertipsServer, fake: FakeTime, tmp_path: Path, kind: str, options: dict[str, object], words: str
) -> None:
    server.misbehave(DATA, kind, **options)
    with pytest.raises(PullFailedError) as caught:
        do(server, fake, tmp_path, kind=kind)
    assert words in one_sentence(str(caught.value))
    assert str(caught.value).endswith("; until then the pages show the figures built into this copy.")
    assert Layers(tmp_path / "layers").ids() == ()


@pytest.mark.parametrize("path", ["area_types", "available_data", "indicator_metadata", ""])
def test_a_fault_before_the_figures(server: FingertipsServer, fake: FakeTime, tmp_path: Path, path: str) -> None:
    server.misbehave(path, "500")
    if path in ("available_data", ""):
        with pytest.raises(PullFailedError, match=r"has a fault of its own \(status 500\)"):
            do(server, fake, tmp_path)
        assert server.count() < 20, "a broken publisher is not asked for ever"
        return
    layer = do(server, fake, tmp_path).layer
    assert set(layer.about.holds["pcn"]) == {"219", "253", "241"}, "figures come without the list of area types, or descriptions"
    assert len(layer.indicators()) == (0 if path == "indicator_metadata" else 3)


@pytest.mark.parametrize(("kind", "options", "words"), SOME, ids=SOME_NAMES)
def test_a_fault_of_one_level_leaves_the_other_and_is_said(
    server: FingertipsServer, fake: FakeTime, tmp_path: Path, kind: str, options: dict[str, object], words: str
) -> None:
    class Half(FingertipsServer):
        def take_mischief(self, path: str):  # type: ignore[no-untyped-def]
            network = self.requests[-1].query.get("child_area_type_id") == ["204"]
            return super().take_mischief(path) if network else None

    with Half() as half:
        half.misbehave(DATA, kind, **options)
        if kind == "429":  # after this no other question would fare better
            with pytest.raises(PullFailedError):
                do(half, fake, tmp_path)
            return
        about = do(half, fake, tmp_path, kind=kind).layer.about
    assert set(about.holds["icb"]) == {"219", "253", "241"}
    assert not about.whole
    left = {each.indicator_id: each for each in about.missing if each.kind == "not answered"}
    assert set(left) == {"219", "253", "241"}
    assert words in left["219"].reason
    assert left["219"].reason.startswith("Made-up indicator 219 (219) was not answered for PCNs: ")


@pytest.mark.parametrize("kind", ["500", "cut", "html", "empty", "drop"])
def test_a_fault_that_passes_is_not_noticed(server: FingertipsServer, fake: FakeTime, tmp_path: Path, kind: str) -> None:
    server.misbehave(DATA, kind, times=1)
    assert do(server, fake, tmp_path).layer.about.whole


def test_another_heading_or_one_more_column_is_no_fault(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    server.misbehave(DATA, "extra")
    assert do(server, fake, tmp_path).layer.about.whole


def test_a_certificate_that_nobody_vouches_for(fake: FakeTime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "tls").mkdir()
    with FingertipsServer(tls=tmp_path / "tls") as server:
        good = do(server, fake, tmp_path, certificates=server.certificates).layer
        fake.wind(timedelta(days=9))
        with pytest.raises(PullFailedError, match="could not prove that it is Fingertips") as caught:
            do(server, fake, tmp_path)
        assert one_sentence(str(caught.value)).endswith("the pages show the figures pulled on 20 August 2026.")
    assert Layers(tmp_path / "layers").whole().newest == good


def test_nobody_listens(fake: FakeTime, tmp_path: Path) -> None:
    with FingertipsServer() as server:
        good = do(server, fake, tmp_path, kept=True).layer
    fake.wind(timedelta(days=9))
    with pytest.raises(PullFailedError, match="could not be reached") as caught:
        do(server, fake, tmp_path, kept=True)
    one_sentence(str(caught.value))
    assert Layers(tmp_path / "layers").whole().newest == good


def test_a_pull_in_the_background_may_be_stopped_while_the_publisher_is_slow(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    server.misbehave(DATA, "slow", times=1, seconds=0.5)

    def work(progress: object, should_stop: object) -> Pulled:
        session = HttpSession("Fingertips", None, LIMITS)
        return pull(Fingertips(session, [server.url]), PLACE, IDS, tmp_path, should_stop=should_stop)  # type: ignore[arg-type]

    job = Job(ICB, PLACE.name, work)
    job.start()
    waited = threading.Event()
    while server.count(DATA) == 0 and job.is_running:
        waited.wait(0.01)
    began = time.monotonic()
    job.stop()
    assert time.monotonic() - began < 0.4, "to stop is to say so, not to wait"
    job.wait(30)
    assert job.state.stopped
    assert "was stopped" in job.state.problem
    assert server.count(DATA) == 1
    assert do(server, fake, tmp_path).layer.about.whole
