"""Folders that are there whole or not at all: written aside, listed with a checksum for each file, then moved into place.

A process that is killed half-way, or a disk that fills up, leaves what was there as it was; what it had begun is never taken for whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from data_loaders.manifests import sha256

ASIDE = ".writing-"
"""How the name of a folder begins while it is being written."""


class DamagedFolderError(Exception):
    """A folder that is missing, cut short or altered. problem: what is wrong, without a full stop."""

    def __init__(self, folder: Path, problem: str) -> None:
        self.folder = folder
        self.problem = problem
        super().__init__(f"{folder}: {problem}")


def write(target: Path, listing: str, fill: Callable[[Path], Mapping[str, Any]]) -> None:
    """Make a folder with what `fill` writes into it and a listing (JSON) of what `fill` returns and of every file.

    target: must not be there yet, or is replaced. listing: the name of the JSON file. OSError where the disk is full or cannot be
    written to; then `target` is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{ASIDE}{target.name}-"))
    try:
        content = dict(fill(aside))
        files = {path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in sorted(aside.iterdir())}
        text = json.dumps({"seal": _seal(content, files), "content": content, "files": files}, ensure_ascii=False, indent=1)
        (aside / listing).write_text(text + "\n", encoding="utf-8")
        for path in aside.iterdir():
            _to_disk(path)
        aside.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        aside.rename(target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def read(folder: Path, listing: str) -> tuple[dict[str, Any], dict[str, Path]]:
    """What the listing says, and the files by name, after checking that each is whole. DamagedFolderError otherwise."""
    try:
        text = json.loads((folder / listing).read_text(encoding="utf-8"))
        content, files = text["content"], text["files"]
        if text["seal"] != _seal(content, files):
            raise DamagedFolderError(folder, f"{listing} was altered")
        expected = {name: (int(listed["bytes"]), str(listed["sha256"])) for name, listed in files.items()}
    except FileNotFoundError as error:
        raise DamagedFolderError(folder, f"{listing} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFolderError(folder, f"{listing} cannot be read") from error
    for name, (size, checksum) in expected.items():
        path = folder / name
        try:
            if path.stat().st_size != size:
                raise DamagedFolderError(folder, f"{name} was cut short or altered")
            if sha256(path) != checksum:
                raise DamagedFolderError(folder, f"{name} was altered")
        except FileNotFoundError as error:
            raise DamagedFolderError(folder, f"{name} is missing") from error
        except OSError as error:
            raise DamagedFolderError(folder, f"{name} cannot be read") from error
    return content, {name: folder / name for name in expected}


def remove_unfinished(parent: Path, name: str) -> None:
    """Remove what a killed process left half written for folders whose name begins so. Call it only while nobody else can be writing one."""
    for path in parent.glob(f"{ASIDE}{name}*"):
        shutil.rmtree(path, ignore_errors=True)


def _seal(content: Mapping[str, Any], files: Mapping[str, Any]) -> str:
    """A checksum of the listing itself, so that a date or a reason altered by hand is noticed too."""
    return hashlib.sha256(json.dumps([content, files], ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _to_disk(path: Path) -> None:
    """Have the system write a file out, so that a cut of power after the move cannot leave it empty."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
