"""The same rules as `register/rules.py`, as conditions of a query: which rows of a table an actor may read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from register.actors import Actor
from register.model import Partner, PartnerArea


def in_places(partner_id: Any, codes: Iterable[str]) -> ColumnElement[bool]:
    """Partners that belong to any of these areas."""
    wanted = sorted(set(codes))
    if not wanted:
        return false()
    return partner_id.in_(select(PartnerArea.partner_id).where(PartnerArea.area_code.in_(wanted)))


def decided(actor: Actor, partner_id: Any) -> ColumnElement[bool]:
    """Partners that the actor answers for."""
    if actor.is_steward:
        return true()
    return in_places(partner_id, actor.places) if actor.is_editor else false()


def seen_partner(actor: Actor) -> ColumnElement[bool]:
    """Partners that the actor may read, withdrawn ones left out."""
    own = Partner.owner == actor.subject if actor.signed_in else false()
    return and_(Partner.status != "withdrawn", or_(Partner.status == "published", own, decided(actor, Partner.id)))


def seen_part(actor: Actor, table: Any) -> ColumnElement[bool]:
    """Rows of a partner's records that the actor may read, given that they may read the partner; withdrawn ones left out."""
    own = table.c.owner == actor.subject if actor.signed_in else false()
    return and_(
        table.c.status != "withdrawn", or_(table.c.status == "published", own, decided(actor, table.c.partner_id))
    )
