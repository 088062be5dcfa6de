"""A live pull: everything that is published of some indicators for a place, asked for politely and made into a new dated layer.

What is published is asked first; then at most one request for each hundred indicators and area. Each answer goes to disk as it comes,
so a pull that is stopped or killed goes on where it was, within a day. A fault of one indicator or level leaves the others; when
nothing was answered there is no new layer, and the last good one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from data_loaders.dated_folders import spoken
from data_loaders.errors import SourceUnavailableError
from data_loaders.fingertips_areas import in_words
from data_loaders.indicator_source import IndicatorSource
from data_loaders.indicator_values import INDICATOR_COLUMNS, empty, typed
from data_loaders.layers import Layer, LayerError, Layers, Missing, cannot_write
from data_loaders.pull_asking import Asking, StoppedError
from data_loaders.pull_layer import write_layer
from data_loaders.pull_lock import LockedError, only_one
from data_loaders.pull_parts import Parts
from data_loaders.pull_places import PullPlace
from data_loaders.pull_plan import Plan, called, plan

Progress = Callable[[int, int, str], None]
"""Called with how many steps are done, of how many, and a sentence on what is being done."""
LATELY = timedelta(hours=1)
_SAID_AT_ONCE = 3


class PullError(Exception):
    """A pull that made no layer; the message is one sentence: what happened, what is shown instead, from when, and what to do."""


class PullBusyError(PullError):
    """The same place is being pulled already."""


class PullStoppedError(PullError):
    """The pull was stopped on purpose; what was answered is kept for a day."""


class PullFailedError(PullError):
    """Nothing that was asked for was answered, or none of it is published."""


class Pulled(NamedTuple):
    """layer: the new one. taken_up: how many answers were kept from a pull that had been cut short. removed: layers no longer needed."""

    layer: Layer
    taken_up: int
    removed: tuple[str, ...]


def pull(
    source: IndicatorSource,
    place: PullPlace,
    indicator_ids: Sequence[str],
    folder: Path,
    *,
    names: Mapping[str, str] | None = None,
    progress: Progress = lambda done, total, sentence: None,
    should_stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Pulled:
    """Pull some indicators for a place into a new layer.

    source: of this pull alone (it remembers what is published). folder: the data folder; layers are in `layers`, what is half done in
    `pulls`. names: indicator → the name to call it by, before its published one. should_stop: asked between requests. Raises a
    PullError where there is no new layer, a LayerError where the disk is full or cannot be written to; the last good layer stands.
    """
    layers, pulls = Layers(folder / "layers"), folder / "pulls"
    try:
        with _locked(pulls / f"{place.code}.lock"):
            return _Run(source, place, tuple(dict.fromkeys(indicator_ids)), layers, pulls, dict(names or {}), progress, should_stop, now).run()
    except LockedError as error:
        since = f" since {error.since:%H:%M} UTC on {spoken(error.since)}" if error.since else ""
        process = f" (process {error.process})" if error.process else ""
        raise PullBusyError(
            f"Figures for {place.name} are being pulled already{since}{process}, so nothing more was asked; until that ends the pages show "
            f"{standing(layers, place.code)}: wait for it, or stop it."
        ) from error
    except StoppedError as error:
        raise PullStoppedError(
            f"The pull for {place.name} was stopped, and the pages show {standing(layers, place.code)}: what was answered is kept, so pull "
            "again within a day to go on from there."
        ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """`only_one`, with a disk that cannot be written to said as for a layer."""
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(path))
        except OSError as error:
            raise LayerError(cannot_write(path.parent, error)) from error
        yield


def pulled_lately(layers: Iterable[Layer], place: PullPlace, indicator_ids: Sequence[str], now: datetime) -> Layer | None:
    """The layer, among these, of a pull of the same or more that was answered fully within the last hour (LATELY): nothing newer is to
    be had. now: UTC."""
    for layer in layers:
        about = layer.about
        same = about.place_code == place.code and set(indicator_ids) <= set(about.indicator_ids) and set(place.within) <= set(about.levels)
        if about.whole and same and now - about.pulled_at <= LATELY:
            return layer
    return None


def standing(layers: Layers, place_code: str) -> str:
    """What the pages show of a place without a new pull: "the figures pulled on 3 August 2026", or those built in."""
    newest = layers.whole([place_code]).newest
    return f"the figures pulled on {spoken(newest.about.asked_from)}" if newest else "the figures built into this copy"


class _Run:
    """One pull, while its lock is held."""

    def __init__(
        self, source: IndicatorSource, place: PullPlace, ids: tuple[str, ...], layers: Layers, pulls: Path, names: dict[str, str],
        progress: Progress, should_stop: Callable[[], bool], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.source, self.place, self.ids, self.layers, self.names, self.now = source, place, ids, layers, names, now
        self.parts = Parts(pulls, place.code, [source.name, sorted(ids), sorted(place.within)], now())
        self.asking = Asking(source, self.parts, should_stop)
        self.taken_up = len(self.asking.parts)
        self._progress, self._done = progress, 0
        self._total = len(ids) + sum(len(areas) for areas in place.within.values()) + 2

    def run(self) -> Pulled:
        available, missing = self._available()
        indicators, undescribed = self._metadata([one for one, levels in available.items() if levels])
        planned = plan(self.ids, self.place.within, available, self.names)
        missing += [*undescribed, *planned.missing]
        self._total = self._done + len(planned.questions) + 1
        for question in planned.questions:
            self._say(f"Asking for {in_words([question.level])}: {_indicators(len(question.indicator_ids))}", step=False)
            missing += [self._named(each) for each in self.asking.answer(question)]
            self._done += 1
        self._check(planned, missing)
        self._say("Writing down what was answered", step=False)
        layer = write_layer(self.layers, self.source, self.place, self.ids, self.asking.parts, indicators, missing, self.now())
        self._say(f"Wrote down {layer.about.rows['values']:,} values")
        if layer.about.whole:
            self.parts.remove()
        return Pulled(layer, self.taken_up, self.layers.remove_old(self.place.code))

    def _say(self, sentence: str, *, step: bool = True) -> None:
        self._done += step
        self._progress(self._done, self._total, sentence)

    def _available(self) -> tuple[dict[str, frozenset[str]], list[Missing]]:
        """Indicator → its levels, for those that could be asked about, and the others."""
        kept = self.parts.known("available") or {}
        available = {one: frozenset(kept[one]) for one in self.ids if one in kept}
        missing = []
        try:
            for number, one in enumerate(self.ids, 1):
                if one not in available:
                    try:
                        available[one] = self.asking.ask(_levels_of(one))
                    except SourceUnavailableError as problem:
                        missing.append(self._named(Missing(one, tuple(self.place.within), "not answered", problem.sentence)))
                self._say(f"Asking what is published: {number} of {_indicators(len(self.ids))}")
        finally:
            if available.keys() > kept.keys():
                self.parts.note("available", {one: sorted(levels) for one, levels in available.items()})
        return available, missing

    def _metadata(self, ids: Sequence[str]) -> tuple[pd.DataFrame, list[Missing]]:
        """INDICATOR_COLUMNS of the indicators that exist; one that is not described is still pulled."""
        self._say("Asking what the indicators are", step=False)
        self._done += 1
        kept = self.parts.known("described")
        if kept is not None and set(ids) <= set(kept["ids"]):
            indicators = typed(pd.DataFrame(kept["rows"], columns=list(INDICATOR_COLUMNS)), INDICATOR_COLUMNS)
        else:
            try:
                indicators = self.asking.ask(lambda source: source.metadata(ids)) if ids else empty(INDICATOR_COLUMNS)
            except SourceUnavailableError as problem:
                lacking = {one: f"{called(one, self.names)} is not described: {problem.sentence}" for one in ids}
                return empty(INDICATOR_COLUMNS), [Missing(one, (), "not answered", reason) for one, reason in lacking.items()]
            rows = indicators.astype(object).where(indicators.notna(), None).to_dict("records")
            self.parts.note("described", {"ids": list(ids), "rows": rows})
        self.names = {**dict(zip(indicators["indicator_id"], indicators["name"], strict=True)), **self.names}
        return indicators, []

    def _named(self, missing: Missing) -> Missing:
        """The same, with the indicator's name before a reason that is about the whole answer."""
        if missing.kind == "not published":
            return missing
        what = f"{called(missing.indicator_id, self.names)} was not answered for {in_words(missing.levels)}"
        return missing._replace(reason=f"{what}: {missing.reason}")

    def _check(self, planned: Plan, missing: Sequence[Missing]) -> None:
        """PullFailedError where there is nothing to make a layer of, or nothing that is newer than what there is."""
        parts = self.asking.parts
        shown = standing(self.layers, self.place.code)
        if not parts:
            problem = self.asking.fault
            if problem is not None:
                raise PullFailedError(f"{_open(problem.sentence)}; until then the pages show {shown}.") from problem
            reasons = list(dict.fromkeys(each.reason for each in missing))
            more = f" and {len(reasons) - _SAID_AT_ONCE} more like it" if len(reasons) > _SAID_AT_ONCE else ""
            said = "; ".join(_open(reason) for reason in reasons[:_SAID_AT_ONCE]) or "No indicator was asked for"
            raise PullFailedError(f"{said}{more}; the pages show {shown}.")
        newest = self.layers.whole([self.place.code]).newest
        stale = [part for part in parts if part.stale_since is not None]
        if len(stale) == len(parts) and newest is not None and newest.about.pulled_at >= max(part.asked_at for part in stale):
            raise PullFailedError(f"{_open(stale[0].stale_because)}; until then the pages show {shown}.")


def _levels_of(indicator_id: str) -> Callable[[IndicatorSource], frozenset[str]]:
    return lambda source: source.available([indicator_id])[indicator_id]


def _open(sentence: str) -> str:
    """A sentence that goes on."""
    return sentence.rstrip(".")


def _indicators(number: int) -> str:
    return f"{number:,} indicator" if number == 1 else f"{number:,} indicators"
