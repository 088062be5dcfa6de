"""The example register: partnerships that published pages and reports name, to be loaded and removed in one action each.

Never loaded by itself. The entries are in assets/example_register.toml, each with its public source and the day of it, each marked as
*published example, to be confirmed*: unconfirmed, never listed in the Open Referral feed, and without any person's name. Removing them
withdraws them, so that the history keeps what anybody wrote on them; loading again puts back the very same entries. One that somebody
has since made their own, by taking the mark off, is nobody's example any more and stays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from register import entries, partners, relationships, rules
from register.model import Partner
from register.store import Acting
from register.vocabularies import SIDES

EXAMPLES = Path(__file__).parents[1] / "assets" / "example_register.toml"
SOURCE = "example register"
"""What the entries give as `source`; their key in the file is `source_id`."""

_PARTNER = Partner.__table__
_OWN = (
    "key",
    "source",
    "source_date",
    "named_in_reports",
    "provided_by",
    "members",
    "relationship",
    "activity",
    "description",
)
_MOVE = ("stage", "on", "partner_gives", "body_gives")


@dataclass(frozen=True)
class Loaded:
    """What an action did. added: new entries; put_back: ones that had been removed before; as_they_were: ones that were there already.

    left: entries of places that the actor does not answer for.
    """

    added: int = 0
    put_back: int = 0
    as_they_were: int = 0
    left: int = 0
    removed: int = 0

    @property
    def said(self) -> str:
        """In one sentence."""
        parts = (
            (self.added, "added"),
            (self.put_back, "put back"),
            (self.as_they_were, "already there"),
            (self.removed, "removed; their history is kept"),
            (self.left, "left alone, being in places that you do not answer for"),
        )
        said = ", ".join(f"{count} {what}" for count, what in parts if count)
        return f"Published examples: {said}." if said else "There are no published examples here."


def examples(path: Path = EXAMPLES) -> list[dict[str, Any]]:
    """The entries as the file has them, in its order."""
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["partner"])


def mark(path: Path = EXAMPLES) -> str:
    """The words that begin every entry's description."""
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["mark"])


def load(acting: Acting, path: Path = EXAMPLES) -> Loaded:
    """Add every example, in one transaction: all or none. Asked twice it adds nothing.

    NotAllowedError for whoever is not signed in; entries of places that the actor does not answer for are left alone.
    """
    rules.must_be_signed_in(acting.actor)
    counts = {"added": 0, "put_back": 0, "as_they_were": 0, "left": 0}
    ids: dict[str, str] = {}
    new: list[tuple[str, Mapping[str, Any]]] = []
    words = mark(path)
    with acting.together() as inside:
        held = _held(inside)
        for entry in examples(path):
            key = str(entry["key"])
            known: dict[str, Any] | None = held.get(key)
            if known is not None:
                ids[key] = known["id"]
            places = rules.authorities({"lad24cd": entry.get("lad24cd"), "service_area": entry.get("service_area", [])})
            if not inside.actor.answers_for(places):
                counts["left"] += 1
            elif known is None:
                ids[key] = _add(inside, entry, words, ids)
                new.append((ids[key], entry))
                counts["added"] += 1
            elif known["status"] == "withdrawn" and known["example"]:
                partners.put_back(inside, known["id"], known["version"], note="The example register was loaded again.")
                counts["put_back"] += 1
            else:
                counts["as_they_were"] += 1
        for partner_id, coalition in new:
            for member in coalition.get("members", ()):
                _add_member(inside, partner_id, member, ids)
    return Loaded(**counts)


def remove(acting: Acting) -> Loaded:
    """Take every example out of view, in one transaction. Nothing is deleted: the history, and what was written on them, stays."""
    rules.must_be_signed_in(acting.actor)
    removed = left = 0
    with acting.together() as inside:
        for row in _held(inside).values():
            if not row["example"] or row["status"] == "withdrawn":
                continue
            if not inside.actor.answers_for(rules.authorities(row)):
                left += 1
                continue
            partners.withdraw(inside, row["id"], row["version"], note="The example register was removed.")
            removed += 1
    return Loaded(removed=removed, left=left)


def loaded(acting: Acting) -> int:
    """How many examples are in view now."""
    return sum(row["status"] != "withdrawn" and row["example"] for row in _held(acting).values())


def _held(acting: Acting) -> dict[str, dict[str, Any]]:
    """The examples that the register holds, withdrawn ones too, by their key."""
    with acting.read() as connection:
        rows = connection.execute(
            select(_PARTNER).where(_PARTNER.c.source == SOURCE, _PARTNER.c.source_id.is_not(None))
        )
        return {str(row["source_id"]): dict(row) for row in rows.mappings()}


def _add(acting: Acting, entry: Mapping[str, Any], words: str, ids: Mapping[str, str]) -> str:
    note = f"{words} {entry['source']}"
    fields: dict[str, Any] = {name: value for name, value in entry.items() if name not in _OWN}
    fields |= {
        "description": f"{words} {entry['description']}",
        "example": True,
        "example_source": entry["source"],
        "example_date": entry["source_date"],
        "source": SOURCE,
        "source_id": entry["key"],
        "provided_by_id": ids.get(entry.get("provided_by", "")),
    }
    partner_id = partners.create(acting, fields, note=note).id
    for activity in entry.get("activity", ()):
        entries.add(acting, "activity", {**activity, "partner_id": partner_id}, note=note)
    for relationship in entry.get("relationship", ()):
        _begin(acting, partner_id, relationship, note)
    return partner_id


def _begin(acting: Acting, partner_id: str, entry: Mapping[str, Any], note: str) -> None:
    on: date = entry["on"]
    given = zip(SIDES, (entry.get("partner_gives"), entry.get("body_gives")), strict=True)
    commitments = [{"side": side, "said": said} for side, said in given if said]
    fields = {name: value for name, value in entry.items() if name not in _MOVE}
    fields |= {"stage": entry["stage"], "last_contact": on}
    relationships.begin(acting, partner_id, fields, note=note, on=on, commitments=commitments)


def _add_member(acting: Acting, partner_id: str, member: str, ids: Mapping[str, str]) -> None:
    fields: dict[str, Any] = {"partner_id": partner_id}
    fields |= {"member_id": ids[member]} if member in ids else {"member_name": member}
    entries.add(acting, "coalition_member", fields, note="Named as a member by the source of the entry.")
