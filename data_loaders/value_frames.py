"""Indicator values as the process holds them: the long frame with its texts coded, so that 170,000 rows open in a blink."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import union_categoricals

from analysis.intervals import wilson
from data_loaders.errors import SnapshotError
from data_loaders.indicator_values import VALUE_COLUMNS
from data_loaders.qof import AGES

TENTHS = "Practices in ten groups by deprivation (IMD 2025, national)"
_TEXTS = [name for name, kind in VALUE_COLUMNS.items() if kind == "str"]
_NUMBERS = [name for name, kind in VALUE_COLUMNS.items() if kind != "str"]
_SOURCES = {"2021/22": "qof_2021_22", "2022/23": "qof_2022_23_cvd"}
_AREA_TYPES = {
    "england": "England",
    "region": "Regions",
    "icb": "ICBs",
    "sub_icb": "ICB sub-locations",
    "authority": "Local authorities",
    "pcn": "PCNs (January 2026)",
}


def tenth_name(tenth: int) -> str:
    """What a tenth is called: "1 (most deprived)" … "10 (least deprived)"."""
    return {1: "1 (most deprived)", 10: "10 (least deprived)"}.get(tenth, str(tenth))


def read(path: Path) -> pd.DataFrame:
    """A table of the snapshot with every text column as a category. SnapshotError where it cannot be read."""
    try:
        schema = pq.read_schema(path)
        texts = [each.name for each in schema if pa.types.is_string(each.type) or pa.types.is_large_string(each.type)]
        return pq.read_table(path, read_dictionary=texts).to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise SnapshotError(path, f"it cannot be read ({error})") from error


def coded(values: pd.DataFrame) -> pd.DataFrame:
    """VALUE_COLUMNS with texts as categories; an empty text is missing, whichever way its reader wrote it."""
    made: dict[str, object] = {}
    for name in _TEXTS:
        column = values[name].astype("category")
        made[name] = column.cat.remove_categories([""]) if "" in column.cat.categories else column
    for name in _NUMBERS:
        made[name] = values[name].astype("float64" if name == "period_years" else VALUE_COLUMNS[name])
    return pd.DataFrame(made)[list(VALUE_COLUMNS)]


def of_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Registers added up, as values (VALUE_COLUMNS, texts as categories): per cent, with Wilson's 95% and 99.8% intervals.

    counts: the snapshot's qof_counts, texts as categories. Sums of tenths are breakdowns; the rest are headlines.
    """
    number = len(counts)
    people, out_of = counts["count"].to_numpy(dtype=float), counts["denominator"].to_numpy(dtype=float)
    value, lower_95, upper_95 = wilson(people, out_of, confidence=0.95, multiplier=100.0)
    _, lower_998, upper_998 = wilson(people, out_of, confidence=0.998, multiplier=100.0)
    years = {name: int(name[:4]) * 10_000 for name in counts["period"].cat.categories}
    tenth = counts["tenth"].to_numpy(dtype=float)
    # −1 is a category's code for a missing text.
    group = np.where(np.isnan(tenth), -1, np.nan_to_num(tenth) - 1).astype(np.int8)
    made = {name: _constant(None, number) for name in _TEXTS} | {
        "indicator_id": counts["indicator_id"],
        "area_code": counts["area_code"],
        "area_name": counts["area_name"],
        "area_type": _renamed(counts["level"], _AREA_TYPES),
        "level": counts["level"],
        "sex": _constant("Persons", number),
        "age": _renamed(counts["indicator_id"], AGES),
        "category_type": pd.Categorical.from_codes(np.minimum(group, 0), [TENTHS]),
        "category": pd.Categorical.from_codes(group, [tenth_name(each) for each in range(1, 11)]),
        "period": counts["period"],
        "origin": _constant("qof-practices", number),
        "source_id": _renamed(counts["period"], _SOURCES),
        "period_sortable": counts["period"].map(years).astype("int32"),
        "period_years": np.ones(number),
        "value": value,
        "lower_95": lower_95,
        "upper_95": upper_95,
        "lower_998": lower_998,
        "upper_998": upper_998,
        "count": people,
        "denominator": out_of,
    }
    return pd.DataFrame(made)[list(VALUE_COLUMNS)]


def _constant(text: str | None, number: int) -> pd.Categorical:
    codes = np.full(number, -1 if text is None else 0, dtype=np.int8)
    return pd.Categorical.from_codes(codes, pd.Index([text] if text else [], dtype="str"))


def _renamed(column: pd.Series, words: dict[str, str]) -> pd.Categorical:
    """A category column said in other words; several old words may become one new one."""
    new = [words[name] for name in column.cat.categories]
    names = list(dict.fromkeys(new))
    place = np.array([names.index(name) for name in new], dtype=np.int16)
    codes = column.cat.codes.to_numpy()
    return pd.Categorical.from_codes(np.where(codes < 0, -1, place[codes]), names)


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames one beneath the other, their categories joined."""
    whole = [frame for frame in frames if len(frame)] or list(frames[:1])
    made: dict[str, object] = {}
    for name, kind in VALUE_COLUMNS.items():
        if kind == "str":
            made[name] = union_categoricals([_plain(frame[name]) for frame in whole])
        else:
            made[name] = np.concatenate([frame[name].to_numpy() for frame in whole])
    return pd.DataFrame(made)


def _plain(column: pd.Series) -> pd.Categorical:
    """The same categories as text of one type, whatever they were read as."""
    return pd.Categorical.from_codes(column.cat.codes.to_numpy(), column.cat.categories.astype("str"))


def pairs(values: pd.DataFrame, columns: Sequence[str], like: pd.DataFrame) -> npt.NDArray[np.int64]:
    """One number for each row's combination of category columns, the same for equal texts in `like`; −1 where `like` has no such text."""
    number = np.zeros(len(values), dtype=np.int64)
    unknown = np.zeros(len(values), dtype=bool)
    for name in columns:
        known = like[name].cat.categories
        place = np.append(known.get_indexer(values[name].cat.categories), -2)
        code = place[values[name].cat.codes.to_numpy()]
        unknown |= code == -1
        number = number * (len(known) + 3) + code + 2
    return np.where(unknown, -1, number)


def in_pairs(values: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which rows have a combination of category columns that `other` has too."""
    return np.isin(pairs(values, columns, other), np.unique(pairs(other, columns, other)))


def written(rows: pd.DataFrame, columns: Sequence[str] = tuple(VALUE_COLUMNS)) -> pd.DataFrame:
    """Rows (or some of their columns) with texts as plain text and the types of VALUE_COLUMNS, in order."""
    return pd.DataFrame({name: rows[name].astype(VALUE_COLUMNS[name]) for name in columns}).reset_index(drop=True)
