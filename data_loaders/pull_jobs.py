"""Pulls in the background: one thread each, one at a time for a place, a few at a time in all. Nothing here knows a screen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

from data_loaders.errors import SettingError
from data_loaders.layers import LayerError
from data_loaders.pull import Progress, PullError, PullStoppedError

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 2
MOST_REMEMBERED = 50
T = TypeVar("T")
Work = Callable[[Progress, Callable[[], bool]], T]
"""A pull, given where to report progress and whom to ask whether to stop; it gives what came of it."""


class TooManyPullsError(Exception):
    """As many pulls are under way as there may be; the message says so to the person who asked for one more."""


@dataclass(frozen=True)
class State(Generic[T]):
    """A pull at one moment. done of total steps; sentence: what is being done. ended: when (UTC), None while it runs. Then pulled is
    what came of it, or problem says in a sentence why there is no new layer; stopped: because somebody asked for that."""

    done: int = 0
    total: int = 1
    sentence: str = "Starting"
    ended: datetime | None = None
    pulled: T | None = None
    problem: str = ""
    stopped: bool = False

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, max(0.0, self.done / max(self.total, 1)))


class Job(Generic[T]):
    """One pull in a thread. `state` may be read at any time."""

    def __init__(self, place_code: str, place_name: str, work: Work[T]) -> None:
        self.place_code, self.place_name = place_code, place_name
        self.started = datetime.now(UTC)
        self.state: State[T] = State()
        self._work = work
        self._stop = threading.Event()
        # A daemon: a server that is told to end does not wait; what was answered is on disk.
        self._thread = threading.Thread(target=self._run, name=f"pull {place_code}", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.state.ended is None

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop and has not yet: a request under way is waited for."""
        return self.is_running and self._stop.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the request that is under way."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, at most so long."""
        self._thread.join(seconds)

    def _progress(self, done: int, total: int, sentence: str) -> None:
        self.state = State(done, total, sentence)  # replaced whole, so that a reader never sees half of it

    def _run(self) -> None:
        try:
            pulled = self._work(self._progress, self._stop.is_set)
        except PullStoppedError as error:
            self._end(problem=str(error), stopped=True)
        except (PullError, LayerError, SettingError) as error:
            logger.warning("The pull for %s made no layer: %s", self.place_name, error)
            self._end(problem=str(error))
        except Exception:
            logger.exception("The pull for %s failed", self.place_name)
            self._end(
                problem=f"Something went wrong in the pull for {self.place_name}, and it has been logged: the pages show what they showed "
                "before, so try again later or tell whoever runs this atlas."
            )
        else:
            self._end(pulled=pulled)

    def _end(self, pulled: T | None = None, problem: str = "", *, stopped: bool = False) -> None:
        self.state = replace(self.state, ended=datetime.now(UTC), pulled=pulled, problem=problem, stopped=stopped)


class PullJobs(Generic[T]):
    """The pulls of this process. Safe to use from several threads."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE) -> None:
        self._most = most_at_once
        self._jobs: dict[str, Job[T]] = {}
        self._lock = threading.Lock()

    def latest(self, place_code: str) -> Job[T] | None:
        """The pull of a place that runs, or the last that ended."""
        with self._lock:
            return self._jobs.get(place_code)

    def start(self, place_code: str, place_name: str, work: Work[T]) -> Job[T]:
        """Begin a pull of a place, or return the one that runs. TooManyPullsError where as many run as may."""
        with self._lock:
            running = [job for job in self._jobs.values() if job.is_running]
            for job in running:
                if job.place_code == place_code:
                    return job
            if len(running) >= self._most:
                names = " and for ".join(job.place_name for job in running)
                raise TooManyPullsError(
                    f"Pulls for {names} are under way, and no more may run at once: try again when one of these has ended, in a few minutes."
                )
            job = Job(place_code, place_name, work)
            self._jobs.pop(place_code, None)
            self._jobs[place_code] = job
            for code in [code for code, each in self._jobs.items() if not each.is_running][: max(0, len(self._jobs) - MOST_REMEMBERED)]:
                del self._jobs[code]
            job.start()
            return job
