"""Indicator figures as they leave the atlas: every figure with its period, source and metadata. No screen here."""

from __future__ import annotations

import pandas as pd

from data_loaders.fingertips_pages import page_address
from data_loaders.indicator_values import ORIGINS
from data_loaders.needs import Needs
from presentation.need_words import POLARITY_WORDS

_COLUMNS = (
    "area_code",
    "area_name",
    "sex",
    "age",
    "period",
    "value",
    "lower_95",
    "upper_95",
    "count",
    "denominator",
    "england",
    "comparison",
    "trend",
    "note",
)


def for_download(figures: pd.DataFrame, needs: Needs) -> pd.DataFrame:
    """`analysis.board.compared` for a file: indicator and its published name, unit and polarity first, then the figure, then its source.

    Values keep six decimals; sex is written out; the last column is the figure's page at Fingertips, where it has one. Of the figures of a
    place, for_area names the area that a figure is for where that is not the place itself, and the two columns after it mark a figure that
    is a system's, copied to so many authorities.
    """
    described = needs.indicators.reindex(figures["indicator_id"].astype(str))
    table = pd.DataFrame(
        {
            "indicator_id": figures["indicator_id"].astype(str).to_numpy(),
            "indicator": described["name"].to_numpy(),
            "unit": described["unit"].to_numpy(),
            "direction": [
                POLARITY_WORDS.get(str(each), "not established in this copy") for each in described["polarity"]
            ],
        }
    )
    for column in _COLUMNS:
        table[column] = (
            figures["who"].astype(str).replace("", "Persons") if column == "sex" else figures[column]
        ).to_numpy()
    if "own" in figures:
        table["for_area"] = figures["area_said"].where(~figures["own"].astype(bool), "").to_numpy()
        table["one_figure_for_authorities"] = figures["shared_areas"].to_numpy()
        table["published_for_system"] = figures["shared_system"].to_numpy()
    numbers = ["value", "lower_95", "upper_95", "england"]
    table[numbers] = table[numbers].astype(float).round(6)
    table["publisher"] = [ORIGINS.get(str(origin), str(origin)) for origin in figures["origin"]]
    table["data_source"] = described["data_source"].to_numpy()
    if "core20_share" in figures:
        table["core20_share_of_residents"] = figures["core20_share"].astype(float).round(4).to_numpy()
    table["copy"] = figures["source_id"].astype(str).to_numpy()
    table["address"] = [
        page_address(indicator) if str(indicator).isdigit() else "" for indicator in table["indicator_id"]
    ]
    return table
