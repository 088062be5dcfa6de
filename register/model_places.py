"""Records of a place rather than a partner, the people named with consent, and the queue of suggestions.

A person's name is held here and nowhere else, so that withdrawing consent is one change that every view and every past state shows.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from register import vocabularies as words
from register.model_base import Confirmed, Json, Record, area, day, link, many, note, text

NAME_WITHDRAWN = "name withdrawn"


class Person(Record):
    """Somebody who agreed to be named in a role. name is None once consent is withdrawn; the history never holds it."""

    __tablename__ = "person"

    name: Mapped[str | None] = text("name")
    lad24cd: Mapped[str | None] = area("local authority", level="authority")
    consent_on: Mapped[date] = day("consent given on", past=True, required=True)
    consent_how: Mapped[str] = text("how consent was given", 500, required=True)
    withdrawn_on: Mapped[date | None] = day("consent withdrawn on", past=True)


class PlaceContact(Confirmed, Record):
    """Who answers for one of the six slots of a place or a PCN: an organisation and a role, and a name where consented to."""

    __tablename__ = "place_contact"

    lad24cd: Mapped[str] = area("local authority", level="authority", required=True)
    area_code: Mapped[str | None] = area("PCN or other area inside the place")
    slot: Mapped[str] = text("kind of contact", required=True, words=words.PLACE_CONTACT_SLOTS)
    organisation: Mapped[str | None] = text("organisation")
    role: Mapped[str] = text("role", required=True)
    person_id: Mapped[str | None] = link("person", "person")
    public_email: Mapped[str | None] = text("public email", pattern="email")
    public_phone: Mapped[str | None] = text("public phone", 50, pattern="phone")
    website: Mapped[str | None] = text("website", 500, pattern="web")


class Connector(Confirmed, Record):
    """A community enabler, engagement officer or link worker: whoever ties people and services together here."""

    __tablename__ = "connector"

    lad24cd: Mapped[str] = area("local authority", level="authority", required=True)
    area_code: Mapped[str | None] = area("PCN or other area inside the place")
    kind: Mapped[str] = text("kind of connector", required=True, words=words.CONNECTOR_KINDS)
    partner_id: Mapped[str | None] = link("partner", "partner")
    organisation: Mapped[str | None] = text("organisation")
    role: Mapped[str] = text("role", required=True)
    person_id: Mapped[str | None] = link("person", "person")
    public_email: Mapped[str | None] = text("public email", pattern="email")


class Listening(Record):
    """What was heard, where, and what was done about it."""

    __tablename__ = "listening"

    lad24cd: Mapped[str] = area("local authority", level="authority", required=True)
    partner_id: Mapped[str | None] = link("partner", "partner")
    heard_on: Mapped[date] = day("heard on", past=True, required=True)
    setting: Mapped[str | None] = text("where it was heard")
    heard: Mapped[str] = note("what was heard", required=True)
    response: Mapped[str | None] = note("what was done about it")
    barriers: Mapped[list[str]] = many("barriers", words=words.BARRIERS_AND_ENABLERS)
    enablers: Mapped[list[str]] = many("enablers", words=words.BARRIERS_AND_ENABLERS)
    clinical_areas: Mapped[list[str]] = many("clinical areas", words=words.CLINICAL_AREAS)
    plus_groups: Mapped[list[str]] = many("PLUS groups", words=words.PLUS_GROUPS)


class Learning(Record):
    """What was tried and how it turned out. Failures are welcome: they save the next person a year."""

    __tablename__ = "learning"

    lad24cd: Mapped[str] = area("local authority", level="authority", required=True)
    partner_id: Mapped[str | None] = link("partner", "partner")
    happened_on: Mapped[date] = day("when", past=True, required=True)
    tried: Mapped[str] = note("what was tried", required=True)
    happened: Mapped[str] = note("what happened", required=True)
    outcome: Mapped[str] = text("how it turned out", required=True, words=words.OUTCOMES)
    next_time: Mapped[str | None] = note("what to do next time")
    themes: Mapped[list[str]] = many("barriers and enablers", words=words.BARRIERS_AND_ENABLERS)


class Suggestion(Record):
    """Something that somebody proposed: a new partner, a claim to be the group, or a correction to an entry of their own.

    status: always draft, so that only those who moderate see it. decision: waiting, accepted or declined. changes, base_version:
    for a correction, what to set on the record named by entity and record_id, and the version that its author had read.
    client: a keyed hash of whoever sent it, of use for that day only.
    """

    __tablename__ = "suggestion"

    kind: Mapped[str] = text("kind of suggestion", required=True, words=words.SUGGESTION_KINDS)
    name: Mapped[str] = text("name of the group", required=True)
    what: Mapped[str | None] = note("what they do")
    where_text: Mapped[str | None] = text("where")
    reach: Mapped[str | None] = text("how to reach the organisation", 500)
    lad24cd: Mapped[str | None] = area("local authority", level="authority")
    partner_id: Mapped[str | None] = link("partner", "partner")
    entity: Mapped[str | None] = text("kind of record", 40)
    record_id: Mapped[str | None] = mapped_column(String(36))
    base_version: Mapped[int | None] = mapped_column(Integer)
    changes: Mapped[dict[str, Any] | None] = mapped_column(Json)
    decision: Mapped[str] = text("decision", required=True, words=words.QUEUE_STATUSES)
    decision_note: Mapped[str | None] = note("why")
    client: Mapped[str | None] = text("client", 64)


Index("ix_suggestion_queue", Suggestion.decision, Suggestion.created_at)
Index("ix_suggestion_client", Suggestion.client)
