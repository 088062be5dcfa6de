"""The command line: the same figures as the pages, in forms that other programs read, and one clear line when it cannot be done."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.gaps import empty_partners
from analysis.neighbourhoods import core20_gaps
from analysis.reach import Reach
from commands import areas, gaps, known
from commands.__main__ import main
from data_loaders import published_assets
from data_loaders.atlas import Atlas
from data_loaders.published_assets import PublishedAssets
from presentation.current_assets import CurrentAssets, put_together
from presentation.register_cache import FILE
from register import asset_decisions, assets, partners, relationships
from register.store import Acting, open_register
from tests.register.beginnings import STEWARD, partner_fields

DOCUMENTED = ["lsoa21cd", "lsoa21nm", "neighbourhood", "people", "state", "rank"]
ALSO = ["leading_pcn_code", "leading_pcn_share", "places_in_reach", "nearest_place_of_worship_m", "nearest_library_m", "nearest_community_centre_m"]
# Each stands where the people of a Core20 LSOA of Barking and Dagenham live, over a kilometre apart.
PARTNERS = (
    "name,stage,postcode,easting,northing,last_confirmed\n"
    "Example Hub,formal or funded,,{first},{confirmed}\n"
    "=1+1,talking,,{second},\n"
    "Nowhere,talking,EH1 1YZ,,,\n"
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def built_in(atlas: Atlas) -> CurrentAssets:
    """The places that are built in, put together once for all that change nothing of them."""
    return put_together(atlas, published_assets.current(atlas, {"COMMON_GROUND_DATA": "/nowhere"}), None, date.today())


@pytest.fixture
def run(atlas: Atlas, built_in: CurrentAssets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process on the shared atlas: exit status, standard output, standard error."""
    for module in (gaps, areas):
        monkeypatch.setattr(module, "Atlas", lambda: atlas)

    def once(atlas: Atlas, published: PublishedAssets, acting: Acting | None, today: date) -> CurrentAssets:
        return put_together(atlas, published, acting, today) if acting is not None or published.layers else built_in

    monkeypatch.setattr(known, "put_together", once)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(list(arguments))
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def _partners(atlas: Atlas, confirmed: str) -> str:
    core20 = atlas.areas[(atlas.areas["lad24cd"] == "E09000002") & atlas.areas["core20"]].sort_values("pwc_e")
    first, second = (f"{row.pwc_e},{row.pwc_n}" for row in (core20.iloc[0], core20.iloc[-1]))
    return PARTNERS.format(first=first, second=second, confirmed=confirmed)


def _csv(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), comment="#")


def _refused(result: tuple[int, str, str]) -> str:
    status, out, err = result
    assert status == 2
    assert out == "", "nothing half done on standard output"
    assert "Traceback" not in err
    assert err.startswith("error: ") and err.count("\n") == 1, "one clear line"
    return err


def test_gaps_of_barking_and_dagenham_as_csv(run: Run) -> None:
    status, out, err = run("gaps", "--place", "E09000002", "--format", "csv")
    assert (status, err) == (0, "")
    table = _csv(out)
    assert len(table) == 32
    assert list(table.columns)[:6] == DOCUMENTED
    assert set(ALSO) <= set(table.columns)
    assert [column for column in table.columns if column in ALSO] == ALSO, "in the order documented"
    assert table["rank"].tolist() == list(range(1, 33))
    assert set(table["state"]) <= {"possible partners", "none recorded"}
    assert table["people"].is_monotonic_decreasing
    notes = [line for line in out.splitlines() if line.startswith("#")]
    assert any("a walk of 800 m, detour factor 1.3" in note for note in notes)
    assert any("Indices of Deprivation 2025" in note for note in notes)
    assert any("ODbL" in note for note in notes)


@pytest.mark.parametrize(
    ("place", "core20"),
    [
        ("E09000030", 73),
        ("Tower Hamlets", 73),
        ("tower hamlets", 73),
        ("E54000029", 293),
        ("NHS North East London", 293),
        ("QMF", 293),
        ("E01000090", None),
        ("RM9 6QD", None),
        ("U11211", None),
        ("E02000001", 0),
        ("E12000007", None),
        ("E38000255", None),
        ("E05014053", None),
        ("E08000038", None),
        ("England", 6_751),
    ],
)
def test_every_kind_of_place(run: Run, atlas: Atlas, place: str, core20: int | None) -> None:
    status, out, _ = run("gaps", "--place", place, "--format", "csv")
    assert status == 0
    table = _csv(out)
    if core20 is None:
        found = gaps.find_place(atlas, place)
        core20 = int((atlas.gazetteer.mask(found) & atlas.areas["core20"]).sum())
        assert core20 == len(set(table["lsoa21cd"]))
    assert len(table) == core20
    assert set(table["lsoa21cd"]) <= set(atlas.areas.loc[atlas.areas["core20"], "lsoa21cd"])


