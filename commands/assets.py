"""`python -m commands assets`: pull community assets from a source into a dated layer, and list the layers there are."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pandas as pd

from analysis.places import Place
from commands.gaps import find_place
from commands.output import UserError, as_text, write
from data_loaders.asset_layers import AssetLayerError, counted, layers_in
from data_loaders.asset_pull import AssetsPulled, pull
from data_loaders.asset_sources import PLACE, SOURCES, AssetPullError, Wanted
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError

NOT_ALL = 1
MOST_AUTHORITIES = 16
"""Asked for in one go: a system has up to 14. Public servers of OpenStreetMap are run by volunteers."""
_DESCRIPTION = (
    "Pull what a source of community assets publishes now into a dated layer in the data folder, which the pages show in place of what is built "
    "in. A source that cannot be asked leaves the last good layer. docs/asset-layers.md says more."
)
_SHOWN_ASIDE = 5


def add_to(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = subcommands.add_parser("assets", help="community assets: pull a source, list what was pulled", description=_DESCRIPTION)
    actions = command.add_subparsers(dest="action", required=True, metavar="pull | list")
    one = actions.add_parser("pull", help="ask a source, or read a file in its form", description=_DESCRIPTION)
    titles = "; ".join(f"{key}: {source.about.title}" for key, source in SOURCES.items())
    one.add_argument("--source", required=True, choices=list(SOURCES), help=titles)
    one.add_argument("--place", help="the authority (code, name or a postcode in it), or a system, for each authority in it (osm, charities)")
    one.add_argument("--address", default="", help="of a feed (openreferral) or of a release (ace, gla); a mirror of the others' own")
    one.add_argument(
        "--file", action="append", type=Path, default=[], help="read this instead of asking (for givefood twice: its food banks, then its locations)"
    )
    one.add_argument("--published", default="", metavar="DATE", help="day, month or year of a list that does not say (ace, gla)")
    one.add_argument("--licence", default="", help="of a feed, which states none: as its publisher says it elsewhere")
    one.add_argument("--fewer", action="store_true", help="take an answer with fewer than half of what the pages show, which is refused otherwise")
    one.set_defaults(run=run_pull)
    listing = actions.add_parser("list", help="the layers that stand, and those that were passed over")
    listing.set_defaults(run=run_list)


def run_pull(options: argparse.Namespace) -> int:
    """Pull, and say what came of it. 0; 1 when some of several authorities gave no new layer. UserError where there is none at all."""
    atlas = Atlas()
    codes = _authorities(atlas, options)
    done, problems = 0, []
    for lad24cd in codes:
        wanted = Wanted(options.source, lad24cd, options.address, tuple(options.file), options.published, options.licence, options.fewer)
        try:
            print("\n".join(_summary(pull(atlas, os.environ, wanted))), flush=True)
            done += 1
        except (AssetPullError, SettingError) as error:
            problems.append(str(error))
    if not done:
        raise UserError(" ".join(dict.fromkeys(problems)))
    for problem in problems:
        print(problem)
    return NOT_ALL if problems else 0


def _authorities(atlas: Atlas, options: argparse.Namespace) -> list[str | None]:
    """The authorities to ask for, one after another; no code where the source is not asked by place."""
    if options.place is None:
        return [None]
    place: Place = find_place(atlas, options.place)
    if PLACE not in SOURCES[options.source].needs:
        return [place.code]  # `pull` says that it is not asked by place
    inside = atlas.gazetteer.mask(place)
    codes = sorted(set(atlas.areas.loc[inside, "lad24cd"]))
    if len(codes) > MOST_AUTHORITIES:
        raise UserError(f"{place.name} has {len(codes)} authorities: ask for one of them, or for a system (ICB).")
    if len(codes) > 1 and options.file:
        raise UserError(f"{place.name} has {len(codes)} authorities, and a file is read for one: name it with --place.")
    return list(codes)


def run_list(options: argparse.Namespace) -> int:
    """Every layer that stands, newest first, as a table; a line for each that was passed over."""
    try:
        found = layers_in(os.environ).standing()
    except (AssetLayerError, SettingError) as error:
        raise UserError(str(error)) from error
    if found.layers:
        newest = sorted(found.layers, key=lambda layer: layer.about.given_at, reverse=True)
        rows = [
            {
                "source": layer.about.source.key,
                "place": layer.about.scope.name,
                "given": f"{layer.about.given_at:%Y-%m-%d %H:%M}",
                "published": layer.about.published,
                "records": layer.about.records,
                "set aside": layer.about.set_aside,
                "layer": layer.id,
            }
            for layer in newest
        ]
        write(as_text(pd.DataFrame(rows)), None)
    else:
        print("No layer of places has been pulled: the pages show those built into this copy.")
    for problem in found.problems:
        print(f"Note: {problem}")
    return 0


def _summary(pulled: AssetsPulled) -> list[str]:
    """What came of it, in lines."""
    layer, about = pulled.layer, pulled.layer.about
    lines = [layer.said]
    if not pulled.new:
        return [*lines, "  That answer is so young that it was not asked for again."]
    if pulled.before is not None:
        lines.append(f"  The layer before it had {counted(pulled.before, 0)}.")
    lines += [f"  {note}" for note in about.notes]
    aside = layer.set_aside()
    lines += [f"  set aside, {row.row}: {row.name}: {row.problem}" for row in aside.head(_SHOWN_ASIDE).fillna("").itertuples(index=False)]
    if len(aside) > _SHOWN_ASIDE:
        lines.append(f"  and {len(aside) - _SHOWN_ASIDE:,} more, in set_aside.parquet of the layer")
    lines.append(f"  Licence: {about.source.licence}. Layer: {layer.folder}")
    if pulled.removed:
        lines.append(f"  Removed, for newer ones stand in: {', '.join(pulled.removed)}.")
    return lines
