"""Days of the week in what people write of opening times: "Tues & Thurs 10-2", "weekdays", "Mon–Fri, closed Wed"."""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.vocabularies import DAYS

_NAMES = ("mon(?:day)?s?", "tue(?:s|sday)?s?", "wed(?:s|nesday)?s?", "thu(?:r|rs|rsday)?s?", "fri(?:day)?s?", "sat(?:urday)?s?", "sun(?:day)?s?")
_DAY = re.compile("|".join(rf"(?P<d{at}>\b{name}\b)" for at, name in enumerate(_NAMES)))
_GROUPS = (
    (r"\b(?:every ?day|daily|all week|seven days|7 days|24/7|every day of the week|mon(?:day)?\s*-\s*sun(?:day)?)\b", range(7)),
    (r"\b(?:week ?days|working days|every weekday|m\s*-\s*f)\b", range(5)),
    (r"\bweek ?ends?\b", (5, 6)),
)
_TOKEN = re.compile(r"(?P<shut>\b(?:closed|not open|except|excluding|excl|not|apart from)\b)|(?P<open>\b(?:open|opens)\b)|(?P<end>[;.\n()](?!\d))|"
                    r"(?P<group>~(?P<which>\d)~)|(?P<day>#(?P<number>\d)#)(?:\s*(?:-|to|till|until|through|thru)\s*#(?P<last>\d)#)?")  # fmt: skip
# As OpenStreetMap writes days; "We" is a word as well, so only before a time, a dash or another day.
_CAPITALS = re.compile(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b(?=\s*(?:[-,;:0-9\u2013]|$))")


@lru_cache(maxsize=50_000)
def days_of(text: str) -> tuple[str, ...]:
    """The days (of DAYS, in the week's order) that a text says something is open on; none where it names none. Closed days are not among them.

    >>> days_of("Tues & Thurs 10-2"), days_of("Mon - Fri (closed Wednesdays)")
    (('Tu', 'Th'), ('Mo', 'Tu', 'Th', 'Fr'))
    """
    plain = _CAPITALS.sub(lambda found: f"#{DAYS.index(found[1])}#", text.replace("\u2013", "-").replace("\u2014", "-")).casefold()
    for at, (pattern, _) in enumerate(_GROUPS):
        plain = re.sub(pattern, f"~{at}~", plain)
    plain = _DAY.sub(lambda found: f"#{(found.lastgroup or 'd0')[1]}#", plain)
    opened: set[int] = set()
    shut: set[int] = set()
    into = opened
    for found in _TOKEN.finditer(plain):
        if found["shut"]:
            into = shut
        elif found["open"] or found["end"]:
            into = opened
        elif found["group"]:
            into.update(_GROUPS[int(found["which"])][1])
        else:
            first, last = int(found["number"]), int(found["last"] or found["number"])
            into.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(DAYS[at] for at in sorted(opened - shut))
