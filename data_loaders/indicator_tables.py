"""The snapshot's tables of indicators, put together from every source: published values, registers by practice added up, what each indicator is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import footprints, practice_sums
from data_loaders import fingertips_icb, fingertips_london, local_statistics, manifests, practice_homes, qof
from data_loaders.errors import SourceError
from data_loaders.indicator_metadata import CATALOGUE_IDS, METADATA, describe, read_metadata
from data_loaders.indicator_values import KEY, typed

Used = dict[str, dict[str, float | int | str]]


@dataclass(frozen=True)
class Practices:
    """What is known of practices from the rest of the build; each as its loader gives it."""

    registrations: pd.DataFrame
    weights: pd.DataFrame
    latest: pd.DataFrame
    earlier: pd.DataFrame
    epcn: pd.DataFrame
    points: pd.DataFrame
    postcodes: pd.DataFrame


@dataclass(frozen=True)
class IndicatorTables:
    """tables: indicator_values, qof_counts and indicators. rows and used: by source, for the manifests."""

    tables: dict[str, pd.DataFrame]
    rows: dict[str, int]
    used: Used


def area_names(areas: pd.DataFrame, pcns: pd.DataFrame) -> dict[str, str]:
    """Code → name for every area of the small-area table and every PCN, later vintages first where two share a code."""
    columns = (
        ("icb26cd", "icb26nm"),
        ("icb24cd", "icb24nm"),
        ("sicbl26cd", "sicbl26nm"),
        ("sicbl24cd", "sicbl24nm"),
        ("lad24cd", "lad24nm"),
        ("utlacd", "utlanm"),
        ("rgncd", "rgnnm"),
        ("msoa21cd", "msoa21hclnm"),
    )
    names = {practice_homes.ENGLAND: "England"} | dict(zip(pcns["pcn_code"], pcns["pcn_name"], strict=True))
    for code, name in columns:
        pairs = areas[[code, name]].drop_duplicates(code)
        names = dict(zip(pairs[code], pairs[name], strict=True)) | names
    return names


def _published(
    source: Path, areas: pd.DataFrame, names: dict[str, str], rows: dict[str, int], used: Used
) -> tuple[pd.DataFrame, pd.Series]:
    """indicator_values, and the newest names of the indicators recorded in 2026."""

    def path(source_id: str) -> Path:
        return source / manifests.source_file(source_id)

    recorded = fingertips_london.read_profiles(path("fingertips_london_profiles"))
    profiles = recorded.values
    headlines = fingertips_london.read_headlines(path("fingertips_london_headlines"))
    msoas = fingertips_london.read_neighbourhoods(path("fingertips_london_msoa"), pd.Series(names))
    current = frozenset(areas["lad24cd"]) | frozenset(areas["lad25cd"]) | frozenset(areas["utlacd"])
    downloads = {}
    for download in local_statistics.DOWNLOADS:
        found = local_statistics.read(path(download.source_id), download, current)
        downloads[download.source_id] = found.values
        outside = found.set_aside.groupby("reason")["rows"].sum()
        rows[download.source_id] = len(found.values) - found.added + int(outside.sum())
        used[download.source_id] = {
            "values": len(found.values),
            "set_aside": "; ".join(f"{count:,} rows {reason}" for reason, count in outside.items()),
            "rows_added_for_the_smaller_of_two_areas_published_together": found.added,
            "values_of_areas_that_no_longer_exist": int(found.values["level"].isna().sum()),
        }
    fuller = pd.concat([headlines, *downloads.values()], ignore_index=True)
    fuller, bare, differing = fingertips_london.prefer(fuller, profiles)
    rows["fingertips_london_profiles"] = recorded.rows
    used["fingertips_london_profiles"] = {
        "indicators": int(profiles["indicator_id"].nunique()),
        "rows_without_the_repeats_under_other_profiles": len(profiles),
        "values": len(bare),
        "replaced_by_a_figure_with_an_interval": len(profiles) - len(bare),
        "of_those_differing_from_it": len(differing),
    }
    rows["fingertips_london_headlines"] = len(headlines)
    used["fingertips_london_headlines"] = {"values": len(headlines)}
    rows["fingertips_london_msoa"] = len(msoas)
    used["fingertips_london_msoa"] = {"values": len(msoas)}
    systems = areas.drop_duplicates("icb24cd")
    extract, left_out = fingertips_icb.read_extract(
        path("fingertips_icb_extract"), systems.set_index("icb24cdh")["icb24cd"], pd.Series(names)
    )
    rows["fingertips_icb_extract"] = len(extract) + left_out
    used["fingertips_icb_extract"] = {"values": len(extract), "rows_of_asthma_left_out": left_out}
    recordings = []
    for source_id in ("fingertips_icb_asthma_prevalence", "fingertips_icb_asthma_admissions"):
        recordings.append(fingertips_icb.read_recording(path(source_id), source_id))
        rows[source_id], used[source_id] = len(recordings[-1]), {"values": len(recordings[-1])}
    values = pd.concat([fuller, bare, msoas, extract, *recordings], ignore_index=True)
    twice = values.duplicated(list(KEY))
    if twice.any():
        row = values[twice].iloc[0]
        raise SourceError(
            path(row["source_id"]),
            f"indicator {row['indicator_id']} has two values for {row['area_code']} in {row['period']}",
            "one value for each area, period, sex and age",
            "Decide in data_loaders/indicator_tables.py which of the two sources to prefer.",
        )
    order = ["indicator_id", "level", "sex", "age", "period_sortable", "area_code"]
    return typed(values.sort_values(order, kind="stable")), recorded.names


def _qof(
    source: Path, areas: pd.DataFrame, practices: Practices, names: dict[str, str], rows: dict[str, int], used: Used
) -> pd.DataFrame:
    """qof_counts: the registers of two years, added up."""
    first = qof.read_prevalence(source / qof.PREVALENCE_2021_22)
    second, set_aside = qof.read_cvd(source / qof.CVD_2022_23)
    known_2023 = qof.read_practices_2023(source / qof.PRACTICES_2023)
    score = practice_sums.deprivation_score(
        practices.registrations, practices.weights, areas.set_index("lsoa21cd")["imd25_score"]
    )
    tenth = practice_sums.tenths(score)
    sums = []
    for source_id, counts in (("qof_2021_22", first), ("qof_2022_23_cvd", second)):
        period = counts["period"].iloc[0]
        membership = footprints.join_membership(
            practices.latest, practices.earlier, practices.epcn, counted_on=qof.COUNTED_ON[period]
        )
        homes = practice_homes.homes(
            pd.Index(counts["practice_code"]),
            networks=membership.practices["pcn_code"],
            latest=practices.latest,
            earlier=practices.earlier,
            known_2023=known_2023,
            points=practices.points,
            postcodes=practices.postcodes,
            areas=areas,
            tenth=tenth,
        )
        added = practice_sums.add_up(counts, homes.practices, practice_homes.LEVELS, practice_homes.TENTH_LEVELS)
        if added["count"].gt(added["denominator"]).any():
            area = added.loc[added["count"].gt(added["denominator"]), "area_code"].iloc[0]
            raise SourceError(
                source / manifests.source_file(source_id),
                f"{area} has more people on a register than on its list",
                "fewer",
                "Look at its practices.",
            )
        sums.append(added)
        used[source_id] = _conserved(counts, homes.practices)
    rows["qof_2021_22"], rows["qof_2022_23_cvd"] = len(first), second["practice_code"].nunique() + len(set_aside)
    used["qof_2021_22"]["registers"] = len(qof.REGISTERS)
    used["qof_2022_23_cvd"] |= {
        "registers": len(qof.CVD_REGISTERS),
        "set_aside": "; ".join(f"{row.practice_code}: {row.reason}" for row in set_aside.fillna("a row").itertuples()),
    }
    rows["practices_2023_12"] = len(known_2023)
    closed = known_2023[~known_2023["practice_code"].isin(practices.latest["practice_code"])]
    used["practices_2023_12"] = {
        "practices_of_the_registers_found_only_here": int(closed["practice_code"].isin(first["practice_code"]).sum())
    }
    table = pd.concat(sums, ignore_index=True)
    table.insert(3, "area_name", table["area_code"].map(names).astype("str"))
    return table.sort_values(
        ["indicator_id", "level", "period", "tenth", "area_code"], na_position="first"
    ).reset_index(drop=True)


def _conserved(counts: pd.DataFrame, homes: pd.DataFrame) -> dict[str, float | int | str]:
    """How many practices and patients (of all ages) there are, and how many count in no authority, system or network."""
    patients = counts.groupby("practice_code")["denominator"].max()
    told: dict[str, float | int | str] = {"practices": len(patients), "patients": int(patients.sum())}
    for column, word in (("lad24cd", "authority"), ("icb24cd", "system"), ("pcn_code", "network"), ("tenth", "tenth")):
        outside = homes.index[homes[column].isna()]
        told[f"practices_in_no_{word}"] = len(outside)
        told[f"patients_in_no_{word}"] = int(patients.reindex(outside).sum())
    return told


def build(source: Path, areas: pd.DataFrame, pcns: pd.DataFrame, practices: Practices) -> IndicatorTables:
    """The three tables, from the publishers' files in `source` and what of the snapshot is already read. SourceError names what is wrong."""
    rows: dict[str, int] = {}
    used: Used = {}
    names = area_names(areas, pcns)
    values, newer_names = _published(source, areas, names, rows, used)
    counts = _qof(source, areas, practices, names, rows, used)
    metadata = read_metadata(source / METADATA)
    local_health = fingertips_london.read_neighbourhood_metadata(source / fingertips_london.NEIGHBOURHOOD_METADATA)
    wanted = {*values["indicator_id"], *counts["indicator_id"], *CATALOGUE_IDS}
    indicators = describe(wanted, metadata, newer_names, local_health)
    missing = sorted(wanted - set(indicators["indicator_id"]))
    if missing:
        raise SourceError(
            source / METADATA,
            f"indicator {missing[0]} is described nowhere",
            "a name for each",
            "Record the metadata again.",
        )
    rows["fingertips_indicator_metadata"], used["fingertips_indicator_metadata"] = (
        len(metadata),
        {"indicators": int((indicators["source_id"] == "fingertips_indicator_metadata").sum())},
    )
    rows["fingertips_msoa_metadata"] = len(local_health)
    used["fingertips_msoa_metadata"] = {"indicators": int(indicators["polarity"].notna().sum())}
    return IndicatorTables({"indicator_values": values, "qof_counts": counts, "indicators": indicators}, rows, used)
