"""The board's figures as finished text: from `analysis.board` to the rows that `presentation.need_board` draws. No screen here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from data_loaders.catalogue import Catalogue, ClinicalArea
from presentation.need_board import BoardArea, BoardRow, Mark
from presentation.need_words import COMPARISON_MARKS, TREND_MARKS, figure, interval, who
from presentation.words import in_words

NOT_IN_THIS_COPY = "Not in this copy for here"
_KINDS = {"authority": "places", "icb": "systems"}


def clinical_areas(catalogue: Catalogue, audience: str) -> list[ClinicalArea]:
    """The clinical areas of one of the two lists; for adults, then what the catalogue has beside them, which is about adults or the place."""
    mine = [area for area in catalogue.areas if area.audience == audience]
    return mine + [area for area in catalogue.areas if area.audience == "all" and audience == "adults"]


def row_id(indicator_id: str, sex: str, age: str) -> str:
    """What a row of the board is called; `indicator_of` takes the indicator out again."""
    return "|".join((indicator_id, sex, age))


def indicator_of(row: str) -> str:
    """The indicator of a row of the board."""
    return row.partition("|")[0]


def comparison_mark(record: Mapping[str, object], england: bool = False) -> Mark:
    """The comparison of a figure in a word and a shape. england: the place is England.

    Where the newest figure cannot be compared, the newest that can stands in for it, with its period beneath; and where none can, the
    figure's place among areas of its kind is said instead, or why there is nothing to say.
    """
    if england:
        return Mark("none", "This is England")
    mark = COMPARISON_MARKS[str(record["comparison"])]
    if mark.shape != "none" or pd.isna(record["value"]):
        return mark
    if isinstance(record["earlier_comparison"], str):
        return replace(
            COMPARISON_MARKS[record["earlier_comparison"]],
            beneath=f"in {record['earlier_period']}, the newest to compare",
        )
    if isinstance(record.get("fifth"), str) and pd.isna(record.get("shared_areas")):
        said = str(record["fifth"])
        reason = "England's is not" if pd.isna(record["england"]) else "published without an interval"
        beneath = f"of {record['fifth_of']:.0f} {_KINDS[str(record['level'])]} in this copy; {reason}"
        return Mark("none", f"{said[0].upper()}{said[1:]}", beneath)
    if pd.isna(record["england"]):
        return replace(mark, beneath="England's is not in this copy")
    return replace(mark, beneath="published without an interval")


def trend_mark(record: Mapping[str, object]) -> Mark | None:
    """The recent trend in a word and a shape; None for a figure with no value."""
    if pd.isna(record["value"]):
        return None
    return TREND_MARKS.get(str(record["trend"]), Mark("none", "Too few years"))


def remarks(record: Mapping[str, object]) -> list[str]:
    """What to mind about a figure: whose it is, whether it is shared, and the publisher's own note."""
    said = []
    if not record["own"]:
        said.append(f"For {record['area_said']}.")
    shared = record.get("shared_areas")
    if pd.notna(shared):
        said.append(
            f"One figure for {in_words(int(shared))} authorities: published for the system "  # type: ignore[call-overload]
            f"({record['shared_system']}) and copied to each."
        )
    if isinstance(record["note"], str) and record["note"]:
        said.append(record["note"].strip().rstrip(".") + ".")
    return said


def board_row(record: Mapping[str, object], name: str, unit: str | None, origin: str, england: bool) -> BoardRow:
    """One figure of `analysis.board.compared` as the board shows it."""
    value = float(record["value"])  # type: ignore[arg-type]
    beneath = [
        part
        for part in (interval(float(record["lower_95"]), float(record["upper_95"])), _beneath_unit(unit))  # type: ignore[arg-type]
        if part
    ]
    compared_with = record["england"]
    return BoardRow(
        id=row_id(str(record["indicator_id"]), str(record["who"]), str(record["age"])),
        name=name,
        who=who(str(record["who"]), str(record["age"])),
        remarks=remarks(record),
        here=_value(value, unit),
        interval=" ".join(beneath) or None,
        england=None if england or pd.isna(compared_with) else _value(float(compared_with), unit),  # type: ignore[arg-type]
        comparison=comparison_mark(record, england),
        trend=trend_mark(record),
        period=str(record["period"]),
        origin=origin,
    )


def _value(value: float, unit: str | None) -> str:
    """A value for the board's narrow columns: a long unit stands beneath it instead."""
    return figure(value, None if _beneath_unit(unit) else unit)


def _beneath_unit(unit: str | None) -> str | None:
    return unit if isinstance(unit, str) and len(unit) > len("Years") else None


def board_areas(
    figures: pd.DataFrame,
    catalogue: Catalogue,
    audience: str,
    indicators: pd.DataFrame,
    copies: Mapping[str, str],
    only: str | None = None,
    england: bool = False,
) -> list[BoardArea]:
    """The whole board: clinical areas in the catalogue's order, each with its figures, what has none here, and what nobody publishes.

    figures: `analysis.board.compared` for one place, with own, area_said, shared_areas and shared_system. indicators: by id, with unit.
    copies: source_id → who says so, and of when the copy is. only: one clinical area.
    """
    records: dict[str, list[dict[str, object]]] = {}
    for record in figures.to_dict("records"):
        records.setdefault(str(record["indicator_id"]), []).append(record)
    made = []
    for area in clinical_areas(catalogue, audience):
        if only not in (None, area.id):
            continue
        rows = []
        absent = []
        for entry in area.indicators:
            found = records.get(entry.indicator_id, [])
            unit = indicators["unit"].get(entry.indicator_id)
            rows += [
                board_row(record, entry.name, unit, copies.get(str(record["source_id"]), ""), england)
                for record in found
            ]
            if not found:
                absent.append(entry.name)
        made.append(BoardArea(area.name, area.asks, rows, [*_absent(absent), *area.gaps]))
    return made


def _absent(names: Sequence[str]) -> list[str]:
    return [f"{NOT_IN_THIS_COPY}: {'; '.join(names)}."] if names else []
