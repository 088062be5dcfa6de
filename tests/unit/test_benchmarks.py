"""The benchmarks compare like with like: each naive way gives the answer that ours gives. Nothing here looks at a clock."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis import areas as levels
from analysis.gaps import empty_partners
from analysis.neighbourhoods import core20_gaps
from analysis.reach import Reach, origins
from analysis.vocabularies import CATEGORIES
from benchmarks import classify, naive, table
from benchmarks.__main__ import main
from benchmarks.measure import Row, Samples
from data_loaders import postcodes
from data_loaders.atlas import Atlas

REACH = Reach()


@pytest.fixture(scope="module")
def whole() -> Atlas:
    return Atlas()


@pytest.fixture(scope="module")
def sample(whole: Atlas) -> pd.DataFrame:
    """Core20 LSOAs from all over England."""
    return whole.areas[whole.areas["core20"]].iloc[::40]


@pytest.fixture(scope="module")
def found(whole: Atlas, sample: pd.DataFrame) -> pd.DataFrame:
    inside = whole.areas["lsoa21cd"].isin(sample["lsoa21cd"]).to_numpy(dtype=bool)
    gaps = core20_gaps(
        whole.areas,
        inside,
        whole.place_index,
        empty_partners(),
        today=classify.TODAY,
        reach=REACH,
        categories=CATEGORIES,
    )
    return gaps.set_index("lsoa21cd").loc[sample["lsoa21cd"]]


def test_both_ways_find_the_same_places_in_reach_and_the_same_nearest(
    whole: Atlas, sample: pd.DataFrame, found: pd.DataFrame
) -> None:
    reference = naive.in_reach(sample, whole.places, REACH, CATEGORIES)
    assert reference["places_in_reach"].tolist() == found["places_in_reach"].tolist()
    assert 0 < (reference["places_in_reach"] > 0).sum() < len(sample), (
        "a sample where all are alike would prove nothing"
    )
    for category in CATEGORIES:
        assert found[f"nearest_{category.replace(' ', '_')}_m"].to_numpy() == pytest.approx(
            reference[category].to_numpy()
        )


@pytest.mark.parametrize("level", classify.LEVELS)
def test_both_ways_add_up_to_the_same_people(
    whole: Atlas, sample: pd.DataFrame, found: pd.DataFrame, level: str
) -> None:
    code = {"pcn": "leading_pcn_code", "lad24": "lad24cd", "icb26": "icb26cd"}[level]
    reference = naive.rolled_up(sample, found[["places_in_reach"]], sample[code])
    ours = levels.summarise(
        sample,
        level,
        names=whole.names(level),
        states=found["state"].astype(str),
        pcn_shares=whole.pcn_shares if level == "pcn" else None,
    ).set_index("code")
    assert ours["people_possible_partners"].to_dict() == reference["mapped"].to_dict()
    assert ours["people_none_recorded"].to_dict() == reference["unmapped"].to_dict()


def test_a_disagreement_is_counted(whole: Atlas, sample: pd.DataFrame, found: pd.DataFrame) -> None:
    summaries = {
        level: levels.summarise(
            sample,
            level,
            names=whole.names(level),
            states=found["state"].astype(str),
            pcn_shares=whole.pcn_shares if level == "pcn" else None,
        )
        for level in classify.LEVELS
    }
    codes = {"pcn": "leading_pcn_code", "lad24": "lad24cd", "icb26": "icb26cd"}
    reference = {"lsoa": found[["places_in_reach"]]} | {
        level: naive.rolled_up(sample, found[["places_in_reach"]], sample[code]) for level, code in codes.items()
    }
    ours = {"lsoa": found.reset_index(), **summaries}
    assert classify.disagreements(ours, reference) == 0
    altered = found[["places_in_reach"]].copy()
    altered.iloc[0] += 1
    assert classify.disagreements(ours, reference | {"lsoa": altered}) == 1


def test_the_grid_agrees_with_the_loop(whole: Atlas, sample: pd.DataFrame) -> None:
    few = origins(sample.iloc[::12])
    reference = naive.reach_grid(few, whole.places, classify.WALKS, classify.DETOURS, CATEGORIES)
    assert 0 < reference.sum() < reference.size
    assert (classify.grid(whole.place_index, few) == reference).all()


def test_a_postcode_is_the_same_either_way(whole: Atlas) -> None:
    path, codes = whole.snapshot.path("postcodes"), whole.areas["lsoa21cd"]
    for wanted in ("RM96QD", "IG117NB", "ZZ99ZZ"):
        assert naive.postcode(path, wanted, codes) == postcodes.find(path, wanted, codes)


def test_the_outlines_hold_every_small_area(whole: Atlas) -> None:
    codes = naive.attributes(naive.lsoa_files())["code"]
    assert sorted(codes) == sorted(whole.areas["lsoa21cd"])


ROW = Row(
    "subject",
    "some work",
    Samples([90.0, 100.0, 140.0], "ms", [0.08, 0.09, 0.1]),
    120,
    naive=Samples([400.0]),
    naive_way="slowly",
)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (ROW, "within"),
        (replace(ROW, judged="p95"), "within by CPU"),
        (replace(ROW, judged="p95", waits=True), "OVER"),
        (replace(ROW, judged="p95", ours=Samples([140.0], "ms", [0.13])), "OVER"),
        (replace(ROW, budget=None), ""),
    ],
)
def test_a_row_is_judged_by_its_budget(row: Row, verdict: str) -> None:
    assert row.verdict == verdict
    assert row.ratio is not None and row.ratio == 400 / row.ours.median


def test_the_table_says_the_naive_way_once() -> None:
    text = table.render([ROW, ROW])
    assert text.count("naive = slowly") == 1
    assert "100 ms (90.0 to 140, n=3)" in text
    assert "4.0×" in text


def test_percentiles_are_by_nearest_rank() -> None:
    samples = Samples([float(value) for value in range(1, 21)])
    assert (samples.percentile(95), samples.percentile(50), samples.percentile(100)) == (19.0, 10.0, 20.0)


def test_an_unknown_subject_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "speed"])
    assert "there is no speed; choose from open, geometry, classify" in capsys.readouterr().err
