"""The successor of Fingertips, Find Public Health Data (DHSC), behind the same interface (an `IndicatorSource`).

Contract: its public repository (Marvell-Consulting/find-public-health-data, MIT), as it was in August 2026, before it was live.
Fingertips ids stay the public ids. It answers one indicator at a time, for at most twenty areas, and silently leaves out any more.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import pandas as pd

from analysis.area_codes import levels_of
from data_loaders.errors import NotPublishedError, QuestionRefusedError, UnexpectedAnswerError
from data_loaders.fingertips_areas import ENGLAND, RECORDED, in_words, levels_of_type, types_by_level
from data_loaders.fingertips_csv import set_aside_frame
from data_loaders.fingertips_metadata import polarity, read_json
from data_loaders.http_session import Answer, HttpSession
from data_loaders.indicator_source import MOST_INDICATORS, Fetched
from data_loaders.indicator_values import INDICATOR_COLUMNS, empty, typed
from data_loaders.observations import ORIGIN, read_observations

logger = logging.getLogger(__name__)

NAME = "Find Public Health Data"
MOST_AREAS = 20
_NOT_FOUND = 404
T = TypeVar("T")


class FindPublicHealthData:
    """Find Public Health Data over an `HttpSession`. hosts: its base addresses, each ending in /api/. An instance remembers what it
    has asked about indicators and areas: make one a pull, not one a process."""

    name = "DHSC Find Public Health Data"
    origin = ORIGIN

    def __init__(self, session: HttpSession, hosts: Sequence[str]) -> None:
        self._session = session
        self._hosts = tuple(hosts)
        self._details: dict[str, Answer[dict[str, Any]] | None] = {}
        self._areas: dict[str, tuple[str, ...]] = {}

    def metadata(self, indicator_ids: Sequence[str]) -> pd.DataFrame:
        """See `IndicatorSource.metadata`. One request an indicator, remembered."""
        rows = []
        for identifier in dict.fromkeys(indicator_ids):
            answer = self._detail(identifier)
            if answer is not None:
                rows.append(_described(identifier, answer.value, answer.asked_at))
        return typed(pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS)), INDICATOR_COLUMNS) if rows else empty(INDICATOR_COLUMNS)

    def available(self, indicator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """See `IndicatorSource.available`. One request an indicator, remembered."""
        return {
            identifier: frozenset().union(*(levels_of_type(name) for name in self._type_names(identifier))) for identifier in indicator_ids
        }

    def fetch(self, indicator_ids: Sequence[str], level: str, within: str) -> Fetched:
        """See `IndicatorSource.fetch`. The service computes neither trends nor comparisons, so those columns are empty."""
        ids = list(dict.fromkeys(indicator_ids))
        if len(ids) > MOST_INDICATORS:
            raise ValueError(f"{len(ids)} indicators asked for at once; at most {MOST_INDICATORS} are asked for")
        available = self.available(ids)
        absent = {identifier: _why_absent(identifier, level, levels) for identifier, levels in available.items() if level not in levels}
        wanted = [identifier for identifier in ids if identifier not in absent]
        if not wanted:
            sentence = next(iter(absent.values())) if len(absent) == 1 else f"None of the {len(ids)} indicators is published for {in_words([level])}."
            raise NotPublishedError(NAME, sentence, frozenset().union(*available.values()), details="; ".join(absent.values()))
        answers: list[Answer[Any]] = []
        parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
        for identifier in wanted:
            values, set_aside = self._values(identifier, level, within, answers)
            if values.empty:
                absent[identifier] = f"{NAME} says that indicator {identifier} is published for {in_words([level])} but gave no value of it."
            parts.append((values, set_aside))
        stale = [answer for answer in answers if answer.stale_since is not None]
        oldest = min(stale, key=lambda answer: answer.asked_at, default=None)
        return Fetched(
            values=pd.concat([values for values, _ in parts], ignore_index=True),
            set_aside=pd.concat([set_aside for _, set_aside in parts], ignore_index=True) if parts else set_aside_frame(),
            address=" ".join(answer.address for answer in answers),
            asked_at=min((answer.asked_at for answer in answers), default=self._asked_at(wanted)),
            stale_since=oldest.asked_at if oldest else None,
            stale_because=str(oldest.problem) if oldest else "",
            absent=absent,
        )

    def _get(self, path: str, parameters: Sequence[tuple[str, str]], read: Callable[[bytes], T]) -> Answer[T]:
        return self._session.get([host + path for host in self._hosts], parameters, read, accept="application/json")

    def _asked_at(self, ids: Sequence[str]) -> datetime:
        return min(answer.asked_at for identifier in ids if (answer := self._details.get(identifier)) is not None)

    def _detail(self, identifier: str) -> Answer[dict[str, Any]] | None:
        """What the service says of an indicator; None for one that it does not have."""
        if identifier not in self._details:
            if not (identifier.isascii() and identifier.isdigit()):
                return None
            try:
                self._details[identifier] = self._get(f"indicators/{identifier}", [], lambda body: read_json(body, NAME, dict))
            except QuestionRefusedError as problem:
                if problem.status != _NOT_FOUND:
                    raise
                self._details[identifier] = None
        return self._details[identifier]

    def _type_names(self, identifier: str) -> list[str]:
        answer = self._detail(identifier)
        listed = answer.value.get("areaTypes") if answer is not None else None
        return [str(one["name"]) for one in listed if isinstance(one, dict) and one.get("name")] if isinstance(listed, list) else []

    def _values(self, identifier: str, level: str, within: str, answers: list[Answer[Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """An indicator's values for England and for the areas asked for; every answer is added to `answers`."""
        names = [name for name in self._type_names(identifier) if level in levels_of_type(name)]
        area_types = {code.removeprefix("n"): name for name in reversed(names) for code in self._areas_of(name)}
        codes = [code for name in names for code in self._areas_of(name)]
        levels = levels_of(pd.Series([code.removeprefix("n") for code in codes], dtype="str"))
        codes = [code for code, its_level in zip(codes, levels, strict=True) if its_level == level and code != ENGLAND]
        codes = self._within(list(dict.fromkeys(codes)), level, within)
        area_types[ENGLAND] = "England"
        read: list[dict[str, Any]] = []
        codes = [ENGLAND, *codes]
        for start in range(0, len(codes), MOST_AREAS):
            # Both spellings of the parameter are in the service's history; it passes over the one that it does not know.
            batch = codes[start : start + MOST_AREAS]
            asked = [(parameter, code) for code in batch for parameter in ("area_code", "areaCode")]
            try:
                answer = self._get(f"indicators/{quote(identifier)}/data", asked, _areas)
            except QuestionRefusedError as problem:
                if problem.status != _NOT_FOUND:
                    raise
                logger.warning("%s has none of the areas %s for indicator %s", NAME, ", ".join(batch), identifier)
                continue
            answers.append(answer)
            read += answer.value
        values, set_aside = read_observations(read, identifier, area_types)
        values["parent_code"] = values["parent_code"].mask(values["area_code"] != ENGLAND, within)
        values["parent_name"] = values["parent_name"].mask((values["area_code"] != ENGLAND) & (within == ENGLAND), "England")
        return values, set_aside

    def _areas_of(self, type_name: str) -> tuple[str, ...]:
        """The codes of an area type's areas, as the service has them."""
        if type_name not in self._areas:
            groups = self._get("areas", [("areaType", type_name)], lambda body: read_json(body, NAME, list)).value
            self._areas[type_name] = tuple(
                str(area["code"])
                for group in groups
                if isinstance(group, dict) and group.get("areaType") == type_name
                for area in group.get("areas") or []
                if isinstance(area, dict) and area.get("code")
            )
        return self._areas[type_name]

    def _within(self, codes: list[str], level: str, within: str) -> list[str]:
        """Those of the areas that lie within another, as the service says; QuestionRefusedError where it does not say."""
        if within == ENGLAND:
            return codes
        parent_level = levels_of(pd.Series([within], dtype="str")).iloc[0]
        if parent_level == level:
            return [code for code in codes if code.removeprefix("n") == within]
        known = {name for identifier in self._details for name in self._type_names(identifier)}
        names = [name for name in sorted(known) if parent_level in levels_of_type(name)]
        names = names or [one.short for one in types_by_level(RECORDED).get(parent_level, ())]
        found: set[str] = set()
        for name in names:
            for start in range(0, len(codes), MOST_AREAS):
                batch = codes[start : start + MOST_AREAS]
                asked = [*(("areaCode", code) for code in batch), ("parentType", name)]
                try:
                    listed = self._get("areas/parents", asked, lambda body: read_json(body, NAME, list)).value
                except QuestionRefusedError as problem:
                    logger.warning("The parents of areas cannot be had: %s (%s)", problem, problem.details)
                    break
                found |= {
                    str(one.get("code"))
                    for one in listed
                    if isinstance(one, dict) and str(one.get("parentCode") or "").removeprefix("n") == within
                }
        if not found:
            raise QuestionRefusedError(
                NAME,
                400,
                f"no parents of {level} of type {names} are {within}",
                f"{NAME} does not say which {in_words([level])} lie within {within}: ask for them within England.",
            )
        return [code for code in codes if code in found]


