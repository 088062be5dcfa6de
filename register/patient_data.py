"""Keeping what is about patients out: a ten-digit number that passes the NHS number's own check is not let into any text."""

from __future__ import annotations

import re

_TEN = re.compile(r"(?<![\d+])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)")


def looks_like_nhs_number(text: str) -> bool:
    """Whether a text holds an NHS number: ten digits, 3-3-4, of which the last checks the others (modulo 11; NHS Data Dictionary)."""
    return any(_checks("".join(match.groups())) for match in _TEN.finditer(text))


def _checks(digits: str) -> bool:
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    # A number of one repeated digit passes the sum and is nobody's; a telephone number begins with 0, an NHS number with 4, 6 or 7.
    return check % 11 == int(digits[9]) and digits[0] in "467" and len(set(digits)) > 1
