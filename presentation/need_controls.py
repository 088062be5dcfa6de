"""What stands around the board of needs: adults or children, how to read it, and its downloads."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.catalogue import Catalogue
from data_loaders.needs import Needs
from presentation import downloads, place_bar, provenance
from presentation.components import FactRow, FactSection, fact_list
from presentation.need_export import for_download
from presentation.need_rows import clinical_areas
from presentation.view import AUDIENCES, View

HOW_TO_READ = (
    "**Better, similar or worse** than England: the figure's 95% interval lies to one side of England's value, or holds it, and its publisher "
    "says which direction is better. **Higher or lower**: the publisher calls neither direction better, or this copy does not hold its word on "
    "that yet. More recorded high blood pressure can mean more illness, or illness that is found sooner. **Not compared**: there is no "
    "interval, or no figure for England in the same period. A comparison says that chance is an unlikely reason for a difference. It does not "
    "say why, or that a difference is large."
)


def of_audience(figures: pd.DataFrame, catalogue: Catalogue, audience: str) -> pd.DataFrame:
    """The figures on the board of one audience, in the catalogue's order."""
    order = [entry.indicator_id for area in clinical_areas(catalogue, audience) for entry in area.indicators]
    place = pd.Series(range(len(order)), index=order)
    place = place[~place.index.duplicated()]
    mine = figures[figures["indicator_id"].isin(place.index)]
    return mine.sort_values("indicator_id", key=lambda ids: ids.astype(str).map(place), kind="stable")


def _set_audience() -> None:
    chosen = st.session_state["control_audience"]
    if chosen is not None:
        place_bar.change(audience=chosen, area=None)


def _set_area() -> None:
    place_bar.change(area=st.session_state["control_area"] or None)


def choices(view: View, catalogue: Catalogue) -> str | None:
    """Adults, or children and young people: two lists, one at a time; and all of its clinical areas, or one. Returns the area, if one."""
    names = {area.id: area.name for area in clinical_areas(catalogue, view.audience)}
    area = view.area if view.area in names else None
    with st.container(horizontal=True, vertical_alignment="bottom", key="need_choices"):
        st.session_state["control_audience"] = view.audience
        st.segmented_control(
            "Core20PLUS5 for",
            list(AUDIENCES),
            format_func=AUDIENCES.__getitem__,
            key="control_audience",
            on_change=_set_audience,
            required=True,
        )
        st.session_state["control_area"] = area or ""
        st.selectbox(
            "Clinical area",
            ["", *names],
            format_func=lambda chosen: names.get(chosen, "All clinical areas"),
            key="control_area",
            on_change=_set_area,
            width=320,
        )
    return area


def _open_other() -> None:
    place_bar.change(indicator=st.session_state["control_other"])
    st.session_state["control_other"] = None


def any_other(needs: Needs, figures: pd.DataFrame, catalogue: Catalogue) -> None:
    """Every other measure that has a figure here, to be opened by name."""
    known = set(catalogue.ids())
    others = {
        each: needs.short_name(each) for each in figures["indicator_id"].astype(str).unique() if each not in known
    }
    if others:
        st.selectbox(
            f"{len(others)} other measures have a figure here",
            sorted(others, key=others.__getitem__),
            index=None,
            format_func=others.__getitem__,
            placeholder="Open a measure by name",
            key="control_other",
            on_change=_open_other,
        )


def legend() -> None:
    """How to read the board."""
    with st.expander("How to read this board"):
        st.markdown(HOW_TO_READ)
        fact_list(
            [
                FactSection(
                    "Where the figures come from",
                    [
                        FactRow(
                            "From practices",
                            "",
                            "The Quality and Outcomes Framework (QOF): how many registered patients a practice has recorded with a condition. "
                            "We add up the practices of a neighbourhood, place or system.",
                        ),
                        FactRow(
                            "OHID Fingertips",
                            "",
                            "Published by the Office for Health Improvement and Disparities; read from a recorded copy, "
                            "or live when you pull newer figures below.",
                        ),
                        FactRow("ONS", "", "Published by the Office for National Statistics, with its own intervals."),
                    ],
                )
            ],
            key="board_legend",
        )


def board_downloads(atlas: Atlas, needs: Needs, place: Place, figures: pd.DataFrame, today: date) -> None:
    """The board to take away as CSV and XLSX, each figure with its metadata. Made when asked for."""

    def notes() -> list[str]:
        title = f"Core20PLUS5 figures for {place.name} ({place.code}), compared with England. {len(figures):,} rows."
        return provenance.needs_notes(title, needs, set(figures["source_id"].astype(str)), today)

    name = f"common-ground-{place.code}-needs"
    with st.container(horizontal=True, key="need_downloads"):
        st.download_button(
            "Download CSV",
            lambda: downloads.to_csv(for_download(figures, needs), notes()),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
        )
        st.download_button(
            "Download XLSX",
            lambda: downloads.to_xlsx(for_download(figures, needs), notes(), "Figures"),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )
