"""How often one client may ask: a bucket for each that fills at a steady rate, so a burst is answered and a flood is not. No screen here.

The method is the token bucket: a client has at most `burst` requests in hand and gains `per_minute` more each minute.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

MOST_CLIENTS = 10_000


@dataclass
class RequestLimits:
    """Requests that each client may make: `per_minute` in the long run, `burst` at once. Safe to share between threads.

    At most `most_clients` are remembered; past that the one not heard of for longest is forgotten, so memory stays bounded.
    """

    per_minute: float = 120.0
    burst: int = 60
    most_clients: int = MOST_CLIENTS
    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def wait(self, client: str) -> int:
        """Whole seconds that the client must wait before it asks again: 0 when this request is allowed, and then it is counted."""
        now = self.clock()
        with self._lock:
            held, seen = self._held.pop(client, (float(self.burst), now))
            held = min(float(self.burst), held + (now - seen) * self.per_minute / 60.0)
            allowed = held >= 1.0
            self._held[client] = (held - 1.0 if allowed else held, now)
            while len(self._held) > self.most_clients:
                self._held.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1.0 - held) * 60.0 / self.per_minute))
