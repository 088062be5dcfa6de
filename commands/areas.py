"""`python -m commands areas`: systems, places or neighbourhoods with their people, deprivation and Core20 states."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np

from analysis.areas import COUNTS, LEVELS, summarise
from analysis.neighbourhoods import core20_gaps
from analysis.reach import DEFAULT_DETOUR, DEFAULT_WALK_M, Reach
from commands.known import known
from commands.output import UserError, as_text, write
from data_loaders.atlas import Atlas
from presentation import downloads, provenance, words


def add_to(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = subcommands.add_parser("areas", help="people, deprivation and Core20 by system, place or neighbourhood")
    command.add_argument("--level", choices=LEVELS, required=True)
    command.add_argument(
        "--count", choices=COUNTS, default="best-fit", help="how an LSOA counts for its PCNs (default %(default)s)"
    )
    command.add_argument(
        "--reach", type=float, default=DEFAULT_WALK_M, help="walking distance in metres (default %(default)g)"
    )
    command.add_argument(
        "--detour", type=float, default=DEFAULT_DETOUR, help="walk ÷ straight line (default %(default)g)"
    )
    command.add_argument("--partners", type=Path, help="CSV of partners, beside those of the register (docs/partners-csv.md)")
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command.add_argument("--output", type=Path, help="write here instead of to standard output")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print or write the table."""
    atlas, today = Atlas(), date.today()
    try:
        reach = Reach(options.reach, options.detour)
    except ValueError as error:
        raise UserError(f"{error}.") from error
    now = known(atlas, options.partners, today)
    everywhere = np.ones(len(atlas.areas), dtype=bool)
    found = core20_gaps(
        atlas.areas, everywhere, now.assets.index, now.partners, today=today, reach=reach, categories=now.assets.kinds
    )
    shares = atlas.pcn_shares if options.level == "pcn" else None
    states = found.set_index("lsoa21cd")["state"].astype(str)
    table = summarise(
        atlas.areas,
        options.level,
        names=atlas.names(options.level),
        count=options.count,
        states=states,
        pcn_shares=shares,
        every=True,
    )
    table["population_weighted_imd_score"] = table["population_weighted_imd_score"].round(3)
    numbers = table.select_dtypes("float").columns
    table[numbers] = table[numbers].round(4)

    title = f"England by {words.LEVEL_NAMES[options.level]}: {len(table):,} areas."
    notes = provenance.notes(
        title,
        atlas.snapshot.manifests(),
        provenance.settings(reach, now.assets.kinds, options.count, now.partners_said),
        today,
        now.assets.not_built_in,
    )
    match options.format:
        case "csv":
            content = downloads.to_csv(table, notes)
        case "json":
            content = downloads.to_json(table, notes)
        case _:
            content = (title + "\n").encode() + as_text(table)
    write(content, options.output)
