"""The polite HTTP session: when it asks again, how long it waits, what it keeps, and what it never does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from data_loaders.data_folder import data_folder, http_cache_folder
from data_loaders.errors import (
    AnswerCutShortError,
    AnswerTooLargeError,
    AskedTooOftenError,
    CertificateNotTrustedError,
    QuestionRefusedError,
    ServerFaultError,
    SettingError,
    SourceTimedOutError,
    SourceUnreachableError,
    UnexpectedAnswerError,
)
from data_loaders.http_answers import checked_address, retry_after
from data_loaders.http_session import USER_AGENT, HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from tests.fingertips_server import FakeTime, FingertipsServer

QUICK = Limits(connect=2, read=5, total=60)
NOW = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FingertipsServer]:
    with FingertipsServer() as running:
        yield running


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


def session(fake: FakeTime, folder: Path | None = None, limits: Limits = QUICK, **options: str) -> HttpSession:
    kept = KeptAnswers(folder) if folder else None
    return HttpSession("Fingertips", kept, limits, pause=fake.pause, clock=fake.clock, now=fake.now, **options)


def good(body: bytes) -> bytes:
    if body == b"bad":
        raise UnexpectedAnswerError("Fingertips", "rubbish", "sense")
    return body


def say(server: FingertipsServer, text: bytes) -> None:
    server.behave()
    server.misbehave("area_types", "body", content=text)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), (" 0 ", 0.0), ("Thu, 20 Aug 2026 09:32:00 GMT", 120.0), ("Thu, 20 Aug 2026 09:00:00 GMT", 0.0), ("soon", None),
        ("", None), (None, None), ("-5", None), ("1e9", None), ("99999999999", 604_800.0), ("Thu, 99 Foo 2026 09:32:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_as_a_number_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_a_fault_that_passes_is_asked_again_later_each_time(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("area_types", "500", times=3)
    answer = session(fake).get([server.url + "area_types"], [], good)
    assert answer.value.startswith(b"[")
    assert server.count("area_types") == 4
    assert answer.stale_since is None
    first, second, third = fake.pauses
    assert 1 <= first <= 2 <= second <= 3 + 1 and 4 <= third <= 5, "1, 2 and 4 seconds, each with up to a second's jitter"


def test_it_gives_up_after_so_many_attempts(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("area_types", "500", status=503)
    with pytest.raises(ServerFaultError) as caught:
        session(fake).get([server.url + "area_types"], [], good)
    assert caught.value.status == 503
    assert "NullReferenceException" in caught.value.details and "NullReferenceException" not in str(caught.value)
    assert server.count() == QUICK.attempts


def test_it_waits_as_it_is_asked_to(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("area_types", "429", times=1, retry_after=7)
    session(fake).get([server.url + "area_types"], [], good)
    assert fake.pauses == [pytest.approx(7, abs=0.5)]
    assert server.count() == 2


def test_asked_to_wait_too_long_it_says_when_to_come_back_and_stays_away(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("area_types", "429", times=1, retry_after=3_600)
    asking = session(fake)
    for _ in (1, 2):
        with pytest.raises(AskedTooOftenError, match="10:30 UTC on 20 August 2026"):
            asking.get([server.url + "area_types"], [], good)
    assert server.count() == 1 and fake.pauses == []
    fake.wind(timedelta(hours=1, seconds=1))
    assert asking.get([server.url + "area_types"], [], good).value
    assert server.count() == 2


def test_the_waits_end_with_the_time_limit(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("area_types", "429", retry_after=20)
    with pytest.raises(AskedTooOftenError):
        session(fake, limits=Limits(total=50, attempts=100)).get([server.url + "area_types"], [], good)
    assert sum(fake.pauses) < 50
    assert server.count() == 3, "at 0, 20 and 40 seconds"


@pytest.mark.parametrize("status", [400, 404, 403])
def test_a_refused_question_is_asked_once(server: FingertipsServer, fake: FakeTime, status: int) -> None:
    server.misbehave("area_types", "400", status=status)
    with pytest.raises(QuestionRefusedError) as caught:
        session(fake).get([server.url + "area_types"], [], good)
    assert caught.value.status == status
    assert server.count() == 1 and fake.pauses == []


@pytest.mark.parametrize("kind", ["cut", "cut chunked"])
def test_a_body_that_is_cut_short_is_asked_for_again(server: FingertipsServer, fake: FakeTime, kind: str) -> None:
    server.misbehave("area_types", kind, times=1)
    assert session(fake).get([server.url + "area_types"], [], good).value.endswith(b"]")
    server.misbehave("area_types", kind)
    with pytest.raises(AnswerCutShortError):
        session(fake).get([server.url + "area_types"], [], good)


@pytest.mark.parametrize("kind", ["html", "html as csv"])
def test_a_web_page_with_status_200_is_a_fault(server: FingertipsServer, fake: FakeTime, kind: str) -> None:
    server.misbehave("area_types", kind, times=2)
    assert session(fake).get([server.url + "area_types"], [], good).value.startswith(b"[")
    assert server.count() == 3


def test_the_cap_on_bytes_counts_them_unpacked(server: FingertipsServer, fake: FakeTime) -> None:
    say(server, b"x" * 5_000)
    assert len(session(fake, limits=Limits(most_bytes=5_000)).get([server.url + "area_types"], [], good).value) == 5_000
    with pytest.raises(AnswerTooLargeError):
        session(fake, limits=Limits(most_bytes=4_999)).get([server.url + "area_types"], [], good)


def test_a_young_answer_is_not_asked_for_again(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    say(server, b"first")
    asking = session(fake, tmp_path)
    assert asking.get([server.url + "area_types"], [("a", "1")], good).value == b"first"
    say(server, b"second")
    again = session(fake, tmp_path).get([server.url + "area_types"], [("a", "1")], good)
    assert (again.value, again.stale_since) == (b"first", None)
    assert server.count() == 1
    assert asking.get([server.url + "area_types"], [("a", "2")], good).value == b"second", "another question has its own answer"
    fake.wind(QUICK.fresh_for + timedelta(seconds=1))
    assert asking.get([server.url + "area_types"], [("a", "1")], good).value == b"second"


@pytest.mark.parametrize("kind", ["500", "html", "cut", "drop", "429", "empty"])
def test_the_last_good_answer_stands_in_and_says_from_when(server: FingertipsServer, fake: FakeTime, tmp_path: Path, kind: str) -> None:
    def filled(body: bytes) -> bytes:
        if not body:
            raise UnexpectedAnswerError("Fingertips", "nothing", "something", passing=True)
        return body

    asking = session(fake, tmp_path)
    first = asking.get([server.url + "area_types"], [], filled)
    fake.wind(timedelta(days=3))
    server.misbehave("area_types", kind)
    asking.get([server.url + "area_types"], [], filled)
    second = asking.get([server.url + "area_types"], [], filled)
    assert second.value == first.value, "the second time too: the bad answer has not taken its place"
    assert second.stale_since == second.asked_at
    assert second.stale_since is not None and abs(second.stale_since - first.asked_at) < timedelta(seconds=1)
    assert second.problem is not None and str(second.problem).endswith(".")
    server.behave()
    assert asking.get([server.url + "area_types"], [], filled).stale_since is None, "the bad answer was not kept"


def test_a_bad_answer_never_takes_the_place_of_a_good_one(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    asking = session(fake, tmp_path)
    say(server, b"fine")
    asking.get([server.url + "area_types"], [], good)
    fake.wind(timedelta(days=1))
    say(server, b"bad")
    for _ in (1, 2):
        answer = asking.get([server.url + "area_types"], [], good)
        assert answer.value == b"fine" and answer.stale_since is not None
    assert server.count() == 3, "a format that has changed is not asked for again and again"


def test_a_refusal_has_no_stand_in(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    asking = session(fake, tmp_path)
    asking.get([server.url + "area_types"], [], good)
    fake.wind(timedelta(days=1))
    server.misbehave("area_types", "400")
    with pytest.raises(QuestionRefusedError):
        asking.get([server.url + "area_types"], [], good)


def test_an_answer_that_is_too_old_is_not_used(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    asking = session(fake, tmp_path)
    asking.get([server.url + "area_types"], [], good)
    fake.wind(timedelta(days=91))
    server.misbehave("area_types", "500")
    with pytest.raises(ServerFaultError):
        asking.get([server.url + "area_types"], [], good)


def test_the_folder_of_kept_answers_has_a_most(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path, most_bytes=200_000)
    asking = HttpSession("Fingertips", kept, QUICK, pause=fake.pause, clock=fake.clock, now=fake.now)
    for number in range(12):
        say(server, os.urandom(30_000).hex().encode())
        asking.get([server.url + "area_types"], [("n", str(number))], good)
    assert sum(path.stat().st_size for path in tmp_path.glob("*.json")) <= 200_000
    fake.wind(timedelta(days=1))
    server.misbehave("area_types", "500")
    assert asking.get([server.url + "area_types"], [("n", "11")], good).stale_since is not None, "the newest are there"
    with pytest.raises(ServerFaultError):
        asking.get([server.url + "area_types"], [("n", "0")], good)


@pytest.mark.parametrize("spoil", [b"", b"{", b'{"_content": "AAAA"}', b"\x00\xff"])
def test_a_damaged_kept_answer_is_passed_over(server: FingertipsServer, fake: FakeTime, tmp_path: Path, spoil: bytes) -> None:
    asking = session(fake, tmp_path)
    asking.get([server.url + "area_types"], [], good)
    for path in tmp_path.glob("*.json"):
        path.write_bytes(spoil)
    assert asking.get([server.url + "area_types"], [], good).value.startswith(b"[")
    assert server.count() == 2


def test_a_folder_that_cannot_be_used_means_that_nothing_is_kept(server: FingertipsServer, fake: FakeTime, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    asking = session(fake, tmp_path / "file")
    for _ in (1, 2):
        assert asking.get([server.url + "area_types"], [], good).stale_since is None
    assert server.count() == 2


def test_the_second_host_is_asked_when_the_first_is_down_and_first_for_a_while_after(server: FingertipsServer, fake: FakeTime) -> None:
    with FingertipsServer() as other:
        server.misbehave("", "500")
        asking = session(fake)
        for _ in range(3):
            assert asking.get([server.url + "area_types", other.url + "area_types"], [], good).value
        assert (server.count(), other.count()) == (1, 3)
        server.behave()
        fake.wind(timedelta(minutes=6))
        asking.get([server.url + "area_types", other.url + "area_types"], [], good)
        assert (server.count(), other.count()) == (2, 3)


def test_a_host_that_asks_us_to_slow_down_is_not_gone_round(server: FingertipsServer, fake: FakeTime) -> None:
    with FingertipsServer() as other:
        server.misbehave("", "429", retry_after=3_600)
        with pytest.raises(AskedTooOftenError):
            session(fake).get([server.url + "area_types", other.url + "area_types"], [], good)
        assert other.count() == 0


def test_nobody_listening_is_unreachable(fake: FakeTime) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/api/area_types"
        with pytest.raises(SourceUnreachableError, match=r"Fingertips could not be reached: check .* try again later\.$"):
            session(fake).get([address], [], good)
    assert len(fake.pauses) == QUICK.attempts - 1


def test_a_redirect_on_the_same_host_is_followed(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("old", "redirect", address="/api/area_types")
    assert session(fake).get([server.url + "old"], [], good).value.startswith(b"[")


@pytest.mark.parametrize("address", ["http://example.org/", "https://example.org/", "//example.org/", "http://127.0.0.1:9/", "ftp://127.0.0.1/", "file:///etc/passwd"])
def test_a_redirect_to_anywhere_else_is_not(server: FingertipsServer, fake: FakeTime, address: str) -> None:
    server.misbehave("old", "redirect", address=address)
    with pytest.raises(UnexpectedAnswerError, match="a redirect to another site"):
        session(fake).get([server.url + "old"], [], good)
    assert server.count() == 1


def test_redirects_that_go_round_end(server: FingertipsServer, fake: FakeTime) -> None:
    server.misbehave("round", "redirect", address="/api/round")
    with pytest.raises(UnexpectedAnswerError, match="one redirect after another"):
        session(fake).get([server.url + "round"], [], good)
    assert server.count() == QUICK.redirects + 1


def test_a_certificate_that_nobody_vouches_for_is_refused_and_one_that_somebody_does_is_not(
    fake: FakeTime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with FingertipsServer(tls=tmp_path) as server:
        with pytest.raises(CertificateNotTrustedError, match="REQUESTS_CA_BUNDLE"):
            session(fake).get([server.url + "area_types"], [], good)
        assert server.count() == 0 and fake.pauses == [], "nothing was asked, and trust does not come by asking again"
        assert session(fake, certificates=server.certificates).get([server.url + "area_types"], [], good).value.startswith(b"[")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", server.certificates)
        assert session(fake).get([server.url + "area_types"], [], good).value.startswith(b"[")


def test_every_request_checks_certificates_names_itself_and_has_timeouts(
    server: FingertipsServer, fake: FakeTime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    send = requests.Session.send

    def spy(self: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        seen.append(options)
        return send(self, request, **options)

    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.setattr(requests.Session, "send", spy)
    session(fake).get([server.url + "area_types"], [], good)
    assert [options["verify"] for options in seen] == [True]
    assert seen[0]["timeout"] == (2, 5) and seen[0]["allow_redirects"] is False
    assert server.requests[0].headers["User-Agent"] == USER_AGENT
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize("address", ["https://fingertips.phe.org.uk/api", "https://a.example/api/", "http://127.0.0.1:8000/api/", "http://localhost/"])
def test_addresses_that_a_setting_may_have(address: str) -> None:
    assert checked_address(address, "COMMON_GROUND_FINGERTIPS_URL") == address.rstrip("/") + "/"


@pytest.mark.parametrize(
    "address",
    ["http://fingertips.phe.org.uk/api/", "ftp://a.example/", "a.example", "https://", "https://me:secret@a.example/", "https://a.example/?key=secret"],
)
def test_addresses_that_it_may_not(address: str) -> None:
    with pytest.raises(SettingError, match="COMMON_GROUND_FINGERTIPS_URL") as caught:
        checked_address(address, "COMMON_GROUND_FINGERTIPS_URL")
    assert "secret" not in str(caught.value)


def test_the_data_folder_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    assert data_folder({"COMMON_GROUND_DATA": str(tmp_path)}) == tmp_path
    assert http_cache_folder({"COMMON_GROUND_DATA": str(tmp_path)}) == tmp_path / "http-cache"
    assert data_folder({}).name == "common-ground" and data_folder({}).is_absolute()
    assert data_folder({"COMMON_GROUND_DATA": " "}) == data_folder({})


def test_a_data_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in ("data", "./data", str(tmp_path / "file")):
        with pytest.raises(SettingError, match="COMMON_GROUND_DATA"):
            data_folder({"COMMON_GROUND_DATA": wrong})


def test_a_proxy_of_the_environment_is_used_and_heeds_the_time_limit(
    server: FingertipsServer, fake: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, server.url.removesuffix("api/"))
    address = "http://fingertips.invalid/api/area_types"  # no such host: only the proxy can answer for it
    assert session(fake).get([address], [], good).value.startswith(b"[")
    server.misbehave("area_types", "drip", seconds=0.02)
    with pytest.raises(SourceTimedOutError):
        session(fake, limits=Limits(read=0.5, total=0.8, attempts=1)).get([address], [], good)
