"""The ranked table as it leaves the atlas: states in words, whole metres, the reason for each row. No screen here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from presentation.words import STATE_LABELS, rank_reason


def for_download(found: pd.DataFrame, categories: Sequence[str]) -> pd.DataFrame:
    """`analysis.neighbourhoods.core20_gaps` for a file: one row a Core20 LSOA.

    Adds `reason`; state becomes its words in lower case; walking distances (columns ending _m) whole metres, empty where
    nothing is recorded; leading_pcn_share (0–1) four decimals.
    """
    table = found.copy()
    table["reason"] = [rank_reason(row, categories) for row in found.to_dict("records")]
    table["state"] = [STATE_LABELS[state].lower() for state in found["state"]]
    distances = [column for column in table if column.endswith("_m")]
    table[distances] = table[distances].replace(np.inf, np.nan).round().astype("Int64")
    table["leading_pcn_share"] = table["leading_pcn_share"].round(4)
    return table
