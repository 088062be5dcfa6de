"""Making a layer of the answers of a pull, some indicators at a time, so that no pull is ever held in memory whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_loaders.indicator_source import IndicatorSource
from data_loaders.indicator_values import KEY
from data_loaders.layers import INDICATORS, SET_ASIDE, VALUES, About, Layer, Layers, Missing
from data_loaders.pull_parts import (
    INDICATORS_SCHEMA,
    SET_ASIDE_SCHEMA,
    VALUES_SCHEMA,
    Part,
    described,
    every_indicator,
    write_table,
)
from data_loaders.pull_places import ALL_LEVELS, PullPlace

_AT_ONCE = 10
_ORDER = [*KEY[:2], "category_type", "category", "sex", "age", "period_sortable"]


def write_layer(
    layers: Layers,
    source: IndicatorSource,
    place: PullPlace,
    indicator_ids: Sequence[str],
    parts: Sequence[Part],
    indicators: pd.DataFrame,
    missing: Sequence[Missing],
    moment: datetime,
) -> Layer:
    """The layer of some answers. Each value is in it once: England's come with every answer, a unitary authority's with two.

    moment: when the pull ended, UTC. LayerError where the disk is full or cannot be written to; then nothing has changed.
    """
    layer_id = layers.new_id(place.code, moment)
    ordered = sorted(parts, key=lambda part: [*ALL_LEVELS, "england"].index(part.asked.level))
    oldest = min((part for part in parts if part.stale_since), key=lambda part: part.asked_at, default=None)

    def fill(folder: Path) -> About:
        rows, holds = _write_values(ordered, layer_id, folder / VALUES)
        rows["indicators"] = len(indicators)
        write_table(indicators.assign(source_id=layer_id), INDICATORS_SCHEMA, folder / INDICATORS)
        rows["set_aside"] = 0
        with pq.ParquetWriter(folder / SET_ASIDE, SET_ASIDE_SCHEMA, compression="zstd") as writer:
            for part in ordered:
                set_aside = part.set_aside()
                rows["set_aside"] += len(set_aside)
                writer.write_table(pa.Table.from_pandas(set_aside, schema=SET_ASIDE_SCHEMA, preserve_index=False))
        return About(
            place_code=place.code,
            place_name=place.name,
            source=source.name,
            origin=source.origin,
            address=ordered[0].address.partition("?")[0],
            pulled_at=moment,
            asked_from=min((part.asked_at for part in parts if part.stale_since is None), default=moment),
            indicator_ids=tuple(indicator_ids),
            levels=tuple(place.within),
            holds=holds,
            rows=rows,
            missing=(*missing, *_without_rows(ordered, holds)),
            answers=tuple(described(part) for part in ordered),
            stale_since=oldest.stale_since if oldest else None,
            stale_because=oldest.stale_because if oldest else "",
        )

    return layers.write(layer_id, fill)


def _write_values(parts: Sequence[Part], layer_id: str, path: Path) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Write the values; how many rows there are and how many came more than once, and which indicators each level has."""
    rows = {"values": 0, "repeated": 0}
    holds: dict[str, set[str]] = {}
    ids = sorted(every_indicator(parts))
    with pq.ParquetWriter(path, VALUES_SCHEMA, compression="zstd") as writer:
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            every = pd.concat([part.values(some) for part in parts], ignore_index=True)
            once = every.drop_duplicates(list(KEY)).sort_values(_ORDER, kind="stable").assign(source_id=layer_id)
            writer.write_table(pa.Table.from_pandas(once, schema=VALUES_SCHEMA, preserve_index=False))
            rows["values"] += len(once)
            rows["repeated"] += len(every) - len(once)
            for level, one in once[["level", "indicator_id"]].drop_duplicates().itertuples(index=False):
                holds.setdefault(str(level), set()).add(str(one))
            del every, once
            pa.default_memory_pool().release_unused()
    return rows, {level: tuple(sorted(those)) for level, those in sorted(holds.items())}


def _without_rows(parts: Sequence[Part], holds: Mapping[str, Sequence[str]]) -> list[Missing]:
    """Indicators of which a publisher gave no row at a level, with its reason."""
    reasons = {(one, part.asked.level): why for part in parts for one, why in part.absent.items()}
    return [Missing(one, (level,), "not published", why) for (one, level), why in reasons.items() if one not in holds.get(level, ())]
