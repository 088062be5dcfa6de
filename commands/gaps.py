"""`python -m commands gaps`: the Core20 neighbourhoods of a place, ranked, as the Gaps page shows them."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from analysis import gaps, postcodes
from analysis.neighbourhoods import core20_gaps
from analysis.places import Place, PlaceNotFoundError
from analysis.reach import DEFAULT_DETOUR, DEFAULT_WALK_M, Reach
from analysis.vocabularies import PLACE_KINDS
from commands.known import known
from commands.output import UserError, as_text, write
from data_loaders.atlas import Atlas, PostcodeNotFoundError
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
    command.add_argument("--partners", type=Path, help="CSV of partners, beside those of the register (docs/partners-csv.md)")
    command.add_argument(
        "--category", action="append", choices=PLACE_KINDS, help="count only this kind of place (repeat for several)"
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


def run(options: argparse.Namespace) -> None:
    """Print or write the table."""
    atlas, today = Atlas(), date.today()
    place = find_place(atlas, options.place)
    try:
        reach = Reach(options.reach, options.detour)
    except ValueError as error:
        raise UserError(f"{error}.") from error
    now = known(atlas, options.partners, today)
    for kind in options.category or ():
        if kind not in now.assets.kinds:
            raise UserError(f"No {kind} is on the map of England yet: docs/community-assets.md says how to bring them in.")
    categories = tuple(kind for kind in now.assets.kinds if kind in (options.category or PLACE_KINDS))
    found = core20_gaps(
        atlas.areas,
        atlas.gazetteer.mask(place),
        now.assets.index,
        now.partners,
        today=today,
        reach=reach,
        categories=categories,
    )
    table = for_download(found, categories)

    whose = f"{place.name} ({place.code}, {place.kind})"
    title = f"Core20 neighbourhoods of {whose}, ranked by residents without a confirmed partner. {len(table):,} rows."
    notes = provenance.notes(
        title,
        atlas.snapshot.manifests(),
        provenance.settings(reach, categories, "best-fit", now.partners_said),
        today,
        now.assets.not_built_in,
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
