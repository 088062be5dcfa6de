"""Where a partner is: asked for on a form, and as the register keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from analysis import postcodes
from analysis.places import Place
from analysis.vocabularies import PLACE_KINDS
from data_loaders.atlas import Atlas
from presentation.assets_cache import open_assets


def point_fields(atlas: Atlas, typed: str) -> dict[str, Any]:
    """Where a postcode is, as the register keeps it: point, LSOA, authority. PostcodeNotFoundError says why it cannot be placed."""
    found = atlas.postcode(postcodes.read(typed))
    longitude, latitude = atlas.to_degrees(found.easting, found.northing)
    row = atlas.areas.iloc[atlas.row(found.lsoa21cd)]
    return {
        "easting": found.easting,
        "northing": found.northing,
        "longitude": longitude,
        "latitude": latitude,
        "lsoa21cd": found.lsoa21cd,
        "lad24cd": str(row["lad24cd"]),
    }


def _asset_fields(asset_id: str) -> dict[str, Any]:
    """Where a mapped place is, as the register keeps it."""
    place = open_assets(date.today()).at(asset_id)
    assert place is not None  # noqa: S101 - it was chosen from the list just now
    names = ("easting", "northing", "longitude", "latitude")
    return {name: float(place[name]) for name in names} | {
        "asset_id": asset_id,
        "lsoa21cd": str(place["lsoa21cd"]),
        "lad24cd": str(place["lad24cd"]),
    }


def ask_where(atlas: Atlas, place: Place, key: str) -> dict[str, Any]:
    """Ask where a partner is: at a postcode, at a mapped place, or serving an area without a point."""
    how = st.radio(
        "Where are they?",
        ["At a postcode", "At a place on the map", "They serve an area, without a place of their own"],
        key=f"{key}_how",
        help="A refuge or another sensitive site: choose an area, never a point.",
    )
    if how == "At a postcode":
        typed = st.text_input("Postcode", key=f"{key}_postcode", max_chars=12, placeholder="RM9 6QD")
        return {"postcode": typed}
    if how == "At a place on the map":
        here = open_assets(date.today()).counting(place, PLACE_KINDS)
        names = dict(
            zip(here["asset_id"], here["name"].fillna("Name not recorded") + " (" + here["category"] + ")", strict=True)
        )
        chosen = st.selectbox(
            f"Place on the map in {place.name}",
            list(names),
            index=None,
            format_func=names.__getitem__,
            key=f"{key}_asset",
        )
        return {"asset_id": chosen}
    authority = atlas.gazetteer.parent(place, "lad24")
    networks = {child.code: child.name for child in atlas.gazetteer.children(authority, "pcn")}
    served = st.multiselect(
        f"Neighbourhoods that they serve (none chosen: all of {authority.name})",
        list(networks),
        format_func=networks.__getitem__,
        key=f"{key}_served",
    )
    sensitive = st.checkbox("A sensitive site, such as a refuge: never shown as a point", key=f"{key}_sensitive")
    return {"lad24cd": authority.code, "service_area": served or [authority.code], "sensitive": sensitive}


def placed(atlas: Atlas, where: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as the register keeps it. PostcodeNotFoundError says why a postcode cannot be placed."""
    if "postcode" in where:
        return point_fields(atlas, str(where["postcode"]))
    if where.get("asset_id"):
        return _asset_fields(str(where["asset_id"]))
    return {name: value for name, value in where.items() if name not in ("postcode", "asset_id")}
