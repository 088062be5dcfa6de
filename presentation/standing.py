"""Who the person in front of this session is to the register, and why. No screen here: what was signed, and when, comes in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from presentation import single_user
from presentation.people_list import FindPlace, Grant, People, grant_from_claim, plain, text_of
from presentation.start_rules import MOST_HOURS, RegisterMode
from register.actors import ANYONE, Actor

SKEW_S = 120
"""By how many seconds the clocks of this server and of the provider may differ."""

SINGLE_USER = Actor("single-user", "", "steward")


class Kind(StrEnum):
    """How somebody came to be who they are."""

    NOBODY = "not signed in"
    SIGNED_IN = "signed in"
    ENDED = "sign-in has ended"
    SINGLE_USER = "single user"
    CLOSED = "nobody may write here"


@dataclass(frozen=True)
class Standing:
    """The actor of a session, how they came to be it, and sentences for them about what could not be taken into account."""

    actor: Actor
    kind: Kind
    mode: RegisterMode
    notes: tuple[str, ...] = ()


def without_provider(mode: RegisterMode, address: str | None, headers: Mapping[str, str]) -> Standing:
    """The standing of a visit when no provider is set up: the single user at this computer, anyone otherwise."""
    if mode is not RegisterMode.ON:
        return Standing(ANYONE, Kind.CLOSED, mode)
    reason = single_user.why_not(address, headers)
    return Standing(ANYONE, Kind.CLOSED, mode, (reason,)) if reason else Standing(SINGLE_USER, Kind.SINGLE_USER, mode)


def with_provider(
    mode: RegisterMode,
    claims: Mapping[str, object],
    *,
    now: float,
    hours: float | None = None,
    people: People | None = None,
    role_claim: str | None = None,
    find_place: FindPlace | None = None,
) -> Standing:
    """The standing of a session whose claims Streamlit has checked (`st.user`), empty for somebody not signed in.

    now: seconds since 1970. hours: how long a sign-in lasts, None for as long as the token says. Whoever is on the list has the role that
    the list gives, even where the claim would give more; whoever is on neither is a reader.
    """
    if mode is not RegisterMode.ON:
        return Standing(ANYONE, Kind.CLOSED, mode)
    if claims.get("is_logged_in") is not True:
        return Standing(ANYONE, Kind.NOBODY, mode)
    subject = subject_of(claims)
    if subject is None:
        return Standing(ANYONE, Kind.NOBODY, mode, ("Your sign-in does not say who you are, so it cannot be used here.",))
    if has_ended(claims, now, hours):
        return Standing(ANYONE, Kind.ENDED, mode)
    notes: list[str] = []
    grant = people.grant(claims) if people is not None else None
    if grant is None and role_claim:
        grant, notes = grant_from_claim(claims, role_claim, find_place)
    grant = grant or Grant()
    return Standing(
        Actor(subject, display_name(claims), grant.role, grant.places), Kind.SIGNED_IN, mode, tuple(dict.fromkeys(notes))
    )


def subject_of(claims: Mapping[str, object]) -> str | None:
    """A stable identifier of a person, "issuer#subject": a subject alone is unique only within its issuer. None when either is missing."""
    issuer, subject = text_of(claims.get("iss")), text_of(claims.get("sub"))
    return f"{issuer}#{subject}" if issuer and subject else None


def display_name(claims: Mapping[str, object]) -> str:
    """The name to greet somebody by, in one line; empty when the token has none. Never logged and never stored."""
    return plain(text_of(claims.get("name")) or text_of(claims.get("preferred_username")))


def has_ended(claims: Mapping[str, object], now: float, hours: float | None) -> bool:
    """Whether a sign-in is over, or its times make no sense; whatever a provider says, it is over after a day (MOST_HOURS)."""
    issued, expires = _seconds(claims.get("iat")), _seconds(claims.get("exp"))
    if issued is None or expires is None:
        return True
    last = min(expires + SKEW_S, issued + MOST_HOURS * 3600) if hours is None else issued + hours * 3600
    return not issued - SKEW_S <= now <= last


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
