"""Where a command's table goes, and the error that is the user's to mend."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pandas as pd


class UserError(Exception):
    """What was asked cannot be done; the message says why and what to do, in one line."""


def write(content: bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    aside: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}-")
        aside = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        aside.chmod(0o644)
        aside.replace(output)
    except OSError as error:
        if aside is not None:
            aside.unlink(missing_ok=True)
        raise UserError(
            f"{output} cannot be written: {error.strerror}. The file that was there is untouched."
        ) from error


def as_text(frame: pd.DataFrame) -> bytes:
    """A table for reading in a terminal."""
    return (
        frame.to_string(index=False, na_rep="none recorded", float_format=lambda value: f"{value:,.1f}") + "\n"
    ).encode()
