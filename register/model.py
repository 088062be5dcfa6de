"""The partners and what is known of them. People, places, community assets and the log are in `model_places.py`,
`model_assets.py` and `model_log.py`.

No field is about a patient, and no field scores anybody. Positions are EPSG:27700 (easting, northing, metres) and EPSG:4326.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from register import vocabularies as words
from register.model_assets import SITE_FIELDS, Asset, AssetCorrection, AssetList, AssetMatch
from register.model_base import UNTRACKED, Base, Confirmed, Record, area, day, flag, link, many, note, number, text
from register.model_log import History, Idempotency, RegisterState
from register.model_places import Connector, Learning, Listening, Person, PlaceContact, Suggestion

__all__ = ["ENTITIES", "UNTRACKED", "Base", "History", "Idempotency", "Record", "RegisterState"]

POINT_FIELDS = ("easting", "northing", "longitude", "latitude", "lsoa21cd", "asset_id")
"""What tells where a partner is; a sensitive partner has none of them, now or in its history."""
WHERE_IT_IS: dict[str, tuple[str, ...]] = {
    "partner": POINT_FIELDS,
    "asset": SITE_FIELDS,
    "asset_correction": SITE_FIELDS,
}
"""The same for each kind of record that can be a sensitive site."""


class Partner(Confirmed, Record):
    """An organisation, a coalition or a named service. It has a point, a service area, or both; a sensitive one only an area."""

    __tablename__ = "partner"

    name: Mapped[str] = text("name", required=True)
    also_known_as: Mapped[list[str]] = many("other names")
    kind: Mapped[str] = text("kind of partner", required=True, words=words.PARTNER_KINDS)
    description: Mapped[str | None] = note("description")
    organisation_type: Mapped[str | None] = text("type of organisation", words=words.ORGANISATION_TYPES)
    faith_kind: Mapped[str | None] = text("kind of faith-based organisation", words=words.FAITH_KINDS)
    tradition: Mapped[str | None] = text("tradition")
    size: Mapped[str | None] = text("size")
    focus: Mapped[str | None] = text("focus", 1000)
    networks: Mapped[list[str]] = many("networks")
    legal_form: Mapped[str | None] = text("legal form")
    provided_by_id: Mapped[str | None] = link("the organisation that provides the service", "partner")
    website: Mapped[str | None] = text("website", 500, pattern="web")
    public_email: Mapped[str | None] = text("public email", pattern="email")
    public_phone: Mapped[str | None] = text("public phone", 50, pattern="phone")
    asset_id: Mapped[str | None] = text("mapped place", 200, identifier=True, index=True)
    easting: Mapped[float | None] = number("easting", 80_000, 660_000)
    northing: Mapped[float | None] = number("northing", 0, 660_000)
    longitude: Mapped[float | None] = number("longitude", -6.5, 1.8)
    latitude: Mapped[float | None] = number("latitude", 49.8, 55.9)
    lsoa21cd: Mapped[str | None] = area("LSOA (2021)", level="lsoa")
    lad24cd: Mapped[str | None] = area("local authority", level="authority")
    service_area: Mapped[list[str]] = many("service area", pattern="area")
    sensitive: Mapped[bool] = flag("sensitive site")
    listed_on: Mapped[date | None] = day("agreed to be listed in public directories on", past=True)
    listed_how: Mapped[str | None] = text("how they agreed to be listed", 500)
    example: Mapped[bool] = flag("published example")
    example_source: Mapped[str | None] = text("source of the example", 500)
    example_date: Mapped[date | None] = day("date of the source", past=True)
    source: Mapped[str | None] = text("where the record came from", 300, index=True)
    source_id: Mapped[str | None] = text("its id there", 300, identifier=True, index=True)


class CoalitionMember(Record):
    """A member of a coalition: a partner of the register, or a name alone."""

    __tablename__ = "coalition_member"

    partner_id: Mapped[str] = link("coalition", "partner", required=True)
    member_id: Mapped[str | None] = link("member", "partner")
    member_name: Mapped[str | None] = text("name of the member")
    member_role: Mapped[str | None] = text("role in the coalition")


class Relationship(Confirmed, Record):
    """A partner and a statutory body: where things stand between them. The stage changes only by a stage move."""

    __tablename__ = "relationship"

    partner_id: Mapped[str] = link("partner", "partner", required=True)
    body_name: Mapped[str] = text("statutory body", required=True)
    body_kind: Mapped[str | None] = text("kind of statutory body", words=words.BODY_KINDS)
    body_code: Mapped[str | None] = area("code of the statutory body's area")
    stage: Mapped[str] = text("stage", required=True, words=words.STAGES)
    last_contact: Mapped[date | None] = day("last contact", past=True)
    clinical_areas: Mapped[list[str]] = many("clinical areas", words=words.CLINICAL_AREAS)
    plus_groups: Mapped[list[str]] = many("PLUS groups", words=words.PLUS_GROUPS)
    barriers: Mapped[list[str]] = many("barriers", words=words.BARRIERS_AND_ENABLERS)
    enablers: Mapped[list[str]] = many("enablers", words=words.BARRIERS_AND_ENABLERS)
    about: Mapped[str | None] = note("what it is about")


class StageMove(Record):
    """A dated move from one stage to another, with its note."""

    __tablename__ = "stage_move"

    partner_id: Mapped[str] = link("partner", "partner", required=True)
    relationship_id: Mapped[str] = link("relationship", "relationship", required=True)
    stage_from: Mapped[str | None] = text("stage before", words=words.STAGES)
    stage_to: Mapped[str] = text("stage after", required=True, words=words.STAGES)
    moved_on: Mapped[date] = day("day of the move", past=True, required=True)
    note: Mapped[str] = note("note", required=True)


class Commitment(Record):
    """What one side gives: what was said, and what was done."""

    __tablename__ = "commitment"

    partner_id: Mapped[str] = link("partner", "partner", required=True)
    relationship_id: Mapped[str] = link("relationship", "relationship", required=True)
    side: Mapped[str] = text("who gives", required=True, words=words.SIDES)
    said: Mapped[str] = note("what was said", required=True)
    done: Mapped[str | None] = note("what was done")
    agreed_on: Mapped[date | None] = day("agreed on", past=True)


class Activity(Confirmed, Record):
    """Something a partner delivers: when, how much and within what limits, in the partner's own words."""

    __tablename__ = "activity"

    partner_id: Mapped[str] = link("partner", "partner", required=True)
    name: Mapped[str] = text("name of the activity", required=True)
    activity_group: Mapped[str | None] = text("group of activity", words=words.ACTIVITY_GROUPS)
    description: Mapped[str | None] = note("description")
    capacity: Mapped[str | None] = text("capacity, in the partner's words", 1000)
    limits: Mapped[str | None] = text("limits, in the partner's words", 1000)
    when_held: Mapped[str | None] = text("when it is held", 500)
    clinical_areas: Mapped[list[str]] = many("clinical areas", words=words.CLINICAL_AREAS)
    plus_groups: Mapped[list[str]] = many("PLUS groups", words=words.PLUS_GROUPS)
    starts: Mapped[date | None] = day("start")
    ends: Mapped[date | None] = day("end", after="starts")


