"""What every table of the snapshot promises, checked on the way out and relied on by everything that reads it.

Each schema lists every column with its type, unit and rules; a column the schema does not know is an error.
"""

from __future__ import annotations

import pandera.pandas as pa
from pandera.pandas import Check, Column, DataFrameSchema

from analysis.vocabularies import CATEGORIES, COVERAGE
from data_loaders.indicator_schemas import indicator_values, indicators, qof_counts

SMALL_AREAS = 33_755
POPULATION_MID_2022 = 57_112_542
CORE20_SMALL_AREAS = 6_751
CORE20_PEOPLE_MID_2022 = 11_499_917

_lsoa = Check.str_matches(r"^E01\d{6}$")
_pcn = Check.str_matches(r"^U\d{5}$")
_people = Check.ge(0)
_easting, _northing = Check.in_range(80_000, 656_000), Check.in_range(5_000, 658_000)


def _code(prefix: str) -> Column:
    return Column(str, Check.str_matches(rf"^{prefix}\d+$"))


def _whole(sql: str, check: Check) -> Column:
    return Column(sql, check)


def _names(*columns: str) -> dict[str, Column]:
    return {column: Column(str) for column in columns}


def _each(dtype: str, check: Check, *columns: str) -> dict[str, Column]:
    return {column: Column(dtype, check) for column in columns}


_DOMAINS = ("income", "employment", "education", "health", "crime", "housing_and_services", "environment")

small_areas = DataFrameSchema(
    {
        "lsoa21cd": Column(str, _lsoa, unique=True),
        "msoa21cd": _code("E02"),
        "wd24cd": _code("E05"),
        "lad24cd": _code("E0[6-9]"),
        "lad25cd": _code("E0[6-9]"),
        "utlacd": _code("E(06|08|09|10)"),
        "rgncd": _code("E12"),
        "sicbl24cd": _code("E38"),
        "icb24cd": _code("E54"),
        "sicbl26cd": _code("E38"),
        "icb26cd": _code("E54"),
        **_names(
            "lsoa21nm",
            "msoa21nm",
            "msoa21hclnm",
            "wd24nm",
            "lad24nm",
            "utlanm",
            "rgnnm",
            "sicbl24cdh",
            "sicbl24nm",
            "icb24cdh",
            "icb24nm",
            "sicbl26cdh",
            "sicbl26nm",
            "icb26nm",
            "ruc21_code",
            "ruc21nm",
        ),
        "iod_year": Column("int16", Check.eq(2025)),
        "imd25_rank": Column("int32", Check.in_range(1, SMALL_AREAS), unique=True),
        "imd25_score": Column("float64", Check.in_range(0, 100)),
        "core20": Column(bool),
        **_each(
            "int32",
            Check.in_range(1, 10),
            "imd25_decile",
            "idaci_decile",
            "idaopi_decile",
            *(f"{domain}_decile" for domain in _DOMAINS),
        ),
        **_each(
            "int32",
            Check.in_range(1, SMALL_AREAS),
            "idaci_rank",
            "idaopi_rank",
            *(f"{domain}_rank" for domain in _DOMAINS),
        ),
        **{f"{domain}_score": Column("float64") for domain in _DOMAINS},
        **_each(
            "int32",
            _people,
            "pop_mid2022",
            "pop_mid2021",
            "pop_census2021",
            "c21_0_14",
            "c21_65plus",
            "disabled_c21",
            "rel_buddhist",
            "rel_christian",
            "rel_hindu",
            "rel_jewish",
            "rel_muslim",
            "rel_no_religion",
            "rel_not_answered",
            "rel_other_religion",
            "rel_sikh",
            "eth_asian",
            "eth_black",
            "eth_mixed",
            "eth_other",
            "eth_white",
            "age_0_14",
            "age_15_24",
            "age_25_44",
            "age_45_64",
            "age_65_84",
            "age_85_plus",
        ),
        "area_km2": Column("float64", Check.gt(0)),
        "pwc_lon": Column("float64", Check.in_range(-6.5, 2.0)),
        "pwc_lat": Column("float64", Check.in_range(49.8, 56.0)),
        "pwc_e": Column("float64", _easting),
        "pwc_n": Column("float64", _northing),
        "registered_patients": Column("float64", _people),
        "registered_per_resident": Column("float64", _people),
        "low_registration": Column(bool),
    },
    checks=[
        Check(lambda frame: len(frame) == SMALL_AREAS, error=f"{SMALL_AREAS:,} LSOAs"),
        Check(lambda frame: frame["pop_mid2022"].sum() == POPULATION_MID_2022, error=f"{POPULATION_MID_2022:,} people"),
        Check(lambda frame: frame["core20"].sum() == CORE20_SMALL_AREAS, error=f"{CORE20_SMALL_AREAS:,} Core20 LSOAs"),
        Check(
            lambda frame: frame.loc[frame["core20"], "pop_mid2022"].sum() == CORE20_PEOPLE_MID_2022,
            error=f"{CORE20_PEOPLE_MID_2022:,} Core20 people",
        ),
        Check(lambda frame: frame["lsoa21cd"].is_monotonic_increasing, error="sorted by lsoa21cd"),
    ],
    strict=True,
    name="small_areas",
)