def test_both_vintages_of_systems(run: Run, atlas: Atlas) -> None:
    merged = (set(atlas.areas["icb24cd"]) - set(atlas.areas["icb26cd"])).pop()
    for code, column in ((merged, "icb24cd"), (atlas.areas.loc[atlas.areas["icb24cd"] == merged, "icb26cd"].iloc[0], "icb26cd")):
        status, out, _ = run("gaps", "--place", code, "--format", "csv")
        assert status == 0
        assert len(_csv(out)) == int((atlas.areas["core20"] & (atlas.areas[column] == code)).sum())


def test_the_table_for_reading_says_the_same(run: Run) -> None:
    status, out, _ = run("gaps", "--place", "E09000002")
    assert status == 0
    assert out.startswith("Core20 neighbourhoods of Barking and Dagenham (E09000002")
    assert "32 rows" in out
    status, out, _ = run("gaps", "--place", "E02000001")
    assert status == 0
    assert "No neighbourhood here is among the most deprived fifth of England." in out


def test_geojson_and_json_have_the_same_rows(run: Run) -> None:
    table = _csv(run("gaps", "--place", "E09000002", "--format", "csv")[1])
    geojson = json.loads(run("gaps", "--place", "E09000002", "--format", "geojson")[1])
    assert [feature["properties"]["lsoa21cd"] for feature in geojson["features"]] == table["lsoa21cd"].tolist()
    assert all(feature["geometry"] for feature in geojson["features"])
    assert any("Source:" in note for note in geojson["metadata"])
    as_json = json.loads(run("gaps", "--place", "E09000002", "--format", "json")[1])
    assert [row["people"] for row in as_json["rows"]] == table["people"].tolist()
    assert any("Settings:" in note for note in as_json["notes"])


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_a_place_without_core20_gives_no_rows_in_any_form(run: Run, form: str) -> None:
    status, out, _ = run("gaps", "--place", "E02000001", "--format", form)
    assert status == 0
    found = {"csv": lambda: _csv(out), "json": lambda: json.loads(out)["rows"], "geojson": lambda: json.loads(out)["features"]}[form]()
    assert len(found) == 0


def test_a_longer_walk_reaches_more(run: Run) -> None:
    usual, longer = (
        _csv(run("gaps", "--place", "E09000002", "--format", "csv", "--reach", reach)[1]).set_index("lsoa21cd") for reach in ("800", "1600")
    )
    assert (longer["places_in_reach"] >= usual["places_in_reach"].reindex(longer.index)).all()
    assert longer["places_in_reach"].sum() > usual["places_in_reach"].sum()
    assert longer["nearest_library_m"].tolist() == usual["nearest_library_m"].reindex(longer.index).tolist()
    straight = _csv(run("gaps", "--place", "E09000002", "--format", "csv", "--detour", "1")[1]).set_index("lsoa21cd")
    ratio = usual["nearest_library_m"] / straight["nearest_library_m"].reindex(usual.index)
    assert ratio.between(1.29, 1.31).all()


def test_only_one_category(run: Run) -> None:
    table = _csv(run("gaps", "--place", "E09000002", "--format", "csv", "--category", "library")[1])
    assert [column for column in table if column.startswith("nearest_")] == ["nearest_library_m", "nearest_partner_m"]
    assert ((table["places_in_reach"] > 0) == (table["nearest_library_m"] <= 800)).all()


def test_partners_change_states_and_bad_rows_are_listed(run: Run, atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(_partners(atlas, pd.Timestamp.now().date().isoformat()), encoding="utf-8")
    status, out, err = run("gaps", "--place", "E09000002", "--format", "csv", "--partners", str(file))
    assert status == 0
    assert err == "ours.csv: row 4 (Nowhere) not used: the postcode is not a live English one\n"
    states = _csv(out)["state"].value_counts()
    assert states["partnered"] >= 1
    assert states["in conversation"] >= 1
    assert any("partners: 2 from ours.csv (1 rows not used)" in line for line in out.splitlines() if line.startswith("#"))


def test_an_old_confirmation_needs_checking(run: Run, atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(_partners(atlas, "2020-01-01"), encoding="utf-8")
    states = _csv(run("gaps", "--place", "E09000002", "--format", "csv", "--partners", str(file))[1])["state"].value_counts()
    assert "partnered" not in states.index
    assert states["needs checking"] >= 1


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Barkin and Dagenham", "Barking and Dagenham (E09000002)"),
        ("E09999999", "No place is called 'E09999999'"),
        ("U19803", "No place is called 'U19803'"),
        ("@@@@", "No place is called"),
        ("EH1 1YZ", "EH1 1YZ is in Scotland"),
        ("CF10 1EP", "is in Wales"),
        ("RM9 6QX", "has probably ended"),
        ("ZZ1 1AA", "No live English postcode begins"),
    ],
)
def test_a_place_that_does_not_exist(run: Run, place: str, said: str) -> None:
    assert said in _refused(run("gaps", "--place", place, "--format", "csv"))


