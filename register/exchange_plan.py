"""What a file would do to the register, row by row, before anything is done: created, updated, unchanged or refused, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

CREATED, UPDATED, UNCHANGED, REFUSED = ACTIONS = ("created", "updated", "unchanged", "refused")


@dataclass(frozen=True)
class Placed:
    """Where a point is: EPSG:27700 metres, EPSG:4326 degrees, and the areas that hold it."""

    easting: float
    northing: float
    longitude: float
    latitude: float
    lsoa21cd: str
    lad24cd: str


class Places(Protocol):
    """Finds where things are. The register holds no map: whoever calls an import has one (`presentation.exchange_places`)."""

    def by_postcode(self, postcodes: Sequence[str]) -> Mapping[str, Placed | str]:
        """Postcodes as written → where each is, or a sentence that says why it cannot be placed."""

    def at(self, easting: float, northing: float) -> Placed | str:
        """A point of the British National Grid (EPSG:27700 metres), or a sentence that says why it is not in England."""

    def at_degrees(self, longitude: float, latitude: float) -> Placed | str:
        """A point in degrees (EPSG:4326), or a sentence that says why it is not in England."""


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: the column it is about, and what was expected."""

    column: str
    expected: str


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row. changes: field → (before, after). waiting: it is in the queue for an editor to decide."""

    row: int
    action: str
    name: str
    record_id: str | None = None
    problems: tuple[Problem, ...] = ()
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    waiting: bool = False


@dataclass(frozen=True)
class Plan:
    """What a file does. outcomes: one for each row, in the file's order. unread: columns that this table does not have.

    done: whether it was carried out, or is only what would happen.
    """

    outcomes: tuple[Outcome, ...]
    unread: tuple[str, ...]
    done: bool = False

    def count(self, action: str) -> int:
        """How many rows have this outcome."""
        return sum(outcome.action == action for outcome in self.outcomes)

    @property
    def said(self) -> str:
        """In one sentence."""
        counts = [f"{self.count(action):,} {action}" for action in ACTIONS]
        rows = "row" if len(self.outcomes) == 1 else "rows"
        waiting = sum(outcome.waiting for outcome in self.outcomes)
        queue = f" {waiting:,} of them wait for an editor." if waiting else ""
        start = "Done" if self.done else "Nothing is saved yet. This would be done"
        return f"{start}: {len(self.outcomes):,} {rows}, {', '.join(counts[:-1])} and {counts[-1]}.{queue}"

    def frame(self) -> pd.DataFrame:
        """One line for each row that is not refused and one for each problem of those that are.

        Columns: row, name, outcome, column, expected, changes, id; all text but row.
        """
        return pd.DataFrame(
            list(_lines(self.outcomes)), columns=["row", "name", "outcome", "column", "expected", "changes", "id"]
        )


def _lines(outcomes: Iterable[Outcome]) -> Iterable[tuple[int, str, str, str, str, str, str]]:
    for one in outcomes:
        changes = "; ".join(
            f"{name.replace('_', ' ')}: {_short(before)} → {_short(after)}"
            for name, (before, after) in one.changes.items()
        )
        said = f"{one.action}, waiting for an editor" if one.waiting else one.action
        for problem in one.problems or (Problem("", ""),):
            yield one.row, one.name, said, problem.column, problem.expected, changes, one.record_id or ""


def _short(value: Any) -> str:
    if value in (None, "", []):
        return "(empty)"
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}…"
