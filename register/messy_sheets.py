"""The table inside a sheet that somebody made for people to read: where its heading is, what its columns are called, which lines are rows.

Title lines above the heading, a heading of two rows ("Address" over "Line 1 | Line 2"), merged cells, one heading twice, the heading
repeated between pages and totals at the end are all told from rows of places; each line of the file is either a row or passed over with
the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.cell_shapes import EMAIL, PHONE, POSTCODE, WEB, number
from analysis.column_matching import known_heading
from register.exchange_files import MAX_ROWS, ExchangeFileError, Row
from register.sheet_lines import Line, column_letter, lines_of

_HEADING_WITHIN = 40  # filled lines from the top
_LONGEST_HEADING = 80
_TOTAL = re.compile(r"\s*(?:grand |sub[- ]?)?totals?\b|\s*(?:count|sum)\s*[:=]?\s*$|"
                    r"\s*number of (?:rows|groups|organisations|entries|records)\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class PassedOver:
    """A line that is not a row of the list. number: as a spreadsheet counts. text: how it begins. why: a few words."""

    number: int
    text: str
    why: str


@dataclass(frozen=True)
class MessySheet:
    """A table as it was found. columns: headings as they stand in the file, each once ("Address", "Address (2)"). notes: how it was read.

    Each filled line is one of rows or one of passed_over. shifted: numbers of rows with more cells than there are columns, of which no cell
    can be trusted to stand in its own column.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    passed_over: tuple[PassedOver, ...]
    notes: tuple[str, ...]
    shifted: frozenset[int]


def read_messy(content: bytes, sheet: str | None = None) -> MessySheet:
    """Read a CSV or XLSX however it is laid out. ExchangeFileError where it holds no table, or is too much.

    sheet: the name of the sheet to read; without one, the visible sheet with most lines.
    """
    found = lines_of(content, sheet)
    if not found.lines:
        raise ExchangeFileError("The file is empty. It needs a heading row that names its columns, and a row for each place.")
    first, heading = _heading(found.lines)
    notes = list(found.notes)
    passed = [PassedOver(at, _begins(cells), "stands above the heading") for at, cells in found.lines[:first]]
    passed += [PassedOver(at, _begins(cells), "the heading") for at, cells in found.lines[first : first + len(heading)]]
    numbers = [str(at) for at, _ in found.lines[first : first + len(heading)]]
    if len(numbers) > 1 or first:
        notes.append(f"The heading was found in {'rows' if len(numbers) > 1 else 'row'} {' and '.join(numbers)}.")
    body, after = _rows_and_rest(found.lines[first + len(heading) :], [line for _, line in found.lines[first : first + len(heading)]])
    passed += after
    if len(body) > MAX_ROWS:
        raise ExchangeFileError(f"The list has more than {MAX_ROWS:,} rows, the most that can be read at once. Split it by place.")
    if not body:
        raise ExchangeFileError(f"The file has a heading ({_begins(heading[-1])}) but no row below it. Add a row for each place.")
    if after:
        notes.append(f"Not counted as rows: {'; '.join(f'row {one.number} ({one.why})' for one in after[:10])}.")
    raw_width = max(len(cells) for _, cells in found.lines[first : first + len(heading)])
    shifted = _shifted(body, raw_width) if found.ragged else frozenset()
    columns = _columns(heading, [cells for at, cells in body if at not in shifted])
    again = sum(1 for _, name in columns if re.search(r" \(\d+\)$", name))
    if again:
        are = "heading is" if again == 1 else "headings are"
        notes.append(f"{again} {are} there more than once: each has a number behind it, as in “Address (2)”.")
    rows = tuple(Row(at, {name: cells[place].strip() if place < len(cells) else "" for place, name in columns}) for at, cells in body)
    return MessySheet(tuple(name for _, name in columns), rows, tuple(passed), tuple(notes), shifted)


def _begins(cells: Sequence[str]) -> str:
    text = " | ".join(" ".join(cell.split()) for cell in cells if cell.strip())
    return text if len(text) <= 80 else f"{text[:77]}…"


def _like_a_heading(cell: str) -> bool:
    """Whether a cell could be a heading: short words, not a postcode, number, address of the web or a person's details."""
    text = cell.strip()
    is_data = number(text) is not None or any(shape.search(text) for shape in (POSTCODE, EMAIL, PHONE)) or WEB.match(text) is not None
    return bool(text) and len(text) <= _LONGEST_HEADING and not is_data


