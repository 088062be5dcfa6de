"""A server of its own for measuring: started on a free port, watched through /proc, stopped afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.naive import ROOT

EMPTY_APP = (
    'import streamlit as st\nst.title("Nothing here")\nst.number_input("A number", 0, 9999, 800, key="control_walk")\n'
)
_TICKS = os.sysconf("SC_CLK_TCK")


class ServerError(RuntimeError):
    """The server did not start; the message carries what it printed."""


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, its process, and how long it took to say that it is healthy."""

    port: int
    process: subprocess.Popen[bytes]
    seconds_to_healthy: float
    cpu_to_healthy: float

    @property
    def address(self) -> str:
        """Where a browser opens it."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """CPU time of the process so far, in steps of a hundredth of a second."""
        return _cpu_seconds(self.process.pid)

    def resident_bytes(self) -> int:
        """Memory that the process holds."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return answer.read().strip() == b"ok"
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running(
    script: Path = ROOT / "server.py", program: Sequence[str] = ("-m", "streamlit"), limit: float = 60.0
) -> Iterator[Server]:
    """Start a Streamlit server as `make run` does, give it when healthy, stop it at the end."""
    port = free_port()
    command = [
        sys.executable,
        *program,
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
        "--browser.gatherUsageStats",
        "false",
    ]
    left_out = ("COMMON_GROUND_PARTNERS", "DATABASE_URL", "COMMON_GROUND_REGISTER")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile() as said:
        environment["COMMON_GROUND_DATA"] = data  # an empty register, never that of whoever measures
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, env=environment)
        try:
            while not _healthy(port):
                if process.poll() is not None or time.perf_counter() - begin > limit:
                    said.seek(0)
                    raise ServerError(
                        f"{' '.join(command)} did not become healthy:\n{said.read().decode(errors='replace')[-3000:]}"
                    )
                time.sleep(0.02)
            yield Server(port, process, time.perf_counter() - begin, _cpu_seconds(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def empty_app() -> Iterator[Server]:
    """A server of an app with a title and one control: what Streamlit itself takes, the floor under everything here."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY_APP, encoding="utf-8")
        with running(script) as server:
            yield server
