"""The example register: loaded and removed in one action each, marked, sourced, and never among what is listed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from register import example_register, partners
from register.actors import ANYONE, Actor
from register.errors import NotAllowedError
from register.model import ENTITIES, History, Partner
from register.open_referral_directory import RegisterDirectory
from register.record import RelationshipRecord
from register.store import Acting, Register, open_register
from register.vocabularies import STAGES_TOGETHER

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
STEWARD = Actor("steward@example", "S", "steward")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return open_register(tmp_path / "register.sqlite", clock=lambda: NOW)


@pytest.fixture
def steward(register: Register) -> Acting:
    return register.as_(STEWARD)


def _all(acting: Acting) -> dict[str, dict]:
    with acting.read() as connection:
        return {row["source_id"]: dict(row) for row in connection.execute(select(Partner.__table__)).mappings()}


def _changes(acting: Acting) -> int:
    with acting.read() as connection:
        return len(connection.execute(select(History.revision)).all())


def test_a_new_register_holds_no_example(steward: Acting) -> None:
    assert example_register.loaded(steward) == 0
    assert _all(steward) == {}


def test_one_action_loads_all_of_them_and_a_second_adds_nothing(steward: Acting) -> None:
    entries = example_register.examples()
    first = example_register.load(steward)
    assert (first.added, first.left) == (len(entries), 0)
    assert first.said == f"Published examples: {len(entries)} added."
    before = _changes(steward)
    second = example_register.load(steward)
    assert (second.added, second.put_back, second.as_they_were) == (0, 0, len(entries))
    assert _changes(steward) == before, "nothing is written the second time"
    assert example_register.loaded(steward) == len(entries)


def test_every_entry_is_marked_unconfirmed_and_says_where_it_is_published_and_when(steward: Acting) -> None:
    example_register.load(steward)
    for key, row in _all(steward).items():
        assert row["example"] and row["description"].startswith("Published example, to be confirmed."), key
        assert "https://" in row["example_source"] and date(2017, 1, 1) <= row["example_date"] < NOW.date(), key
        assert row["last_confirmed"] is None and row["listed_on"] is None, key
        record = partners.get(steward, row["id"])
        assert record.freshness == "unconfirmed"
        relationships: tuple[RelationshipRecord, ...] = record.relationships
        for relationship in relationships:
            assert relationship.standing in ("needs checking", "in conversation", "known of"), (
                "an example never counts as confirmed"
            )
            if relationship.fields["stage"] in STAGES_TOGETHER:
                assert {each["side"] for each in relationship.commitments} == {"partner", "statutory body"}, key


def test_the_partnerships_that_the_reports_name_are_among_them(steward: Acting) -> None:
    named = {entry["name"] for entry in example_register.examples() if entry["named_in_reports"]}
    assert named == {
        "East London Mosque and London Muslim Centre",
        "Tower Hamlets Inter Faith Forum",
        "BD_Collective",
        "BD_Collective localities",
        "Brighton and Hove Faith in Action",
        "Approachable Parenting",
    }


def test_no_example_is_listed_in_the_feed(register: Register, steward: Acting) -> None:
    example_register.load(steward)
    assert list(RegisterDirectory(register).entries()) == []
    row = _all(steward)["east-london-mosque"]
    partners.update(
        steward, row["id"], row["version"], {"listed_on": date(2026, 1, 1), "listed_how": "By mistake"}, note="A slip"
    )
    assert list(RegisterDirectory(register).entries()) == [], (
        "not even when somebody ticks the box: it is still an example"
    )


def test_no_person_is_named_and_no_private_word_is_there(steward: Acting) -> None:
    example_register.load(steward)
    with steward.read() as connection:
        for entity in ("person", "channel", "story", "place_contact", "connector"):
            assert connection.execute(select(ENTITIES[entity].__table__)).first() is None, entity
    text = example_register.EXAMPLES.read_text(encoding="utf-8")
    assert not re.search(r"\b(Dr|Revd?|Reverend|Mr|Mrs|Ms|Cllr|Sheikh|Imam) [A-Z]", text)


def test_removing_takes_them_out_of_view_and_keeps_the_history(steward: Acting) -> None:
    example_register.load(steward)
    written = _changes(steward)
    count = len(example_register.examples())
    gone = example_register.remove(steward)
    assert gone.removed == count and example_register.loaded(steward) == 0
    assert {row["status"] for row in _all(steward).values()} == {"withdrawn"}
    assert _changes(steward) == written + count, (
        "the removal is one more change of each, and none of the old ones is gone"
    )
    assert example_register.remove(steward).removed == 0
    again = example_register.load(steward)
    assert (again.added, again.put_back) == (0, count), "the very same entries come back"
    assert {row["status"] for row in _all(steward).values()} == {"published"}


def test_an_entry_that_somebody_made_their_own_stays(steward: Acting) -> None:
    example_register.load(steward)
    row = _all(steward)["thames-life"]
    own = {"example": False, "last_confirmed": NOW.date(), "confirmed_by_role": "community lead"}
    partners.update(steward, row["id"], row["version"], own, note="We met them")
    assert example_register.remove(steward).removed == len(example_register.examples()) - 1
    assert _all(steward)["thames-life"]["status"] == "published"
    assert example_register.load(steward).as_they_were == 1


def test_an_editor_loads_the_examples_of_their_own_place_alone(register: Register) -> None:
    editor = register.as_(Actor("editor@example", "E", "editor", frozenset({"E09000002"})))
    done = example_register.load(editor)
    assert 0 < done.added < len(example_register.examples()) and done.added + done.left == len(
        example_register.examples()
    )
    assert {tuple(row["service_area"]) for row in _all(editor).values()} == {("E09000002",)}
    assert "places that you do not answer for" in done.said


def test_whoever_is_not_signed_in_can_do_neither(register: Register) -> None:
    for act in (example_register.load, example_register.remove):
        with pytest.raises(NotAllowedError):
            act(register.as_(ANYONE))


def test_a_file_with_one_bad_entry_loads_none(steward: Acting, tmp_path: Path) -> None:
    path = tmp_path / "examples.toml"
    text = example_register.EXAMPLES.read_text(encoding="utf-8")
    path.write_text(text.replace('kind = "named service"', 'kind = "a thing"'), encoding="utf-8")
    with pytest.raises(Exception, match="kind of partner"):
        example_register.load(steward, path)
    assert _all(steward) == {}
    assert _changes(steward) == 0
