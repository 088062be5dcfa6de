"""Community assets as points of a map, each to be chosen: its kind by shape, how lately it was confirmed by how full it is drawn."""

from __future__ import annotations

import pandas as pd

from analysis.vocabularies import FRESHNESS
from presentation.area_map import MapPoint, PointFreshness, PointKind, Points
from presentation.asset_words import FRESHNESS_LABELS, FULLNESS, SHAPES, name_of
from presentation.words import CATEGORY_PLURALS


def points_of(drawn: pd.DataFrame) -> Points:
    """Assets as points that can be chosen, by kind and freshness."""
    kinds = list(SHAPES)
    return Points(
        items=[
            MapPoint(
                row.longitude, row.latitude, row.asset_id, name_of(row._asdict()), kinds.index(row.category),
                FRESHNESS.index(row.freshness),
            )
            for row in drawn.itertuples(index=False)
        ],
        kinds=[PointKind(CATEGORY_PLURALS[kind].capitalize(), kind.capitalize(), shape) for kind, shape in SHAPES.items()],
        freshnesses=[PointFreshness(FRESHNESS_LABELS[word], FULLNESS[word]) for word in FRESHNESS],
    )
