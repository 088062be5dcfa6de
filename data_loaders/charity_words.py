"""What the Charity Commission's classification codes say, in this tool's words. A charity ticks its own codes; nobody checks them.

Codes: What a charity does (101 to 117), Who it helps (201 to 207), How it works (301 to 310), as the public register extract has them in
`charity_classification`. A code is given a meaning here only where it has one by itself: "other defined groups" says nothing of whom, and
"people of a particular ethnic or racial origin" does not say which, so neither is among whom a charity is for; both stay in its description.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.asset_records import joined

RELIGIOUS_ACTIVITIES = 108
BUILDINGS = 305

WORDS = {
    101: "general charitable purposes",
    102: "education and training",
    103: "health and saving lives",
    104: "disability",
    105: "preventing or relieving poverty",
    106: "overseas aid",
    107: "housing",
    108: "religious activities",
    109: "arts, culture, heritage and science",
    110: "amateur sport",
    111: "animals",
    112: "environment and conservation",
    113: "community development and employment",
    114: "armed forces and emergency services",
    115: "human rights, equality and harmony",
    116: "recreation",
    117: "other purposes",
    201: "children and young people",
    202: "older people",
    203: "disabled people",
    204: "people of a particular ethnic or racial origin (the register does not say which)",
    205: "other charities",
    206: "other groups (the register does not say which)",
    207: "everyone",
    301: "grants to people",
    302: "grants to organisations",
    303: "other money",
    304: "people's time",
    305: "buildings, facilities or open space",
    306: "services",
    307: "advice, information and speaking up for people",
    308: "research",
    309: "an umbrella for other bodies",
    310: "other work",
}
WHO_FOR = {201: ("children", "young people"), 202: ("older people",), 203: ("disabled people",), 207: ("everyone",)}
ACTIVITY_GROUPS = {
    102: "educational",
    105: "practical",
    107: "practical",
    109: "social",
    110: "social",
    113: "practical",
    116: "social",
    301: "practical",
    307: "practical",
}
"""Health, disability and religion are left out: support groups, equipment and research are all ticked alike."""
_GROUPS = (("Works on", range(100, 200)), ("For", range(200, 300)), ("Gives", range(300, 400)))


@dataclass(frozen=True)
class Meaning:
    """What a charity's codes say: columns of the asset table."""

    description: str | None
    who_for: str | None
    activity_groups: str | None
    organisation_type: str | None
    space: str | None


def meaning(codes: Iterable[int]) -> Meaning:
    """What a set of codes says; codes that are not in WORDS say nothing.

    A charity with religious activities among what it does is a "faith group": that it is one is all that the code supports. It says neither
    which tradition nor which kind (a congregation, a school, a fund), and a charity of a faith that does not tick it is not found. To ask
    that nothing else be ticked would leave out those that also teach or feed people.
    """
    known = sorted(set(codes) & set(WORDS))
    said = [f"{verb} {', '.join(words)}." for verb, span in _GROUPS if (words := [WORDS[code] for code in known if code in span])]
    return Meaning(
        description=" ".join(said) or None,
        who_for=joined(word for code in known for word in WHO_FOR.get(code, ())),
        activity_groups=joined(group for group in ("practical", "educational", "social") if group in {ACTIVITY_GROUPS.get(code) for code in known}),
        organisation_type="faith group" if RELIGIOUS_ACTIVITIES in known else None,
        space="says that it provides buildings, facilities or open space" if BUILDINGS in known else None,
    )
