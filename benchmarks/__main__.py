"""`python -m benchmarks [--only open,classify] [--json FILE]`: every speed budget, ours and the naive way, in one run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import asset_search, assets, classify, data, needs, painting, register, rerun, statistics, steps
from benchmarks.measure import Row
from benchmarks.table import render
from data_loaders.errors import SnapshotError
from tests.browser.chromium import ChromiumNotFoundError

SUBJECTS: dict[str, Callable[[], Iterator[Row]]] = {
    "open": data.open_attributes,
    "geometry": data.system_geometry,
    "classify": classify.classification,
    "grid": classify.sensitivity,
    "postcode": data.postcode,
    "downloads": data.map_downloads,
    "needs": needs.opening,
    "statistics": statistics.statistics,
    "board": needs.reruns,
    "register": register.register,
    "matching": assets.matching,
    "assets": asset_search.opening,
    "search": asset_search.searching,
    "directory": asset_search.reruns,
    "rerun": rerun.reruns,
    "steps": steps.breakdown,
    "health": rerun.health,
    "memory": rerun.memory,
    "websocket": painting.socket_bytes,
    "paint": painting.paint,
}


def _chosen(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"there is no {', '.join(unknown) or 'subject'}; choose from {', '.join(SUBJECTS)}"
        )
    return names


def machine() -> str:
    """What it ran on, and how busy that was: without it a figure means little."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    software = f"Python {sys.version.split()[0]}, streamlit {version('streamlit')}, pandas {version('pandas')}"
    return f"{os.cpu_count()} cores, load {load}; {software}; {datetime.now():%Y-%m-%d %H:%M}"


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for, say each subject as it begins, print the table. 0; 1 when one could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", type=_chosen, default=list(SUBJECTS), help=f"subjects, with commas: {', '.join(SUBJECTS)}"
    )
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    options = parser.parse_args(arguments)
    if not Path("/proc/self/statm").exists():
        print(
            "The server's CPU time and memory are read from /proc, which this system does not have: measure on Linux.",
            file=sys.stderr,
        )
        return 1
    where, rows, failed = machine(), [], False
    for name in options.only:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            rows += list(SUBJECTS[name]())
        except (SnapshotError, ChromiumNotFoundError, RuntimeError) as error:
            print(f"{name} could not be measured: {error}", file=sys.stderr)
            failed = True
    print(f"{where}\n\n{render(rows)}")
    if options.json:
        options.json.write_text(
            json.dumps({"machine": where, "rows": [row.as_record() for row in rows]}, ensure_ascii=False, indent=1)
            + "\n",
            encoding="utf-8",
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
