"""A list of community assets from a council, a council for voluntary service or a faith network: what would become of each of its rows.

look(content) shows the guess at its columns; plan_assets(content, …) is the dry run, accounts for every row, and keeps nothing. What is
kept is saved by `register.assets.keep_list(acting, {…}, plan.records)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.asset_records import RECORD_COLUMNS, as_records
from analysis.column_headings import FIELDS
from analysis.column_matching import SEVERAL, UNSURE, ColumnGuess, guess
from register import asset_rows
from register.asset_fields import blank_as_empty, typed
from register.asset_identity import without_duplicates
from register.asset_placing import Placing, placed
from register.asset_plan import (
    DUPLICATE,
    KEPT,
    KEPT_WITHOUT_POINT,
    REFUSED,
    AssetPlan,
    Defaults,
    RowOutcome,
    Said,
)
from register.asset_privacy import without_private_places
from register.exchange_files import ExchangeFileError, unescaped
from register.messy_sheets import MessySheet, read_messy

_FEWEST_COLUMNS = 3  # of a list in which a row of one filled cell is a heading between rows
_NOT_OPTIONAL = ("name", "category", "kept_for")


@dataclass(frozen=True)
class Looked:
    """A file as it was read, and what its columns seem to be."""

    sheet: MessySheet
    guesses: tuple[ColumnGuess, ...]

    @property
    def mapping(self) -> dict[str, str]:
        """Column → field, as far as the guesses are sure or likely; the name even where it is unsure, since no row can do without one."""
        return {one.column: one.field for one in self.guesses if one.field and (one.certainty != UNSURE or one.field == "name")}


def look(content: bytes, sheet: str | None = None) -> Looked:
    """Read a file and guess at its columns. ExchangeFileError where it holds no table. sheet: which of a workbook, by name."""
    found = read_messy(content, sheet)
    return Looked(found, tuple(guess(found.columns, [row.cells for row in found.rows[:300]])))


def plan_assets(
    content: bytes | Looked, mapping: Mapping[str, str] | None, placing: Placing, *, today: date, defaults: Defaults, sheet: str | None = None
) -> AssetPlan:
    """What would become of each row of a list; nothing is kept. ExchangeFileError where the file or the mapping cannot be used.

    content: the file, or what `look` made of it, so that it is read once.
    mapping: column of the file → field of `column_headings.FIELDS`; None for the guesses that are sure or likely. placing: where things are.
    The outcomes are as many as the rows of the file. A row is refused where it has no name or no kind of place, lies outside England, or
    cannot be told from a heading; whatever else is wrong with it is left out and said.
    """
    looked = content if isinstance(content, Looked) else look(content, sheet)
    force = _in_force(looked, mapping)
    cells = _cells(looked.sheet, force)
    said = Said({field: " + ".join(column for column in force if force[column] == field) for field in force.values()})
    _refuse_what_is_no_row(looked.sheet, cells, said)
    fields, words = typed(cells, said, defaults, today)
    for at in np.flatnonzero(fields["name"].isna()):
        said.add(int(at), "name", "The row has no name.", "Give the name of the place or group.", refused=True)
    rows = fields.join(placed(cells, placing, said))
    rows = without_private_places(rows, cells, defaults.lad24cd, said)
    numbers = [row.number for row in looked.sheet.rows]
    rows, stands = without_duplicates(rows, numbers, said.refused, said)
    kept = [at for at in range(len(rows)) if at not in said.refused and at not in stands]
    records = _checked(_records(rows, kept, numbers, defaults), numbers, said, defaults, today)
    return AssetPlan(
        looked.guesses,
        force,
        _outcomes(rows, numbers, records, stands, said),
        records,
        tuple(words),
        looked.sheet.passed_over,
        (*looked.sheet.notes, *_left_out(looked, force)),
    )


def _in_force(looked: Looked, mapping: Mapping[str, str] | None) -> dict[str, str]:
    """The mapping to read by, in the file's order of columns."""
    wanted = looked.mapping if mapping is None else mapping
    for column, field in wanted.items():
        if column not in looked.sheet.columns:
            raise ExchangeFileError(f"The file has no column “{column}”. It has: {', '.join(looked.sheet.columns[:12])}.")
        if field not in FIELDS:
            raise ExchangeFileError(f"“{column}” cannot be read as “{field}”. Choose one of: {', '.join(FIELDS)}.")
    fields = list(wanted.values())
    twice = next((field for field in fields if field not in SEVERAL and fields.count(field) > 1), None)
    if twice:
        columns = " and ".join(f"“{column}”" for column, field in wanted.items() if field == twice)
        raise ExchangeFileError(f"{columns} are both read as {FIELDS[twice]}. Choose one of them.")
    if "name" not in fields:
        found = ", ".join(looked.sheet.columns[:12])
        raise ExchangeFileError(f"No column is the name of the place or group. Say which is. The file has: {found}.")
    return {column: wanted[column] for column in looked.sheet.columns if column in wanted}


