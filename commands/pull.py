"""`python -m commands pull`: live figures for a place, into a dated layer that the pages show above those built in."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Mapping
from datetime import timedelta

import pyarrow as pa
from tqdm import tqdm

from analysis.area_codes import LEVELS
from commands.gaps import find_place
from commands.output import UserError
from data_loaders import catalogue
from data_loaders.atlas import Atlas
from data_loaders.data_folder import data_folder
from data_loaders.errors import SettingError
from data_loaders.fingertips_areas import in_words
from data_loaders.http_session import Limits
from data_loaders.indicator_sources import open_source
from data_loaders.layers import Layer, LayerError, Layers
from data_loaders.pull import Pulled, PullError, pull
from data_loaders.pull_places import ALL_LEVELS, PullPlace, pull_place

NOT_ALL, INTERRUPTED = 1, 130
_LEVEL_OF = {level.replace("_", "-"): level for level in ALL_LEVELS}
_DESCRIPTION = (
    "Pull what is published now for a place and the whole of its system (ICB) into a dated layer in the data folder. By default: every "
    f"indicator of the catalogue, for {in_words(['pcn', 'authority', 'county', 'icb'])} and England, which is what the pages show. "
    "A pull that is stopped goes on where it was when the same is asked again within a day. docs/live-figures.md says more."
)


def add_to(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = subcommands.add_parser("pull", help="live figures for a place, into a dated layer", description=_DESCRIPTION)
    command.add_argument("--place", required=True, help="any area (code or name) or a postcode; its whole system is pulled")
    command.add_argument(
        "--area-type", action="append", choices=list(_LEVEL_OF), help="only these areas (repeat for several)"
    )
    command.add_argument(
        "--clinical-area", action="append", metavar="AREA", help="only this clinical area, such as hypertension (repeat for several)"
    )
    command.add_argument(
        "--indicator", action="append", metavar="ID", help="only this indicator, in the catalogue or not (repeat for several)"
    )
    command.add_argument(
        "--all", action="store_true", help="every indicator of the catalogue for every kind of area above: sub-ICBs and regions too"
    )
    command.add_argument("--force", action="store_true", help="ask again for what was answered within the last hour")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Pull, with a bar on standard error, and say on standard output what came of it.

    0 when all that is published was answered, 1 when there is a layer but something was not answered, 130 when stopped (Ctrl+C).
    UserError where there is no new layer.
    """
    try:
        folder = data_folder(os.environ)
        ids, names = _indicators(options)
        place = _place(options)
        source = open_source(os.environ, Limits(fresh_for=timedelta(0)) if options.force else None)
        with tqdm(total=len(ids), unit="step", bar_format="{l_bar}{bar:24}| {elapsed} {desc}") as bar:

            def progress(done: int, total: int, sentence: str) -> None:
                began = sentence.partition(":")[0] != str(bar.desc or "").partition(":")[0]
                bar.total = total
                bar.set_description_str(sentence, refresh=False)
                bar.update(done - bar.n)
                if began:
                    bar.refresh()

            pulled = pull(source, place, ids, folder, names=names, progress=progress)
    except (PullError, LayerError, SettingError) as error:
        raise UserError(str(error)) from error
    except KeyboardInterrupt:
        print(
            "\nStopped; nothing that was there has changed. What was answered is kept: run the same command again within a day to go on.",
            file=sys.stderr,
        )
        return INTERRUPTED
    print("\n".join(_summary(pulled, Layers(folder / "layers"), place)))
    return 0 if pulled.layer.about.whole else NOT_ALL


def _place(options: argparse.Namespace) -> PullPlace:
    """How to pull the place. The atlas is needed for no more than that, and a pull should be small: its memory is given back."""
    atlas = Atlas()
    place = pull_place(atlas, find_place(atlas, options.place), _levels(options))
    del atlas
    gc.collect()
    pa.default_memory_pool().release_unused()
    return place


def _indicators(options: argparse.Namespace) -> tuple[list[str], Mapping[str, str]]:
    """The ids to ask for, in order, and the names of those of the catalogue."""
    if options.all and (options.clinical_area or options.indicator or options.area_type):
        raise UserError("--all means everything: leave it out, or leave out --clinical-area, --indicator and --area-type.")
    known = catalogue.read()
    names = {entry.indicator_id: entry.name for area in known.areas for entry in area.indicators}
    for one in options.indicator or ():
        if not (one.isascii() and one.isdigit()):
            raise UserError(f"--indicator {one!r} is not the number of an indicator: write it as Fingertips does, such as 219.")
    try:
        areas = [one for area in options.clinical_area or () for one in known.ids(area, "fingertips")]
    except catalogue.UnknownEntryError as error:
        raise UserError(str(error)) from error
    chosen = [*areas, *(options.indicator or ())]
    return list(dict.fromkeys(chosen or known.ids(origin="fingertips"))), names


def _levels(options: argparse.Namespace) -> list[str] | None:
    if options.all:
        return [*ALL_LEVELS, "england"]
    return [_LEVEL_OF[one] for one in options.area_type] if options.area_type else None


def _summary(pulled: Pulled, layers: Layers, place: PullPlace) -> list[str]:
    """What came of it, in lines."""
    layer, about = pulled.layer, pulled.layer.about
    indicators = {one for those in about.holds.values() for one in those}
    lines = [f"{place.name} ({place.code}): {about.rows['values']:,} values of {len(indicators):,} indicators from {about.source}."]
    lines += [f"  {len(about.holds[level]):,} for {in_words([level])}" for level in LEVELS if level in about.holds]
    if pulled.taken_up:
        lines.append(f"{pulled.taken_up:,} of the answers had been kept from a pull that was cut short.")
    lines += _reasons(layer, "not published", "Not published")
    lines += _reasons(layer, "not answered", "Not answered (run the same command again to ask for these alone)")
    lines += [f"The pages say: {layer.said}", f"Layer: {layer.folder}"]
    if pulled.removed:
        lines.append(f"Removed, for newer layers have the same: {', '.join(pulled.removed)}.")
    return lines + [f"Note: {problem}" for problem in layers.whole([place.code]).problems]


def _reasons(layer: Layer, kind: str, heading: str) -> list[str]:
    reasons = list(dict.fromkeys(each.reason for each in layer.about.missing if each.kind == kind))
    return [f"{heading}: {len(reasons):,}", *(f"  {reason}" for reason in reasons)] if reasons else []
