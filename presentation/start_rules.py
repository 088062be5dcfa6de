"""When this server may start, and what its settings for sign-in and the register mean. No screen here.

Settings come from the environment and from `[auth]` in Streamlit's secrets; docs/signing-in.md describes each.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from data_loaders.errors import SettingError

REGISTER = "COMMON_GROUND_REGISTER"
PEOPLE = "COMMON_GROUND_PEOPLE"
ROLE_CLAIM = "COMMON_GROUND_ROLE_CLAIM"
HOURS = "COMMON_GROUND_SIGN_IN_HOURS"

MOST_HOURS = 24
SHORTEST_COOKIE_SECRET = 32
DEFAULT_PROVIDER = "default"
_PROVIDER_KEYS = ("client_id", "client_secret", "server_metadata_url")
_CALLBACK = "/oauth2callback"


class RegisterMode(StrEnum):
    """What the register does in this process: not opened, read by everyone and written by nobody, or as roles allow."""

    OFF = "off"
    READ_ONLY = "read-only"
    ON = "on"


def register_mode(environ: Mapping[str, str]) -> RegisterMode:
    """The register's mode; on when nothing is set. SettingError for any other word."""
    text = environ.get(REGISTER, "").strip()
    if not text:
        return RegisterMode.ON
    try:
        return RegisterMode(text.lower())
    except ValueError:
        raise SettingError(f"{REGISTER} is {text!r}: set it to off, read-only or on.") from None


def sign_in_hours(environ: Mapping[str, str]) -> float | None:
    """How long a sign-in lasts, in hours from when the token was issued; None for as long as the token itself says.

    SettingError for anything but a number above 0 and up to 24.
    """
    text = environ.get(HOURS, "").strip()
    if not text:
        return None
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 < hours <= MOST_HOURS:  # also false for NaN
        raise SettingError(f"{HOURS} is {text!r}: set it to a number of hours above 0 and up to {MOST_HOURS}.")
    return hours


def is_loopback(address: str | None) -> bool:
    """Whether an address to listen on, or a host in a link, is this computer's own; None means every interface.

    A name other than localhost is never looked up: what it resolves to may change.
    """
    text = (address or "").strip().lower().rstrip(".")
    if text == "localhost":
        return True
    try:
        number = ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return (mapped or number).is_loopback


def providers(auth: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the identity providers in `[auth]`: "default" for one without a name, then those with one, in order."""
    named = tuple(
        name
        for name, section in auth.items()
        if isinstance(section, Mapping) and any(key in section for key in _PROVIDER_KEYS)
    )
    unnamed = (DEFAULT_PROVIDER,) if any(key in auth for key in _PROVIDER_KEYS) else ()
    return unnamed + named


def provider_problem(auth: Mapping[str, object]) -> str | None:
    """Why sign-in cannot work, or would not be safe, with this `[auth]` section; None when it can. No secret is repeated."""
    for key in ("redirect_uri", "cookie_secret"):
        if not _text(auth.get(key)):
            return f"[auth] has no {key}."
    if len(_text(auth["cookie_secret"])) < SHORTEST_COOKIE_SECRET or "secret" in _text(auth["cookie_secret"]).lower():
        return (
            f"cookie_secret in [auth] has to be a random text of at least {SHORTEST_COOKIE_SECRET} characters, "
            "for example from `openssl rand -hex 32`: whoever guesses it can sign in as anybody."
        )
    redirect = _text(auth["redirect_uri"])
    if not _safe_address(redirect) or not urlsplit(redirect).path.endswith(_CALLBACK):
        return f"redirect_uri in [auth] has to be this atlas's own https address ending in {_CALLBACK} (http only on this computer)."
    found = providers(auth)
    if not found:
        return "[auth] names no provider: it needs client_id, client_secret and server_metadata_url."
    for name in found:
        section = auth if name == DEFAULT_PROVIDER else auth[name]
        where = "[auth]" if name == DEFAULT_PROVIDER else f"[auth.{name}]"
        if "_" in name:
            return f"{where}: a provider's name cannot hold an underscore."
        assert isinstance(section, Mapping)  # noqa: S101 - providers() takes nothing else
        missing = [key for key in _PROVIDER_KEYS if not _text(section.get(key))]
        if missing:
            return f"{where} has no {' and no '.join(missing)}."
        if not _safe_address(_text(section["server_metadata_url"])):
            return f"server_metadata_url in {where} has to be an https address (http only on this computer)."
    return None


def refusal(address: str | None, mode: RegisterMode, *, has_provider: bool) -> str | None:
    """Why this server must not start: others could reach it and nobody would have to say who they are. None when it may.

    address: what it would listen on, as Streamlit's `server.address` has it.
    """
    if has_provider or mode is not RegisterMode.ON or is_loopback(address):
        return None
    where = f"on {address}" if address else "on every network address of this computer"
    return (
        f"Not started: the server would listen {where}, where other people can reach it, and no sign-in is set up, so anybody could "
        "change the register. Set up sign-in (docs/signing-in.md), or start it with --server.address 127.0.0.1 for this computer alone, "
        f"or set {REGISTER}=read-only (or off) so that nobody can write."
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _safe_address(text: str) -> bool:
    """Whether a link is https, or http to this computer."""
    try:
        parts = urlsplit(text.replace("{port}", "0"))
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
