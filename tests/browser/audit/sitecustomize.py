"""Python runs this before a server that the browser tests start: any call it makes to another machine ends up in its output."""

from __future__ import annotations

import sys

HERE = ("127.", "::1", "localhost", "0.0.0.0", "::")


def _outward(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket has a path, and goes nowhere
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    host = host.decode(errors="replace") if isinstance(host, bytes) else host
    if host is not None and str(host) and not str(host).startswith(HERE):
        print(f"OUTWARD {event} {host}", file=sys.stderr, flush=True)


sys.addaudithook(_outward)
