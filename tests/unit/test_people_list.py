"""Who holds which role: the list of people and the claim, with everything that can be wrong in them."""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_loaders.errors import SettingError
from presentation.people_list import MOST_BYTES, Grant, People, grant_from_claim, parse_people, plain, read_people

BARKING, CAMDEN, BARNSLEY_2025, BARNSLEY = "E09000002", "E09000007", "E08000038", "E08000016"
ISSUER, OTHER = "https://login.example.nhs.uk", "https://elsewhere.example.org"


def find_place(code: str) -> str | None:
    return {BARKING: BARKING, CAMDEN: CAMDEN, BARNSLEY_2025: BARNSLEY, BARNSLEY: BARNSLEY}.get(code)


def who(email: str = "a@example.org", *, verified: object = True, iss: str = ISSUER, sub: str = "1") -> dict[str, object]:
    return {"iss": iss, "sub": sub, "email": email, "email_verified": verified}


def entry(**values: str) -> str:
    return "[[person]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def test_a_list_gives_each_person_their_role_and_everyone_else_none() -> None:
    people = parse_people(
        entry(email='"Ada@Example.org"', role='"steward"')
        + entry(email='"bo@example.org"', role='"Editor"', places=f'["{BARKING}", " e09000007 ", "{BARNSLEY_2025}"]')
        + entry(subject='"s-3"', issuer=f'"{ISSUER}"', role='"contributor"'),
        find_place,
    )
    assert people.problems == () and len(people) == 3
    assert people.grant(who("ada@example.ORG")) == Grant("steward")
    assert people.grant(who("bo@example.org")) == Grant("editor", frozenset({BARKING, CAMDEN, BARNSLEY}))
    assert people.grant({"iss": ISSUER, "sub": "s-3"}) == Grant("contributor")
    assert people.grant(who("cy@example.org")) is None
    assert people.grant({}) is None


def test_a_subject_counts_for_its_own_issuer_alone_and_before_an_address() -> None:
    people = parse_people(
        entry(subject='"1"', issuer=f'"{ISSUER}"', role='"contributor"')
        + entry(email='"a@example.org"', role='"steward"')
        + entry(email='"b@example.org"', issuer=f'"{ISSUER}"', role='"steward"')
    )
    assert people.grant(who()) == Grant("contributor")
    assert people.grant(who(sub="2")) == Grant("steward")
    assert people.grant({"iss": OTHER, "sub": "1"}) is None
    assert people.grant(who("b@example.org", iss=OTHER)) is None
    assert people.grant(who("b@example.org", sub="2")) == Grant("steward")


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 2, [], {}])
def test_an_address_that_nobody_has_verified_gives_nothing(verified: object) -> None:
    text = entry(email='"a@example.org"', role='"steward"')
    assert parse_people(text).grant(who(verified=verified)) is None
    trusting = f'accept_unverified_emails_from = ["{ISSUER}"]\n' + text
    assert parse_people(trusting).grant(who(verified=verified)) == Grant("steward")
    assert parse_people(trusting).grant(who(verified=verified, iss=OTHER)) is None


def test_a_letter_that_only_looks_like_another_is_another() -> None:
    people = parse_people(entry(email='"kim@example.org"', role='"steward"'))
    assert people.grant(who("KIM@example.org")) == Grant("steward")
    for other in ("\u212aim@example.org", "kım@example.org", "kіm@example.org", "kim@example.org\u200b"):
        assert people.grant(who(other)) is None, ascii(other)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry(email='"a@example.org"', role='"admin"'), "its role has to be one of reader, contributor, editor, steward"),
        (entry(email='"a@example.org"'), "its role has to be one of"),
        (entry(email='"a@example.org"', role='"editor"'), "an editor needs at least one place"),
        (entry(email='"a@example.org"', role='"editor"', places='["E09999999"]'), "an editor needs at least one place"),
        (entry(email='"a@example.org"', role='"editor"', places='"E09000002"'), "a list of codes in quotation marks"),
        (entry(email='"a@example.org"', role='"editor"', places="[1]"), "a list of codes in quotation marks"),
        (entry(email='"a@example.org"', role='"steward"', places='["E09000002"]'), "only an editor has places"),
        (entry(email='"a@example.org"', role='"editor"', place='["E09000002"]'), "it has “place”"),
        (entry(email='"a at example.org"', role='"reader"'), "its email is not an address"),
        (entry(email="1", role='"reader"'), "have to be in quotation marks"),
        (entry(role='"reader"'), "either an email or a subject"),
        (entry(email='"a@example.org"', subject='"1"', role='"reader"'), "either an email or a subject"),
        (entry(subject='"1"', role='"steward"'), "a subject needs the issuer"),
        ("person = [1]\n", "it has to be a [[person]] table"),
        (entry(email='"a@example.org"', role='"steward"', **{'"<b>\u202e"': "1"}), "it has “<b>”"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_used_is_said_by_number_and_the_others_count(text: str, said: str) -> None:
    both = parse_people(entry(email='"good@example.org"', role='"contributor"') + text if "[[person]]" in text else text, find_place)
    assert any(said in problem for problem in both.problems), both.problems
    assert all("example.org" not in problem for problem in both.problems), "an address is nobody's business"
    assert both.grant(who("a@example.org")) is None
    if "[[person]]" in text:
        assert "Entry 2" in " ".join(both.problems)
        assert both.grant(who("good@example.org")) == Grant("contributor")


def test_an_unknown_place_is_left_out_and_said() -> None:
    people = parse_people(entry(email='"a@example.org"', role='"editor"', places='["E09000002", "Camden", "E54000029"]'), find_place)
    assert people.grant(who()) == Grant("editor", frozenset({BARKING}))
    assert [problem.split(",")[0] for problem in people.problems] == [
        "Entry 1 of the list of people names the place “CAMDEN”",
        "Entry 1 of the list of people names the place “E54000029”",
    ]


def test_two_entries_for_one_person_cancel_each_other() -> None:
    text = entry(email='"a@example.org"', role='"reader"') + entry(email='"A@example.org"', role='"steward"')
    people = parse_people(text + entry(email='"b@example.org"', role='"steward"'))
    assert people.problems == ("Entries 1 and 2 are for the same person, so none of them counts: keep one.",)
    assert people.grant(who()) is None
    assert people.grant(who("b@example.org")) == Grant("steward")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[person]\nemail = 'secret@example.org'\n", "is not TOML (at line 1, column 9)"),
        (b"[person]\nemail = 'secret@example.org'\n", "write [[person]] with two brackets"),
        (b"[[people]]\nemail = 'secret@example.org'\n", "“people”, which means nothing here"),
        (b"accept_unverified_emails_from = true\n", "has to be a list of issuers"),
        (b"[[person]]\nemail = '\xff\xfe'\n", "is not UTF-8"),
        (b"a = " + b"[" * 50_000, "too deep"),
        (b"#" * (MOST_BYTES + 1), "is larger than"),
    ],
)
def test_a_file_that_is_no_list_is_one_line_that_repeats_nobodys_address(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_bytes(content)
    with pytest.raises(SettingError) as caught:
        read_people(path)
    message = str(caught.value)
    assert said in message and str(path) in message
    assert "\n" not in message and "secret@example.org" not in message


def test_a_file_that_is_missing_or_a_folder_is_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SettingError, match=r"COMMON_GROUND_PEOPLE names .* cannot be read"):
            read_people(path)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text(entry(email='"a@example.org"', role='"steward"'), encoding="utf-8-sig")
    assert read_people(path).grant(who()) == Grant("steward")


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("steward", Grant("steward")),
        (["offline_access", "Contributor"], Grant("contributor")),
        ("default-roles editor:E09000002,E09000007", Grant("editor", frozenset({BARKING, CAMDEN}))),
        (["editor:E09000002", "contributor", "editor:E08000038"], Grant("editor", frozenset({BARKING, BARNSLEY}))),
        (["editor:E09000002", "steward"], Grant("steward")),
        (["steward:E09000002"], Grant("steward")),
        ("reader", Grant("reader")),
        (["reader", "editor:E09000002"], Grant("editor", frozenset({BARKING}))),
        (["reader", "contributor"], Grant("contributor")),
        ("admin superuser stewards", None),
        (["editor"], None),
        (["editor:"], None),
        (["editor:E09999999"], None),
        ([None, 7, {"role": "steward"}, ["steward"]], None),
        ({"steward": True}, None),
        (True, None),
        (None, None),
        ("", None),
    ],
)
def test_a_claim_gives_the_strongest_role_that_is_ours(claim: object, expected: Grant | None) -> None:
    grant, _ = grant_from_claim({"roles": claim}, "roles", find_place)
    assert grant == expected


def test_a_claim_may_lie_deeper_or_have_an_address_for_a_name() -> None:
    claims = {"realm_access": {"roles": ["steward"]}, "https://example.org/roles": "contributor", "flat": "steward"}
    assert grant_from_claim(claims, "realm_access.roles")[0] == Grant("steward")
    assert grant_from_claim(claims, "https://example.org/roles")[0] == Grant("contributor")
    assert grant_from_claim(claims, "flat.roles")[0] is None
    assert grant_from_claim(claims, "missing")[0] is None


def test_what_a_claim_says_wrongly_is_told_as_plain_text() -> None:
    _, problems = grant_from_claim({"roles": ["editor:<b>Camden</b>\u202e\n"]}, "roles", find_place)
    assert problems == [
        "Your sign-in names the place “<B>CAMDEN</B>”, which this atlas does not know.",
        "Your sign-in makes you an editor but names no place that this atlas knows.",
    ]


def test_plain_takes_out_what_cannot_be_seen_and_cuts_what_is_long() -> None:
    assert plain("  Zoë\u202e\u2066 \n\t O’Neill\x00 👩🏽 ") == "Zoë O’Neill 👩🏽"
    assert plain("x" * 10_000) == "x" * 79 + "…"
    assert plain("مریم نقوی") == "مریم نقوی"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["steward", "editor:E09000002"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["iss", "sub", "email", "roles", "a"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["iss", "sub", "email", "email_verified", "roles"]), _JSON))
def test_no_claims_whatever_break_anything_or_make_an_editor_of_nowhere(claims: dict[str, object]) -> None:
    people = parse_people(entry(email='"a@example.org"', role='"steward"'))
    for grant in (people.grant(claims), grant_from_claim(claims, "roles", find_place)[0]):
        assert grant is None or (grant.role == "editor") == bool(grant.places)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_list_or_a_reason(text: str) -> None:
    with contextlib.suppress(SettingError, tomllib.TOMLDecodeError):
        assert isinstance(parse_people(text), People)
