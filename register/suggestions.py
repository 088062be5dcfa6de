"""What anybody may say without signing in: suggest a partner, or claim that an entry is their group's. An editor decides.

Four fields: the name, what they do, where, and how to reach the organisation. Limits hold for each sender and for all together; a sender
is known by a keyed hash that changes every day, so that nobody can be followed by it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import func, or_, select, update

from analysis import postcodes
from register import recording, rules
from register.errors import FieldProblem, NotAllowedError, NotFoundError, RateLimitError, ValidationError
from register.model import ENTITIES, Partner, RegisterState
from register.model_places import Suggestion
from register.rows import rows, table_of_model
from register.store import Acting
from register.validation import cleaned
from register.writing import Saved, Writer

PER_SENDER_AN_HOUR = 5
IN_ALL_AN_HOUR = 60
MOST_WAITING = 1000

WAITING_COLUMNS = [
    "suggestion_id",
    "version",
    "kind",
    "name",
    "what",
    "where_text",
    "reach",
    "lad24cd",
    "partner_id",
    "entity",
    "record_id",
    "base_version",
    "changes",
    "owner",
    "created_at",
]


def suggest(
    acting: Acting, *, name: str, what: str, where: str, reach: str, client_key: str, lad24cd: str | None = None
) -> Saved:
    """Suggest a partner. It is read by an editor before anybody else sees it.

    where: a postcode or the name of an area, in the sender's words; lad24cd: the authority, where the caller could find it.
    reach: how to reach the organisation, not a person. client_key: what tells one sender from another, such as an address; only its hash
    is kept. Raises ValidationError with a sentence a field, RateLimitError beyond the limits.
    """
    missing = {"name": name, "what": what, "where_text": where, "reach": reach}
    said = {
        "name": "Say what the group is called.",
        "what": "Say in a few words what they do.",
        "where_text": "Say where: a postcode or the name of an area.",
        "reach": "Say how to reach the organisation: a website, a public email address or telephone number.",
    }
    problems = [FieldProblem(field, said[field]) for field, value in missing.items() if not value.strip()]
    postcode = postcodes.read(where)
    if postcode.well_formed and postcode.outside:
        problems.append(
            FieldProblem(
                "where_text", f"{postcode.spoken} is in {postcode.outside}. This register covers England only."
            )
        )
    if problems:
        raise ValidationError(problems)
    return _queued(acting, {"kind": "new partner", **missing, "lad24cd": lad24cd}, client_key)


def claim(acting: Acting, partner_id: str, *, role: str, reach: str, client_key: str) -> Saved:
    """Say “this is my group”. role: what the sender is in it; reach: how an editor can check with the organisation.

    When an editor accepts the claim of somebody signed in, the entry becomes their own to keep up.
    """
    partner = recording.get(acting, "partner", partner_id)
    problems = [
        FieldProblem(field, said)
        for field, value, said in (
            ("what", role, "Say what you are in the group."),
            ("reach", reach, "Say how the organisation can be reached to check."),
        )
        if not value.strip()
    ]
    if problems:
        raise ValidationError(problems)
    fields = {
        "kind": "claim",
        "name": partner["name"],
        "what": role,
        "reach": reach,
        "partner_id": partner_id,
        "lad24cd": partner["lad24cd"],
    }
    return _queued(acting, fields, client_key)


def waiting(acting: Acting) -> pd.DataFrame:
    """Suggestions, claims and corrections that wait for this actor to decide, or that are their own. Oldest first; WAITING_COLUMNS."""
    rules.must_be_signed_in(acting.actor)
    table = table_of_model(Suggestion)
    query = select(table).where(table.c.decision == "waiting")
    if not (acting.actor.is_editor or acting.actor.is_steward):
        query = query.where(table.c.owner == acting.actor.subject)
    found = []
    with acting.read() as connection:
        for row in rows(connection, query.order_by(table.c.created_at)):
            partner = rules.partner_of(connection, "suggestion", row)
            if rules.sees(acting.actor, "suggestion", row, partner):
                shown = rules.masked(acting.actor, "suggestion", row, partner)
                found.append({**shown, "suggestion_id": row["id"]})
    return pd.DataFrame(found, columns=WAITING_COLUMNS)


def accept(
    acting: Acting,
    suggestion_id: str,
    version: int,
    *,
    note: str | None = None,
    fields: Mapping[str, Any] | None = None,
    merge: bool = False,
) -> Saved:
    """Accept what waits, and do it: add the partner, give the entry to whoever claimed it, or make the correction.

    fields: for a new partner, what the editor made of it (at least a kind and a place); its name and description are taken from the
    suggestion where they are not given. Returns what became of the partner or the corrected record. A correction of a record that was
    saved since raises ConflictError, as for any other change.
    """
    with acting.together() as inside, inside.write() as writer:
        row = _to_decide(inside, writer, suggestion_id)
        _decide(inside, writer, row, version, "accepted", note)
        if row["kind"] == "correction":
            return recording.change(
                inside,
                row["entity"],
                row["record_id"],
                row["base_version"],
                row["changes"] or {},
                note=row["what"] or note,
                merge=merge,
            )
        if row["kind"] == "claim":
            return _give(inside, writer, row)
        values = {
            "name": row["name"],
            "description": row["what"],
            "lad24cd": row["lad24cd"],
            "kind": "organisation",
            **(fields or {}),
        }
        saved = recording.add(inside, "partner", values, note=note or "Suggested by a visitor")
        writer.connection.execute(update(Suggestion).where(Suggestion.id == suggestion_id).values(record_id=saved.id))
        return saved


def decline(acting: Acting, suggestion_id: str, version: int, *, note: str) -> Saved:
    """Decline what waits; it stays in the history with the reason. note: why; required."""
    with acting.together() as inside, inside.write() as writer:
        row = _to_decide(inside, writer, suggestion_id)
        return _decide(inside, writer, row, version, "declined", recording.checked_note(note, required=True))


def _queued(acting: Acting, fields: Mapping[str, Any], client_key: str) -> Saved:
    with acting.write() as writer:
        clean = cleaned("suggestion", {**fields, "decision": "waiting"}, acting.register.today())
        clean["client"] = _within_limits(acting, writer, client_key)
        saved = writer.insert("suggestion", clean, status="draft", note=None)
        return Saved("suggestion", saved.id, saved.version, "draft", saved.revision, waiting=True)


def _within_limits(acting: Acting, writer: Writer, client_key: str) -> str:
    """The hash of a sender who may still send. RateLimitError otherwise."""
    now = acting.register.clock()
    secret = writer.connection.execute(select(RegisterState.secret)).scalar_one()
    hashes = [
        hmac.new(secret.encode(), f"{day.isoformat()}|{client_key}".encode(), hashlib.sha256).hexdigest()
        for day in (now.date(), now.date() - timedelta(days=1))
    ]
    recent = (
        select(func.count())
        .select_from(Suggestion)
        .where(Suggestion.created_at > now - timedelta(hours=1), Suggestion.client.is_not(None))
    )
    of_sender = writer.connection.execute(
        recent.where(or_(*(Suggestion.client == value for value in hashes)))
    ).scalar_one()
    in_all = writer.connection.execute(recent).scalar_one()
    queue = writer.connection.execute(
        select(func.count())
        .select_from(Suggestion)
        .where(Suggestion.decision == "waiting", Suggestion.client.is_not(None))
    ).scalar_one()
    if of_sender >= PER_SENDER_AN_HOUR:
        raise RateLimitError(
            f"You have sent {of_sender} in the last hour, which is as many as can be taken. Please send the rest later."
        )
    if in_all >= IN_ALL_AN_HOUR or queue >= MOST_WAITING:
        raise RateLimitError(
            "More suggestions have come in than can be read at present. Yours was not saved: please send it later."
        )
    return hashes[0]


def _to_decide(inside: Acting, writer: Writer, suggestion_id: str) -> dict[str, Any]:
    rules.must_be_signed_in(inside.actor)
    row = writer.current("suggestion", suggestion_id)
    partner = rules.partner_of(writer.connection, "suggestion", row)
    rules.must_decide(inside.actor, "suggestion", row, partner, "decide on what waits")
    if row["decision"] != "waiting":
        raise ValidationError(
            [FieldProblem("decision", f"Somebody has decided on this already: it was {row['decision']}.")]
        )
    if row["entity"] is not None and row["entity"] not in ENTITIES:
        raise NotFoundError("What this would correct is not in the register.")
    return row


def _decide(
    inside: Acting, writer: Writer, row: Mapping[str, Any], version: int, decision: str, note: str | None
) -> Saved:
    if inside.actor.subject == row["owner"] and not inside.actor.is_steward:
        raise NotAllowedError("Somebody else decides on what you have asked for yourself. Nothing was changed.")
    note = recording.checked_note(note)
    return writer.update("suggestion", row["id"], version, {"decision": decision, "decision_note": note}, note=note)


def _give(inside: Acting, writer: Writer, row: Mapping[str, Any]) -> Saved:
    partner = writer.current("partner", row["partner_id"])
    if row["owner"] != "anonymous":
        writer.connection.execute(update(Partner).where(Partner.id == partner["id"]).values(owner=row["owner"]))
    return Saved("partner", partner["id"], partner["version"], partner["status"], writer.revision)
