"""Community assets as points of a map, each to be chosen: its kind by shape, how lately it was confirmed by how full it is drawn."""

from __future__ import annotations

import pandas as pd

from analysis.vocabularies import FRESHNESS
from presentation.area_map import MapPoint, PointFreshness, PointKind, Points
from presentation.asset_words import FRESHNESS_LABELS, FULLNESS, KINDS, name_of


def points_of(drawn: pd.DataFrame) -> Points:
    """Assets as points that can be chosen, by kind and freshness."""
    kinds = list(KINDS)
    return Points(
        items=[
            MapPoint(
                row.longitude, row.latitude, row.asset_id, name_of(row._asdict()), kinds.index(row.category),
                FRESHNESS.index(row.freshness),
            )
            for row in drawn.itertuples(index=False)
        ],
        kinds=[PointKind(many[0].upper() + many[1:], one[0].upper() + one[1:], shape) for one, many, shape in KINDS.values()],
        freshnesses=[PointFreshness(FRESHNESS_LABELS[word], FULLNESS[word]) for word in FRESHNESS],
    )
