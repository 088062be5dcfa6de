"""The 27-column CSV of Fingertips, read into the typed frame of indicator values without losing a row.

Columns are found by pattern, for headings have changed over the years and lose their spaces in some downloads; the one whose
heading varies with the parent's area type is found by its place. Rows in = rows out + rows set aside, each with a reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.area_codes import levels_of, without_prefix
from data_loaders.errors import UnexpectedAnswerError
from data_loaders.indicator_values import KEY, VALUE_COLUMNS, typed
from data_loaders.periods import years_of

ENGLAND = "E92000001"
LONGEST_CELL = 10_000
"""Letters; the longest names and notes published have about 300."""
MOST_LINES_OF_A_ROW = 20
_ROWS_AT_ONCE = 20_000
_TEXT_SHOWN = 200
_BLANK = ("", "NA")

# Our column → (the heading as published, its pattern once all but letters and digits is gone). The patterns allow what was seen to vary.
_NEEDED: dict[str, tuple[str, str]] = {
    "indicator_id": ("Indicator ID", r"indicatorid"),
    "area_code": ("Area Code", r"areacode"),
    "area_name": ("Area Name", r"areaname"),
    "area_type": ("Area Type", r"areatype"),
    "sex": ("Sex", r"sex"),
    "age": ("Age", r"age"),
    "category_type": ("Category Type", r"categorytype"),
    "category": ("Category", r"category"),
    "period": ("Time period", r"timeperiod"),
    "value": ("Value", r"value"),
    "lower_95": ("Lower CI 95.0 limit", r"lowerci95(0)?(limit)?"),
    "upper_95": ("Upper CI 95.0 limit", r"upperci95(0)?(limit)?"),
    "count": ("Count", r"count"),
    "denominator": ("Denominator", r"denominator"),
    "note": ("Value note", r"valuenotes?"),
    "period_sortable": ("Time period Sortable", r"timeperiodsortable"),
}
_WELCOME: dict[str, tuple[str, str]] = {
    "parent_code": ("Parent Code", r"parentcode"),
    "parent_name": ("Parent Name", r"parentname"),
    "lower_998": ("Lower CI 99.8 limit", r"lowerci998(limit)?"),
    "upper_998": ("Upper CI 99.8 limit", r"upperci998(limit)?"),
    "trend": ("Recent Trend", r"recenttrends?"),
    "compared_to_england": ("Compared to England value or percentiles", r"comparedtoengland.*"),
    "range": ("Time period range", r"timeperiodrange"),
}
_NUMBERS = ("value", "lower_95", "upper_95", "lower_998", "upper_998", "count", "denominator")
_TEXTS = tuple(name for name, kind in VALUE_COLUMNS.items() if kind == "str")


@dataclass(frozen=True)
class Parsed:
    """What a CSV held.

    values: `indicator_values.VALUE_COLUMNS`. set_aside: row (from 1, headings not counted), reason, text (its beginning). rows:
    how many rows the CSV had, = len(values) + len(set_aside). numbers: of the rows in values. ends_short: whether the last row broke
    off before its last cell.
    """

    values: pd.DataFrame
    set_aside: pd.DataFrame
    rows: int
    numbers: npt.NDArray[np.int64]
    ends_short: bool


def set_aside_frame(row: Sequence[int] = (), reason: Sequence[str] = (), text: Sequence[str] = ()) -> pd.DataFrame:
    """Rows set aside, with the right types also where there are none."""
    return pd.DataFrame(
        {"row": pd.Series(row, dtype="int64"), "reason": pd.Series(reason, dtype="str"), "text": pd.Series(text, dtype="str")}
    )


def parse(body: bytes, source: str = "Fingertips", origin: str = "fingertips", source_id: str = "fingertips") -> Parsed:
    """Read a CSV as `all_data/csv` gives it.

    body: UTF-8, with or without a mark. source: the publisher's name for messages. origin, source_id: for the columns of those
    names. An empty body, or headings alone, is no rows. England's second row, and any other row that says again what another has
    said, is set aside; a row with an empty value keeps its note. UnexpectedAnswerError names a needed column that is missing.
    """
    rows = _rows(body, source)
    heading = next(rows, None)
    if heading is None:
        return Parsed(typed(pd.DataFrame({name: [] for name in VALUE_COLUMNS})), set_aside_frame(), 0, np.array([], dtype=np.int64), False)
    columns = _columns(heading, source)
    good: list[pd.DataFrame] = []
    aside: list[pd.DataFrame] = []
    count, last = 0, 0
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        frame, set_aside = _block(block, count + 1, columns, len(heading))
        good.append(frame)
        aside.append(set_aside)
        count, last = count + len(block), len(block[-1])
    values = pd.concat(good, ignore_index=True) if good else pd.DataFrame({"row": [], **{name: [] for name in VALUE_COLUMNS}})
    values["origin"], values["source_id"] = origin, source_id
    again = values.duplicated(list(KEY), keep="first")
    if again.any():
        aside.append(_said_again(values, again))
        values = values[~again]
    set_aside = pd.concat(aside, ignore_index=True).sort_values("row", ignore_index=True) if aside else set_aside_frame()
    return Parsed(typed(values), set_aside, count, values["row"].to_numpy(dtype=np.int64), 0 < last < len(heading))


def _rows(body: bytes, source: str) -> Iterator[list[str]]:
    """The rows, lines without any cell passed over.

    A quotation mark that nobody closed would swallow all that follows: a row of more lines than any cell holds is a reason to read
    each line by itself, so that one bad row is one bad row.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"["):
        raise UnexpectedAnswerError(source, "something else", "a CSV of values", repr(body[:_TEXT_SHOWN]))
    csv.field_size_limit(max(csv.field_size_limit(), 1_000_000))
    whole = _quotes_are_closed(body)
    # A byte that is not UTF-8 spoils its own cell and no more.
    with io.TextIOWrapper(io.BytesIO(body), encoding="utf-8-sig", errors="replace", newline="") as lines:
        try:
            if whole:
                yield from (row for row in csv.reader(lines) if any(row))
            else:
                yield from (row for line in lines for row in csv.reader([line]) if any(row))
        except csv.Error as error:
            raise UnexpectedAnswerError(source, f"a CSV that cannot be read ({error})", "a CSV of values", str(error)) from error


