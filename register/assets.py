"""Lists that somebody kept: bring one in, bring in its next version, take it out of view and put it back, and read all of their records.

keep_list(acting, {"title": …, "publisher": …, "as_at": …, "lad24cd": …, "file_name": …, "file_digest": …}, rows, note=…)

A new version changes what the list says and never what a person decided: corrections are records of their own (`asset_decisions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from analysis.asset_records import RECORD_COLUMNS, as_records, joined
from register import asset_rows, recording, rules
from register.asset_refresh import Changes, carry_out, changes_of, list_key, live_list, must_be_new
from register.asset_rows import Fields
from register.errors import FieldProblem, NotFoundError, ValidationError
from register.model import RegisterState
from register.model_assets import LIST_FIELDS
from register.store import Acting
from register.validation import cleaned
from register.writing import Saved, Writer, table_of, tracked

_LIST = table_of("asset_list")
_ASSET = table_of("asset")
_MOST_PROBLEMS = 20
LISTS_COLUMNS = [
    "list_id",
    "version",
    "status",
    "title",
    "publisher",
    "licence",
    "attribution",
    "as_at",
    "lad24cd",
    "file_name",
    "rows_kept",
    "rows_set_aside",
    "updated_at",
    "may_decide",
]


@dataclass(frozen=True)
class Kept:
    """What became, or would become, of a list. saved: the list itself; None where it is a new one that was only rehearsed.

    elsewhere: rows of a place that the actor does not answer for: new ones wait there for an editor, known ones are left as they are.
    same_file: the file was kept before, so that nothing was changed.
    """

    saved: Saved | None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: int = 0
    elsewhere: int = 0
    same_file: bool = False

    @property
    def said(self) -> str:
        """In a sentence or two."""
        if self.same_file:
            return f"This file is kept already: nothing was changed. It has {self.unchanged:,} records."
        counts = f"{self.created:,} new, {self.updated:,} changed, {self.unchanged:,} as they were, {self.gone:,} no longer in the list"
        waiting = " The list waits for an editor of the place." if self.saved is not None and self.saved.status == "draft" else ""
        beyond = f" {self.elsewhere:,} lie in another place, whose editors decide on them." if self.elsewhere else ""
        return f"{counts}.{waiting}{beyond}"


def keep_list(
    acting: Acting, list_fields: Mapping[str, Any], rows: pd.DataFrame | Iterable[Mapping[str, Any]], *, note: str | None = None
) -> Kept:
    """Keep a list, or its next version, whole or not at all. A contributor's waits as a draft for an editor of the place.

    list_fields: columns of `model_assets.AssetList`; file_digest is the sha256 of the file. rows: see `asset_rows.checked`. The same file
    read in the same way changes nothing. A list of one title, publisher and place is one list: its rows are found again by their ids,
    and those that are not in it any more are withdrawn with a note. ValidationError where a row cannot be kept: set it aside first.
    """
    return _kept(acting, list_fields, rows, note, rehearsed=False)


def would_keep(acting: Acting, list_fields: Mapping[str, Any], rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Kept:
    """What `keep_list` would do, without doing it."""
    return _kept(acting, list_fields, rows, None, rehearsed=True)


def _kept(
    acting: Acting,
    list_fields: Mapping[str, Any],
    rows: pd.DataFrame | Iterable[Mapping[str, Any]],
    note: str | None,
    *,
    rehearsed: bool,
) -> Kept:
    rules.must_be_signed_in(acting.actor)
    fields, good = _checked(acting, list_fields, rows)
    note = recording.checked_note(note)
    if rehearsed:
        with acting.read() as connection:
            writer = Writer(connection, acting.actor, 0, acting.register.clock())
            return _outcome(writer, fields, good)[0]
    with acting.write() as writer:
        outcome, target, changes = _outcome(writer, fields, good)
        if outcome.same_file:
            return outcome
        decides = acting.actor.answers_for({fields["lad24cd"]})
        status = "published" if decides else "draft"
        if target is None:
            saved = writer.insert("asset_list", fields, status=status, note=note)
        else:
            saved = writer.update("asset_list", target["id"], target["version"], fields, note=note)
        carry_out(writer, saved, changes, note)
        return Kept(saved, *changes.counts)


def _checked(
    acting: Acting, list_fields: Mapping[str, Any], rows: pd.DataFrame | Iterable[Mapping[str, Any]]
) -> tuple[Fields, tuple[Fields, ...]]:
    today = acting.register.today()
    mapping = list_fields.get("column_mapping")
    fields = cleaned("asset_list", {name: value for name, value in list_fields.items() if name != "column_mapping"}, today)
    good = asset_rows.checked(rows, fields["lad24cd"], today)
    if len(good.problems):
        told = [
            FieldProblem(str(line["field"]), f"Row {line['row_number']}: {line['problem']}")
            for line in good.problems.head(_MOST_PROBLEMS).to_dict("records")
        ]
        more = good.problems["row_number"].nunique() - good.problems.head(_MOST_PROBLEMS)["row_number"].nunique()
        if more:
            told.append(FieldProblem("rows", f"{more:,} more rows cannot be kept as they are."))
        raise ValidationError([*told, FieldProblem("rows", "Nothing was kept. Set these rows aside, or mend them.")])
    if mapping is not None and not (
        isinstance(mapping, Mapping) and all(isinstance(part, str) and len(part) <= 300 for pair in mapping.items() for part in pair)
    ):
        raise ValidationError([FieldProblem("column_mapping", "The columns are given as {column: field}, both text.")])
    return {**fields, "column_mapping": None if mapping is None else dict(mapping), "rows_kept": len(good.rows)}, good.rows


def _outcome(writer: Writer, fields: Fields, rows: tuple[Fields, ...]) -> tuple[Kept, Mapping[str, Any] | None, Changes]:
    decides = writer.actor.answers_for({fields["lad24cd"]})
    live, own = live_list(writer, fields), live_list(writer, fields, draft_of=writer.actor.subject)
    for known in (live, own):
        if known is not None and all(known[name] == fields[name] for name in ("file_digest", "column_mapping")):
            saved = Saved("asset_list", known["id"], known["version"], known["status"], writer.revision)
            return Kept(saved, unchanged=known["rows_kept"] or 0, same_file=True), known, Changes()
    must_be_new(writer, fields, live)
    target = live if decides else own
    secret = writer.connection.execute(select(RegisterState.secret)).scalar_one()
    changes = changes_of(writer, target, asset_rows.with_ids(rows, list_key(fields), secret), fields["lad24cd"])
    known_as = None
    if target is not None:
        known_as = Saved("asset_list", target["id"], target["version"], target["status"], writer.revision)
    return Kept(known_as, *changes.counts), target, changes


def approve_list(acting: Acting, list_id: str, version: int, *, note: str | None = None) -> Kept:
    """Publish a list that waits. Where the place has a published one of that title and publisher, it becomes that one's next version."""
    with acting.write() as writer:
        draft = _found(writer, list_id)
        rules.must_be_signed_in(acting.actor)
        rules.must_decide(acting.actor, "asset_list", draft, None, "approve a list")
        if draft["status"] != "draft":
            raise ValidationError([FieldProblem("status", f"This list is {draft['status']}: there is nothing to approve.")])
        live, note = live_list(writer, draft), recording.checked_note(note)
        must_be_new(writer, draft, live)
        rows = [dict(row) for row in writer.connection.execute(select(_ASSET).where(_ASSET.c.asset_list_id == list_id)).mappings()]
        if live is None:
            saved = recording.set_status(_acting_in(acting, writer), "asset_list", list_id, version, "published", note=note)
            mine = [row for row in rows if row["status"] == "draft" and acting.actor.answers_for(rules.places_of("asset", row, None))]
            writer.update_many("asset", [(row, {"status": "published"}) for row in mine], note=note)
            return Kept(saved, created=len(mine), elsewhere=sum(row["status"] == "draft" for row in rows) - len(mine))
        names = (*asset_rows.KEPT_FIELDS, "asset_id", "kept_for", "row_number")
        wanted = [{name: row[name] for name in names} for row in rows if row["status"] != "withdrawn"]
        changes = changes_of(writer, live, wanted, live["lad24cd"])
        fields = {name: draft[name] for name in tracked("asset_list") - {"status"}}
        saved = writer.update("asset_list", live["id"], live["version"], fields, note=note)
        carry_out(writer, saved, changes, note)
        writer.update("asset_list", list_id, version, {"status": "withdrawn"}, note="Taken into the published list")
        return Kept(saved, *changes.counts)


