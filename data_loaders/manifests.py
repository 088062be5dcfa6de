"""Where each figure comes from: one small description a source, and the manifest that the builder makes of it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

DESCRIPTIONS = Path(__file__).parents[1] / "assets" / "sources"


@dataclass(frozen=True)
class Manifest:
    """One source as the snapshot used it. `rows` were read, `used` explains what of them is in the snapshot."""

    id: str
    title: str
    publisher: str
    address: str
    file: str
    vintage: str
    geography: str
    licence: str
    licence_address: str
    attribution: str
    used_for: str
    weak_spots: tuple[str, ...]
    accessed: str
    rows: int
    sha256: str
    used: dict[str, float | int | str]


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def describe(source_id: str, source: Path, rows: int, used: dict[str, float | int | str]) -> Manifest:
    """The manifest of one source: its description in assets/sources, with rows and checksum read from `source`."""
    text = tomllib.loads((DESCRIPTIONS / f"{source_id}.toml").read_text(encoding="utf-8"))
    text.pop("sheet", None)
    weak_spots = tuple(text.pop("weak_spots"))
    return Manifest(
        id=source_id, rows=rows, sha256=sha256(source / text["file"]), used=used, weak_spots=weak_spots, **text
    )


def source_ids() -> list[str]:
    """Every described source, in alphabetical order."""
    return sorted(path.stem for path in DESCRIPTIONS.glob("*.toml"))


def source_file(source_id: str) -> str:
    """The path of a source's file, relative to the source folder."""
    return str(tomllib.loads((DESCRIPTIONS / f"{source_id}.toml").read_text(encoding="utf-8"))["file"])


def write(manifest: Manifest, folder: Path) -> None:
    """Write one manifest as JSON, keys in a fixed order, so that the same input gives the same bytes."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / f"{manifest.id}.json").write_text(text + "\n", encoding="utf-8")


def read_all(folder: Path) -> list[Manifest]:
    """Every manifest of a snapshot, by title."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    manifests = [Manifest(**(entry | {"weak_spots": tuple(entry["weak_spots"])})) for entry in found]
    return sorted(manifests, key=lambda manifest: manifest.title)
