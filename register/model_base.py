"""What every table of the register shares: types that mean the same on SQLite and PostgreSQL, and fields that say how they are checked.

A column's `info` is its contract, read by `register/validation.py`: `kind` (text, list, day, number, flag, link), `label` (how a
person knows it), `longest`, `words` (its vocabulary), `past` (a day that cannot lie ahead), `after` (a day that cannot come before
that other field), `pattern` (web, email, phone, area). `private` columns are masked for whoever does not edit the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Dialect, Float, ForeignKey, Integer, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

LONGEST_NOTE = 10_000


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, always aware in Python; SQLite keeps no time zone, so it is added on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, and hand on UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The register's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


UNTRACKED = frozenset({"id", "version", "owner", "created_at", "created_by", "updated_at"})
"""Columns that the store keeps by itself; every other change is written to the history."""


class Record(Base):
    """A record that people write: who made it, whose it is, its version, and whether it is seen.

    status: draft (waiting for an editor), published, withdrawn. owner: the subject whose own entry it is. version: counts from 1.
    """

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(12), index=True)
    owner: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class Confirmed:
    """When somebody last confirmed a record, and in what role. Both or neither."""

    @declared_attr
    def last_confirmed(cls) -> Mapped[date | None]:
        """The day."""
        return day("last confirmed", past=True)

    @declared_attr
    def confirmed_by_role(cls) -> Mapped[str | None]:
        """The role of whoever confirmed it, never their name."""
        return text("confirmed by (role)")


def _column(
    kind: Any, label: str, read_as: str, required: bool, *arguments: Any, index: bool = False, **info: Any
) -> MappedColumn[Any]:
    info = {key: value for key, value in info.items() if value not in (None, False)}
    return mapped_column(
        kind,
        *arguments,
        nullable=not required,
        index=index,
        info={"kind": read_as, "label": label, "required": required, **info},
    )


def text(
    label: str,
    longest: int = 300,
    *,
    required: bool = False,
    words: Sequence[str] | None = None,
    pattern: str | None = None,
    private: bool = False,
    identifier: bool = False,
    index: bool = False,
) -> MappedColumn[Any]:
    """Text, bounded; from a vocabulary where `words` is given. identifier: somebody else's id, not words of a person."""
    return _column(
        Text,
        label,
        "text",
        required,
        longest=longest,
        words=words,
        pattern=pattern,
        private=private,
        identifier=identifier,
        index=index,
    )


def note(label: str, *, required: bool = False) -> MappedColumn[Any]:
    """Long text: up to LONGEST_NOTE letters."""
    return _column(Text, label, "text", required, longest=LONGEST_NOTE)


def many(label: str, *, words: Sequence[str] | None = None, pattern: str | None = None) -> MappedColumn[Any]:
    """A list of texts, each from a vocabulary where `words` is given; never null."""
    return _column(Json, label, "list", True, longest=300, words=words, pattern=pattern)


def day(label: str, *, past: bool = False, after: str | None = None, required: bool = False) -> MappedColumn[Any]:
    """A calendar day."""
    return _column(Date, label, "day", required, past=past, after=after)


def number(label: str, lowest: float, highest: float, *, whole: bool = False) -> MappedColumn[Any]:
    """A number between two bounds."""
    return _column(Integer if whole else Float(53), label, "number", False, lowest=lowest, highest=highest, whole=whole)


def flag(label: str) -> MappedColumn[Any]:
    """Yes or no; no unless said."""
    return _column(Boolean, label, "flag", True)


def link(label: str, table: str, *, required: bool = False) -> MappedColumn[Any]:
    """The id of a record in another table."""
    return _column(String(36), label, "link", required, ForeignKey(f"{table}.id"), index=True, table=table)


def area(label: str, *, level: str | None = None, required: bool = False) -> MappedColumn[Any]:
    """A published area code; of one level (`analysis.area_codes.LEVELS`) where that is given."""
    return _column(String(12), label, "text", required, index=True, longest=12, pattern="area", level=level)
