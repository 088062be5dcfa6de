"""Several needs together: who is listed, what counts, and the order."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.several_needs import networks_with_several

NETWORKS = pd.DataFrame(
    {
        "code": ["U1", "U2", "U3", "U4"],
        "name": ["One", "Two", "Three", "Four"],
        "population": 40_000,
        "core20_people": [500, 9_000, 9_000, 20_000],
        "core20_share": [0.0125, 0.225, 0.225, 0.5],
    }
)


def _board(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area_code", "indicator_id", "comparison"])


BOARD = _board(
    ("U1", "219", "worse"),
    ("U1", "253", "higher"),
    ("U2", "219", "similar"),
    ("U2", "253", "higher"),
    ("U3", "219", "worse"),
    ("U3", "253", "worse"),
    ("U3", "241", "worse"),
    ("U4", "219", "better"),
    ("U4", "253", "not compared"),
)


def test_most_core20_residents_come_first_and_ties_by_needs() -> None:
    assert networks_with_several(BOARD, ["219", "253", "241"], 1, NETWORKS)["code"].tolist() == ["U3", "U2", "U1"]


def test_at_least_so_many_of_those_asked_for() -> None:
    found = networks_with_several(BOARD, ["253", "219"], 2, NETWORKS)
    assert found["code"].tolist() == ["U3", "U1"]
    assert found["needs"].tolist() == [2, 2]
    assert found["which"].tolist() == [("253", "219"), ("253", "219")], "in the order asked"
    assert networks_with_several(BOARD, ["253", "219"], 3, NETWORKS).empty


def test_an_indicator_of_two_sexes_counts_once() -> None:
    twice = _board(("U1", "90366", "worse"), ("U1", "90366", "worse"), ("U1", "219", "better"))
    assert networks_with_several(twice, ["90366", "219"], 1, NETWORKS)["needs"].tolist() == [1]
    assert networks_with_several(twice, ["90366", "219"], 2, NETWORKS).empty


def test_what_could_not_be_compared_is_told() -> None:
    found = networks_with_several(BOARD, ["219", "253"], 1, NETWORKS).set_index("code")
    assert found["compared"].to_dict() == {"U3": 2, "U2": 2, "U1": 2}
    more = pd.concat([BOARD, _board(("U4", "241", "worse"))])
    assert networks_with_several(more, ["219", "253", "241"], 1, NETWORKS).set_index("code").loc["U4", "compared"] == 2


def test_nothing_asked_lists_nobody() -> None:
    assert networks_with_several(BOARD, [], 1, NETWORKS).empty


def test_less_than_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        networks_with_several(BOARD, ["219"], 0, NETWORKS)
