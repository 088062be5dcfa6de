"""Layers of community assets: what one source gave for one scope at one time, each a dated folder above the snapshot, read-only.

A scope is an authority, England, or a feed. Layers are written whole or not at all and checked against their checksums when they are
opened; the newest whole one of a source and scope stands, and one that is damaged is passed over with a sentence that names it.
What people decide is never here: a new layer replaces an old one and touches nothing in the register.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.asset_records import RECORD_COLUMNS, SET_ASIDE_COLUMNS, as_records
from data_loaders import dated_folders, whole_folders
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.data_folder import data_folder
from data_loaders.dated_folders import STAMP, spoken
from data_loaders.whole_folders import DamagedFolderError

FORMAT = 1
KEEP = 3
"""So many of the newest layers of a source and scope are kept."""
ENGLAND = "E92000001"
LISTING, RECORDS, SET_ASIDE = "layer.json", "records.parquet", "set_aside.parquet"
_ID = re.compile(r"([a-z]{2,20})-(E\d{8}|[0-9a-f]{12})-" + STAMP)
_ARROW = {"str": pa.string(), "float64": pa.float64(), "bool": pa.bool_(), "datetime64[us]": pa.timestamp("us")}


class AssetLayerError(Exception):
    """A layer that cannot be read, written or removed; the message is a sentence that says which and what to do."""


@dataclass(frozen=True)
class Scope:
    """What a source was asked about. code: an authority's lad24cd, ENGLAND, or `feed_code`. name: as people say it."""

    code: str
    name: str

    @property
    def is_authority(self) -> bool:
        """Whether it is one authority."""
        return bool(re.fullmatch(r"E0\d{7}", self.code))


def feed_code(address: str) -> str:
    """A short name for a feed or a document in the names of its layers: the first 12 hex digits of its address's SHA-256."""
    return hashlib.sha256(address.strip().rstrip("/").lower().encode()).hexdigest()[:12]


@dataclass(frozen=True)
class AssetAbout:
    """What a layer says of itself. found: how many things the answer held; records, set_aside: how many rows there are of each.
    published: the day, month or year of what was published, ISO. made_at: when it was written, UTC. asked_at: when the answer was
    given, UTC, None for a file, which `file` then names. stale_because: why a kept answer stands in for a live one."""

    source: AssetSource
    scope: Scope
    found: int
    records: int
    set_aside: int
    published: str
    made_at: datetime
    asked_at: datetime | None = None
    file: str = ""
    stale_because: str = ""
    notes: tuple[str, ...] = ()

    @property
    def given_at(self) -> datetime:
        """When the answer was given; for a file, when it was read."""
        return self.asked_at or self.made_at


@dataclass(frozen=True)
class AssetLayer:
    """One layer, found whole. id: the name of its folder."""

    id: str
    folder: Path
    about: AssetAbout

    def records(self) -> pd.DataFrame:
        """RECORD_COLUMNS. AssetLayerError where the file has gone or cannot be read."""
        return as_records(self._read(RECORDS))

    def set_aside(self) -> pd.DataFrame:
        """SET_ASIDE_COLUMNS: what the source gave that is not among the records, and why. AssetLayerError as `records`."""
        return self._read(SET_ASIDE).astype(SET_ASIDE_COLUMNS)

    @property
    def said(self) -> str:
        """Which layer this is, a sentence: "OpenStreetMap, asked on 16 August 2026 for Newham: 412 records, 3 set aside." """
        about = self.about
        how = f"asked on {spoken(about.asked_at)}" if about.asked_at else f"read from {about.file or 'a file'} on {spoken(about.made_at)}"
        line = f"{about.source.publisher}, {how} for {about.scope.name}: {counted(about.records, about.set_aside)}."
        return f"{line} It is an earlier answer: {about.stale_because}" if about.stale_because else line

    def _read(self, name: str) -> pd.DataFrame:
        try:
            return pq.read_table(self.folder / name).to_pandas()
        except (pa.ArrowInvalid, OSError) as error:
            raise AssetLayerError(f"The places {self.id} can no longer be read ({name}): reload the page to see those before them.") from error


