"""A register of the first version, and a backup of one, are brought to this version with everything in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect, select

from register import asset_decisions, assets, backup, checking, copying, history, opening, partners, versions
from register.model import History, RegisterState
from register.model_assets import ASSET_KINDS
from register.store import Register, open_register
from tests.register.asset_beginnings import keep, published
from tests.register.beginnings import EDITOR, READER, STEWARD, Clock, a_partner, a_relationship
from tests.register.conftest import Postgres


def _first_version(address: str) -> Register:
    """A register as the first version made it: its tables and nothing newer."""
    url = opening.address(address)
    engine = opening.engine_for(url, opening.WAIT_SECONDS)
    config = Config()
    config.set_main_option("script_location", str(versions.MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        state = {"id": 1, "register_id": "an-older-register", "secret": "s" * 64, "revision": 0}
        connection.execute(insert(RegisterState).values(**state, last_at=datetime(2000, 1, 1, tzinfo=UTC)))
    register = Register(url, engine, Clock())
    partner = a_partner(register.as_(EDITOR), name="Example Elders")
    a_relationship(register.as_(EDITOR), partner.id)
    return register


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a register of the first version that holds a partner and a relationship."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    address = server.database() if isinstance(server, Postgres) else str(tmp_path / "older.sqlite")
    register = _first_version(address)
    with register.reading() as connection:
        assert not set(ASSET_KINDS) & set(inspect(connection).get_table_names())
    register.close()
    yield address


def _fingerprints(register: Register) -> dict[str, tuple[int, str]]:
    with register.reading() as connection:
        return {table.name: copying.fingerprint(connection, table) for table in copying.copied_tables() if table.name not in ASSET_KINDS}


def test_an_older_register_is_migrated_on_opening_and_nothing_in_it_changes(older: str) -> None:
    url = opening.address(older)
    before = Register(url, opening.engine_for(url, 10.0), Clock())
    kept = _fingerprints(before)
    before.close()
    register = open_register(older, clock=Clock())
    assert _fingerprints(register) == kept
    assert checking.faults(register.as_(STEWARD)) == []
    assert keep(register.as_(EDITOR)).created == 3
    asset_decisions.correct(register.as_(EDITOR), published(), {"opening": "Su"})
    register.close()
    again = open_register(older)
    assert len(assets.kept(again.as_(READER))) == 3 and len(asset_decisions.corrections(again.as_(READER))) == 1
    assert checking.faults(again.as_(STEWARD)) == []
    again.close()


def test_a_backup_of_the_first_version_still_restores(tmp_path: Path, register: Register) -> None:
    older = tmp_path / "backup-0001.sqlite"
    _first_version(str(older)).close()
    digest = hashlib.sha256(older.read_bytes()).hexdigest()
    keep(register.as_(EDITOR))
    done = backup.restore(register.as_(STEWARD), older, replace=True)
    assert done.kept_aside is not None and done.rows["asset"] == 0 and done.rows["partner"] == 1
    assert hashlib.sha256(older.read_bytes()).hexdigest() == digest, "the backup itself is left as it was"
    assert assets.kept(register.as_(READER)).empty
    assert keep(register.as_(EDITOR)).created == 3
    assert checking.faults(register.as_(STEWARD)) == []
    aside = open_register(done.kept_aside)
    assert len(assets.kept(aside.as_(READER))) == 3
    aside.close()


def test_lists_and_decisions_are_backed_up_restored_and_moved_whole(tmp_path: Path, register: Register, postgres: Postgres) -> None:
    editor = register.as_(EDITOR)
    keep(editor)
    asset_decisions.correct(editor, published(), {"opening": "Su", "languages": ["ਪੰਜਾਬੀ"]})
    asset_decisions.decide_match(editor, published(), published("osm/way/2", "Example Mandir"), "different places")
    made = backup.backup(register.as_(STEWARD), tmp_path / "backup.sqlite")
    assert {kind: made.rows[kind] for kind in ASSET_KINDS} == {"asset_list": 1, "asset": 3, "asset_correction": 1, "asset_match": 1}
    empty = open_register(tmp_path / "empty.sqlite")
    backup.restore(empty.as_(STEWARD), tmp_path / "backup.sqlite")
    other = postgres.database() if register.is_sqlite else str(tmp_path / "moved.sqlite")
    backup.move(register.as_(STEWARD), other)
    moved = open_register(other)
    for copy in (empty, moved):
        assert assets.kept(copy.as_(READER)).equals(assets.kept(editor))
        assert asset_decisions.corrections(copy.as_(READER)).equals(asset_decisions.corrections(editor))
        assert checking.faults(copy.as_(STEWARD)) == []
        assert keep(copy.as_(EDITOR)).same_file, "its ids are made with the register's own secret, which goes with it"
        copy.close()


def test_the_newest_change_of_a_kind_is_found_by_an_index(register: Register) -> None:
    partners_before = a_partner(register.as_(EDITOR))
    keep(register.as_(EDITOR))
    query = select(History.revision).where(History.entity == "asset").order_by(History.revision.desc()).limit(1)
    with register.reading() as connection:
        if not register.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if register.is_sqlite else "EXPLAIN "
        plan = connection.exec_driver_sql(explain + str(query.compile(register.engine, compile_kwargs={"literal_binds": True})))
        assert "ix_history_entity" in " ".join(str(line) for line in plan)
    assert history.of_record(register.as_(READER), "partner", partners_before.id)
    assert partners.get(register.as_(READER), partners_before.id).version == 1
