"""The figures of an area: the newest of each, England's beside it, comparison and trend; on frames made by hand and on the snapshot."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.board import compared, headline_rows, positions
from data_loaders.atlas import Atlas
from data_loaders.indicator_values import typed
from data_loaders.needs import Needs

SIX = ("219", "253", "241", "90581", "90933", "848")
NAN = float("nan")


def _values(*rows: dict[str, object]) -> pd.DataFrame:
    """Rows of VALUE_COLUMNS: indicator 1 of area A for 2022/23, 10 (9 to 11), unless they say otherwise."""
    usual = {
        "indicator_id": "1",
        "area_code": "A",
        "sex": "Persons",
        "age": "All ages",
        "period": "2022/23",
        "period_years": 1,
        "value": 10.0,
        "lower_95": 9.0,
        "upper_95": 11.0,
        "origin": "fingertips",
        "source_id": "s",
    }
    made = [usual | row for row in rows]
    return typed(pd.DataFrame([{"period_sortable": int(str(row["period"])[:4]) * 10_000} | row for row in made]))


def _bare(value: float, **more: object) -> dict[str, object]:
    return {"value": value, "lower_95": None, "upper_95": None} | more


def _england(*rows: dict[str, object]) -> pd.DataFrame:
    return headline_rows(_values(*({"area_code": "E92000001", "value": 20.0} | row for row in rows)))


def _polarity(words: str | None = None, indicator_id: str = "1") -> pd.Series:
    return pd.Series({indicator_id: words}, dtype=object)


def _one(values: pd.DataFrame, england: pd.DataFrame | None = None, polarity: str | None = None) -> dict[str, object]:
    table = compared(values, _england({}) if england is None else england, _polarity(polarity))
    (record,) = table.to_dict("records")
    return record


# Which rows


def test_the_newest_period_of_each_area_and_indicator_stands() -> None:
    values = _values(
        {"period": "2022/23", "value": 2.0},
        {"period": "2024/25", "value": 4.0},
        {"period": "2023/24", "value": 3.0},
        {"area_code": "B", "period": "2021/22", "value": 1.0},
        {"indicator_id": "2", "period": "2020/21", "value": 9.0},
    )
    table = compared(values, _england({}), _polarity())
    found = {(row.area_code, row.indicator_id): (row.period, row.value) for row in table.itertuples()}
    assert found == {("A", "1"): ("2024/25", 4.0), ("B", "1"): ("2021/22", 1.0), ("A", "2"): ("2020/21", 9.0)}


def test_persons_stand_before_sexes_and_sexes_where_there_are_no_persons() -> None:
    both = [{"sex": "Male", "value": 1.0}, {"sex": "Female", "value": 2.0}]
    assert headline_rows(_values(*both, {"sex": "Persons", "value": 3.0}))["value"].tolist() == [3.0]
    alone = headline_rows(_values(*both))
    assert dict(zip(alone["who"], alone["value"], strict=True)) == {"Male": 1.0, "Female": 2.0}
    # A row that does not say its sex is about everyone; persons of another year take nothing away.
    assert headline_rows(_values(*both, {"sex": None, "value": 3.0}))["who"].tolist() == [""]
    assert len(headline_rows(_values(*both, {"sex": "Persons", "period": "2021/22"}))) == 3


def test_breakdowns_are_never_headlines() -> None:
    rows = headline_rows(_values({}, {"category_type": "Deprivation", "category": "1 (most deprived)", "value": 99.0}))
    assert rows["value"].tolist() == [10.0]


def test_a_silent_age_takes_the_only_one_known_for_the_same_people() -> None:
    rows = headline_rows(_values({"age": None}, {"age": "18+ yrs", "area_code": "B"}))
    assert rows.set_index("area_code")["age"].to_dict() == {"A": "18+ yrs", "B": "18+ yrs"}
    several = headline_rows(_values({"age": None}, {"age": "18+ yrs", "area_code": "B"}, {"age": "65+ yrs", "area_code": "B"}))
    assert several.set_index("area_code").loc["A", "age"] == "", "two are known, so neither is meant"
    other_sex = headline_rows(_values({"age": None, "sex": "Male"}, {"age": "18+ yrs", "sex": "Female", "area_code": "B"}))
    assert other_sex.set_index("area_code").loc["A", "age"] == ""
    assert headline_rows(_values({"age": None}))["age"].tolist() == [""]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("kept", "dropped"),
    [
        ({"source_id": "kept"}, _bare(10.0)),
        (_bare(10.0, source_id="kept"), _bare(NAN, note="Suppressed")),
        (_bare(NAN, note="Suppressed", source_id="kept"), _bare(NAN)),
        ({"source_id": "kept"}, _bare(10.0, age=None)),
    ],
    ids=["an interval before none", "a value before a note", "a note before nothing", "the same once its age is known"],
)
def test_of_two_rows_that_say_the_same_the_one_that_says_more_is_kept(
    kept: dict[str, object], dropped: dict[str, object], turned: bool
) -> None:
    pair = [dropped, kept] if turned else [kept, dropped]
    assert headline_rows(_values(*pair))["source_id"].tolist() == ["kept"]


def test_a_newest_figure_that_was_suppressed_stays_with_its_note_and_is_never_zero() -> None:
    record = _one(
        _values({"period": "2021/22"}, _bare(NAN, note="Suppressed: fewer than 5", compared_to_england="Better 95%")),
        _england({"period": "2021/22"}, {}),
        "low is good",
    )
    assert record["period"] == "2022/23" and record["note"] == "Suppressed: fewer than 5"
    assert math.isnan(record["value"]), "missing, not nought"  # type: ignore[arg-type]
    assert record["comparison"] == "not compared"
    assert (record["earlier_period"], record["earlier_value"], record["earlier_comparison"]) == ("2021/22", 10.0, "better")


def test_the_rows_are_in_their_own_order_and_nothing_is_changed() -> None:
    values = _values({"area_code": "C"}, {"area_code": "A"}, {"area_code": "B"})
    before = values.copy(deep=True)
    assert compared(values, _england({}), _polarity())["area_code"].tolist() == ["C", "A", "B"]
    pd.testing.assert_frame_equal(values, before)


# England's value


def test_england_is_matched_by_period_sex_and_age() -> None:
    england = _england(
        {"period": "2021/22", "value": 1.0},
        {"value": 2.0, "age": "18+ yrs"},
        {"value": 3.0, "age": "65+ yrs"},
        {"indicator_id": "2", "value": 4.0},
        {"indicator_id": "3", "sex": "Male", "value": 5.0},
    )
    values = _values(
        {"area_code": "early", "period": "2021/22"},
        {"area_code": "adults", "age": "18+ yrs"},
        {"area_code": "older", "age": "65+ yrs"},
        {"area_code": "other age", "age": "0-4 yrs"},
        {"area_code": "written otherwise", "indicator_id": "2", "age": "Every age"},
        {"area_code": "males", "indicator_id": "3", "sex": "Male"},
        {"area_code": "females", "indicator_id": "3", "sex": "Female"},
        {"area_code": "no such year", "period": "2019/20"},
    )
    found = compared(values, england, _polarity()).set_index("area_code")["england"]
    assert found.dropna().to_dict() == {"early": 1.0, "adults": 2.0, "older": 3.0, "written otherwise": 4.0, "males": 5.0}
    assert found[["other age", "females", "no such year"]].isna().all(), "two rows of England: neither is meant"


def test_a_suppressed_figure_of_england_is_none() -> None:
    record = _one(_values({}), _england(_bare(NAN, note="Missing")))
    assert math.isnan(record["england"]) and record["comparison"] == "not compared"  # type: ignore[arg-type]


# Comparison


@pytest.mark.parametrize(
    ("value", "polarity", "word"),
    [
        (10.0, "low is good", "better"),
        (10.0, "high is good", "worse"),
        (10.0, "not applicable", "lower"),
        (10.0, None, "lower"),
        (30.0, "low is good", "worse"),
        (30.0, "high is good", "better"),
        (30.0, "blue orange blue", "higher"),
        (20.5, "low is good", "similar"),
        (21.0, "low is good", "similar"),
        (19.0, "high is good", "similar"),
    ],
)
def test_comparison_follows_the_interval_and_the_polarity(value: float, polarity: str | None, word: str) -> None:
    """England is 20. A limit that equals it (20 for 21, 20 for 19) does not exclude it."""
    record = _one(_values({"value": value, "lower_95": value - 1, "upper_95": value + 1}), polarity=polarity)
    assert record["comparison"] == word


def test_what_the_publisher_says_stands_else_what_we_work_out() -> None:
    said = {"compared_to_england": "Worse 95%"}
    assert _one(_values(_bare(10.0, **said)), polarity="low is good")["comparison"] == "worse", "no interval"
    assert _one(_values(said), _england({"period": "2001/02"}), "low is good")["comparison"] == "worse", "no value of England"
    assert _one(_values(said), polarity="low is good")["comparison"] == "worse", "by 95% or 99.8%, as the indicator has it"
    assert _one(_values({"compared_to_england": "Not compared"}), polarity="low is good")["comparison"] == "better", "ours"
    assert _one(_values(_bare(10.0, compared_to_england="Not compared")))["comparison"] == "not compared"


def test_the_newest_earlier_comparison_is_told_beside_a_figure_that_has_none() -> None:
    years = _values(
        {"period": "2019/20", "value": 30.0, "lower_95": 29.0, "upper_95": 31.0},
        {"period": "2020/21"},
        _bare(12.0, period="2021/22"),
        _bare(13.0, period="2022/23"),
    )
    england = _england({"period": "2019/20"}, {"period": "2020/21", "value": 19.0}, {"period": "2022/23"})
    record = _one(years, england, "low is good")
    assert (record["value"], record["comparison"]) == (13.0, "not compared")
    earlier = {name: record[f"earlier_{name}"] for name in ("period", "value", "england", "comparison")}
    assert earlier == {"period": "2020/21", "value": 10.0, "england": 19.0, "comparison": "better"}
    told = _one(_values({"period": "2021/22"}, {}), _england({"period": "2021/22"}, {}))
    assert told["comparison"] == "lower" and pd.isna(pd.Series([told[name] for name in told if name.startswith("earlier")])).all()


# Trend


def _five_years(values: list[float], **newest: object) -> pd.DataFrame:
    years = [
        {"period": f"{year}/{year - 1999}", "value": value, "lower_95": value - 0.2, "upper_95": value + 0.2}
        for year, value in enumerate(values, start=2019)
    ]
    years[-1] |= newest
    return _values(*years)


def test_the_trend_is_the_publishers_where_there_is_one_else_worked_out() -> None:
    rising = [10.0, 11.0, 12.0, 13.0, 14.0]
    assert _one(_five_years(rising))["trend"] == "increasing"
    assert _one(_five_years(rising), polarity="low is good")["trend"] == "increasing and getting worse"
    assert _one(_five_years(rising[::-1]), polarity="low is good")["trend"] == "decreasing and getting better"
    assert _one(_five_years([10.0, 10.1, 10.0, 10.1, 10.0]))["trend"] == "no significant change"
    assert _one(_five_years(rising, trend="Decreasing and getting better"))["trend"] == "decreasing and getting better"
    assert _one(_five_years(rising, trend="Cannot be calculated"))["trend"] == "increasing"
    assert _one(_five_years(rising[1:]))["trend"] == "cannot be calculated", "four years"
    assert _one(_values(_bare(NAN, note="Suppressed")))["trend"] == "cannot be calculated"


def test_each_series_has_its_own_trend() -> None:
    up = _five_years([10.0, 11.0, 12.0, 13.0, 14.0]).assign(area_code="up")
    down = _five_years([14.0, 13.0, 12.0, 11.0, 10.0]).assign(area_code="down")
    males, females = up.assign(area_code="both", sex="Male"), down.assign(area_code="both", sex="Female")
    mixed = pd.concat([up, down, males, females]).sample(frac=1, random_state=3).reset_index(drop=True)
    found = compared(mixed, _england({}), _polarity()).set_index(["area_code", "who"])["trend"].to_dict()
    assert found == {("up", ""): "increasing", ("down", ""): "decreasing", ("both", "Male"): "increasing", ("both", "Female"): "decreasing"}


# Where an area stands


def test_positions_are_fifths_of_each_figure_of_each_period() -> None:
    ten = [{"area_code": f"A{number}", "value": float(number)} for number in range(10)]
    rows = headline_rows(
        _values(*ten, _bare(NAN, area_code="A10", note="Suppressed"), {"area_code": "A0", "period": "2021/22", "value": 99.0})
    )
    found = positions(rows)
    now = found.xs(20_220_000, level="period_sortable")
    assert now["fifth"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] and set(now["of"]) == {10}
    before = found.xs(20_210_000, level="period_sortable")
    assert before[["fifth", "of"]].to_numpy().tolist() == [[3, 1]], "alone, so in the middle of one"
    assert "A10" not in found.index.get_level_values("area_code")


def test_nothing_in_nothing_out() -> None:
    nothing = _values({}).iloc[:0]
    table = compared(nothing, _england({}), _polarity())
    assert table.empty
    assert {"who", "england", "comparison", "trend", "earlier_period", "earlier_value", "earlier_england", "earlier_comparison"} <= set(table)
    assert positions(headline_rows(nothing)).empty
    without = compared(_values({}), headline_rows(nothing), pd.Series(dtype=object))
    assert without["comparison"].tolist() == ["not compared"]


# The committed snapshot


@pytest.fixture(scope="module")
def counts(atlas: Atlas) -> list[dict[str, object]]:
    """Registers added up, as the snapshot has them, without pandas."""
    rows: list[dict[str, object]] = pq.read_table(atlas.snapshot.path("qof_counts")).to_pylist()
    return rows


@pytest.mark.parametrize("indicator_id", SIX)
def test_every_network_of_england_has_a_value_an_interval_and_a_comparison(needs: Needs, atlas: Atlas, indicator_id: str) -> None:
    rows = needs.board("pcn")[needs.board("pcn")["indicator_id"] == indicator_id]
    assert sorted(rows["area_code"]) == sorted(atlas.pcns["pcn_code"]) and len(rows) == 1_298, "each once"
    assert rows[["value", "lower_95", "upper_95", "england", "period"]].notna().all(axis=None)
    assert ((rows["lower_95"] < rows["value"]) & (rows["value"] < rows["upper_95"])).all()
    assert set(rows["comparison"]) == {"lower", "similar", "higher"} or set(rows["comparison"]) == {"better", "similar", "worse"}


def test_englands_value_is_the_sum_of_registers_over_the_sum_of_lists(needs: Needs, counts: list[dict[str, object]]) -> None:
    """Added up with plain Python from the practices' systems (April 2024), which hold every practice once."""
    icb24 = set(pd.read_parquet(needs.snapshot.path("small_areas"), columns=["icb24cd"])["icb24cd"])
    people: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in counts:
        if row["level"] == "icb" and row["tenth"] is None and row["area_code"] in icb24:
            total = people[str(row["indicator_id"]), str(row["period"])]
            total[0] += float(row["count"])  # type: ignore[arg-type]
            total[1] += float(row["denominator"])  # type: ignore[arg-type]
    checked = 0
    for (indicator, period), england in needs.board("pcn").groupby(["indicator_id", "period"], observed=True)["england"]:
        if indicator not in SIX:
            continue
        count, denominator = people[str(indicator), str(period)]
        assert england.nunique() == 1
        assert england.iloc[0] == pytest.approx(100 * count / denominator, abs=1e-9), (indicator, period)
        checked += len(england)
    assert checked == 6 * 1_298


