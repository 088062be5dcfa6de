"""One figure by deprivation: ten groups from the most to the least deprived, with the slope index of inequality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import inequality
from analysis.places import ENGLAND, Place
from data_loaders.atlas import Atlas
from data_loaders.needs import Needs

FEWEST_TENTHS = 8
NOT_ADJUSTED = "Not adjusted for age: where more older people live more illness is recorded, and deprived areas are often younger. "


@dataclass(frozen=True)
class Gradient:
    """Ten groups (or at least FEWEST_TENTHS) and the slope through them. rows: tenth, category, value, lower_95, upper_95, denominator."""

    where: str
    about: str
    rows: pd.DataFrame
    slope: inequality.SlopeIndex
    fitted: npt.NDArray[np.float64]


def _transform(unit: str | None, values: pd.Series) -> tuple[inequality.Transform, float]:
    """How the slope is fitted: logit for proportions, log for rates, as they are for everything else and where a value has neither."""
    if unit == "%" and values.between(0, 100, inclusive="neither").all():
        return "logit", 100.0
    if unit and unit.startswith("per ") and (values > 0).all():
        return "log", 1.0
    return "none", 1.0


def gradient(atlas: Atlas, needs: Needs, place: Place, indicator_id: str) -> Gradient | None:
    """The gradient of the place, else of its system, else of England: the first with enough of England's ten groups; None where none has."""
    gazetteer = atlas.gazetteer
    scopes = [place]
    if place.level not in ("england", "region", "icb24", "icb26"):
        scopes += [gazetteer.parent(place, "lad24"), gazetteer.parent(place, "icb26"), gazetteer.parent(place, "icb24")]
    scopes.append(gazetteer.place(ENGLAND))
    for scope in scopes:
        rows = needs.tenths(indicator_id, scope.code)
        # A slope weighs each group by its people: groups that are published without them have none.
        if len(rows) >= FEWEST_TENTHS and (rows["denominator"] > 0).all():
            transform, multiplier = _transform(needs.unit(indicator_id), rows["value"])
            slope = inequality.slope_index_of_inequality(
                *(rows[column].to_numpy() for column in ("value", "lower_95", "upper_95", "denominator")),
                transform=transform,
                multiplier=multiplier,
            )
            return Gradient(
                scope.name,
                f"{rows['category_type'].iloc[0]}, {rows['period'].iloc[0]}. National groups, not local ones: Core20 is national too. "
                f"{NOT_ADJUSTED if (rows['origin'] == 'qof-practices').all() else ''}The dotted line is the slope index of inequality.",
                rows,
                slope,
                slope.fitted,
            )
    return None
