"""The benchmark of statistics compares like with like: a row at a time gives the answers that all rows at once give."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import statistics


def test_wilson_by_row_is_ours() -> None:
    counts, people = statistics.proportions(200)
    ours = np.column_stack(statistics.wilson(counts, people))
    assert np.array(statistics.wilson_by_row(counts, people)) == pytest.approx(ours, abs=1e-12)


def test_comparison_and_trend_by_row_are_ours() -> None:
    networks, england = statistics.generated(networks=40)
    comparisons, trends = statistics.compared(networks, england)
    by_row, trends_by_row = statistics.compared_by_row(networks, england)
    assert comparisons.tolist() == by_row
    assert trends.tolist() == trends_by_row
    assert {"better", "worse", "similar", "higher", "lower"} == set(by_row)
    assert {
        "increasing",
        "decreasing and getting better",
        "increasing and getting worse",
        "no significant change",
    } < set(trends_by_row)


def test_the_snapshots_networks_are_compared() -> None:
    networks, england = statistics.in_the_snapshot()
    some = networks[networks["indicator_id"].isin(["219", "848"])]
    comparisons, trends = statistics.compared(some, england)
    by_row, trends_by_row = statistics.compared_by_row(some, england)
    assert (comparisons.tolist(), trends.tolist()) == (by_row, trends_by_row)
    assert "not compared" not in by_row and set(trends_by_row) == {"cannot be calculated"}
    assert networks["area_code"].nunique() > 1_200
