"""What a pull has been answered so far, on disk: a killed pull goes on from here, and no answer is held in memory twice.

Each answer is a folder that is there whole or not at all (`whole_folders`). Parts are used for a day: after that the figures of one
layer would be too far apart in time, and they are asked for again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_loaders import whole_folders
from data_loaders.indicator_source import Fetched
from data_loaders.indicator_values import INDICATOR_COLUMNS, VALUE_COLUMNS, empty, typed
from data_loaders.layers import LayerError, cannot_write
from data_loaders.whole_folders import DamagedFolderError

logger = logging.getLogger(__name__)

GOOD_FOR = timedelta(hours=24)
LISTING = "part.json"
_ARROW = {"str": pa.string(), "float64": pa.float64(), "int32": pa.int32(), "Int16": pa.int16()}
VALUES_SCHEMA = pa.schema([(name, _ARROW[kind]) for name, kind in VALUE_COLUMNS.items()])
INDICATORS_SCHEMA = pa.schema([(name, _ARROW[kind]) for name, kind in INDICATOR_COLUMNS.items()])
SET_ASIDE_SCHEMA = pa.schema([("address", pa.string()), ("row", pa.int64()), ("reason", pa.string()), ("text", pa.string())])


class Asked(NamedTuple):
    """One question: indicators at a level within an area."""

    level: str
    within: str
    indicator_ids: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One answer that is kept. absent: indicator → why there is no row of it, a sentence. rows: in all; own_rows: of areas of the
    level, without England's. Moments are UTC."""

    folder: Path
    asked: Asked
    address: str
    asked_at: datetime
    stale_since: datetime | None
    stale_because: str
    absent: Mapping[str, str]
    rows: int
    own_rows: int

    def values(self, indicator_ids: Sequence[str]) -> pd.DataFrame:
        """The rows of some indicators, plain VALUE_COLUMNS. A part is sorted by indicator, so that little else is read."""
        first, last, wanted = min(indicator_ids), max(indicator_ids), pa.array(indicator_ids)
        tables = []
        with pq.ParquetFile(self.folder / "values.parquet") as file:
            for number in range(file.num_row_groups):
                there = file.metadata.row_group(number).column(0).statistics
                if there is None or not there.has_min_max or (there.min <= last and there.max >= first):
                    group = file.read_row_group(number, use_threads=False)
                    tables.append(group.filter(pc.is_in(group["indicator_id"], value_set=wanted)))
        return typed(pa.concat_tables(tables).to_pandas()) if tables else empty()

    def set_aside(self) -> pd.DataFrame:
        """The rows that were set aside: address, row, reason, text."""
        return pq.read_table(self.folder / "set_aside.parquet").to_pandas()


class Parts:
    """The parts of one pull: the same publisher, place, indicators and levels find the same folder again."""

    def __init__(self, folder: Path, place_code: str, request: object, now: datetime) -> None:
        name = hashlib.sha256(json.dumps(request, sort_keys=True, default=list).encode()).hexdigest()[:12]
        self.folder = folder / f"{place_code}-{name}"
        self._now = now
        _remove_old(folder, now)
        whole_folders.remove_unfinished(self.folder, "")

    def kept(self) -> list[Part]:
        """The answers that can be used: whole, live when they were given, and of the last day. Others are removed."""
        found = []
        for folder in sorted(self.folder.glob("answer-*")):
            try:
                part = _part(folder)
            except DamagedFolderError as error:
                logger.warning("A part of an earlier pull is asked for again: %s", error)
                part = None
            if part is None or part.stale_since is not None or self._now - part.asked_at > GOOD_FOR:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                found.append(part)
        return found

    def keep(self, asked: Asked, fetched: Fetched) -> Part:
        """Keep an answer. LayerError where the disk is full or cannot be written to."""
        content = {
            "asked": asked, "address": fetched.address, "asked_at": fetched.asked_at.isoformat(), "absent": dict(fetched.absent),
            "stale_since": fetched.stale_since.isoformat() if fetched.stale_since else None, "stale_because": fetched.stale_because,
            "rows": len(fetched.values), "own_rows": int((fetched.values["level"] == asked.level).sum()),
        }  # fmt: skip

        def fill(folder: Path) -> Mapping[str, Any]:
            values = fetched.values.sort_values("indicator_id", kind="stable")
            write_table(values, VALUES_SCHEMA, folder / "values.parquet")
            write_table(fetched.set_aside.assign(address=fetched.address), SET_ASIDE_SCHEMA, folder / "set_aside.parquet")
            return content

        name = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
        self._write(f"answer-{name}", fill)
        pa.default_memory_pool().release_unused()  # what the answer was parsed in, before the next one comes
        return _part(self.folder / f"answer-{name}")

    def known(self, what: str) -> Any:
        """A small thing kept earlier ("available"), None where it is not or is older than a day."""
        try:
            content, _ = whole_folders.read(self.folder / what, LISTING)
        except DamagedFolderError:
            return None
        return content["value"] if self._now - datetime.fromisoformat(content["at"]) <= GOOD_FOR else None

    def note(self, what: str, value: object) -> None:
        """Keep a small thing that JSON can hold. LayerError as `keep`."""
        self._write(what, lambda _: {"value": value, "at": self._now.isoformat()})

    def _write(self, name: str, fill: Callable[[Path], Mapping[str, Any]]) -> None:
        try:
            whole_folders.write(self.folder / name, LISTING, fill)
        except OSError as error:
            raise LayerError(cannot_write(self.folder.parent, error)) from error

    def remove(self) -> None:
        """Remove everything: the layer has it now."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_table(frame: pd.DataFrame, schema: pa.Schema, path: Path) -> None:
    """Write a frame as Parquet in small row groups, so that some indicators can be read without the rest."""
    table = pa.Table.from_pandas(frame.reindex(columns=schema.names), schema=schema, preserve_index=False)
    pq.write_table(table, path, compression="zstd", row_group_size=20_000)


def every_indicator(parts: Iterable[Part]) -> Iterator[str]:
    """The indicators that parts were asked for, each once, in order."""
    yield from dict.fromkeys(one for part in parts for one in part.asked.indicator_ids)


def described(part: Part) -> dict[str, Any]:
    """A part as a layer's list of answers has it."""
    return {
        "level": part.asked.level, "within": part.asked.within, "indicators": len(part.asked.indicator_ids), "address": part.address,
        "asked_at": part.asked_at.isoformat(), "rows": part.rows,
        "stale_since": part.stale_since.isoformat() if part.stale_since else None,
    }  # fmt: skip


def _part(folder: Path) -> Part:
    content, _ = whole_folders.read(folder, LISTING)
    try:
        level, within, ids = content["asked"]
        stale = content["stale_since"]
        return Part(
            folder, Asked(level, within, tuple(ids)), content["address"], datetime.fromisoformat(content["asked_at"]).astimezone(UTC),
            datetime.fromisoformat(stale).astimezone(UTC) if stale else None, content["stale_because"], content["absent"], content["rows"],
            content["own_rows"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFolderError(folder, f"{LISTING} is not as this version writes it") from error


def _remove_old(folder: Path, now: datetime) -> None:
    """Remove what pulls of some days ago left: they will not be taken up again."""
    for path in folder.glob("*-*"):
        if path.is_dir() and now.timestamp() - path.stat().st_mtime > 2 * GOOD_FOR.total_seconds():
            shutil.rmtree(path, ignore_errors=True)
