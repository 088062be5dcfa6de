"""Which addresses may be asked on behalf of a person who typed one: those of public servers, whatever a name or a redirect claims.

A server that fetches what it is told to can be made to fetch what only it can reach: a database beside it, a cloud's metadata at
169.254.169.254 (OWASP: server-side request forgery). So an address is https with nothing but host and path in it; every address that
its name resolves to must be public (IANA's special-purpose registries, by `ipaddress`); the connection goes to an address that was
looked at, not to what the name says a moment later (DNS rebinding), while the certificate is still checked against the name. Each
redirect is a new address. No proxy is used, for a proxy resolves names by itself.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from data_loaders.errors import QuestionRefusedError
from data_loaders.http_deadline import DeadlineAdapter

Resolver = Callable[[str, int], list[str]]
LONGEST = 2_000
_ORDINARY_PORTS = (443,)
_FIRST_UNPRIVILEGED = 1_024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in an IPv6 one
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        # Tunnels that hold another address (6to4, Teredo), and what Python 3.11 does not yet know to be special (RFC 8215, 9637, 9602).
        ("2002::/16", "2001::/23", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "192.0.0.0/24", "192.88.99.0/24"),
    )
)


class AddressRefusedError(QuestionRefusedError):
    """An address that is not asked. str(error): a sentence for the person who typed it."""

    def __init__(self, source: str, why: str, details: str = "") -> None:
        super().__init__(source, 0, details, f"{why} Nothing was taken from it. Give the https address of a public server.")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's. False for anything that is not an IP address."""
    try:
        ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or ip not in ipaddress.ip_network("2000::/3"):  # IANA has given out nothing else (RFC 4291)
            return False
    special = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local or ip.is_private
    return ip.is_global and not special and not any(ip.version == net.version and ip in net for net in _NEVER)


def resolved(host: str, port: int) -> list[str]:
    """Every address that a name stands for, as the system's resolver says it. socket.gaierror where it is not known."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class PublicAddresses:
    """The rule, to put into an `HttpSession`. loopback: let this computer be asked too, over http as well, as tests and demonstrations
    need; never in a service that others reach. resolve: as `resolved`.
    """

    loopback: bool = False
    resolve: Resolver = resolved

    def base(self, source: str, typed: str) -> str:
        """What a person typed as a base address: with https:// where no scheme was given, ending in one slash. AddressRefusedError."""
        text = typed.strip()
        address = text if "://" in text or text.lower().startswith(("file:", "data:", "javascript:")) else f"https://{text}"
        if "?" in address or "#" in address:
            raise AddressRefusedError(source, "The address of a feed has no question mark and no # in it.", address[:LONGEST])
        self.check(source, address)
        return address.rstrip("/") + "/"

    def check(self, source: str, address: str) -> None:
        """Nothing for an address that may be asked as far as it can be told without its name; AddressRefusedError otherwise."""
        shown = address[:LONGEST]
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
            # What requests would make of it is what counts: parsers differ on odd addresses.
            prepared = urlsplit(requests.Request("GET", address).prepare().url or "") if parts.scheme in ("http", "https") else parts
            prepared_host, prepared_port = prepared.hostname or "", prepared.port
        except (ValueError, requests.exceptions.RequestException) as error:
            raise AddressRefusedError(source, "That is no web address.", f"{shown!r}: {error}") from error
        if len(address) > LONGEST or any(ord(letter) <= 32 for letter in address) or "\\" in address:
            raise AddressRefusedError(source, "That is no web address.", repr(shown))
        here = self.loopback and _is_loopback(host)
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            named = f"{parts.scheme}:" if parts.scheme else "no scheme"
            raise AddressRefusedError(source, f"Only https addresses are asked, and this one has {named}.", shown)
        too_long = len(host) > 253 or any(len(label) > 63 for label in host.split("."))
        if not host or too_long or (host.isascii() and (prepared_host, prepared_port) != (host, port)):
            raise AddressRefusedError(source, "That is no web address.", repr(shown))
        if parts.username is not None or parts.password is not None:
            raise AddressRefusedError(source, "An address with a name or a password in it is not asked.", f"{parts.scheme}://…@{host}")
        if port is not None and port not in _ORDINARY_PORTS and port < _FIRST_UNPRIVILEGED:
            raise AddressRefusedError(source, f"Port {port} is not one at which feeds are served.", shown)

    def addresses(self, source: str, host: str, port: int) -> list[str]:
        """The addresses of a name, each of them public; AddressRefusedError where any is not. socket.gaierror where it is not known."""
        found = self.resolve(host, port)
        if self.loopback and _is_loopback(host) and all(_is_loopback(each) for each in found):
            return found
        private = [each for each in found if not is_public(each)]
        if private:
            why = f"{host} leads to an address that is not on the public internet."
            raise AddressRefusedError(source, why, f"{host}:{port} → {', '.join(private)}")
        return found

    def adapter(self, source: str) -> HTTPAdapter:
        """The adapter through which the session connects."""
        return _PublicAdapter(self, source)


def _is_loopback(host: str) -> bool:
    try:
        return host.rstrip(".").lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _PublicAdapter(DeadlineAdapter):
    """Requests' adapter, heeding the thread's deadline, whose connections go to addresses that were looked at."""

    def __init__(self, rule: PublicAddresses, source: str) -> None:
        self._rule, self._source = rule, source
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        pools = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {scheme: _looking(pool, self._rule, self._source) for scheme, pool in pools.items()}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        raise AddressRefusedError(self._source, "An address that a person typed is not asked through a proxy.", proxy)


def _looking(pool: Any, rule: PublicAddresses, source: str) -> Any:
    """A kind of connection pool whose connections resolve their name once, look at every address, and connect to one of those."""
    kind: Any = pool.ConnectionCls

    def connect(self: Any) -> socket.socket:
        name: str = self._dns_host
        try:
            found = rule.addresses(source, name, self.port)
        except (socket.gaierror, UnicodeError) as error:
            why = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, why) from error
        problem: Exception | None = None
        for address in found:
            try:
                # Only the socket is told the number: before the TLS handshake the name is back, and the certificate must bear it.
                self._dns_host = address
                connected: socket.socket = kind._new_conn(self)
                return connected
            except OSError as error:  # urllib3's own are not OSErrors but for the timeout
                problem = error
            except NewConnectionError as error:
                problem = error
            finally:
                self._dns_host = name
        raise problem or NewConnectionError(self, f"{name} has no address")

    connection = type(f"Public{kind.__name__}", (kind,), {"_new_conn": connect})
    assert issubclass(connection, HTTPConnection)  # noqa: S101 - what urllib3 calls it may change
    return type(f"Public{pool.__name__}", (pool,), {"ConnectionCls": connection})
