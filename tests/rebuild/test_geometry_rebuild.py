"""Simplifying on the real boundaries of London. test_snapshot_rebuild.py builds all of England; tests/unit/test_committed_outlines.py looks at it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from data_loaders import geometry
from data_loaders.geometry_coverage import invalid_edges, read_boundaries, simplify_by_size, to_degrees


def test_simplified_london_keeps_its_edges_and_areas(shared_data: Path) -> None:
    folder = shared_data / "geography"
    areas = pd.read_parquet(folder / "lsoa21_attributes.parquet")
    london = areas.loc[areas["rgncd"] == "E12000007", "lsoa21cd"].tolist()
    polygons, _ = read_boundaries(folder / "lsoa21_boundaries_bgc.parquet", london)
    assert invalid_edges(polygons) == 0
    simple = simplify_by_size(polygons, geometry.FINE, geometry.COARSE, geometry.LARGE)
    assert invalid_edges(simple) == 0
    change = np.abs(shapely.area(simple) / shapely.area(polygons) - 1)
    assert np.median(change) < 0.005
    # London's areas are the smallest and so the worst: 4.2% at the 99th percentile, England 2.6%.
    assert np.quantile(change, 0.99) < 0.05
    assert np.abs(shapely.area(simple).sum() / shapely.area(polygons).sum() - 1) < 1e-3
    assert shapely.is_valid(to_degrees(simple, geometry.DETAIL_DECIMALS)).all()