class FoundLayers(NamedTuple):
    """layers: the newest whole one of each source and scope. problems: a sentence for each that was passed over."""

    layers: tuple[AssetLayer, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class AssetLayers:
    """The layers in a folder, of every source and scope. The folder need not be there to be read."""

    folder: Path

    def ids(self, source: str | None = None, scope: str | None = None) -> tuple[str, ...]:
        """Ids of layers (of one source, one scope), newest first, without opening one. AssetLayerError where the folder cannot be read."""
        try:
            found = dated_folders.newest_first(self.folder, _ID)
        except OSError as error:
            raise AssetLayerError(f"The folder of places {self.folder} cannot be read ({error.strerror}): check who may read it.") from error
        return tuple(each[0] for each in found if source in (None, each[1]) and scope in (None, each[2]))

    def open(self, layer_id: str) -> AssetLayer:
        """A layer, after checking that each of its files is whole. AssetLayerError names one that is not."""
        folder = self.folder / layer_id
        try:
            content, files = whole_folders.read(folder, LISTING)
            if content.get("format") != FORMAT:
                raise DamagedFolderError(folder, f"it is of format {content.get('format')}, and this version reads format {FORMAT}")
            absent = [name for name in (RECORDS, SET_ASIDE) if name not in files]
            if absent:
                raise DamagedFolderError(folder, f"{absent[0]} is not in its list")
            return AssetLayer(layer_id, folder, _about(content))
        except DamagedFolderError as error:
            raise AssetLayerError(f"The places {layer_id} are damaged ({error.problem})") from error
        except (KeyError, TypeError, ValueError) as error:
            raise AssetLayerError(f"The places {layer_id} are damaged ({LISTING} is not as this version writes it)") from error

    def standing(self, source: str | None = None, scope: str | None = None) -> FoundLayers:
        """The newest whole layer of each source and scope, by id, and a sentence for each newer one that is damaged."""
        layers: dict[str, AssetLayer] = {}
        bad: list[tuple[str, str, str]] = []
        for layer_id in self.ids(source, scope):
            whose = layer_id.rpartition("-")[0]
            if whose in layers:
                continue
            try:
                layers[whose] = self.open(layer_id)
            except AssetLayerError as error:
                if (self.folder / layer_id).exists():  # not one that was removed while we looked
                    bad.append((whose, layer_id, str(error)))
        problems = []
        for whose, layer_id, problem in bad:
            before = layers.get(whose)
            instead = f"those of {spoken(before.about.given_at)}" if before else "those built into this copy, if there are any,"
            problems.append(f"{problem}, so {instead} stand in: pull them again, or delete the folder {self.folder / layer_id}.")
        return FoundLayers(tuple(layers[whose] for whose in sorted(layers)), tuple(problems))

    def write(self, read: AssetsRead, scope: Scope, now: datetime, file: str = "") -> AssetLayer:
        """Make a layer of what a source gave. One writer a source and scope at a time. now: UTC. file: the name of the one it came from.

        AssetLayerError where the disk is full or cannot be written to: then nothing has changed.
        """
        whose = f"{read.source.key}-{scope.code}"
        layer_id = dated_folders.unused(self.folder, whose, now)
        if not _ID.fullmatch(layer_id):
            raise ValueError(f"{whose!r} is not a source and a scope")
        about = AssetAbout(
            read.source, scope, read.found, len(read.records), len(read.set_aside), read.published, now,
            read.asked_at, file, read.stale_because, read.notes,
        )  # fmt: skip

        def fill(aside: Path) -> Mapping[str, Any]:
            for frame, columns, name in ((read.records, RECORD_COLUMNS, RECORDS), (read.set_aside, SET_ASIDE_COLUMNS, SET_ASIDE)):
                schema = pa.schema([(column, _ARROW[kind]) for column, kind in columns.items()])
                pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False), aside / name, compression="zstd")
            return _content(about)

        try:
            whole_folders.remove_unfinished(self.folder, f"{whose}-")
            whole_folders.write(self.folder / layer_id, LISTING, fill)
        except OSError as error:
            raise AssetLayerError(cannot_write(self.folder, error)) from error
        return self.open(layer_id)

    def remove(self, layer_id: str) -> None:
        """Remove a layer. A process that has it open keeps what it read. AssetLayerError where it cannot be removed or is not there."""
        if not _ID.fullmatch(layer_id):
            raise AssetLayerError(f"{layer_id!r} is not the name of a layer of places: it should be like osm-E09000030-20260816T101500Z.")
        try:
            dated_folders.remove(self.folder, layer_id)
        except OSError as error:
            raise AssetLayerError(f"The places {layer_id} cannot be removed: {error.strerror}.") from error

    def remove_old(self, source: str, scope: str) -> tuple[str, ...]:
        """Remove all but the KEEP newest whole layers of a source and scope, and damaged ones older than the newest; say which."""
        whole = []
        for layer_id in self.ids(source, scope):
            try:
                whole.append(self.open(layer_id).id)
            except AssetLayerError:
                continue
        kept = set(whole[:KEEP])
        gone = tuple(each for each in self.ids(source, scope) if whole and each < whole[0] and each not in kept)
        for layer_id in gone:
            self.remove(layer_id)
        return gone


def layers_in(environment: Mapping[str, str]) -> AssetLayers:
    """The layers in the data folder. environment: usually os.environ. SettingError as `data_folder`."""
    return AssetLayers(data_folder(environment) / "asset-layers")


def ids(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of all layers, newest first, cheap enough for every rerun; none where the folder cannot be read. SettingError as `data_folder`."""
    try:
        return layers_in(environment).ids()
    except AssetLayerError:  # `published_assets.current` says so
        return ()


def counted(records: int, set_aside: int) -> str:
    """ "1 record", "412 records, 3 set aside"."""
    return f"{records:,} {'record' if records == 1 else 'records'}" + (f", {set_aside:,} set aside" if set_aside else "")


def cannot_write(folder: Path, error: OSError) -> str:
    """What to say of a disk that cannot be written to."""
    return (
        f"Places cannot be kept in {folder} ({error.strerror or error}), so those that were there are untouched: "
        "make room or let Common Ground write there, or set COMMON_GROUND_DATA to another folder."
    )


def _content(about: AssetAbout) -> dict[str, Any]:
    moments = {name: value.isoformat() if value else None for name, value in (("made_at", about.made_at), ("asked_at", about.asked_at))}
    return {"format": FORMAT} | asdict(about) | moments


def _about(content: Mapping[str, Any]) -> AssetAbout:
    fields = {name: value for name, value in content.items() if name != "format"}
    said = fields["source"]
    source = AssetSource(**(said | {name: tuple(said[name]) for name in ("categories", "weak_spots")}))
    asked_at = dated_folders.moment(fields["asked_at"]) if fields["asked_at"] else None
    own = {"source": source, "scope": Scope(**fields["scope"]), "asked_at": asked_at, "made_at": dated_folders.moment(fields["made_at"])}
    return AssetAbout(**(fields | own | {"notes": tuple(fields["notes"])}))
