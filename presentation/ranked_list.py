"""The ranked list: neighbourhoods, places or systems in order, as a table or as cards, with a pager."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import streamlit as st

from presentation.component_registry import register
from presentation.payload_checks import check_colour, check_unique

NONE_RECORDED = "none recorded"
"""Stands where a distance would when no place is recorded: the record is empty, the community may not be."""

NO_ROWS = "No Core20 neighbourhoods here"

_mount = register("ranked_list")


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One row of a ranked list: a neighbourhood, a place or a system.

    ``people`` and ``places`` are counts (None leaves the cell blank); ``nearest`` is in metres (None reads
    "none recorded"); ``colour`` is the state's, as #rrggbb; ``reason`` says why the row stands here;
    ``values`` holds further cells, by the field name that a column asks for.
    """

    id: str
    name: str
    rank: int | None = None
    detail: str | None = None
    people: int | None = None
    state_key: str | None = None
    state_label: str | None = None
    colour: str | None = None
    places: int | None = None
    nearest: float | None = None
    reason: str | None = None
    values: Mapping[str, int | float | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RankedListEvent:
    """What a person did in the list in this run: the row chosen, the page asked for, or neither."""

    selected: str | None = None
    page: int | None = None


NEIGHBOURHOOD_COLUMNS: tuple[tuple[str, str], ...] = (
    ("rank", "#"),
    ("name", "Core20 neighbourhood"),
    ("people", "People"),
    ("state", "State"),
    ("places", "Places in reach"),
    ("nearest", "Nearest"),
)

_KINDS = {"rank": "rank", "name": "name", "state": "state", "people": "number", "places": "number"}
_ROW_FIELDS = {"rank", "name", "people", "state", "places", "nearest"}
_RESERVED = {f.name for f in fields(RankedRow)} | _ROW_FIELDS


def _cell(row: RankedRow, column: str) -> str | dict[str, str | None]:
    if column == "name":
        return ""
    if column == "state":
        return {"label": row.state_label, "colour": row.colour} if row.state_label else ""
    if column == "nearest":
        return NONE_RECORDED if row.nearest is None else f"{round(row.nearest):,} m"
    if column == "rank":
        return "" if row.rank is None else str(row.rank)
    value = getattr(row, column) if column in _ROW_FIELDS else row.values.get(column)
    return "" if value is None else value if isinstance(value, str) else f"{value:,}"


def _kind(column: str, rows: Sequence[RankedRow]) -> str:
    if column == "nearest":
        return "number"
    if column in _KINDS:
        return _KINDS[column]
    return "text" if any(isinstance(row.values.get(column), str) for row in rows) else "number"


def _check_list(
    rows: Sequence[RankedRow], columns: Sequence[tuple[str, str]], page: int, pages: int, total: int
) -> None:
    names = [column for column, _ in columns]
    check_unique(names, "Columns of a ranked list")
    if "name" not in names:
        raise ValueError("A ranked list needs a 'name' column: it holds the button that chooses the row.")
    check_unique([row.id for row in rows], "Row ids of a ranked list")
    for row in rows:
        check_colour(row.colour, f"Row {row.id!r}")
        clash = _RESERVED & set(row.values)
        if clash:
            raise ValueError(f"Row {row.id!r} repeats {', '.join(sorted(clash))} in values: use the field itself.")
    for column in names:
        if rows and column not in _ROW_FIELDS and not any(column in row.values for row in rows):
            known = ", ".join(sorted(_ROW_FIELDS))
            raise ValueError(f"No row has a value for the column {column!r}: put it in values, or use one of {known}.")
    if not (pages >= 1 and 1 <= page <= pages):
        raise ValueError(f"Page {page} of {pages} does not exist: pages count from 1.")
    if total < len(rows):
        raise ValueError(f"The list has {len(rows)} rows but a total of {total}.")


def _showing(rows: int, page: int, pages: int, total: int) -> str:
    # Every page but the last is full, so the last one is counted from the end.
    first = total - rows + 1 if page == pages else (page - 1) * rows + 1
    return f"Showing {first:,}\u2013{first + rows - 1:,} of {total:,}" if rows else f"Showing 0 of {total:,}"


def ranked_list_payload(
    rows: Sequence[RankedRow],
    *,
    columns: Sequence[tuple[str, str]] = NEIGHBOURHOOD_COLUMNS,
    selected: str | None = None,
    caption: str,
    page: int = 1,
    pages: int = 1,
    total: int | None = None,
    empty: str = NO_ROWS,
    shows: str | None = None,
) -> dict[str, Any]:
    """Return what the ranked list's script draws: columns with a kind, and rows as finished text.

    ``selected`` is left out when it is not among ``rows``: another page's row is no row of this one.

    Raises
    ------
    ValueError
        When ids or columns repeat, there is no name column, a column has no values, a colour is not #rrggbb,
        the page does not exist, or ``total`` is less than the rows given.
    """
    total = len(rows) if total is None else total
    _check_list(rows, columns, page, pages, total)
    return {
        "caption": caption,
        "columns": [{"kind": _kind(column, rows), "heading": heading} for column, heading in columns],
        "rows": [
            {
                "id": row.id,
                "name": row.name,
                "detail": row.detail,
                "reason": row.reason,
                "cells": [_cell(row, column) for column, _ in columns],
            }
            for row in rows
        ],
        "selected": selected if any(row.id == selected for row in rows) else None,
        "page": page,
        "pages": pages,
        "showing": _showing(len(rows), page, pages, total),
        "empty": empty,
        "shows": shows,
    }


def _chosen(value: object, rows: Sequence[RankedRow]) -> str | None:
    return value if isinstance(value, str) and any(row.id == value for row in rows) else None


def _turned(value: object, pages: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= pages else None


def ranked_list(
    rows: Sequence[RankedRow],
    *,
    key: str,
    caption: str,
    columns: Sequence[tuple[str, str]] = NEIGHBOURHOOD_COLUMNS,
    selected: str | None = None,
    page: int = 1,
    pages: int = 1,
    total: int | None = None,
    empty: str = NO_ROWS,
    shows: str | None = None,
    on_select: Callable[[str], None] | None = None,
    on_page: Callable[[int], None] | None = None,
) -> RankedListEvent:
    """Draw one page of ranked rows, as a table or, under 560 px, as cards; report what a person chose.

    Parameters
    ----------
    rows
        The rows of this page, in order.
    key
        Streamlit element key, unique on the page.
    caption
        What the list is, for screen readers: "Core20 neighbourhoods in Barking and Dagenham, people without a
        confirmed partner first".
    columns
        (field, heading) pairs. Fields: rank, name, people, state, places, nearest, or any key of
        ``RankedRow.values``.
    selected
        Id of the row that is shown elsewhere on the page; ids that are not in ``rows`` mark nothing.
    page, pages, total
        Page shown (from 1), number of pages, rows on all pages. Pages other than the last must be full.
    empty
        Stands in place of the table when there are no rows.
    shows
        Key of the container that a choice fills. Where the list is drawn as cards that container is far down the page,
        so choosing scrolls to it.
    on_select, on_page
        Called with the id or the page number before the script runs again, so that everything above the list
        already knows. Leave them out and use the return value when nothing above depends on it.

    Returns
    -------
    RankedListEvent
        This run's event. Values that the browser could not have got from this list are dropped.

    Raises
    ------
    ValueError
        See :func:`ranked_list_payload`.
    """
    payload = ranked_list_payload(
        rows,
        columns=columns,
        selected=selected,
        caption=caption,
        page=page,
        pages=pages,
        total=total,
        empty=empty,
        shows=shows,
    )

    def selected_changed() -> None:
        chosen = _chosen(st.session_state[key].get("selected"), rows)
        if chosen is not None and on_select is not None:
            on_select(chosen)

    def page_changed() -> None:
        turned = _turned(st.session_state[key].get("page"), pages)
        if turned is not None and on_page is not None:
            on_page(turned)

    result = _mount(key=key, data=payload, on_selected_change=selected_changed, on_page_change=page_changed)
    return RankedListEvent(_chosen(result.get("selected"), rows), _turned(result.get("page"), pages))
