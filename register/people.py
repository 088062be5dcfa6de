"""People named with their consent, and the withdrawal of it: one change, and the name is gone from every view, export and past state.

A name is held in one place and referred to by id. It is also looked for in the free text of every record, past states and notes included,
and replaced there. Backups made before still hold it: docs/register.md says how long to keep them, and a restore withdraws it again.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from register import recording, redaction, rules
from register.errors import FieldProblem, NotAllowedError, ValidationError
from register.model_places import Person
from register.store import Acting
from register.writing import Saved


def record_person(
    acting: Acting,
    name: str,
    *,
    consent_on: date,
    consent_how: str,
    lad24cd: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> Saved:
    """Record that a person agreed to be named. Give the id as `person_id` of a contact, connector or story.

    consent_on, consent_how: when and how they agreed; both required. lad24cd: the place whose editors answer for it.
    """
    if not name.strip():
        raise ValidationError([FieldProblem("name", "The name is missing.")])
    fields = {"name": name, "consent_on": consent_on, "consent_how": consent_how, "lad24cd": lad24cd}
    return recording.add(acting, "person", fields, note=note, key=key, always_published=True)


def withdraw_consent(acting: Acting, person_id: str, *, note: str | None = None) -> Saved:
    """Withdraw a person's consent to be named. At once the name is nowhere to be read: views, exports, history, notes.

    Whoever recorded the person, an editor of the place or a steward may do it; asking twice changes nothing.
    """
    rules.must_be_signed_in(acting.actor)
    with acting.write() as writer:
        row = writer.current("person", person_id)
        if not rules.owns(acting.actor, row) and not rules.decides(acting.actor, "person", row, None):
            raise NotAllowedError(
                "Only whoever recorded this person, an editor of the place or a steward can do that. Nothing was changed."
            )
        name = row["name"]
        if name is None:
            return Saved("person", person_id, row["version"], row["status"], writer.revision)
        saved = writer.update(
            "person", person_id, row["version"], {"withdrawn_on": acting.register.today()}, note=recording.checked_note(note)
        )
        writer.connection.execute(update(Person).where(Person.id == person_id).values(name=None))
        redaction.take_out_name(writer.connection, name)
        return saved