def _by_row(record: dict[str, object], england: float) -> str:
    """What a person with a ruler would say of one row, without polarity: what its publisher says, else where the interval lies."""
    said = str(record["compared_to_england"]).lower().split(" ")[0]
    if said in ("better", "similar", "worse", "lower", "higher"):
        return said
    lower, upper = float(record["lower_95"]), float(record["upper_95"])  # type: ignore[arg-type]
    if any(map(math.isnan, (lower, upper, england))):
        return "not compared"
    return "higher" if lower > england else "lower" if upper < england else "similar"


def test_many_at_once_are_the_same_as_one_at_a_time(needs: Needs) -> None:
    """300 figures of networks, systems and authorities, each sought in the values by plain loops."""
    draw = np.random.default_rng(11)
    for level, number in (("pcn", 100), ("icb", 100), ("authority", 100)):
        values = needs.at_level(level)
        values = values[values["indicator_id"].isin(SIX)].reset_index(drop=True)
        table = compared(values, needs.england_headlines, pd.Series(dtype=object)).to_dict("records")
        england = [row for row in needs.of_area("E92000001").to_dict("records") if not isinstance(row["category"], str)]
        records = values.to_dict("records")
        for at in draw.choice(len(table), number, replace=False):
            mine = table[at]
            same = [each for each in records if (each["area_code"], each["indicator_id"]) == (mine["area_code"], mine["indicator_id"])]
            newest = max(each["period_sortable"] for each in same)
            (expected,) = [each for each in same if each["period_sortable"] == newest]
            theirs = [
                row["value"] for row in england if (row["indicator_id"], row["period_sortable"]) == (mine["indicator_id"], newest)
            ]
            assert mine["period_sortable"] == newest
            assert mine["comparison"] == _by_row(expected, theirs[0] if theirs else NAN), mine
            assert mine["england"] == pytest.approx(theirs[0] if theirs else NAN, nan_ok=True)
