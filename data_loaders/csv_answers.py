"""A publisher's CSV that came over the network: the columns that are read of it, as text."""

from __future__ import annotations

import csv
import io

import pandas as pd

from data_loaders.errors import UnexpectedAnswerError


def csv_columns(source: str, body: bytes, columns: list[str]) -> pd.DataFrame:
    """The named columns of a CSV in UTF-8, in the order named, every cell as text.

    source: the publisher, for messages. UnexpectedAnswerError for what is no such table or lacks a column. A row with more cells than
    the heading is one: the table breaks there.
    """
    try:
        heading = next(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")), [])
        missing = [column for column in columns if column not in heading]
        if missing:
            raise UnexpectedAnswerError(source, f"a table without the column {missing[0]!r}", "it", f"its columns: {heading[:40]}")
        return pd.read_csv(io.BytesIO(body), usecols=columns, dtype=str, encoding="utf-8-sig")[columns]
    except (ValueError, csv.Error, pd.errors.ParserError) as error:  # ValueError: bytes that are not UTF-8
        raise UnexpectedAnswerError(source, "text that cannot be read as a table", "CSV in UTF-8", f"{error}: {body[:200]!r}") from error
