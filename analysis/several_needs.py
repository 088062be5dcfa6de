"""Several needs together: networks that differ from England, for the worse, on at least so many of the chosen indicators."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

ADVERSE = ("worse", "higher")
"""Worse than England; or higher, where neither direction is called better (a prevalence: more illness, or more of it found)."""


def networks_with_several(
    board: pd.DataFrame, indicator_ids: Sequence[str], at_least: int, networks: pd.DataFrame
) -> pd.DataFrame:
    """The networks that are ADVERSE on at least so many of the indicators, most Core20 residents first.

    board: one row an area and indicator (`analysis.board.compared`), with area_code, indicator_id and comparison; of an indicator with
    several figures (by sex) any that is adverse counts once. networks: one row a network with code, name, population, core20_people,
    core20_share. Returns networks' columns with `needs` (a count), `which` (a tuple of indicator ids in the order asked) and `compared`
    (how many of the indicators could be compared there); ties by needs, then code. ValueError when at_least is under 1.
    """
    if at_least < 1:
        raise ValueError(f"at_least is {at_least}: a network needs at least one.")
    asked = board[board["indicator_id"].isin(list(indicator_ids))]
    order = {indicator: position for position, indicator in enumerate(dict.fromkeys(indicator_ids))}
    told = asked[asked["comparison"] != "not compared"].drop_duplicates(["area_code", "indicator_id"])
    adverse = asked[asked["comparison"].isin(ADVERSE)].drop_duplicates(["area_code", "indicator_id"])
    which = adverse.groupby("area_code", observed=True)["indicator_id"].agg(
        lambda ids: tuple(sorted(map(str, ids), key=order.__getitem__))
    )
    found = networks.assign(
        which=networks["code"].map(which),
        compared=networks["code"].map(told.groupby("area_code", observed=True).size()).fillna(0).astype(int),
    )
    found["which"] = [ids if isinstance(ids, tuple) else () for ids in found["which"]]
    found["needs"] = found["which"].map(len).astype(int)
    found = found[found["needs"] >= at_least]
    return found.sort_values(["core20_people", "needs", "code"], ascending=[False, False, True]).reset_index(drop=True)
