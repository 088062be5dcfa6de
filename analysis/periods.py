"""The words that publishers use for a period, read: when it begins, how many years it spans, and how it is written."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_YEAR = r"(?P<{0}>\d{{4}})(?:/(?P<{0}_end>\d{{2}}))?(?: Q(?P<{0}_quarter>[1-4]))?"
_YEARS = re.compile(
    rf"{_YEAR.format('first')}(?: - (?:{_YEAR.format('last')}|(?P<short>\d{{2}})(?:/(?P<short_end>\d{{2}}))?))?"
)
_NAMED_MONTHS = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})(?: - (?P<to_month>[A-Z][a-z]{2}) (?P<to_year>\d{4}))?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-\d{2}/P(?P<years>\d+)Y")


class Period(NamedTuple):
    """text: as Fingertips writes it. sortable: yyyymmdd-like, with quarters in the place of months and zeros for what is not said
    (2024/25 is 20240000, the fourth quarter of 2025/26 is 20250400). years: how many it spans, None where it is not whole years."""

    text: str
    sortable: int
    years: int | None


def read(text: str) -> Period | None:
    """A period as Fingertips writes it: "2024", "2024/25", "2022 - 24", "2021/22 - 23/24", "2025/26 Q4", "Aug 2021 - Jul 2022".

    None where the text is none of these. Method: Fingertips orders periods by their first year.
    """
    if found := _YEARS.fullmatch(text):
        first, quarter = int(found["first"]), int(found["first_quarter"] or 0)
        if found["last"]:
            last: int | None = int(found["last"])
        elif found["short"]:
            last = first // 100 * 100 + int(found["short"])
        else:
            last = None if quarter else first
        if last is not None and last < first:
            return None
        return Period(text, first * 10_000 + quarter * 100, None if last is None else last - first + 1)
    if found := _NAMED_MONTHS.fullmatch(text):
        month = _MONTHS.get(found["month"])
        if month is None or (found["to_month"] and found["to_month"] not in _MONTHS):
            return None
        months = 1
        if found["to_month"]:
            months = 12 * (int(found["to_year"]) - int(found["year"])) + _MONTHS[found["to_month"]] - month + 1
        whole = months > 0 and months % 12 == 0
        return Period(text, int(found["year"]) * 10_000 + month * 100, months // 12 if whole else None)
    return None


def read_iso(text: str) -> Period | None:
    """A period as the ONS writes it ("2022-01-01/P3Y", a first day and a number of years), in Fingertips' words: "2022 - 24".

    A year that does not begin in January is written as financial years are ("2015-11-16/P1Y" is "2015/16"). None for other text.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    first, years, january = int(found["year"]), int(found["years"]), found["month"] == "01"
    last = first + years - 1
    if january:
        words = str(first) if years == 1 else f"{first} - {last % 100:02d}"
    else:
        words = f"{first}/{(first + 1) % 100:02d}"
        words += "" if years == 1 else f" - {last % 100:02d}/{(last + 1) % 100:02d}"
    return Period(words, first * 10_000, years)


def columns(texts: pd.Series, iso: bool = False) -> pd.DataFrame:
    """The columns period, period_sortable (int32) and period_years (Int16) of texts, by their index. ValueError names a text that is none."""
    known = {text: (read_iso if iso else read)(text) for text in texts.unique()}
    unknown = [text for text, period in known.items() if period is None]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a period that is known")
    found = texts.map(known)
    return pd.DataFrame(
        {
            "period": found.map(lambda period: period.text).astype("str"),
            "period_sortable": found.map(lambda period: period.sortable).astype("int32"),
            "period_years": found.map(lambda period: period.years).astype("Int16"),
        },
        index=texts.index,
    )
