"""What people decide about community assets: it is right, it is wrong in this, it has closed, these two are one place or are not.

An asset is given as it is published: a mapping with asset_id, name and lad24cd, and whatever else of `analysis.asset_records.RECORD_COLUMNS`
is known. It comes from the table of assets, never from a form: its authority says who decides. What somebody without that right decides
waits as a draft for an editor of the place (`asset_review`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from analysis import postcodes
from register import asset_sites, recording, rules
from register.asset_decided import corrections, matches, revision
from register.asset_published import as_published, authority_of, id_of, name_of
from register.asset_rows import Fields, plain_cell
from register.errors import FieldProblem, ValidationError
from register.model_assets import SITE_FIELDS
from register.redaction import without_site
from register.rows import first
from register.store import Acting
from register.validation import cleaned
from register.writing import Saved, Writer, filled, table_of, tracked

__all__ = [
    "KINDS",
    "approve",
    "close",
    "confirm",
    "confirm_premises",
    "correct",
    "corrections",
    "decide_match",
    "matches",
    "reopen",
    "revision",
    "undo",
]

_CORRECTION = table_of("asset_correction")
_MATCH = table_of("asset_match")
KINDS = ("asset_correction", "asset_match")
_SET_ONCE = frozenset({"asset_id", "asset_name"})


def correct(acting: Acting, asset: Mapping[str, Any], fields: Mapping[str, Any], *, note: str | None = None) -> Saved:
    """Say what is right. fields: columns of `model_assets.AssetCorrection` by name, lists as lists; empty means as published.

    The corrections of one asset are one record, so that what was corrected before stands unless it is said anew. Saying that an asset is
    sensitive takes its position out of every record of it here, past states too. Saved.waiting: an editor of the place decides.
    ValidationError with a sentence a field; NotAllowedError for a reader.
    """
    rules.must_be_signed_in(acting.actor)
    note, asset_id = recording.checked_note(note), id_of(asset)
    wanted = {name: value for name, value in fields.items() if name not in _SET_ONCE}
    if wanted.get("sensitive"):
        wanted = {**dict.fromkeys(SITE_FIELDS), "public_premises": False, **wanted}
    if wanted.get("postcode"):
        wanted["postcode"] = _postcode(str(wanted["postcode"]))
    with acting.write() as writer:
        live = _live_correction(writer, asset_id)
        place = (live or {}).get("lad24cd") or authority_of(writer.connection, asset)
        after = wanted.get("lad24cd") or place
        decides = all(acting.actor.answers_for({code} if code else ()) for code in {place or after, after})
        current = live if decides else _own_draft(writer, asset_id)
        hidden = wanted.get("sensitive", (live or {}).get("sensitive")) is True or plain_cell(asset.get("sensitive")) is True
        published = as_published(asset, hidden=hidden)
        start = {**(current or filled(_CORRECTION, {})), "as_published": published, "sensitive": hidden}
        if current is None:
            _must_say_something(wanted)
            wanted |= {"asset_id": asset_id, "asset_name": name_of(asset), "lad24cd": after}
        clean = cleaned("asset_correction", wanted, acting.register.today(), current=start)
        if current is None:
            status = "published" if decides else "draft"
            saved = writer.insert("asset_correction", {**clean, "as_published": published}, status=status, note=note)
        else:
            if any(current[name] != value for name, value in clean.items()):
                clean["as_published"] = published
            saved = writer.update("asset_correction", current["id"], current["version"], clean, note=note)
        if decides and clean.get("sensitive"):
            asset_sites.hide(writer, asset_id)
            saved = _as_it_is(writer, "asset_correction", saved)
        return _told(saved)


def confirm(acting: Acting, asset: Mapping[str, Any], *, on: date, role: str, note: str | None = None) -> Saved:
    """Say that an asset was right on a day. role: in what role the person who confirmed it did so, never their name."""
    return correct(acting, asset, {"last_confirmed": on, "confirmed_by_role": role}, note=note)


def close(acting: Acting, asset: Mapping[str, Any], *, note: str) -> Saved:
    """Say that an asset has closed. note: how that is known; required."""
    return correct(acting, asset, {"closed": True}, note=recording.checked_note(note, required=True))


def reopen(acting: Acting, asset: Mapping[str, Any], *, note: str) -> Saved:
    """Say that an asset recorded as closed is open. note: how that is known; required."""
    rules.must_be_signed_in(acting.actor)
    kept = recording.checked_note(note, required=True)
    with acting.write() as writer:
        live = _live_correction(writer, id_of(asset))
        if live is None or not live["closed"]:
            raise ValidationError([FieldProblem("closed", "Nobody has recorded that this has closed.")])
        rules.must_decide(acting.actor, "asset_correction", live, None, "say that it is open again")
        return writer.update("asset_correction", live["id"], live["version"], {"closed": False}, note=kept)


def confirm_premises(acting: Acting, asset: Mapping[str, Any], where: Mapping[str, Any], *, note: str) -> Saved:
    """Say where an asset's premises are that anybody may visit: the one way by which a charity gets a point.

    where: postcode as written, and the point and areas that it has (SITE_FIELDS, lad24cd). note: how it is known that they are public.
    """
    site = {name: value for name, value in where.items() if name in (*SITE_FIELDS, "lad24cd")}
    if "easting" in site:
        site.setdefault("position_quality", "postcode")
    return correct(acting, asset, {**site, "public_premises": True}, note=recording.checked_note(note, required=True))


def decide_match(
    acting: Acting, first_asset: Mapping[str, Any], second_asset: Mapping[str, Any], decision: str, *, note: str | None = None
) -> Saved:
    """Say whether two records are “the same place” or “different places”, in whichever order. note: why.

    Deciding again replaces what was decided before of the pair. Editors of the place of either record decide.
    """
    rules.must_be_signed_in(acting.actor)
    one, other = sorted((first_asset, second_asset), key=id_of)
    with acting.write() as writer:
        places = [authority_of(writer.connection, asset) for asset in (one, other)]
        fields = {
            "first_id": id_of(one),
            "second_id": id_of(other),
            "first_name": name_of(one),
            "second_name": name_of(other),
            "lad24cd": places[0],
            "second_lad24cd": places[1],
            "decision": decision,
            "reason": recording.checked_note(note),
        }
        clean = cleaned("asset_match", fields, acting.register.today())
        live = _live_match(writer, clean)
        decides = rules.decides(acting.actor, "asset_match", live or clean, None)
        current = live if decides else _own_draft_match(writer, clean)
        if current is None:
            status = "published" if decides else "draft"
            return _told(writer.insert("asset_match", clean, status=status, note=clean["reason"]))
        values = {"decision": clean["decision"], "reason": clean["reason"]}
        return _told(writer.update("asset_match", current["id"], current["version"], values, note=clean["reason"]))


def approve(acting: Acting, entity: str, record_id: str, version: int, *, note: str | None = None) -> Saved:
    """Publish what waits: entity is one of KINDS. What was decided before of the same asset or pair is changed by it, not doubled."""
    rules.must_be_signed_in(acting.actor)
    note = recording.checked_note(note)
    with acting.write() as writer:
        row = writer.current(_known(entity), record_id)
        rules.must_decide(acting.actor, entity, row, None, "approve this")
        if row["status"] != "draft":
            raise ValidationError([FieldProblem("status", f"This is {row['status']}: there is nothing to approve.")])
        live = _live_match(writer, row) if entity == "asset_match" else _live_correction(writer, row["asset_id"])
        if live is None:
            saved = writer.update(entity, record_id, version, {"status": "published"}, note=note)
        else:
            rules.must_decide(acting.actor, entity, live, None, "approve this")
            values = {
                name: row[name]
                for name in tracked(entity) - {"status", *_SET_ONCE}
                if row[name] not in (None, [], False)
            }
            if live.get("sensitive"):
                values |= {name: None for name in SITE_FIELDS if name in values} | {"as_published": without_site(row["as_published"])}
            problems_of = {name: value for name, value in values.items() if name != "as_published"}
            cleaned(entity, problems_of, acting.register.today(), current=live)
            writer.update(entity, record_id, version, {"status": "withdrawn"}, note="Taken into what was decided before")
            saved = writer.update(entity, live["id"], live["version"], values, note=note)
        if row.get("sensitive"):
            asset_sites.hide(writer, row["asset_id"])
            saved = _as_it_is(writer, entity, saved)
        return saved


def undo(acting: Acting, entity: str, record_id: str, version: int, *, note: str) -> Saved:
    """Take back what was decided, or decline what waits: entity is one of KINDS. It stays in the history. note: why; required.

    One's own draft may be taken back too; what is published only by whoever decides on it.
    """
    rules.must_be_signed_in(acting.actor)
    kept = recording.checked_note(note, required=True)
    with acting.write() as writer:
        row = writer.current(_known(entity), record_id)
        rules.must_see(acting.actor, entity, row, None)
        if not (rules.owns(acting.actor, row) and row["status"] == "draft"):
            rules.must_decide(acting.actor, entity, row, None, "take back what was decided")
        return writer.update(entity, record_id, version, {"status": "withdrawn"}, note=kept)


def _live_correction(writer: Writer, asset_id: str) -> Fields | None:
    query = select(_CORRECTION).where(_CORRECTION.c.asset_id == asset_id, _CORRECTION.c.status == "published")
    return first(writer.connection, query)


def _own_draft(writer: Writer, asset_id: str) -> Fields | None:
    query = select(_CORRECTION).where(_CORRECTION.c.asset_id == asset_id, _CORRECTION.c.status == "draft")
    return first(writer.connection, query.where(_CORRECTION.c.owner == writer.actor.subject))


def _live_match(writer: Writer, pair: Mapping[str, Any]) -> Fields | None:
    return first(writer.connection, select(_MATCH).where(*_of_pair(pair), _MATCH.c.status == "published"))


def _own_draft_match(writer: Writer, pair: Mapping[str, Any]) -> Fields | None:
    query = select(_MATCH).where(*_of_pair(pair), _MATCH.c.status == "draft")
    return first(writer.connection, query.where(_MATCH.c.owner == writer.actor.subject))


def _of_pair(pair: Mapping[str, Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _MATCH.c.first_id == pair["first_id"], _MATCH.c.second_id == pair["second_id"]


def _must_say_something(wanted: Mapping[str, Any]) -> None:
    if all(value in (None, "", [], False) or (isinstance(value, str) and not value.strip()) for value in wanted.values()):
        raise ValidationError([FieldProblem("name", "Nothing was said of it: fill in what is to be corrected.")])


def _as_it_is(writer: Writer, entity: str, saved: Saved) -> Saved:
    row = writer.current(entity, saved.id)
    return Saved(entity, saved.id, row["version"], row["status"], saved.revision)


def _told(saved: Saved) -> Saved:
    waiting = saved.status == "draft"
    return Saved(saved.entity, saved.id, saved.version, saved.status, saved.revision, waiting)


def _postcode(typed: str) -> str:
    found = postcodes.read(typed)
    if not found.well_formed:
        raise ValidationError([FieldProblem("postcode", f"“{typed[:20]}” is not a postcode such as E1 1AA.")])
    return found.compact


def _known(entity: str) -> str:
    if entity not in KINDS:
        raise ValidationError([FieldProblem("entity", f"There is no decision of the kind “{entity}”: the kinds are {', '.join(KINDS)}.")])
    return entity
