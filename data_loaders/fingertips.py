"""The live client of OHID's Fingertips (an `IndicatorSource`): what is published is asked before values are.

API: https://fingertips.phe.org.uk/api (no key; every call is a GET). Values are asked for by batches of indicators within one
parent area, never for everything at once: a whole profile at practice level has been over a gigabyte.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from analysis.area_codes import levels_of
from data_loaders.errors import (
    AnswerCutShortError,
    NotPublishedError,
    QuestionRefusedError,
    ServerFaultError,
    UnexpectedAnswerError,
)
from data_loaders.fingertips_areas import (
    ENGLAND,
    NESTING,
    RECORDED,
    AreaType,
    in_words,
    levels_by_type,
    prefixed,
    read_area_types,
    read_parent_types,
    types_by_level,
)
from data_loaders.fingertips_csv import Parsed, parse, set_aside_frame
from data_loaders.fingertips_metadata import metadata_frame, read_json, read_polarities
from data_loaders.http_session import Answer, HttpSession
from data_loaders.indicator_source import MOST_INDICATORS, Fetched
from data_loaders.indicator_values import INDICATOR_COLUMNS, empty

logger = logging.getLogger(__name__)

NAME = "Fingertips"
HOSTS = ("https://fingertips.phe.org.uk/api/", "https://fingertipsws.phe.org.uk/api/")
T = TypeVar("T")
# Faults of one call that say nothing about the next: here what is recorded will do instead.
_OF_THE_CALL = (QuestionRefusedError, ServerFaultError, UnexpectedAnswerError)


class Fingertips:
    """Fingertips over an `HttpSession`. An instance remembers area types and availability: make one a pull, not one a process."""

    name = "OHID Fingertips"
    origin = "fingertips"

    def __init__(self, session: HttpSession, hosts: Sequence[str] = HOSTS) -> None:
        self._session = session
        self._hosts = tuple(hosts)
        self._types: dict[str, tuple[AreaType, ...]] | None = None
        self._parents: dict[int, frozenset[int]] | None = None
        self._available: dict[str, frozenset[int]] = {}
        self._shared: dict[tuple[int, int, str], tuple[frozenset[str], Answer[Parsed]]] = {}

    def area_type_ids(self) -> dict[str, int]:
        """Level → the id of its area type in force today, for links to pages (`fingertips_pages.page_address`)."""
        return {level: types[0].id for level, types in self._types_by_level().items()}

    def metadata(self, indicator_ids: Sequence[str]) -> pd.DataFrame:
        """See `IndicatorSource.metadata`. Where the polarities cannot be had, they are left empty and the log says so."""
        ids = _numeric(indicator_ids)
        found = []
        for batch in (ids[start : start + MOST_INDICATORS] for start in range(0, len(ids), MOST_INDICATORS)):
            asked = [("indicator_ids", ",".join(batch))]
            described = self._get(
                "indicator_metadata/by_indicator_id",
                [*asked, ("include_definition", "yes")],
                lambda body: read_json(body, NAME, dict),
            )
            try:
                polarities = self._get("indicator_metadata/csv/by_indicator_id", asked, lambda body: read_polarities(body, NAME))
                known, source = polarities.value, f"Fingertips indicator metadata, {polarities.asked_at:%Y-%m-%d}"
            except _OF_THE_CALL as problem:
                logger.warning("No polarity is read: %s (%s)", problem, problem.details)
                known, source = {}, ""
            wanted = {identifier: entry for identifier, entry in described.value.items() if identifier in batch}
            found.append(metadata_frame(wanted, known, source))
        return pd.concat(found, ignore_index=True) if found else empty(INDICATOR_COLUMNS)

    def available(self, indicator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """See `IndicatorSource.available`. One request an indicator, remembered."""
        levels = levels_by_type(self._types_by_level())
        return {
            identifier: frozenset().union(*(levels.get(one, frozenset()) for one in self._available_types(identifier)))
            for identifier in indicator_ids
        }

    def fetch(self, indicator_ids: Sequence[str], level: str, within: str) -> Fetched:
        """See `IndicatorSource.fetch`.

        Values are asked for under the parent that the area is, where Fingertips offers it (an ICB for its PCNs); otherwise under
        England, and those of other areas are set aside. Indicators that are not published for the level are left out and named in
        `absent`; NotPublishedError where that is all of them. Area types are asked for one by one: an authority's indicators may
        need two requests, one with the districts and one with the counties.
        """
        ids = list(dict.fromkeys(indicator_ids))
        if len(ids) > MOST_INDICATORS:
            raise ValueError(f"{len(ids)} indicators asked for at once; at most {MOST_INDICATORS} are answered")
        by_type, absent = self._by_type(ids, level)
        if not by_type:
            sentence = next(iter(absent.values())) if len(absent) == 1 else f"None of the {len(ids)} indicators is published for {in_words([level])}."
            raise NotPublishedError(NAME, sentence, frozenset().union(*self.available(ids).values()), details="; ".join(absent.values()))
        parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
        answers: list[Answer[Parsed]] = []
        for area_type, batch in by_type.items():
            parent, parent_code, wanted = self._parent(area_type, level, within)
            answer = self._values(area_type, batch, parent, parent_code)
            answers.append(answer)
            parts.append(_only(answer.value, level, None if parent_code == ENGLAND else within, wanted))
            missing = set(batch) - set(answer.value.values["indicator_id"])
            for identifier in sorted(missing):
                absent[identifier] = f"Fingertips says that indicator {identifier} is published for {in_words([level])} but gave no row of it."
        stale = [answer for answer in answers if answer.stale_since is not None]
        oldest = min(stale, key=lambda answer: answer.asked_at, default=None)
        return Fetched(
            values=pd.concat([values for values, _ in parts], ignore_index=True),
            set_aside=pd.concat([set_aside for _, set_aside in parts], ignore_index=True),
            address=" ".join(answer.address for answer in answers),
            asked_at=min(answer.asked_at for answer in answers),
            stale_since=oldest.asked_at if oldest else None,
            stale_because=str(oldest.problem) if oldest else "",
            absent=absent,
        )

    def _get(self, path: str, parameters: Sequence[tuple[str, str]], read: Callable[[bytes], T]) -> Answer[T]:
        return self._session.get([host + path for host in self._hosts], parameters, read)

    def _types_by_level(self) -> dict[str, tuple[AreaType, ...]]:
        """Today's area types by level; for a level, or all of them, that cannot be found, the recorded one."""
        if self._types is None:
            try:
                listed = self._get("area_types", [], lambda body: read_json(body, NAME, list)).value
            except _OF_THE_CALL as problem:
                logger.warning("The list of area types cannot be had, so the recorded ids are used: %s (%s)", problem, problem.details)
                listed = []
            found = types_by_level(read_area_types(listed))
            recorded = types_by_level(RECORDED)
            lost = [level for level in recorded if level not in found]
            if lost:
                logger.warning("No area type is called as expected for %s: the recorded ids are used", in_words(lost))
            self._types = {**recorded, **found}
        return self._types

    def _available_types(self, identifier: str) -> frozenset[int]:
        """The area types for which an indicator has values; none for one that does not exist."""
        if identifier not in self._available:
            if not _numeric([identifier]):
                return frozenset()
            listed = self._get("available_data", [("indicator_id", identifier)], lambda body: read_json(body, NAME, list)).value
            self._available[identifier] = frozenset(
                entry["AreaTypeId"]
                for entry in listed
                if isinstance(entry, dict) and isinstance(entry.get("AreaTypeId"), int) and str(entry.get("IndicatorId")) == identifier
            )
        return self._available[identifier]

    def _by_type(self, ids: Sequence[str], level: str) -> tuple[dict[AreaType, list[str]], dict[str, str]]:
        """The area type to ask for each indicator, the best that it has; and why the others have none."""
        types = self._types_by_level().get(level, ())
        by_type: dict[AreaType, list[str]] = {}
        absent: dict[str, str] = {}
        for identifier in ids:
            has = self._available_types(identifier)
            chosen = next((one for one in types if one.id in has), None)
            if chosen is not None:
                by_type.setdefault(chosen, []).append(identifier)
            elif levels := self.available([identifier])[identifier]:
                absent[identifier] = f"Indicator {identifier} is not published for {in_words([level])}: it is for {in_words(levels)}."
            else:
                absent[identifier] = f"Fingertips publishes nothing under indicator {identifier}: check its number."
        return by_type, absent

    def _parent(self, child: AreaType, level: str, within: str) -> tuple[int, str, frozenset[str] | None]:
        """The parent type and code to ask under, and the areas to keep (None for all that are answered)."""
        types = self._types_by_level()
        england = types["england"][0].id
        if within == ENGLAND:
            return england, ENGLAND, None
        parent_level = levels_of(pd.Series([within], dtype="str")).iloc[0]
        if parent_level == level:
            return england, ENGLAND, frozenset([within])
        candidates = types.get(parent_level, ())
        offered = self._parent_types().get(child.id)
        for one in candidates:
            if one.id in offered if offered is not None else (level, parent_level) in NESTING:
                return one.id, prefixed(within), None
        for one in candidates:
            children = self._children(child, one, within)
            if children:
                return england, ENGLAND, children
        raise QuestionRefusedError(
            NAME,
            400,
            f"no area type of {within} is offered as a parent of {child.short} ({child.id})",
            f"Fingertips does not say which {in_words([level])} lie within {within}: ask for them within England.",
        )

    def _parent_types(self) -> dict[int, frozenset[int]]:
        if self._parents is None:
            try:
                listed = self._get("area_types/parent_area_types", [], lambda body: read_json(body, NAME, list)).value
            except _OF_THE_CALL as problem:
                logger.warning("The list of parents cannot be had, so the usual nesting is used: %s (%s)", problem, problem.details)
                listed = []
            self._parents = read_parent_types(listed)
        return self._parents

    def _children(self, child: AreaType, parent: AreaType, within: str) -> frozenset[str]:
        """The areas, without prefix, that Fingertips lists under an area; none where it lists none."""
        asked = [("child_area_type_id", str(child.id)), ("parent_area_type_id", str(parent.id))]
        try:
            listed = self._get("parent_to_child_areas", asked, lambda body: read_json(body, NAME, dict)).value
        except _OF_THE_CALL as problem:
            logger.warning("The areas within %s cannot be had: %s (%s)", within, problem, problem.details)
            return frozenset()
        codes = listed.get(prefixed(within)) or listed.get(within) or []
        return frozenset(str(code).removeprefix("n") for code in codes)

    def _values(self, area_type: AreaType, ids: Sequence[str], parent: int, parent_code: str) -> Answer[Parsed]:
        """The values of indicators for an area type within a parent.

        One area type holds counties and the unitary authorities beside them: what was answered for one level is not asked again for
        the other, but taken from that answer.
        """
        question = (area_type.id, parent, parent_code)
        before = self._shared.get(question)
        if before is not None and before[0] >= set(ids):
            return replace(before[1], value=_of_indicators(before[1].value, ids))

        def read(body: bytes) -> Parsed:
            parsed = parse(body, NAME)
            if parsed.ends_short:
                raise AnswerCutShortError(NAME, "the last row breaks off before its last cell")
            if not parsed.rows:
                raise UnexpectedAnswerError(
                    NAME, "an empty table", "values that it says it has", f"indicators {','.join(ids)}, area type {area_type}", passing=True
                )
            return parsed

        asked = [
            ("indicator_ids", ",".join(ids)),
            ("child_area_type_id", str(area_type.id)),
            ("parent_area_type_id", str(parent)),
            ("parent_area_code", parent_code),
        ]
        answer = self._get("all_data/csv/by_indicator_id", asked, read)
        if len(levels_by_type(self._types_by_level()).get(area_type.id, ())) > 1:
            self._shared[question] = (frozenset(ids), answer)
        return answer


