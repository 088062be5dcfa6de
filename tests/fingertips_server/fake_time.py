"""A clock that tests wind on: a pause takes no time and is written down."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class FakeTime:
    """pause, clock and now, to put into an `HttpSession`. Real time passes too: a slow server is slow."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._added = 0.0
        self._started = time.monotonic()
        self.start = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)

    def pause(self, seconds: float) -> None:
        """As time.sleep."""
        self.pauses.append(seconds)
        self._added += seconds

    def wind(self, span: timedelta) -> None:
        """Later, without a pause."""
        self._added += span.total_seconds()

    def clock(self) -> float:
        """As time.monotonic."""
        return time.monotonic() - self._started + self._added

    def now(self) -> datetime:
        """The time of day, UTC."""
        return self.start + timedelta(seconds=self.clock())
