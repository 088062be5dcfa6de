"""Finding a partner by words: SQLite's FTS5 or PostgreSQL's text search, the freshest of the best matches first."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, column, func, literal_column, select, table, text

from register.derived import folded
from register.freshness import FRESHNESS, freshness
from register.model import Partner, PartnerSearch, Relationship
from register.scope import in_places, seen_partner
from register.store import Acting

_BEST = 300
_WORDS = table("partner_words", column("rowid"), column("rank"))
_COLUMNS = [
    "partner_id",
    "name",
    "kind",
    "organisation_type",
    "description",
    "lad24cd",
    "lsoa21cd",
    "sensitive",
    "example",
    "status",
]


def search(
    acting: Acting, words: str, *, codes: Collection[str] | None = None, limit: int = 50, today: date | None = None
) -> pd.DataFrame:
    """Partners that hold every word, or one that begins with it, in their names or what they do.

    codes: only of these areas. Stale entries come after fresh ones among the best matches rather than being left out.
    Columns: partner_id, name, kind, organisation_type, description, lad24cd, lsoa21cd, sensitive, example, status, last_confirmed,
    freshness. Accents and capitals do not matter; words that hold no letter or digit find nothing.
    """
    today = today or acting.register.today()
    tokens = re.findall(r"[^\W_]+", folded(words[:300]))[:12]
    if not tokens:
        return _finished([], today, limit)
    with acting.read() as connection:
        numbers = _best_matches(connection, tokens, codes)
        rows = _rows(acting, connection, numbers)
    return _finished(rows, today, limit)


def _best_matches(connection: Connection, tokens: list[str], codes: Collection[str] | None) -> list[int]:
    """Numbers of the best matches, best first."""
    if connection.dialect.name == "sqlite":
        number: Any = _WORDS.c.rowid
        matches = text("partner_words MATCH :wanted").bindparams(wanted=" ".join(f'"{token}"*' for token in tokens))
        query = select(number).select_from(_WORDS).where(matches)
        # `rank` sorts every match inside the index; within a place it is quicker to rank only those that are there. The plus keeps
        # SQLite from looking each number up in the index of words by itself, which takes seconds.
        query = query.order_by(_WORDS.c.rank if codes is None else text("bm25(partner_words)"))
        number = literal_column("+partner_words.rowid")
    else:
        number = PartnerSearch.number
        asked = func.to_tsquery(text("'simple'"), " & ".join(f"{token}:*" for token in tokens))
        found = func.to_tsvector(text("'simple'"), PartnerSearch.text).bool_op("@@")(asked)
        # The shortest text that holds all words is the most about them; ranking by frequency reads every match.
        query = select(number).where(found).order_by(func.length(PartnerSearch.text))
    if codes is not None:
        query = query.where(number.in_(select(PartnerSearch.number).where(in_places(PartnerSearch.partner_id, codes))))
    return [row[0] for row in connection.execute(query.limit(_BEST))]


def _rows(acting: Acting, connection: Connection, numbers: list[int]) -> list[tuple[Any, ...]]:
    """The partners of these numbers that the actor may read, in the same order, each with the newest day on which it was confirmed."""
    newest = (
        select(func.max(Relationship.last_confirmed))
        .where(Relationship.partner_id == Partner.id, Relationship.status == "published")
        .scalar_subquery()
    )
    query = (
        select(
            PartnerSearch.number,
            Partner.id,
            *(getattr(Partner, name) for name in _COLUMNS[1:]),
            Partner.last_confirmed,
            newest.label("newest"),
        )
        .join(Partner, Partner.id == PartnerSearch.partner_id)
        .where(PartnerSearch.number.in_(numbers), seen_partner(acting.actor))
    )
    place = {number: position for position, number in enumerate(numbers)}
    return [tuple(row)[1:] for row in sorted(connection.execute(query), key=lambda row: place[row.number])]


def _finished(rows: list[tuple[Any, ...]], today: date, limit: int) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(rows, columns=[*_COLUMNS, "own", "newest"])
    days = frame[["own", "newest"]].apply(lambda column: pd.to_datetime(column).astype("datetime64[us]"))
    frame["last_confirmed"] = days.max(axis=1).astype("datetime64[us]")
    frame["freshness"] = freshness(frame["last_confirmed"], today)
    order = frame["freshness"].map({word: place for place, word in enumerate(FRESHNESS)})
    return (
        frame.drop(columns=["own", "newest"])
        .iloc[order.argsort(kind="stable").to_numpy()[:limit]]
        .reset_index(drop=True)
    )