def _heading(lines: Sequence[Line]) -> tuple[int, list[list[str]]]:
    """Where the heading is among the lines, and its one or two rows of cells.

    The line with most headings that lists are known to use; where none has two, the first that is as wide as the table.
    """
    top = lines[:_HEADING_WITHIN]
    known = [sum(known_heading(cell) for cell in cells if cell.strip()) if _all_words(cells) else 0 for _, cells in top]
    best = max(range(len(top)), key=lambda at: (known[at], -at))
    if known[best] < 2:
        widths = Counter(_filled(cells) for _, cells in lines)
        usual = max(widths, key=lambda width: (widths[width], width))
        one_known = next((at for at in range(len(top)) if known[at] and _filled(top[at][1]) >= usual / 2), None)
        best = next((at for at in range(len(top)) if _filled(top[at][1]) >= usual), 0) if one_known is None else one_known
        return best, [list(top[best][1])]
    best = next(at for at in range(best + 1) if known[at] == known[best])
    pairs = [at for at in (best - 1, best) if 0 <= at < len(top) - 1 and _is_pair(top[at], top[at + 1])]
    for at in pairs:
        both = sum(known_heading(name) for name in _joined(top[at][1], top[at + 1][1], lower_alone=True))
        if at == best - 1 or both > known[best]:
            return at, [list(top[at][1]), list(top[at + 1][1])]
    return best, [list(top[best][1])]


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _all_words(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return sum(map(_like_a_heading, filled)) >= 0.8 * len(filled)


def _is_pair(upper: Line, lower: Line) -> bool:
    """Whether two lines are one heading: next to each other, all words, the upper naming groups that the lower tells apart."""
    (first, above), (second, below) = upper, lower
    if second != first + 1 or not all(_like_a_heading(cell) for cell in (*above, *below) if cell.strip()):
        return False
    over = [at for at, cell in enumerate(above) if cell.strip()]
    under = [at for at, cell in enumerate(below) if cell.strip()]
    if not any(at in over for at in under) or len(under) < 2:
        return False
    gaps = any(at not in over for at in under)  # a group spreads over what stands beside it below
    titled = len(over) == 1 and over[0] == min(under)  # one text over the first column is a title, not a group
    groups = sum(known_heading(above[at]) for at in over)
    return gaps and not titled and 2 * groups >= len(over)


def _joined(above: Sequence[str], below: Sequence[str], *, lower_alone: bool = False) -> list[str]:
    """One heading of two rows: a group's name goes before what stands under it, as far as the next group.

    lower_alone: leave the group out where there is something under it.
    """
    names, group = [], ""
    for at in range(max(len(above), len(below))):
        upper = " ".join(above[at].split()) if at < len(above) else ""
        under = " ".join(below[at].split()) if at < len(below) else ""
        if upper:
            group = upper if under else ""  # with nothing under it, it is a heading of both rows, and no group
        if upper and not under:
            names.append(upper)
        else:
            names.append(under if lower_alone or not under or under.casefold().startswith(group.casefold()) else f"{group} {under}".strip())
    return names


def _columns(heading: Sequence[Sequence[str]], body: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """(place, name) of each column that has a heading or a filled cell; "Column F" where it has no heading, a number where it is there twice."""
    texts = _joined(*heading) if len(heading) == 2 else [" ".join(cell.split()) for cell in heading[0]]
    width = max(len(texts), max((len(cells) for cells in body), default=0))
    used = {place for cells in body for place, cell in enumerate(cells) if cell.strip()}
    columns: list[tuple[int, str]] = []
    seen: set[str] = set()
    for place in range(width):
        text = texts[place] if place < len(texts) else ""
        if not text and place not in used:
            continue
        name = first = text or f"Column {column_letter(place)}"
        count = 1
        while name.casefold() in seen:
            count += 1
            name = f"{first} ({count})"
        seen.add(name.casefold())
        columns.append((place, name))
    return columns


def _rows_and_rest(lines: Sequence[Line], heading: Sequence[Sequence[str]]) -> tuple[list[Line], list[PassedOver]]:
    """Rows of the list, and lines below the heading that are none: the heading again, a total at the end."""
    headings = {tuple(cell.strip().casefold() for cell in cells if cell.strip()) for cells in heading}
    rows: list[Line] = []
    rest: list[PassedOver] = []
    for at, (row, cells) in enumerate(lines):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if tuple(cell.casefold() for cell in filled) in headings:
            rest.append(PassedOver(row, _begins(cells), "the heading again"))
        elif at >= len(lines) - 5 and _is_total(filled):
            rest.append(PassedOver(row, _begins(cells), "a total"))
        else:
            rows.append((row, list(cells)))
    return rows, rest


def _is_total(filled: Sequence[str]) -> bool:
    """A line such as "Total | 212": the word, and nothing but numbers or formulas beside it."""
    if not _TOTAL.match(filled[0]):
        return False
    digits_beside = all(number(cell) is not None or cell.startswith("=") for cell in filled[1:])
    return digits_beside and (len(filled) > 1 or re.search(r"\d", filled[0]) is not None or _TOTAL.fullmatch(filled[0]) is not None)


def _shifted(rows: Sequence[Line], width: int) -> frozenset[int]:
    """Rows that a comma in a cell has made wider than the heading; none where so many are wider that it is the heading that is short."""
    wide = [at for at, cells in rows if any(cell.strip() for cell in cells[width:])]
    return frozenset(wide) if len(wide) <= max(1, 0.2 * len(rows)) else frozenset()
