"""What follows from a sign-in, or from none: the actor that the register is given."""

from __future__ import annotations

import pytest

from presentation.people_list import parse_people
from presentation.single_user import why_not
from presentation.standing import (
    SINGLE_USER,
    SKEW_S,
    Kind,
    display_name,
    has_ended,
    subject_of,
    with_provider,
    without_provider,
)
from presentation.start_rules import RegisterMode
from register.actors import ANYONE

NOW = 1_800_000_000.0
HOUR = 3_600
HERE = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}


def claims(**changes: object) -> dict[str, object]:
    return {
        "is_logged_in": True, "iss": "https://login.example.org", "sub": "abc", "iat": NOW - 60, "exp": NOW + HOUR, "name": "Ada"
    } | changes  # fmt: skip


def test_the_list_decides_then_the_claim_and_else_a_reader() -> None:
    people = parse_people('[[person]]\nsubject = "abc"\nissuer = "https://login.example.org"\nrole = "contributor"\n')
    on_list = with_provider(RegisterMode.ON, claims(roles="steward"), now=NOW, people=people, role_claim="roles")
    assert (on_list.actor.role, on_list.kind, on_list.notes) == ("contributor", Kind.SIGNED_IN, ())
    by_claim = with_provider(RegisterMode.ON, claims(roles="steward", sub="other"), now=NOW, people=people, role_claim="roles")
    assert by_claim.actor.role == "steward"
    neither = with_provider(RegisterMode.ON, claims(roles="steward"), now=NOW)
    assert (neither.actor.role, neither.actor.subject, neither.actor.name) == ("reader", "https://login.example.org#abc", "Ada")


@pytest.mark.parametrize("logged_in", [False, None, "true", 1, "yes"])
def test_only_a_sign_in_that_streamlit_vouches_for_counts(logged_in: object) -> None:
    standing = with_provider(RegisterMode.ON, claims(is_logged_in=logged_in, roles="steward"), now=NOW, role_claim="roles")
    assert (standing.actor, standing.kind) == (ANYONE, Kind.NOBODY)


@pytest.mark.parametrize("missing", [{"iss": ""}, {"sub": None}, {"sub": 7}, {"iss": ["a"]}, {"sub": "  "}])
def test_a_sign_in_that_does_not_say_who_is_nobodys(missing: dict[str, object]) -> None:
    standing = with_provider(RegisterMode.ON, claims(roles="steward", **missing), now=NOW, role_claim="roles")
    assert standing.actor == ANYONE and standing.notes


def test_the_same_subject_from_two_issuers_is_two_people() -> None:
    assert subject_of(claims()) != subject_of(claims(iss="https://elsewhere.example.org"))


@pytest.mark.parametrize("mode", [RegisterMode.READ_ONLY, RegisterMode.OFF])
def test_where_nobody_may_write_nobody_has_a_role(mode: RegisterMode) -> None:
    assert with_provider(mode, claims(roles="steward"), now=NOW, role_claim="roles").actor == ANYONE
    assert without_provider(mode, "127.0.0.1", HERE).actor == ANYONE


@pytest.mark.parametrize(
    ("changes", "hours", "ended"),
    [
        ({}, None, False),
        ({"exp": NOW - SKEW_S}, None, False),
        ({"exp": NOW - SKEW_S - 1}, None, True),
        ({"exp": NOW - 1_000}, 8, False),
        ({"iat": NOW - 8 * HOUR, "exp": NOW - 1_000}, 8, False),
        ({"iat": NOW - 8 * HOUR - 1}, 8, True),
        ({"iat": NOW - 24 * HOUR, "exp": NOW + 9_999 * HOUR}, None, False),
        ({"iat": NOW - 24 * HOUR - 1, "exp": NOW + 9_999 * HOUR}, None, True),
        ({"iat": NOW + SKEW_S}, None, False),
        ({"iat": NOW + SKEW_S + 1}, None, True),
        ({"iat": None}, None, True),
        ({"exp": None}, 8, True),
        ({"exp": "9999999999"}, None, True),
        ({"exp": True}, None, True),
        ({"exp": float("nan")}, None, True),
        ({"exp": float("inf")}, None, True),
        ({"iat": float("nan")}, 8, True),
    ],
)
def test_a_sign_in_ends(changes: dict[str, object], hours: float | None, ended: bool) -> None:
    assert has_ended(claims(**changes), NOW, hours) is ended
    standing = with_provider(RegisterMode.ON, claims(roles="steward", **changes), now=NOW, hours=hours, role_claim="roles")
    assert standing.actor.role == ("reader" if ended else "steward")
    assert standing.kind is (Kind.ENDED if ended else Kind.SIGNED_IN)


