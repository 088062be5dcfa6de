"""What a pull will ask: the fewest questions that cover the indicators at the levels where they are published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from data_loaders.fingertips_areas import in_words
from data_loaders.indicator_source import MOST_INDICATORS
from data_loaders.layers import Missing
from data_loaders.pull_places import Within


class Question(NamedTuple):
    """At most MOST_INDICATORS indicators at a level. within: the areas to ask within, the first choice and what to ask instead."""

    level: str
    indicator_ids: tuple[str, ...]
    within: tuple[Within, ...]


class Plan(NamedTuple):
    """questions: in the order to ask them. missing: what is not published, a sentence for each indicator."""

    questions: tuple[Question, ...]
    missing: tuple[Missing, ...]


def called(indicator_id: str, names: Mapping[str, str]) -> str:
    """An indicator in a sentence: its name and id, or "Indicator 219" where its name is not known."""
    name = names.get(indicator_id)
    return f"{name} ({indicator_id})" if name else f"Indicator {indicator_id}"


def plan(
    indicator_ids: Sequence[str],
    within: Mapping[str, Sequence[Sequence[Within]]],
    available: Mapping[str, Collection[str]],
    names: Mapping[str, str] | None = None,
) -> Plan:
    """The questions for some indicators: for each level and area to ask within, one for each hundred that are published there.

    within: as `PullPlace.within`. available: indicator → the levels at which it is published, none for one that does not exist; an
    indicator that is not in it is left out (nobody knows). names: indicator → name, for the sentences. England's rows come with every
    answer, so the level "england" is asked only for indicators that no other question covers.
    """
    known = [one for one in dict.fromkeys(indicator_ids) if one in available]
    levels = [level for level in within if level != "england"]
    questions = []
    covered: set[str] = set()
    for level in (*levels, *(level for level in within if level == "england")):
        wanted = [one for one in known if level in available[one] and (level != "england" or one not in covered)]
        covered.update(wanted)
        batches = [wanted[start : start + MOST_INDICATORS] for start in range(0, len(wanted), MOST_INDICATORS)]
        questions += [Question(level, tuple(batch), tuple(choice)) for choice in within[level] for batch in batches]
    missing = []
    for one in known:
        absent = tuple(level for level in levels if level not in available[one])
        if not available[one]:
            reason = f"Nothing is published under indicator {one}: check its number."
        elif absent:
            reason = f"{called(one, names or {})} is not published for {in_words(absent)}: it is for {in_words(available[one])}."
        else:
            continue
        missing.append(Missing(one, absent, "not published", reason))
    return Plan(tuple(questions), tuple(missing))
