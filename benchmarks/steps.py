"""Where the time of one rerun goes: a server whose steps are timed, driven by one session.

`python -m benchmarks.steps run server.py …` is that server: Streamlit's own command line, after wrapping the functions that
the page calls. Each rerun appends one JSON line to the file named in COMMON_GROUND_STEPS.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, Samples

VARIABLE = "COMMON_GROUND_STEPS"
PAGE = "the page's own lines"
STEPS = {
    "presentation.place_bar": ("current_view", "place_bar", "write_link", "chosen_point"),
    "presentation.partners": ("current", "upload"),
    "analysis.neighbourhoods": ("core20_gaps",),
    "analysis.ranking": ("people_by_state",),
    "presentation.words": ("headline", "second_sentence"),
    "presentation.gaps_controls": ("controls", "summary", "how_to_read", "row_elsewhere", "downloads_row"),
    "presentation.gaps_map": ("small_area_map", "england_map"),
    "presentation.area_map": ("area_map",),
    "presentation.gaps_list": ("small_area_rows", "area_rows"),
    "presentation.components": ("state_bar", "ranked_list", "fact_list"),
    "presentation.gaps_panel": (
        "headline_facts",
        "state_section",
        "partners_section",
        "places_section",
        "next_conversation",
        "faith_covenant_line",
        "people_sections",
        "pcn_section",
        "coverage_section",
        "deprivation_section",
    ),
    "presentation.provenance": ("foot",),
}


class _Recorder:
    """Adds up CPU milliseconds by step. Only the outermost step counts, so that the steps add up."""

    def __init__(self, path: Path) -> None:
        self.path, self.depth = path, 0
        self.spent: dict[str, float] = defaultdict(float)

    def step(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self.depth += 1
            begin = time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                self.depth -= 1
                if self.depth == 0:
                    self.spent[name] += 1000 * (time.thread_time() - begin)

        return timed

    def whole(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            begin = time.thread_time()
            self.spent, self.depth = defaultdict(float), 0
            try:
                return function(*arguments, **named)
            finally:
                total = 1000 * (time.thread_time() - begin)
                self.spent[PAGE] = total - sum(self.spent.values())
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(self.spent) + "\n")

        return timed


def _wrap(recorder: _Recorder) -> None:
    from streamlit.navigation.page import StreamlitPage

    for module_name, names in STEPS.items():
        module = importlib.import_module(module_name)
        for name in names:
            if hasattr(module, name):
                setattr(module, name, recorder.step(f"{module_name.partition('.')[2]}.{name}", getattr(module, name)))
    StreamlitPage.run = recorder.whole(StreamlitPage.run)  # type: ignore[method-assign]


def breakdown(runs: int = 15) -> Iterator[Row]:
    """The CPU time of one rerun by step, for each view: the dearest steps first."""
    from benchmarks import rerun, serving

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "steps.jsonl"
        os.environ[VARIABLE] = str(path)
        try:
            with serving.running(program=("-m", "benchmarks.steps")) as server:
                for place, name in rerun.VIEWS.items():
                    path.write_text("", encoding="utf-8")
                    _, cpu = asyncio.run(rerun.alone(server, place, runs))
                    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][-runs:]
                    steps = {
                        step: statistics.median(line.get(step, 0.0) for line in lines) for step in set().union(*lines)
                    }
                    dearest = sorted(steps.items(), key=lambda item: -item[1])
                    said = ", ".join(f"{step} {ms:.1f}" for step, ms in dearest if ms >= 0.5)
                    yield Row(
                        "steps",
                        f"CPU of one rerun in the page: {name}",
                        Samples([sum(line.values()) for line in lines], "ms", [cpu]),
                        counted=f"{len(steps)} steps",
                        note=f"{name}, ms: {said}",
                    )
        finally:
            del os.environ[VARIABLE]


if __name__ == "__main__":
    _wrap(_Recorder(Path(os.environ[VARIABLE])))
    from streamlit.web import cli

    sys.exit(cli.main())
