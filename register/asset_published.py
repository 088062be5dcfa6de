"""An asset as it is published, as far as a decision about it has to know: what it is called, where it is, and what the source said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from analysis.asset_records import parts
from register.asset_rows import plain_cell
from register.errors import FieldProblem, ValidationError
from register.model_assets import SITE_FIELDS
from register.patient_data import looks_like_nhs_number
from register.private_links import holds_invitation
from register.redaction import without_site
from register.writing import table_of

_ASSET = table_of("asset")
_REMEMBERED = (
    "name",
    "category",
    "organisation_type",
    "faith_kind",
    "faith_tradition",
    "denomination",
    "service_area",
    "charity_number",
    *SITE_FIELDS,
    "lad24cd",
    "source",
    "licence",
    "source_date",
)
"""What is remembered of a source's record: enough to go on showing the asset, and to say whose words they were."""


def id_of(asset: Mapping[str, Any]) -> str:
    """The asset_id. ValidationError where there is none."""
    found = plain_cell(asset.get("asset_id"))
    if not isinstance(found, str) or not found.strip():
        raise ValidationError([FieldProblem("asset_id", "Say which asset it is: its id is missing.")])
    return found


def name_of(asset: Mapping[str, Any]) -> str:
    """What it is called; a record without a name is called by its kind."""
    return str(plain_cell(asset.get("name")) or f"Unnamed {plain_cell(asset.get('category')) or 'place'}")[:300]


def authority_of(connection: Connection, asset: Mapping[str, Any]) -> str | None:
    """The authority whose editors answer for it: for a record of a kept list what the register says, else what is published."""
    row = connection.execute(
        select(_ASSET.c.lad24cd, _ASSET.c.kept_for).where(_ASSET.c.asset_id == id_of(asset), _ASSET.c.status == "published")
    ).first()
    if row is not None:
        return str(row.lad24cd or row.kept_for)
    found = plain_cell(asset.get("lad24cd"))
    return str(found) if found else None


def as_published(asset: Mapping[str, Any], *, hidden: bool) -> dict[str, Any]:
    """What the source says of it now, for the time when it says it no more. hidden: without what tells where it is.

    A charity's address is never remembered, nor a text that holds what the register does not keep.
    """
    said = {name: plain_cell(asset.get(name)) for name in _REMEMBERED}
    kept = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if value is not None and not (isinstance(value, str) and _not_ours(name, value))
    }
    if hidden or plain_cell(asset.get("sensitive")) or kept.get("category") == "charity":
        kept = without_site(kept) or {}
        kept["service_area"] = "; ".join(code for code in parts(kept.get("service_area")) if not code.startswith("E01"))
    return {name: value for name, value in kept.items() if value not in ("", [])}


def _not_ours(name: str, value: str) -> bool:
    return name not in (*SITE_FIELDS, "charity_number") and (holds_invitation(value) or looks_like_nhs_number(value))
