"""A moment by which a question over the network is over, however slowly its answer drips.

A read timeout starts anew with every byte that arrives, so a server that sends one byte a minute is never too slow for it. Here a
timer shuts the connection's socket at the deadline instead: headers and body alike end there.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """A context in which this thread's requests are cut off after so many seconds. `passed` says afterwards whether they were."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(seconds, 0.0), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._token = _current.set(self)
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None
        _current.reset(self._token)

    def watch(self, connected: socket.socket | None) -> None:
        """Cut this socket at the deadline; at once when the deadline has passed."""
        with self._lock:
            self._socket = connected
            if self.passed:
                self._shut()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            # The plain socket's own method: that of a TLS socket would take the session away from under the thread that reads it.
            with contextlib.suppress(OSError):  # already closed by the other side
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _watch(connected: socket.socket | None) -> None:
    deadline = _current.get()
    if deadline is not None:
        deadline.watch(connected)


class _WatchedConnection(HTTPConnection):
    def getresponse(self) -> Any:
        _watch(self.sock)
        return super().getresponse()


class _WatchedTlsConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        _watch(self.sock)
        return super().getresponse()


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _WatchedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTlsConnection


_POOLS = {"http": _WatchedPool, "https": _WatchedTlsPool}


class DeadlineAdapter(HTTPAdapter):
    """Requests' adapter whose connections, direct or through a proxy, heed the thread's `Deadline`."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As requests makes it, with connections that are watched."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As requests makes it, with connections that are watched."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager
