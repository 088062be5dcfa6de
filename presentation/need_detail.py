"""One figure opened up: what it says here, the areas within compared, change over time, by deprivation, against Core20."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analysis import inequality
from analysis.board import headline_rows
from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from presentation import downloads, need_charts, need_tables, place_bar, provenance
from presentation.components import FactRow, FactSection, fact_list
from presentation.need_comparisons import ComparisonSet, comparison_sets
from presentation.need_export import for_download
from presentation.need_gradient import Gradient, gradient
from presentation.need_rows import comparison_mark, remarks, trend_mark
from presentation.need_words import (
    POLARITY_WORDS,
    against_core20_sentence,
    copies,
    figure,
    gradient_sentence,
    interval,
    opened_headline,
    who,
    within_sentence,
)
from presentation.view import View
from presentation.words import listed

MOST_LISTED = 100


def _ink() -> need_charts.Ink:
    return need_charts.DARK if st.context.theme.type == "dark" else need_charts.LIGHT


def _chart(chart: go.Figure, key: str, alt: str) -> None:
    st.plotly_chart(chart, key=key, config=need_charts.CONFIG, alt=alt)


def _table(table: pd.DataFrame, alt: str, save: Callable[[], bytes] | None = None, name: str = "") -> None:
    """The rows behind a chart, the first MOST_LISTED of them, and all of them as a file where `save` makes one."""
    with st.expander("The same figures as a table"):
        st.table(table.head(MOST_LISTED), hide_index=True, alt=alt)
        if len(table) > MOST_LISTED:
            st.caption(f"The first {MOST_LISTED} of {len(table):,} are listed; the file has all.")
        if save is not None:
            st.download_button(
                "Download CSV", save, f"common-ground-{name}.csv", "text/csv", on_click="ignore", key=f"save_{name}"
            )


def _saves(needs: Needs, rows: pd.DataFrame, title: str) -> Callable[[], bytes]:
    """What makes the file of a chart's rows: each figure with its metadata, and the sources."""

    def save() -> bytes:
        notes = provenance.needs_notes(
            f"{title}. {len(rows):,} rows.", needs, set(rows["source_id"].astype(str)), date.today()
        )
        return downloads.to_csv(for_download(rows, needs), notes)

    return save


def opened(atlas: Atlas, needs: Needs, place: Place, view: View, figures: pd.DataFrame) -> None:
    """Draw the page of one indicator for a place. figures: its rows of `presentation.place_figures`, none where nothing is published here."""
    indicator_id = str(view.indicator)
    unit = needs.unit(indicator_id)
    name = needs.short_name(indicator_id)
    st.button("Back to the board", icon=":material/arrow_back:", on_click=lambda: place_bar.change(indicator=None))
    st.title(opened_headline(name, place.name, figures.to_dict("records"), unit))
    why = needs.why(indicator_id)
    if why:
        st.markdown(why)
    _facts(needs, indicator_id, figures, unit, place.level == "england")
    if figures.empty:
        st.info(needs.where_published(indicator_id))

    left, right = st.columns(2, gap="large")
    with left:
        _within(atlas, needs, place, indicator_id, unit)
        _over_time(needs, figures, indicator_id, place, unit)
    with right:
        _by_deprivation(atlas, needs, place, indicator_id, unit)
        _against_core20(atlas, needs, place, indicator_id, unit)


def _facts(needs: Needs, indicator_id: str, figures: pd.DataFrame, unit: str | None, england: bool) -> None:
    sections = []
    said_by = copies(needs.copies, needs.live)
    for record in figures.to_dict("records"):
        mark, trend = comparison_mark(record, england), trend_mark(record)
        between = interval(float(record["lower_95"]), float(record["upper_95"]))
        rows = [
            FactRow(
                "Value", figure(float(record["value"]), unit), f"95% confidence interval {between}" if between else None
            ),
            FactRow("Compared with England", mark.text, _england_words(record, unit, mark.beneath)),
        ]
        if trend is not None:
            rows.append(FactRow("Recent trend", trend.text, trend.beneath))
        rows.append(FactRow("Period", str(record["period"]), said_by.get(str(record["source_id"]))))
        rows += [FactRow(remark, "") for remark in remarks(record)]
        sections.append(FactSection(who(str(record["who"]), str(record["age"])) or "", rows))
    described = needs.indicators.loc[indicator_id]
    about = [
        FactRow("Published as", "", f"{described['name']} (indicator {indicator_id})"),
        FactRow(
            "Direction",
            "",
            POLARITY_WORDS.get(
                str(described["polarity"]), "not established in this copy; read from Fingertips at the next pull"
            ),
        ),
    ]
    sections.append(FactSection("About this measure", about))
    columns = st.columns([3, 2], gap="large")
    with columns[0]:
        fact_list(
            sections[:-1] or [FactSection("", empty="Nothing is published for here in this copy.")], key="need_facts"
        )
    with columns[1]:
        fact_list(sections[-1:], key="need_about")
        address = needs.page_address(indicator_id)
        if address:
            st.markdown(f"[This measure on Fingertips, with its full definition]({address})")


def _england_words(record: dict[str, object], unit: str | None, reason: str | None) -> str | None:
    if pd.isna(record["england"]):
        return reason
    return f"England {figure(float(record['england']), unit)}"  # type: ignore[arg-type]