def _cells(sheet: MessySheet, force: Mapping[str, str]) -> pd.DataFrame:
    """Text by field, "" where a cell says nothing; columns of one field one after the other. Indexed by position."""
    found: dict[str, pd.Series] = {}
    for column, field in force.items():
        texts = blank_as_empty(pd.Series([unescaped(row.cells[column].strip()) for row in sheet.rows], dtype="str"))
        found[field] = texts if field not in found else found[field].str.cat(texts, sep=", ").str.strip(", ")
    return pd.DataFrame(found)


def _refuse_what_is_no_row(sheet: MessySheet, cells: pd.DataFrame, said: Said) -> None:
    single = cells.ne("").sum(axis=1).eq(1) & cells["name"].ne("") if cells.shape[1] >= _FEWEST_COLUMNS else None
    for at, row in enumerate(sheet.rows):
        if row.number in sheet.shifted:
            said.add(at, "name", "The row has more cells than the list has columns, so none can be trusted to stand in its own.",
                     "Put quotation marks around a cell that has a comma in it.", refused=True)  # fmt: skip
        elif single is not None and single.iat[at] and sum(bool(cell.strip()) for cell in row.cells.values()) == 1:
            said.add(at, "name", f"The row says nothing but “{cells['name'].iat[at][:60]}”: it reads as a heading between rows.",
                     "If it is a place, say what kind it is or where.", refused=True)  # fmt: skip


def _records(rows: pd.DataFrame, kept: list[int], numbers: list[int], defaults: Defaults) -> pd.DataFrame:
    """RECORD_COLUMNS, row_number and source_id of the rows that are kept."""
    chosen = rows.iloc[kept].reset_index(drop=True)
    full = as_records(
        chosen.assign(
            asset_id="list/" + chosen["source_id"],
            source=defaults.publisher,
            licence=defaults.licence,
            source_date=defaults.as_at,
        )
    )
    row_number = np.array([numbers[at] for at in kept], dtype="int64")
    return full.assign(row_number=row_number, source_id=chosen["source_id"].astype("str"))


def _checked(records: pd.DataFrame, numbers: list[int], said: Said, defaults: Defaults, today: date) -> pd.DataFrame:
    """Records as the register takes them: a field that it would refuse is left out and said; a row that it would still refuse is refused."""
    place = {number: at for at, number in enumerate(numbers)}
    at = {number: line for line, number in enumerate(records["row_number"])}
    # The small areas are the atlas's own, and each is looked up by itself, which takes longer than all the rest: one stands for them here.
    areas = records["lsoa21cd"]
    records = records.assign(lsoa21cd=areas.where(areas.isna(), next(iter(areas.dropna()), None)))
    first = asset_rows.checked(records, defaults.lad24cd, today).problems
    again: list[int] = []
    for problem in first.to_dict("records"):
        number, field, words = int(problem["row_number"]), str(problem["field"]), str(problem["problem"])
        if field in _NOT_OPTIONAL or field not in RECORD_COLUMNS:
            said.add(place[number], field, words, "Correct it and bring the list in again.", refused=True)
        else:
            records.loc[at[number], field] = None
            again.append(at[number])
            said.add(place[number], field, f"{words} It was left out.", "Correct it if it is wanted.")
    if again:
        for problem in asset_rows.checked(records.iloc[sorted(set(again))], defaults.lad24cd, today).problems.to_dict("records"):
            words = "Correct it and bring the list in again."
            said.add(place[int(problem["row_number"])], str(problem["field"]), str(problem["problem"]), words, refused=True)
    records = records.assign(lsoa21cd=areas.where(records["lsoa21cd"].notna()))
    good = ~records["row_number"].isin([numbers[one] for one in said.refused])
    return records[good].reset_index(drop=True)


def _outcomes(rows: pd.DataFrame, numbers: list[int], records: pd.DataFrame, stands: Mapping[int, int], said: Said) -> tuple[RowOutcome, ...]:
    pointed = dict(zip(records["row_number"], records["easting"].notna(), strict=True))
    found = []
    for at, number in enumerate(numbers):
        name = rows["name"].iat[at]
        outcome = KEPT if pointed.get(number) else KEPT_WITHOUT_POINT
        if at in said.refused:
            outcome = REFUSED
        elif at in stands:
            outcome = REFUSED if stands[at] in said.refused else DUPLICATE
        one = RowOutcome(number, name if isinstance(name, str) else "", outcome, tuple(said.problems[at]))
        found.append(replace(one, duplicate_of=numbers[stands[at]]) if outcome == DUPLICATE else one)
    return tuple(found)


def _left_out(looked: Looked, force: Mapping[str, str]) -> list[str]:
    private = [f"“{one.column}”" for one in looked.guesses if one.private and one.column not in force]
    other = [f"“{one.column}”" for one in looked.guesses if not one.private and one.column not in force]
    notes = []
    if private:
        notes.append(f"Left out, because they are about people: {', '.join(private)}.")
    if other:
        notes.append(f"Not read: {', '.join(other)}.")
    return notes