@pytest.mark.parametrize("option", [("--reach", "-5"), ("--reach", "99"), ("--reach", "nan"), ("--detour", "0.5"), ("--detour", "inf")])
@pytest.mark.parametrize("command", [("gaps", "--place", "E09000002"), ("areas", "--level", "region")])
def test_a_reach_that_cannot_be(run: Run, command: tuple[str, ...], option: tuple[str, str]) -> None:
    assert "must be from" in _refused(run(*command, f"{option[0]}={option[1]}"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("gaps", "--place", "E09000002", "--reach", "abc"),
        ("gaps",),
        ("areas", "--level", "parish"),
        ("areas",),
        ("nonsense",),
        ("gaps", "--place", "E09000002", "--format", "pdf"),
        ("gaps", "--place", "E09000002", "--category", "pub"),
    ],
)
def test_what_the_command_line_does_not_know(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "The file is empty"), (b"stage,postcode\n", "lacks name"), (b"PK\x03\x04", "spreadsheet")]
)
def test_a_partners_file_that_cannot_be_used(run: Run, tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "ours.csv"
    if content is not None:
        file.write_bytes(content)
    message = _refused(run("gaps", "--place", "E09000002", "--partners", str(file)))
    assert said in message
    assert "ours.csv" in message


def test_output_goes_to_the_file_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "gaps.csv"
    file.write_text("what was there", encoding="utf-8")
    status, out, _ = run("gaps", "--place", "E09000002", "--format", "csv", "--output", str(file))
    assert (status, out) == (0, "")
    assert len(pd.read_csv(file, comment="#")) == 32
    assert list(tmp_path.iterdir()) == [file]


def test_output_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    assert "cannot be written" in _refused(run("areas", "--level", "region", "--format", "csv", "--output", str(tmp_path / "nowhere" / "areas.csv")))
    (tmp_path / "folder").mkdir()
    assert "cannot be written" in _refused(run("areas", "--level", "region", "--format", "csv", "--output", str(tmp_path / "folder")))
    assert [path.name for path in tmp_path.iterdir()] == ["folder"], "nothing half written is left behind"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Acting]:
    """A register where the pages would have one."""
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    register = open_register(tmp_path / FILE)
    yield register.as_(STEWARD)
    register.close()


def test_the_register_counts_as_it_does_on_the_pages(run: Run, begun: Acting, tmp_path: Path, atlas: Atlas) -> None:
    partner = partners.create(begun, partner_fields(name="Example Forum"), note="Met")
    stage = {"body_name": "Tower Hamlets Council", "stage": "talking"}
    relationships.begin(begun, partner.id, stage, note="Met", on=date.today())
    status, out, err = run("gaps", "--place", "E09000030", "--format", "csv")
    assert (status, err) == (0, "")
    table = _csv(out)
    assert "in conversation" in set(table["state"]) and "partners: 1 in the register." in out
    file = tmp_path / "ours.csv"
    file.write_text(_partners(atlas, date.today().isoformat()), encoding="utf-8")
    out = run("areas", "--level", "lad24", "--format", "csv", "--partners", str(file))[1]
    assert "partners: 1 in the register; 2 from ours.csv (1 rows not used)." in out
    people = _csv(out).set_index("code")
    assert people.at["E09000030", "people_in_conversation"] == table.loc[table["state"] == "in conversation", "people"].sum() > 0
    assert people.at["E09000002", "people_partnered"] > 0, "those of the file count beside them"


