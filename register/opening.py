"""Opening the database: SQLite as a file in WAL mode or PostgreSQL by address, and what its errors mean in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from register import errors

WAIT_SECONDS = 10.0
"""How long a writer waits for others before it is told that the register is busy."""

_SQLITE = {
    sqlite3.SQLITE_BUSY: errors.LockedError,
    sqlite3.SQLITE_LOCKED: errors.LockedError,
    sqlite3.SQLITE_READONLY: errors.ReadOnlyError,
    sqlite3.SQLITE_FULL: errors.FullError,
    sqlite3.SQLITE_NOTADB: errors.NotARegisterError,
    sqlite3.SQLITE_CORRUPT: errors.UnreachableError,
    sqlite3.SQLITE_CANTOPEN: errors.UnreachableError,
    sqlite3.SQLITE_IOERR: errors.UnreachableError,
    sqlite3.SQLITE_PERM: errors.ReadOnlyError,
    sqlite3.SQLITE_AUTH: errors.ReadOnlyError,
}
_POSTGRES = {
    "55P03": errors.LockedError,
    "40P01": errors.LockedError,
    "25006": errors.ReadOnlyError,
    "42501": errors.ReadOnlyError,
    "53100": errors.FullError,
    "53300": errors.LockedError,
}
_SAID: dict[type[errors.StoreError], str] = {
    errors.LockedError: "The register ({where}) is busy: another process did not finish in time. Nothing was saved. Try again.",
    errors.ReadOnlyError: "The register ({where}) can be read but not written. Nothing was saved. Give this program the right to write to it.",
    errors.FullError: "There is no room left on the disk of the register ({where}). Nothing was saved. Free some space, then try again.",
    errors.NotARegisterError: "{where} is not a partner register. Name another file, or move this one away to begin a new register.",
    errors.UnreachableError: "The register ({where}) cannot be opened: {detail}. Check that the address is right and that it can be reached.",
}


def address(url_or_path: str | Path) -> URL:
    """What to open: a path becomes a SQLite address; postgres:// and postgresql:// mean PostgreSQL by psycopg."""
    text = str(url_or_path)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise errors.UnreachableError(
            "The address of the register cannot be read: it looks like postgresql://user:password@host/name."
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise errors.UnreachableError(f"The register can be in SQLite or PostgreSQL, not in {url.get_backend_name()}.")
    return url


def where(url: URL) -> str:
    """The database in words, without its password."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "in memory").name
    return f"{url.database} on {url.host or 'this machine'}"


def meaning(error: DBAPIError | sqlite3.Error, url: URL) -> errors.StoreError | None:
    """The error that a person can act on, or None where the fault is ours."""
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    kind: type[errors.StoreError] | None = None
    if isinstance(original, sqlite3.Error):
        kind = _SQLITE.get((getattr(original, "sqlite_errorcode", None) or 0) & 0xFF)
    else:
        kind = _POSTGRES.get(getattr(original, "sqlstate", None) or "")
        disconnected = isinstance(error, DBAPIError) and error.connection_invalidated
        if kind is None and (disconnected or type(original).__name__ == "OperationalError"):
            kind = errors.UnreachableError
    if kind is None:
        return None
    detail = str(original).splitlines()[0].rstrip(".") if str(original) else "no reason was given"
    return kind(_SAID[kind].format(where=where(url), detail=detail))


@contextmanager
def in_words(url: URL) -> Iterator[None]:
    """Turn what the database says into an error of ours."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        said = meaning(error, url)
        if said is None:
            raise
        raise said from error


def engine_for(url: URL, wait_seconds: float) -> Engine:
    """An engine whose write transactions take their lock at once, so that a reader never has to become a writer half way."""
    if url.get_backend_name() == "postgresql":
        return _postgres(url, wait_seconds)
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        folder = Path(url.database).expanduser().parent
        if not folder.is_dir():
            raise errors.UnreachableError(
                f"There is no folder {folder} for the register. Make it first, or name another."
            )
    return _sqlite(url, wait_seconds)


def _postgres(url: URL, wait_seconds: float) -> Engine:
    options = f"-c lock_timeout={int(wait_seconds * 1000)} -c timezone=UTC"
    return create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args={"options": options, "connect_timeout": 10}
    )


def _sqlite(url: URL, wait_seconds: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": wait_seconds, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        cursor = connection.cursor()
        # FULL: a change that was acknowledged survives a power cut. secure_delete: a name taken out is overwritten on disk.
        for pragma in (
            "foreign_keys=ON",
            "synchronous=FULL",
            "secure_delete=ON",
            "journal_size_limit=67108864",
            "cache_size=-65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
