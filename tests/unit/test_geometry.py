"""The geometry builder on a made-up coverage: edges stay shared, bytes repeat, a failure harms nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data_loaders import geometry
from data_loaders.errors import SourceError
from data_loaders.geometry_coverage import (
    as_coverage,
    dissolve,
    drop_specks,
    read_boundaries,
    repair,
    simplify,
    simplify_by_size,
    to_degrees,
)
from data_loaders.geometry_views import view_bytes, view_files

SIDE, SQUARE, EAST, NORTH = 6, 1000.0, 530_000.0, 180_000.0


def _wiggle(along: float, line: int) -> float:
    """Metres off a straight line: a big bend that must stay and a ripple that must go."""
    return 60 * np.sin(along / 700 + line) + 6 * np.sin(along / 25)


def _grid() -> np.ndarray[Any, Any]:
    """A grid of squares whose vertical edges wiggle; neighbours have the same vertices."""
    steps = np.linspace(0, SQUARE, 41)

    def upward(column: int, row: int) -> list[tuple[float, float]]:
        ys = row * SQUARE + steps
        return [(EAST + column * SQUARE + _wiggle(y, column), NORTH + y) for y in ys]

    return np.array(
        [shapely.Polygon(upward(c + 1, r) + upward(c, r)[::-1]) for r in range(SIDE) for c in range(SIDE)],
        dtype=object,
    )


@pytest.fixture
def areas() -> pd.DataFrame:
    """36 LSOAs in 12 MSOAs, two authorities (west and east), three PCN-sized bands and two ICBs."""
    n = SIDE * SIDE
    row, column = np.divmod(np.arange(n), SIDE)
    east = column >= SIDE // 2
    frame = pd.DataFrame({"lsoa21cd": [f"E0100{i:04d}" for i in range(n)]})
    frame["lsoa21nm"] = [f"Borough {i:03d}A" for i in range(n)]
    frame["msoa21cd"] = [f"E0200{i // 3:04d}" for i in range(n)]
    frame["msoa21hclnm"] = "Quarter " + frame["msoa21cd"].str[-2:]
    frame["lad24cd"] = np.where(east, "E09000002", "E09000001")
    frame["lad24nm"] = np.where(east, "Eastham", "Westham")
    for year in ("24", "26"):
        frame[f"icb{year}cd"] = np.where(row < 4, "E54000001", "E54000002")
        frame[f"icb{year}nm"] = np.where(row < 4, "South", "North")
    frame["rgncd"], frame["rgnnm"] = "E12000007", "London"
    frame["pop_mid2022"] = 1000 + np.arange(n)
    centres = gpd.GeoSeries(shapely.centroid(_grid()), crs=27700).to_crs(4326)
    return frame.assign(pwc_lon=centres.x, pwc_lat=centres.y)


@pytest.fixture
def leading(areas: pd.DataFrame) -> pd.DataFrame:
    """Three PCNs in bands of two rows; the first LSOA has none."""
    band = np.arange(len(areas)) // (2 * SIDE)
    frame = pd.DataFrame({"lsoa21cd": areas["lsoa21cd"], "pcn_code": [f"U0000{b}" for b in band]})
    return frame.assign(pcn_name="PCN " + frame["pcn_code"]).iloc[1:]


@pytest.fixture
def assets() -> pd.DataFrame:
    """Three places: one named mosque, one without a name, one without a position."""
    return pd.DataFrame(
        {
            "asset_id": ["osm/way/2", "osm/node/1", "ace/x"],
            "name": ["Masjid & Centre", None, "Library"],
            "category": ["worship", "worship", "library"],
            "faith_tradition": ["Muslim", "Christian", None],
            "longitude": [-0.10, -0.11, None],
            "latitude": [51.51, 51.52, None],
            "lad24cd": ["E09000001"] * 3,
        }
    )


@pytest.fixture
def boundaries(tmp_path: Path, areas: pd.DataFrame) -> Path:
    path = tmp_path / "boundaries.parquet"
    frame = gpd.GeoDataFrame({"LSOA21CD": areas["lsoa21cd"]}, geometry=list(_grid()), crs=27700)
    frame.iloc[::-1].to_parquet(path)
    return path


def _read(static: Path, index: pd.DataFrame, layer: str, key: str) -> dict[str, Any]:
    row = index[(index["layer"] == layer) & (index["key"] == key)].iloc[0]
    return json.loads(gzip.decompress((static / row["path"]).read_bytes()))


def _codes(static: Path, index: pd.DataFrame, layer: str, key: str) -> list[str]:
    return [f["properties"]["code"] for f in _read(static, index, layer, key)["features"]]


def test_simplified_neighbours_still_share_edges_and_areas_hold() -> None:
    grid = _grid()
    simple = simplify(grid, 30)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(grid).sum() / 2
    assert shapely.coverage_is_valid(simple)
    np.testing.assert_allclose(shapely.area(simple), shapely.area(grid), rtol=0.02)
    # The whole loses nothing between its parts: no gap and no overlap.
    assert shapely.area(shapely.union_all(simple)) == pytest.approx(shapely.area(simple).sum(), rel=1e-9)


def test_large_areas_are_simplified_more_and_stay_a_coverage() -> None:
    grid = _grid()
    # The three southern rows are joined column by column: large areas with wiggly edges between them.
    large = [shapely.union_all(grid[[column, column + SIDE, column + 2 * SIDE]]) for column in range(SIDE)]
    mixed = np.array([*large, *grid[3 * SIDE :]], dtype=object)
    assert shapely.coverage_is_valid(mixed)
    simple, even = simplify_by_size(mixed, 10, 80, 2e6), simplify(mixed, 10)
    assert shapely.coverage_is_valid(simple)
    count = shapely.get_num_coordinates
    assert count(simple[:SIDE]).sum() < count(even[:SIDE]).sum() * 0.8
    # Squares that touch no large area are as they would be without any.
    assert all(shapely.equals(simple[-SIDE:], even[-SIDE:]))
    np.testing.assert_allclose(shapely.area(simple), shapely.area(mixed), rtol=0.02)


def test_dissolving_follows_the_same_vertices_and_leaves_out_rows_without_a_key() -> None:
    grid = _grid()
    keys = pd.Series((["B"] * 17 + ["A"] * 18 + [None]), dtype="str")
    whole = dissolve(grid, keys)
    assert list(whole.index) == ["A", "B"]
    assert shapely.area(whole["B"]) == pytest.approx(shapely.area(grid[:17]).sum())
    corners = {tuple(xy) for xy in shapely.get_coordinates(grid[:17])}
    assert {tuple(xy) for xy in shapely.get_coordinates(whole["B"])} <= corners


def test_a_bow_tie_is_repaired_to_area_only() -> None:
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    fixed, count = repair(np.array([bow_tie, shapely.box(0, 0, 1, 1)], dtype=object))
    assert count == 1
    assert shapely.is_valid(fixed).all()
    assert fixed[0].area == pytest.approx(50)  # two triangles, base 10 and height 5


def test_overlapping_neighbours_are_made_a_coverage() -> None:
    left, right = shapely.box(0, 0, 1000, 1000), shapely.box(998, 0, 2000, 1000)
    made, before, after = as_coverage(np.array([left, right], dtype=object))
    assert (before, after) == (2, 0)
    assert shapely.area(made).sum() == pytest.approx(2_000_000)


def test_specks_go_but_never_the_last_part() -> None:
    island = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(500, 0, 505, 5)])
    rock = shapely.box(0, 900, 5, 905)
    kept = drop_specks(np.array([island, rock, island], dtype=object), 400)
    assert shapely.area(kept).tolist() == [10_000, 25, 10_000]
    twins = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(500, 0, 600, 100)])
    assert drop_specks(np.array([twins], dtype=object), 400)[0].equals(twins)


def test_degrees_are_rounded_valid_and_wound_as_geojson_asks() -> None:
    degrees = to_degrees(_grid(), 5)
    xy = shapely.get_coordinates(degrees)
    np.testing.assert_array_equal(xy, np.round(xy, 5))
    assert shapely.is_valid(degrees).all()
    assert all(shapely.is_ccw(shapely.get_exterior_ring(g)) for g in degrees)
    # 1.1 m at most from where it was.
    back = gpd.GeoSeries(degrees, crs=4326).to_crs(27700)
    assert max(shapely.hausdorff_distance(np.asarray(back.array), _grid())) < 1.2


def test_a_sliver_that_rounding_flattens_keeps_its_shape() -> None:
    sliver = shapely.box(530_000, 180_000, 530_000.3, 180_000.3)
    assert shapely.area(to_degrees(np.array([sliver], dtype=object), 4))[0] > 0


def test_build_writes_every_area_once_with_names(
    tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame
) -> None:
    static, said = tmp_path / "static", []
    index = geometry.build(boundaries, areas, leading, None, assets, static / "geometry", said.append)

    assert set(index["layer"]) == {"lsoa", "pcn", "lad24", "icb24", "icb26", "rgn", "labels", "places"}
    lsoas = [f for key in ("E09000001", "E09000002") for f in _read(static, index, "lsoa", key)["features"]]
    assert sorted(f["properties"]["code"] for f in lsoas) == areas["lsoa21cd"].tolist()
    assert lsoas[0]["properties"] == {"code": "E01000000", "name": "Quarter 00 · Borough 000A"}
    authorities = _read(static, index, "lad24", "england")["features"]
    assert [f["properties"]["name"] for f in authorities] == ["Westham", "Eastham"]
    # Each PCN is two rows of squares; the first four rows are the south's, the last two the north's.
    assert _codes(static, index, "pcn", "E54000001") == ["U00000", "U00001"]
    assert _codes(static, index, "pcn", "E54000002") == ["U00002"]
    places = _read(static, index, "places", "E09000001")["features"]
    assert [f["properties"] for f in places] == [
        {"id": "osm/node/1", "category": "worship", "faith": "Christian"},
        {"id": "osm/way/2", "name": "Masjid & Centre", "category": "worship", "faith": "Muslim"},
    ]
    assert places[1]["geometry"]["coordinates"] == [-0.1, 51.51]
    assert any("1 community assets have no position" in message for message in said)


def test_index_says_what_is_on_disk(tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame) -> None:
    static = tmp_path / "static"
    index = geometry.build(boundaries, areas, leading, None, assets, static / "geometry")
    assert not index.duplicated(["layer", "key"]).any()
    for row in index.itertuples():
        packed = (static / row.path).read_bytes()
        content = gzip.decompress(packed)
        assert row.bytes == len(packed)
        assert hashlib.sha256(content).hexdigest()[:12] in row.path
        collection = json.loads(content)
        assert row.features == len(collection["features"]) > 0
        shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in collection["features"]])
        assert not shapely.is_empty(shapes).any()
        np.testing.assert_allclose(shapely.total_bounds(shapes), [row.west, row.south, row.east, row.north], atol=1e-5)


def test_a_label_sits_at_the_population_weighted_centre(
    tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame
) -> None:
    static = tmp_path / "static"
    names = pd.DataFrame({"msoa21cd": ["E02000000"], "msoa21hclnm": ["Marks Gate"]})
    index = geometry.build(boundaries, areas, leading, names, assets, static / "geometry")
    label = _read(static, index, "labels", "E09000001")["features"][0]
    first = areas.iloc[:3]
    assert label["properties"] == {"name": "Marks Gate", "weight": 1000 + 1001 + 1002}
    expected = [np.average(first[c], weights=first["pop_mid2022"]) for c in ("pwc_lon", "pwc_lat")]
    assert label["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-5)


def test_two_builds_give_the_same_bytes_and_old_files_go(
    tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame
) -> None:
    one, two = tmp_path / "one" / "geometry", tmp_path / "two" / "geometry"
    geometry.build(boundaries, areas, leading, None, assets, one)
    (two / "lsoa").mkdir(parents=True)
    (two / "lsoa" / "E09000001.000000000000.geojson.gz").write_bytes(b"old")
    (two / "README.md").write_text("kept", encoding="utf-8")
    geometry.build(boundaries, areas.sample(frac=1, random_state=3), leading, None, assets, two, keep_old=True)
    assert (two / "lsoa" / "E09000001.000000000000.geojson.gz").exists()
    geometry.build(boundaries, areas, leading, None, assets, two)

    def contents(folder: Path) -> dict[str, bytes]:
        return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.gz")}

    assert contents(one) == contents(two)
    assert (two / "README.md").exists()


def test_a_failed_build_leaves_the_last_files(
    tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame
) -> None:
    out = tmp_path / "static" / "geometry"
    index = geometry.build(boundaries, areas, leading, None, assets, out)
    # Fails in the last layer, when all the others have been written.
    with pytest.raises(KeyError):
        geometry.build(boundaries, areas.assign(lad24nm="X"), leading, None, assets.drop(columns="category"), out)
    assert {f"geometry/{f.relative_to(out)}" for f in out.rglob("*.gz")} == set(index["path"])
    assert [f.name for f in out.parent.iterdir()] == ["geometry"]


def test_views_add_up_their_own_files(tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame) -> None:
    index = geometry.build(boundaries, areas, leading, None, assets, tmp_path / "static" / "geometry")
    files = view_files(index, areas, leading)
    north = files[(files["view"] == "icb26") & (files["view_key"] == "E54000002")]
    assert set(zip(north["layer"], north["key"], strict=True)) == {
        *((layer, lad) for layer in ("lsoa", "labels", "lad24") for lad in ("E09000001", "E09000002")),
        ("places", "E09000001"), ("pcn", "E54000002"), ("icb26", "E54000002"),
    }  # fmt: skip
    sizes = view_bytes(index, areas, leading).set_index(["view", "view_key"])["bytes"]
    assert sizes["icb26", "E54000002"] == north["bytes"].sum()
    assert len(sizes) == 5 + 2 + 2 + 2 + 3


def test_a_renamed_column_and_a_missing_area_are_named(tmp_path: Path, boundaries: Path, areas: pd.DataFrame) -> None:
    frame = gpd.read_parquet(boundaries)
    frame.rename(columns={"LSOA21CD": "LSOA31CD"}).to_parquet(tmp_path / "renamed.parquet")
    with pytest.raises(SourceError, match=r"renamed\.parquet.*LSOA21CD"):
        read_boundaries(tmp_path / "renamed.parquet", areas["lsoa21cd"].tolist())
    with pytest.raises(SourceError, match="E01999999"):
        read_boundaries(boundaries, [*areas["lsoa21cd"], "E01999999"])
    pd.concat([frame, frame.tail(1)]).to_parquet(tmp_path / "doubled.parquet")
    with pytest.raises(SourceError, match="E01000000 more than once"):
        read_boundaries(tmp_path / "doubled.parquet", areas["lsoa21cd"].tolist())
    (tmp_path / "cut.parquet").write_bytes(boundaries.read_bytes()[:500])
    with pytest.raises(SourceError, match=r"cut\.parquet"):
        read_boundaries(tmp_path / "cut.parquet", areas["lsoa21cd"].tolist())


def test_an_area_without_an_authority_is_refused(
    tmp_path: Path, boundaries: Path, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame
) -> None:
    areas.loc[4, "lad24cd"] = None
    with pytest.raises(ValueError, match="no lad24cd for E01000004"):
        geometry.build(boundaries, areas, leading, None, assets, tmp_path / "geometry")


def test_a_pcn_is_filed_where_most_of_its_people_live() -> None:
    lsoas = pd.DataFrame(
        {
            "lsoa21cd": ["A", "B", "C", "D", "E"],
            "icb24cd": ["E2", "E1", "E1", "E2", "E1"],
            "pop_mid2022": [900, 400, 400, 500, 500],
        }
    )
    led = pd.DataFrame({"lsoa21cd": list("ABCDE"), "pcn_code": ["U1", "U1", "U1", "U2", "U2"]})
    # U1: 900 in E2 against 800 in E1, though E1 has more areas. U2: a tie, to the lower code.
    assert geometry.pcn_home(lsoas, led).to_dict() == {"U1": "E2", "U2": "E1"}