def _within(atlas: Atlas, needs: Needs, place: Place, indicator_id: str, unit: str | None) -> None:
    sets = comparison_sets(atlas, needs, place, indicator_id)
    st.header(f"Within {place.name}" if place.level != "pcn" else f"Beside {place.name}")
    if not sets:
        st.markdown("No figures for areas within are in this copy.")
        return
    labels = {each.label: each for each in sets}
    chosen = sets[0].label
    if len(sets) > 1:
        chosen = (
            st.segmented_control("Compare", list(labels), default=chosen, key="need_compare", required=True) or chosen
        )
    shown: ComparisonSet = labels[chosen]
    if shown.rows.empty:
        st.markdown(f"No two of the {shown.label} here have this figure of the same period in this copy, so they are not compared.")
        return
    st.markdown(within_sentence(shown.rows["comparison"], shown.noun, shown.period))
    drawn = shown.rows.head(need_tables.MOST_DRAWN)
    if len(drawn) < len(shown.rows):
        st.caption(f"The {len(drawn)} highest are drawn; the table has all {len(shown.rows)}.")
    _chart(
        need_charts.compared(drawn, shown.england, unit, _ink(), place.code),
        "need_within",
        f"{shown.label} in order, highest first, each with its interval, and England as a line. The table beneath has the same figures.",
    )
    title = f"{needs.short_name(indicator_id)}: {shown.label} in {place.name}, compared with England"
    _table(
        need_tables.compared(shown.rows, unit),
        f"{shown.label} compared with England",
        _saves(needs, shown.rows, title),
        f"{place.code}-{indicator_id}-areas",
    )


def _over_time(needs: Needs, figures: pd.DataFrame, indicator_id: str, place: Place, unit: str | None) -> None:
    st.header("Change over time")
    series = []
    for record in figures.head(2).to_dict("records"):
        rows = headline_rows(needs.of_area(str(record["area_code"]), indicator_id))
        mine = rows[(rows["who"] == record["who"]) & (rows["age"] == record["age"])]
        mine = mine[mine["value"].notna()]
        suffix = f", {str(who(str(record['who']), '')).lower()}" if record["who"] else ""
        if len(mine):
            series.append((f"{place.name}{suffix}", mine, str(record["who"])))
    longest = max((len(rows) for _, rows, _ in series), default=0)
    if longest < 2:
        held = "one period only" if longest else "no figure for here"
        st.markdown(f"This copy holds {held}, so there is no change to show.")
        return
    drawn: list[tuple[str, pd.DataFrame]] = [(name, rows) for name, rows, _ in series]
    if place.level != "england" and len(series) == 1:
        england = needs.england_headlines
        rows = england[
            (england["indicator_id"] == indicator_id) & (england["who"] == series[0][2]) & england["value"].notna()
        ]
        rows = rows[rows["period_sortable"].isin(series[0][1]["period_sortable"])]
        if len(rows):
            drawn.append(("England", rows))
    _chart(
        need_charts.over_time(drawn, unit, _ink()),
        "need_over_time",
        f"{listed([name for name, _ in drawn])} by period, with intervals. The table beneath has the same figures.",
    )
    _table(need_tables.over_time(drawn, unit), "Values by period")


def _by_deprivation(atlas: Atlas, needs: Needs, place: Place, indicator_id: str, unit: str | None) -> None:
    st.header("By deprivation")
    found: Gradient | None = gradient(atlas, needs, place, indicator_id)
    if found is None:
        st.markdown("No figures by deprivation are in this copy.")
        return
    st.markdown(gradient_sentence(found.slope, found.where, unit))
    _chart(
        need_charts.by_deprivation(found.rows, unit, _ink(), found.fitted.tolist()),
        "need_gradient",
        f"{found.where}: value in each tenth from the most to the least deprived, with intervals. The table beneath has the same figures.",
    )
    st.caption(found.about)
    _table(need_tables.by_deprivation(found.rows, unit), "Values by tenth of deprivation")


def _against_core20(atlas: Atlas, needs: Needs, place: Place, indicator_id: str, unit: str | None) -> None:
    st.header("Networks by their share of Core20 residents")
    points, where = need_tables.networks_by_core20(atlas, needs, place, indicator_id)
    try:
        slope = inequality.weighted_slope(*(points[each] for each in ("core20_share", "value", "lower_95", "upper_95")))
    except ValueError:  # too few have a figure with an interval, or their shares do not differ
        st.markdown("Too few networks have a figure with an interval in this copy to draw a line through them.")
        return
    st.markdown(against_core20_sentence(slope, len(points), where, unit))
    _chart(
        need_charts.against_core20(points, unit, _ink(), (slope.intercept, slope.slope), place.code),
        "need_core20",
        f"Networks of {where}: share of Core20 residents against the figure, with a fitted line. The table beneath has the same figures.",
    )
    title = f"{needs.short_name(indicator_id)}: networks of {where} by their share of Core20 residents"
    _table(
        need_tables.against_core20(points, unit),
        "Networks by share of Core20 residents",
        _saves(needs, points, title),
        f"{place.code}-{indicator_id}-networks",
    )
