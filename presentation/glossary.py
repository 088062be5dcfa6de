"""The glossary that the app shows and the tests check. No screen here."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[1] / "assets" / "glossary.toml"
METHODS = Path(__file__).parents[1] / "assets" / "methods.md"


@cache
def glossary() -> dict[str, str]:
    """Term → meaning, in alphabetical order."""
    terms = tomllib.loads(_FILE.read_text(encoding="utf-8"))["term"]
    return {entry["term"]: entry["meaning"] for entry in sorted(terms, key=lambda entry: entry["term"].casefold())}
