"""The charts of one figure: each holds the numbers of its rows, names as plain text, a shape for each comparison."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.comparison import COMPARISONS
from presentation import need_charts
from presentation.need_charts import DARK, LIGHT, Ink
from presentation.need_words import COMPARISON_MARKS

NAN = float("nan")
INKS = pytest.mark.parametrize("ink", [LIGHT, DARK], ids=["light", "dark"])


def _rows(**columns: list[object]) -> pd.DataFrame:
    number = len(next(iter(columns.values())))
    value = [float(10 + at) for at in range(number)]
    usual: dict[str, list[object]] = {
        "area_code": [f"A{at}" for at in range(number)],
        "name": [f"Area {at}" for at in range(number)],
        "value": list(value),
        "lower_95": [each - 1 for each in value],
        "upper_95": [each + 2 for each in value],
        "comparison": ["similar"] * number,
        "period": ["2022/23"] * number,
    }
    return pd.DataFrame(usual | columns)


@INKS
def test_areas_are_drawn_in_order_with_their_numbers_and_a_shape_for_each_comparison(ink: Ink) -> None:
    rows = _rows(comparison=list(COMPARISONS))
    chart = need_charts.compared(rows, 11.5, "%", ink, "A2")
    drawn = {trace.y[0]: trace for trace in chart.data}
    assert [drawn[-at].x[0] for at in range(6)] == rows["value"].tolist(), "first at the top"
    assert all(trace.error_x.array[0] == pytest.approx(2) and trace.error_x.arrayminus[0] == pytest.approx(1) for trace in chart.data)
    assert len({trace.marker.symbol for trace in chart.data}) == len(COMPARISONS), "told apart without colour"
    for at, comparison in enumerate(COMPARISONS):
        assert COMPARISON_MARKS[comparison].text in drawn[-at].hovertext[0]
        assert f"{10 + at}.0% ({9 + at}.0 to {12 + at}.0)" in drawn[-at].hovertext[0]
    names = {note.y: note.text for note in chart.layout.annotations if note.xref == "paper"}
    assert [names[-at] for at in range(6)] == ["Area 0", "Area 1", "<b>Area 2</b>", "Area 3", "Area 4", "Area 5"]
    assert chart.layout.height == 6 * need_charts.ROW_PIXELS + 72


def test_several_areas_of_one_comparison_stay_at_their_places() -> None:
    rows = _rows(comparison=["worse", "better", "worse"]).set_index(pd.Index([7, 3, 5]))
    chart = need_charts.compared(rows, None, None, LIGHT)
    points = {(y, x, trace.marker.symbol) for trace in chart.data for x, y in zip(trace.x, trace.y, strict=True)}
    assert points == {(0, 10.0, "diamond"), (-1, 11.0, "circle"), (-2, 12.0, "diamond")}
    assert {trace.marker.color for trace in chart.data} == {LIGHT.worse, LIGHT.better}


def test_england_is_a_line_with_its_value_where_there_is_one() -> None:
    chart = need_charts.compared(_rows(value=[10.0, 11.0]), 12.34, "%", LIGHT)
    (line,) = chart.layout.shapes
    assert line.x0 == line.x1 == 12.34 and line.yref.endswith("domain")
    assert "England 12.3%" in [note.text for note in chart.layout.annotations]
    for none in (None, NAN):
        without = need_charts.compared(_rows(value=[10.0, 11.0]), none, "%", LIGHT)
        assert not without.layout.shapes and not any("England" in note.text for note in without.layout.annotations)


def test_markup_in_a_name_is_text() -> None:
    name = "<b>A & B</b><a href='javascript:alert(1)'>x</a>"
    rows = _rows(name=[name, "Plain"]).assign(core20_share=[0.1, 0.2], period_sortable=[1, 2])
    charts = [
        need_charts.compared(rows, 12.0, "%", LIGHT),
        need_charts.over_time([(name, rows)], "%", LIGHT),
        need_charts.against_core20(rows, "%", LIGHT, None),
    ]
    for chart in charts:
        said = [note.text for note in chart.layout.annotations]
        for trace in chart.data:
            said += [*(trace.hovertext or ()), trace.name or ""]
        joined = " ".join(said)
        assert "<a" not in joined and "<b>A &" not in joined
        assert "&lt;a href=" in joined and "A &amp; B" in joined, "and it is still there to be read"


@INKS
def test_change_over_time_is_in_the_order_of_periods_with_england_dashed(ink: Ink) -> None:
    mine = _rows(value=[3.0, 1.0, 2.0], period=["2024", "2022", "2023"]).assign(period_sortable=[20240000, 20220000, 20230000])
    england = _rows(value=[9.0, 8.0], period=["2023", "2021"]).assign(period_sortable=[20230000, 20210000])
    chart = need_charts.over_time([("Tower Hamlets", mine), ("England", england)], "%", ink)
    place, other = chart.data
    assert list(zip(place.x, place.y, strict=True)) == [("2022", 1.0), ("2023", 2.0), ("2024", 3.0)]
    assert list(zip(other.x, other.y, strict=True)) == [("2021", 8.0), ("2023", 9.0)]
    assert (place.line.dash, other.line.dash) == ("solid", "dash") and place.marker.symbol != other.marker.symbol
    assert chart.layout.xaxis.categoryarray == ("2021", "2022", "2023", "2024")
    assert chart.layout.showlegend and (place.name, other.name) == ("Tower Hamlets", "England")
    assert not need_charts.over_time([("Tower Hamlets", mine)], "%", ink).layout.showlegend


def test_ten_tenths_stand_on_the_axis_even_where_two_have_no_figure() -> None:
    rows = _rows(value=[5.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.5, 1.0]).assign(tenth=[1, 2, 3, 5, 6, 7, 9, 10])
    chart = need_charts.by_deprivation(rows, "%", LIGHT, [5.0] * 8)
    assert chart.layout.xaxis.categoryarray == chart.layout.xaxis.tickvals == tuple(str(tenth) for tenth in range(1, 11))
    assert tuple(chart.layout.xaxis.range) == (-0.5, 9.5)
    line, points = chart.data
    assert points.x == ("1", "2", "3", "5", "6", "7", "9", "10") and list(points.y) == rows["value"].tolist()
    assert line.x == points.x and list(line.y) == [5.0] * 8
    assert len(need_charts.by_deprivation(rows, "%", LIGHT).data) == 1, "no line where none is fitted"


def test_networks_stand_by_their_share_with_the_line_between_the_least_and_the_most() -> None:
    rows = _rows(value=[10.0, 11.0, 12.0], comparison=["worse", "similar", "better"]).assign(core20_share=[0.5, 0.0, 0.25])
    chart = need_charts.against_core20(rows, "%", LIGHT, (10.0, 4.0), "A1")
    *points, line = chart.data
    assert [(each.x[0], each.y[0]) for each in points] == [(50.0, 10.0), (0.0, 11.0), (25.0, 12.0)]
    assert [each.marker.symbol for each in points] == ["diamond", "circle-open", "circle"]
    assert [each.marker.size[0] for each in points] == [10, 15, 10], "the one that is looked at is larger"
    assert list(zip(line.x, line.y, strict=True)) == [(0.0, 10.0), (50.0, 12.0)]
    assert "50.0% Core20" in points[0].hovertext[0]


def test_a_crowd_of_networks_is_drawn_without_whiskers() -> None:
    many = need_charts.MOST_WHISKERS + 1
    rows = _rows(value=[10.0] * many, comparison=["worse"] * many).assign(core20_share=0.5)
    (points,) = need_charts.against_core20(rows, "%", LIGHT, None).data
    assert len(points.x) == many and points.error_y.array is None


def test_a_figure_without_an_interval_has_no_whisker_and_no_brackets() -> None:
    rows = _rows(lower_95=[NAN, 10.0], upper_95=[NAN, 13.0])
    (trace,) = need_charts.compared(rows, None, "%", LIGHT).data
    assert trace.error_x.array[0] != trace.error_x.array[0] and trace.error_x.array[1] == 2.0
    assert "(" not in trace.hovertext[0] and "nan" not in trace.hovertext[0]


def test_no_chart_can_be_zoomed_or_dragged() -> None:
    rows = _rows(value=[10.0, 11.0]).assign(core20_share=[0.1, 0.2], period_sortable=[1, 2], tenth=[1, 2])
    for chart in (
        need_charts.compared(rows, 1.0, None, LIGHT),
        need_charts.over_time([("A", rows)], None, LIGHT),
        need_charts.by_deprivation(rows, None, LIGHT),
        need_charts.against_core20(rows, None, LIGHT, None),
    ):
        assert chart.layout.dragmode is False and chart.layout.xaxis.fixedrange and chart.layout.yaxis.fixedrange
    assert need_charts.CONFIG["displayModeBar"] is False


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("ink", "page"), [(LIGHT, "#FFFFFF"), (DARK, "#12181D")], ids=["light", "dark"])
def test_marks_can_be_seen_on_their_page(ink: Ink, page: str) -> None:
    assert _contrast(ink.text, page) >= 7
    assert all(_contrast(colour, page) >= 4.5 for colour in (ink.accent, ink.better, ink.worse, ink.plain))
