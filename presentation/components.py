"""The display components other than the map: state bar, ranked list and fact list.

Each function checks what it is given, turns it into a small payload of finished text (numbers with thousands
separators, distances in metres) and mounts a script from ``static/components``. The scripts write text only,
never markup, so names from any source are safe to pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from presentation.component_registry import register
from presentation.payload_checks import check_colour, check_count, check_unique
from presentation.ranked_list import (
    NEIGHBOURHOOD_COLUMNS,
    NONE_RECORDED,
    RankedListEvent,
    RankedRow,
    ranked_list,
    ranked_list_payload,
)

__all__ = [
    "NEIGHBOURHOOD_COLUMNS",
    "NONE_RECORDED",
    "NO_CORE20",
    "Callout",
    "FactRow",
    "FactSection",
    "RankedListEvent",
    "RankedRow",
    "StateSegment",
    "fact_list",
    "fact_list_payload",
    "ranked_list",
    "ranked_list_payload",
    "state_bar",
    "state_bar_payload",
]

NO_CORE20 = "No Core20 neighbourhoods here"

_mount_state_bar = register("state_bar")
_mount_fact_list = register("fact_list")


@dataclass(frozen=True, slots=True)
class StateSegment:
    """One state in the bar: the ``people`` in its ``areas`` (a count); ``colour`` as #rrggbb."""

    key: str
    label: str
    colour: str
    people: int
    areas: int


def state_bar_payload(segments: Sequence[StateSegment], *, alt: str, empty: str = NO_CORE20) -> dict[str, Any]:
    """Return what the state bar's script draws: segments in the order given, and the people in all of them.

    Raises
    ------
    ValueError
        When two segments share a key, a count is negative or no whole number, a colour is not #rrggbb, or
        ``alt`` is empty.
    """
    if not alt.strip():
        raise ValueError("The state bar needs alt: a sentence that says what the bar shows.")
    check_unique([segment.key for segment in segments], "Keys of state segments")
    for segment in segments:
        check_colour(segment.colour, f"State segment {segment.key!r}")
        check_count(segment.people, f"People in state segment {segment.key!r}")
        check_count(segment.areas, f"Areas in state segment {segment.key!r}")
    return {
        "alt": alt,
        "empty": empty,
        "total": int(sum(segment.people for segment in segments)),
        "segments": [
            {"label": s.label, "colour": s.colour, "people": int(s.people), "figure": f"{s.people:,}"} for s in segments
        ],
    }


def state_bar(segments: Sequence[StateSegment], *, key: str, alt: str, empty: str = NO_CORE20) -> None:
    """Draw one stacked bar of people by state, with a legend beneath that names every state, zeros included.

    Parameters
    ----------
    segments
        The states, best first. Widths are in proportion to people.
    key
        Streamlit element key, unique on the page.
    alt
        What the bar says, in words, for people who do not see it.
    empty
        Stands in an outlined bar when nobody lives in any of the states.

    Raises
    ------
    ValueError
        See :func:`state_bar_payload`.
    """
    _mount_state_bar(key=key, data=state_bar_payload(segments, alt=alt, empty=empty))


@dataclass(frozen=True, slots=True)
class FactRow:
    """A label on the left, its value on the right; ``note`` beneath, after the shape of ``mark`` where one is given (a name of
    ``need_board.SHAPES``; the note is its word); ``colour`` (#rrggbb) adds a swatch."""

    label: str
    value: str
    note: str | None = None
    colour: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class FactSection:
    """Facts under one heading; ``empty`` is what to say when there are none."""

    heading: str
    rows: Sequence[FactRow] = ()
    empty: str | None = None


@dataclass(frozen=True, slots=True)
class Callout:
    """What to do next: a few words of ``title`` without a full stop, and ``text``."""

    title: str
    text: str


def fact_list_payload(sections: Sequence[FactSection], *, callout: Callout | None = None) -> dict[str, Any]:
    """Return what the fact list's script draws.

    Raises
    ------
    ValueError
        When a row's colour is not #rrggbb, or a row has a mark and no note to say it in words.
    """
    for section in sections:
        for row in section.rows:
            check_colour(row.colour, f"Row {row.label!r} under {section.heading!r}")
            if row.mark is not None and not row.note:
                raise ValueError(f"Row {row.label!r} has the mark {row.mark!r} and no note: a shape needs its word.")
    return {
        "sections": [
            {
                "heading": section.heading,
                "empty": section.empty,
                "rows": [
                    {"label": row.label, "value": row.value, "note": row.note, "colour": row.colour, "mark": row.mark}
                    for row in section.rows
                ],
            }
            for section in sections
        ],
        "callout": None if callout is None else {"title": callout.title, "text": callout.text},
    }


def fact_list(sections: Sequence[FactSection], *, key: str, callout: Callout | None = None) -> None:
    """Draw facts under headings of level 3 (the page's own heading above is level 2), then the callout.

    Parameters
    ----------
    sections
        What to show, in order.
    key
        Streamlit element key, unique on the page.
    callout
        A block with an accent at its left, such as the next conversation.

    Raises
    ------
    ValueError
        See :func:`fact_list_payload`.
    """
    _mount_fact_list(key=key, data=fact_list_payload(sections, callout=callout))
