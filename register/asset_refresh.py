"""What a new version of a list changes in the register, and the writing of it in a few statements. Roles hold for each row by its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select

from register import asset_sites, rules
from register.asset_rows import Fields, found_again
from register.derived import folded
from register.errors import FieldProblem, ValidationError
from register.model_assets import SITE_FIELDS
from register.rows import rows as all_rows
from register.writing import Saved, Writer, filled, table_of

_LIST = table_of("asset_list")
_ASSET = table_of("asset")
GONE = "No longer in the list"


@dataclass
class Changes:
    """new: fields and status. changed: a record as it stands and what to set. gone: records to withdraw. elsewhere: rows of other places."""

    new: list[tuple[Fields, str]] = field(default_factory=list)
    changed: list[tuple[Fields, Fields]] = field(default_factory=list)
    gone: list[Fields] = field(default_factory=list)
    unchanged: int = 0
    elsewhere: int = 0

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """created, updated, unchanged, gone, elsewhere."""
        return len(self.new), len(self.changed), self.unchanged, len(self.gone), self.elsewhere


def list_key(fields: Mapping[str, Any]) -> str:
    """What makes two files versions of one list: place, publisher and title."""
    return "|".join((fields["lad24cd"], folded(fields["publisher"]), folded(fields["title"])))


def live_list(writer: Writer, fields: Mapping[str, Any], *, draft_of: str | None = None) -> Fields | None:
    """The published list of this title, publisher and place, or the draft of it that is this subject's."""
    query = select(_LIST).where(_LIST.c.lad24cd == fields["lad24cd"])
    draft = and_(_LIST.c.status == "draft", _LIST.c.owner == draft_of)
    query = query.where(_LIST.c.status == "published" if draft_of is None else draft)
    return next((row for row in all_rows(writer.connection, query) if list_key(row) == list_key(fields)), None)


def must_be_new(writer: Writer, fields: Mapping[str, Any], known: Mapping[str, Any] | None) -> None:
    """ValidationError where the same file is kept for the place as another list: its records would count twice."""
    query = select(_LIST.c.id, _LIST.c.title).where(
        _LIST.c.lad24cd == fields["lad24cd"], _LIST.c.status == "published", _LIST.c.file_digest == fields["file_digest"]
    )
    other = next((row for row in writer.connection.execute(query) if known is None or row.id != known["id"]), None)
    if other is not None:
        raise ValidationError(
            [FieldProblem("file_digest", f"This file is kept already as “{other.title}”. Withdraw that list first, or give this one its title.")]
        )


def changes_of(writer: Writer, target: Mapping[str, Any] | None, rows: Sequence[Fields], kept_for: str) -> Changes:
    """What these rows (fields of `Asset` with asset_id) change in a list; target: the list, None where it is new.

    A site once said to be sensitive stays so: a file that has forgotten it does not bring its position back.
    """
    query = select(_ASSET).where(_ASSET.c.asset_list_id == (target["id"] if target else None))
    there = {row["asset_id"]: row for row in all_rows(writer.connection, query)}
    rows = found_again(rows, there)
    secret = asset_sites.sensitive(writer.connection) | {asset_id for asset_id, row in there.items() if row["sensitive"]}
    found = Changes()
    list_decides = writer.actor.answers_for({kept_for})
    for row in rows:
        values = {**row, "kept_for": kept_for}
        if values["asset_id"] in secret:
            values |= {**dict.fromkeys(SITE_FIELDS), "sensitive": True}
        current = there.get(values["asset_id"])
        decides = list_decides and writer.actor.answers_for(rules.places_of("asset", {"lad24cd": None, **values}, None))
        if current is not None and not _may_change(writer, current, list_decides):
            found.elsewhere += 1
        elif current is None:
            found.new.append((values, "published" if decides else "draft"))
            found.elsewhere += list_decides and not decides
        else:
            _compare(found, current, values, decides)
    ids = {row["asset_id"] for row in rows}
    found.gone = [
        row
        for asset_id, row in there.items()
        if asset_id not in ids and row["status"] != "withdrawn" and _may_change(writer, row, list_decides)
    ]
    return found


def _may_change(writer: Writer, row: Mapping[str, Any], list_decides: bool) -> bool:
    """Whether a known record follows its list: a draft does; a published one of another place is for that place's editors."""
    return row["status"] == "draft" or not list_decides or writer.actor.answers_for(rules.places_of("asset", row, None))


def _compare(found: Changes, current: Fields, values: Fields, decides: bool) -> None:
    whole = filled(_ASSET, values)
    moved = {"asset_list_id", "status", "row_number"}  # a row that only stands elsewhere in the file is as it was
    changed = {name: value for name, value in whole.items() if name not in moved and current[name] != value}
    status = "published" if decides else "draft"
    if current["status"] == "withdrawn" or (current["status"] == "draft" and decides):
        changed["status"] = status
    elif changed and not decides:
        changed["status"] = "draft"  # it moved to a place that the actor does not answer for
    if changed.get("status") == current["status"]:
        del changed["status"]
    if changed:
        found.changed.append((current, {**changed, "row_number": whole["row_number"]}))
    else:
        found.unchanged += 1


def carry_out(writer: Writer, saved: Saved, changes: Changes, note: str | None) -> None:
    """Write the changes of a list that was saved in this transaction."""
    new = [({**values, "asset_list_id": saved.id}, status) for values, status in changes.new]
    writer.insert_many("asset", new, note=note)
    writer.update_many("asset", changes.changed, note=note)
    writer.update_many("asset", [(row, {"status": "withdrawn"}) for row in changes.gone], note=GONE)
    for asset_id in {values["asset_id"] for values, _ in changes.new if values.get("sensitive")} | {
        row["asset_id"] for row, values in changes.changed if values.get("sensitive")
    }:
        asset_sites.hide(writer, asset_id)
