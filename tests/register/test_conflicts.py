"""Two people, one record: the second is told field by field; a retried request is answered and not repeated."""

from __future__ import annotations

import pytest

from register import entries, history, partners, relationships
from register.errors import ConflictError, KeyReusedError
from register.store import Register
from tests.register.beginnings import CONTRIBUTOR, EDITOR, STEWARD, TODAY, a_partner, a_relationship, partner_fields


def test_the_second_of_two_writers_is_told_field_by_field(register: Register) -> None:
    acting, other = register.as_(EDITOR), register.as_(STEWARD)
    partner = a_partner(acting, description="As both read it", size="small")
    partners.update(other, partner.id, 1, {"description": "Theirs", "website": "https://theirs.example"})
    with pytest.raises(ConflictError, match="You both changed: description") as caught:
        partners.update(acting, partner.id, 1, {"description": "Yours", "size": "large"})
    conflict = caught.value
    assert (conflict.version_read, conflict.version_now, conflict.mergeable) == (1, 2, False)
    found = {field.field: (field.yours, field.theirs, field.base, field.overlaps) for field in conflict.fields}
    assert found == {
        "description": ("Yours", "Theirs", "As both read it", True),
        "size": ("large", "small", "small", False),
        "website": (None, "https://theirs.example", None, False),
    }
    assert partners.get(acting, partner.id).fields["description"] == "Theirs"

    settled = {"description": "Settled between us", "size": "large"}
    assert partners.update(acting, partner.id, conflict.version_now, settled).version == 3


def test_changes_of_different_fields_are_merged_only_if_asked(register: Register) -> None:
    acting, other = register.as_(EDITOR), register.as_(STEWARD)
    partner = a_partner(acting)
    partners.update(other, partner.id, 1, {"website": "https://theirs.example"})
    with pytest.raises(ConflictError, match="both can be kept") as caught:
        partners.update(acting, partner.id, 1, {"size": "large"})
    assert caught.value.mergeable
    # A form sends every field back; those that its person left alone must not undo what the other one wrote.
    partners.update(acting, partner.id, 1, {"size": "large", "website": None}, merge=True)
    fields = partners.get(acting, partner.id).fields
    assert (fields["size"], fields["website"], fields["version"]) == ("large", "https://theirs.example", 3)


def test_a_conflict_does_not_tell_a_private_address(register: Register) -> None:
    editor, own = register.as_(EDITOR), register.as_(CONTRIBUTOR)
    partner = a_partner(editor)
    fields = {"partner_id": partner.id, "kind": "messaging group", "address": "https://chat.whatsapp.com/first", "private": True}
    channel = entries.add(own, "channel", fields)
    entries.update(editor, "channel", channel.id, 1, {"address": "https://chat.whatsapp.com/secret", "label": "Walkers"})
    for change in ({"label": "Mine"}, {"address": "https://chat.whatsapp.com/mine"}):
        with pytest.raises(ConflictError) as caught:
            entries.update(own, "channel", channel.id, 1, change)
        assert "secret" not in repr(caught.value.fields) + str(caught.value)


def test_both_saying_the_same_is_no_conflict_once_merged(register: Register) -> None:
    acting, other = register.as_(EDITOR), register.as_(STEWARD)
    partner = a_partner(acting)
    partners.update(other, partner.id, 1, {"size": "large"})
    assert partners.update(acting, partner.id, 1, {"size": "large"}, merge=True).version == 2


def test_a_version_that_never_was_is_a_conflict(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    with pytest.raises(ConflictError):
        partners.update(acting, partner.id, 7, {"size": "large"})


def test_a_stale_move_is_refused_whole(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    saved = a_relationship(acting, partner.id)
    relationships.move(acting, saved.id, saved.version, "dormant", on=TODAY, note="Quiet")
    with pytest.raises(ConflictError):
        relationships.move(acting, saved.id, saved.version, "introduced", on=TODAY, note="Met")
    assert len(partners.get(acting, partner.id).relationships[0].moves) == 2


def test_a_retried_request_is_not_doubled(register: Register) -> None:
    acting = register.as_(EDITOR)
    fields = partner_fields()
    saved = [partners.create(acting, fields, note="Once", key="form-1") for _ in range(3)]
    assert len(set(saved)) == 1
    changed = [partners.update(acting, saved[0].id, 1, {"size": "large"}, key="form-2") for _ in range(3)]
    assert len(set(changed)) == 1
    moved = a_relationship(acting, saved[0].id)
    for _ in range(2):
        relationships.move(acting, moved.id, 1, "dormant", on=TODAY, note="Quiet", key="form-3")
    assert [change.version for change in history.of_record(acting, "partner", saved[0].id)] == [1, 2]
    assert len(partners.get(acting, saved[0].id).relationships[0].moves) == 2
    with pytest.raises(KeyReusedError):
        partners.create(acting, partner_fields(name="Something else"), key="form-1")
    # Keys are each person's own.
    assert partners.create(register.as_(STEWARD), fields, note="Once", key="form-1").id != saved[0].id


def test_saving_what_is_there_already_changes_nothing(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    fields = partners.get(acting, partner.id).fields
    assert partners.update(acting, partner.id, 1, {"name": fields["name"], "networks": []}).version == 1
    assert len(history.of_record(acting, "partner", partner.id)) == 1
