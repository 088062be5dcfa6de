"""Checks that the components share: what is wrong, where, and what was expected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def check_colour(colour: str | None, owner: str) -> None:
    """Raise ValueError naming ``owner`` unless ``colour`` is None or #rrggbb."""
    if colour is not None and not _COLOUR.fullmatch(colour):
        raise ValueError(f"{owner} has the colour {colour!r}: write it as #rrggbb, for example #762A83.")


def check_unique(values: Iterable[str], what: str) -> None:
    """Raise ValueError listing the values that occur more than once; ``what`` says what they are."""
    repeated = sorted(value for value, times in Counter(values).items() if times > 1)
    if repeated:
        raise ValueError(f"{what} must be different from each other; repeated: {', '.join(repeated)}.")


def check_count(value: int, owner: str) -> None:
    """Raise ValueError naming ``owner`` unless ``value`` is a whole number of at least 0."""
    if isinstance(value, float) or value < 0:
        raise ValueError(f"{owner} is {value!r}: a whole number of at least 0 was expected.")
