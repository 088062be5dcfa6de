"""Relationships from a table, CSV or XLSX, and back, by the same rules as partners (`register.exchange_csv`).

A row finds its relationship by `id`, or by its partner and the statutory body's name. The stage moves as everywhere: with a day
(`stage_on`) and a note (`stage_note`), and with what each side gives (`partner_gives`, `body_gives`) where both do something together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from register import exchange_files, relationships, rules
from register.derived import folded
from register.exchange_cells import from_cell, to_cell
from register.exchange_files import Row, Sheet
from register.exchange_matching import KnownPartners
from register.exchange_plan import CREATED, UNCHANGED, UPDATED, Outcome, Plan, Problem
from register.exchange_rows import Fields, RefusedError, account, cell, checked, fields_of, settled, version_of
from register.model import Commitment, Partner, Relationship, StageMove
from register.store import Acting
from register.vocabularies import SIDES, STAGES_TOGETHER

FIELDS = (
    "body_name",
    "body_kind",
    "body_code",
    "stage",
    "last_contact",
    "last_confirmed",
    "confirmed_by_role",
    "clinical_areas",
    "plus_groups",
    "barriers",
    "enablers",
    "about",
)
GIVES = dict(zip(("partner_gives", "body_gives"), SIDES, strict=True))
"""Column → whose commitment it is."""
COLUMNS = ("id", "partner_id", "partner_name", *FIELDS, "stage_on", "stage_note", *GIVES, "status", "version")
_RELATIONSHIP, _COMMITMENT, _PARTNER = Relationship.__table__, Commitment.__table__, Partner.__table__


def relationship_table(acting: Acting) -> pd.DataFrame:
    """The relationships that the actor may see and that are not withdrawn, as text in COLUMNS, each with what either side said it gives.

    stage_on and stage_note stand blank: they are for the next move.
    """
    with acting.read() as connection:
        partners = {row["id"]: row for row in map(dict, connection.execute(select(_PARTNER)).mappings())}
        rows = map(
            dict, connection.execute(select(_RELATIONSHIP).where(_RELATIONSHIP.c.status != "withdrawn")).mappings()
        )
        seen = [row for row in rows if rules.sees(acting.actor, "relationship", row, partners[row["partner_id"]])]
        seen = [row for row in seen if partners[row["partner_id"]]["status"] != "withdrawn"]
        given: dict[tuple[str, str], list[str]] = {}
        kept = {row["id"] for row in seen}
        for row in map(dict, connection.execute(select(_COMMITMENT).order_by(_COMMITMENT.c.created_at)).mappings()):
            visible = row["status"] != "withdrawn" and row["relationship_id"] in kept
            if visible and rules.sees(acting.actor, "commitment", row, partners[row["partner_id"]]):
                given.setdefault((row["relationship_id"], row["side"]), []).append(row["said"])
    lines = []
    for row in sorted(seen, key=lambda each: (partners[each["partner_id"]]["name"], each["body_name"], each["id"])):
        shown = {name: to_cell(row[name]) for name in ("id", "partner_id", *FIELDS, "status", "version")}
        shown["partner_name"] = partners[row["partner_id"]]["name"]
        shown |= {column: "\n".join(given.get((row["id"], side), [])) for column, side in GIVES.items()}
        lines.append([shown.get(name, "") for name in COLUMNS])
    return pd.DataFrame(lines, columns=list(COLUMNS), dtype="str")


def plan_relationships(acting: Acting, content: bytes) -> Plan:
    """What a file would do, row by row; nothing is saved. ExchangeFileError where no row can be read."""
    rules.must_be_signed_in(acting.actor)
    sheet = _sheet(content)
    with acting.read() as connection:
        return _Import(acting, sheet, KnownPartners.of(connection, acting.actor, sheet.rows), None).run()


def import_relationships(acting: Acting, content: bytes, *, note: str) -> Plan:
    """Carry a file out in one transaction: the rows that can be used are saved, the others listed with the reason."""
    rules.must_be_signed_in(acting.actor)
    sheet = _sheet(content)
    with acting.together() as inside, inside.read() as connection:
        return _Import(inside, sheet, KnownPartners.of(connection, inside.actor, sheet.rows), note).run()


def _sheet(content: bytes) -> Sheet:
    sheet = exchange_files.read(content)
    if "id" not in sheet.columns and not {"body_name", "stage"} <= set(sheet.columns):
        found = ", ".join(sheet.columns[:12]) or "nothing"
        raise exchange_files.ExchangeFileError(
            f"The heading row needs id, or body_name and stage with partner_id or partner_name. It has: {found}. Rename the columns and try again."
        )
    return sheet


class _Import:
    """One file on its way in. note: None for a dry run."""

    def __init__(self, acting: Acting, sheet: Sheet, known: KnownPartners, note: str | None) -> None:
        self.acting, self.sheet, self.known, self.note = acting, sheet, known, note
        self.today = acting.register.today()
        self.taken: dict[str, int] = {}

    def run(self) -> Plan:
        outcomes = tuple(account(row, cell(row, "partner_name"), self._row) for row in self.sheet.rows)
        unread = tuple(name for name in self.sheet.columns if name not in COLUMNS)
        return Plan(outcomes, unread, done=self.note is not None)

    def _row(self, row: Row) -> Outcome:
        current = self._current(row)
        partner = self._partner(row, current)
        if current is None:
            current = self._by_body(partner["id"], cell(row, "body_name"))
        key = f"{partner['id']} {folded(current['body_name'] if current else cell(row, 'body_name'))}"
        first = self.taken.setdefault(key, row.number)
        if first != row.number:
            raise RefusedError(
                Problem("body_name", f"Row {first} is about the same relationship. Keep one of the two.")
            )
        fields = fields_of(row, "relationship", FIELDS, current)
        return self._new(row, partner, fields) if current is None else self._change(row, partner, fields, current)

    def _current(self, row: Row) -> Mapping[str, Any] | None:
        said = cell(row, "id")
        if not said:
            return None
        found = (
            self.known.connection.execute(select(_RELATIONSHIP).where(_RELATIONSHIP.c.id == said)).mappings().first()
        )
        if found is None or self.known.partner(found["partner_id"]) is None:
            raise RefusedError(
                Problem(
                    "id",
                    "There is no relationship with this id. Ids are the register's own: leave it as exported, or blank for a new one.",
                )
            )
        return dict(found)

    def _partner(self, row: Row, current: Mapping[str, Any] | None) -> Mapping[str, Any]:
        said, name = cell(row, "partner_id"), cell(row, "partner_name")
        if current is not None:
            if said and said != current["partner_id"]:
                raise RefusedError(
                    Problem(
                        "partner_id",
                        "This relationship is with another partner. Were ids moved? Leave them as exported.",
                    )
                )
            said = str(current["partner_id"])
        if said:
            partner = self.known.partner(said)
            if partner is None:
                raise RefusedError(
                    Problem(
                        "partner_id",
                        "There is no partner with this id. Leave it as exported, or give the partner's name.",
                    )
                )
            return partner
        same = self.known.named(name) if name else []
        if len(same) != 1:
            how = "There is no partner of this name" if not same else f"There are {len(same)} partners of this name"
            raise RefusedError(Problem("partner_name", f"{how}. Give partner_id, as the table of partners has it."))
        return same[0]

    def _by_body(self, partner_id: str, body: str) -> Mapping[str, Any] | None:
        query = select(_RELATIONSHIP).where(
            _RELATIONSHIP.c.partner_id == partner_id, _RELATIONSHIP.c.status != "withdrawn"
        )
        rows = map(dict, self.known.connection.execute(query).mappings())
        return next((row for row in rows if folded(row["body_name"]) == folded(body)), None)

    def _new(self, row: Row, partner: Mapping[str, Any], fields: Fields) -> Outcome:
        clean = checked("relationship", {**fields, "partner_id": partner["id"]}, self.today, None)
        promised = self._promised(row, None)
        self._both_sides(clean["stage"], set(promised), None)
        name, on, why = str(partner["name"]), self._moved_on(row), cell(row, "stage_note")
        if self.note is None:
            decides = rules.decides(self.acting.actor, "relationship", clean, partner)
            return Outcome(row.number, CREATED, name, waiting=not decides)
        commitments = [{"side": side, "said": said} for side, texts in promised.items() for said in texts]
        del clean["partner_id"]
        saved = relationships.begin(
            self.acting, str(partner["id"]), clean, note=why or self.note, on=on, commitments=commitments
        )
        return Outcome(row.number, CREATED, name, saved.id, waiting=saved.status == "draft")

    def _change(self, row: Row, partner: Mapping[str, Any], fields: Fields, current: Mapping[str, Any]) -> Outcome:
        name, record_id = str(partner["name"]), str(current["id"])
        clean = checked("relationship", fields, self.today, current)
        mine = settled(self.known.connection, "relationship", current, version_of(row, current), clean)
        promised = self._promised(row, record_id)
        changes = {field: (current[field], value) for field, value in mine.items()}
        changes |= {column: ("", "\n".join(promised[side])) for column, side in GIVES.items() if side in promised}
        if not changes:
            return Outcome(row.number, UNCHANGED, name, record_id)
        actor = self.acting.actor
        decides = rules.decides(actor, "relationship", current, partner)
        if not decides and not rules.owns(actor, current):
            raise RefusedError(Problem("id", "This entry is not yours, nor of a place that you answer for."))
        stage = mine.pop("stage", None)
        if stage is not None:
            self._may_move(row, stage, promised, record_id)
        waiting = not decides and current["status"] == "published"
        if self.note is not None:
            waiting = self._carry_out(row, current, mine, stage, promised)
        return Outcome(row.number, UPDATED, name, record_id, changes=changes, waiting=waiting)

    def _carry_out(
        self, row: Row, current: Mapping[str, Any], mine: Fields, stage: str | None, promised: Mapping[str, list[str]]
    ) -> bool:
        """Save a row's changes, all or none; whether they wait for an editor."""
        waiting = False
        with self.acting.together() as inside:
            version, record_id = int(current["version"]), str(current["id"])
            commitments = [{"side": side, "said": said} for side, texts in promised.items() for said in texts]
            if mine:
                saved = relationships.update(inside, record_id, version, mine, note=self.note)
                waiting, version = saved.waiting, version if saved.waiting else saved.version
            if stage is not None:
                on = self._moved_on(row) or self.today
                relationships.move(
                    inside, record_id, version, stage, on=on, note=cell(row, "stage_note"), commitments=commitments
                )
            else:
                for commitment in commitments:
                    relationships.add_commitment(inside, record_id, commitment, note=self.note)
        return waiting

    def _promised(self, row: Row, relationship_id: str | None) -> dict[str, list[str]]:
        """What the row says that a side gives and the register does not hold yet, by side."""
        held: dict[str, set[str]] = {}
        if relationship_id is not None:
            query = select(_COMMITMENT.c.side, _COMMITMENT.c.said).where(
                _COMMITMENT.c.relationship_id == relationship_id, _COMMITMENT.c.status != "withdrawn"
            )
            for each in self.known.connection.execute(query):
                held.setdefault(each.side, set()).add(each.said)
        found: dict[str, list[str]] = {}
        for column, side in GIVES.items():
            text = cell(row, column).replace("\r\n", "\n")
            if text and not self._exported(text, held.get(side, set())):
                found[side] = [text]
        return found

    @staticmethod
    def _exported(text: str, held: set[str]) -> bool:
        """Whether a cell is what an export wrote: the commitments held, in whatever order, one after another."""
        rest = text
        for said in sorted(held, key=len, reverse=True):
            rest = rest.replace(said, "", 1)
        return bool(held) and not rest.strip()

    def _both_sides(self, stage: str, promised: set[str], relationship_id: str | None) -> None:
        if stage not in STAGES_TOGETHER:
            return
        held: set[str] = set()
        if relationship_id is not None:
            query = select(_COMMITMENT.c.side).where(
                _COMMITMENT.c.relationship_id == relationship_id, _COMMITMENT.c.status != "withdrawn"
            )
            held = set(self.known.connection.execute(query).scalars())
        missing = [column for column, side in GIVES.items() if side not in promised | held]
        if missing:
            raise RefusedError(
                *(Problem(column, f"“{stage}” asks what each side gives: say it here.") for column in missing)
            )

    def _may_move(self, row: Row, stage: str, promised: Mapping[str, list[str]], relationship_id: str) -> None:
        if not cell(row, "stage_on") or not cell(row, "stage_note"):
            asked = (
                Problem("stage_on", "A move to another stage needs its day, such as 2026-03-31."),
                Problem("stage_note", "A move to another stage needs a note that says why."),
            )
            raise RefusedError(*(problem for problem in asked if not cell(row, problem.column)))
        on = self._moved_on(row)
        latest = self.known.connection.execute(
            select(StageMove.moved_on)
            .where(StageMove.relationship_id == relationship_id)
            .order_by(StageMove.moved_on.desc())
            .limit(1)
        ).scalar()
        if on is not None and latest is not None and on < latest:
            raise RefusedError(Problem("stage_on", f"This is before the last move, of {latest}."))
        self._both_sides(stage, set(promised), relationship_id)

    def _moved_on(self, row: Row) -> date | None:
        text = cell(row, "stage_on")
        if not text:
            return None
        clean = from_cell(text, StageMove.__table__.c.moved_on)  # type: ignore[arg-type]
        try:
            day = date.fromisoformat(clean)
        except ValueError:
            raise RefusedError(Problem("stage_on", f"“{text[:40]}” is not a date. Write it as 2026-03-31.")) from None
        if day > self.today:
            raise RefusedError(Problem("stage_on", f"The day of the move ({day}) is in the future."))
        return day
