"""The figures of need as pages read them: every PCN has the six conditions, sums are England's, a live layer stands above the snapshot."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.area_codes import LEVELS
from data_loaders.atlas import Atlas
from data_loaders.indicator_values import KEY, ORIGINS, POLARITIES, VALUE_COLUMNS, typed
from data_loaders.needs import ENGLAND, Needs

SIX = ("219", "253", "241", "90581", "90933", "848")
TOWER_HAMLETS, NORTH_EAST_LONDON = "E09000030", "E54000029"


@pytest.fixture(scope="session")
def needs(atlas: Atlas) -> Needs:
    """The committed snapshot without a layer, opened once."""
    return Needs(atlas.snapshot)


def _headlines(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["category"].isna()]


@pytest.mark.parametrize("indicator_id", SIX)
def test_every_network_has_a_value_an_interval_and_a_period(needs: Needs, atlas: Atlas, indicator_id: str) -> None:
    rows = _headlines(needs.of_indicator(indicator_id, "pcn"))
    year = rows[rows["period"] == "2021/22"]
    assert sorted(year["area_code"]) == sorted(atlas.pcns["pcn_code"]), "every PCN once"
    assert year[["value", "lower_95", "upper_95", "lower_998", "upper_998", "count", "denominator"]].notna().all(axis=None)
    assert ((year["lower_998"] < year["lower_95"]) & (year["lower_95"] < year["value"]) & (year["value"] < year["upper_95"])).all()
    assert len(_headlines(needs.england(indicator_id)).query("period == '2021/22'")) == 1, "England's value to compare with"
    assert set(year["origin"]) == {"qof-practices"} and ORIGINS["qof-practices"].startswith("aggregated from practices")


def test_a_value_and_its_interval_by_hand(needs: Needs) -> None:
    """Wilson's score interval worked out from its formula, for one network."""
    row = _headlines(needs.of_indicator("219", "pcn")).query("period == '2021/22'").iloc[100]
    share, people = row["count"] / row["denominator"], row["denominator"]
    for z, lower, upper in ((1.959963984540054, "lower_95", "upper_95"), (3.090232306167813, "lower_998", "upper_998")):
        centre = share + z * z / (2 * people)
        spread = z * math.sqrt(share * (1 - share) / people + z * z / (4 * people * people))
        assert row[lower] == pytest.approx(100 * (centre - spread) / (1 + z * z / people), abs=1e-9)
        assert row[upper] == pytest.approx(100 * (centre + spread) / (1 + z * z / people), abs=1e-9)
    assert row["value"] == pytest.approx(100 * share)


@pytest.mark.parametrize(("level", "outside"), [("authority", "patients_in_no_authority"), ("pcn", "patients_in_no_network"), ("icb", None)])
def test_patients_of_england_are_all_somewhere(needs: Needs, atlas: Atlas, level: str, outside: str | None) -> None:
    told = {source.id: source.used for source in atlas.snapshot.manifests()}
    systems = set(atlas.areas["icb24cd"])
    for period, source in (("2021/22", "qof_2021_22"), ("2022/23", "qof_2022_23_cvd")):
        rows = _headlines(needs.of_indicator("219", level))
        rows = rows[(rows["period"] == period) & (rows["origin"] == "qof-practices")]
        if level == "icb":
            rows = rows[rows["area_code"].isin(systems)]
        whole = _headlines(needs.england("219"))
        england = whole.loc[whole["period"] == period, "denominator"].iloc[0]
        assert england == told[source]["patients"]
        assert rows["denominator"].sum() + (int(told[source][outside]) if outside else 0) == england


def test_the_systems_of_2026_hold_the_same_patients(needs: Needs, atlas: Atlas) -> None:
    rows = _headlines(needs.of_indicator("219", "icb")).query("period == '2021/22'").set_index("area_code")
    later = rows.loc[sorted(set(atlas.areas["icb26cd"])), "denominator"].sum()
    assert later == rows.loc[sorted(set(atlas.areas["icb24cd"])), "denominator"].sum()


def test_tenths_are_national_groups_in_order(needs: Needs) -> None:
    tenths = needs.tenths("219", ENGLAND)
    assert tenths["tenth"].tolist() == list(range(1, 11))
    assert tenths["category"].iloc[[0, 9]].tolist() == ["1 (most deprived)", "10 (least deprived)"]
    assert tenths["category_type"].nunique() == tenths["period"].nunique() == 1
    assert needs.tenths("253", ENGLAND)["value"].iloc[0] > 1.3 * needs.tenths("253", ENGLAND)["value"].iloc[9], "COPD falls with deprivation"
    assert len(needs.tenths("219", NORTH_EAST_LONDON)) == 10
    assert needs.tenths("219", "U00070").empty and needs.tenths("93085", TOWER_HAMLETS).empty


