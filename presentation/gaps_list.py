"""The list of the Gaps page: rows of the ranked table, for small areas and for systems, places and neighbourhoods."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from analysis.gaps import nearest_column
from presentation.components import RankedRow
from presentation.words import STATE_COLOURS, STATE_LABELS, list_reason, outside_usual, people, percent

PAGE_ROWS = 12
AREA_COLUMNS = (
    ("rank", "#"),
    ("name", "Name"),
    ("people", "Core20 people"),
    ("without", "Without a confirmed partner"),
    ("share", "Core20, of all residents"),
)


def pages(total: int) -> int:
    """How many pages a list of so many rows has; an empty one has one."""
    return max(1, math.ceil(total / PAGE_ROWS))


def page_of(table: pd.DataFrame, code: str | None, column: str = "lsoa21cd") -> int | None:
    """The page (from 1) that holds a row, or None."""
    if code is None:
        return None
    positions = table.index[table[column] == code]
    return int(positions[0]) // PAGE_ROWS + 1 if len(positions) else None


def on_page(table: pd.DataFrame, page: int) -> pd.DataFrame:
    """The rows of one page."""
    return table.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]


def small_area_rows(table: pd.DataFrame, categories: Sequence[str]) -> list[RankedRow]:
    """Rows of `analysis.neighbourhoods.core20_gaps` as the list shows them: neighbourhood name first, code and network beneath."""
    columns = [nearest_column(category) for category in categories]
    rows = []
    for row in table.to_dict("records"):
        nearest = min((float(row[column]) for column in columns), default=math.inf)
        rows.append(
            RankedRow(
                id=row["lsoa21cd"],
                name=row["neighbourhood"],
                rank=int(row["rank"]),
                detail=f"{row['lsoa21nm']} · {row['leading_pcn_name']} {percent(row['leading_pcn_share'])}",
                people=int(row["people"]),
                state_key=row["state"],
                state_label=STATE_LABELS[row["state"]],
                colour=STATE_COLOURS[row["state"]],
                places=int(row["places_in_reach"]),
                nearest=None if math.isinf(nearest) else nearest,
                reason=list_reason(row),
            )
        )
    return rows


def _size(residents: float, level: str | None) -> str:
    unusual = outside_usual(level, residents) if level else ""
    return f"{people(residents)} residents{', ' + unusual if unusual else ''}"


def area_rows(summary: pd.DataFrame, first_rank: int, level: str | None) -> list[RankedRow]:
    """Rows of `analysis.areas.summarise`, most Core20 residents without a confirmed partner first.

    level: the level of the areas where the whole of each is counted, so that its size can be compared with the usual; None otherwise.
    """
    return [
        RankedRow(
            id=row["code"],
            name=row["name"],
            rank=first_rank + position,
            detail=_size(row["population"], level),
            people=round(row["core20_people"]),
            values={
                "without": round(row["core20_people_without_confirmed_partner"]),
                "share": percent(row["core20_share"]),
            },
        )
        for position, row in enumerate(summary.to_dict("records"))
    ]
