"""Errors that a person can act on: what is wrong, where, what was expected and what to do."""

from __future__ import annotations

from pathlib import Path


class SourceError(Exception):
    """A publisher's file that cannot be used as it is (missing, cut short, a column renamed).

    Raised by the loaders; it stops the snapshot builder before anything is written.
    """

    def __init__(self, file: Path | str, problem: str, expected: str, action: str) -> None:
        self.file = Path(file).name
        self.problem = problem
        self.expected = expected
        self.action = action
        super().__init__(f"{self.file}: {problem}. Expected {expected}. {action}")


class SnapshotError(Exception):
    """A file of the built snapshot that is missing, cut short, altered or from another version."""

    def __init__(self, file: Path | str, problem: str, action: str = "") -> None:
        self.file = Path(file).name
        self.problem = problem
        self.action = action or (
            "Restore it with `git checkout -- assets/snapshot static/geometry`, or rebuild it with `make snapshot`."
        )
        super().__init__(f"{self.file}: {problem}. {self.action}")
