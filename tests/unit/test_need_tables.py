"""Areas compared over one figure, and the table behind each chart: the same rows, and a copied-down figure once."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.board import headline_rows
from data_loaders.atlas import Atlas
from data_loaders.indicator_values import typed
from data_loaders.needs import ENGLAND, Needs
from presentation import need_charts, need_comparisons, need_tables
from presentation.need_comparisons import comparison_sets, newest_of
from presentation.need_gradient import gradient

TOWER_HAMLETS, NORTH_EAST_LONDON, SOUTH_YORKSHIRE = "E09000030", "E54000029", "E54000061"
SMOKING_AT_DELIVERY = "93085"


def _sets(atlas: Atlas, needs: Needs, code: str, indicator_id: str) -> dict[str, pd.DataFrame]:
    return {each.label: each.rows for each in comparison_sets(atlas, needs, atlas.gazetteer.place(code), indicator_id)}


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        (ENGLAND, ["Systems (April 2026)", "Systems (April 2024)", "Regions", "Places (local authorities)", "Neighbourhoods (PCN)"]),
        ("E12000007", ["Systems (April 2026)", "Systems (April 2024)", "Places (local authorities)", "Neighbourhoods (PCN)"]),
        (NORTH_EAST_LONDON, ["Neighbourhoods (PCN)", "Places (local authorities)"]),
        (TOWER_HAMLETS, ["Neighbourhoods (PCN)"]),
        ("U11211", ["Neighbourhoods (PCN)"]),
    ],
)
def test_what_a_figure_is_compared_over_follows_the_level_of_the_place(atlas: Atlas, needs: Needs, code: str, labels: list[str]) -> None:
    assert list(_sets(atlas, needs, code, "219")) == labels


def test_each_set_holds_the_areas_of_the_place_highest_first(atlas: Atlas, needs: Needs) -> None:
    sets = _sets(atlas, needs, ENGLAND, "253")
    later, earlier = set(atlas.areas["icb26cd"]), set(atlas.areas["icb24cd"])
    assert {label: len(rows) for label, rows in sets.items()} == {
        "Systems (April 2026)": len(later & earlier),
        "Systems (April 2024)": 42,
        "Regions": 9,
        "Places (local authorities)": 296,
        "Neighbourhoods (PCN)": 1_297,
    }, "systems that merged in 2026 have no figure of the newest year, and one network is digital and nowhere"
    for rows in sets.values():
        assert rows["value"].is_monotonic_decreasing and rows["name"].notna().all() and rows["period"].nunique() == 1
    mine = _sets(atlas, needs, TOWER_HAMLETS, "253")["Neighbourhoods (PCN)"]
    assert set(mine["area_code"]) == {child.code for child in atlas.gazetteer.children(atlas.gazetteer.place(TOWER_HAMLETS), "pcn")}


@pytest.mark.parametrize("code", [ENGLAND, NORTH_EAST_LONDON, TOWER_HAMLETS])
def test_every_set_that_is_offered_can_be_drawn_and_none_that_could_be_is_left_out(atlas: Atlas, needs: Needs, code: str) -> None:
    place = atlas.gazetteer.place(code)
    some = {*sorted(needs.indicators.index)[::12], "219", "93671", SMOKING_AT_DELIVERY}  # of all of them the same was seen when it was written
    for indicator_id in sorted(some):
        offered = {each.label: len(each.rows) for each in comparison_sets(atlas, needs, place, indicator_id)}
        assert all(offered.values()), (indicator_id, offered)
        for level in need_comparisons._OFFERED[place.level]:
            published, label, _ = need_comparisons._LEVELS[level]
            codes = need_comparisons._named(atlas.gazetteer.children(place, level), atlas.later_codes)
            rows = need_comparisons._areas(atlas, needs, indicator_id, published, codes)
            assert (len(rows) > 1) == (label in offered), (indicator_id, label)


def test_only_the_set_that_is_shown_is_compared(atlas: Atlas, needs: Needs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(needs: Needs, indicator_id: str, level: str, codes: dict[str, str]) -> pd.DataFrame:
        asked.append(level)
        return newest_of(needs, indicator_id, level, codes)

    monkeypatch.setattr(need_comparisons, "newest_of", noted)
    sets = comparison_sets(atlas, needs, atlas.gazetteer.place(ENGLAND), "219")
    assert len(sets) == 5 and asked == []
    assert len(sets[2].rows) == 9 and sets[2].period and asked == ["region"]


def test_a_network_is_set_beside_those_of_its_place(atlas: Atlas, needs: Needs) -> None:
    beside = _sets(atlas, needs, "U11211", "219")["Neighbourhoods (PCN)"]
    assert "U11211" in set(beside["area_code"]) and len(beside) > 2


def test_a_figure_copied_down_to_seven_boroughs_is_one_row(atlas: Atlas, needs: Needs) -> None:
    """As published it stands under each of the seven boroughs (counted here from the snapshot's file)."""
    rows = newest_of(needs, SMOKING_AT_DELIVERY, "authority", dict.fromkeys(_boroughs(atlas, NORTH_EAST_LONDON), "x"))
    published = pq.read_table(atlas.snapshot.path("indicator_values")).to_pylist()
    mine = [
        row
        for row in published
        if row["indicator_id"] == SMOKING_AT_DELIVERY
        and row["area_code"] in _boroughs(atlas, NORTH_EAST_LONDON)
        and row["value"] is not None
        and row["period"] == rows["period"].iloc[0]
    ]
    assert len({row["area_code"] for row in mine}) == 7 and len({row["value"] for row in mine}) == 1
    assert "Places (local authorities)" not in _sets(atlas, needs, NORTH_EAST_LONDON, SMOKING_AT_DELIVERY), "one figure is no comparison"

    london = _sets(atlas, needs, "E12000007", SMOKING_AT_DELIVERY)["Places (local authorities)"]
    assert len(london) == london["value"].nunique() == 5, "five systems, not 33 boroughs"
    assert "7 places of NHS North East London, one figure" in set(london["name"])


def _boroughs(atlas: Atlas, system: str) -> set[str]:
    homes = pd.read_parquet(atlas.snapshot.path("small_areas"), columns=["lad24cd", "icb24cd"])
    return set(homes.loc[homes["icb24cd"] == system, "lad24cd"])


def test_an_authority_under_its_old_code_and_its_new_one_is_one_row(atlas: Atlas, needs: Needs) -> None:
    period = _sets(atlas, needs, SOUTH_YORKSHIRE, "219")["Places (local authorities)"]["period"].iloc[0]
    layer = typed(
        pd.DataFrame(
            {
                "indicator_id": ["219"],
                "area_code": ["E08000038"],
                "level": ["authority"],
                "sex": ["Persons"],
                "age": ["All ages"],
                "period": [period],
                "period_sortable": [int(period[:4]) * 10_000],
                "value": [15.0],
                "origin": ["fingertips"],
                "source_id": ["layer"],
            }
        )
    )
    rows = _sets(atlas, Needs(atlas.snapshot, [layer]), SOUTH_YORKSHIRE, "219")["Places (local authorities)"]
    assert sorted(rows["name"]) == ["Barnsley", "Doncaster", "Rotherham", "Sheffield"]


def test_an_area_with_a_newer_figure_stands_among_the_others_with_that_of_their_year(atlas: Atlas, needs: Needs) -> None:
    """London's boroughs have a newer figure of COPD than other authorities: compared over England they have that of everyone."""
    places = _sets(atlas, needs, ENGLAND, "253")["Places (local authorities)"].set_index("area_code")
    assert TOWER_HAMLETS in places.index and places["period"].nunique() == 1
    published = needs.of_indicator("253", "authority")
    mine = published[(published["area_code"] == TOWER_HAMLETS) & published["category"].isna()].set_index("period")["value"]
    assert mine.index.max() > places.loc[TOWER_HAMLETS, "period"]
    assert places.loc[TOWER_HAMLETS, "value"] == pytest.approx(mine[places.loc[TOWER_HAMLETS, "period"]])


def test_all_areas_of_a_set_have_the_period_that_most_have(needs: Needs, atlas: Atlas) -> None:
    names = {child.code: child.name for child in atlas.gazetteer.children(atlas.gazetteer.place(TOWER_HAMLETS), "pcn")}
    ahead = typed(
        pd.DataFrame(
            {
                "indicator_id": ["219"],
                "area_code": [sorted(names)[0]],
                "level": ["pcn"],
                "sex": ["Persons"],
                "age": ["All ages"],
                "period": ["2030/31"],
                "period_sortable": [20_300_000],
                "value": [1.0],
                "origin": ["fingertips"],
                "source_id": ["layer"],
            }
        )
    )
    rows = newest_of(Needs(atlas.snapshot, [ahead]), "219", "pcn", names)
    assert rows["period"].nunique() == 1 and "2030/31" not in set(rows["period"])
    assert len(rows) == len(names) - 1, "a layer replaces all of an area's figures, so this one has none of that year"
    assert newest_of(needs, "219", "pcn", {"U99999": "Nowhere"}).empty
    assert comparison_sets(atlas, needs, atlas.gazetteer.place(TOWER_HAMLETS), SMOKING_AT_DELIVERY) == [], "no network has it"


# Each chart has its table with the same rows


def _drawn(chart: need_charts.go.Figure) -> list[float]:
    return sorted(value for trace in chart.data if "markers" in trace.mode for value in trace.x if isinstance(value, float))


def test_the_table_of_areas_has_the_rows_of_its_chart(atlas: Atlas, needs: Needs) -> None:
    rows = _sets(atlas, needs, NORTH_EAST_LONDON, "219")["Neighbourhoods (PCN)"]
    chart, table = need_charts.compared(rows, 14.0, "%", need_charts.LIGHT), need_tables.compared(rows, "%")
    assert table["Area"].tolist() == rows["name"].tolist()
    assert [float(text.removesuffix("%")) for text in table["Value"]] == [round(value, 1) for value in reversed(_drawn(chart))]
    assert set(table["Compared with England"]) <= {"Higher than England", "Lower than England", "Similar to England"}
    assert table["95% interval"].str.fullmatch(r"\d+\.\d to \d+\.\d").all()


def test_the_table_of_periods_has_the_rows_of_its_chart(needs: Needs) -> None:
    rows = headline_rows(needs.of_area(TOWER_HAMLETS))
    mine = rows[(rows["indicator_id"] == "93881") & rows["value"].notna()]
    assert len(mine) > 3
    series = [("Tower Hamlets", mine), ("England", mine.assign(value=1.0))]
    chart, table = need_charts.over_time(series, "%", need_charts.LIGHT), need_tables.over_time(series, "%")
    for at, name in enumerate(("Tower Hamlets", "England")):
        block = table[table["Area"] == name]
        assert block["Period"].tolist() == list(chart.data[at].x)
        assert block["Value"].tolist() == [f"{value:.1f}%" for value in chart.data[at].y]
    without = need_tables.over_time([("A", mine.assign(lower_95=float("nan")))], "%")
    assert set(without["95% interval"]) == {"none published"}


def test_the_table_of_tenths_has_the_rows_of_its_chart(atlas: Atlas, needs: Needs) -> None:
    found = gradient(atlas, needs, atlas.gazetteer.place(ENGLAND), "241")
    assert found is not None
    chart = need_charts.by_deprivation(found.rows, "%", need_charts.LIGHT, found.fitted)
    table = need_tables.by_deprivation(found.rows, "%")
    assert table["Tenth"].tolist() == ["1 (most deprived)", *map(str, range(2, 10)), "10 (least deprived)"]
    assert table["Value"].tolist() == [f"{value:.1f}%" for value in chart.data[1].y]
    assert sum(int(people.replace(",", "")) for people in table["People"]) == found.rows["denominator"].sum()
    unknown = need_tables.by_deprivation(found.rows.assign(denominator=float("nan")), "%")
    assert set(unknown["People"]) == {"not published"}


def test_the_table_of_networks_has_the_rows_of_its_chart_most_core20_first(atlas: Atlas, needs: Needs) -> None:
    points, where = need_tables.networks_by_core20(atlas, needs, atlas.gazetteer.place(TOWER_HAMLETS), "253")
    system = atlas.gazetteer.parent(atlas.gazetteer.place(TOWER_HAMLETS), "icb26")
    assert where == system.name
    assert set(points["area_code"]) == {child.code for child in atlas.gazetteer.children(system, "pcn")}
    assert points["core20_share"].between(0, 1).all()
    chart = need_charts.against_core20(points, "%", need_charts.LIGHT, None)
    table = need_tables.against_core20(points, "%")
    assert len(table) == len(points) == sum(len(trace.x) for trace in chart.data)
    assert sorted(table["Network"]) == sorted(points["name"])
    most = points.loc[points["core20_share"].idxmax()]
    assert table["Network"].iloc[0] == most["name"] and table["Value"].iloc[0] == f"{most['value']:.1f}%"


def test_a_networks_share_of_core20_residents_counted_by_hand(atlas: Atlas) -> None:
    """Best fit: each LSOA's people count for its leading network. Added up with plain Python."""
    place = atlas.gazetteer.place(TOWER_HAMLETS)
    table = need_tables.networks(atlas, place).set_index("code")
    columns = ["leading_pcn_code", "pop_mid2022", "core20"]
    everyone, core20 = {}, {}
    for row in atlas.areas[columns].to_dict("records"):
        code, people = row["leading_pcn_code"], int(row["pop_mid2022"])
        everyone[code] = everyone.get(code, 0) + people
        core20[code] = core20.get(code, 0) + people * bool(row["core20"])
    for code, row in table.iterrows():
        assert row["population"] == everyone[code] and row["core20_people"] == core20[code]
        assert row["core20_share"] == pytest.approx(core20[code] / everyone[code])