def test_a_name_is_one_line_whoever_wrote_it() -> None:
    assert display_name({"name": "Ada\n\u202eLovelace" + "!" * 500}).startswith("Ada Lovelace!!!")
    assert len(display_name({"name": "x" * 5_000})) == 80
    assert display_name({"name": 7, "preferred_username": "ada"}) == "ada"
    assert display_name({}) == ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8501", "localhost:8501", "LOCALHOST", "127.1.2.3", "[::1]:8501", "localhost.:80", "[::ffff:127.0.0.1]"]
)
def test_a_visit_at_this_computer_is_the_single_users(host: str) -> None:
    standing = without_provider(RegisterMode.ON, "127.0.0.1", {"host": host, "ORIGIN": f"http://{host}"})
    assert (standing.actor, standing.kind, standing.notes) == (SINGLE_USER, Kind.SINGLE_USER, ())
    assert standing.actor.is_steward


@pytest.mark.parametrize(
    ("address", "headers", "said"),
    [
        ("0.0.0.0", HERE, "can be reached by others"),
        (None, HERE, "can be reached by others"),
        ("::", HERE, "can be reached by others"),
        ("atlas.example.org", HERE, "can be reached by others"),
        ("127.0.0.1", HERE | {"X-Forwarded-For": "203.0.113.7"}, "through a proxy"),
        ("127.0.0.1", HERE | {"x-forwarded-proto": "https"}, "through a proxy"),
        ("127.0.0.1", HERE | {"Forwarded": "for=203.0.113.7"}, "through a proxy"),
        ("127.0.0.1", HERE | {"Via": "1.1 proxy"}, "through a proxy"),
        ("127.0.0.1", HERE | {"CF-Connecting-IP": "203.0.113.7"}, "through a proxy"),
        ("127.0.0.1", {"Host": "127.0.0.1:8501", "Origin": "https://atlas.example.org"}, "own computer"),
        ("127.0.0.1", {"Host": "atlas.example.org", "Origin": "http://127.0.0.1"}, "own computer"),
        ("127.0.0.1", {"Host": "127.0.0.1.example.org", "Origin": "http://127.0.0.1.example.org"}, "own computer"),
        ("127.0.0.1", {"Host": "127.0.0.1@example.org", "Origin": "http://127.0.0.1@example.org"}, "own computer"),
        ("127.0.0.1", {"Host": "0.0.0.0:8501", "Origin": "http://0.0.0.0:8501"}, "own computer"),
        ("127.0.0.1", {"Host": "127.0.0.1:8501"}, "own computer"),
        ("127.0.0.1", {"Host": "127.0.0.1:8501", "Origin": "null"}, "own computer"),
        ("127.0.0.1", {"Host": "[::1", "Origin": "http://[::1"}, "own computer"),
        ("127.0.0.1", {}, "own computer"),
    ],
)
def test_any_other_visit_is_anybodys(address: str | None, headers: dict[str, str], said: str) -> None:
    standing = without_provider(RegisterMode.ON, address, headers)
    assert (standing.actor, standing.kind) == (ANYONE, Kind.CLOSED)
    assert len(standing.notes) == 1 and said in standing.notes[0]
    assert why_not(address, headers) == standing.notes[0]
