"""Folders named after what they hold and when it came, `<what>-20260816T101500Z`: the layers of live figures and of community assets."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

STAMP = r"(\d{8}T\d{6}Z)"
"""The end of a name, for the pattern of a whole one: its last group."""
_REMOVING = ".removing-"


def newest_first(folder: Path, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """The names in a folder that a pattern (ending in STAMP) fits, newest first, without opening one. None where there is no folder.

    OSError where it cannot be read.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [match for match in map(pattern.fullmatch, names) if match]
    return sorted(found, key=lambda match: (match[match.re.groups], match[0]), reverse=True)


def unused(folder: Path, what: str, moment: datetime) -> str:
    """A name for what came at a moment (UTC) that no folder has yet."""
    while (folder / (chosen := f"{what}-{moment:%Y%m%dT%H%M%SZ}")).exists():
        moment += timedelta(seconds=1)
    return chosen


def remove(folder: Path, name: str) -> None:
    """Remove a folder, out of sight at once so that nobody opens half of it. OSError where that cannot be."""
    going = folder / f"{_REMOVING}{name}"
    (folder / name).rename(going)
    shutil.rmtree(going)


def moment(text: str) -> datetime:
    """A moment as JSON has it (ISO), in UTC. ValueError or TypeError where it is none."""
    return datetime.fromisoformat(text).astimezone(UTC)


def spoken(moment: datetime) -> str:
    """A date as people say it: "16 August 2026" (UTC)."""
    return f"{moment.day} {moment:%B %Y}"
