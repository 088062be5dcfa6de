"""The need of one small area, for the panel of the Gaps page: its network's figures beside England's, and its middle layer area's."""

from __future__ import annotations

import pandas as pd

from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from presentation.components import FactRow, FactSection
from presentation.need_rows import comparison_mark
from presentation.need_words import figure
from presentation.several_needs_view import SIX

# Local Health figures that say something of the clinical areas, in the order shown; published for London in this copy.
LOCAL_HEALTH = ("93283", "93252", "93255", "93233", "93239", "93115")
_RATIO_UNIT = "per 100"


def network_section(needs: Needs, code: str, name: str) -> FactSection:
    """The six conditions that every network has a figure for, compared with England in words and a shape."""
    board = needs.board("pcn")
    mine = board[((board["area_code"] == code) & board["indicator_id"].isin(SIX)).to_numpy()]
    rows = []
    for record in sorted(mine.to_dict("records"), key=lambda record: SIX.index(record["indicator_id"])):
        unit = needs.unit(record["indicator_id"])
        mark = comparison_mark(record)
        rows.append(
            FactRow(
                needs.short_name(record["indicator_id"]),
                f"{figure(float(record['value']), unit)} · England {figure(float(record['england']), unit)}",
                f"{mark.text}, {mark.beneath or record['period']}",
                mark=mark.shape,
            )
        )
    return FactSection(
        f"Need in {name}: recorded by its GP practices", rows, empty="No figures for this network are in this copy."
    )


def local_section(needs: Needs, msoa21cd: str, name: str) -> FactSection | None:
    """Local Health figures of the middle layer area, where this copy has them; None elsewhere. A ratio's England is 100 by definition."""
    found = needs.of_area(msoa21cd, *LOCAL_HEALTH)
    known = found[found["value"].notna()].drop_duplicates("indicator_id").set_index("indicator_id").to_dict("index")
    rows = []
    for indicator in LOCAL_HEALTH:
        if indicator not in known:
            continue
        record = known[indicator]
        unit = needs.unit(indicator)
        value = figure(float(record["value"]), None if unit == _RATIO_UNIT else unit)
        rows.append(
            FactRow(
                needs.short_name(indicator),
                f"{value} · England 100" if unit == _RATIO_UNIT else value,
                f"{record['period']}, published without an interval"
                if pd.isna(record["lower_95"])
                else str(record["period"]),
            )
        )
    return FactSection(f"Need in {name} (middle layer area; OHID Local Health)", rows) if rows else None


def need_sections(atlas: Atlas, needs: Needs, area: pd.Series) -> list[FactSection]:
    """The sections of need for one small area: `area` is its row of the atlas."""
    row = atlas.areas.iloc[atlas.row(str(area["lsoa21cd"]))]
    sections = [network_section(needs, str(row["leading_pcn_code"]), str(row["leading_pcn_name"]))]
    local = local_section(needs, str(area["msoa21cd"]), str(area["msoa21hclnm"]))
    return [*sections, local] if local else sections
