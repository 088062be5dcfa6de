"""Which role a person who has signed in holds here: from a list of people (TOML) or from a claim in their token. No screen here.

The list, which COMMON_GROUND_PEOPLE names, has one table a person: `email`, or `subject` with `issuer`; `role`; `places` for an editor.
A claim, which COMMON_GROUND_ROLE_CLAIM names, holds words such as "steward", "contributor" or "editor:E09000002,E09000025".
A person who is in neither is a reader. Whatever cannot be read counts for nothing and is said by its number, never by a name or an address.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_loaders.errors import SettingError
from presentation.start_rules import PEOPLE
from register.vocabularies import ROLES

MOST_BYTES = 2_000_000
_KEYS = frozenset({"email", "subject", "issuer", "role", "places"})
_TOP = frozenset({"person", "accept_unverified_emails_from"})
_PLACE = re.compile(r"E0[6-9]\d{6}")
_ASCII_UPPER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_STRENGTH = {role: number for number, role in enumerate(("reader", "contributor", "editor", "steward"))}

FindPlace = Callable[[str], str | None]
"""From a code to the lad24cd of the authority that it means, or None when it means none."""

_Key = tuple[str, str, str]


class _EntryError(ValueError):
    """An entry of the list cannot be used; the message is half a sentence that says why."""


@dataclass(frozen=True)
class Grant:
    """A role, and for an editor the authorities (lad24cd) that they answer for."""

    role: str = "reader"
    places: frozenset[str] = frozenset()


@dataclass(frozen=True)
class People:
    """The list of people, and what in it could not be used: whole sentences that name an entry by its number."""

    problems: tuple[str, ...] = ()
    _grants: Mapping[_Key, Grant] = field(default_factory=dict, repr=False)
    _unverified: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._grants)

    def grant(self, claims: Mapping[str, object]) -> Grant | None:
        """The role of whoever a token speaks of; None when they are not on the list.

        An entry by subject goes before one by email. An address counts only when the provider says that it has verified it, or when the
        list accepts that provider's addresses as they come: elsewhere a person might have typed somebody else's.
        """
        issuer = text_of(claims.get("iss"))
        by_subject = self._grants.get(("subject", issuer, text_of(claims.get("sub"))))
        if by_subject is not None:
            return by_subject
        email = _email(text_of(claims.get("email")))
        verified = claims.get("email_verified") in (True, "true") or issuer in self._unverified
        if not (email and verified):
            return None
        return self._grants.get(("email", issuer, email)) or self._grants.get(("email", "", email))


def read_people(path: Path, find_place: FindPlace | None = None) -> People:
    """The list of people in a TOML file. find_place: None to check the form of codes alone.

    SettingError in one line when the file is missing, unreadable, too large or not TOML, or is no list of people at all.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise SettingError(f"{PEOPLE} names {path}, which cannot be read: {error.strerror}.") from None
    if size > MOST_BYTES:
        raise SettingError(f"{PEOPLE} names {path}, which is larger than {MOST_BYTES:,} bytes: it should hold a list of people.")
    try:
        return parse_people(content.decode("utf-8-sig"), find_place)
    except UnicodeDecodeError:
        raise SettingError(f"{path} is not UTF-8 text: save the list of people as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at [^)]*\)", str(error))  # the place alone: the rest may repeat what a line holds
        raise SettingError(f"{path} is not TOML{' ' + where.group() if where else ''}: mend it there.") from None
    except RecursionError:
        raise SettingError(f"{path} is no list of people: its brackets go too deep.") from None
    except SettingError as error:
        raise SettingError(f"{path}: {error}") from None


def parse_people(text: str, find_place: FindPlace | None = None) -> People:
    """The list of people in a text. tomllib.TOMLDecodeError when it is not TOML, SettingError when it is no list of people."""
    content = tomllib.loads(text)
    unknown = sorted(set(content) - _TOP)
    if unknown:
        raise SettingError(f"the list of people has “{plain(unknown[0])}”, which means nothing here: it takes [[person]] tables.")
    unverified = content.get("accept_unverified_emails_from", [])
    if not isinstance(unverified, list) or not all(isinstance(issuer, str) for issuer in unverified):
        raise SettingError("accept_unverified_emails_from has to be a list of issuers, each in quotation marks.")
    entries = content.get("person", [])
    if not isinstance(entries, list):
        raise SettingError("each person is a table of its own: write [[person]] with two brackets.")
    problems: list[str] = []
    found: dict[_Key, list[tuple[int, Grant]]] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            key, grant = _entry(number, entry, find_place, problems)
        except _EntryError as error:
            problems.append(f"Entry {number} of the list of people does not count: {error}.")
        else:
            found.setdefault(key, []).append((number, grant))
    for twice in (numbered for numbered in found.values() if len(numbered) > 1):
        numbers = " and ".join(str(number) for number, _ in twice)
        problems.append(f"Entries {numbers} are for the same person, so none of them counts: keep one.")
    grants = {key: numbered[0][1] for key, numbered in found.items() if len(numbered) == 1}
    return People(tuple(problems), grants, frozenset(unverified))


