"""Partners from a table, CSV or XLSX, and back: every row accounted for, a dry run first, and the same file twice changes nothing.

A row finds its partner by `id`; or by `source` and `source_id`, its id elsewhere; or by its name within its place. An id is the
register's to give: a row whose id is unknown, or belongs to a partner of another name, is refused rather than guessed at. A blank cell
leaves a field as it is; CLEAR empties it. Channels, named people and what an actor may not see are in no table here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import select

from register import exchange_files, partners, rules
from register.derived import folded
from register.exchange_cells import to_cell
from register.exchange_files import Row, Sheet
from register.exchange_matching import KnownPartners
from register.exchange_plan import CREATED, UNCHANGED, UPDATED, Outcome, Placed, Places, Plan, Problem
from register.exchange_rows import Fields, RefusedError, account, cell, checked, fields_of, settled, version_of
from register.model import POINT_FIELDS, Partner
from register.store import Acting

FIELDS = (
    "name",
    "also_known_as",
    "kind",
    "description",
    "organisation_type",
    "faith_kind",
    "tradition",
    "size",
    "focus",
    "networks",
    "legal_form",
    "provided_by_id",
    "website",
    "public_email",
    "public_phone",
    "asset_id",
    "easting",
    "northing",
    "longitude",
    "latitude",
    "lsoa21cd",
    "lad24cd",
    "service_area",
    "sensitive",
    "listed_on",
    "listed_how",
    "last_confirmed",
    "confirmed_by_role",
    "source",
    "source_id",
)
"""Columns that an import reads and an export writes."""

READ_ONLY = ("status", "version", "example", "example_source", "example_date")
"""Columns that an export writes besides; an import uses `version` to see what changed since, and passes over the others."""

COLUMNS = ("id", *FIELDS, *READ_ONLY)
_ALSO_READ = ("postcode",)
_PARTNER = Partner.__table__
_NEAR_ENOUGH_M = 0.5


def partner_table(acting: Acting) -> pd.DataFrame:
    """The partners that the actor may see and that are not withdrawn, as text in COLUMNS. Hand it to `presentation.downloads`,
    whose writers keep a spreadsheet from running a cell.
    """
    with acting.read() as connection:
        query = select(_PARTNER).where(_PARTNER.c.status != "withdrawn").order_by(_PARTNER.c.name, _PARTNER.c.id)
        rows = map(dict, connection.execute(query).mappings())
        seen = [row for row in rows if rules.sees(acting.actor, "partner", row, row)]
    return pd.DataFrame([[to_cell(row[name]) for name in COLUMNS] for row in seen], columns=list(COLUMNS), dtype="str")


def plan_partners(acting: Acting, content: bytes, places: Places) -> Plan:
    """What a file would do, row by row; nothing is saved and nobody has to wait. ExchangeFileError where no row can be read."""
    rules.must_be_signed_in(acting.actor)
    sheet = _sheet(content)
    with acting.read() as connection:
        return PartnerImport(acting, sheet, places, KnownPartners.of(connection, acting.actor, sheet.rows), None).run()


def import_partners(acting: Acting, content: bytes, places: Places, *, note: str) -> Plan:
    """Carry a file out in one transaction: the rows that can be used are saved, the others listed with the reason.

    note: why, for the history of each row, such as the file's name and who sent it. Each row is decided again as the register stands
    now, so it may turn out otherwise than in the dry run where somebody wrote meanwhile.
    """
    rules.must_be_signed_in(acting.actor)
    sheet = _sheet(content)
    with acting.together() as inside, inside.read() as connection:
        return PartnerImport(inside, sheet, places, KnownPartners.of(connection, inside.actor, sheet.rows), note).run()


def _sheet(content: bytes) -> Sheet:
    sheet = exchange_files.read(content)
    if "name" not in sheet.columns and "id" not in sheet.columns:
        found = ", ".join(sheet.columns[:12]) or "nothing"
        raise exchange_files.ExchangeFileError(
            f"The heading row has neither name nor id, so no row says which partner it is about. It has: {found}. Rename the column and try again."
        )
    return sheet


class PartnerImport:
    """One file on its way in. note: None for a dry run."""

    def __init__(self, acting: Acting, sheet: Sheet, places: Places, known: KnownPartners, note: str | None) -> None:
        self.acting, self.sheet, self.places, self.known, self.note = acting, sheet, places, known, note
        self.today = acting.register.today()
        self.taken: dict[Any, int] = {}
        wanted = {cell(row, "postcode") for row in sheet.rows} - {""}
        self.postcodes = places.by_postcode(sorted(wanted)) if wanted else {}

    def run(self) -> Plan:
        """Every row's outcome, in the file's order."""
        outcomes = tuple(account(row, cell(row, "name"), self._row) for row in self.sheet.rows)
        unread = tuple(name for name in self.sheet.columns if name not in {*COLUMNS, *_ALSO_READ})
        return Plan(outcomes, unread, done=self.note is not None)

    def _row(self, row: Row) -> Outcome:
        given = fields_of(row, "partner", FIELDS, None)
        current = self.known.match(row, self._authorities(row, given))
        fields = fields_of(row, "partner", FIELDS, current)
        self._place(row, fields, current)
        self._once(row, fields, current)
        if current is None:
            return self._new(row, fields)
        return self._change(row, fields, current)

    def _new(self, row: Row, fields: Fields) -> Outcome:
        clean = checked("partner", fields, self.today, None)
        name = clean["name"]
        if self.note is None:
            decides = self.acting.actor.answers_for(rules.authorities({"lad24cd": None, "service_area": [], **clean}))
            return Outcome(row.number, CREATED, name, waiting=not decides)
        saved = partners.create(self.acting, clean, note=self.note)
        return Outcome(row.number, CREATED, name, saved.id, waiting=saved.status == "draft")

    def _change(self, row: Row, fields: Fields, current: Mapping[str, Any]) -> Outcome:
        actor, name, record_id = self.acting.actor, str(current["name"]), str(current["id"])
        version = version_of(row, current)
        clean = checked("partner", fields, self.today, current)
        mine = settled(self.known.connection, "partner", current, version, clean)
        if not mine:
            return Outcome(row.number, UNCHANGED, name, record_id)
        if current["status"] == "withdrawn":
            raise RefusedError(Problem("id", "This partner is withdrawn. Put it back before changing it."))
        if not rules.decides(actor, "partner", current, current) and not rules.owns(actor, current):
            raise RefusedError(Problem("id", "This entry is not yours, nor of a place that you answer for."))
        changes = {field: (current[field], value) for field, value in mine.items()}
        waiting = not rules.decides(actor, "partner", current, current) and current["status"] == "published"
        if self.note is not None:
            waiting = partners.update(self.acting, record_id, current["version"], mine, note=self.note).waiting
        return Outcome(row.number, UPDATED, name, record_id, changes=changes, waiting=waiting)

    def _authorities(self, row: Row, given: Fields) -> frozenset[str]:
        """The authorities that a row gives, to tell partners of one name apart."""
        found = {given.get("lad24cd"), *(given.get("service_area") or ())}
        point = self._given_point(row, given)
        if isinstance(point, Placed):
            found.add(point.lad24cd)
        return frozenset(code.upper() for code in found if code)

    def _given_point(self, row: Row, fields: Fields) -> Placed | str | None:
        """Where the row says that the partner is: by grid, by degrees or by postcode; a sentence where that cannot be; None if unsaid."""
        for across, up, find in (
            ("easting", "northing", self.places.at),
            ("longitude", "latitude", self.places.at_degrees),
        ):
            if fields.get(across) is not None and fields.get(up) is not None:
                try:
                    return find(float(fields[across]), float(fields[up]))
                except ValueError:
                    return None  # validation says which number cannot be read
        postcode = cell(row, "postcode")
        return self.postcodes[postcode] if postcode else None

    def _place(self, row: Row, fields: Fields, current: Mapping[str, Any] | None) -> None:
        """Fill in a point whole, unless it is where the partner already stands; a site that becomes sensitive loses the point it has."""
        as_it_was = current is not None and all(fields.get(name) in (None, current[name]) for name in POINT_FIELDS)
        if fields.get("sensitive") and as_it_was and not cell(row, "postcode"):
            fields |= dict.fromkeys(POINT_FIELDS)
            return
        if as_it_was and not cell(row, "postcode"):
            return
        point = self._given_point(row, fields)
        if point is None:
            return
        column = "postcode" if fields.get("easting") is None and fields.get("longitude") is None else "easting"
        column = "longitude" if fields.get("easting") is None and fields.get("longitude") is not None else column
        if isinstance(point, str):
            raise RefusedError(Problem(column, point))
        sensitive = fields.get("sensitive", (current or {}).get("sensitive", False))
        if sensitive:
            raise RefusedError(
                Problem(column, "A sensitive site keeps an area, never a point: leave its position and postcode blank.")
            )
        there = current is not None and current["easting"] is not None and current["northing"] is not None
        if there and current is not None:
            moved = max(abs(point.easting - current["easting"]), abs(point.northing - current["northing"]))
            if moved <= _NEAR_ENOUGH_M:
                for name in ("easting", "northing", "longitude", "latitude", "lsoa21cd", "lad24cd"):
                    fields.pop(name, None)
                return
        fields |= {
            "easting": round(point.easting, 1),
            "northing": round(point.northing, 1),
            "longitude": round(point.longitude, 6),
            "latitude": round(point.latitude, 6),
            "lsoa21cd": point.lsoa21cd,
            "lad24cd": point.lad24cd,
        }

    def _once(self, row: Row, fields: Fields, current: Mapping[str, Any] | None) -> None:
        """A partner may be in a file once."""
        places = frozenset({fields.get("lad24cd"), *(fields.get("service_area") or ())})
        key: Any = current["id"] if current is not None else (folded(str(fields.get("name") or "")), places)
        first = self.taken.setdefault(key, row.number)
        if first != row.number:
            raise RefusedError(
                Problem(
                    "id" if current is not None else "name",
                    f"Row {first} is about the same partner. Keep one of the two.",
                )
            )
