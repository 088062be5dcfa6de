"""Without a provider to sign in with: one person, on this computer alone, and never through a proxy. No screen here.

Listening on the loopback address is not enough by itself: a proxy on the same computer passes on visitors from outside, and a page on
another site can point its own name at 127.0.0.1. So the visit itself has to be addressed to this computer as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from presentation.start_rules import is_loopback

SENTENCE = (
    "No sign-in is set up, so this atlas takes everyone at this computer for one person who may change everything; "
    "it answers to nobody else."
)
_FORWARDED = frozenset({"forwarded", "via"})
_FORWARDED_START = ("x-forwarded-", "x-real-ip", "x-original-", "cf-", "true-client-ip", "x-envoy-", "x-amzn-")


def why_not(address: str | None, headers: Mapping[str, str]) -> str | None:
    """Why a visit is not the single user's, as one sentence for the person; None when it is.

    address: what the server listens on. headers: of the request that opened the session, with Host and Origin.
    """
    names = {name.lower(): value for name, value in headers.items()}
    if not is_loopback(address):
        return "This server can be reached by others and no sign-in is set up, so nobody can change the register here."
    if any(name in _FORWARDED or name.startswith(_FORWARDED_START) for name in names):
        return "This page came through a proxy and no sign-in is set up, so nobody can change the register here."
    if not (_is_here(f"//{names.get('host', '')}") and _is_here(names.get("origin", ""))):
        return (
            "No sign-in is set up, so the register can be changed only at the server's own computer, "
            "under an address that begins with http://127.0.0.1 or http://localhost."
        )
    return None


def _is_here(link: str) -> bool:
    try:
        return is_loopback(urlsplit(link).hostname or "-")
    except ValueError:
        return False