class Channel(Confirmed, Record):
    """A way to reach the people of a partner. The address of a private one is read only by an editor of the place."""

    __tablename__ = "channel"

    partner_id: Mapped[str] = link("partner", "partner", required=True)
    kind: Mapped[str] = text("kind of channel", required=True, words=words.CHANNEL_KINDS)
    label: Mapped[str | None] = text("what it is called")
    address: Mapped[str | None] = text("address or link", 1000, private=True)
    language: Mapped[str | None] = text("language")
    private: Mapped[bool] = flag("private")


class Funding(Record):
    """Money behind the work, and when it ends."""

    __tablename__ = "funding"

    partner_id: Mapped[str] = link("partner", "partner", required=True)
    relationship_id: Mapped[str | None] = link("relationship", "relationship")
    funder: Mapped[str] = text("funder", required=True)
    purpose: Mapped[str | None] = text("purpose", 1000)
    pounds: Mapped[int | None] = number("amount in pounds", 0, 2_000_000_000, whole=True)
    starts: Mapped[date | None] = day("start")
    ends: Mapped[date] = day("end", after="starts", required=True)


class Story(Record):
    """A story or a quotation, told with consent. Whoever told it is named only by their own recorded consent."""

    __tablename__ = "story"

    partner_id: Mapped[str | None] = link("partner", "partner")
    lad24cd: Mapped[str | None] = area("local authority", level="authority")
    kind: Mapped[str] = text("story or quote", required=True, words=words.STORY_KINDS)
    title: Mapped[str | None] = text("title")
    told: Mapped[str] = note("the words", required=True)
    teller_role: Mapped[str | None] = text("role of whoever told it")
    person_id: Mapped[str | None] = link("who told it", "person")
    told_on: Mapped[date | None] = day("told on", past=True)
    consent_on: Mapped[date] = day("consent given on", past=True, required=True)
    consent_how: Mapped[str] = text("how consent was given", 500, required=True)
    clinical_areas: Mapped[list[str]] = many("clinical areas", words=words.CLINICAL_AREAS)
    themes: Mapped[list[str]] = many("barriers and enablers", words=words.BARRIERS_AND_ENABLERS)


class PartnerArea(Base):
    """Which areas a partner belongs to: its LSOA, its authority and its service area. Derived from the partner, never edited."""

    __tablename__ = "partner_area"

    area_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    partner_id: Mapped[str] = mapped_column(String(36), ForeignKey("partner.id"), primary_key=True, index=True)


class PartnerSearch(Base):
    """The text by which a partner is found, without accents and in small letters. Derived from the partner, never edited."""

    __tablename__ = "partner_search"

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True)
    partner_id: Mapped[str] = mapped_column(String(36), ForeignKey("partner.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)


Index("ix_relationship_standing", Relationship.partner_id, Relationship.status)

ENTITIES: dict[str, type[Record]] = {
    model.__tablename__: model
    for model in (
        Person,
        Partner,
        CoalitionMember,
        Relationship,
        StageMove,
        Commitment,
        Activity,
        Channel,
        Funding,
        Story,
        Connector,
        Listening,
        Learning,
        PlaceContact,
        AssetList,
        Asset,
        AssetCorrection,
        AssetMatch,
        Suggestion,
    )
}
"""Every kind of record by name, parents before children: the order in which a copy can be written."""

DERIVED = (PartnerArea, PartnerSearch)
"""Tables that `register/derived.py` fills from the records."""
