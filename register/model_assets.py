"""What people keep and decide about community assets: lists that somebody kept, corrections, and whether two records are one place.

What publishers publish is not here: it is in dated layers that a refresh replaces. A decision names an asset by its `asset_id` alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from register import vocabularies as words
from register.model_base import Confirmed, Json, Record, area, day, flag, link, many, note, number, text

POSITION_QUALITIES = (
    "surveyed point",
    "building centre",
    "address point",
    "postcode",
    "nearest",
    "not located",
)
SAME_PLACE, DIFFERENT_PLACES = MATCH_DECISIONS = ("the same place", "different places")

LIST_FIELDS = ("activity_groups", "clinical_areas", "who_for", "languages", "days", "service_area")
"""Fields that hold several values: lists here, joined by "; " in `analysis.asset_records`."""
SITE_FIELDS = (
    "postcode",
    "uprn",
    "easting",
    "northing",
    "longitude",
    "latitude",
    "lsoa21cd",
    "position_quality",
)
"""What tells where an asset is; a sensitive one has none of them, now or in its history."""
DESCRIBED_FIELDS = (
    "category",
    "organisation_type",
    "faith_kind",
    "faith_tradition",
    "denomination",
    "description",
    "activity_groups",
    "clinical_areas",
    "who_for",
    "languages",
    "opening",
    "days",
    "space",
    "service_area",
    "charity_number",
    "website",
    *SITE_FIELDS,
    "lad24cd",
    "sensitive",
)
"""Fields of `analysis.asset_records.RECORD_COLUMNS` that a list can carry and a person can correct, besides the name."""


class Described:
    """What a record of an asset says: columns of `analysis.asset_records.RECORD_COLUMNS` by the same names."""

    category: Mapped[str | None] = text("kind of asset", words=words.ASSET_CATEGORIES)
    organisation_type: Mapped[str | None] = text("type of organisation", words=words.ORGANISATION_TYPES)
    faith_kind: Mapped[str | None] = text("kind of faith-based organisation", words=words.FAITH_KINDS)
    faith_tradition: Mapped[str | None] = text("tradition", words=words.TRADITIONS)
    denomination: Mapped[str | None] = text("denomination")
    description: Mapped[str | None] = note("description")
    activity_groups: Mapped[list[str]] = many("groups of activity", words=words.ACTIVITY_GROUPS)
    clinical_areas: Mapped[list[str]] = many("clinical areas", words=words.CLINICAL_AREAS)
    who_for: Mapped[list[str]] = many("people it is for", words=words.WHO_FOR)
    languages: Mapped[list[str]] = many("languages")
    opening: Mapped[str | None] = text("opening", 1000)
    days: Mapped[list[str]] = many("days on which it is open", words=words.DAYS)
    space: Mapped[str | None] = text("space it could offer", 1000)
    service_area: Mapped[list[str]] = many("service area", pattern="area")
    postcode: Mapped[str | None] = text("postcode", 8)
    uprn: Mapped[str | None] = text("UPRN", 12, identifier=True)
    charity_number: Mapped[str | None] = text("charity number", 12, identifier=True)
    website: Mapped[str | None] = text("website", 500, pattern="web")
    easting: Mapped[float | None] = number("easting", 80_000, 660_000)
    northing: Mapped[float | None] = number("northing", 0, 660_000)
    longitude: Mapped[float | None] = number("longitude", -6.5, 1.8)
    latitude: Mapped[float | None] = number("latitude", 49.8, 55.9)
    lsoa21cd: Mapped[str | None] = area("LSOA (2021)", level="lsoa")
    lad24cd: Mapped[str | None] = area("local authority", level="authority")
    position_quality: Mapped[str | None] = text("quality of the position", words=POSITION_QUALITIES)
    sensitive: Mapped[bool] = flag("sensitive site")


class AssetList(Record):
    """A list that somebody kept: a council's, a CVS's or a faith network's file, as it was last brought.

    lad24cd: the place whose editors answer for it. file_digest: sha256 of the file, hexadecimal. column_mapping: {column of the file:
    the field that it was read as}. A new version of a list is the same record, so that its history is that of its versions.
    """

    __tablename__ = "asset_list"

    title: Mapped[str] = text("title of the list", required=True)
    publisher: Mapped[str] = text("whose list it is", required=True)
    licence: Mapped[str | None] = text("licence", 500)
    attribution: Mapped[str | None] = text("attribution", 500)
    as_at: Mapped[date] = day("date of the list", past=True, required=True)
    lad24cd: Mapped[str] = area("local authority", level="authority", required=True)
    file_name: Mapped[str] = text("name of the file", required=True, identifier=True)
    file_digest: Mapped[str] = text("fingerprint of the file", 64, required=True, identifier=True, index=True)
    column_mapping: Mapped[dict[str, Any] | None] = mapped_column(Json)
    rows_kept: Mapped[int | None] = number("rows kept", 0, 1_000_000, whole=True)
    rows_set_aside: Mapped[int | None] = number("rows set aside", 0, 1_000_000, whole=True)


class Asset(Confirmed, Described, Record):
    """A record of a kept list. kept_for: the place of its list, whose editors answer for it where it has no authority of its own.

    row_number: where it stood in the file that last changed it, counted from 1.
    """

    __tablename__ = "asset"

    asset_list_id: Mapped[str] = link("list", "asset_list", required=True)
    kept_for: Mapped[str] = area("place of the list", level="authority", required=True)
    asset_id: Mapped[str] = text("id of the asset", 200, required=True, identifier=True, index=True)
    name: Mapped[str] = text("name", required=True)
    row_number: Mapped[int | None] = number("row of the file", 1, 10_000_000, whole=True)


class AssetCorrection(Confirmed, Described, Record):
    """What a person says of a published or listed asset; at most one that is published for each asset. Empty means as published.

    lad24cd: where the asset is, whose editors decide. asset_name: as published at the time. as_published: what else the source said then
    (columns of RECORD_COLUMNS), so that the asset is not lost with its source; nothing of where it is if it is sensitive. closed: it has
    closed. public_premises: a person has confirmed that the position given here is open to the public, such as a charity's hall.
    """

    __tablename__ = "asset_correction"

    asset_id: Mapped[str] = text("id of the asset", 200, required=True, identifier=True, index=True)
    asset_name: Mapped[str] = text("name of the asset", required=True)
    as_published: Mapped[dict[str, Any] | None] = mapped_column(Json)
    name: Mapped[str | None] = text("name")
    closed: Mapped[bool] = flag("closed")
    public_premises: Mapped[bool] = flag("public premises, confirmed by a person")


class AssetMatch(Record):
    """Whether two records are one place, as a person decided; at most one that is published for each pair. Withdrawing it undoes it.

    first_id sorts before second_id. lad24cd, second_lad24cd: where each is; the editors of either decide. A refusal to merge is a record.
    """

    __tablename__ = "asset_match"

    first_id: Mapped[str] = text("id of one asset", 200, required=True, identifier=True)
    second_id: Mapped[str] = text("id of the other asset", 200, required=True, identifier=True)
    first_name: Mapped[str] = text("name of one asset", required=True)
    second_name: Mapped[str] = text("name of the other asset", required=True)
    lad24cd: Mapped[str | None] = area("local authority", level="authority")
    second_lad24cd: Mapped[str | None] = area("local authority of the other asset", level="authority")
    decision: Mapped[str] = text("decision", required=True, words=MATCH_DECISIONS)
    reason: Mapped[str | None] = note("reason")


Index("ix_asset_match_pair", AssetMatch.first_id, AssetMatch.second_id)

ASSET_KINDS = ("asset_list", "asset", "asset_correction", "asset_match")
"""The kinds of record here, by name; they have review and approval of their own (`register/asset_review.py`)."""
