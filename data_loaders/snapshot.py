"""Opening the snapshot: each table verified once against its checksum, then only the columns asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_loaders import manifests
from data_loaders.errors import SnapshotError

ROOT = Path(__file__).parents[1]
DEFAULT_FOLDER = ROOT / "assets" / "snapshot"
STATIC_FOLDER = ROOT / "static"
FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """The embedded snapshot. Every table is read-only; columns and units are in `snapshot_schemas`."""

    folder: Path = DEFAULT_FOLDER
    static: Path = STATIC_FOLDER
    _verified: set[str] = field(default_factory=set, compare=False, repr=False)

    def contents(self) -> dict[str, Any]:
        """What the builder wrote: format, tables (rows, bytes, sha256), manifests (sha256). SnapshotError when unreadable."""
        path = self.folder / "snapshot.json"
        try:
            contents: Any = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise SnapshotError(path, "the snapshot's list of contents is missing") from error
        except ValueError as error:
            raise SnapshotError(path, "the snapshot's list of contents is damaged") from error
        if not isinstance(contents, dict):
            raise SnapshotError(path, "the snapshot's list of contents is damaged")
        if contents.get("format") != FORMAT:
            raise SnapshotError(path, f"it is of format {contents.get('format')}, this version reads format {FORMAT}")
        if not all(isinstance(contents.get(part), dict) for part in ("tables", "manifests")):
            raise SnapshotError(path, "the snapshot's list of contents is damaged")
        return contents

    def path(self, table: str) -> Path:
        """The file of a table, after checking once that it is whole. SnapshotError names a missing or altered one."""
        path = self.folder / f"{table}.parquet"
        if table not in self._verified:
            listed = self.contents()["tables"].get(table)
            if listed is None:
                raise SnapshotError(path, "it is not in the snapshot's list of contents")
            if not path.is_file():
                raise SnapshotError(path, "the file is missing")
            if path.stat().st_size != listed["bytes"]:
                raise SnapshotError(
                    path,
                    f"it has {path.stat().st_size:,} bytes and should have {listed['bytes']:,}: cut short or altered",
                )
            if manifests.sha256(path) != listed["sha256"]:
                raise SnapshotError(path, "its checksum is not the one recorded when it was built: altered")
            self._verified.add(table)
        return path

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One table, or some of its columns."""
        path = self.path(name)
        try:
            return pq.read_table(path, columns=list(columns) if columns else None).to_pandas()
        except (pa.ArrowInvalid, OSError) as error:
            raise SnapshotError(path, f"it cannot be read ({error})") from error

    def manifests(self) -> list[manifests.Manifest]:
        """Every source of the snapshot, by title. SnapshotError names a description that is missing or altered."""
        folder = self.folder / "manifests"
        for source_id, checksum in self.contents()["manifests"].items():
            path = folder / f"{source_id}.json"
            if not path.is_file():
                raise SnapshotError(path, "the description of a source is missing")
            if manifests.sha256(path) != checksum:
                raise SnapshotError(path, "its checksum is not the one recorded when it was built: altered")
        return manifests.read_all(folder)

    def check_geometry(self) -> None:
        """Every outline that the index lists is there and of the recorded size; SnapshotError names the first that is not."""
        index = self.table("geometry", ["path", "bytes"])
        for path, size in zip(index["path"], index["bytes"], strict=True):
            file = self.static / path
            if not file.is_file():
                raise SnapshotError(file, "the outline file is missing")
            if file.stat().st_size != size:
                raise SnapshotError(
                    file, f"the outline file has {file.stat().st_size:,} bytes and should have {size:,}"
                )
