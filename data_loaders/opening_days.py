"""On which days a place is open, out of OpenStreetMap's `opening_hours` and `service_times`: the common part of the grammar, no more.

Grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. Read are weekdays, lists and ranges of them, public and
school holidays, times of day, `24/7`, `off` and `closed`. Months, weeks, dates, "the first Sunday", comments and fallbacks are not: a
text with any of them is not read at all, because half of it would say that a place is shut on days when it is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from analysis.asset_records import joined
from analysis.vocabularies import DAY_NAMES, DAYS

LONGEST = 255
"""OpenStreetMap's limit on the length of a value."""
_HOLIDAYS = {"PH": "public holidays", "SH": "school holidays"}
_DAY = "Mo|Tu|We|Th|Fr|Sa|Su"
_SELECTOR = rf"(?:(?:{_DAY})(?:-(?:{_DAY}))?|PH|SH)"
_SELECTORS = rf"{_SELECTOR}(?:,{_SELECTOR})*"
_MOMENT = r"(?:(?:[01]?\d|2\d):[0-5]\d|sunrise|sunset|dawn|dusk)"
_SPAN = rf"{_MOMENT}(?:-{_MOMENT}\+?|\+)"
_RULE = re.compile(rf"(?P<selectors>{_SELECTORS})?\s*(?P<times>{_SPAN}(?:,{_SPAN})*)?\s*(?P<closed>off|closed)?\s*(?P<open>open)?")
_RULE_OF_SERVICES = re.compile(
    rf"(?P<selectors>{_SELECTORS})?\s*(?P<times>(?:{_SPAN}|{_MOMENT})(?:,(?:{_SPAN}|{_MOMENT}))*)?\s*(?P<closed>off|closed)?\s*(?P<open>open)?"
)
# A comma that starts a further rule stands after a time and before a day; any other is within a list.
_AFTER_A_TIME = "|".join(["(?<=[0-9+])", *(f"(?<={end})" for end in ("set", "ise", "awn", "usk", "off", "sed"))])
_FURTHER = re.compile(rf"(?:{_AFTER_A_TIME}),(?=(?:{_DAY}|PH|SH)(?![a-z]))")


@dataclass(frozen=True)
class Rule:
    """Days (of DAYS) and holidays (PH, SH) on which it is open at some times, all day where none are said, or closed."""

    days: tuple[str, ...]
    holidays: tuple[str, ...]
    times: str
    closed: bool


def _selected(selectors: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    days: set[str] = set()
    for part in selectors.split(","):
        first, _, last = part.partition("-")
        if first in DAYS:
            start, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7 + 1
            days.update(DAYS[(start + step) % 7] for step in range(length))
    holidays = tuple(name for name in _HOLIDAYS if name in selectors.split(","))
    return tuple(day for day in DAYS if day in days), holidays


def _one(text: str, *, services: bool) -> Rule | None:
    if text == "24/7":
        return Rule(DAYS, (), "all day", False)
    match = (_RULE_OF_SERVICES if services else _RULE).fullmatch(text)
    if not text or match is None or (match["closed"] and (match["times"] or match["open"])):
        return None
    days, holidays = _selected(match["selectors"]) if match["selectors"] else (DAYS, ())
    return Rule(days, holidays, match["times"] or "", bool(match["closed"]))


def rules(text: str, *, services: bool = False) -> tuple[Rule, ...] | None:
    """A value as rules of which none contradicts another, in order; None where any of it cannot be read.

    services: `service_times`, where a moment without an end ("Su 10:30") is a time too. A later rule after a semicolon stands in place
    of an earlier one for its own days, as the specification says; one after a comma adds to it.
    """
    plain = re.sub(r"\s*([,-])\s*(?=\S)", r"\1", text.strip().replace("–", "-"))
    if len(text) > LONGEST:
        return None
    kept: list[Rule] = []
    for written in filter(None, (part.strip() for part in plain.split(";"))):
        for number, further in enumerate(_FURTHER.split(written)):
            rule = _one(further.strip(), services=services)
            if rule is None:
                return None
            if number == 0 or rule.closed:
                kept = [_without(earlier, rule) for earlier in kept]
            kept.append(rule)
    return tuple(rule for rule in kept if rule.days or rule.holidays) or None


def _without(rule: Rule, later: Rule) -> Rule:
    return replace(
        rule,
        days=tuple(day for day in rule.days if day not in later.days),
        holidays=tuple(name for name in rule.holidays if name not in later.holidays),
    )


def days_open(opening_hours: str | None, service_times: str | None = None) -> str | None:
    """The days on which either says that it is open, joined; None where neither says, or where either cannot be read.

    >>> days_open("Mo-Fr 09:00-17:00; We off", "Su 10:30")
    'Mo; Tu; Th; Fr; Su'
    """
    days: set[str] = set()
    for text, services in ((opening_hours, False), (service_times, True)):
        if text and text.strip():
            found = rules(text, services=services)
            if found is None:
                return None
            days.update(day for rule in found if not rule.closed for day in rule.days)
    return joined(day for day in DAYS if day in days)


def in_words(text: str, *, services: bool = False) -> str:
    """A value in plain words where it can be read, otherwise as it was given.

    >>> in_words("Mo-Fr 09:00-17:00; PH off")
    'Monday to Friday 09:00 to 17:00; public holidays closed'
    """
    found = rules(text, services=services)
    if found is None:
        return re.sub(r"\s+", " ", text).strip()
    said = "; ".join(_said(rule) for rule in found)
    return said[:1].upper() + said[1:]


def _said(rule: Rule) -> str:
    when = "closed" if rule.closed else rule.times.replace("-", " to ").replace(",", ", ").replace("+", " or later")
    return " ".join(filter(None, [_days_said(rule), when]))


def _days_said(rule: Rule) -> str:
    if rule.days == DAYS:
        names = ["every day"]
    else:
        runs: list[list[str]] = []
        for day in rule.days:
            if runs and DAYS.index(runs[-1][-1]) + 1 == DAYS.index(day):
                runs[-1].append(day)
            else:
                runs.append([day])
        names = []
        for run in runs:
            if len(run) > 2:
                names.append(f"{DAY_NAMES[run[0]]} to {DAY_NAMES[run[-1]]}")
            else:
                names += [DAY_NAMES[day] for day in run]
    names += [_HOLIDAYS[name] for name in rule.holidays]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
