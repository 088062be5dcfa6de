"""Charts of one indicator: areas compared, change over time, by deprivation, against the share of Core20 residents. No screen here.

Each is a `plotly.graph_objects` figure (`plotly.express` costs twenty times as much to build), drawn for a light or a dark page. Nothing
can be zoomed or dragged, so that a finger that scrolls past moves the page. Every chart has its table beside it on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from presentation.need_words import COMPARISON_MARKS, figure, interval, number

ROW_PIXELS = 40
MOST_WHISKERS = 200
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}

_SYMBOLS = {
    "better": "circle",
    "worse": "diamond",
    "similar": "circle-open",
    "higher": "triangle-up",
    "lower": "triangle-down",
    "not compared": "line-ew-open",
}


@dataclass(frozen=True)
class Ink:
    """Colours of a page, light or dark: the page itself (.streamlit/config.toml has it too), text, what is chosen, better, worse, everything
    else, and the lines behind."""

    page: str
    text: str
    accent: str
    better: str
    worse: str
    plain: str
    rule: str

    def of(self, comparison: str) -> str:
        """The colour of a comparison; the shape says the same."""
        return {"better": self.better, "worse": self.worse}.get(comparison, self.plain)


LIGHT = Ink("#FFFFFF", "#1F2A33", "#005EB8", "#0B5FA5", "#B3470C", "#4A5763", "#D5DCE2")
DARK = Ink("#12181D", "#E8EDF1", "#6CB2F0", "#7CBBF2", "#F5A066", "#B4BEC7", "#3A4650")


def _chart(
    ink: Ink,
    height: int,
    traces: Sequence[Mapping[str, object]],
    *,
    x: Mapping[str, object],
    y: Mapping[str, object],
    **layout: object,
) -> go.Figure:
    """A figure in one piece: each change of one that stands costs as much again as making it, and each note is checked against all before."""
    axis = {
        "fixedrange": True,
        "gridcolor": ink.rule,
        "zeroline": False,
        "linecolor": ink.rule,
        "tickfont": {"size": 14, "color": ink.text},
        "automargin": True,
    }
    lettering = {"font": {"size": 14, "color": ink.text}}
    return go.Figure(
        data=[{"type": "scatter", **trace} for trace in traces],
        layout={
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 24, "b": 8},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hoverlabel": {"align": "left"},
            **lettering,
            "xaxis": axis | {**x, "title": {**lettering, "text": x.get("title")}},
            "yaxis": axis | {**y, "title": {**lettering, "text": y.get("title")}},
            **layout,
        },
    )


def _unit_title(unit: str | None) -> str | None:
    return {"%": "Per cent"}.get(unit, unit) if isinstance(unit, str) and unit else None


def _whiskers(rows: pd.DataFrame, ink: Ink) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["upper_95"] - rows["value"]).tolist(),
        "arrayminus": (rows["value"] - rows["lower_95"]).tolist(),
        "color": ink.plain,
        "thickness": 1.5,
        "width": 4,
    }


def _hover(name: str, value: float, lower: float, upper: float, unit: str | None, word: str | None = None) -> str:
    between = interval(lower, upper)
    parts = [f"<b>{_plain(name)}</b>", figure(value, unit) + (f" ({between})" if between else "")]
    return "<br>".join([*parts, word] if word else parts)


def _plain(text: str) -> str:
    """Text that Plotly will not read as markup: names come from files."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def compared(
    rows: pd.DataFrame, england: float | None, unit: str | None, ink: Ink, chosen: str | None = None
) -> go.Figure:
    """Areas in order, each a dot with its interval, shaped by its comparison; England as a line.

    rows: area_code, name, value, lower_95, upper_95, comparison, in the order to draw, first at the top. chosen: a code set in bold.
    """
    rows = rows.reset_index(drop=True)
    positions = -rows.index.to_numpy()
    traces = [
        {
            "x": group["value"].tolist(),
            "y": positions[group.index].tolist(),
            "error_x": _whiskers(group, ink),
            "mode": "markers",
            "marker": {"symbol": _SYMBOLS[comparison], "size": 12, "color": ink.of(comparison), "line": {"width": 2}},
            "hovertext": [
                _hover(r.name, r.value, r.lower_95, r.upper_95, unit, COMPARISON_MARKS[comparison].text)
                for r in group.itertuples()
            ],
            "hoverinfo": "text",
        }
        for comparison, group in rows.groupby("comparison", sort=False, observed=True)
    ]
    notes: list[dict[str, object]] = [
        {
            "x": 0,
            "xref": "paper",
            "y": int(position),
            "yshift": 15,
            "xanchor": "left",
            "text": f"<b>{_plain(row.name)}</b>" if row.area_code == chosen else _plain(row.name),
            "showarrow": False,
            "bgcolor": ink.page,  # England's line stops at a name
            "borderpad": 0,
        }
        for position, row in zip(positions, rows.itertuples(), strict=True)
    ]
    lines: list[dict[str, object]] = []
    if england is not None and not np.isnan(england):
        dashed = {"color": ink.text, "width": 1.5, "dash": "dash"}
        lines.append({"type": "line", "x0": england, "x1": england, "y0": 0, "y1": 1, "yref": "y domain", "line": dashed})
        notes.append(
            {
                "x": england,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": f"England {figure(england, unit)}",
                "showarrow": False,
            }
        )
    return _chart(
        ink,
        ROW_PIXELS * len(rows) + 72,
        traces,
        x={"title": _unit_title(unit), "nticks": 6},
        y={"visible": False, "range": [-len(rows) + 0.4, 0.8]},
        annotations=notes,
        shapes=lines,
    )