def approve_asset(acting: Acting, record_id: str, version: int, *, note: str | None = None) -> Saved:
    """Publish one record of another place's list that waits, as the editor of the place where it is."""
    return recording.set_status(acting, "asset", record_id, version, "published", note=note)


def withdraw_list(acting: Acting, list_id: str, version: int, *, note: str) -> Saved:
    """Take a list, and with it all of its records, out of view. Nothing is deleted. note: why; required."""
    return recording.set_status(acting, "asset_list", list_id, version, "withdrawn", note=recording.checked_note(note, required=True))


def put_back_list(acting: Acting, list_id: str, version: int, *, note: str) -> Saved:
    """Publish a withdrawn list again, as it was. note: why; required."""
    with acting.together() as inside, inside.write() as writer:
        row = _found(writer, list_id)
        rules.must_see(acting.actor, "asset_list", row, None)
        if row["status"] == "withdrawn" and (live := live_list(writer, row)) is not None:
            raise ValidationError([FieldProblem("title", f"“{live['title']}” has been kept again since: withdraw that one first.")])
        must_be_new(writer, row, row)
        return recording.set_status(inside, "asset_list", list_id, version, "published", note=recording.checked_note(note, required=True))


def lists(acting: Acting) -> pd.DataFrame:
    """Every list that the actor may read, by publisher and title; for those who decide on it, withdrawn ones too. Columns LISTS_COLUMNS."""
    actor = acting.actor
    with acting.read() as connection:
        rows = [dict(row) for row in connection.execute(select(_LIST)).mappings()]
    shown = []
    for row in rows:
        decides = rules.decides(actor, "asset_list", row, None)
        if row["status"] == "published" or decides or (row["status"] == "draft" and rules.owns(actor, row)):
            shown.append({**row, "list_id": row["id"], "may_decide": decides})
    frame = pd.DataFrame(shown, columns=LISTS_COLUMNS)
    return frame.sort_values(["publisher", "title", "status"], kind="stable").reset_index(drop=True)


