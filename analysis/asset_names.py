"""Whether two names of community assets are one name, and whether they say different kinds of building or different faiths.

Built on `near_duplicates.names_agree`, which compares records of one list; lists of different publishers ask for more care.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from analysis.near_duplicates import SAME_NAME, comparable_names, names_agree, telling_words

WORTH_COMPARING = 70.0
TYPO = 80.0
"""Words that only one of two names has must be alike by this ratio where both have some: "north" and "south" are not (60)."""

Integers = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# One kind of building under the words for it. Two names that each say one, and none in common, are not surely one place.
_BUILDINGS = {
    "church": "church chapel cathedral minster abbey tabernacle",
    "mosque": "mosque masjid",
    "synagogue": "synagogue shul",
    "temple": "temple mandir vihara",
    "gurdwara": "gurdwara gurudwara",
    "library": "library",
    "hall": "hall halls",
    "centre": "centre center hub",
    "rooms": "room rooms clubroom",
    "club": "club",
    "school": "school academy college nursery",
}
# A building beside another: "St Luke's Church Hall" is not "St Luke's Church".
_BESIDE = frozenset({"hall", "rooms", "club", "school"})
_BUILDING_OF = {word: kind for kind, words in _BUILDINGS.items() for word in words.split()}
_FAITH_WORDS = {
    "Christian": "church chapel cathedral minster abbey methodist baptist anglican catholic pentecostal evangelical",
    "Muslim": "mosque masjid islamic muslim",
    "Jewish": "synagogue shul jewish",
    "Sikh": "gurdwara gurudwara sikh",
    "Hindu": "mandir hindu",
    "Buddhist": "buddhist vihara",
    "Jain": "jain",
}
# Words of a name that say which of a town's congregations it is, and the denomination as records give it where there is one word for it.
_DENOMINATIONS = {
    "methodist": "Methodist",
    "baptist": "Baptist",
    "catholic": "Catholic",
    "anglican": "Anglican",
    "pentecostal": "Pentecostal",
    "evangelical": "Evangelical",
    "quaker": "Quaker",
    "salvation": "Salvation Army",
    "jehovah": "Jehovah's Witness",
    "jehovahs": "Jehovah's Witness",
    "adventist": "Seventh-day Adventist",
    "congregational": "Congregational",
    "unitarian": "Unitarian",
    "spiritualist": "Spiritualist",
    "urc": "United Reformed",
    "ahmadiyya": "Ahmadiyya",
}
_CONGREGATION_WORDS = frozenset(_DENOMINATIONS) | {
    *("reformed", "free", "gospel", "apostolic", "orthodox", "moravian", "lutheran", "sunni", "shia"),
}
_FAITH_OF = {word: faith for faith, words in _FAITH_WORDS.items() for word in words.split()}


@dataclass(frozen=True)
class Names:
    """Comparable names and what their words say. telling: the words that say which place; buildings, faiths, congregations: what others imply."""

    texts: pd.Series
    words: list[frozenset[str]]
    telling: list[frozenset[str]]
    buildings: list[frozenset[str]]
    faiths: list[frozenset[str]]
    congregations: list[frozenset[str]]

    @property
    def named(self) -> Flags:
        """Which have a name."""
        return self.texts.ne("").to_numpy(dtype=bool)

    @property
    def denominations(self) -> list[str | None]:
        """The denomination that a name says, as records write it, or None."""
        said = [sorted(words & frozenset(_DENOMINATIONS)) for words in self.congregations]
        return [", ".join(_DENOMINATIONS[word] for word in words) or None for words in said]


@dataclass(frozen=True)
class NamesCompared:
    """For each pair. score: 0 to 100. alike: one name, as names_agree has it. same: the same telling words but for slips. whole: the
    whole names are the same, words for the kind of place included. clash: the names say different buildings.
    adds: one name has words that the other lacks, and not the other way.
    """

    score: Floats
    alike: Flags
    same: Flags
    whole: Flags
    clash: Flags
    adds: Flags


def read_names(names: pd.Series) -> Names:
    """Names made comparable (near_duplicates.comparable_names), with one spelling of "food bank" and no legal form at the end."""
    plain = comparable_names(names).reset_index(drop=True)
    plain = plain.str.replace(r"\bfoodbank", "food bank", regex=True)
    plain = plain.str.replace(r"(?<=\w) (?:ltd|limited|cio)$", "", regex=True)
    split = [text.split() for text in plain.tolist()]
    return Names(
        plain,
        [frozenset(words) for words in split],
        [frozenset(words) for words in telling_words(plain).tolist()],
        [frozenset(_BUILDING_OF[word] for word in words if word in _BUILDING_OF) for words in split],
        [frozenset(_FAITH_OF[word] for word in words if word in _FAITH_OF) for words in split],
        # St John the Baptist is no Baptist.
        [frozenset(text.split()) & _CONGREGATION_WORDS for text in plain.str.replace("the baptist", "").tolist()],
    )


_SMALL_WORDS = frozenset({"the", "of", "and"})


def _only_one_adds(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one whole name has words that the other lacks, and not the other way: "Food Bank", "Hall"."""
    return bool(one - other - _SMALL_WORDS) != bool(other - one - _SMALL_WORDS)


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(letter.isdigit() for letter in word))


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the telling words that only one name has make it another place: another number, or no slip of the other's."""
    if _numbers(one) != _numbers(other):
        return True
    mine, theirs = one - other, other - one
    return bool(mine and theirs) and fuzz.ratio(" ".join(sorted(mine)), " ".join(sorted(theirs))) < TYPO


def _other_building(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and (not one & other or bool((one ^ other) & _BESIDE))


def compared(names: Names, first: Integers, second: Integers, confirmed: Flags) -> NamesCompared:
    """Compare the names at `first` with those at `second`. confirmed: both records give one denomination (see names_agree)."""
    telling = np.array([" ".join(sorted(words)) for words in names.telling], dtype=object)
    whole = np.array([" ".join(sorted(words)) for words in names.words], dtype=object)
    said = (telling[first] != "") & (telling[second] != "")
    left, right = np.where(said, telling[first], whole[first]), np.where(said, telling[second], whole[second])
    in_order = process.cpdist(left, right, scorer=fuzz.ratio, dtype=np.float64)
    score = (in_order + process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float64)) / 2
    all_words = process.cpdist(whole[first], whole[second], scorer=fuzz.ratio, dtype=np.float64)
    named = names.named[first] & names.named[second]
    score[~named] = 0.0

    at = np.flatnonzero(named & (score >= WORTH_COMPARING))
    alike = np.zeros(len(first), bool)
    alike[at] = names_agree(names.texts, first[at], second[at], confirmed[at])

    def told(say: Callable[[frozenset[str], frozenset[str]], bool], sets: list[frozenset[str]]) -> Flags:
        flags = np.zeros(len(first), bool)
        flags[at] = np.array([say(sets[i], sets[j]) for i, j in zip(first[at], second[at], strict=True)], dtype=bool)
        return flags

    differ, clash = told(_differ, names.telling), told(_other_building, names.buildings)
    adds = told(_only_one_adds, names.words)
    # "Broadwater Church" is "Broadwater Baptist Church" only if its record says Baptist.
    steady = confirmed | told(frozenset.__eq__, names.congregations)
    near = named & (score >= WORTH_COMPARING) & ~differ & steady
    return NamesCompared(
        np.where(differ, np.minimum(score, WORTH_COMPARING), score),
        alike & near,
        near & (in_order >= SAME_NAME) & (said | (all_words >= SAME_NAME)),
        near & (all_words >= SAME_NAME) & ~adds & ~clash,
        clash,
        adds,
    )