def over_time(series: Sequence[tuple[str, pd.DataFrame]], unit: str | None, ink: Ink) -> go.Figure:
    """Values by period with intervals: the place as a solid line, England dashed, each named at its end.

    series: (name, rows) with the place first; rows have period, period_sortable, value, lower_95, upper_95.
    """
    order = (
        pd.concat([rows[["period", "period_sortable"]] for _, rows in series])
        .drop_duplicates()
        .sort_values("period_sortable")
    )
    traces = []
    for at, (name, rows) in enumerate(series):
        drawn = rows.sort_values("period_sortable")
        colour = ink.accent if at == 0 else ink.plain
        traces.append(
            {
                "x": drawn["period"].tolist(),
                "y": drawn["value"].tolist(),
                "error_y": _whiskers(drawn, ink) | {"color": colour},
                "mode": "lines+markers",
                "connectgaps": False,
                "line": {"color": colour, "width": 2.5 if at == 0 else 2, "dash": "solid" if at == 0 else "dash"},
                "marker": {"size": 9, "symbol": "circle" if at == 0 else "circle-open", "color": colour},
                "name": _plain(name),
                "hovertext": [
                    _hover(f"{name}, {r.period}", r.value, r.lower_95, r.upper_95, unit) for r in drawn.itertuples()
                ],
                "hoverinfo": "text",
            }
        )
    return _chart(
        ink,
        320,
        traces,
        x={"type": "category", "categoryorder": "array", "categoryarray": order["period"].tolist(), "nticks": 8},
        y={"title": _unit_title(unit)},
        showlegend=len(series) > 1,
        legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom", "font": {"size": 14}},
    )


def by_deprivation(rows: pd.DataFrame, unit: str | None, ink: Ink, fitted: Sequence[float] | None = None) -> go.Figure:
    """Ten groups from the most to the least deprived, each with its interval, and the fitted line of the slope index.

    rows: tenth (1 to 10), value, lower_95, upper_95. fitted: the line's value at each group.
    """
    labels = [f"{tenth}" for tenth in rows["tenth"]]
    traces: list[dict[str, object]] = []
    if fitted is not None:
        dotted = {"color": ink.plain, "dash": "dot", "width": 2}
        traces.append({"x": labels, "y": list(fitted), "mode": "lines", "line": dotted, "hoverinfo": "skip"})
    traces.append(
        {
            "x": labels,
            "y": rows["value"].tolist(),
            "error_y": _whiskers(rows, ink),
            "mode": "markers",
            "marker": {"size": 11, "color": ink.accent},
            "hovertext": [
                _hover(f"Group {r.tenth} of 10", r.value, r.lower_95, r.upper_95, unit) for r in rows.itertuples()
            ],
            "hoverinfo": "text",
        }
    )
    every = [f"{tenth}" for tenth in range(1, 11)]
    return _chart(
        ink,
        320,
        traces,
        x={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": every,
            "range": [-0.5, 9.5],
            "tickvals": every,
            "title": "1 is the most deprived tenth, 10 the least",
        },
        y={"title": _unit_title(unit)},
    )


def against_core20(
    rows: pd.DataFrame, unit: str | None, ink: Ink, line: tuple[float, float] | None, chosen: str | None = None
) -> go.Figure:
    """Networks by their share of Core20 residents (x, per cent) against the indicator (y), with the fitted line.

    rows: area_code, name, core20_share (0–1), value, lower_95, upper_95, comparison. line: intercept, and slope per share (0–1).
    """
    # A thousand whiskers are a smudge, and weigh more than everything else on the page; so do their words.
    crowded = len(rows) > MOST_WHISKERS
    traces: list[dict[str, object]] = []
    for comparison, group in rows.groupby("comparison", sort=False, observed=True):
        sizes = [15 if code == chosen else 10 for code in group["area_code"]]
        traces.append(
            {
                "x": (100 * group["core20_share"]).round(2).tolist(),
                "y": group["value"].round(3).tolist(),
                "error_y": None if crowded else _whiskers(group, ink) | {"thickness": 1, "width": 0},
                "mode": "markers",
                "marker": {
                    "size": 7 if crowded else sizes,
                    "symbol": _SYMBOLS[comparison],
                    "color": ink.of(comparison),
                    "line": {"width": 1 if crowded else 2},
                },
                "hovertext": group["name"].map(_plain).tolist()
                if crowded
                else [
                    _hover(f"{r.name}: {number(100 * r.core20_share)}% Core20", r.value, r.lower_95, r.upper_95, unit)
                    for r in group.itertuples()
                ],
                "hoverinfo": "text+x+y" if crowded else "text",
            }
        )
    if line is not None:
        ends = np.array([rows["core20_share"].min(), rows["core20_share"].max()])
        traces.append(
            {
                "x": (100 * ends).tolist(),
                "y": (line[0] + line[1] * ends).tolist(),
                "mode": "lines",
                "line": {"color": ink.text, "width": 2, "dash": "dot"},
                "hoverinfo": "skip",
            }
        )
    return _chart(
        ink,
        360,
        traces,
        x={"title": "Residents in Core20 neighbourhoods, per cent", "rangemode": "tozero"},
        y={"title": _unit_title(unit)},
    )
