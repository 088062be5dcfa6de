"""What is mapped: how well each kind of place is mapped in each authority, by which source and when, as a map and a table."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analysis.places import Place
from analysis.vocabularies import ASSET_CATEGORIES, COVERAGE, FRESHNESS
from presentation import downloads, provenance
from presentation.area_map import FillClass, Fills, MapView, OutlineLayer, area_map
from presentation.current_assets import CurrentAssets
from presentation.gaps_map import SCALE, bounds_of
from presentation.words import CATEGORY_PLURALS, counted, month_year

_SHADES = {"mapped": SCALE[4], "partly": SCALE[2]}
_LABELS = {"mapped": "Mapped", "partly": "Partly mapped", "not mapped": "Not mapped: nobody was asked"}


def show(assets: CurrentAssets, place: Place, today: date) -> None:
    """The map of one kind of place, and the table of every kind."""
    cells = assets.cells
    kind = st.selectbox("Kind of place", ASSET_CATEGORIES, format_func=_many, key="coverage_kind", width=320)
    atlas = assets.atlas
    codes = atlas.areas.loc[atlas.gazetteer.mask(place), "lad24cd"].unique().tolist()
    everywhere = pd.DataFrame({"lad24cd": atlas.areas["lad24cd"].unique()})
    whole = everywhere.merge(cells[cells["faith_tradition"].isna() & cells["category"].eq(kind)], on="lad24cd", how="left")
    whole["status"] = whole["status"].fillna("not mapped")
    here = whole[whole["lad24cd"].isin(codes)]
    counts = here["status"].value_counts().reindex(list(COVERAGE), fill_value=0)
    there = [(status, int(counts[status])) for status in COVERAGE if counts[status]]
    said = "; ".join(f"{_LABELS[status].lower()} in {counted(number, 'authority', 'authorities')}" for status, number in there)
    st.header(f"{_many(kind)}: {said}")
    st.markdown(
        f"Where {CATEGORY_PLURALS[kind]} are not mapped, none recorded says nothing about whether there are any. "
        "Uneven mapping is a risk to equality."
    )
    alt = f"{_many(kind)} in {place.name}: {said}. The table has the same authorities."
    area_map(_map(assets, place, whole, codes, alt), key="coverage_map")
    table = _table(assets, cells, codes)
    st.dataframe(table, hide_index=True, alt=f"How well each kind of place is mapped in each authority of {place.name}")
    title = f"What is mapped in {place.name} ({place.code}), by authority, kind and source."
    notes = provenance.asset_notes(title, assets.sources, today)
    name = f"common-ground-{place.code}-what-is-mapped.csv"
    st.download_button("Download CSV", lambda: downloads.to_csv(table, notes), name, "text/csv", on_click="ignore")


def _many(kind: str) -> str:
    """Several of a kind, with a capital."""
    return CATEGORY_PLURALS[kind].capitalize()


def _map(assets: CurrentAssets, place: Place, whole: pd.DataFrame, codes: list[str], alt: str) -> MapView:
    atlas = assets.atlas
    files = atlas.outlines
    classes = []
    for status, shade in _SHADES.items():
        mine = whole[whole["status"].eq(status)]
        for number, (newest, part) in enumerate(sorted(mine.groupby(mine["newest"].fillna("").str[:4]), reverse=True)):
            label = f"{_LABELS[status]}, newest source {newest}" if newest else _LABELS[status]
            colour = shade if not number else SCALE[max(0, SCALE.index(shade) - number)]
            classes.append(FillClass(f"{status}-{newest}", label, colour, part["lad24cd"].tolist()))
    return MapView(
        fills=Fills([files["lad24", "england"]], classes, _LABELS["not mapped"], None if place.level == "england" else codes),
        bounds=bounds_of(atlas, place),
        outlines=[OutlineLayer([files["rgn", "england"]], "Region", 1.5)],
        labels=[files["labels", "england"]],
        alt=alt,
    )


def _table(assets: CurrentAssets, cells: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    mine = cells[cells["lad24cd"].isin(codes)]
    names = assets.atlas.names("lad24")
    return pd.DataFrame(
        {
            "Place": mine["lad24cd"].map(names),
            "Kind": mine["category"] + (": " + mine["faith_tradition"]).fillna(""),
            "How well": mine["status"],
            "Records": mine["records"].astype("int64"),
            "Newest source": mine["newest"].map(lambda value: month_year(value[:10]) if isinstance(value, str) and value else "none"),
            "Sources": mine["sources"].fillna("none"),
            **{word.capitalize(): mine[word].astype("int64") for word in FRESHNESS},
            "Note": mine["notes"].fillna(""),
        }
    ).reset_index(drop=True)