def test_fingertips_own_deciles_are_tenths_too(atlas: Atlas) -> None:
    words = ["Most deprived decile (IMD2019)", "Fifth less deprived decile (IMD2019)", "Least deprived decile (IMD2019)"]
    layer = typed(
        pd.DataFrame(
            {
                "indicator_id": "219",
                "area_code": ENGLAND,
                "level": "england",
                "sex": "Persons",
                "age": "All ages",
                "period": "2024/25",
                "period_sortable": 20240000,
                "category_type": "District & UA deprivation deciles",
                "category": words,
                "value": [3.0, 2.0, 1.0],
                "origin": "fingertips",
                "source_id": "layer",
            }
        )
    )
    assert Needs(atlas.snapshot, [layer]).tenths("219", ENGLAND)["tenth"].tolist() == [1, 6, 10]


def test_one_row_for_each_value(needs: Needs) -> None:
    assert not needs.values.duplicated(list(KEY)).any()
    assert list(needs.values.columns) == list(VALUE_COLUMNS)
    assert set(needs.values["origin"].dropna().unique()) <= set(ORIGINS)
    assert set(needs.values["level"].dropna().unique()) <= set(LEVELS)
    bare = needs.values[(needs.values["level"] == "icb") & (needs.values["period"] == "2021/22") & (needs.values["indicator_id"] == "219")]
    assert bare["lower_95"].notna().all(), "the sum with an interval stands for the published figure without one"


def test_every_way_in_gives_the_same_rows(needs: Needs) -> None:
    of_area = needs.of_area(TOWER_HAMLETS)
    assert {name: str(kind) for name, kind in of_area.dtypes.items()} == VALUE_COLUMNS
    assert len(of_area) == (needs.values["area_code"] == TOWER_HAMLETS).sum() > 400
    mine = of_area[of_area["indicator_id"] == "219"].reset_index(drop=True)
    by_indicator = needs.of_indicator("219", "authority")
    by_indicator = by_indicator[by_indicator["area_code"] == TOWER_HAMLETS].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, by_indicator)
    assert needs.of_area("E99999999").empty and needs.of_indicator("0", "pcn").empty and needs.england("0").empty
    assert len(needs.at_level("pcn")) == 1_298 * 27


def test_a_published_figure_with_its_interval(needs: Needs) -> None:
    rows = _headlines(needs.of_area(TOWER_HAMLETS))
    recent = rows[(rows["indicator_id"] == "219") & (rows["period"] == "2024/25")]
    assert len(recent) == 1 and recent["origin"].iloc[0] == "fingertips"
    assert recent["lower_95"].iloc[0] < recent["value"].iloc[0] < recent["upper_95"].iloc[0]
    life = rows[(rows["indicator_id"] == "ons-healthy-life-expectancy") & (rows["period"] == "2022 - 24")]
    assert sorted(life["sex"]) == ["Female", "Male"]


def test_what_is_not_published_is_empty_and_says_why(needs: Needs) -> None:
    city = _headlines(needs.of_area("E09000001"))
    joined = city[city["note"] == "Value for Hackney and City of London combined"]
    assert len(joined) > 50 and joined["value"].isna().any()
    assert not (joined["value"] == 0).any()
    hackney = _headlines(needs.of_area("E09000012"))
    assert hackney.loc[(hackney["indicator_id"] == "93722") & (hackney["period"] == "2022 - 24"), "value"].notna().all()


def test_a_figure_copied_down_is_known_as_one(needs: Needs) -> None:
    smoking = needs.shared[needs.shared["indicator_id"] == "93085"].set_index("area_code")
    assert smoking.loc[TOWER_HAMLETS, "areas"] == 7 and smoking.loc[TOWER_HAMLETS, "system"] == NORTH_EAST_LONDON
    assert "219" not in set(needs.shared["indicator_id"])


def _layer(value: float, period: str = "2030/31", area: str = "U00070") -> pd.DataFrame:
    row = {
        "indicator_id": "219",
        "area_code": area,
        "area_name": "A network",
        "level": "pcn",
        "sex": "Persons",
        "age": "All ages",
        "category": "",
        "category_type": "",
        "period": period,
        "period_sortable": int(period[:4]) * 10_000,
        "value": value,
        "origin": "fingertips",
        "source_id": "layer-1",
        "note": "",
    }
    return typed(pd.DataFrame([row]))


