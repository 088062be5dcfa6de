"""Whose published figures speak for a place: itself, then what holds it, never something larger without saying so."""

from __future__ import annotations

import pytest

from analysis.figure_areas import figure_areas
from data_loaders.atlas import Atlas


def _chain(atlas: Atlas, code: str) -> list[tuple[tuple[str, ...], str, bool]]:
    areas = figure_areas(atlas.gazetteer, atlas.gazetteer.place(code), atlas.counties, atlas.later_codes)
    return [(area.codes, area.level, area.own) for area in areas]


@pytest.mark.parametrize(
    ("code", "chain"),
    [
        ("E92000001", [(("E92000001",), "england", True)]),
        ("E12000007", [(("E12000007",), "region", True)]),
        ("E54000029", [(("E54000029",), "icb", True)]),
        ("E09000030", [(("E09000030",), "authority", True)]),
        ("E08000016", [(("E08000016", "E08000038"), "authority", True)]),
        ("E07000105", [(("E07000105",), "authority", True), (("E10000016",), "county", False)]),
        ("U11211", [(("U11211",), "pcn", True), (("E09000002",), "authority", False)]),
        ("E02000001", [(("E09000001",), "authority", False)]),
    ],
)
def test_nearest_first(atlas: Atlas, code: str, chain: list[tuple[tuple[str, ...], str, bool]]) -> None:
    assert _chain(atlas, code) == chain


def test_districts_have_a_county_and_unitary_authorities_do_not(atlas: Atlas) -> None:
    assert len(atlas.counties) == 164
    assert len({county for county, _ in atlas.counties.values()}) == 21
    assert atlas.counties["E07000105"] == ("E10000016", "Kent")
    assert "E09000030" not in atlas.counties
    assert atlas.later_codes == {"E08000016": "E08000038", "E08000019": "E08000039"}
