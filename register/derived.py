"""Tables that follow from the partners: the areas each belongs to, and the text by which it is found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from register.model import Partner, PartnerArea, PartnerSearch


def areas_of(partner: Mapping[str, Any]) -> set[str]:
    """The codes of every area that a partner says it belongs to."""
    return {code for code in (partner["lsoa21cd"], partner["lad24cd"], *partner["service_area"]) if code}


def searchable(partner: Mapping[str, Any]) -> str:
    """What a partner is found by, folded: names, what it is and what it does."""
    parts = [
        partner["name"],
        *partner["also_known_as"],
        partner["organisation_type"],
        partner["faith_kind"],
        partner["tradition"],
        partner["focus"],
        *partner["networks"],
        partner["description"],
    ]
    return folded(" ".join(part for part in parts if part))


def folded(words: str) -> str:
    """Small letters without accents, so that “Église” is found by “eglise”."""
    apart = unicodedata.normalize("NFKD", words)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def refresh(connection: Connection, entity: str, row: Mapping[str, Any]) -> None:
    """Bring both tables up to date after a partner was saved."""
    if entity != "partner":
        return
    connection.execute(delete(PartnerArea).where(PartnerArea.partner_id == row["id"]))
    codes = [{"area_code": code, "partner_id": row["id"]} for code in sorted(areas_of(row))]
    if codes:
        connection.execute(insert(PartnerArea), codes)
    connection.execute(delete(PartnerSearch).where(PartnerSearch.partner_id == row["id"]))
    connection.execute(insert(PartnerSearch).values(partner_id=row["id"], text=searchable(row)))


def forget_old_words(connection: Connection) -> None:
    """Write SQLite's index of words anew: until then it keeps the words that were taken out, though it finds nothing by them."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO partner_words(partner_words) VALUES ('optimize')"))


def rebuild(connection: Connection) -> None:
    """Fill both tables again from the partners, after a copy."""
    connection.execute(delete(PartnerArea))
    connection.execute(delete(PartnerSearch))
    rows = connection.execute(select(Partner.__table__)).mappings()
    for chunk in _chunks(rows):
        codes = [{"area_code": code, "partner_id": row["id"]} for row in chunk for code in sorted(areas_of(row))]
        if codes:
            connection.execute(insert(PartnerArea), codes)
        connection.execute(insert(PartnerSearch), [{"partner_id": row["id"], "text": searchable(row)} for row in chunk])


def _chunks(rows: Iterable[Any], size: int = 2000) -> Iterable[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
