"""What a field may hold, read from the model's own columns, with a sentence for each thing to mend.

Text is kept as it is written: markup, formulas, emoji and right-to-left letters are text and nothing runs them. What shows it must not
either. Only what no database or screen can hold is refused: control characters and half of a pair of letters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import pandas as pd

from analysis.area_codes import levels_of
from register.cross_checks import CHECKS
from register.errors import FieldProblem, ValidationError
from register.model import ENTITIES, UNTRACKED
from register.patient_data import looks_like_nhs_number
from register.private_links import holds_invitation

MOST_IN_A_LIST = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PATTERNS = {
    "web": (re.compile(r"https?://[^\s/@]+\.[^\s@]+", re.IGNORECASE), "an address that begins https:// or http://"),
    "email": (re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+"), "an email address such as hello@example.org"),
    "phone": (re.compile(r"\+?[\d\s()./-]{5,30}(ext\.? ?\d+)?"), "a telephone number such as 020 7946 0000"),
}


class _WrongError(Exception):
    """One value cannot be used; the message completes “The name …”."""


def cleaned(
    entity: str, values: Mapping[str, Any], today: date, *, current: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values as they can be stored. ValidationError with every problem at once.

    values: fields of the entity by name; days as `date` or 2026-03-31. current: the record as it stands, where some of its fields are
    being changed; without it the record is new, and required fields must be there.
    """
    table = ENTITIES[entity].__table__
    problems: list[FieldProblem] = []
    clean: dict[str, Any] = {}
    for name, value in values.items():
        column = table.c.get(name)
        if column is None or name in UNTRACKED or name == "status" or "kind" not in column.info:
            near = get_close_matches(name, [key for key in table.c.keys() if key not in UNTRACKED], 1)  # noqa: SIM118
            hint = f" Did you mean “{near[0]}”?" if near else ""
            problems.append(FieldProblem(name, f"A {entity.replace('_', ' ')} has no field “{name}”.{hint}"))
            continue
        try:
            clean[name] = _value(column, value, today)
        except _WrongError as wrong:
            problems.append(FieldProblem(name, f"The {column.info['label']} {wrong}"))
    if current is None:
        problems += [
            FieldProblem(column.name, f"The {column.info['label']} is missing.")
            for column in table.c
            if column.info.get("required")
            and column.info["kind"] not in ("list", "flag")
            and clean.get(column.name) is None
            and not any(problem.field == column.name for problem in problems)
        ]
    whole = {**(current or {}), **clean}
    if not problems:
        problems += _orders(table.c, whole)
        problems += CHECKS[entity](whole) if entity in CHECKS else []
    if problems:
        raise ValidationError(problems)
    return clean


def _orders(columns: Any, whole: Mapping[str, Any]) -> list[FieldProblem]:
    found = []
    for column in columns:
        first = column.info.get("after")
        if first and whole.get(first) and whole.get(column.name) and whole[column.name] < whole[first]:
            found.append(
                FieldProblem(
                    column.name,
                    f"The {column.info['label']} ({whole[column.name]}) is before the start ({whole[first]}).",
                )
            )
    return found


def _value(column: Any, value: Any, today: date) -> Any:
    info = column.info
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        value = None
    if value is None or (isinstance(value, str) and not value.strip() and info["kind"] != "list"):
        if info["kind"] == "list":
            return []
        if info["kind"] == "flag":
            return False
        if info["required"]:
            raise _WrongError("is missing.")
        return None
    match info["kind"]:
        case "text" | "link":
            return _text(value, info)
        case "list":
            return _list(value, info)
        case "day":
            return _day(value, info, today)
        case "number":
            return _number(value, info)
        case _:
            if not isinstance(value, bool):
                raise _WrongError("is yes or no (true or false).")
            return value


