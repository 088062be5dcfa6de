"""Starts the app as `make run` does, on a free port, and keeps what it prints."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
AUDIT = Path(__file__).parent / "audit"
START_SECONDS = 90


class ServerFailedError(Exception):
    """The app did not start or has stopped; the message holds what it printed."""


class Server:
    """The app in a process of its own, with a data folder of its own beside its log. Use as a context manager: leaving it stops the process."""

    def __init__(self, log: Path, root: Path = ROOT) -> None:
        self.log, self.root = log, root
        self.data = log.parent / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        """Start, and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "server.py",
            "--server.port",
            str(self.port),
            "--server.headless",
            "true",
            "--server.address",
            "127.0.0.1",
            "--server.fileWatcherType",
            "none",
        ]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(AUDIT), os.environ.get("PYTHONPATH")])),
            "PYTHONUNBUFFERED": "1",
            "COMMON_GROUND_DATA": str(self.data),
        }
        environment.pop("COMMON_GROUND_PARTNERS", None)
        self._stream = self.log.open("wb")
        self._process = subprocess.Popen(
            command,
            cwd=self.root,
            env=environment,
            stdout=self._stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                self._stop()
                raise ServerFailedError(
                    f"The app did not answer within {START_SECONDS} s. It printed:\n{self.output()}"
                )
            self.check()
            time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def check(self) -> None:
        """ServerFailedError with what the app printed, if it has stopped."""
        if self._process.poll() is not None:
            raise ServerFailedError(
                f"The app stopped with code {self._process.returncode}. It printed:\n{self.output()}"
            )

    def output(self) -> str:
        """The last of what the app printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-6_000:]

    def outward_calls(self) -> list[str]:
        """Every look-up of, or connection to, another machine that the app has tried since it started."""
        return [
            line
            for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.startswith("OUTWARD ")
        ]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}_stcore/health", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stream.close()
