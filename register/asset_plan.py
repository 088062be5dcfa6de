"""What would become of a list of community assets, row by row, before anything is kept: every row of the file is accounted for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.column_matching import ColumnGuess
from register.messy_sheets import PassedOver

KEPT, KEPT_WITHOUT_POINT, DUPLICATE, REFUSED = OUTCOMES = ("kept", "kept without a point", "duplicate", "refused")
PROBLEM_COLUMNS = ["row", "name", "outcome", "column", "problem", "what_to_do"]


@dataclass(frozen=True)
class Defaults:
    """What is said of a list as a whole. publisher: whose it is. licence: under which it may be shown. lad24cd: the place it is about.

    as_at: the day, month or year of the list, ISO; it is not a confirmation of any row. category: the kind of place of rows that do not
    say theirs; None where each should. authorities: names of local authorities as lists write them → lad24cd, for a column of them.
    """

    publisher: str
    licence: str
    lad24cd: str
    as_at: str
    category: str | None = None
    authorities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowProblem:
    """One thing about a row that somebody should know. column: as it is called in the file. problem: a sentence. to_do: another."""

    column: str
    problem: str
    to_do: str


@dataclass(frozen=True)
class RowOutcome:
    """What becomes of a row of the file. row: as a spreadsheet counts. duplicate_of: the row that stands for it."""

    row: int
    name: str
    outcome: str
    problems: tuple[RowProblem, ...] = ()
    duplicate_of: int | None = None


@dataclass(frozen=True)
class WordGuess:
    """How a cell was read as a word of ours. taken: "category: place of worship; tradition: Muslim". rows: how many say it so."""

    column: str
    said: str
    taken: str
    certainty: str
    rows: int


@dataclass(frozen=True, eq=False)
class AssetPlan:
    """What a list would bring. mapping: column → field, in force. records: `analysis.asset_records.RECORD_COLUMNS` of the rows that are kept,
    in the file's order, then row_number and source_id, as `register.assets.keep_list` takes them. notes: how the file was read.
    """

    guesses: tuple[ColumnGuess, ...]
    mapping: Mapping[str, str]
    outcomes: tuple[RowOutcome, ...]
    records: pd.DataFrame
    words: tuple[WordGuess, ...]
    passed_over: tuple[PassedOver, ...]
    notes: tuple[str, ...]

    def count(self, outcome: str) -> int:
        """How many rows have this outcome."""
        return sum(one.outcome == outcome for one in self.outcomes)

    @property
    def said(self) -> str:
        """In a sentence or two."""
        counts = Counter(one.outcome for one in self.outcomes)
        duplicates = f"{counts[DUPLICATE]:,} {'is a duplicate' if counts[DUPLICATE] == 1 else 'are duplicates'} of another row"
        rows = "row" if len(self.outcomes) == 1 else "rows"
        return (
            f"Nothing is kept yet. Of {len(self.outcomes):,} {rows}, {counts[KEPT]:,} would be kept with a point and "
            f"{counts[KEPT_WITHOUT_POINT]:,} without one; {duplicates}, and {counts[REFUSED]:,} cannot be kept as "
            f"{'it is' if counts[REFUSED] == 1 else 'they are'}."
        )

    def problems_frame(self) -> pd.DataFrame:
        """A line for each problem, in the file's order, for a download. Columns: PROBLEM_COLUMNS; row is a number, the others text."""
        lines = [
            (one.row, one.name, one.outcome, problem.column, problem.problem, problem.to_do)
            for one in self.outcomes
            for problem in one.problems
        ]
        return pd.DataFrame(lines, columns=PROBLEM_COLUMNS).astype({"row": "int64", **dict.fromkeys(PROBLEM_COLUMNS[1:], "str")})


class Said:
    """Collects what is to be said of rows, by position. columns: field → the column of the file that it is read from."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns
        self.problems: defaultdict[int, list[RowProblem]] = defaultdict(list)
        self.refused: set[int] = set()

    def add(self, at: int, fields: str | Iterable[str], problem: str, to_do: str, *, refused: bool = False) -> None:
        """Say something of the row at a position. fields: what it is about. refused: the row cannot be kept for it."""
        columns = dict.fromkeys(self._columns((fields,) if isinstance(fields, str) else fields))
        self.problems[at].append(RowProblem(", ".join(columns), problem, to_do))
        if refused:
            self.refused.add(at)

    def each(self, mask: pd.Series, fields: str | Iterable[str], problem: str, to_do: str) -> None:
        """Say the same of each row where a mask (by position) holds."""
        for at in mask.to_numpy().nonzero()[0]:
            self.add(int(at), fields, problem, to_do)

    def _columns(self, fields: Iterable[str]) -> Iterator[str]:
        return (self.columns[name] for name in fields if name in self.columns)