def _text(value: Any, info: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise _WrongError(f"is text, not {type(value).__name__}.")
    value = value.replace("\r\n", "\n").strip()
    if _CONTROL.search(value):
        raise _WrongError(
            "holds a character that cannot be stored (a control character). Type it again rather than pasting it."
        )
    if info.get("pattern") == "area":
        return _area(value, info)
    longest = info.get("longest", 36)
    if len(value) > longest:
        raise _WrongError(f"is {len(value):,} letters long; at most {longest:,} can be kept. Shorten it.")
    if info.get("words") and value not in info["words"]:
        near = get_close_matches(value.casefold(), [word.casefold() for word in info["words"]], 1, 0.5)
        meant = next((word for word in info["words"] if near and word.casefold() == near[0]), None)
        hint = f" Did you mean “{meant}”?" if meant else f" Choose one of: {'; '.join(info['words'])}."
        raise _WrongError(f"cannot be “{_short(value)}”.{hint}")
    pattern = info.get("pattern")
    if pattern and not _PATTERNS[pattern][0].fullmatch(value):
        raise _WrongError(f"is not {_PATTERNS[pattern][1]}: “{_short(value)}”.")
    if not info.get("private") and holds_invitation(value):
        raise _WrongError(
            "holds an invitation to a private group. Take it out, and add it as a private channel instead: it is kept there only."
        )
    # Ids and addresses are made of digits that mean nothing of the kind; only what people write is looked at.
    if info.get("kind") != "link" and not info.get("identifier") and pattern != "web" and looks_like_nhs_number(value):
        raise _WrongError(
            "holds what looks like an NHS number. The register keeps nothing about patients: take it out."
        )
    return value


@lru_cache(maxsize=50_000)
def _level_of(code: str) -> str | None:
    """The level of a code's shape; an import asks for the same few thousand again and again."""
    level = levels_of(pd.Series([code], dtype="str")).iloc[0]
    return level if isinstance(level, str) else None


def _area(value: str, info: Mapping[str, Any]) -> str:
    code = value.upper()
    level = _level_of(code)
    if level is None:
        raise _WrongError(f"is not a published area code such as E09000030: “{_short(value)}”.")
    wanted = info.get("level")
    if wanted and level != wanted:
        kind = {"lsoa": "an LSOA (E01…)", "authority": "a local authority (E06… to E09…)"}[wanted]
        raise _WrongError(f"is not the code of {kind}: “{code}”.")
    return code


def _list(value: Any, info: Mapping[str, Any]) -> list[str]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise _WrongError("is a list.")
    items = list(dict.fromkeys(_text(item, info) for item in value if item is not None and str(item).strip()))
    if len(items) > MOST_IN_A_LIST:
        raise _WrongError(f"has {len(items):,} entries; at most {MOST_IN_A_LIST} can be kept.")
    return items


def _day(value: Any, info: Mapping[str, Any], today: date) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            raise _WrongError(f"is not a date: “{_short(value)}”. Write it as 2026-03-31.") from None
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        raise _WrongError("is not a date. Write it as 2026-03-31.")
    if value.year < 1900 or value.year > 2200:
        raise _WrongError(f"({value}) is not a likely year.")
    if info.get("past") and value > today:
        raise _WrongError(f"({value}) is in the future.")
    return value


def _number(value: Any, info: Mapping[str, Any]) -> float | int:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _WrongError(f"is not a number: “{_short(str(value))}”.") from None
    lowest, highest = info.get("lowest", 0), info["highest"]
    if not lowest <= number <= highest:
        where = " Is it in England, and in the right column?" if highest < 1_000_000 else ""
        raise _WrongError(f"({number:g}) is not between {lowest:,g} and {highest:,g}.{where}")
    if info.get("whole"):
        if number != int(number):
            raise _WrongError(f"({number:g}) is a whole number.")
        return int(number)
    return number


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def cleaned_text(value: str | None, label: str, longest: int, *, required: bool = False) -> str | None:
    """One text outside a record, such as a note. ValidationError as for a field."""
    if value is None or not value.strip():
        if required:
            raise ValidationError([FieldProblem("note", f"The {label} is missing: say in a sentence why.")])
        return None
    try:
        return _text(value, {"longest": longest, "label": label})
    except _WrongError as wrong:
        raise ValidationError([FieldProblem("note", f"The {label} {wrong}")]) from None
