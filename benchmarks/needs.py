"""The figures of need: opening what the board reads, and the board's own reruns, seen from the other end of the websocket."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from benchmarks import following
from benchmarks.measure import Row, timed
from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from data_loaders.snapshot import Snapshot
from presentation.place_figures import place_figures

LINKS = {
    "Tower Hamlets, the other list of five": ("place=E09000030", "place=E09000030&for=children"),
    "NHS North East London, one figure opened": ("place=E54000029", "place=E54000029&indicator=219"),
    "England, one figure opened": ("", "indicator=219"),
}
BUDGET = 150


def _plainly(snapshot: Snapshot) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read both tables and turn each register into a value with its limits, a row at a time."""
    values, counts = (
        pd.read_parquet(snapshot.folder / f"{name}.parquet") for name in ("indicator_values", "qof_counts")
    )
    z = 1.959963984540054

    def limits(row: pd.Series) -> tuple[float, float, float]:
        n, p = row["denominator"], row["count"] / row["denominator"]
        centre, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
        return 100 * p, 100 * (centre - half) / (1 + z * z / n), 100 * (centre + half) / (1 + z * z / n)

    registers = counts[counts["denominator"] > 0].apply(limits, axis=1, result_type="expand")
    return values, registers


def opening() -> Iterator[Row]:
    """Every figure of England, registers turned into values with intervals; then one place's board."""
    snapshot = Snapshot()
    for table in ("indicator_values", "qof_counts"):
        snapshot.path(table)  # checks the checksums once, as at the start of a server
    needs, ours = timed(lambda: _opened(snapshot), 9)
    _, slow = timed(lambda: _plainly(snapshot), 2, warm=0)
    yield Row(
        "needs",
        "open the board's data",
        ours,
        BUDGET,
        naive=slow,
        naive_way="the same two tables, registers turned into values one row at a time",
        counted=f"{len(needs.values):,} values of {needs.values['indicator_id'].nunique():,} indicators",
    )
    atlas = Atlas()
    place = atlas.gazetteer.place("E09000030")
    figures, ours = timed(lambda: place_figures(atlas, needs, place), 20)
    yield Row("needs", f"the figures of {place.name}, compared", ours, counted=f"{len(figures):,} figures")


def _opened(snapshot: Snapshot) -> Needs:
    needs = Needs(snapshot)
    needs.values  # noqa: B018 - reads both tables
    return needs


def reruns() -> Iterator[Row]:
    """The board changed and changed back, in one session of a real server."""
    yield from following.rows("board", "rerun of the board", "inequalities", LINKS, BUDGET)
