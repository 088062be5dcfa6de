"""The community assets: what each reader keeps, how records get their place, and which become one."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from data_loaders import (
    ace_libraries,
    community_assets,
    faith_covenant,
    gla_community_centres,
    osm_places_of_worship,
)
from data_loaders.errors import SourceError

# Two adjoining squares of 1 km in British National Grid metres, west and east of easting 531,000, in London.
WEST, EAST = "E01000001", "E01000002"
AREAS = pd.DataFrame(
    {
        "lsoa21cd": [WEST, EAST],
        "lad24cd": ["E09000030", "E07000066"],
        "lad24nm": ["Tower Hamlets", "Basildon"],
        "utlacd": ["E09000030", "E10000012"],
        "utlanm": ["Tower Hamlets", "Essex"],
    }
)
OSM_HEADER = "area_code,area_name,faith,osm_type,osm_id,name,denomination,lon,lat,source_tier"
GLA_HEADER = (
    "name,address1,address2,address3,borough_name,website,os_addressbase_uprn,borough_code,ward_2018_name,"
    "ward_2018_code,ward,latitude,longitude,easting,northing,runtime"
)


def _boundaries() -> gpd.GeoDataFrame:
    squares = gpd.GeoDataFrame(
        {"LSOA21CD": [WEST, EAST]},
        crs=27700,
        geometry=[box(530_000, 180_000, 531_000, 181_000), box(531_000, 180_000, 532_000, 181_000)],
    )
    return squares.to_crs(4326)


def _degrees(easting: float, northing: float) -> tuple[float, float]:
    point = gpd.GeoSeries(gpd.points_from_xy([easting], [northing]), crs=27700).to_crs(4326).iloc[0]
    return point.x, point.y


def _osm_line(
    number: int,
    easting: float,
    northing: float,
    name: str = "",
    denomination: str = "",
    faith: str = "Christian",
    kind: str = "way",
    area: str = "E09000030",
) -> str:
    longitude, latitude = _degrees(easting, northing)
    return (
        f'{area},Somewhere,{faith},{kind},{number},"{name}",{denomination},{longitude:.6f},{latitude:.6f},osm'
    )


def _read_osm(folder: Path, *lines: str) -> pd.DataFrame:
    path = folder / "osm.csv"
    path.write_text("\n".join([OSM_HEADER, *lines]) + "\n", encoding="utf-8")
    return osm_places_of_worship.read(path)


def _library(**values: str) -> dict[str, str]:
    row = dict.fromkeys([*ace_libraries.COLUMNS, *ace_libraries.HOSTS], "")
    row |= {
        "reporting": "Tower Hamlets",
        "name": "Bow",
        "postcode": "E1 1AA",
        "type": "Static Library",
        "operation_23": "LA",
        "address1": "1 Some Street",
    }
    return row | values


def _read_libraries(folder: Path, *rows: dict[str, str]) -> pd.DataFrame:
    path = folder / "ace.csv"
    pd.DataFrame(list(rows) or [_library(name="Elsewhere", closed="2012")]).to_csv(path, index=False)
    return ace_libraries.read(path)


def _read_centres(folder: Path, *lines: str) -> pd.DataFrame:
    path = folder / "gla.csv"
    path.write_text("\n".join([GLA_HEADER, *lines]) + "\n", encoding="utf-8")
    return gla_community_centres.read(path)


def _build(
    folder: Path,
    osm: tuple[str, ...] = (),
    libraries: tuple[dict[str, str], ...] = (),
    centres: tuple[str, ...] = (),
) -> community_assets.CommunityAssets:
    postcodes = pd.DataFrame(
        {"pcds": ["E1 1AA", "E2 2BB"], "easting": [530_500, 531_500], "northing": [180_500, 180_500]}
    )
    return community_assets.build(
        _read_osm(folder, *osm),
        _read_libraries(folder, *libraries),
        _read_centres(folder, *centres),
        postcodes,
        _boundaries(),
        AREAS,
    )


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("roman_catholic", "Roman Catholic"),
        ("jehovahs_witness", "Jehovah's Witness"),
        ("anglican;methodist", "Anglican and Methodist"),
        ("anglican; methodist;united_reform", "Anglican, Methodist and United Reformed"),
        ("URC", "United Reformed"),
        ("church_of_god_of_prophecy", "Church of God of Prophecy"),
        ("muslim", None),
        ("none", None),
        (None, None),
        ("United Reformed;urc", "United Reformed"),
    ],
)
def test_denominations_are_readable(tag: str | None, words: str | None) -> None:
    assert osm_places_of_worship.readable_denomination(tag) == words


def test_a_renamed_column_stops_the_reader_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "osm.csv"
    path.write_text(OSM_HEADER.replace("denomination", "denom") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"osm\.csv.*'denomination'"):
        osm_places_of_worship.read(path)


def test_one_bad_row_is_set_aside_by_line_and_the_rest_stay(tmp_path: Path) -> None:
    good = _osm_line(1, 530_500, 180_500, "St Mary")
    result = _build(
        tmp_path,
        osm=(
            "E09000030,x,Christian,way,2,Bad,,east,51.5,osm",
            good,
            "E09000030,x,Jedi,way,3,Odd,,0,51.5,osm",
        ),
    )
    assert result.assets["asset_id"].tolist() == ["osm/way/1"]
    assert result.set_aside.query("source == 'OpenStreetMap'").set_index("asset_id")["reason"].to_dict() == {
        "osm/way/2": "line 2: lon or lat is not a number of degrees",
        "osm/way/3": "line 4: faith is not one of Christian, Muslim, Jewish, Sikh, Hindu, Buddhist",
    }


def test_england_is_decided_by_the_polygon_and_at_its_edge_by_the_country(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        osm=(
            _osm_line(1, 530_500, 180_500, "Inside, called Welsh", area="W06000023"),
            _osm_line(2, 530_500, 179_900, "On the pier"),
            _osm_line(3, 530_500, 179_900, "Over the border", area="W06000023"),
            _osm_line(4, 530_500, 179_700, "Out at sea"),
        ),
    )
    assets = result.assets.set_index("asset_id")
    assert assets["position_quality"].to_dict() == {"osm/way/1": "building centre", "osm/way/2": "nearest"}
    assert assets.loc["osm/way/2", ["lsoa21cd", "lad24cd"]].tolist() == [WEST, "E09000030"]
    assert (
        result.set_aside.loc[result.set_aside["asset_id"].eq("osm/way/4"), "reason"].item()
        == "more than 250 m outside every LSOA of England"
    )
    assert result.counts.query("step == 'set aside: outside England'")["records"].item() == 1


def test_an_invalid_polygon_is_repaired(tmp_path: Path) -> None:
    bow_tie = Polygon([(530_000, 180_000), (531_000, 181_000), (531_000, 180_000), (530_000, 181_000)])
    boundaries = gpd.GeoDataFrame({"LSOA21CD": [WEST]}, geometry=[bow_tie], crs=27700)
    longitude, latitude = _degrees(530_900, 180_500)
    located = community_assets.locate(
        pd.DataFrame({"longitude": [longitude], "latitude": [latitude]}), boundaries
    )
    assert located["lsoa21cd"].tolist() == [WEST]


def test_points_are_in_british_national_grid_metres(tmp_path: Path) -> None:
    asset = _build(tmp_path, osm=(_osm_line(1, 530_250, 180_750, "St Mary"),)).assets.iloc[0]
    assert abs(asset["easting"] - 530_250) < 0.2
    assert abs(asset["northing"] - 180_750) < 0.2


def test_a_node_and_a_building_of_one_name_become_one_and_keep_what_either_knew(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        osm=(
            _osm_line(1, 530_500, 180_500, "Saint Mary's Church", "", kind="node"),
            _osm_line(2, 530_540, 180_500, "St Mary", "anglican"),
        ),
    )
    assert result.assets[["asset_id", "denomination"]].to_numpy().tolist() == [["osm/way/2", "Anglican"]]
    match = result.report.iloc[0]
    assert (match["kept_id"], match["other_id"], match["decision"]) == ("osm/way/2", "osm/node/1", "merged")
    assert match["distance_m"] == pytest.approx(40, abs=0.5)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (
            ("Zion Baptist Church", "baptist"),
            ("Trinity Methodist Church", "methodist"),
            "another faith or denomination",
        ),
        (("Zion Chapel", ""), ("Trinity Church", ""), "different names"),
        (
            ("Cemetery Chapel", "anglican"),
            ("Cemetery Chapel", "nonconformist"),
            "same name, another faith or denomination",
        ),
        (
            ("The Redeemed Christian Church of God, Winners Way", ""),
            ("The Redeemed Christian Church of God, Joy Parish", ""),
            "different names",
        ),
    ],
)
def test_two_congregations_side_by_side_stay_two_and_are_reported(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], reason: str
) -> None:
    result = _build(
        tmp_path, osm=(_osm_line(1, 530_500, 180_500, *first), _osm_line(2, 530_530, 180_500, *second))
    )
    assert len(result.assets) == 2
    assert result.report[["decision", "reason"]].to_numpy().tolist() == [["close neighbours, kept", reason]]


def test_same_names_more_than_60_metres_apart_are_two_places(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        osm=(_osm_line(1, 530_500, 180_500, "All Saints"), _osm_line(2, 530_561, 180_500, "All Saints")),
    )
    assert len(result.assets) == 2
    assert result.report.empty


def test_an_unnamed_building_never_bridges_two_named_churches(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        osm=(
            _osm_line(1, 530_500, 180_500, "St Mary"),
            _osm_line(2, 530_530, 180_500),
            _osm_line(3, 530_570, 180_500, "St John"),
        ),
    )
    assert result.assets["name"].tolist() == ["St Mary", "St John"]
    assert result.report[["kept_id", "other_id", "decision"]].to_numpy().tolist() == [
        ["osm/way/1", "osm/way/2", "merged"]
    ]


def test_an_unnamed_building_of_another_denomination_is_kept(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        osm=(
            _osm_line(1, 530_500, 180_500, "St Mary", "anglican"),
            _osm_line(2, 530_510, 180_500, "", "quaker"),
        ),
    )
    assert len(result.assets) == 2


def test_one_identifier_under_two_faiths_keeps_the_mosque_and_asks_for_a_check(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        osm=(
            _osm_line(7, 530_500, 180_500, "St Mary", "anglican"),
            _osm_line(7, 530_500, 180_500, "Elaf Masjid", faith="Muslim"),
        ),
    )
    assert result.assets[["asset_id", "name", "faith_tradition"]].to_numpy().tolist() == [
        ["osm/way/7", "Elaf Masjid", "Muslim"]
    ]
    assert (
        result.report["reason"].item()
        == "same identifier as St Mary (Christian): two faiths recorded for one building, please check"
    )


def test_open_static_libraries_whatever_the_case(tmp_path: Path) -> None:
    frame = _read_libraries(
        tmp_path,
        _library(name="A", type="static library"),
        _library(name="B", type="Mobile Library"),
        _library(name="C", closed="2016"),
        _library(name="D", operation_23="closed"),
        _library(name="E", closed=" "),
        _library(name="F", type="Prison Library"),
        _library(name="G", co_located_other_text="Prison"),
    )
    assert frame.loc[frame["open_static"], "name"].tolist() == ["A", "D", "E", "G"]
    assert frame.loc[frame["set_aside"].isna(), "name"].tolist() == ["A", "E"]
    assert (
        frame.set_index("name")["set_aside"].to_dict()["D"] == "marked Closed in 2023, no closure year given"
    )


def test_hosts_of_a_library_are_words(tmp_path: Path) -> None:
    frame = _read_libraries(
        tmp_path,
        _library(
            co_located_community="x",
            co_located_faithbuildings="X",
            co_located_other="X",
            co_located_other_text="Nursery; Citizens  Advice",
        ),
        _library(name="Plain"),
    )
    assert frame["hosts"].tolist()[0] == "community services; faith building; Nursery, Citizens Advice"
    assert frame["hosts"].isna().tolist() == [False, True]


def test_a_library_without_a_live_postcode_stays_without_a_point_and_coverage_says_so(tmp_path: Path) -> None:
    result = _build(
        tmp_path, libraries=(_library(), _library(name="Lost", reporting="Essex", postcode="ZZ9 9ZZ"))
    )
    lost = result.assets.set_index("name").loc["Lost"]
    assert lost["position_quality"] == "not located"
    assert lost[["easting", "longitude", "lsoa21cd", "lad24cd"]].isna().all()
    coverage = result.coverage.query("category == 'library'").set_index("lad24cd")
    assert coverage["status"].to_dict() == {"E09000030": "mapped", "E07000066": "partly"}
    assert coverage["records"].to_dict() == {"E09000030": 1, "E07000066": 0}
    assert "Lost" in coverage.loc["E07000066", "note"]


def test_an_authority_that_does_not_report_is_not_mapped(tmp_path: Path) -> None:
    coverage = _build(tmp_path, libraries=(_library(reporting="TOWER  hamlets"),)).coverage.query(
        "category == 'library'"
    )
    assert coverage.set_index("lad24cd")["status"].to_dict() == {
        "E09000030": "mapped",
        "E07000066": "not mapped",
    }


def test_community_centres_are_mapped_in_london_alone_and_worship_is_never_wholly_mapped(
    tmp_path: Path,
) -> None:
    coverage = _build(tmp_path, osm=(_osm_line(1, 530_500, 180_500, "St Mary", "anglican"),)).coverage
    centres = coverage.query("category == 'community centre'").set_index("lad24cd")["status"]
    assert centres.to_dict() == {"E09000030": "mapped", "E07000066": "not mapped"}
    worship = coverage.query("category == 'place of worship' and lad24cd == 'E09000030'").set_index(
        "faith_tradition"
    )
    whole = worship[worship.index.isna()].iloc[0]
    assert (whole["status"], whole["records"]) == ("partly", 1)
    assert worship.loc["Jain", "status"] == "not mapped"
    assert worship.loc["Anglican", ["status", "records"]].tolist() == ["mapped", 1]


def test_contact_details_never_survive_a_reader(tmp_path: Path) -> None:
    line = "Hall,1 Contact Street,,,Tower Hamlets,http://contact.example,5003376,E09000030,W,W,W,51.5,-0.1,530500,180500,x"
    result = _build(tmp_path, centres=(line,), libraries=(_library(),))
    assert list(result.assets.columns) == community_assets.ASSET_COLUMNS
    text = result.assets.to_csv() + result.set_aside.to_csv() + _read_centres(tmp_path, line).to_csv()
    assert "contact" not in text.casefold()
    assert "Some Street" not in text


def test_centres_stand_at_their_grid_reference_not_at_the_shifted_degrees(tmp_path: Path) -> None:
    line = "Hall,,,,,,5003376,,,,,51.50200,-0.12500,530500.00012,180500.00012,x"
    asset = _build(tmp_path, centres=(line,)).assets.iloc[0]
    assert (asset["longitude"], asset["latitude"]) == pytest.approx(_degrees(530_500, 180_500), abs=1e-6)
    assert (asset["easting"], asset["position_quality"]) == (530_500.0, "address point")


def test_records_in_one_building_share_a_location_and_stay_apart_as_services(tmp_path: Path) -> None:
    result = _build(
        tmp_path,
        libraries=(
            _library(name="Hub", uprn="5003376"),
            _library(name="Far", postcode="E2 2BB", uprn="5003376"),
        ),
        centres=("The Hub Rooms,,,,,,5003376,,,,,51.5,-0.1,530540,180500,x",),
    )
    location = result.assets.set_index("name")["location_id"]
    assert location["Hub"] == location["The Hub Rooms"]
    assert location["Far"] != location["Hub"]  # the same UPRN a kilometre away is an error in the source


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    lines = (
        _osm_line(1, 530_500, 180_500, "St Mary"),
        _osm_line(2, 530_530, 180_500),
        _osm_line(2, 530_530, 180_500, "St Mary"),
        _osm_line(3, 530_570, 180_500, "St John"),
        _osm_line(4, 530_590, 180_500, "St John", kind="node"),
    )
    there, back = _build(tmp_path, osm=lines), _build(tmp_path, osm=lines[::-1])
    pd.testing.assert_frame_equal(there.assets, back.assets)
    pd.testing.assert_frame_equal(there.report, back.report)


def test_the_covenant_is_matched_at_the_tier_that_adopted_it(tmp_path: Path) -> None:
    path = tmp_path / "covenant.csv"
    path.write_text(
        "year,authority,in_england,source\n2017,Essex,Y,a\n2017,Basildon,Y,a\n2018,Tower Hamlets,Y,a\n"
        "2023,West Midlands Combined Authority,Y,a\n2023,Dundee,N,a\n",
        encoding="utf-8",
    )
    matched = faith_covenant.match(faith_covenant.read(path), AREAS).set_index("authority")[
        ["lad24cd", "utlacd"]
    ]
    assert matched.astype(object).where(matched.notna(), None).T.to_dict("list") == {
        "Basildon": ["E07000066", None],
        "Dundee": [None, None],
        "Essex": [None, "E10000012"],
        "Tower Hamlets": ["E09000030", "E09000030"],
        "West Midlands Combined Authority": [None, None],
    }


def test_a_covenant_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "covenant.csv"
    path.write_text(
        "year,authority,in_england,source\n2017,Essex,Y,a\nlast year,Leeds,Y,a\n", encoding="utf-8"
    )
    with pytest.raises(SourceError, match="line 3"):
        faith_covenant.read(path)
