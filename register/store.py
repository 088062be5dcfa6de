"""The register's store: open it, bind it to whoever acts, and write to it in transactions that are whole or not at all.

register = open_register("register.sqlite")
acting = register.as_(actor)
saved = partners.create(acting, {"name": "…", "kind": "organisation", …}, note="Met at the forum")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import URL, Connection, Engine, select

from register import opening, versions, writing
from register.actors import Actor
from register.model import RegisterState
from register.opening import WAIT_SECONDS, in_words

ENGLAND = ZoneInfo("Europe/London")


def open_register(
    url_or_path: str | Path, *, clock: Callable[[], datetime] | None = None, wait_seconds: float = WAIT_SECONDS
) -> Register:
    """Open a register, or begin one where there is none, and bring it to this version.

    url_or_path: a file for SQLite, or postgresql://… (as in DATABASE_URL). clock: the time now, aware; for tests.
    Raises a StoreError that says what to do: NotARegisterError, NewerVersionError, LockedError, ReadOnlyError, FullError,
    UnreachableError.
    """
    url = opening.address(url_or_path)
    engine = opening.engine_for(url, wait_seconds)
    try:
        with in_words(url):
            versions.bring_up_to_date(engine, url)
    except BaseException:
        engine.dispose()
        raise
    return Register(url, engine, clock or (lambda: datetime.now(UTC)))


@dataclass
class Register:
    """An open register. It may be shared by threads; each session binds it to its own actor."""

    url: URL
    engine: Engine
    clock: Callable[[], datetime]
    kept: dict[str, Any] = field(default_factory=dict)
    """What was last read at one revision, such as the table for Gaps; at most one of each kind."""
    lock: Lock = field(default_factory=Lock)

    def as_(self, actor: Actor) -> Acting:
        """The register as this actor may use it."""
        return Acting(self, actor)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file rather than a PostgreSQL database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def said(self) -> str:
        """Which database this is, without its password."""
        return opening.where(self.url)

    def revision(self) -> int:
        """A number that grows with every change by anybody: compare it at each rerun to know whether to read again."""
        with self.reading() as connection:
            return int(connection.execute(select(RegisterState.revision)).scalar_one())

    def identity(self) -> str:
        """Which register this is: made when it began. A copy put in its place has another, so that nothing kept of the one stands for the other."""
        with self.reading() as connection:
            return str(connection.execute(select(RegisterState.register_id)).scalar_one())

    def today(self) -> date:
        """The day in England by the register's clock: at half past midnight in summer, UTC is a day behind."""
        return self.clock().astimezone(ENGLAND).date()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the register throughout."""
        with in_words(self.url), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[writing.Writer]:
        """A transaction of changes: all of them are saved at the end, or none."""
        with in_words(self.url), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield writing.begin(connection, actor, self.clock())

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@dataclass(frozen=True)
class Acting:
    """The register bound to an actor: what every public function of the register takes first."""

    register: Register
    actor: Actor
    writer: writing.Writer | None = None

    @contextmanager
    def together(self) -> Iterator[Acting]:
        """Several changes in one transaction: `with acting.together() as acting: …`. An error inside undoes all of them."""
        if self.writer is not None:
            with self.writer.connection.begin_nested():
                yield self
            return
        with self.register.writing(self.actor) as writer:
            yield replace(self, writer=writer)

    @contextmanager
    def write(self) -> Iterator[writing.Writer]:
        """The transaction in force, or one of its own; what fails inside it is undone as a whole."""
        with self.together() as acting:
            assert acting.writer is not None  # noqa: S101 - together() always gives one
            yield acting.writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read from; inside `together` it sees the changes so far."""
        if self.writer is not None:
            yield self.writer.connection
            return
        with self.register.reading() as connection:
            yield connection
