"""Online backup, restore, and moving a register to another database. Each is whole or not made, and a steward's to do.

A backup is a register in one SQLite file, of whichever database: it can be opened, read and restored anywhere. It is made while people
write. A restore keeps what it replaces beside it, and withdraws again every consent that was withdrawn since the backup was made.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Table, func, select, update

from register import checking, copying, people
from register.actors import Actor
from register.errors import BackupError, NotAllowedError
from register.model import RegisterState
from register.model_places import Person
from register.opening import in_words
from register.store import Acting, Register, open_register


@dataclass(frozen=True)
class Copied:
    """What was copied: where it is, rows of each table, the revision it holds, and what was kept aside of what it replaced."""

    place: str
    rows: dict[str, int]
    revision: int
    kept_aside: Path | None = None
    consents_withdrawn_again: int = 0


def backup(acting: Acting, to: Path) -> Copied:
    """Write a backup to a file that is not there yet, while others go on writing. It is checked before it gets its name."""
    _steward(acting, "make a backup")
    to = Path(to)
    if to.exists():
        raise BackupError(f"{to} is there already. Name a file that is not: a backup never replaces another.")
    with _aside(to) as aside:
        if acting.register.is_sqlite:
            _copy_sqlite(acting.register, aside)
        else:
            copy = open_register(aside)
            try:
                _copy_across(acting.register, copy)
            finally:
                copy.close()
        rows, revision = _checked(aside)
        _settle(aside)
        aside.replace(to)
    return Copied(str(to), rows, revision)


def restore(acting: Acting, backup_file: Path, *, replace: bool = False) -> Copied:
    """Put a backup in place of the register that the actor is bound to.

    replace: must be said where that register holds anything; it is then kept beside in a backup of its own, for a SQLite register next to
    its file and for PostgreSQL next to the backup. Whoever has the register open sees the restored one at the next read.
    """
    _steward(acting, "restore a backup")
    backup_file, register = Path(backup_file), acting.register
    if not backup_file.is_file():
        raise BackupError(f"There is no file {backup_file}.")
    with register.reading() as connection:
        empty = copying.is_empty(connection)
        before = int(connection.execute(select(RegisterState.revision)).scalar_one())
        withdrawn = set(connection.execute(select(Person.id).where(Person.name.is_(None))).scalars())
    if not empty and not replace:
        raise BackupError("The register holds records. Say that they are to be replaced; they are then kept aside first.")
    kept: Path | None = None
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        copy = Path(folder) / "backup.sqlite"
        _copy_file(backup_file, copy)
        opened = open_register(copy, clock=register.clock)  # refuses what is not a register, and migrates an older one
        try:
            _must_be_whole(opened)
            again = _withdraw_again(opened, withdrawn)
            _count_on(opened, before)
            if not empty:
                kept = _kept_aside(acting, backup_file)
            _put_in_place(opened, register)
        finally:
            opened.close()
    register.kept.clear()
    with register.reading() as connection:
        rows = {table.name: _count(connection, table) for table in copying.copied_tables()}
    return Copied(register.said, rows, register.revision(), kept, again)


def move(acting: Acting, to_url: str | Path) -> Copied:
    """Copy the register into an empty one elsewhere, such as from SQLite to PostgreSQL, and compare rows and checksums of every table.

    The register that was moved is left as it is. Stop whoever writes to it first: what is written after the copy began is not in it.
    """
    _steward(acting, "move the register")
    target = open_register(to_url)
    try:
        with target.reading() as connection:
            if not copying.is_empty(connection):
                raise BackupError(f"{target.said} holds a register with records. Name an empty database.")
        rows = _copy_across(acting.register, target)
        return Copied(target.said, rows, target.revision())
    finally:
        target.close()


def _steward(acting: Acting, what: str) -> None:
    if not acting.actor.is_steward:
        raise NotAllowedError(f"Only a steward can {what}. Nothing was changed.")


def _copy_across(source: Register, target: Register) -> dict[str, int]:
    with source.reading() as here, in_words(target.url), target.engine.connect() as there:
        there = there.execution_options(writes=True)
        with there.begin():
            if not target.is_sqlite:
                copying.emptied(there)
            copying.copy(here, there)
            return {table.name: _count(there, table) for table in copying.copied_tables()}


def _copy_sqlite(register: Register, to: Path) -> None:
    """SQLite's own compact copy, made from one state while writers go on."""
    with in_words(register.url):
        raw = register.engine.raw_connection()
        try:
            raw.driver_connection.execute("VACUUM INTO ?", (str(to),))  # type: ignore[union-attr]
        finally:
            raw.close()


def _checked(path: Path) -> tuple[dict[str, int], int]:
    """Open a backup as a register, look that it is whole, and count its rows."""
    opened = open_register(path)
    try:
        _must_be_whole(opened)
        with opened.reading() as connection:
            rows = {table.name: _count(connection, table) for table in copying.copied_tables()}
        return rows, opened.revision()
    finally:
        opened.close()


def _must_be_whole(opened: Register) -> None:
    found = checking.faults(opened.as_(Actor("backup", role="steward")), replay=False)
    if found:
        raise BackupError(f"The backup is not whole: {found[0]} Nothing was done with it.")


def _settle(path: Path) -> None:
    """One file with nothing beside it, and on the disk for good."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_file(source: Path, to: Path) -> None:
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here, closing(sqlite3.connect(to)) as there:
        try:
            here.backup(there)
        except sqlite3.Error as error:
            raise BackupError(f"{source} cannot be read as a backup: {error}. The register is as it was.") from error


def _withdraw_again(opened: Register, withdrawn: set[str]) -> int:
    acting = opened.as_(Actor("restore", role="steward"))
    with opened.reading() as connection:
        named = set(connection.execute(select(Person.id).where(Person.name.is_not(None))).scalars())
    again = sorted(withdrawn & named)
    for person in again:
        people.withdraw_consent(acting, person, note="Withdrawn again after a restore")
    return len(again)


def _count_on(opened: Register, before: int) -> None:
    """Sessions compare revisions: the restored register goes on from the higher of both, so that they all read again.

    It also gets a new id, so that nobody takes it for the old one with a few changes more.
    """
    with in_words(opened.url), opened.engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            latest = connection.execute(select(func.max(RegisterState.revision))).scalar_one()
            connection.execute(update(RegisterState).values(revision=max(before, latest) + 1, register_id=str(uuid4())))


def _kept_aside(acting: Acting, backup_file: Path) -> Path:
    register = acting.register
    beside = Path(register.url.database or "register") if register.is_sqlite else backup_file.parent / "register"
    stamp = register.clock().astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    kept = beside.with_name(f"{beside.stem}-before-restore-{stamp}.sqlite")
    backup(acting, kept)
    return kept


def _put_in_place(source: Register, target: Register) -> None:
    if not target.is_sqlite:
        _copy_across(source, target)
        return
    with target.writing(Actor("restore", role="steward")):
        pass  # says so where another process holds the file, since what follows would wait for it for ever
    with in_words(target.url):
        here, there = source.engine.raw_connection(), target.engine.raw_connection()
        try:
            # SQLite writes the pages of the copy into the open register in one transaction of its own.
            here.driver_connection.backup(there.driver_connection)  # type: ignore[union-attr]
        finally:
            here.close()
            there.close()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@contextmanager
def _aside(to: Path) -> Iterator[Path]:
    """A name beside the target for the time of writing; gone afterwards, whatever happened."""
    if not to.parent.is_dir():
        raise BackupError(f"There is no folder {to.parent}. Make it first, or name another.")
    with tempfile.TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as folder:
        yield Path(folder) / to.name


