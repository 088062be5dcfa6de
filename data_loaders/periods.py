"""Periods as Fingertips' rows and its successor's have them: how many years one spans, and the text for a span of days."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

import pandas as pd

from analysis.periods import Period, read

_RANGE = re.compile(r"(\d{1,2})\s*y(?:rs?|ears?)?", re.IGNORECASE)
# Financial and academic years are written 2023/24; those that begin in other months with both months.
_SLASHED = (4, 9)


def years_of_one(period: str, span: str = "") -> int | None:
    """How many years a period spans: as its range says ("3y"), or else as its text shows; None for less than a year or not known."""
    if span:
        match = _RANGE.fullmatch(span.strip())
        return int(match[1]) if match else None
    found = read(period.strip())
    return found.years if found else None


def years_of(periods: pd.Series, spans: pd.Series | None = None) -> pd.Series:
    """`years_of_one` for every row, as Int16. spans: the texts of "Time period range", where the table has that column."""
    pairs = pd.DataFrame({"period": periods, "span": "" if spans is None else spans})
    unique = pairs.drop_duplicates()
    unique = unique.assign(years=pd.array([years_of_one(*pair) for pair in unique.itertuples(index=False)], dtype="Int16"))
    found = pairs.merge(unique, on=["period", "span"], how="left")["years"]
    found.index = periods.index
    return found.astype("Int16")


def of_days(first: date, last: date) -> Period:
    """A span of days as Fingertips would write it. first, last: inclusive.

    Whole years from January give "2023" or "2022 - 24", from April or September "2023/24" or "2021/22 - 23/24", from another month
    "Aug 2021 - Jul 2022"; calendar quarters "2023 Q3", months "Jun 2024"; anything else both days, sortable by the first.
    """
    text = _text(first, last)
    return read(text) or Period(text, first.year * 10_000 + first.month * 100 + first.day, None)


def _text(first: date, last: date) -> str:
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day != 1 or after.day != 1 or months < 1:
        return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"
    begun, ended = f"{calendar.month_abbr[first.month]} {first.year}", f"{calendar.month_abbr[last.month]} {last.year}"
    if months == 1:
        return begun
    if months == 3 and first.month % 3 == 1:
        return f"{first.year} Q{first.month // 3 + 1}"
    years = months // 12
    if months % 12 or first.month not in (1, *_SLASHED):
        return f"{begun} - {ended}"
    to_year = first.year + years - 1
    if first.month == 1:
        return str(first.year) if years == 1 else f"{first.year} - {to_year % 100:02d}"
    whole = f"{first.year}/{(first.year + 1) % 100:02d}"
    return whole if years == 1 else f"{whole} - {to_year % 100:02d}/{(to_year + 1) % 100:02d}"
