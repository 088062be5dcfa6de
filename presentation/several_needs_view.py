"""What the page of several needs together offers, lists, draws and gives away."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from presentation import downloads, place_bar, provenance
from presentation.area_map import FillClass, Fills, MapView, OutlineLayer
from presentation.components import RankedRow
from presentation.gaps_list import PAGE_ROWS
from presentation.gaps_map import SCALE, bounds_of
from presentation.view import MOST_NEEDS, View
from presentation.words import counted, listed, percent

COLUMNS = (
    ("rank", "#"),
    ("name", "Neighbourhood (PCN)"),
    ("people", "Core20 people"),
    ("share", "Core20, of all residents"),
    ("needs", "Measures"),
)
SIX = ("219", "253", "241", "90581", "90933", "848")
"""High blood pressure, COPD, diabetes, severe mental illness, asthma, depression: every network in England has a figure."""


def offered(needs: Needs) -> dict[str, str]:
    """Indicator → short name, of those with figures for networks: the catalogue's first, then every other in the copy by name."""
    ids = [str(each) for each in needs.board("pcn")["indicator_id"].unique()]
    catalogued = [each for each in needs.catalogue.ids() if each in ids]
    others = sorted((each for each in ids if each not in catalogued), key=needs.short_name)
    return {each: needs.short_name(each) for each in [*catalogued, *others]}


def asked(view: View, offered: dict[str, str]) -> list[str]:
    """The measures that the view asks for, of those offered; the six that every network has where it asks for none."""
    chosen = [each for each in view.needs if each in offered]
    return chosen or [each for each in SIX if each in offered]


def _set_needs() -> None:
    place_bar.change(needs=tuple(st.session_state["control_needs"]), page=1)


def _set_at_least() -> None:
    place_bar.change(at_least=int(st.session_state["control_at_least"]), page=1)


def controls(view: View, offered: dict[str, str], asked: list[str], at_least: int) -> None:
    """Which measures, and on how many of them at once."""
    unknown = [each for each in view.needs if each not in offered]
    if unknown:
        st.warning(
            f"The link asks for {listed(unknown)}, which has no figures for neighbourhoods in this copy; the others are shown."
        )
    st.session_state["control_needs"] = asked
    st.multiselect(
        "Measures",
        list(offered),
        format_func=offered.__getitem__,
        key="control_needs",
        on_change=_set_needs,
        max_selections=MOST_NEEDS,
    )
    st.session_state["control_at_least"] = at_least
    st.number_input(
        "On at least so many of them",
        1,
        max(1, len(asked)),
        key="control_at_least",
        on_change=_set_at_least,
        width=240,
    )


def explained(needs: Needs, asked: list[str]) -> str:
    """What counts, in one or two sentences."""
    sideways = [needs.short_name(each) for each in asked if needs.is_sideways(each)]
    return "A measure counts where its 95% interval lies wholly on the worse side of England's value." + (
        f" Where neither direction is called better, higher counts: {listed(sideways)}. "
        "There more can mean more illness, or illness that is found sooner."
        if sideways
        else ""
    )


def rows(found: pd.DataFrame, needs: Needs, page: int, asked: int) -> list[RankedRow]:
    """The neighbourhoods as the list shows them, each with its measures by name."""
    return [
        RankedRow(
            id=row["code"],
            name=row["name"],
            rank=(page - 1) * PAGE_ROWS + position,
            detail=listed([needs.short_name(each) for each in row["which"]]),
            people=round(row["core20_people"]),
            values={"share": percent(row["core20_share"]), "needs": f"{row['needs']} of {asked}"},
        )
        for position, row in enumerate(found.to_dict("records"), start=1)
    ]


def map_of(atlas: Atlas, place: Place, found: pd.DataFrame, here: pd.DataFrame) -> MapView:
    """The neighbourhoods by how many of the measures they have."""
    counts = sorted(found["needs"].unique())
    shades = np.linspace(1, len(SCALE) - 1, len(counts)).round().astype(int).tolist()
    classes = [
        FillClass(
            f"needs{count}",
            counted(int(count), "measure"),
            SCALE[shade],
            found.loc[found["needs"] == count, "code"].tolist(),
        )
        for count, shade in zip(counts, shades, strict=True)
    ]
    files = atlas.outlines
    return MapView(
        fills=Fills(
            [files["pcn", "england"]],
            classes,
            "Fewer of the measures",
            None if place.level == "england" else here["code"].tolist(),
        ),
        bounds=bounds_of(atlas, place),
        outlines=[OutlineLayer([files["rgn", "england"]], "Region", 1.5)],
        labels=[files["labels", "england"]],
        alt=f"Map of {place.name}: {counted(len(found), 'neighbourhood')} with several needs together. The list has the same neighbourhoods.",
    )


def sources(needs: Needs, asked: list[str]) -> set[str]:
    """The copies that the measures' figures come from."""
    board = needs.board("pcn")
    return set(board.loc[board["indicator_id"].isin(asked), "source_id"].astype(str))


def downloads_row(
    atlas: Atlas, needs: Needs, place: Place, found: pd.DataFrame, asked: list[str], at_least: int, today: date
) -> None:
    """The list to take away, with one column a measure."""

    def table() -> pd.DataFrame:
        board = needs.board("pcn")
        wide = found.drop(columns="which")
        for indicator in asked:
            mine = board[board["indicator_id"] == indicator].drop_duplicates("area_code").set_index("area_code")
            name = needs.short_name(indicator)
            for column, label in (
                ("value", name),
                ("comparison", f"{name}: compared with England"),
                ("period", f"{name}: period"),
            ):
                wide[label] = wide["code"].map(mine[column].astype(object))
        return wide

    def notes() -> list[str]:
        title = (
            f"Neighbourhoods in {place.name} ({place.code}) worse than England, or higher, on at least {at_least} of "
            f"{listed([needs.short_name(each) for each in asked])}. {len(found):,} rows, most Core20 residents first."
        )
        return provenance.needs_notes(title, needs, sources(needs, asked), today)

    name = f"common-ground-{place.code}-several-needs"
    with st.container(horizontal=True, key="several_downloads"):
        st.download_button(
            "Download CSV", lambda: downloads.to_csv(table(), notes()), f"{name}.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "Download XLSX",
            lambda: downloads.to_xlsx(table(), notes(), "Neighbourhoods"),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )
