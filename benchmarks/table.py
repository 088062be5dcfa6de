"""The table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.measure import Row, Samples

_HEADINGS = ("work", "budget", "ours: median (min to max, runs)", "CPU", "naive", "ratio", "counted", "")


def quantity(value: float, unit: str) -> str:
    """A figure with its unit, in three figures or so."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{places}f} {unit}"


def _spread(samples: Samples, judged: str) -> str:
    unit = samples.unit
    if len(samples.values) == 1:
        return quantity(samples.median, unit)
    p95 = f", p95 {quantity(samples.percentile(95), unit)}" if judged == "p95" else ""
    least, most = (quantity(value, "").strip() for value in (min(samples.values), max(samples.values)))
    return f"{quantity(samples.median, unit)}{p95} ({least} to {most}, n={len(samples.values)})"


def cells(row: Row) -> tuple[str, ...]:
    """One row as text."""
    budget = "" if row.budget is None else f"{'p95 ' if row.judged == 'p95' else ''}{row.budget:g} {row.ours.unit}"
    cpu = row.ours.cpu_median
    return (
        row.work,
        budget,
        _spread(row.ours, row.judged),
        "" if cpu is None else f"{cpu:.3f} s",
        "" if row.naive is None else quantity(row.naive.median, row.naive.unit),
        "" if row.ratio is None else f"{row.ratio:,.1f}×",
        row.counted,
        row.verdict,
    )


def render(rows: Sequence[Row]) -> str:
    """The table, then what each naive way is and what else a reader should know."""
    lines = [_HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths))
    notes = [
        f"  {row.key}: {'; '.join(part for part in (row.naive_way and f'naive = {row.naive_way}', row.note) if part)}"
        for row in rows
        if row.naive_way or row.note
    ]
    # One note stands for all rows that share it.
    return "\n".join([*text, "", "Notes", *dict.fromkeys(notes)])
