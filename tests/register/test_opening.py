"""Opening a register, and refusing what cannot be used with a sentence that says what to do."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event

from register import checking, partners, versions
from register.errors import (
    FullError,
    LockedError,
    NewerVersionError,
    NotARegisterError,
    ReadOnlyError,
    StoreError,
    UnreachableError,
)
from register.model import Base
from register.opening import _SAID
from register.store import Register, open_register
from tests.register.beginnings import EDITOR, STEWARD, a_partner
from tests.register.conftest import Postgres


def test_the_migrations_make_the_models_tables(register: Register) -> None:
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [change for change in compare_metadata(context, Base.metadata) if "partner_words" not in str(change)]
    # SQLite cannot tell kinds of text or moment apart, PostgreSQL's index of words is on an expression: the tables are what matter.
    assert [change for change in found if "ix_partner_search_words" not in str(change)] == []


def test_the_versions_listed_are_the_migrations_there_are() -> None:
    config = Config()
    config.set_main_option("script_location", str(versions.MIGRATIONS))
    there = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(versions.VERSIONS) == there[::-1]


def test_opening_again_keeps_what_is_there_and_counts_on(address: str) -> None:
    first = open_register(address)
    saved = a_partner(first.as_(EDITOR))
    revision = first.revision()
    first.close()
    again = open_register(address)
    assert again.revision() == revision
    assert partners.get(again.as_(EDITOR), saved.id).name == "Example Friends of Whitechapel"
    again.close()


def test_a_newer_version_is_refused_and_left_alone(address: str) -> None:
    register = open_register(address)
    a_partner(register.as_(EDITOR))
    with register.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    register.close()
    with pytest.raises(NewerVersionError, match=r"newer version.*9999.*Nothing was touched"):
        open_register(address)


def test_something_else_is_refused_and_left_alone(tmp_path: Path, postgres: Postgres) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleagues, " * 200, encoding="utf-8")
    with pytest.raises(NotARegisterError, match=r"letter\.txt is not a partner register"):
        open_register(letter)
    assert letter.read_text(encoding="utf-8").startswith("Dear")
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    with pytest.raises(NotARegisterError, match="recipes"):
        open_register(other)
    database = postgres.database()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE recipes (name text)")
    with pytest.raises(NotARegisterError, match="recipes"):
        open_register(database)


def test_a_folder_that_is_not_there_and_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="no folder"):
        open_register(tmp_path / "nowhere" / "register.sqlite")
    with pytest.raises(UnreachableError, match="cannot be opened") as caught:
        open_register("postgresql://somebody:hunter2@127.0.0.1:1/register")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(UnreachableError, match="not in mysql"):
        open_register("mysql://localhost/register")
    with pytest.raises(UnreachableError, match="postgresql://user"):
        open_register("what is this://x")


def test_a_locked_register_says_so_on_opening_and_on_writing(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite"
    register = open_register(path, wait_seconds=0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError, match="busy"):
            a_partner(register.as_(EDITOR))
        with pytest.raises(LockedError, match="busy"):
            open_register(path, wait_seconds=0.1)
        assert register.revision() == 0, "reading goes on"
        other.execute("ROLLBACK")
    a_partner(register.as_(EDITOR))
    register.close()


def test_a_locked_postgresql_register_says_so(postgres: Postgres) -> None:
    address = postgres.register()
    register = open_register(address, wait_seconds=0.2)
    with psycopg.connect(address) as other:
        other.execute("SELECT * FROM register_state FOR UPDATE")
        with pytest.raises(LockedError, match="busy"):
            a_partner(register.as_(EDITOR))
    a_partner(register.as_(EDITOR))
    register.close()


def test_a_read_only_register_is_refused(tmp_path: Path, postgres: Postgres) -> None:
    path = tmp_path / "register.sqlite"
    open_register(path).close()
    with pytest.raises(ReadOnlyError, match="can be read but not written"):
        open_register(f"sqlite:///file:{path}?mode=ro&uri=true")
    address = postgres.register()
    name = address.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(ReadOnlyError, match="can be read but not written"):
        open_register(address)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a file that nobody may write to")
def test_a_file_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite"
    open_register(path).close()
    path.chmod(0o444)
    with pytest.raises(ReadOnlyError):
        open_register(path)


def test_a_full_disk_loses_nothing_and_writes_nothing_in_part(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.sqlite")
    acting = register.as_(EDITOR)
    a_partner(acting, name="Before")
    with register.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    register.engine.dispose()
    @event.listens_for(register.engine, "connect")
    def small(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 8}")

    written, revision = 0, 0
    with pytest.raises(FullError, match="no room left on the disk"):
        for number in range(200):
            revision = register.revision()
            a_partner(acting, name=f"Example {number}", description="x" * 9_000)
            written += 1
    assert written > 0
    assert register.revision() == revision
    assert checking.counts(register.as_(STEWARD))["partner"] == written + 1
    assert checking.faults(register.as_(STEWARD)) == []
    register.close()


def test_every_store_error_is_a_sentence() -> None:
    assert set(_SAID) <= set(StoreError.__subclasses__())
    assert all(said.endswith(".") for said in _SAID.values())