pcn_shares = DataFrameSchema(
    {
        "lsoa21cd": Column(str, _lsoa),
        "pcn_code": Column(str, _pcn),
        "patients": Column("float64", Check.gt(0)),
        "share": Column("float64", Check.in_range(0, 1)),
        "counting_share": Column("float64", Check.in_range(0, 1)),
        "order": Column("int16", Check.ge(1)),
        "leading": Column(bool),
    },
    checks=[
        Check(
            lambda frame: frame.groupby("lsoa21cd")["counting_share"].sum().sub(1).abs().max() < 1e-9,
            error="counting shares of an LSOA sum to 1",
        ),
        Check(lambda frame: frame["leading"].sum() == SMALL_AREAS, error="one leading PCN for each LSOA"),
    ],
    unique=["lsoa21cd", "pcn_code"],
    strict=True,
    name="pcn_shares",
)

pcns = DataFrameSchema(
    {
        "pcn_code": Column(str, _pcn, unique=True),
        "pcn_name": Column(str),
        "pcn_name_published": Column(str),
        "sicbl24cd": _code("E38"),
        "icb24cd": _code("E54"),
        "practices": Column("int16", Check.ge(1)),
        "is_place": Column(bool),
        "registered_patients": Column("float64", _people),
        "leading_lsoas": Column("int32", _people),
        "not_leading_why": Column(str, nullable=True),
        "footprint_icb24cd": Column(str, nullable=True),
    },
    strict=True,
    name="pcns",
)

practices = DataFrameSchema(
    {
        "practice_code": Column(str, unique=True),
        "practice_name": Column(str),
        "postcode": Column(str),
        "pcn_code": Column(str, _pcn, nullable=True),
        "easting": Column("float64", nullable=True),
        "northing": Column("float64", nullable=True),
        "longitude": Column("float64", nullable=True),
        "latitude": Column("float64", nullable=True),
        "lsoa21cd": Column(str, _lsoa, nullable=True),
        "list_size": Column("float64", _people, nullable=True),
        "list_size_source": Column(str, nullable=True),
    },
    strict=True,
    name="practices",
)

postcodes = DataFrameSchema(
    {
        "postcode": Column(str, Check.str_matches(r"^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$"), unique=True),
        "lsoa_row": Column("int32", Check.in_range(0, SMALL_AREAS - 1)),
        "easting": Column("int32", _easting),
        "northing": Column("int32", _northing),
    },
    checks=[Check(lambda frame: frame["postcode"].is_monotonic_increasing, error="sorted by postcode")],
    strict=True,
    name="postcodes",
)

community_assets = DataFrameSchema(
    {
        "asset_id": Column(str, unique=True),
        "location_id": Column(str),
        "name": Column(str, nullable=True),
        "category": Column(str, Check.isin(CATEGORIES)),
        "faith_tradition": Column(str, nullable=True),
        "denomination": Column(str, nullable=True),
        "hosts": Column(str, nullable=True),
        "easting": Column("float64", _easting, nullable=True),
        "northing": Column("float64", _northing, nullable=True),
        "longitude": Column("float64", nullable=True),
        "latitude": Column("float64", nullable=True),
        "lsoa21cd": Column(str, _lsoa, nullable=True),
        "lad24cd": Column(str, nullable=True),
        "source": Column(str),
        "licence": Column(str),
        "source_date": Column(str, Check.str_matches(r"^\d{4}(-\d{2}){0,2}$")),
        "position_quality": Column(str),
    },
    strict=True,
    name="community_assets",
)

asset_coverage = DataFrameSchema(
    {
        "lad24cd": _code("E0[6-9]"),
        "category": Column(str, Check.isin(CATEGORIES)),
        "faith_tradition": Column(str, nullable=True),
        "records": Column("int32", _people),
        "status": Column(str, Check.isin(COVERAGE)),
        "source": Column(str, nullable=True),
        "source_date": Column(str, nullable=True),
        "note": Column(str, nullable=True),
    },
    strict=True,
    name="asset_coverage",
)

asset_matches = DataFrameSchema(
    {
        "kept_id": Column(str),
        "other_id": Column(str),
        "distance_m": Column("float64", nullable=True),
        "decision": Column(str),
        "reason": Column(str),
    },
    strict=True,
    name="asset_matches",
)

faith_covenant = DataFrameSchema(
    {
        "authority": Column(str),
        "year": Column("int16"),
        "in_england": Column(bool),
        "source": Column(str),
        "as_at": Column(str),
        "lad24cd": Column(str, nullable=True),
        "utlacd": Column(str, nullable=True),
    },
    strict="filter",
    name="faith_covenant",
)

geometry = DataFrameSchema(
    {
        "layer": Column(str),
        "key": Column(str),
        "path": Column(str, Check.str_matches(r"^geometry/.+\.[0-9a-f]{12}\.geojson\.gz$"), unique=True),
        "bytes": Column("int64", Check.gt(0)),
        "features": Column("int64", Check.ge(0)),
        **{side: Column("float64", nullable=True) for side in ("west", "south", "east", "north")},
    },
    unique=["layer", "key"],
    strict=True,
    name="geometry",
)

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    schema.name: schema
    for schema in (
        small_areas,
        pcn_shares,
        pcns,
        practices,
        postcodes,
        community_assets,
        asset_coverage,
        asset_matches,
        faith_covenant,
        geometry,
        indicator_values,
        qof_counts,
        indicators,
    )
}
