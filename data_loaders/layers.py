"""Layers: what was pulled live for a place, each pull a dated folder above the snapshot. The newest whole one wins.

A layer is written aside and moved into place whole, so that any number of processes may read while one writes. It is checked against
its checksums when it is opened; one that is damaged is passed over with a sentence that names it, and the one before it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_loaders import dated_folders, whole_folders
from data_loaders.data_folder import data_folder
from data_loaders.dated_folders import STAMP, moment, spoken
from data_loaders.indicator_values import INDICATOR_COLUMNS, VALUE_COLUMNS
from data_loaders.whole_folders import DamagedFolderError

FORMAT = 1
KEEP = 3
"""So many of the newest layers of a place are always kept."""
MOST = 12
"""And at most so many: an older one is kept only where it is still the newest to have an indicator at a level."""
LISTING, VALUES, INDICATORS, SET_ASIDE = "layer.json", "values.parquet", "indicators.parquet", "set_aside.parquet"
_ID = re.compile(r"([A-Z]\d{5,8})-" + STAMP)


def layers_folder(environment: Mapping[str, str]) -> Path:
    """The folder, within the data folder, in which layers are kept. environment: usually os.environ. SettingError as `data_folder`."""
    return data_folder(environment) / "layers"


class LayerError(Exception):
    """A layer that cannot be read, written or removed; the message is a sentence that says which and what to do."""


class Missing(NamedTuple):
    """What a pull asked for and has no value of. levels: where; none where it is the indicator's description. kind: "not published"
    (there is nothing to be had there), or "not answered" (asking again may help). reason: a sentence."""

    indicator_id: str
    levels: tuple[str, ...]
    kind: str
    reason: str


@dataclass(frozen=True)
class About:
    """What a layer says of itself. pulled_at: when the pull ended, UTC; asked_from: when the oldest of its live
    answers was given, up to a day before. indicator_ids, levels: what was asked for. holds: level → the
    indicators that it has rows of. stale_since: None where every answer was live, otherwise when the oldest kept answer that stood in
    was given, UTC; stale_because: why, a sentence. answers: what was asked and when, one entry a question."""

    place_code: str
    place_name: str
    source: str
    origin: str
    address: str
    pulled_at: datetime
    asked_from: datetime
    indicator_ids: tuple[str, ...]
    levels: tuple[str, ...]
    holds: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int]
    missing: tuple[Missing, ...] = ()
    answers: tuple[Mapping[str, Any], ...] = ()
    stale_since: datetime | None = None
    stale_because: str = ""

    @property
    def whole(self) -> bool:
        """Whether everything that is published was answered, and answered live."""
        return self.stale_since is None and not any(each.kind == "not answered" for each in self.missing)


@dataclass(frozen=True)
class Layer:
    """One layer, found whole. id: also the source_id of its values, and the name of its folder."""

    id: str
    folder: Path
    about: About

    def values(self) -> pd.DataFrame:
        """VALUE_COLUMNS, texts as categories. LayerError where the file has gone or cannot be read."""
        return self._read(VALUES, [name for name, kind in VALUE_COLUMNS.items() if kind == "str"])

    def indicators(self) -> pd.DataFrame:
        """INDICATOR_COLUMNS, plain. LayerError as `values`."""
        return self._read(INDICATORS).astype(INDICATOR_COLUMNS)

    def set_aside(self) -> pd.DataFrame:
        """The rows of the answers that are not among the values: address, row, reason, text. LayerError as `values`."""
        return self._read(SET_ASIDE)

    @property
    def vintage(self) -> str:
        """What to call it in a list of sources: "pulled live from OHID Fingertips on 16 August 2026"."""
        return f"pulled live from {self.about.source} on {spoken(self.about.asked_from)}"

    @property
    def said(self) -> str:
        """Which layer this is, a sentence for the page: "Pulled live from OHID Fingertips for NHS North East London on 16 August 2026."

        Where kept answers stood in for live ones it says since when and why.
        """
        about = self.about
        line = f"Pulled live from {about.source} for {about.place_name} on {spoken(about.asked_from)}."
        if about.stale_since is not None:
            line += f" Some of it is as it was on {spoken(about.stale_since)}: {about.stale_because}"
        return line

    def _read(self, name: str, categories: list[str] | None = None) -> pd.DataFrame:
        try:
            return pq.read_table(self.folder / name, read_dictionary=categories).to_pandas()
        except (pa.ArrowInvalid, OSError) as error:
            raise LayerError(f"The layer {self.id} can no longer be read ({name}): reload the page to see the one before it.") from error


class Found(NamedTuple):
    """layers: whole ones, the newest first. problems: a sentence for each that was passed over."""

    layers: tuple[Layer, ...]
    problems: tuple[str, ...]

    @property
    def newest(self) -> Layer | None:
        """The newest whole layer, if there is one."""
        return self.layers[0] if self.layers else None


@dataclass(frozen=True)
class Layers:
    """The layers in a folder, of every place. The folder need not be there to be read."""

    folder: Path

    def ids(self, place_codes: Collection[str] | None = None) -> tuple[str, ...]:
        """The ids of the layers of some places (None: of all), newest first, without opening one: cheap enough for every rerun."""
        try:
            found = dated_folders.newest_first(self.folder, _ID)
        except OSError as error:
            raise LayerError(
                f"The folder of live figures {self.folder} cannot be read ({error.strerror}): check who may read it."
            ) from error
        return tuple(match[0] for match in found if place_codes is None or match[1] in place_codes)

    def open(self, layer_id: str) -> Layer:
        """A layer, after checking that each of its files is whole. LayerError names one that is not."""
        folder = self.folder / layer_id
        try:
            content, files = whole_folders.read(folder, LISTING)
            if content.get("format") != FORMAT:
                raise DamagedFolderError(folder, f"it is of format {content.get('format')}, and this version reads format {FORMAT}")
            absent = [name for name in (VALUES, INDICATORS, SET_ASIDE) if name not in files]
            if absent:
                raise DamagedFolderError(folder, f"{absent[0]} is not in its list")
            return Layer(layer_id, folder, _about(content))
        except DamagedFolderError as error:
            raise LayerError(f"The live figures {layer_id} are damaged ({error.problem})") from error
        except (KeyError, TypeError, ValueError) as error:
            raise LayerError(f"The live figures {layer_id} are damaged ({LISTING} is not as this version writes it)") from error

    def whole(self, place_codes: Collection[str] | None = None) -> Found:
        """The whole layers of some places, newest first, and a sentence for each that is damaged."""
        layers: list[Layer] = []
        bad: list[tuple[str, str]] = []
        for layer_id in self.ids(place_codes):
            try:
                layers.append(self.open(layer_id))
            except LayerError as error:
                if (self.folder / layer_id).exists():  # not one that was removed while we looked
                    bad.append((layer_id, str(error)))
        problems = []
        for layer_id, problem in bad:
            before = next((layer for layer in layers if layer.id[-16:] < layer_id[-16:]), None)
            instead = f"those pulled on {spoken(before.about.asked_from)}" if before else "those built into this copy"
            problems.append(f"{problem}, so {instead} stand in: pull them again, or delete the folder {self.folder / layer_id}.")
        return Found(tuple(layers), tuple(problems))

    def new_id(self, place_code: str, moment: datetime) -> str:
        """An id that no layer has yet. moment: UTC."""
        chosen = dated_folders.unused(self.folder, place_code, moment)
        if not _ID.fullmatch(chosen):
            raise ValueError(f"{place_code!r} is not the code of a place")
        return chosen

    def write(self, layer_id: str, fill: Callable[[Path], About]) -> Layer:
        """Make a layer of what `fill` writes (VALUES, INDICATORS, SET_ASIDE) into the folder it is given. One writer a place at a time.

        LayerError where the disk is full or cannot be written to: then nothing has changed.
        """
        place_code = layer_id.partition("-")[0]
        try:
            whole_folders.remove_unfinished(self.folder, f"{place_code}-")
            whole_folders.write(self.folder / layer_id, LISTING, lambda aside: _content(fill(aside)))
        except OSError as error:
            raise LayerError(cannot_write(self.folder, error)) from error
        return self.open(layer_id)

    def remove(self, layer_id: str) -> None:
        """Remove a layer. A process that has it open keeps what it read. LayerError where it cannot be removed or is not there."""
        if not _ID.fullmatch(layer_id):
            raise LayerError(f"{layer_id!r} is not the name of live figures: it should be like E54000029-20260816T101500Z.")
        try:
            dated_folders.remove(self.folder, layer_id)
        except OSError as error:
            raise LayerError(f"The live figures {layer_id} cannot be removed: {error.strerror}.") from error

    def remove_old(self, place_code: str) -> tuple[str, ...]:
        """Remove what a place no longer needs, and say which: damaged layers older than a whole one, and those beyond KEEP that have
        nothing that a newer one has not; in any case those beyond MOST."""
        found = self.whole([place_code])
        if found.newest is None:
            return ()
        kept: set[str] = set()
        had: set[tuple[str, str]] = set()
        for number, layer in enumerate(found.layers):
            has = {(level, one) for level, those in layer.about.holds.items() for one in those}
            if number < KEEP or (len(kept) < MOST and has - had):
                kept.add(layer.id)
            had |= has
        gone = tuple(each for each in self.ids([place_code]) if each not in kept and each < found.newest.id)
        for layer_id in gone:
            self.remove(layer_id)
        return gone


def cannot_write(folder: Path, error: OSError) -> str:
    """What to say of a disk that cannot be written to."""
    return (
        f"Live figures cannot be kept in {folder} ({error.strerror or error}), so those that were there are untouched: "
        "make room or let Common Ground write there, or set COMMON_GROUND_DATA to another folder."
    )


def _content(about: About) -> dict[str, Any]:
    content = {"format": FORMAT} | asdict(about)
    for name in ("pulled_at", "asked_from", "stale_since"):
        content[name] = content[name].isoformat() if content[name] else None
    content["missing"] = [each._asdict() for each in about.missing]
    return content


def _about(content: Mapping[str, Any]) -> About:
    fields = {name: value for name, value in content.items() if name != "format"}
    moments = {name: moment(fields[name]) if fields[name] else None for name in ("pulled_at", "asked_from", "stale_since")}
    lists: dict[str, Any] = {name: tuple(fields[name]) for name in ("indicator_ids", "levels", "answers")}
    holds = {str(level): tuple(those) for level, those in fields["holds"].items()}
    missing = tuple(Missing(**(each | {"levels": tuple(each["levels"])})) for each in fields["missing"])
    return About(**(fields | moments | lists | {"holds": holds, "missing": missing}))
