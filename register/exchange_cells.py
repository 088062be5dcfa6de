"""Between a field of the register and a cell of a table, both ways: what goes out comes back as it was.

Lists are separated by semicolons; where an item has one itself, each item stands on a line of its own. Days are written 2026-03-31 and
may be read as 31/03/2026. Yes and no stand for flags. A word of a vocabulary may be written in any case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column

_DAYS = ("%d/%m/%Y", "%d %B %Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_YES, _NO = ("yes", "true", "y", "1"), ("no", "false", "n", "0")


def to_cell(value: Any) -> str:
    """A field as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list):
        if any(";" in item or "\n" in item for item in value):
            return "".join(f"{' '.join(item.splitlines())}\n" for item in value)
        return "; ".join(value)
    return str(value)


def from_cell(cell: str, column: Column[Any]) -> Any:
    """A cell as the field may hold it; what cannot be read is handed on as text, for `register.validation` to say what was expected."""
    kind, words = column.info["kind"], column.info.get("words")
    text = cell.strip()
    if kind == "list":
        items = cell.splitlines() if "\n" in cell else cell.split(";")
        return [_worded(item.strip(), words) for item in items if item.strip()]
    if kind == "flag":
        known = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
        return known.get(text.casefold(), text)
    if kind == "day":
        return _day(text)
    return _worded(text, words)


def _worded(text: str, words: Any) -> str:
    """The vocabulary's own spelling of a word, whatever the case it was typed in."""
    return {word.casefold(): word for word in words or ()}.get(text.casefold(), text)


def _day(text: str) -> str:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return text
