"""`python -m commands snapshot`: build the embedded snapshot from the publishers' files."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from data_loaders import snapshot_build
from data_loaders.snapshot import DEFAULT_FOLDER, STATIC_FOLDER


def add_to(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = subcommands.add_parser("snapshot", help="build the snapshot from the publishers' files")
    command.add_argument(
        "--source", type=Path, required=True, help="folder with the publishers' files (../shared/data)"
    )
    command.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, help="where the tables go (default: assets/snapshot)"
    )
    command.add_argument("--static", type=Path, default=STATIC_FOLDER, help="where the outlines go (default: static)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Build, with a bar on standard error that says what is being done."""
    with tqdm(total=snapshot_build.STEPS, unit="step", bar_format="{l_bar}{bar:24}| {elapsed} {desc}") as bar:

        def progress(step: str) -> None:
            bar.set_description_str(step)
            bar.update(1)

        contents = snapshot_build.build(options.source, folder=options.folder, static=options.static, progress=progress)
        bar.set_description_str("done")
        bar.update(snapshot_build.STEPS - bar.n)
    for name, listed in contents["tables"].items():  # type: ignore[attr-defined]
        print(f"{name:18} {listed['rows']:>10,} rows {listed['bytes'] / 1e6:>7.2f} MB")
