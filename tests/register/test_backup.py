"""Backup, restore and move: whole, compared, and refused rather than half made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from commands.__main__ import main
from register import backup, checking, copying, entries, history, partners, people, search
from register.errors import BackupError, NotARegisterError
from register.store import Register, open_register
from tests.register.beginnings import EDITOR, READER, STEWARD, TODAY, TOWER_HAMLETS, a_partner, a_relationship
from tests.register.conftest import Postgres


@pytest.fixture
def filled(register: Register) -> Iterator[Register]:
    acting = register.as_(EDITOR)
    provider = a_partner(acting, name="Provider مسجد 👩🏾‍🦽", description="x" * 9_000)
    service = a_partner(acting, name="A service", kind="named service", provided_by_id=provider.id)
    partners.update(acting, provider.id, 1, {"provided_by_id": service.id})  # a circle, which no order of rows can satisfy
    a_relationship(acting, service.id, "formal or funded")
    person = people.record_person(acting, "Amina Example", consent_on=TODAY, consent_how="By email", lad24cd=TOWER_HAMLETS)
    contact = {"lad24cd": TOWER_HAMLETS, "slot": "VCFSE Alliance", "role": "Chair", "person_id": person.id}
    entries.add(acting, "place_contact", contact, key="form")
    yield register


def _same(one: Register, other: Register) -> dict[str, int]:
    with one.reading() as here, other.reading() as there:
        return copying.compare(here, there)


def test_a_backup_restores_to_what_it_was(filled: Register, tmp_path: Path) -> None:
    made = backup.backup(filled.as_(STEWARD), tmp_path / "backup.sqlite")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("backup")] == ["backup.sqlite"]
    copy = open_register(tmp_path / "backup.sqlite")
    assert _same(filled, copy) == made.rows
    assert checking.faults(copy.as_(STEWARD)) == []
    assert search.search(copy.as_(READER), "service")["name"].tolist() == ["A service"]
    copy.close()

    empty = open_register(tmp_path / "new.sqlite")
    backup.restore(empty.as_(STEWARD), tmp_path / "backup.sqlite")
    assert search.search(empty.as_(READER), "مسجد")["name"].tolist() == ["Provider مسجد 👩🏾‍🦽"]
    assert checking.faults(empty.as_(STEWARD)) == []
    a_partner(empty.as_(EDITOR), name="Written after the restore")
    empty.close()


def test_a_restore_replaces_keeps_aside_and_withdraws_again(filled: Register, tmp_path: Path) -> None:
    steward, editor = filled.as_(STEWARD), filled.as_(EDITOR)
    backup.backup(steward, tmp_path / "backup.sqlite")
    with filled.reading() as connection:
        person = connection.execute(text("SELECT id FROM person")).scalar_one()
    people.withdraw_consent(editor, person)
    late = a_partner(editor, name="Only after the backup")
    revision = filled.revision()

    with pytest.raises(BackupError, match="holds records"):
        backup.restore(steward, tmp_path / "backup.sqlite")
    done = backup.restore(steward, tmp_path / "backup.sqlite", replace=True)
    assert done.consents_withdrawn_again == 1
    assert filled.revision() > revision
    assert search.search(filled.as_(READER), "after the backup").empty
    with filled.reading() as connection:
        assert connection.execute(text("SELECT name FROM person")).scalar_one() is None
    assert checking.faults(steward) == []
    assert done.kept_aside is not None
    kept = open_register(done.kept_aside)
    assert partners.get(kept.as_(EDITOR), late.id).name == "Only after the backup"
    kept.close()


def test_moving_compares_rows_and_checksums_of_every_table(filled: Register, tmp_path: Path, postgres: Postgres) -> None:
    other = postgres.database() if filled.is_sqlite else str(tmp_path / "moved.sqlite")
    moved = backup.move(filled.as_(STEWARD), other)
    target = open_register(other)
    assert _same(filled, target) == moved.rows
    assert moved.rows["partner"] == 2 and moved.rows["history"] >= 9
    assert checking.faults(target.as_(STEWARD)) == []
    told = [[change.sentence for change in history.of_record(r.as_(STEWARD), "partner", _provider(r))] for r in (filled, target)]
    assert told[0] == told[1]
    with pytest.raises(BackupError, match="empty database"):
        backup.move(filled.as_(STEWARD), other)
    target.close()


def _provider(register: Register) -> str:
    return str(search.search(register.as_(READER), "provider")["partner_id"].iloc[0])


def test_a_copy_that_differs_is_refused(filled: Register, tmp_path: Path) -> None:
    backup.backup(filled.as_(STEWARD), tmp_path / "backup.sqlite")
    with closing(sqlite3.connect(tmp_path / "backup.sqlite")) as connection:
        connection.execute("UPDATE partner SET description = 'y' WHERE name = 'A service'")
        connection.commit()
    copy = open_register(tmp_path / "backup.sqlite")
    with pytest.raises(BackupError, match=r"not the same.*partner \(2 rows and 2\)"):
        _same(filled, copy)
    assert "differs from its history in description" in checking.faults(copy.as_(STEWARD))[0]
    copy.close()


def test_a_backup_is_whole_or_not_there(filled: Register, tmp_path: Path) -> None:
    steward = filled.as_(STEWARD)
    there = tmp_path / "there.sqlite"
    there.write_bytes(b"something")
    with pytest.raises(BackupError, match="never replaces another"):
        backup.backup(steward, there)
    with pytest.raises(BackupError, match="no folder"):
        backup.backup(steward, tmp_path / "nowhere" / "x.sqlite")
    assert there.read_bytes() == b"something"
    revision = filled.revision()
    for wrong in (there, tmp_path / "missing.sqlite"):
        with pytest.raises((BackupError, NotARegisterError)):
            backup.restore(steward, wrong, replace=True)
    assert filled.revision() == revision
    assert checking.faults(steward) == []


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.sqlite")
    a_partner(register.as_(EDITOR), description="x" * 9_000)
    backup.backup(register.as_(STEWARD), tmp_path / "backup.sqlite")
    content = bytearray((tmp_path / "backup.sqlite").read_bytes())
    content[8192:20480] = b"\xff" * 12288
    (tmp_path / "backup.sqlite").write_bytes(content)
    revision = register.revision()
    with pytest.raises(Exception, match=r"."):
        backup.restore(register.as_(STEWARD), tmp_path / "backup.sqlite", replace=True)
    assert register.revision() == revision
    assert checking.faults(register.as_(STEWARD)) == []
    register.close()


def test_the_command_line_looks_after_a_register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "register.sqlite")
    register = open_register(path)
    a_partner(register.as_(EDITOR))
    register.close()

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["register", "--register", path, *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert run("check") == (0, "register.sqlite is whole: every record is as its history says.\n")
    assert "         1  partner\n" in run("info")[1]
    assert run("backup", str(tmp_path / "b.sqlite"))[0] == 0
    assert run("backup", str(tmp_path / "b.sqlite")) == (
        2,
        f"error: {tmp_path / 'b.sqlite'} is there already. Name a file that is not: a backup never replaces another.\n",
    )
    code, said = run("restore", str(tmp_path / "b.sqlite"))
    assert (code, "holds records" in said) == (2, True)
    code, said = run("restore", str(tmp_path / "b.sqlite"), "--replace")
    assert (code, "before-restore" in said) == (0, True)
    assert "same rows and checksums" in run("move", str(tmp_path / "moved.sqlite"))[1]
    assert main(["register", "--register", str(tmp_path / "none.sqlite"), "info"]) == 2
    assert "no register at" in capsys.readouterr().err
    assert not (tmp_path / "none.sqlite").exists()
