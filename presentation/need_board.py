"""The board of needs: clinical areas with their figures, each compared with England in words and a shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from presentation.component_registry import register
from presentation.payload_checks import check_unique

HEADINGS = ("Measure", "Here", "England", "Compared with England", "Recent trend", "Period and source")
SHAPES = ("better", "worse", "similar", "higher", "lower", "none", "up", "down", "level")

_mount = register("need_board")


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape (one of SHAPES) and the word that it stands beside; `beneath` is a smaller line under both."""

    shape: str
    text: str
    beneath: str | None = None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One figure as finished text. `id` is what the page gets back; `who`, the sex and age that it is about; `remarks`, what to mind."""

    id: str
    name: str
    here: str
    comparison: Mark
    period: str
    origin: str
    who: str | None = None
    interval: str | None = None
    england: str | None = None
    trend: Mark | None = None
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BoardArea:
    """One clinical area: what Core20PLUS5 asks of it, its figures, and a line for each thing that nobody publishes."""

    name: str
    asks: str | None = None
    rows: Sequence[BoardRow] = ()
    gaps: Sequence[str] = field(default=())


def need_board_payload(areas: Sequence[BoardArea], *, caption: str, empty: str) -> dict[str, Any]:
    """Return what the board's script draws.

    Raises
    ------
    ValueError
        When two rows share an id, a shape is not one of SHAPES, or a mark has no word: a shape never speaks alone.
    """
    rows = [row for area in areas for row in area.rows]
    check_unique([row.id for row in rows], "Ids of the board's rows")
    for row in rows:
        for mark in (row.comparison, row.trend):
            if mark is not None and (mark.shape not in SHAPES or not mark.text.strip()):
                raise ValueError(
                    f"Row {row.id!r} has the mark {mark!r}: a shape of {', '.join(SHAPES)} and a word for it were expected."
                )
    return {
        "caption": caption,
        "empty": empty,
        "headings": list(HEADINGS),
        "areas": [
            {"name": area.name, "asks": area.asks, "gaps": list(area.gaps), "rows": [_row(row) for row in area.rows]}
            for area in areas
        ],
    }


def _mark(mark: Mark | None) -> dict[str, str | None] | None:
    return None if mark is None else {"shape": mark.shape, "text": mark.text, "beneath": mark.beneath}


def _row(row: BoardRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "who": row.who,
        "remarks": list(row.remarks),
        "here": row.here,
        "interval": row.interval,
        "england": row.england,
        "comparison": _mark(row.comparison),
        "trend": _mark(row.trend),
        "period": row.period,
        "origin": row.origin,
    }


def need_board(
    areas: Sequence[BoardArea], *, key: str, caption: str, empty: str, on_open: Callable[[str], None]
) -> None:
    """Draw the board: a table with a group of rows for each clinical area, or cards under 760 px.

    Parameters
    ----------
    areas
        What to show, in order.
    key
        Streamlit element key, unique on the page.
    caption
        What the board is, for screen readers.
    empty
        Stands in place of the board when there is no area.
    on_open
        Called with a row's id, before the script runs again, when a person opens it. Ids that are not on the board are dropped.

    Raises
    ------
    ValueError
        See :func:`need_board_payload`.
    """
    known = {row.id for area in areas for row in area.rows}

    def opened() -> None:
        chosen = st.session_state[key].get("opened")
        if isinstance(chosen, str) and chosen in known:
            on_open(chosen)

    _mount(key=key, data=need_board_payload(areas, caption=caption, empty=empty), on_opened_change=opened)