def _quotes_are_closed(body: bytes) -> bool:
    """Whether every row is of a few lines at most, as it is where each quotation mark has its other."""
    if body.count(b'"') % 2:
        return False
    if b'"' not in body:
        return True
    with io.TextIOWrapper(io.BytesIO(body), encoding="utf-8-sig", errors="replace", newline="") as lines:
        reader, line = csv.reader(lines), 0
        try:
            for _ in reader:
                if reader.line_num - line > MOST_LINES_OF_A_ROW:
                    return False
                line = reader.line_num
        except csv.Error:
            return False
    return True


def _columns(heading: Sequence[str], source: str) -> dict[str, int]:
    """Our column → its place. UnexpectedAnswerError names the needed ones that are not there."""
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in heading]
    places: dict[str, int] = {}
    lost = []
    for ours, (published, pattern) in {**_NEEDED, **_WELCOME}.items():
        found = [place for place, name in enumerate(plain) if re.fullmatch(pattern, name)]
        if len(found) > 1:
            raise UnexpectedAnswerError(source, f"the column {published!r} twice", "each column once", f"headings: {list(heading)}")
        if found:
            places[ours] = found[0]
        elif ours in _NEEDED:
            lost.append(published)
    if lost:
        raise UnexpectedAnswerError(
            source, f"a table that lacks the column {' and '.join(map(repr, lost))}", "the columns agreed", f"headings: {list(heading)}"
        )
    # Its heading names the parent's area type, so it goes by its place: the one after the comparison with England.
    after = places.get("compared_to_england", -2) + 1
    if 0 < after < len(plain) and after not in places.values():
        places["compared_to_parent"] = after
    return places


