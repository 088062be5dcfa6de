"""What a person takes away: every figure with its period, source, unit and direction, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from data_loaders.atlas import Atlas
from data_loaders.needs import ENGLAND, Needs
from presentation import downloads, provenance
from presentation.need_export import for_download
from presentation.need_words import POLARITY_WORDS
from presentation.place_figures import place_figures


@pytest.fixture(scope="module")
def figures(atlas: Atlas, needs: Needs) -> pd.DataFrame:
    return place_figures(atlas, needs, atlas.gazetteer.place("E09000030"))


def test_every_row_has_its_period_source_unit_and_direction(figures: pd.DataFrame, needs: Needs) -> None:
    table = for_download(figures, needs)
    assert len(table) == len(figures)
    assert table[["indicator_id", "indicator", "period", "publisher", "copy", "area_code"]].notna().all(axis=None)
    assert (table[["indicator", "period", "publisher", "copy"]] != "").all(axis=None)
    assert set(table["direction"]) <= {*POLARITY_WORDS.values(), "not established in this copy"}
    assert table.loc[table["indicator_id"] == "219", "unit"].tolist() == ["%"]
    assert {"OHID Fingertips", "aggregated from practices, NHS England QOF", "ONS Explore local statistics"} <= set(table["publisher"])
    assert set(table["sex"]) <= {"Persons", "Male", "Female"} and (table["sex"] == "Persons").any()
    assert table["address"].str.fullmatch(r"(https://fingertips\.phe\.org\.uk/\S+)?").all() and (table["address"] != "").any()
    assert (table.loc[~table["indicator_id"].str.isdigit(), "address"] == "").all(), "an ONS figure has no page at Fingertips"


def test_a_suppressed_figure_leaves_as_an_empty_cell_with_its_note(figures: pd.DataFrame, needs: Needs) -> None:
    table = for_download(figures, needs)
    missing = figures["value"].isna().to_numpy()
    assert missing.any()
    text = downloads.to_csv(table, []).decode("utf-8-sig")
    again = pd.read_csv(io.StringIO(text), dtype={"indicator_id": str})
    assert again.loc[missing, "value"].isna().all()
    assert again.loc[missing, "note"].dropna().tolist() == figures.loc[missing, "note"].dropna().tolist() != []
    assert again["value"].to_numpy() == pytest.approx(figures["value"].round(6).to_numpy(), nan_ok=True)


def test_a_name_that_is_a_formula_is_text_in_every_file(figures: pd.DataFrame, needs: Needs) -> None:
    bad = figures.head(4).assign(area_name=["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"], note="=cmd|' /C calc'!A0")
    table = for_download(bad, needs)
    again = pd.read_csv(io.BytesIO(downloads.to_csv(table, ["A title\n=1+1"])), comment="#")
    assert again["area_name"].tolist() == ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(A1)"] and again["note"].str.startswith("'=").all()
    book = openpyxl.load_workbook(io.BytesIO(downloads.to_xlsx(table, ["A title"], "Figures")))
    cells = [cell for row in book["Figures"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}, "no cell is a formula"
    assert "=HYPERLINK(1)" in {cell.value for cell in cells}


def test_the_notes_name_every_copy_with_its_vintage_and_licence(figures: pd.DataFrame, needs: Needs) -> None:
    used = set(figures["source_id"].astype(str))
    notes = provenance.needs_notes("Figures for Tower Hamlets", needs, used, date(2026, 9, 1))
    assert notes[0] == "Figures for Tower Hamlets" and notes[1] == "Made by Common Ground on 2026-09-01."
    assert notes[-1] == provenance.ATTRIBUTION
    sources = [line for line in notes[:-1] if line.startswith("Source: ")]
    manifests = {source.id: source for source in needs.snapshot.manifests()}
    for each in used:
        (line,) = [line for line in sources if line.startswith(f"Source: {manifests[each].title}. ")]
        assert manifests[each].vintage in line and manifests[each].licence in line
    assert any("never zero" in line for line in notes) and any("Wilson" in line for line in notes)
    assert len(sources) == len(used), "and no other"


def test_the_foot_names_the_copies_of_what_is_shown_and_a_live_layer_by_its_own_words(needs: Needs, atlas: Atlas) -> None:
    foot = provenance.needs_foot(needs, {"qof_2021_22"})
    (source,) = needs.sources({"qof_2021_22"})
    assert f"{source.title} ({source.vintage})" in foot
    assert "none in this copy" in provenance.needs_foot(needs, set())
    live = Needs(atlas.snapshot, live={"layer-1": "pulled live from OHID Fingertips on 16 August 2026"})
    assert "ulled live from OHID Fingertips on 16 August 2026" in provenance.needs_foot(live, {"layer-1"})
    assert "ulled live" not in provenance.needs_foot(live, {"qof_2021_22"})
    assert any("ulled live" in line for line in provenance.needs_notes("T", live, {"layer-1"}, date(2026, 9, 1)))


def test_englands_own_figures_leave_too(atlas: Atlas, needs: Needs) -> None:
    table = for_download(place_figures(atlas, needs, atlas.gazetteer.place(ENGLAND)), needs)
    assert set(table["area_code"]) == {ENGLAND} and set(table["comparison"]) == {"not compared"}
