"""An Open Referral UK feed on a bad day, or with bad intent: a sentence, bounded time and memory, and nothing else lost."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from data_loaders.asset_source import AssetsRead
from data_loaders.atlas import Atlas
from data_loaders.errors import SourceUnavailableError
from data_loaders.http_session import HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.open_referral_feed import fetch, open_session
from data_loaders.open_referral_pages import PER_PAGE, FeedLimits
from data_loaders.placing import Placing
from data_loaders.public_address import AddressRefusedError, PublicAddresses
from tests.asset_servers.open_referral import OpenReferralServer
from tests.fingertips_server import FakeTime

TODAY = date(2026, 11, 25)
QUESTION = Limits(connect=2, read=1, total=10, attempts=3, most_bytes=1_000_000)


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


def services(count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"00000001-0000-4000-8000-{one:012d}", "name": f"Example service {one}", "status": "active", "attributes": []}
        for one in range(1, count + 1)
    ]


@pytest.fixture
def server() -> Iterator[OpenReferralServer]:
    with OpenReferralServer(services(31)) as running:
        yield running


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


def asked(
    server: OpenReferralServer, placing: Placing, fake: FakeTime, limits: FeedLimits | None = None, folder: Path | None = None
) -> AssetsRead:
    session, base = open_session(
        server.url, KeptAnswers(folder) if folder else None, PublicAddresses(loopback=True), QUESTION,
        pause=fake.pause, clock=fake.clock, now=fake.now,
    )  # fmt: skip
    try:
        return fetch(session, base, placing, TODAY, limits=limits or FeedLimits(whole=3), clock=fake.clock)
    finally:
        session.close()


def refused(server: OpenReferralServer, placing: Placing, fake: FakeTime, **options: Any) -> str:
    with pytest.raises(SourceUnavailableError) as caught:
        asked(server, placing, fake, **options)
    said = str(caught.value)
    assert said.endswith(".") and "Traceback" not in said and "indicator" not in said
    return said


def test_a_feed_that_pages_for_ever_is_left_when_it_repeats_itself(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.misbehave("services", "for ever")
    result = asked(server, placing, fake)
    assert len(result.records) == 31 and server.count("services") - server.count("services/") == 5
    assert result.notes[0] == "Page 5 of services gave what earlier pages had given, so reading stopped there."


def test_a_feed_that_makes_up_services_for_ever_is_left_at_the_bound(placing: Placing, fake: FakeTime) -> None:
    with OpenReferralServer(services(1), per_page=PER_PAGE) as server:
        server.misbehave("services", "new for ever")
        result = asked(server, placing, fake, FeedLimits(things=250, whole=0))
        assert len(result.records) == 250 and server.count("services") == 3
        assert any("first 250 services are taken; the feed has more" in note for note in result.notes)
        server.requests.clear()
        result = asked(server, placing, fake, FeedLimits(pages=2, whole=0))
        assert len(result.records) == 200 and "Reading stopped after 2 pages of services; the feed may have more." in result.notes
        server.requests.clear()
        result = asked(server, placing, fake, FeedLimits(most_bytes=20_000, whole=0))
        assert 0 < len(result.records) < 400 and any("Reading stopped after 0 MB" in note for note in result.notes)


@pytest.mark.parametrize("kind", ["says less", "says more", "never last", "always last", "no paging"])
def test_totals_are_not_believed(server: OpenReferralServer, placing: Placing, fake: FakeTime, kind: str) -> None:
    server.misbehave("services", kind)
    result = asked(server, placing, fake)
    assert len(result.records) == 31
    announced = {"says less": "The feed announced 28 services and gave 31.", "says more": "The feed announced 34 services and gave 31."}
    assert [note for note in result.notes if "announced" in note] == list(filter(None, [announced.get(kind)]))


@pytest.mark.parametrize("kind", ["gigabyte", "gigabyte announced"])
def test_an_answer_of_300_mb_is_dropped_at_the_cap(server: OpenReferralServer, placing: Placing, fake: FakeTime, kind: str) -> None:
    server.misbehave("services", kind)
    tracemalloc.start()
    said = refused(server, placing, fake)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "over 1 MB and was dropped: ask its publisher for smaller pages" in said
    assert peak < 20_000_000 and server.bytes_sent < 30_000_000
    assert server.count("services") == 1, "once is enough"


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/services", "file:///etc/passwd", "https://[fd00:ec2::254]/", "ftp://x.example/",
     "http://feed.example/", "https://someone:secret@feed.example/"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["", "services", "services/", "service_at_locations"])
def test_a_redirect_to_a_private_address_or_a_file_is_refused(
    server: OpenReferralServer, placing: Placing, fake: FakeTime, target: str, path: str
) -> None:
    if path == "services/":
        server.services = [{key: value for key, value in one.items() if key != "attributes"} for one in server.services]
    server.misbehave(path, "redirect", address=target)
    with pytest.raises(AddressRefusedError, match="Nothing was taken from it"):
        asked(server, placing, fake)
    assert fake.pauses == [], "not asked again"


def test_redirects_in_a_ring_end(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.misbehave("services", "redirect", address=f"{server.url}services")
    assert "one redirect after another" in refused(server, placing, fake)
    assert server.count("services") == QUESTION.redirects + 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [("500", "a fault of its own"), ("404", "check that this is the address of an Open Referral UK feed"), ("429", "asks us to slow down"),
     ("drop", "could not be reached"), ("cut", "cut off"), ("html", "a web page"), ("empty", "not JSON"), ("not json", "not JSON")],
)  # fmt: skip
def test_every_fault_of_the_list_is_a_sentence(
    server: OpenReferralServer, placing: Placing, fake: FakeTime, kind: str, words: str
) -> None:
    server.misbehave("services", kind)
    assert words in refused(server, placing, fake)


def test_a_fault_that_passes_is_asked_again(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    for path, kind in (("", "500"), ("services", "cut"), ("service_at_locations", "drop")):
        server.misbehave(path, kind, times=1)
    assert len(asked(server, placing, fake).records) == 31


def test_half_a_feed_is_not_taken_for_the_whole(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.misbehave("service_at_locations", "500")
    assert "a fault of its own" in refused(server, placing, fake)


def test_a_feed_without_a_front_page_goes_by_its_host(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.about = None
    server.misbehave("", "html", times=3)
    assert asked(server, placing, fake).source.title == server.url.removeprefix("http://").rstrip("/")


def test_a_slow_feed_ends_at_its_deadline(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.misbehave("services", "slow", seconds=20)
    assert "had not answered fully after" in refused(server, placing, fake)
    server.misbehave("services", "never last")
    ticking = FakeTime()
    clock = ticking.clock

    def later() -> float:
        ticking.wind(timedelta(seconds=40))
        return clock()

    session, base = open_session(server.url, rule=PublicAddresses(loopback=True), limits=QUESTION)
    with pytest.raises(SourceUnavailableError, match="had not answered fully after 100 seconds"):
        fetch(session, base, placing, TODAY, limits=FeedLimits(seconds=100), clock=later)
    session.close()


def test_services_that_cannot_be_read_one_by_one_stay_as_listed(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.services = [{key: value for key, value in one.items() if key != "attributes"} for one in server.services]
    result = asked(server, placing, fake)
    assert len(result.records) == 31 and server.count("services/") == 3
    assert any(note.startswith("28 services are taken as lists have them") and "3 are the most" in note for note in result.notes)
    server.misbehave("services/", "500")
    result = asked(server, placing, fake)
    assert len(result.records) == 31 and any("a fault of its own" in note for note in result.notes)


def test_a_service_that_answers_as_another_is_not_believed(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    server.services = [{key: value for key, value in one.items() if key != "attributes"} for one in server.services]
    server.misbehave("services/", "body", content=json.dumps(services(99)[98] | {"name": "Another"}).encode())
    assert "Another" not in asked(server, placing, fake).records["name"].tolist()


def test_identifiers_cannot_lead_elsewhere(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    odd = ["../../secret", "..", "a/b?c#d", "//10.0.0.1/", "x" * 200, "\r\nHost: x"]
    server.services = [{"id": one, "name": "Example", "status": "active"} for one in odd]
    assert len(asked(server, placing, fake, FeedLimits()).records) == len(odd)
    assert all(request.path.count("/") <= 1 for request in server.requests)


def test_a_deep_document_and_bad_services_sink_no_other(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = {"id": "1", "name": "x", "service_at_locations": [{"location": deep}]}
    server.services += [deep, None, 5, {"id": []}, {"name": {}}, {"service": {"service": {}}}]
    server.per_page = PER_PAGE
    result = asked(server, placing, fake)
    assert len(result.records) == 31 and len(result.set_aside) == 6
    server.misbehave("services", "body", content=b'{"contents":' + b"[" * 100_000)
    assert "not JSON" in refused(server, placing, fake)


def test_places_of_services_that_are_not_there(server: OpenReferralServer, placing: Placing, fake: FakeTime) -> None:
    contents = [{"id": "1", "service_id": "nobody", "location": {"id": "2", "location_type": "physical"}}, {"id": "3", "location": "x"}, 7]
    server.misbehave("service_at_locations", "body", content=json.dumps({"contents": contents}).encode())
    result = asked(server, placing, fake)
    assert len(result.records) == 31 and "3 places of service name no service that the feed gave, and are left out." in result.notes


def test_a_kept_answer_stands_in_and_says_so(
    server: OpenReferralServer, placing: Placing, fake: FakeTime, tmp_path: Path
) -> None:
    first = asked(server, placing, fake, folder=tmp_path)
    fake.wind(timedelta(days=2))
    server.misbehave("", "500")
    again = asked(server, placing, fake, folder=tmp_path)
    assert len(again.records) == len(first.records) == 31
    assert "answers that it gave earlier stand in" in again.stale_because
    assert first.asked_at and again.asked_at and abs(again.asked_at - first.asked_at) < timedelta(minutes=1)
    server.misbehave("", "redirect", address="file:///etc/passwd")
    fake.wind(timedelta(days=2))
    with pytest.raises(AddressRefusedError):
        asked(server, placing, fake, folder=tmp_path)


def test_a_session_without_a_rule_is_not_used_for_a_typed_address(server: OpenReferralServer, placing: Placing) -> None:
    with pytest.raises(ValueError, match="rule of addresses"):
        fetch(HttpSession("The feed"), server.url, placing, TODAY)
    with pytest.raises(AddressRefusedError):
        open_session(server.url)
