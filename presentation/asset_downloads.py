"""Community assets to take away: one row a source record, so that what OpenStreetMap licenses stays apart from the rest."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import streamlit as st

from analysis.asset_filter import AssetFilter
from analysis.places import Place
from data_loaders import open_referral_assets
from presentation import downloads, provenance
from presentation.current_assets import CurrentAssets
from presentation.words import counted

MOST_SERVICES = 5_000
"""Each service takes some 5 KB and 2 ms to write out: more would be a file that no directory takes at once."""


def table(assets: CurrentAssets, found: pd.DataFrame) -> pd.DataFrame:
    """The records behind what is shown: RECORD_COLUMNS, `place_id` (the same for records that were matched as one place) and freshness."""
    leading = assets.members.reindex(assets.records["asset_id"])
    mask = leading.isin(found["asset_id"]).to_numpy()
    records = assets.records[mask].assign(place_id=leading[mask].to_numpy())
    fresh = assets.table.set_index("asset_id")["freshness"]
    records["freshness"] = records["place_id"].map(fresh)
    first = ["place_id", "asset_id", "name", "category", "freshness", "last_confirmed", "confirmed_by_role", "source", "licence", "source_date"]
    rest = [name for name in records.columns if name not in first]
    return records[first + rest].sort_values(["place_id", "asset_id"], ignore_index=True)


def _notes(assets: CurrentAssets, place: Place, found: pd.DataFrame, wanted: AssetFilter, today: date) -> list[str]:
    asked = "; ".join(f"{name}: {getattr(wanted, name)}" for name in wanted.asked) or "everything"
    title = f"Community assets in {place.name} ({place.code}): {counted(len(found), 'place')}. Asked for: {asked}."
    return provenance.asset_notes(title, assets.sources, today)


def row(assets: CurrentAssets, place: Place, found: pd.DataFrame, wanted: AssetFilter, today: date) -> None:
    """CSV, GeoJSON and Open Referral UK JSON of what is shown, each with its sources, dates and licences. Made when asked for."""
    if found.empty:
        return
    name = f"common-ground-{place.code}-community-assets"

    def csv() -> bytes:
        frame = table(assets, found)
        frame["last_confirmed"] = frame["last_confirmed"].dt.strftime("%Y-%m-%d")
        return downloads.to_csv(frame, _notes(assets, place, found, wanted, today))

    def geojson() -> bytes:
        return downloads.points_to_geojson(table(assets, found), "asset_id", _notes(assets, place, found, wanted, today))

    def open_referral() -> bytes:
        return json.dumps(open_referral_assets.documents(table(assets, found)), ensure_ascii=False, separators=(",", ":")).encode()

    with st.container(horizontal=True, key="asset_downloads"):
        st.download_button("Download CSV", csv, f"{name}.csv", "text/csv", on_click="ignore")
        st.download_button("Download GeoJSON", geojson, f"{name}.geojson", "application/geo+json", on_click="ignore")
        if len(found) > MOST_SERVICES:
            st.caption(f"Open Referral UK is offered for up to {MOST_SERVICES:,} places: choose a system or a place.")
            return
        st.download_button(
            "Download Open Referral UK", open_referral, f"{name}-open-referral-uk.json", "application/json", on_click="ignore"
        )