def test_what_was_kept_and_closed_counts_as_it_does_on_the_pages(run: Run, begun: Acting, atlas: Atlas, built_in: CurrentAssets) -> None:
    assert "No food bank is on the map of England yet" in _refused(run("gaps", "--place", "E09000002", "--category", "food bank"))
    mosque = built_in.at("osm/way/415634281")
    assert mosque is not None
    asset_decisions.close(begun, mosque.where(mosque.notna(), None).to_dict(), note="It has moved")
    before = _csv(run("gaps", "--place", "E09000002", "--format", "csv")[1]).set_index("lsoa21cd")["places_in_reach"]
    about = {
        "title": "Example list", "publisher": "Example Network", "as_at": date.today(), "lad24cd": "E09000002", "file_name": "a.csv",
        "file_digest": "1" * 64, "rows_kept": 1, "rows_set_aside": 0,
    }  # fmt: skip
    row = {
        "asset_id": "list/00000000-0000-5000-8000-000000000001", "name": "Example Pantry", "category": "food bank", "row_number": 2,
        "easting": float(mosque["easting"]), "northing": float(mosque["northing"]), "longitude": float(mosque["longitude"]),
        "latitude": float(mosque["latitude"]), "lsoa21cd": mosque["lsoa21cd"], "lad24cd": "E09000002",
    }  # fmt: skip
    assets.keep_list(begun, about, [row])
    status, out, _ = run("gaps", "--place", "E09000002", "--format", "csv")
    assert status == 0 and "Example list" in out, "the list is credited"
    table = _csv(out).set_index("lsoa21cd")
    assert table["places_in_reach"].sub(before).isin([0, 1]).all() and table["places_in_reach"].gt(before.reindex(table.index)).any()
    plain = core20_gaps(
        atlas.areas, atlas.gazetteer.mask(atlas.gazetteer.place("E09000002")), built_in.index, empty_partners(), today=date.today(),
        reach=Reach(), categories=built_in.kinds,
    ).set_index("lsoa21cd")["places_in_reach"]
    assert table["places_in_reach"].eq(plain.reindex(table.index)).all(), "a pantry where a mosque was"
    only = _csv(run("gaps", "--place", "E09000002", "--format", "csv", "--category", "food bank")[1])
    assert 0 < only["nearest_food_bank_m"].min() < 800


def test_a_command_that_reads_begins_no_register(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path / "data"))
    assert run("gaps", "--place", "E09000002")[0] == 0
    assert not (tmp_path / "data").exists()


def test_a_register_that_cannot_be_read_is_said_and_can_be_done_without(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    (tmp_path / FILE).write_bytes(b"not a database, whatever its name" * 100)
    refused = _refused(run("gaps", "--place", "E09000002"))
    assert refused.startswith("error: The register cannot be read.") and "COMMON_GROUND_REGISTER=off" in refused
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "off")
    assert run("gaps", "--place", "E09000002")[0] == 0


@pytest.mark.parametrize("count", ["best-fit", "shares"])
@pytest.mark.parametrize(("level", "rows"), [("sub_icb24", 106), ("icb24", 42), ("icb26", 36), ("lad24", 296), ("region", 9), ("pcn", 1_298)])
def test_areas_of_every_level_and_count(run: Run, level: str, rows: int, count: str) -> None:
    status, out, err = run("areas", "--level", level, "--count", count, "--format", "csv")
    assert (status, err) == (0, "")
    table = _csv(out)
    assert list(table.columns)[:6] == ["code", "name", "population", "population_weighted_imd_score", "core20_lsoas", "core20_people"]
    assert len(table) == rows, "the network that leads nowhere is listed too"
    assert table["population"].sum() == pytest.approx(57_112_542, abs=0.5)
    empty = table[table["population"] == 0]
    assert empty["code"].tolist() == (["U19803"] if (level, count) == ("pcn", "best-fit") else [])
    assert empty["population_weighted_imd_score"].isna().all(), "an area that holds nobody has no score"
    assert table["core20_people"].sum() == pytest.approx(11_499_917, abs=0.5)
    assert table["core20_lsoas"].sum() == pytest.approx(6_751, abs=0.1)
    states = table[[column for column in table if column.startswith("people_")]]
    assert len(states.columns) == 5
    assert states.sum(axis=1).to_numpy() == pytest.approx(table["core20_people"].to_numpy(), abs=0.01)


def test_areas_as_json_and_as_a_table(run: Run) -> None:
    rows = json.loads(run("areas", "--level", "icb26", "--format", "json")[1])["rows"]
    assert {row["code"]: row["core20_lsoas"] for row in rows}["E54000029"] == 293
    assert "NHS North East London" in run("areas", "--level", "icb26")[1]


def test_a_snapshot_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from data_loaders.snapshot import Snapshot

    monkeypatch.setattr(areas, "Atlas", lambda: Atlas(Snapshot(tmp_path)))
    assert main(["areas", "--level", "region"]) == 2
    assert capsys.readouterr().err.startswith("error: snapshot.json: the snapshot's list of contents is missing.")


def test_a_source_folder_without_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snapshot", "--source", str(tmp_path), "--folder", str(tmp_path / "out"), "--static", str(tmp_path / "static")]) == 2
    assert "the file is missing" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_as_a_person_runs_it(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "commands", "gaps", "--place", "E09000002", "--format", "csv"], cwd=root, capture_output=True, text=True, check=True
    )
    assert len(_csv(done.stdout)) == 32
    refused = subprocess.run([sys.executable, "-m", "commands", "gaps", "--place", "Narnia"], cwd=root, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: No place is called 'Narnia'.")


def test_a_reader_that_has_had_enough_is_no_error(root: Path) -> None:
    script = f"set -o pipefail; {sys.executable} -m commands areas --level pcn --format csv | head -1"
    done = subprocess.run(["bash", "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
