"""The partners as Gaps reads them: published, with a point, each with the relationship that stands best today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection, String, and_, cast, select

from analysis.gaps import STAGES, empty_partners
from register.freshness import standings
from register.model import History, Partner, RegisterState, Relationship
from register.store import Acting

_KEPT = "gaps_table"
_MOST_CHANGED = 500


def gaps_table(acting: Acting, today: date | None = None) -> pd.DataFrame:
    """One row a partner: the columns of `analysis.gaps.empty_partners()`, then partner_id and lsoa21cd.

    It is the same for every actor: what is published, of partners that have a point and are not sensitive sites. A partner without any
    relationship counts as known of. Of several relationships the best-standing counts, so that a partner is one partner. The frame is kept
    until the register's revision or the day changes; change a copy, not the frame.
    """
    register = acting.register
    today = today or register.today()
    with acting.read() as connection:
        state = connection.execute(select(RegisterState.register_id, RegisterState.revision)).one()
        if acting.writer is not None:
            return _best(_rows(connection), today)
        with register.lock:
            kept: _Kept | None = register.kept.get(_KEPT)
        if kept is None or (kept.register_id, kept.today) != (state.register_id, today):
            frame = _best(_rows(connection), today)
        elif kept.revision == state.revision:
            return kept.frame
        else:
            frame = _brought_up_to_date(connection, kept, today)
    with register.lock:
        register.kept[_KEPT] = _Kept(state.register_id, state.revision, today, frame)
    return frame


@dataclass(frozen=True)
class _Kept:
    register_id: str
    revision: int
    today: date
    frame: pd.DataFrame


def _brought_up_to_date(connection: Connection, kept: _Kept, today: date) -> pd.DataFrame:
    """The table that was kept, with only the partners read again of which the history has something newer."""
    newer = select(History.partner_id).where(History.revision > kept.revision, History.partner_id.is_not(None)).distinct()
    changed = [found for found in connection.execute(newer.limit(_MOST_CHANGED + 1)).scalars() if found]
    if len(changed) > _MOST_CHANGED:
        return _best(_rows(connection), today)
    if not changed:
        return kept.frame
    again = _best(_rows(connection, changed), today)
    return pd.concat([kept.frame[~kept.frame["partner_id"].isin(changed)], again], ignore_index=True)


def _rows(connection: Connection, partner_ids: list[str] | None = None) -> list[tuple[object, ...]]:
    """What the table is made of: each partner with a point, once for each of its relationships."""
    query = (
        select(
            Partner.name,
            Partner.organisation_type,
            Relationship.stage,
            Partner.easting,
            Partner.northing,
            Partner.longitude,
            Partner.latitude,
            # As text: making a hundred thousand dates of it one by one would take as long as all the rest.
            cast(Relationship.last_confirmed, String),
            cast(Relationship.last_contact, String),
            Partner.id,
            Partner.lsoa21cd,
        )
        .select_from(Partner)
        .outerjoin(Relationship, and_(Relationship.partner_id == Partner.id, Relationship.status == "published"))
        .where(Partner.status == "published", Partner.easting.is_not(None), Partner.sensitive.is_(False))
        .order_by(Partner.id)
    )
    if partner_ids is not None:
        query = query.where(Partner.id.in_(partner_ids))
    return [tuple(row) for row in connection.execute(query)]


def _best(rows: list[tuple[object, ...]], today: date) -> pd.DataFrame:
    blank = empty_partners()
    columns = [*blank.columns, "partner_id", "lsoa21cd"]
    kinds = {**blank.dtypes.to_dict(), "partner_id": "str", "lsoa21cd": "str"}
    instead = {"category": "", "stage": STAGES[0], "last_confirmed": "NaT", "last_contact": "NaT"}
    made = {}
    for name, values in zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True):
        filled = [value or instead[name] for value in values] if name in instead else list(values)
        made[name] = pd.Series(np.array(filled, dtype="datetime64[us]") if name.startswith("last_") else filled, dtype=kinds[name])
    frame = pd.DataFrame(made)
    if frame["partner_id"].duplicated().any():
        frame["_standing"] = standings(frame, today)
        frame = frame.sort_values(
            ["partner_id", "_standing", "last_confirmed"], ascending=[True, True, False], kind="stable"
        )
        frame = frame.drop_duplicates("partner_id").drop(columns="_standing")
    return frame.reset_index(drop=True)
