"""Which listed services answer a question: by words, terms, organisation, date, distance or the area that they serve. No screen here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from presentation.open_referral_questions import Question
from register.freshness import FRESHNESS, days, freshness
from register.open_referral_directory import Entry


@dataclass(frozen=True)
class Whereabouts:
    """Where a postcode is: its point (EPSG:27700 metres) and the codes of every area that holds it."""

    easting: float
    northing: float
    codes: frozenset[str]


@dataclass(frozen=True)
class Found:
    """What matches: how many in all, and those of the page that was asked for."""

    total: int
    page: list[Entry]


def search(
    entries: Sequence[Entry], question: Question, where: Whereabouts | None, placed_only: bool, today: date
) -> Found:
    """The entries that match every part of a question, a page of them.

    entries: in the order of their identifiers. where: of the question's postcode. placed_only: those with a point alone. With a distance
    the nearest come first; with words, those confirmed of late come before those that nobody has confirmed; else by identifier, so
    that pages keep their places while somebody reads them. A postcode without a distance asks whose service area covers it: a service
    that states no area is not known to.
    """
    if question.not_recorded:
        return Found(0, [])
    tests: list[Callable[[Entry], bool]] = []
    if placed_only:
        tests.append(lambda entry: entry.at_location_id is not None)
    if question.organization_id:
        tests.append(lambda entry: entry.organization_id == question.organization_id)
    if question.taxonomy_term_id:
        tests.append(lambda entry: question.taxonomy_term_id in entry.term_ids)
    if question.taxonomy_id:
        tests.append(lambda entry: question.taxonomy_id in entry.taxonomy_ids)
    since = question.modified_after
    if since:
        tests.append(lambda entry: entry.modified >= since)
    if question.words:
        tests.append(lambda entry: all(word in entry.text for word in question.words))
    if where and question.metres is None:
        tests.append(lambda entry: not where.codes.isdisjoint(entry.service_area))
    matched = [entry for entry in entries if all(test(entry) for test in tests)]
    start = _start(question, where)
    if start and question.metres is not None:
        away = [(math.dist(start, entry.point), entry) for entry in matched if entry.point]
        near = sorted(
            (pair for pair in away if pair[0] <= question.metres), key=lambda pair: (pair[0], pair[1].service_id)
        )
        matched = [entry for _, entry in near]
    elif question.words:
        confirmed = pd.Series([entry.last_confirmed for entry in matched], dtype=object)
        order = freshness(days(confirmed), today).map(FRESHNESS.index).to_numpy()
        matched = [matched[at] for at in np.argsort(order, kind="stable")]  # by identifier within each
    first = (question.page - 1) * question.per_page
    return Found(len(matched), matched[first : first + question.per_page])


def _start(question: Question, where: Whereabouts | None) -> tuple[float, float] | None:
    if where:
        return where.easting, where.northing
    return _to_grid(*question.point) if question.point else None


@cache
def _transformer() -> Callable[[float, float], tuple[float, float]]:
    from pyproj import Transformer  # here, so that a feed that is never asked for a point does not load it

    return Transformer.from_crs(4326, 27700, always_xy=True).transform


def _to_grid(latitude: float, longitude: float) -> tuple[float, float]:
    """A point in degrees (EPSG:4326) as easting and northing (EPSG:27700); infinite where the grid does not reach."""
    easting, northing = _transformer()(longitude, latitude)
    return easting, northing
