"""A withdrawn consent takes a name out of everything at once, on disk as well."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from register import boards, checking, contacts, entries, history, partners, people, search
from register.errors import NotAllowedError, ValidationError
from register.store import Register, open_register
from tests.register.beginnings import (
    CONTRIBUTOR,
    EDITOR,
    EDITOR_ELSEWHERE,
    READER,
    STEWARD,
    TODAY,
    TOWER_HAMLETS,
    Clock,
    a_partner,
)

NAME = "Amina José Example"


def _everywhere(register: Register) -> str:
    """A partner, contact, connector and story that name somebody, the name in free text as well."""
    acting = register.as_(EDITOR)
    person = people.record_person(acting, NAME, consent_on=date(2026, 1, 9), consent_how="By email", lad24cd=TOWER_HAMLETS)
    partner = a_partner(acting, description=f"Founded by {NAME.upper()} and others")
    partners.update(acting, partner.id, 1, {"focus": f"Ask for {NAME}", "networks": [f"Friends of {NAME}"]}, note=f"Met {NAME}")
    partners.update(acting, partner.id, 2, {"focus": "Walks"})
    place = {"lad24cd": TOWER_HAMLETS, "person_id": person.id, "role": "Chair"}
    entries.add(acting, "place_contact", {**place, "slot": "inter-faith forum", "organisation": "Example Forum"})
    entries.add(acting, "connector", {**place, "kind": "link worker", "partner_id": partner.id})
    consent = {"consent_on": TODAY, "consent_how": "Signed form"}
    entries.add(acting, "story", {"partner_id": partner.id, "kind": "quote", "told": f"{NAME} said so", "person_id": person.id, **consent})
    return person.id


def _all_that_is_shown(register: Register, moment: object) -> str:
    shown = []
    for who in (READER, CONTRIBUTOR, EDITOR, STEWARD):
        acting = register.as_(who)
        partner = search.search(acting, "whitechapel")["partner_id"].iloc[0]
        shown += [
            partners.get(acting, partner),
            history.of_partner(acting, partner),
            history.as_at(acting, "partner", partner, moment),  # type: ignore[arg-type]
            boards.of_place(acting, [TOWER_HAMLETS]).to_csv(),
            boards.connectors_of(acting, TOWER_HAMLETS).to_csv(),
            contacts.of_place(acting, TOWER_HAMLETS).to_csv(),
            search.search(acting, "whitechapel").to_csv(),
            len(search.search(acting, "amina")),
        ]
    return repr(shown)


def test_withdrawing_consent_removes_the_name_everywhere(register: Register, clock: Clock) -> None:
    person = _everywhere(register)
    moment = clock.forward(hours=1)
    before = _all_that_is_shown(register, moment)
    assert before.count(NAME) > 10
    people.withdraw_consent(register.as_(EDITOR), person, note="Asked by telephone")
    after = _all_that_is_shown(register, moment)
    assert "amina" not in after.casefold()
    assert "name withdrawn" in after
    with register.engine.begin() as connection:
        for table in ("history", "partner", "story", "person", "partner_search", "idempotency"):
            kept = repr(list(connection.execute(text(f"SELECT * FROM {table}"))))
            assert "amina" not in kept.casefold(), table
    assert checking.faults(register.as_(STEWARD)) == []
    # Asked twice, nothing more happens.
    assert people.withdraw_consent(register.as_(EDITOR), person).version == 2


def test_the_name_is_gone_from_the_file_too(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "register.sqlite"
    register = open_register(path, clock=clock)
    person = _everywhere(register)
    people.withdraw_consent(register.as_(EDITOR), person)
    with register.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    register.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"amina" not in kept.lower()


def test_a_name_needs_consent_and_only_those_who_answer_for_it_withdraw_it(register: Register) -> None:
    acting = register.as_(EDITOR)
    with pytest.raises(ValidationError, match="how consent was given is missing"):
        people.record_person(acting, NAME, consent_on=TODAY, consent_how=" ")
    with pytest.raises(ValidationError, match="future"):
        people.record_person(acting, NAME, consent_on=date(2027, 1, 1), consent_how="By email")
    person = people.record_person(acting, NAME, consent_on=TODAY, consent_how="By email", lad24cd=TOWER_HAMLETS)
    for who in (READER, CONTRIBUTOR, EDITOR_ELSEWHERE):
        with pytest.raises(NotAllowedError):
            people.withdraw_consent(register.as_(who), person.id)


def test_nobody_names_a_person_whom_they_may_not(register: Register) -> None:
    person = people.record_person(register.as_(EDITOR), NAME, consent_on=TODAY, consent_how="By email", lad24cd=TOWER_HAMLETS)
    contact = {"lad24cd": "E09000025", "slot": "inter-faith forum", "role": "Chair", "person_id": person.id}
    with pytest.raises(ValidationError, match="not yours to name"):
        entries.add(register.as_(CONTRIBUTOR), "place_contact", contact)


def test_other_people_and_groups_of_the_name_keep_it(register: Register) -> None:
    acting = register.as_(EDITOR)
    first, second = (
        people.record_person(acting, "Sam Example", consent_on=TODAY, consent_how="By email", lad24cd=TOWER_HAMLETS) for _ in range(2)
    )
    partner = a_partner(acting, name="The Sam Example Trust", description="Sam Examples of Bow; Sam Example")
    people.withdraw_consent(acting, first.id)
    fields = partners.get(acting, partner.id).fields
    assert fields["name"] == "The Sam Example Trust"
    assert fields["description"] == "Sam Examples of Bow; name withdrawn"
    contact = {"lad24cd": TOWER_HAMLETS, "slot": "VCFSE Alliance", "role": "Lead", "person_id": second.id}
    entries.add(acting, "place_contact", contact)
    assert "Sam Example" in contacts.of_place(register.as_(READER), TOWER_HAMLETS)["person_name"].tolist()
