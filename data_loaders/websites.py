"""A website as a source gives it, made into an address that may be shown; nothing that leads to a person's telephone or letter box."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Hosts whose addresses are invitations to a private group or somebody's telephone number.
_PRIVATE_HOSTS = ("wa.me", "chat.whatsapp.com", "api.whatsapp.com", "t.me", "telegram.me", "signal.group", "discord.gg")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_LONGEST = 300


def public_website(text: object) -> str | None:
    """The address of a public website, with https:// before it where no scheme was given; None for anything else.

    text: what a source holds in its column. An email address (registers have them in the column for websites), an address with a name or
    password in it, another scheme than http or https, and a link to a private group or to a telephone number give None.
    """
    if not isinstance(text, str):
        return None
    given = text.strip()
    address = given if "://" in given else f"https://{given}"
    if not given or len(address) > _LONGEST or "@" in given or re.search(r"[\s<>\"'\\]", given):
        return None
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return None
    good = parts.scheme.lower() in ("http", "https") and _HOST.fullmatch(host) is not None and port in (None, 80, 443)
    private = host.removeprefix("www.") in _PRIVATE_HOSTS
    return address if good and not private else None
