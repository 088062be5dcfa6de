"""What may be asked for a person who typed an address: public servers alone, however the address is disguised."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from data_loaders.errors import CertificateNotTrustedError, SourceUnreachableError
from data_loaders.http_session import HttpSession, Limits
from data_loaders.public_address import AddressRefusedError, PublicAddresses, is_public, resolved
from tests.asset_servers.open_referral import OpenReferralServer

ONCE = Limits(connect=2, read=5, total=20, attempts=1)


@pytest.fixture(autouse=True)
def _no_authorities_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def asked(rule: PublicAddresses, address: str, certificates: str | None = None) -> bytes:
    session = HttpSession("The feed", limits=ONCE, rule=rule, certificates=certificates)
    try:
        return session.get([address], [], bytes).value
    finally:
        session.close()


# From IANA's registries of special-purpose addresses (RFC 6890 and its successors), and tricks that name them otherwise.
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "192.0.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "192.88.99.1", "::", "::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "fe80::1", "fe80::1%eth0",
        "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "3fff::1", "5f00::1", "4000::1", "not an address", "",
    ],
)  # fmt: skip
def test_what_is_not_on_the_public_internet_is_not_asked(address: str) -> None:
    assert not is_public(address)
    rule = PublicAddresses(resolve=lambda host, port: ["93.184.216.34", address])
    with pytest.raises(AddressRefusedError, match="not on the public internet"):
        rule.addresses("The feed", "feed.example", 443)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "172.32.0.1"])
def test_public_addresses_may_be(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "typed",
    [
        "file:///etc/passwd", "ftp://feed.example/", "http://feed.example/", "gopher://feed.example", "javascript:alert(1)", "data:,x",
        "https://name:word@feed.example/", "https://name@feed.example/", "https://", "https:///path", "https://feed.example:22/",
        "https://feed.example:80/", "https://feed.example:99999/", "https://feed.example/a b", "https://feed.example\\@10.0.0.1/",
        "https://feed.example/?page=1", "https://feed.example/#x", "https://[::1", "https://" + "a" * 3_000 + ".example", "",
        "https://" + "a" * 70 + ".example/", "http://127.0.0.1:8000/", "http://localhost:8000/", "https://feed.example/\r\nHost: x",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_public_server_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(AddressRefusedError) as caught:
        PublicAddresses().base("The feed", typed)
    assert str(caught.value).endswith("Give the https address of a public server.")
    assert "word" not in caught.value.details, "no password in the log"


def test_an_address_is_made_whole() -> None:
    rule = PublicAddresses()
    assert rule.base("The feed", " feed.example/api ") == "https://feed.example/api/"
    assert rule.base("The feed", "https://feed.example:8443//") == "https://feed.example:8443/"
    assert rule.base("The feed", "https://bücher.example") == "https://bücher.example/"
    assert PublicAddresses(loopback=True).base("The feed", "http://127.0.0.1:8000") == "http://127.0.0.1:8000/"


# Other ways of writing 127.0.0.1, which resolvers and parsers read differently.
@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1", "127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
def test_disguises_of_this_computer_are_seen_through(host: str) -> None:
    with pytest.raises((AddressRefusedError, SourceUnreachableError)):
        asked(PublicAddresses(), f"https://{host}:8443/")


def test_nothing_is_connected_to_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> socket.socket:
        raise AssertionError("connected")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    for found in (["10.0.0.1"], ["93.184.216.34", "169.254.169.254"]):
        with pytest.raises(AddressRefusedError):
            asked(PublicAddresses(resolve=lambda host, port, found=found: found), "https://feed.example/")
    with pytest.raises(AssertionError, match="connected"):
        asked(PublicAddresses(resolve=lambda host, port: ["93.184.216.34"]), "https://feed.example/")


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when it is looked at, and private a moment later (DNS rebinding), is asked at the public address."""
    went: list[tuple[str, int]] = []
    answers = iter([["93.184.216.34"], ["10.0.0.1"]])

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        went.append(address)
        raise OSError("nobody there")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(SourceUnreachableError):
        asked(PublicAddresses(resolve=lambda host, port: next(answers)), "https://feed.example/")
    assert went == [("93.184.216.34", 443)]


class _Lookup(PublicAddresses):
    """As if this computer were a public server by the name of feed.example, and every address on it were public."""

    def addresses(self, source: str, host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "feed.example" else super().addresses(source, host, port)


def test_the_certificate_must_bear_the_name_though_the_number_is_connected_to(tmp_path: Path) -> None:
    with OpenReferralServer(tls=(tmp_path, "feed.example")) as server:
        assert b"HSDS-UK-3.0" in asked(_Lookup(), server.url, server.certificates)
        assert [request.headers["Host"] for request in server.requests] == [f"feed.example:{server.port}"]
    with OpenReferralServer(tls=(tmp_path, "other.example")) as server:
        with pytest.raises(CertificateNotTrustedError):
            asked(_Lookup(), f"https://feed.example:{server.port}/", server.certificates)
        assert server.requests == []


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "https://169.254.169.254/latest/", "https://10.0.0.1/", "file:///etc/passwd", "ftp://x.example/",
     "http://feed.example/", "https://name:word@feed.example/", "//10.0.0.1/", "https://[::1"],
)  # fmt: skip
def test_each_redirect_is_looked_at_anew(tmp_path: Path, target: str) -> None:
    with OpenReferralServer(tls=(tmp_path, "feed.example")) as server:
        server.misbehave("", "redirect", address=target)
        with pytest.raises(Exception) as caught:
            asked(_Lookup(), server.url, server.certificates)
        assert caught.type.__name__ in ("AddressRefusedError", "UnexpectedAnswerError")
        assert len(server.requests) == 1


def test_the_body_of_a_redirect_is_not_read(tmp_path: Path) -> None:
    with OpenReferralServer(tls=(tmp_path, "feed.example")) as server:
        server.misbehave("", "redirect", times=1, address=f"https://feed.example:{server.port}/services", bytes=100_000_000)
        assert b"contents" in asked(_Lookup(), server.url, server.certificates)
        assert server.bytes_sent < 20_000_000


def test_a_redirect_within_what_is_public_is_followed(tmp_path: Path) -> None:
    with OpenReferralServer(tls=(tmp_path, "feed.example")) as server:
        server.misbehave("", "redirect", times=1, address=f"https://feed.example:{server.port}/services")
        assert b"contents" in asked(_Lookup(), server.url, server.certificates)


def test_no_proxy_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with OpenReferralServer(tls=(tmp_path, "feed.example")) as server:
        assert asked(_Lookup(), server.url, server.certificates)


def test_loopback_is_a_setting_for_this_computer_alone() -> None:
    rule = PublicAddresses(loopback=True)
    with OpenReferralServer() as server:
        assert asked(rule, server.url)
        assert asked(rule, server.url.replace("127.0.0.1", "localhost"))
    with pytest.raises(AddressRefusedError):
        asked(rule, "http://10.0.0.1:8000/")
    with pytest.raises(AddressRefusedError):
        PublicAddresses(loopback=True, resolve=lambda host, port: ["10.0.0.1"]).addresses("The feed", "localhost", 80)


def test_the_resolver_gives_every_address_once() -> None:
    assert resolved("127.0.0.1", 80) == ["127.0.0.1"]