def grant_from_claim(
    claims: Mapping[str, object], name: str, find_place: FindPlace | None = None
) -> tuple[Grant | None, list[str]]:
    """The strongest role that a claim gives, and what in it could not be used; no role when it gives none of ours.

    name: the claim's own name, or a path of names with dots between them ("realm_access.roles"). Words that are no role of ours are
    passed over in silence: such claims carry other programs' roles as well. An editor of nowhere is no editor.
    """
    held: list[Grant] = []
    problems: list[str] = []
    for word in _words(_looked_up(claims, name)):
        role, colon, codes = word.partition(":")
        role = role.lower()
        if role not in ROLES:
            continue
        places, wrong = _places(codes.split(",") if colon else [], find_place)
        problems += [f"Your sign-in names the place “{plain(code)}”, which this atlas does not know." for code in wrong]
        if role == "editor" and not places:
            problems.append("Your sign-in makes you an editor but names no place that this atlas knows.")
        else:
            held.append(Grant(role, places if role == "editor" else frozenset()))
    if not held:
        return None, problems
    strongest = max(held, key=lambda grant: _STRENGTH[grant.role]).role
    return Grant(strongest, frozenset().union(*(grant.places for grant in held if grant.role == strongest))), problems


def text_of(value: object) -> str:
    """A claim that should be a text; empty when it is anything else."""
    return value.strip() if isinstance(value, str) else ""


def plain(text: str, most: int = 80) -> str:
    """A text from elsewhere in one line of at most `most` characters, without what is invisible or turns the direction of writing."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 10 * most])
    line = " ".join(shown.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _entry(number: int, entry: object, find_place: FindPlace | None, problems: list[str]) -> tuple[_Key, Grant]:
    """One person of the list. _EntryError when it cannot be used; a sentence is added to the problems when a part of it cannot."""
    if not isinstance(entry, Mapping):
        raise _EntryError("it has to be a [[person]] table")
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise _EntryError(f"it has “{plain(unknown[0])}”, and takes only email, subject, issuer, role and places")
    if not all(isinstance(entry.get(key, ""), str) for key in ("email", "subject", "issuer", "role")):
        raise _EntryError("email, subject, issuer and role have to be in quotation marks")
    email, subject, issuer = _email(text_of(entry.get("email"))), text_of(entry.get("subject")), text_of(entry.get("issuer"))
    if bool(email) == bool(subject):
        raise _EntryError("it needs either an email or a subject")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise _EntryError("its email is not an address")
    if subject and not issuer:
        raise _EntryError("a subject needs the issuer that gave it, since another provider may give the same to someone else")
    role = text_of(entry.get("role")).lower()
    if role not in ROLES:
        raise _EntryError(f"its role has to be one of {', '.join(ROLES)}")
    listed = entry.get("places", [])
    if not isinstance(listed, list) or not all(isinstance(code, str) for code in listed):
        raise _EntryError('its places have to be a list of codes in quotation marks, for example ["E09000002"]')
    if listed and role != "editor":
        raise _EntryError("only an editor has places")
    places, wrong = _places(listed, find_place)
    problems += [
        f"Entry {number} of the list of people names the place “{plain(code)}”, which is no local authority that this atlas knows; "
        "the entry counts without it."
        for code in wrong
    ]
    if role == "editor" and not places:
        raise _EntryError("an editor needs at least one place that this atlas knows")
    return ("subject", issuer, subject) if subject else ("email", issuer, email), Grant(role, places)


def _places(codes: Iterable[str], find_place: FindPlace | None) -> tuple[frozenset[str], list[str]]:
    """The authorities (lad24cd) that codes mean, and the codes that mean none."""
    found, wrong = set(), []
    for code in (code.strip().upper() for code in codes if code.strip()):
        place = (find_place(code) if find_place else code) if _PLACE.fullmatch(code) else None
        if place is None:
            wrong.append(code)
        else:
            found.add(place)
    return frozenset(found), wrong


def _email(text: str) -> str:
    """An address to compare by: capitals of ASCII alone are folded, so that no other letter can pass for one of them."""
    return text.translate(_ASCII_UPPER)


def _looked_up(claims: Mapping[str, object], name: str) -> object:
    if name in claims:
        return claims[name]
    value: object = claims
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _words(value: object) -> Iterable[str]:
    """A claim as words: a text is split at spaces, a list taken item by item."""
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list | tuple):
        return [item.strip() for item in value if isinstance(item, str)]
    return []
