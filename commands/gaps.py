"""`python -m commands gaps`: the Core20 neighbourhoods of a place, ranked, as the Gaps page shows them."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from analysis import gaps, postcodes
from analysis.neighbourhoods import core20_gaps
from analysis.places import Place, PlaceNotFoundError
from analysis.reach import DEFAULT_DETOUR, DEFAULT_WALK_M, Reach
from analysis.vocabularies import CATEGORIES
from commands.output import UserError, as_text, write
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from data_loaders.partners_csv import PartnersFileError
from presentation import downloads, provenance
from presentation.gaps_export import for_download


def add_to(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = subcommands.add_parser(
        "gaps", help="Core20 neighbourhoods of a place, ranked by residents without a confirmed partner"
    )
    command.add_argument(
        "--place",
        required=True,
        help="a region, ICB, sub-ICB, authority, PCN, ward, MSOA or LSOA (code or name), or a postcode",
    )
    command.add_argument(
        "--reach", type=float, default=DEFAULT_WALK_M, help="walking distance in metres (default %(default)g)"
    )
    command.add_argument(
        "--detour", type=float, default=DEFAULT_DETOUR, help="walk ÷ straight line (default %(default)g)"
    )
    command.add_argument("--partners", type=Path, help="CSV of partners (docs/partners-csv.md)")
    command.add_argument(
        "--category", action="append", choices=CATEGORIES, help="count only this kind of place (repeat for several)"
    )
    command.add_argument("--format", choices=("table", "csv", "geojson", "json"), default="table")
    command.add_argument("--output", type=Path, help="write here instead of to standard output")
    command.set_defaults(run=run)


def find_place(atlas: Atlas, text: str) -> Place:
    """The place a person means: a code, a name or a postcode. UserError with the nearest names otherwise."""
    typed = postcodes.read(text)
    if typed.well_formed:
        try:
            return atlas.gazetteer.place(atlas.postcode(typed).lsoa21cd)
        except PostcodeNotFoundError as error:
            if not text.upper().startswith("U"):
                raise UserError(str(error)) from error
    try:
        return atlas.gazetteer.find(text)
    except PlaceNotFoundError as error:
        raise UserError(str(error)) from error


def read_partners(atlas: Atlas, path: Path | None, today: date) -> tuple[pd.DataFrame, str]:
    """Partners from a file, with the rows that cannot be used listed on standard error; and what to call them."""
    if path is None:
        return gaps.empty_partners(), "none recorded"
    try:
        partners = atlas.read_partners(path.read_bytes(), today)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except PartnersFileError as error:
        raise UserError(f"{path.name}: {error}") from error
    for row in partners.bad.itertuples():
        print(f"{path.name}: row {row.row} ({row.name or 'no name'}) not used: {row.reason}", file=sys.stderr)
    return partners.good, f"{len(partners.good):,} from {path.name} ({len(partners.bad):,} rows not used)"


def run(options: argparse.Namespace) -> None:
    """Print or write the table."""
    atlas, today = Atlas(), date.today()
    place = find_place(atlas, options.place)
    try:
        reach = Reach(options.reach, options.detour)
    except ValueError as error:
        raise UserError(f"{error}.") from error
    categories = tuple(options.category or CATEGORIES)
    partners, partners_said = read_partners(atlas, options.partners, today)
    found = core20_gaps(
        atlas.areas,
        atlas.gazetteer.mask(place),
        atlas.place_index,
        partners,
        today=today,
        reach=reach,
        categories=categories,
    )
    table = for_download(found, categories)

    whose = f"{place.name} ({place.code}, {place.kind})"
    title = f"Core20 neighbourhoods of {whose}, ranked by residents without a confirmed partner. {len(table):,} rows."
    notes = provenance.notes(
        title, atlas.snapshot.manifests(), provenance.settings(reach, categories, "best-fit", partners_said), today
    )
    match options.format:
        case "csv":
            content = downloads.to_csv(table, notes)
        case "json":
            content = downloads.to_json(table, notes)
        case "geojson":
            files = atlas.geometry[
                (atlas.geometry["layer"] == "lsoa") & atlas.geometry["key"].isin(table["lad24cd"].unique())
            ]
            content = downloads.to_geojson(
                table, "lsoa21cd", [atlas.snapshot.static / path for path in files["path"]], notes
            )
        case _:
            nearest = [gaps.nearest_column(category) for category in categories]
            short = table[
                [
                    "rank",
                    "lsoa21nm",
                    "neighbourhood",
                    "people",
                    "state",
                    "places_in_reach",
                    *nearest,
                    "leading_pcn_name",
                    "leading_pcn_share",
                ]
            ]
            content = (
                (title + "\n").encode()
                + (
                    as_text(short)
                    if len(table)
                    else b"No neighbourhood here is among the most deprived fifth of England.\n"
                )
                + (notes[2] + "\n").encode()
            )
    write(content, options.output)
