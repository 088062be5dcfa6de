"""Figures that are plainly made up, the same for the same seed, in the shape of published ones."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.fingertips_server.areas import PARENTS, Area

SUPPRESSED = "Value suppressed for disclosure control due to small count"
POLARITIES = ("RAG - Low is good   ", "RAG - High is good", "Not applicable", "BOB - Blue orange blue")
UNKNOWN_FROM = 990_000
"""Ids from here on do not exist."""
DECILES = ("Most deprived decile (IMD2019)", "Fifth more deprived decile (IMD2019)", "Least deprived decile (IMD2019)")
CATEGORY_TYPE = "County & UA deprivation deciles in England (IMD2019, 4/23 geography)"
FINANCIAL = tuple((f"{year}/{(year + 1) % 100:02d}", year * 10_000, "1y") for year in range(2018, 2024))
THREE_YEARS = tuple((f"{year} - {(year + 2) % 100:02d}", year * 10_000, "3y") for year in range(2016, 2022))


@dataclass(frozen=True)
class Figure:
    """One value: a percentage with Wilson's interval, or none with a note."""

    value: float | None
    lower: float | None
    upper: float | None
    count: int | None
    denominator: int
    note: str


def wilson(count: int, denominator: int, z: float) -> tuple[float, float]:
    """Wilson's interval of a percentage."""
    p, n = count / denominator, denominator
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


@dataclass
class Figures:
    """What is published. published: indicator → area type ids, in place of the rule. Every id below UNKNOWN_FROM exists."""

    seed: int = 20
    published: dict[str, frozenset[int]] = field(default_factory=dict)

    def exists(self, indicator_id: str) -> bool:
        """Whether there is such an indicator."""
        return indicator_id.isdigit() and int(indicator_id) < UNKNOWN_FROM

    def types(self, indicator_id: str) -> frozenset[int]:
        """The area types that an indicator is published for: they vary as they do in life."""
        if not self.exists(indicator_id):
            return frozenset()
        if indicator_id in self.published:
            return self.published[indicator_id]
        number, types = int(indicator_id), {15, 6, 502}
        types |= {204, 7} if number % 5 else set()
        types |= {221, 66, 223} if number % 7 else set()
        types |= {501} if number % 4 else set()
        return frozenset(types & set(PARENTS))

    def periods(self, indicator_id: str) -> tuple[tuple[str, int, str], ...]:
        """(text, sortable, range) of each period."""
        return THREE_YEARS if int(indicator_id) % 6 == 0 else FINANCIAL

    def sexes(self, indicator_id: str) -> tuple[str, ...]:
        """The sexes that values are published for."""
        return ("Persons", "Male", "Female") if int(indicator_id) % 2 == 0 else ("Persons",)

    def age(self, indicator_id: str) -> str:
        """The age that values are of."""
        return "6+ yrs" if int(indicator_id) % 3 == 0 else "All ages"

    def polarity(self, indicator_id: str) -> str:
        """The polarity as the metadata CSV writes it, padding and all."""
        return POLARITIES[int(indicator_id) % 4]

    def figures(self, indicator_id: str, area: Area, sex: str, category: str = "") -> list[Figure]:
        """A figure a period. England and large areas are never suppressed."""
        made = random.Random(f"{self.seed}|{indicator_id}|{area.code}|{sex}|{category}")
        level = 0.03 + random.Random(f"{self.seed}|{indicator_id}").random() * 0.2
        size = {"england": 5_000_000, "practice": 900, "pcn": 9_000}.get(area.level, 90_000)
        denominator = int(size * made.uniform(0.6, 1.4))
        share = min(0.9, level * made.uniform(0.7, 1.3))
        found = []
        for _ in self.periods(indicator_id):
            share = min(0.95, max(0.001, share * made.uniform(0.97, 1.04)))
            count = round(share * denominator)
            if area.level in ("pcn", "practice") and made.random() < 0.06:
                found.append(Figure(None, None, None, None, denominator, SUPPRESSED))
            else:
                found.append(Figure(100 * count / denominator, *wilson(count, denominator, 1.959964), count, denominator, ""))
        return found