def test_a_layer_replaces_an_indicator_of_an_area_entirely(needs: Needs, atlas: Atlas) -> None:
    over = Needs(atlas.snapshot, [_layer(1.0), _layer(2.0)], live={"layer-1": "pulled live from a publisher on 16 August 2026"})
    mine = over.of_area("U00070")
    hypertension = mine[mine["indicator_id"] == "219"]
    assert hypertension[["period", "value"]].to_numpy().tolist() == [["2030/31", 2.0]], "the newest layer alone"
    assert hypertension["category"].isna().all() and hypertension["note"].isna().all(), "an empty text is missing, so this is a headline"
    before = needs.of_area("U00070")
    others = [rows[rows["indicator_id"] != "219"].reset_index(drop=True) for rows in (mine, before)]
    pd.testing.assert_frame_equal(*others)
    assert len(over.values) == len(needs.values) - (before["indicator_id"] == "219").sum() + 1
    assert over.layer_lines({"layer-1", "qof_2021_22"}) == ["Pulled live from a publisher on 16 August 2026"]
    assert over.layer_lines({"qof_2021_22"}) == []
    assert over.copies["layer-1"] == ("fingertips", "")


def test_an_area_and_an_indicator_that_only_the_layer_has(atlas: Atlas) -> None:
    layer = _layer(5.0, area="U99999").assign(indicator_id="999999").astype({"indicator_id": "str"})
    over = Needs(atlas.snapshot, [layer])
    assert over.of_area("U99999")["value"].tolist() == [5.0]
    assert over.of_indicator("999999", "pcn")["area_code"].tolist() == ["U99999"]


def test_polarity_is_read_live_first_then_from_the_catalogue(needs: Needs, atlas: Atlas) -> None:
    assert set(needs.polarity.dropna()) <= set(POLARITIES)
    assert needs.polarity["93283"] == "high is good", "as recorded with the Local Health indicators"
    entry = next(each for area in needs.catalogue.areas for each in area.indicators if each.polarity == "low is good")
    ident = entry.indicator_id
    assert needs.polarity[ident] == "low is good" and needs.indicators.loc[ident, "polarity_source"] == entry.polarity_source
    live = pd.DataFrame({"indicator_id": [ident], "polarity": ["not applicable"], "polarity_source": ["live"], "name": [""]})
    over = Needs(atlas.snapshot, described=[live])
    assert over.polarity[ident] == "not applicable" and over.indicators.loc[ident, "name"] == needs.indicators.loc[ident, "name"]
    assert over.is_sideways(ident) and not needs.is_sideways(ident)


def test_every_indicator_is_described(needs: Needs) -> None:
    described = needs.indicators
    assert set(needs.values["indicator_id"].unique()) <= set(described.index)
    assert set(needs.catalogue.ids()) <= set(described.index)
    assert described.loc["94240", "name"] == "Deprivation score (IMD 2025)", "newer than the recorded metadata"
    assert described.loc["219", ["unit", "multiplier", "value_type"]].tolist() == ["%", 100.0, "Proportion"]
    assert needs.unit("93722") == "per 100,000" and needs.unit("94240") is None
    assert needs.short_name("219") == needs.catalogue.indicator("219").name and needs.is_known("219") and not needs.is_known("0")


def test_an_indicator_says_where_it_is_published(needs: Needs) -> None:
    assert {"england", "icb", "authority", "pcn"} <= set(needs.levels("219"))
    assert "neighbourhoods (PCN)" in needs.where_published("219")
    assert "no value of it anywhere" in needs.where_published("94121")


def test_sources_are_those_used(needs: Needs) -> None:
    assert [source.id for source in needs.sources({"qof_2021_22", "layer-1"})] == ["qof_2021_22"]
    assert set(needs.values["source_id"].dropna().unique()) <= set(needs.vintages)


@pytest.mark.parametrize("indicator_id", ["1210", "91736"])
def test_what_was_a_rate_and_is_recorded_as_a_proportion_has_its_new_unit(needs: Needs, indicator_id: str) -> None:
    assert needs.unit(indicator_id) == "%"
    assert "roportion" in str(needs.indicators.loc[indicator_id, "name"])
    values = needs.of_indicator(indicator_id, "authority")["value"].dropna()
    assert len(values) > 20 and values.between(0, 100).all()