def _areas(body: bytes) -> list[dict[str, Any]]:
    """The answers for areas: a list of them, or one alone where one was asked for. UnexpectedAnswerError for anything else."""
    found = read_json(body, NAME, object)
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) and isinstance(one.get("observations"), list) and one.get("areaCode") for one in listed):
        raise UnexpectedAnswerError(NAME, "JSON of another shape", "areas with their observations", repr(body[:200]))
    return listed


def _why_absent(identifier: str, level: str, levels: frozenset[str]) -> str:
    if levels:
        return f"Indicator {identifier} is not published for {in_words([level])}: it is for {in_words(levels)}."
    return f"{NAME} publishes nothing under indicator {identifier}: check its number."


def _described(identifier: str, detail: Mapping[str, Any], asked_at: datetime) -> dict[str, Any]:
    """A row of `indicator_values.INDICATOR_COLUMNS`."""
    unit = detail.get("unit")
    label = str(unit.get("label") or unit.get("name") or "") if isinstance(unit, dict) else str(unit or "")
    known = polarity(detail.get("polarity"))
    source = detail.get("dataSource")
    listed = detail.get("sources")
    sources = [source] if isinstance(source, dict) else listed if isinstance(listed, list) else []
    names = [str(one["name"] if isinstance(one, dict) else one) for one in sources if not isinstance(one, dict) or one.get("name")]
    return {
        "indicator_id": identifier,
        "name": str(detail.get("name") or ""),
        "unit": label,
        "multiplier": _multiplier(label),
        "value_type": str(detail.get("valueType") or ""),
        "year_type": str(detail.get("yearType") or ""),
        "polarity": known,
        "polarity_source": f"{NAME}, {asked_at:%Y-%m-%d}" if known else "",
        "interval_method": str(detail.get("ciMethod") or ""),
        "data_source": "; ".join(dict.fromkeys(names)),
        "definition": str(detail.get("definition") or ""),
        "updated": str(detail.get("dataUpdatedAt") or "")[:10],
        "source_id": ORIGIN,
    }


def _multiplier(label: str) -> float:
    """What count ÷ denominator is multiplied by, from the unit's label, for the service does not say it as a number."""
    if label.strip() == "%":
        return 100.0
    match = re.match(r"per\s+([\d,]+)", label.strip(), re.IGNORECASE)
    return float(match[1].replace(",", "")) if match else float("nan")
