"""Timing work, and a row of the table that says what was measured."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Samples:
    """Repeated measurements of one thing, all in `unit`. cpu: CPU seconds of each run, where they could be told apart."""

    values: Sequence[float]
    unit: str = "ms"
    cpu: Sequence[float] = ()

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def percentile(self, percent: float) -> float:
        """The smallest value that at least so many per cent of the runs do not exceed (nearest rank)."""
        ordered = sorted(self.values)
        return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]

    @property
    def cpu_median(self) -> float | None:
        """The middle of the CPU seconds, or None."""
        return statistics.median(self.cpu) if self.cpu else None


@dataclass(frozen=True)
class Row:
    """One line of the table. budget is in the unit of `ours`; `judged` says which figure of ours it limits."""

    key: str
    work: str
    ours: Samples
    budget: float | None = None
    judged: str = "median"
    naive: Samples | None = None
    naive_way: str = ""
    counted: str = ""
    note: str = ""
    waits: bool = False
    """Whether waiting is part of what is measured (sessions for each other), so that CPU time excuses nothing."""

    @property
    def figure(self) -> float:
        """The figure that the budget limits: the median, or "p95"."""
        return self.ours.percentile(95) if self.judged == "p95" else self.ours.median

    @property
    def ratio(self) -> float | None:
        """How many times more the naive way takes, of the same unit in the same run."""
        return self.naive.median / self.ours.median if self.naive and self.ours.median else None

    @property
    def verdict(self) -> str:
        """Against the budget. Work that is over by the clock and within by its CPU time was waiting for the machine."""
        if self.budget is None:
            return ""
        if self.figure <= self.budget:
            return "within"
        cpu = self.ours.cpu_median
        excused = cpu is not None and self.ours.unit == "ms" and cpu * 1000 <= self.budget and not self.waits
        return "within by CPU" if excused else "OVER"

    def as_record(self) -> dict[str, Any]:
        """For JSON: every field and what follows from them."""
        return asdict(self) | {
            "median": self.ours.median,
            "figure": self.figure,
            "ratio": self.ratio,
            "verdict": self.verdict,
        }


@dataclass
class Clock:
    """Collects wall and CPU time of what runs inside `with clock:`."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __enter__(self) -> Clock:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall.append(1000 * (time.perf_counter() - self._wall))
        self.cpu.append(time.process_time() - self._cpu)

    def samples(self) -> Samples:
        """What was collected, in milliseconds."""
        return Samples(self.wall, "ms", self.cpu)


def timed(work: Callable[[], Result], runs: int, *, warm: int = 1) -> tuple[Result, Samples]:
    """The result of the work, and its time in milliseconds over so many runs after `warm` uncounted ones."""
    result = work() if warm else None
    for _ in range(warm - 1):
        work()
    clock = Clock()
    for _ in range(runs):
        gc.collect()
        with clock:
            result = work()
    return result, clock.samples()  # type: ignore[return-value]
