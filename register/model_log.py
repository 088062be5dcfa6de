"""The log: one row for each change of each record, never changed or taken away, and what the store keeps of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from register.model_base import Base, Json, Moment


class RegisterState(Base):
    """One row: which register this is and how many changes it has seen. Every writer takes this row first, so changes have one order."""

    __tablename__ = "register_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    register_id: Mapped[str] = mapped_column(String(36))
    secret: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime] = mapped_column(Moment)


class History(Base):
    """One change of one record: changes holds {field: [before, after]} of the fields that changed.

    revision: the transaction, counted from 1; position: the change within it. partner_id: the partner that it is about, if any.
    redacted: whether a value was taken out since (a point of a site now sensitive, a name whose consent was withdrawn).
    """

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("entity", "record_id", "version", name="uq_history_version"),)

    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    subject: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(12))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(Integer)
    partner_id: Mapped[str | None] = mapped_column(String(36))
    changes: Mapped[dict[str, list[Any]]] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(Text)
    redacted: Mapped[bool] = mapped_column(Boolean)


Index("ix_history_partner", History.partner_id, History.revision)
Index("ix_history_entity", History.entity, History.revision)


class Idempotency(Base):
    """A request that was carried out, so that a retry of it is answered and not repeated."""

    __tablename__ = "idempotency"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(BigInteger)
