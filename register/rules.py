"""Who may see, write and decide. Every public function asks here; what a page shows or hides changes nothing.

- A reader (anyone) sees what is published, of partners that are published.
- A contributor also sees and changes their own entries. What they write is a draft until an editor of the place publishes it.
- An editor sees and decides everything of their places (lad24cd), private channels and drafts included; elsewhere they are a contributor.
- A steward sees and decides everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from register.actors import Actor
from register.errors import NotAllowedError, NotFoundError
from register.model import Partner
from register.model_assets import AssetList
from register.rows import first

_AUTHORITIES = ("E06", "E07", "E08", "E09", "E10")


def authorities(partner: Mapping[str, Any]) -> set[str]:
    """The authorities that a partner belongs to: where it is, and those it serves."""
    own = {partner["lad24cd"]} if partner["lad24cd"] else set()
    return own | {code for code in partner["service_area"] if code.startswith(_AUTHORITIES)}


def partner_of(connection: Connection, entity: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The partner that a record belongs to: itself, the one it names, or None for a record of a place alone."""
    if entity == "partner":
        return row
    if not row.get("partner_id"):
        return None
    found = first(connection, select(Partner.__table__).where(Partner.id == row["partner_id"]))
    if found is None:
        raise NotFoundError("There is no partner with that id, or it is not yours to see.")
    return found


def places_of(entity: str, row: Mapping[str, Any], partner: Mapping[str, Any] | None) -> set[str]:
    """The authorities whose editors answer for a record."""
    if entity == "asset":  # of a list: where it is, or the place of the list if it has no authority of its own
        return {row["lad24cd"] or row["kept_for"]}
    if entity == "asset_match":
        return {code for code in (row["lad24cd"], row["second_lad24cd"]) if code}
    places = authorities(partner) if partner is not None else set()
    if entity != "partner" and row.get("lad24cd"):
        places = {row["lad24cd"]} if partner is None else places | {row["lad24cd"]}
    return places


def decides(actor: Actor, entity: str, row: Mapping[str, Any], partner: Mapping[str, Any] | None) -> bool:
    """Whether the actor is the editor or steward who answers for a record."""
    places = places_of(entity, row, partner)
    if entity == "suggestion" and not places:  # nobody knows yet where it is: any editor may look
        return actor.is_editor or actor.is_steward
    return actor.answers_for(places)


def owns(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether it is the actor's own entry."""
    return actor.signed_in and row["owner"] == actor.subject


def sees(actor: Actor, entity: str, row: Mapping[str, Any], partner: Mapping[str, Any] | None) -> bool:
    """Whether the actor may read a record, in part or whole."""
    if decides(actor, entity, row, partner) or (owns(actor, row) and entity != "person"):
        return True
    if row["status"] != "published" or entity in ("person", "suggestion"):
        return False
    return partner is None or entity == "partner" or sees(actor, "partner", partner, partner)


def must_see_list(connection: Connection, actor: Actor, entity: str, row: Mapping[str, Any]) -> None:
    """NotFoundError for a record of a list that the actor may not read: a draft, or one that was withdrawn."""
    if entity != "asset":
        return
    kept = first(connection, select(AssetList.__table__).where(AssetList.id == row["asset_list_id"]))
    if kept is None or not (decides(actor, entity, row, None) or sees(actor, "asset_list", kept, None)):
        raise NotFoundError("There is no asset with that id, or it is not yours to see.")


def must_see(actor: Actor, entity: str, row: Mapping[str, Any], partner: Mapping[str, Any] | None) -> None:
    """NotFoundError unless the actor may read it: nobody learns that a draft exists."""
    if not sees(actor, entity, row, partner):
        raise NotFoundError(f"There is no {entity.replace('_', ' ')} with that id, or it is not yours to see.")


def must_decide(
    actor: Actor, entity: str, row: Mapping[str, Any], partner: Mapping[str, Any] | None, what: str
) -> None:
    """NotAllowedError unless the actor answers for the record. what: "approve an entry"."""
    must_see(actor, entity, row, partner)
    if not decides(actor, entity, row, partner):
        raise NotAllowedError(f"Only an editor of the place, or a steward, can {what}. Nothing was changed.")


def must_be_signed_in(actor: Actor) -> None:
    """NotAllowedError for a reader who would write."""
    if not actor.signed_in:
        raise NotAllowedError(
            "Sign in as a contributor to add or change an entry, or suggest a partner: that needs no sign-in. Nothing was changed."
        )


def masked(actor: Actor, entity: str, row: Mapping[str, Any], partner: Mapping[str, Any] | None) -> dict[str, Any]:
    """A record as the actor may read it: private addresses and who wrote it only for those who decide on it."""
    shown = dict(row)
    if entity == "suggestion":
        shown["client"] = None
    if decides(actor, entity, row, partner):
        return shown
    if row.get("private"):
        shown["address"] = None
    for name in ("owner", "created_by"):
        if shown.get(name) != actor.subject or not actor.signed_in:
            shown[name] = None
    return shown