def _block(block: list[list[str]], first: int, columns: dict[str, int], width: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A block of rows as columns of the right kinds, and those of it that cannot be read. first: the number of its first row."""
    number = np.arange(first, first + len(block))
    reason = pd.Series("", index=range(len(block)), dtype="str")
    cells = np.fromiter((len(row) for row in block), dtype=np.int64, count=len(block))
    ragged = cells != width
    if ragged.any():
        reason[ragged] = [f"it has {had} cells where the headings are {width}" for had in cells[ragged]]
        texts = {index: block[index] for index in np.flatnonzero(ragged)}
        block = [[""] * width if index in texts else row for index, row in enumerate(block)]
    else:
        texts = {}
    frame = pd.DataFrame({ours: pd.Series([row[place].strip() for row in block], dtype="str") for ours, place in columns.items()})
    frame = frame.mask(frame.isin(_BLANK), "")
    long = pd.DataFrame({name: frame[name].str.len() > LONGEST_CELL for name in frame}).any(axis=1)
    _add(reason, long, f"a cell has over {LONGEST_CELL:,} letters")
    _add(reason, ~frame["indicator_id"].str.fullmatch(r"\d{1,9}"), "its Indicator ID is not a number")
    _add(reason, frame["area_code"] == "", "it has no Area Code")
    _add(reason, frame["period"] == "", "it has no Time period")
    sortable = frame["period_sortable"].str.fullmatch(r"[12]\d{7}")
    _add(reason, ~sortable, "its Time period Sortable is not a date like 20240000")
    numbers = {}
    for name in _NUMBERS:
        text = frame[name] if name in frame else pd.Series("", index=frame.index, dtype="str")
        numbers[name] = pd.to_numeric(text, errors="coerce").astype("float64")
        published = {**_NEEDED, **_WELCOME}[name][0]
        _add(reason, (text != "") & ~np.isfinite(numbers[name]), f"its {published} is not a number")
    bad = (reason != "").to_numpy()
    kept = frame[~bad]
    good = pd.DataFrame({name: kept.get(name, "") for name in _TEXTS}, index=kept.index, dtype="str")
    for name in ("area_code", "parent_code"):
        good[name] = without_prefix(good[name])
    good["level"] = levels_of(good["area_code"]).fillna("").astype("str")
    good["period_sortable"] = kept["period_sortable"].astype("int32")
    good["period_years"] = years_of(kept["period"], kept.get("range"))
    for name in _NUMBERS:
        good[name] = numbers[name][~bad]
    good["row"] = number[~bad]
    shown = [",".join(texts.get(index, block[index]))[:_TEXT_SHOWN] for index in np.flatnonzero(bad)]
    return good, set_aside_frame(number[bad], reason[bad].to_numpy(), shown)


def _add(reason: pd.Series, wrong: pd.Series, words: str) -> None:
    """Give the rows that are wrong this reason, unless they have one."""
    reason[wrong.to_numpy(dtype=bool) & (reason == "").to_numpy()] = words


def _said_again(values: pd.DataFrame, again: pd.Series) -> pd.DataFrame:
    """The rows whose indicator, area, sex, age, category and period have come before, with what they repeat or contradict."""
    kept = values[~again].set_index(list(KEY))
    copies = values[again]
    first = kept.loc[pd.MultiIndex.from_frame(copies[list(KEY)])]
    same = pd.Series(True, index=range(len(copies)))
    for name in _NUMBERS:
        ours, theirs = copies[name].to_numpy(), first[name].to_numpy()
        same &= (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    england = (copies["area_code"] == ENGLAND).to_numpy()
    reasons = [
        ("England's row comes twice: " if is_england else "")
        + (f"it says again what row {row} says" if is_same else f"row {row} gives other figures for the same")
        for is_england, is_same, row in zip(england, same, first["row"], strict=True)
    ]
    shown = copies[["indicator_id", "area_code", "sex", "age", "category", "period", "value"]].astype("str").fillna("").agg(",".join, axis=1)
    return set_aside_frame(copies["row"].to_numpy(), reasons, shown.str.slice(0, _TEXT_SHOWN).to_numpy())
