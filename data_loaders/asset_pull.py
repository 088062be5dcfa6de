"""Pull community assets: ask one source, or read a file in its form, and write a new dated layer; or leave the last good one, and say why."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data_loaders import published_assets
from data_loaders.asset_layers import ENGLAND, AssetLayer, AssetLayerError, AssetLayers, Scope, cannot_write, layers_in
from data_loaders.asset_source import AssetsRead
from data_loaders.asset_sources import SOURCES, AssetPullError, Means, PullableSource, Wanted
from data_loaders.atlas import Atlas
from data_loaders.data_folder import data_folder, http_cache_folder
from data_loaders.dated_folders import spoken
from data_loaders.errors import SourceError, SourceUnavailableError
from data_loaders.kept_answers import KeptAnswers
from data_loaders.public_address import PublicAddresses
from data_loaders.published_assets import PublishedAssets
from data_loaders.pull_lock import LockedError, only_one

LOCKS = "asset-pulls"
_BUILT_IN = ("osm", "ace", "gla")
_SAID_AT_ONCE = 2
FEWEST_TO_COMPARE = 10
"""Of a kind of place: with fewer before, that half of them have gone says little."""


@dataclass(frozen=True)
class AssetsPulled:
    """layer: the new one; where new is no, the one that stands, because its answer is so young that the source was not asked again.
    removed: ids of old ones that went. before: how many records the layer before it had, None where there was none."""

    layer: AssetLayer
    removed: tuple[str, ...] = ()
    before: int | None = None
    new: bool = True


def pull(
    atlas: Atlas,
    environment: Mapping[str, str],
    wanted: Wanted,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    rule: PublicAddresses | None = None,
) -> AssetsPulled:
    """Ask a source and write what it gave as a new layer. environment: usually os.environ. rule: which typed addresses may be asked.

    AssetPullError where there is no new layer: the source gave nothing that can be used, or nothing newer than what there is, somebody else
    is pulling the same, it gave fewer than half of what it gave before (unless wanted.fewer), or the disk cannot be written to. What was
    there then stands as it was. SettingError names a setting.
    """
    source = SOURCES.get(wanted.source)
    if source is None:
        raise AssetPullError(f"There is no source {wanted.source!r}: choose from {', '.join(SOURCES)}.")
    if wanted.lad24cd is not None and wanted.lad24cd not in atlas.names("lad24"):
        raise AssetPullError(f"{wanted.lad24cd} is not the code of a local authority in England (2024).")
    source.check(wanted)
    layers, scope = layers_in(environment), source.scope(wanted, atlas)
    kept = KeptAnswers(http_cache_folder(environment))
    means = Means(atlas, environment, kept, now().date(), rule or PublicAddresses())
    with _alone(environment, layers, source, scope):
        try:
            read = _given(source, wanted, means, layers, scope)
            have = next(iter(layers.standing(source.about.key, scope.code).layers), None)
            if have is not None and read.asked_at is not None and have.about.given_at >= read.asked_at:
                return AssetsPulled(have, new=False)
            if not wanted.fewer:
                _compare(read, published_assets.current(atlas, environment), have, scope, wanted)
            layer = layers.write(read, scope, now(), ", ".join(path.name for path in wanted.files))
            removed = layers.remove_old(source.about.key, scope.code)
            return AssetsPulled(layer, removed, have.about.records if have else None)
        except AssetLayerError as error:
            raise AssetPullError(str(error)) from error
        finally:
            kept.close()


def standing(layers: AssetLayers, source: PullableSource, scope: Scope) -> str:
    """What the pages show without a new layer: "the places that OpenStreetMap gave on 3 August 2026"."""
    try:
        found = layers.standing(source.about.key, scope.code).layers
    except AssetLayerError:
        found = ()
    if found:
        return f"the places that {found[0].about.source.publisher} gave on {spoken(found[0].about.given_at)}"
    return "the places built into this copy" if source.about.key in _BUILT_IN else "none of its places"


def _compare(read: AssetsRead, shown: PublishedAssets, have: AssetLayer | None, scope: Scope, wanted: Wanted) -> None:
    """Nothing where the source gave about as much as it gave before. AssetPullError where it gave of some kind fewer than half: a mirror
    that is being filled, or an answer that was cut short without a word, looks like that, and places that vanish look like none."""
    mine = shown.records["source"] == read.source.publisher
    if scope.is_authority:
        mine &= shown.records["lad24cd"] == scope.code
    elif scope.code != ENGLAND:
        mine = shown.layer_of == (have.id if have else "")
    before, after = shown.records["category"][mine].value_counts(), read.records["category"].value_counts()
    for kind, number in before[before >= FEWEST_TO_COMPARE].items():
        gave = int(after.get(kind, 0))
        if 2 * gave < number:
            raise AssetPullError(
                f"{read.source.publisher} gave {gave:,} of the kind {kind} for {scope.name} where the pages show {number:,}: fewer than half, "
                "as when an answer is cut short, so nothing has changed. Ask again tomorrow; if it is right, whoever looks after this atlas can take "
                f"it with `{_command(wanted)} --fewer`."
            )


def _command(wanted: Wanted) -> str:
    """The command that pulls the same."""
    said = [("source", wanted.source), ("place", wanted.lad24cd), ("address", wanted.address), *(("file", str(path)) for path in wanted.files)]
    said += [("published", wanted.published), ("licence", wanted.licence)]
    return "python -m commands assets pull" + "".join(f" --{name} {shlex.quote(text)}" for name, text in said if text)


def _given(source: PullableSource, wanted: Wanted, means: Means, layers: AssetLayers, scope: Scope) -> AssetsRead:
    """What the source gave, where that is newer than what there is and holds anything."""
    shown = standing(layers, source, scope)
    try:
        read = source.read(wanted, means) if wanted.files else source.ask(wanted, means)
    except SourceUnavailableError as problem:
        raise AssetPullError(f"{problem.sentence.rstrip('.')}; until then the pages show {shown}.") from problem
    except SourceError as problem:
        raise AssetPullError(f"{problem} The pages go on showing {shown}.") from problem
    if read.stale_because and read.asked_at is not None:
        have = layers.standing(source.about.key, scope.code).layers
        if have and have[0].about.given_at >= read.asked_at:
            raise AssetPullError(f"{read.stale_because.rstrip('.')}; until then the pages show {shown}.")
    if read.records.empty:
        problems = list(dict.fromkeys(read.set_aside["problem"].dropna()))[:_SAID_AT_ONCE]
        why = f" ({read.found:,} set aside: {'; '.join(problems)})" if problems else ""
        raise AssetPullError(f"{read.source.publisher} gave no place that can be used{why}, so nothing has changed; the pages show {shown}.")
    return read


@contextmanager
def _alone(environment: Mapping[str, str], layers: AssetLayers, source: PullableSource, scope: Scope) -> Iterator[None]:
    """One pull of a source and scope at a time, across processes."""
    folder: Path = data_folder(environment) / LOCKS
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(folder / f"{source.about.key}-{scope.code}.lock"))
        except LockedError as error:
            since = f" since {error.since:%H:%M} UTC on {spoken(error.since)}" if error.since else ""
            raise AssetPullError(
                f"{source.about.title} are being pulled for {scope.name} already{since}, so nothing more was asked; until that ends the pages "
                f"show {standing(layers, source, scope)}."
            ) from error
        except OSError as error:
            raise AssetPullError(cannot_write(folder, error)) from error
        yield
