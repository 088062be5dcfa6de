"""A snapshot file that is missing, cut short, altered or of another version is named, with what to run; nothing is read from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_loaders.errors import SnapshotError
from data_loaders.snapshot import DEFAULT_FOLDER, STATIC_FOLDER, Snapshot
from data_loaders.snapshot_schemas import SCHEMAS

TABLES = sorted(SCHEMAS)


def _link_tree(source: Path, target: Path) -> None:
    """The same files under another folder, without copying them."""
    for path in source.rglob("*"):
        if path.is_file():
            linked = target / path.relative_to(source)
            linked.parent.mkdir(parents=True, exist_ok=True)
            linked.symlink_to(path)


def _replace(path: Path, content: bytes) -> None:
    """Put other content in the place of a link, not through it."""
    path.unlink()
    path.write_bytes(content)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    _link_tree(DEFAULT_FOLDER, tmp_path / "snapshot")
    return Snapshot(tmp_path / "snapshot", STATIC_FOLDER)


@pytest.fixture(autouse=True)
def the_committed_snapshot_is_untouched() -> Iterator[None]:
    before = {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in DEFAULT_FOLDER.rglob("*") if path.is_file()}
    yield
    assert {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in DEFAULT_FOLDER.rglob("*") if path.is_file()} == before


def _said(caught: pytest.ExceptionInfo[SnapshotError], file: str) -> str:
    message = str(caught.value)
    assert message.startswith(f"{file}: ")
    assert caught.value.file == file
    assert "make snapshot" in message and "git checkout" in message
    assert "\n" not in message
    return message


def test_a_whole_snapshot_is_read(snapshot: Snapshot) -> None:
    assert len(snapshot.table("small_areas", ["lsoa21cd"])) == 33_755
    assert len(snapshot.manifests()) > 10


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(snapshot: Snapshot, table: str) -> None:
    (snapshot.folder / f"{table}.parquet").unlink()
    with pytest.raises(SnapshotError) as caught:
        snapshot.table(table)
    assert "missing" in _said(caught, f"{table}.parquet")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("keep", [0.0, 0.5])
def test_a_table_cut_short_is_named(snapshot: Snapshot, table: str, keep: float) -> None:
    path = snapshot.folder / f"{table}.parquet"
    content = path.read_bytes()
    _replace(path, content[: int(len(content) * keep)])
    with pytest.raises(SnapshotError) as caught:
        snapshot.path(table)
    assert "cut short or altered" in _said(caught, f"{table}.parquet")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_with_one_byte_altered_is_named(snapshot: Snapshot, table: str) -> None:
    path = snapshot.folder / f"{table}.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    _replace(path, bytes(content))
    with pytest.raises(SnapshotError) as caught:
        snapshot.table(table)
    assert "checksum" in _said(caught, f"{table}.parquet")


def test_a_table_of_another_vintage_is_not_mixed_in(snapshot: Snapshot) -> None:
    _replace(snapshot.folder / "pcns.parquet", (DEFAULT_FOLDER / "practices.parquet").read_bytes())
    with pytest.raises(SnapshotError) as caught:
        snapshot.table("pcns")
    _said(caught, "pcns.parquet")


def test_a_table_that_is_not_listed_is_named(snapshot: Snapshot) -> None:
    with pytest.raises(SnapshotError) as caught:
        snapshot.table("budgets")
    assert "not in the snapshot's list" in _said(caught, "budgets.parquet")


def test_a_missing_list_of_contents_is_named(snapshot: Snapshot) -> None:
    (snapshot.folder / "snapshot.json").unlink()
    for use in (snapshot.contents, snapshot.manifests, lambda: snapshot.table("pcns")):
        with pytest.raises(SnapshotError) as caught:
            use()
        assert "missing" in _said(caught, "snapshot.json")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"format": 1}', b'{"format": 1, "tables": 3, "manifests": {}}', b'{"format": 1, "tables": {}}'],
)
def test_a_damaged_list_of_contents_is_named(snapshot: Snapshot, content: bytes) -> None:
    _replace(snapshot.folder / "snapshot.json", content)
    with pytest.raises(SnapshotError) as caught:
        snapshot.table("pcns")
    assert "damaged" in _said(caught, "snapshot.json")


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_format_is_said(snapshot: Snapshot, version: object) -> None:
    contents = json.loads((snapshot.folder / "snapshot.json").read_text(encoding="utf-8"))
    _replace(snapshot.folder / "snapshot.json", json.dumps(contents | {"format": version}).encode())
    with pytest.raises(SnapshotError) as caught:
        snapshot.table("pcns")
    assert f"of format {version}, this version reads format 1" in _said(caught, "snapshot.json")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError) as caught:
        Snapshot(tmp_path / "nowhere").table("pcns")
    _said(caught, "snapshot.json")


def test_a_missing_description_of_a_source_is_named(snapshot: Snapshot) -> None:
    (snapshot.folder / "manifests" / "gp_registrations.json").unlink()
    with pytest.raises(SnapshotError) as caught:
        snapshot.manifests()
    assert "missing" in _said(caught, "gp_registrations.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "postcodes"}'])
def test_an_altered_description_of_a_source_is_named(snapshot: Snapshot, content: bytes) -> None:
    _replace(snapshot.folder / "manifests" / "postcodes.json", content)
    with pytest.raises(SnapshotError) as caught:
        snapshot.manifests()
    assert "checksum" in _said(caught, "postcodes.json")


@pytest.fixture
def outlines(tmp_path: Path) -> tuple[Snapshot, Path]:
    _link_tree(STATIC_FOLDER / "geometry", tmp_path / "static" / "geometry")
    snapshot = Snapshot(DEFAULT_FOLDER, tmp_path / "static")
    return snapshot, tmp_path / "static" / str(snapshot.table("geometry", ["path"])["path"].iloc[100])


def test_a_missing_outline_is_named(outlines: tuple[Snapshot, Path]) -> None:
    snapshot, path = outlines
    path.unlink()
    with pytest.raises(SnapshotError) as caught:
        snapshot.check_geometry()
    assert "missing" in _said(caught, path.name)


def test_an_outline_cut_short_is_named(outlines: tuple[Snapshot, Path]) -> None:
    snapshot, path = outlines
    _replace(path, path.read_bytes()[:-7])
    with pytest.raises(SnapshotError) as caught:
        snapshot.check_geometry()
    assert f"should have {path.stat().st_size + 7:,}" in _said(caught, path.name)
