"""One pull of a place at a time, across processes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

_OF_OTHERS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class LockedError(Exception):
    """Somebody else holds the lock. since: from when (UTC), None where that is not known. process: its number."""

    def __init__(self, since: datetime | None, process: int | None) -> None:
        self.since = since
        self.process = process
        super().__init__("locked")


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock for as long as the block runs. LockedError where another holds it; OSError where the disk cannot be written to.

    The lock is that of an empty SQLite file: the system lets go of it when its process dies, however it dies, so there is no such
    thing as a lock left behind, and it is the same on every system.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    holder = path.with_suffix(".json")
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise OSError(None, str(error), str(path)) from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in _OF_OTHERS:
                raise LockedError(*_read(holder)) from error
            raise OSError(None, str(error), str(path)) from error
        holder.write_text(json.dumps({"process": os.getpid(), "since": datetime.now(UTC).isoformat()}), encoding="utf-8")
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def _read(holder: Path) -> tuple[datetime | None, int | None]:
    """Since when and by which process, as far as it can be read."""
    try:
        said = json.loads(holder.read_text(encoding="utf-8"))
        return datetime.fromisoformat(said["since"]), int(said["process"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
