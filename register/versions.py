"""Which version of its own shape a database has, and the migrations that bring it to this one when it is opened."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, insert, inspect, text, update

from register.errors import NewerVersionError, NotARegisterError, ReadOnlyError
from register.model import RegisterState
from register.opening import where

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = ("0001", "0002")
"""Every version, oldest first; the last is the one that this program reads and writes."""


def bring_up_to_date(engine: Engine, url: URL) -> None:
    """Check that the database is a register of a version that we know, and migrate it in one transaction where it is older.

    A new database becomes a register. Two processes that open it at once take turns.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            _found(connection, url)  # whose file it is, before anything in it is changed
        _write_ahead(engine)
    with engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():  # for SQLite this is where a file that is locked or read-only says so
            if _found(connection, url) == VERSIONS[-1]:
                _may_write(connection, url)
                return
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(20251)"))
            found = _found(connection, url)
            if found == VERSIONS[-1]:
                return
            _migrate(connection)
            if found is None:
                _begin(connection)


def _write_ahead(engine: Engine) -> None:
    """Set WAL, outside any transaction; the mode stays with the file."""
    connection = engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
    finally:
        connection.close()


def _may_write(connection: Connection, url: URL) -> None:
    """SQLite begins a transaction even in a file that it cannot write to, so a write is tried and taken back."""
    if connection.dialect.name == "sqlite":
        attempt = connection.begin_nested()
        connection.execute(update(RegisterState).values(revision=RegisterState.revision))
        attempt.rollback()
    if (
        connection.dialect.name == "postgresql"
        and connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    ):
        raise ReadOnlyError(
            f"The register ({where(url)}) can be read but not written. Give this program the right to write to it."
        )


def _found(connection: Connection, url: URL) -> str | None:
    """The version of the database; None where it is empty."""
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if not {"alembic_version", "register_state"} <= names:
        raise NotARegisterError(
            f"{where(url)} is not a partner register: it holds {', '.join(sorted(names)[:3])}. "
            "Name another database, or move this one away to begin a new register."
        )
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if version not in VERSIONS:
        raise NewerVersionError(
            f"The register ({where(url)}) was changed by a newer version of Common Ground (its shape is {version}; this program knows "
            f"{VERSIONS[-1]}). Nothing was touched. Update this program, or restore a backup made before."
        )
    return str(version)


def _migrate(connection: Connection) -> None:
    # Alembic takes a moment to import and is needed only now.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _begin(connection: Connection) -> None:
    connection.execute(
        insert(RegisterState).values(
            id=1,
            register_id=str(uuid4()),
            secret=secrets.token_hex(32),
            revision=0,
            last_at=datetime(2000, 1, 1, tzinfo=UTC),
        )
    )