def _of_indicators(parsed: Parsed, ids: Sequence[str]) -> Parsed:
    """The values of some indicators of an answer. What was set aside stays with the question that set it aside."""
    mine = parsed.values["indicator_id"].isin(ids).to_numpy()
    return Parsed(parsed.values[mine].reset_index(drop=True), set_aside_frame(), int(mine.sum()), parsed.numbers[mine], False)


def _only(parsed: Parsed, level: str, parent_code: str | None, wanted: frozenset[str] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of England and of the areas asked for; the rest join those set aside.

    parent_code: where values were asked for under an area, its code without prefix. wanted: where only some areas are.
    """
    values = parsed.values
    reason = pd.Series("", index=values.index, dtype="str")
    england = values["area_code"] == ENGLAND
    other_level = ~england & (values["level"] != level)
    reason[other_level] = f"it is not of {in_words([level])}, which were asked for, nor of England"
    if parent_code is not None:
        elsewhere = ~england & (reason == "") & (values["parent_code"] != "") & (values["parent_code"] != parent_code)
        reason[elsewhere] = f"its area is not within {parent_code}"
    if wanted is not None:
        reason[~england & (reason == "") & ~values["area_code"].isin(wanted)] = "its area is not one that was asked for"
    out = reason != ""
    text = values.loc[out, ["indicator_id", "area_code", "area_name", "period"]].agg(",".join, axis=1)
    aside = set_aside_frame(parsed.numbers[out.to_numpy()], reason[out].to_numpy(), text.to_numpy() if len(text) else [])
    return values[~out].reset_index(drop=True), pd.concat([parsed.set_aside, aside], ignore_index=True).sort_values("row", ignore_index=True)


def _numeric(indicator_ids: Sequence[str]) -> list[str]:
    """The ids that are Fingertips' own, each once: others ("ons-…") are not asked for."""
    return [identifier for identifier in dict.fromkeys(indicator_ids) if identifier.isascii() and identifier.isdigit()]
