"""A reader's typed frame, with `set_aside` in words, made into what every source of community assets gives: one record an identifier."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.asset_records import as_records
from analysis.near_duplicates import shared_locations
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.http_session import Answer

_ORDER = ["asset_id", "_unnamed", "_name"]


def assets_read(source: AssetSource, frame: pd.DataFrame, published: str) -> AssetsRead:
    """Records and what is set aside. frame: columns of the asset table and `set_aside` (words, else null), in the order of the file.

    Where an identifier comes twice, the record that the snapshot keeps stays (the named one, then by name) and the other is set aside.
    """
    usable = frame[frame["set_aside"].isna()]
    ordered = usable.assign(_unnamed=usable["name"].isna(), _name=usable["name"].fillna("")).sort_values(_ORDER)
    again = ordered.index[ordered["asset_id"].duplicated()]
    problem = frame["set_aside"].copy()
    problem.loc[again] = "another record has the same identifier"
    records = as_records(ordered.drop(index=again).reset_index(drop=True))
    if len(records):
        records["location_id"] = shared_locations(records)
    aside = frame[problem.notna()]
    set_aside = pd.DataFrame(
        {"row": "line " + (aside.index + 2).astype(str), "name": aside["name"], "problem": problem[problem.notna()]}
    ).reset_index(drop=True)
    return AssetsRead(source, records, set_aside, len(frame), published)


def told_of(read: AssetsRead, answer: Answer[pd.DataFrame]) -> AssetsRead:
    """The same, saying when it was asked for, and why it is a kept answer where it is one."""
    return replace(read, asked_at=answer.asked_at, stale_because=answer.problem.sentence if answer.problem else "")
