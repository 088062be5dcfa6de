"""Community assets: lists that somebody kept, their records, corrections, and whether two records are one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the four tables, and the index by which it is asked when a kind of record last changed."""
    _asset_list()
    _asset()
    _asset_correction()
    _asset_match()
    op.create_index("ix_history_entity", "history", ["entity", "revision"], unique=False)


def _asset_list() -> None:
    op.create_table(
        "asset_list",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("lad24cd", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("column_mapping", JSON, nullable=True),
        sa.Column("rows_kept", sa.Integer(), nullable=True),
        sa.Column("rows_set_aside", sa.Integer(), nullable=True),
        *_kept_by_the_store(),
        sa.PrimaryKeyConstraint("id", name="pk_asset_list"),
    )
    _indexes("asset_list", ("file_digest", "lad24cd", "status"))


def _asset() -> None:
    op.create_table(
        "asset",
        sa.Column("asset_list_id", sa.String(length=36), nullable=False),
        sa.Column("kept_for", sa.String(length=12), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=True),
        *_described(),
        *_kept_by_the_store(),
        sa.ForeignKeyConstraint(["asset_list_id"], ["asset_list.id"], name="fk_asset_asset_list_id"),
        sa.PrimaryKeyConstraint("id", name="pk_asset"),
    )
    _indexes("asset", ("asset_id", "asset_list_id", "kept_for", "lad24cd", "lsoa21cd", "status"))


def _asset_correction() -> None:
    op.create_table(
        "asset_correction",
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("asset_name", sa.Text(), nullable=False),
        sa.Column("as_published", JSON, nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("public_premises", sa.Boolean(), nullable=False),
        *_described(),
        *_kept_by_the_store(),
        sa.PrimaryKeyConstraint("id", name="pk_asset_correction"),
    )
    _indexes("asset_correction", ("asset_id", "lad24cd", "lsoa21cd", "status"))


def _asset_match() -> None:
    op.create_table(
        "asset_match",
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("second_id", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("second_name", sa.Text(), nullable=False),
        sa.Column("lad24cd", sa.String(length=12), nullable=True),
        sa.Column("second_lad24cd", sa.String(length=12), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        *_kept_by_the_store(),
        sa.PrimaryKeyConstraint("id", name="pk_asset_match"),
    )
    _indexes("asset_match", ("lad24cd", "second_lad24cd", "status"))
    op.create_index("ix_asset_match_pair", "asset_match", ["first_id", "second_id"], unique=False)


def _indexes(table: str, columns: Sequence[str]) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)


def _described() -> list[sa.Column[Any]]:
    """What a record of an asset says of it."""
    texts = (
        *("category", "organisation_type", "faith_kind", "faith_tradition", "denomination", "description", "opening"),
        *("space", "postcode", "uprn", "charity_number", "website", "position_quality", "confirmed_by_role"),
    )
    lists = ("activity_groups", "clinical_areas", "who_for", "languages", "days", "service_area")
    return [
        *(sa.Column(name, sa.Text(), nullable=True) for name in texts),
        *(sa.Column(name, JSON, nullable=False) for name in lists),
        *(sa.Column(name, sa.Float(53), nullable=True) for name in ("easting", "northing", "longitude", "latitude")),
        *(sa.Column(name, sa.String(length=12), nullable=True) for name in ("lsoa21cd", "lad24cd")),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
    ]


def _kept_by_the_store() -> list[sa.Column[Any]]:
    """What every record has."""
    return [
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]
