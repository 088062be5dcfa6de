"""Suggestions without an account: moderated, limited, and acted on once accepted."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from register import partners, suggestions
from register.errors import ConflictError, NotAllowedError, RateLimitError, ValidationError
from register.store import Register
from register.writing import Saved
from tests.register.beginnings import CONTRIBUTOR, EDITOR, READER, STEWARD, TOWER_HAMLETS, Clock, a_partner


def _suggest(register: Register, client: str = "192.0.2.7", **fields: str) -> Saved:
    said = {"name": "Example Stitchers", "what": "Sewing", "where": "E1 1AA", "reach": "https://example.org", **fields}
    return suggestions.suggest(register.as_(READER), client_key=client, lad24cd=TOWER_HAMLETS, **said)


def test_a_suggestion_becomes_a_partner_only_when_an_editor_accepts_it(register: Register) -> None:
    sent = _suggest(register, what="<b>=1+1</b> 🧵")
    assert len(suggestions.waiting(register.as_(EDITOR))) == 1
    made = suggestions.accept(register.as_(EDITOR), sent.id, 1, fields={"service_area": [TOWER_HAMLETS]})
    fields = partners.get(register.as_(READER), made.id).fields
    assert (fields["name"], fields["description"], fields["status"]) == ("Example Stitchers", "<b>=1+1</b> 🧵", "published")
    assert suggestions.waiting(register.as_(EDITOR)).empty
    with pytest.raises(ValidationError, match="already"):
        suggestions.decline(register.as_(EDITOR), sent.id, 2, note="Too late")


def test_an_acceptance_that_cannot_be_carried_out_leaves_it_waiting(register: Register) -> None:
    sent = _suggest(register)
    with pytest.raises(ValidationError, match="no place"):
        suggestions.accept(register.as_(EDITOR), sent.id, 1)
    assert suggestions.waiting(register.as_(EDITOR))["version"].tolist() == [1]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "  ", "what the group is called"),
        ("reach", "", "how to reach the organisation"),
        ("where", "EH1 1BB", "Scotland"),
        ("name", "x" * 301, "301 letters"),
        ("what", "Their NHS number is 943 476 5919", None),
        ("what", "x" * 10_001, "10,001 letters"),
        ("what", "Join https://chat.whatsapp.com/abc", "private group"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(register: Register, field: str, value: str, said: str | None) -> None:
    if said is None:  # begins with 9: NHS numbers in use begin with 4, 6 or 7, so this is let through
        assert _suggest(register, **{field: value}).waiting
        return
    with pytest.raises(ValidationError, match=said):
        _suggest(register, **{field: value})


def test_one_sender_and_all_together_have_limits(register: Register, clock: Clock) -> None:
    for _ in range(suggestions.PER_SENDER_AN_HOUR):
        _suggest(register)
    with pytest.raises(RateLimitError, match="in the last hour"):
        _suggest(register)
    with pytest.raises(RateLimitError):  # a claim counts as well
        suggestions.claim(register.as_(READER), a_partner(register.as_(EDITOR)).id, role="Chair", reach="x", client_key="192.0.2.7")
    _suggest(register, "198.51.100.1")
    clock.forward(minutes=61)
    _suggest(register)
    for sender in range(suggestions.IN_ALL_AN_HOUR - 1):
        _suggest(register, f"sender {sender}")
    with pytest.raises(RateLimitError, match="More suggestions have come in"):
        _suggest(register, "one more")


def test_the_limit_holds_across_midnight(register: Register, clock: Clock) -> None:
    clock.forward(hours=14, minutes=50)  # 23:50
    for _ in range(suggestions.PER_SENDER_AN_HOUR):
        _suggest(register)
    clock.forward(minutes=15)
    with pytest.raises(RateLimitError):
        _suggest(register)


def test_a_sender_is_kept_as_a_hash_only(register: Register, clock: Clock) -> None:
    _suggest(register)
    clock.forward(days=1)
    _suggest(register)
    with register.engine.begin() as connection:
        clients = list(connection.execute(text("SELECT client FROM suggestion")).scalars())
        everything = repr(list(connection.execute(text("SELECT * FROM suggestion")))) + repr(
            list(connection.execute(text("SELECT * FROM history")))
        )
    assert "192.0.2.7" not in everything
    assert len(set(clients)) == 2, "the hash of one sender changes every day"
    assert all(len(client) == 64 for client in clients)


def test_an_accepted_claim_makes_the_entry_the_groups_own(register: Register) -> None:
    editor, group = register.as_(EDITOR), register.as_(CONTRIBUTOR)
    partner = a_partner(editor)
    with pytest.raises(NotAllowedError):
        partners.update(group, partner.id, 1, {"size": "large"})
    sent = suggestions.claim(group, partner.id, role="Chair", reach="office@example.org", client_key="k")
    suggestions.accept(editor, sent.id, 1)
    assert partners.get(group, partner.id).owns
    assert partners.update(group, partner.id, 1, {"size": "large"}).waiting


def test_a_correction_waits_is_made_once_and_meets_conflicts_as_any_change(register: Register) -> None:
    editor, group = register.as_(EDITOR), register.as_(CONTRIBUTOR)
    partner = a_partner(group)
    partners.approve(editor, partner.id, 1)
    sent = partners.update(group, partner.id, 2, {"size": "large", "last_confirmed": "2026-11-01", "confirmed_by_role": "Chair"}, note="We grew")
    with pytest.raises(NotAllowedError):
        suggestions.accept(group, sent.id, 1)
    partners.update(editor, partner.id, 2, {"size": "medium"})
    with pytest.raises(ConflictError):
        suggestions.accept(editor, sent.id, 1)
    assert len(suggestions.waiting(editor)) == 1
    second = partners.update(group, partner.id, 3, {"size": "large"}, note="We grew")
    suggestions.accept(register.as_(STEWARD), second.id, 1)
    assert partners.get(register.as_(READER), partner.id).fields["size"] == "large"
