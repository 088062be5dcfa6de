"""A figure that is published once for a system and copied to its authorities is found; figures that only look alike are not."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.shared_figures import copied_down

SYSTEMS = pd.Series({**{f"N{n}": "north" for n in range(7)}, **{f"S{n}": "south" for n in range(6)}})


def _rows(values: dict[str, float], counts: dict[str, float] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator_id": "93085",
            "who": "",
            "age": "All ages",
            "period_sortable": 20240000,
            "area_code": list(values),
            "value": list(values.values()),
            "count": [(counts or {}).get(code, float("nan")) for code in values],
        }
    )


def test_one_value_in_each_of_two_systems_is_one_figure_each() -> None:
    found = copied_down(_rows({code: 3.2 if code[0] == "N" else 3.7 for code in SYSTEMS.index}), SYSTEMS)
    assert dict(zip(found["system"], found["areas"], strict=True)) == {"north": 7, "south": 6}


@pytest.mark.parametrize(
    "values",
    [
        {code: 3.2 for code in SYSTEMS.index},  # the same everywhere: a national figure or a coincidence, not a system's
        {code: 3.2 + (code == "N3") * 0.1 + (code[0] == "S") for code in SYSTEMS.index},  # one borough of its own
        {code: 0.0 if code[0] == "N" else 100.0 for code in SYSTEMS.index},  # nothing, or everything
        {"N0": 3.2, "N1": 3.2, "N2": 3.2},  # three alone may agree by chance
    ],
)
def test_what_only_looks_alike_is_left_alone(values: dict[str, float]) -> None:
    assert copied_down(_rows(values), SYSTEMS).empty


def test_a_single_system_counts_with_four_authorities() -> None:
    found = copied_down(_rows({f"N{n}": 3.2 for n in range(4)}), SYSTEMS)
    assert found[["system", "areas"]].to_numpy().tolist() == [["north", 4]]


def test_counts_that_differ_show_that_values_only_look_alike() -> None:
    values = {code: 3.2 if code[0] == "N" else 3.7 for code in SYSTEMS.index}
    assert copied_down(_rows(values, {"N0": 120, "N1": 340}), SYSTEMS).empty


def test_missing_values_and_unknown_areas_do_not_count() -> None:
    values = {code: 3.2 if code[0] == "N" else 3.7 for code in SYSTEMS.index} | {"N6": float("nan"), "X1": 9.9}
    found = copied_down(_rows(values), SYSTEMS)
    assert dict(zip(found["system"], found["areas"], strict=True)) == {"north": 6, "south": 6}