def kept(acting: Acting, *, drafts: bool = False) -> pd.DataFrame:
    """The published records of published lists: RECORD_COLUMNS, and those alone; source is the list's publisher, source_date its date.

    drafts: also what waits and the actor may read, with the columns draft (bool), record_id, version and list_id besides.
    """
    actor = acting.actor
    wanted = and_(_ASSET.c.status == "published", _LIST.c.status == "published")
    if drafts and actor.signed_in:
        places: ColumnElement[bool] = true() if actor.is_steward else false()
        if actor.is_editor:
            places = func.coalesce(_ASSET.c.lad24cd, _ASSET.c.kept_for).in_(sorted(actor.places))
        waits = and_(_ASSET.c.status != "withdrawn", _LIST.c.status != "withdrawn", or_(_ASSET.c.owner == actor.subject, places))
        wanted = or_(wanted, waits)
    plain = [name for name in RECORD_COLUMNS if name in _ASSET.c]
    query = (
        select(
            *(_ASSET.c[name] for name in plain),
            _LIST.c.publisher.label("source"),
            _LIST.c.licence,
            _LIST.c.as_at.label("source_date"),
            and_(_ASSET.c.status == "published", _LIST.c.status == "published").label("published"),
            _ASSET.c.id.label("record_id"),
            _ASSET.c.version,
            _ASSET.c.asset_list_id.label("list_id"),
        )
        .join(_LIST, _LIST.c.id == _ASSET.c.asset_list_id)
        .where(wanted)
        .order_by(_ASSET.c.asset_id, _ASSET.c.id)
    )
    with acting.read() as connection:
        found = connection.execute(query)
        frame = pd.DataFrame.from_records([tuple(row) for row in found], columns=list(found.keys()))
    for name in LIST_FIELDS:
        frame[name] = [joined(value) for value in frame[name]]
    frame["source_date"] = [value.isoformat() for value in frame["source_date"]]
    frame["position_quality"] = frame["position_quality"].where(frame["easting"].notna(), "not located")
    records = as_records(frame)
    if not drafts:
        return records
    return records.assign(
        draft=~frame["published"].astype(bool),
        record_id=frame["record_id"].astype("str"),
        version=frame["version"].astype("int64"),
        list_id=frame["list_id"].astype("str"),
    )


def _acting_in(acting: Acting, writer: Writer) -> Acting:
    """The register bound to the same actor, inside a transaction in force."""
    return Acting(acting.register, acting.actor, writer)


def _found(writer: Writer, list_id: str) -> Fields:
    try:
        return writer.current("asset_list", list_id)
    except NotFoundError:
        raise NotFoundError("There is no list with that id, or it is not yours to see.") from None
