"""Every change is in the history, nothing is rewritten, and any past state can be shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from register import checking, entries, history, partners, people, relationships
from register.errors import NotFoundError, RegisterError
from register.model import ENTITIES
from register.store import Register, open_register
from register.writing import table_of, tracked
from tests.register.beginnings import (
    CONTRIBUTOR,
    EDITOR,
    READER,
    STEWARD,
    TODAY,
    TOWER_HAMLETS,
    Clock,
    a_partner,
    a_relationship,
)

# Text that a database or a template might trip over, among ordinary words.
_TEXTS = st.sampled_from(
    ["Lunch club", "=HYPERLINK(1)", "<b>bold</b>", "مسجد شرق لندن", "👩🏾‍🦽 walks", "'; DROP TABLE partner; --", "", None, "x" * 9_999]
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("describe"), _TEXTS),
        st.tuples(st.just("networks"), st.lists(st.sampled_from(["Forum", "Alliance", "مجلس"]), max_size=3)),
        st.tuples(st.just("activity"), _TEXTS),
        st.tuples(st.just("stage"), st.sampled_from(["introduced", "talking", "dormant"])),
        st.tuples(st.just("withdraw"), st.booleans()),
        st.tuples(st.just("sensitive"), st.booleans()),
        st.tuples(st.just("fail"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=_STEPS)
def test_replaying_the_history_gives_the_register(register: Register, steps: list[tuple[str, Any]]) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    relationship = a_relationship(acting, partner.id)
    for what, value in steps:
        _do(register, what, value, partner.id, relationship.id)
    assert checking.faults(register.as_(STEWARD)) == []


def _do(register: Register, what: str, value: Any, partner_id: str, relationship_id: str) -> None:
    acting = register.as_(EDITOR)
    version = partners.get(acting, partner_id).version
    try:
        if what == "describe":
            partners.update(acting, partner_id, version, {"description": value})
        elif what == "networks":
            partners.update(acting, partner_id, version, {"networks": value})
        elif what == "activity":
            entries.add(acting, "activity", {"partner_id": partner_id, "name": value, "clinical_areas": ["asthma"]})
        elif what == "stage":
            now = next(r for r in partners.get(acting, partner_id).relationships if r.fields["id"] == relationship_id)
            relationships.move(acting, relationship_id, now.fields["version"], value, on=TODAY, note="Moved")
        elif what == "withdraw":
            change = partners.withdraw if value else partners.put_back
            change(acting, partner_id, version, note="Because")
        elif what == "sensitive":
            partners.update(acting, partner_id, version, {"sensitive": value})
        else:
            with acting.together() as inside:
                partners.update(inside, partner_id, version, {"description": "never kept"})
                raise RegisterError("on purpose")
    except RegisterError:
        pass  # refused, as for an empty name; what matters is that nothing is half done


def test_what_failed_leaves_no_trace(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    before = register.revision()
    with pytest.raises(RegisterError), acting.together() as inside:
        partners.update(inside, partner.id, 1, {"description": "never kept"})
        raise RegisterError("on purpose")
    assert (register.revision(), partners.get(acting, partner.id).version) == (before, 1)
    assert len(history.of_record(acting, "partner", partner.id)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM history",
        "UPDATE history SET note = 'other'",
        "UPDATE history SET subject = 'somebody else', redacted = true",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(register: Register, statement: str) -> None:
    a_partner(register.as_(EDITOR))
    with pytest.raises(DatabaseError, match="history is never"), register.engine.begin() as connection:
        connection.execute(text(statement))
    assert checking.faults(register.as_(STEWARD)) == []


def test_any_past_state_can_be_shown(register: Register, clock: Clock) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting, description="First")
    first = clock.forward(days=1)
    partners.update(acting, partner.id, 1, {"description": "Second", "networks": ["Forum"]})
    second = clock.forward(days=1)
    partners.withdraw(acting, partner.id, 2, note="Closed")
    then = history.as_at(acting, "partner", partner.id, first)
    assert (then["description"], then["networks"], then["version"], then["status"]) == ("First", [], 1, "published")
    assert history.as_at(acting, "partner", partner.id, second)["description"] == "Second"
    assert history.as_at(acting, "partner", partner.id, clock.forward(days=1))["status"] == "withdrawn"
    with pytest.raises(NotFoundError, match="not in the register at that time"):
        history.as_at(acting, "partner", partner.id, first - timedelta(days=9))
    with pytest.raises(ValueError, match="time zone"):
        history.as_at(acting, "partner", partner.id, datetime(2026, 11, 25))


def test_history_is_told_in_sentences(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    saved = a_relationship(acting, partner.id)
    saved = relationships.move(acting, saved.id, saved.version, "dormant", on=TODAY, note="No answer since June")
    relationships.confirm(acting, saved.id, saved.version, on=TODAY, role="engagement lead")
    partners.update(acting, partner.id, 1, {"website": "https://example.org", "tradition": None})
    told = [change.sentence.partition(": ")[2] for change in history.of_partner(register.as_(READER), partner.id)]
    assert told == [
        "An editor added the partner “Example Friends of Whitechapel”. Note: Met at the forum",
        "An editor added the relationship “NHS North East London” at “talking”. Note: First recorded",
        "An editor moved the relationship from “talking” to “dormant”. Note: No answer since June",
        "An editor confirmed the relationship as of 2026-11-25 (engagement lead).",
        "An editor set the website to “https://example.org”.",
    ]
    assert {change.subject for change in history.of_partner(acting, partner.id)} == {EDITOR.subject}
    assert {change.subject for change in history.of_partner(register.as_(READER), partner.id)} == {None}


def test_how_an_entry_was_drafted_is_not_shown_once_it_is_published(register: Register, clock: Clock) -> None:
    owner, editor, reader = register.as_(CONTRIBUTOR), register.as_(EDITOR), register.as_(READER)
    partner = a_partner(owner, description="A draft that nobody should read")
    while_draft = clock.forward(hours=1)
    saved = partners.update(owner, partner.id, 1, {"description": "As it should read"})
    partners.approve(editor, partner.id, saved.version)
    shown = history.of_record(reader, "partner", partner.id)
    assert "nobody should read" not in repr(shown)
    assert [dict(change.changes) for change in shown] == [{"status": (None, "published")}]
    with pytest.raises(NotFoundError):
        history.as_at(reader, "partner", partner.id, while_draft)
    assert "nobody" in history.as_at(owner, "partner", partner.id, while_draft)["description"]


def test_a_site_that_becomes_sensitive_loses_its_point_in_the_past_too(register: Register, clock: Clock) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting, asset_id="osm/way/1", lad24cd=TOWER_HAMLETS)
    before = clock.forward(hours=1)
    partners.update(acting, partner.id, 1, {"sensitive": True, "service_area": [TOWER_HAMLETS]})
    for who in (EDITOR, STEWARD, READER):
        then = history.as_at(register.as_(who), "partner", partner.id, before)
        assert {then[name] for name in ("easting", "northing", "longitude", "latitude", "lsoa21cd", "asset_id")} == {None}
    with register.engine.begin() as connection:
        kept = repr(list(connection.execute(text("SELECT changes FROM history"))))
        codes = list(connection.execute(text("SELECT area_code FROM partner_area")).scalars())
    assert "534500" not in kept
    assert "E01004293" not in kept
    assert codes == [TOWER_HAMLETS]
    assert checking.faults(register.as_(STEWARD)) == []


def test_a_clock_set_back_does_not_put_a_later_change_first(register: Register, clock: Clock) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    clock.forward(hours=-5)
    partners.update(acting, partner.id, 1, {"description": "Later"})
    moments = [change.at for change in history.of_record(acting, "partner", partner.id)]
    assert moments == sorted(moments)
    assert all(moment.tzinfo is UTC for moment in moments)


def test_every_field_but_a_name_and_a_client_is_tracked() -> None:
    kept_by_the_store = {"id", "version", "owner", "created_at", "created_by", "updated_at"}
    for entity in ENTITIES:
        left_out = set(table_of(entity).c.keys()) - tracked(entity) - kept_by_the_store
        assert left_out == {"person": {"name"}, "suggestion": {"client"}}.get(entity, set())


def test_a_year_of_a_relationship_survives_closing_and_opening(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "register.sqlite"
    register = open_register(path, clock=clock)
    saved = a_relationship(register.as_(EDITOR), a_partner(register.as_(EDITOR)).id)
    register.close()
    again = open_register(path, clock=clock)
    assert history.of_record(again.as_(EDITOR), "relationship", saved.id)[0].note == "First recorded"
    person = people.record_person(again.as_(EDITOR), "Amina Example", consent_on=TODAY, consent_how="By email")
    assert person.version == 1
    again.close()
