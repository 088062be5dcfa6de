"""`python -m commands assets`: what it pulls, what it says of the outcome, and one clear line when there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from commands import assets as command
from commands.__main__ import main
from data_loaders import overpass
from data_loaders.asset_layers import layers_in
from data_loaders.atlas import Atlas
from tests.asset_servers.givefood import food_bank, location
from tests.asset_servers.overpass import Element, OverpassServer

Run = Callable[..., tuple[int, str, str]]
TOWER_HAMLETS, NEWHAM = "E09000030", "E09000025"
PULL = ("pull", "--source", "osm", "--fewer")  # the server here holds no places of worship, and over a hundred are built in


def element(number: int, lat: float, lon: float) -> Element:
    return {"type": "node", "id": number, "lat": lat, "lon": lon, "tags": {"amenity": "community_centre", "name": f"Example Centre {number}"}}


@pytest.fixture
def server() -> Iterator[OverpassServer]:
    elements = [element(1, 51.5203, -0.0293), element(2, 51.5203, -0.0293), element(3, 51.5300, 0.0300)]
    with OverpassServer(elements, areas={TOWER_HAMLETS: lambda one: one["id"] < 3, NEWHAM: lambda one: one["id"] == 3}) as running:
        yield running


@pytest.fixture
def run(
    server: OverpassServer, atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command in this process on the shared atlas: exit status, standard output, standard error."""
    monkeypatch.setattr(command, "Atlas", lambda: atlas)
    monkeypatch.setattr(overpass, "LIMITS", replace(overpass.LIMITS, connect=2, read=5, attempts=1, fresh_for=timedelta(0)))
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COMMON_GROUND_OVERPASS", server.url)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(["assets", *arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def refused(result: tuple[int, str, str]) -> str:
    status, out, err = result
    assert (status, out) == (2, "")
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("error: ") and lines[0].endswith((".", "?"))
    return lines[0]


def test_an_authority_is_pulled_by_code_name_or_postcode(run: Run, tmp_path: Path) -> None:
    for place in (TOWER_HAMLETS, "Tower Hamlets", "E1 1JQ"):
        status, out, err = run(*PULL, "--place", place)
        assert (status, err) == (0, "")
        assert "OpenStreetMap, asked on " in out and " for Tower Hamlets: 2 records." in out
        assert "Licence: ODbL 1.0. Layer: " in out and str(tmp_path) in out
    assert "The layer before it had 2 records." in out


def test_authorities_of_a_system_are_asked_one_after_another_and_some_may_fail(run: Run, tmp_path: Path) -> None:
    """Of NHS North East London's eight authorities this server knows two."""
    status, out, err = run(*PULL, "--place", "E54000029")
    assert (status, err) == (1, "")
    assert " for Tower Hamlets: 2 records." in out and " for Newham: 1 record." in out
    assert len(layers_in({"COMMON_GROUND_DATA": str(tmp_path / "data")}).ids()) == 2
    assert out.count("the pages show the places built into this copy.") == 6


def test_files_in_the_same_form_stand_in_for_asking(run: Run, server: OverpassServer, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    said = {"osm3s": {"timestamp_osm_base": "2026-08-16T09:02:02Z"}, "elements": [element(1, 51.5203, -0.0293)]}
    answer.write_text(json.dumps(said), encoding="utf-8")
    status, out, _ = run(*PULL, "--place", TOWER_HAMLETS, "--file", str(answer))
    assert status == 0 and "read from answer.json on " in out and server.questions == []
    banks, places = tmp_path / "foodbanks.json", tmp_path / "locations.json"
    banks.write_text(json.dumps([food_bank("Example North", "E1 1JQ"), food_bank("Example Far", "EH1 1YZ")]), encoding="utf-8")
    places.write_text(json.dumps([location("Example North", "Example Hall", "E1 1JQ")]), encoding="utf-8")
    status, out, _ = run("pull", "--source", "givefood", "--file", str(banks), "--file", str(places), "--published", "2026-09")
    assert status == 0 and "Give Food, read from foodbanks.json, locations.json on " in out
    assert "2 records, 1 set aside." in out and "set aside, row 2: Example Far" in out


def test_layers_are_listed(run: Run, tmp_path: Path) -> None:
    assert run("list")[1] == "No layer of places has been pulled: the pages show those built into this copy.\n"
    run(*PULL, "--place", TOWER_HAMLETS)
    status, out, err = run("list")
    assert (status, err) == (0, "") and "Tower Hamlets" in out and "osm-E09000030-" in out
    (layer,) = layers_in({"COMMON_GROUND_DATA": str(tmp_path / "data")}).standing().layers
    (layer.folder / "records.parquet").unlink()
    status, out, _ = run("list")
    assert status == 0 and "Note: The places osm-E09000030-" in out and "records.parquet is missing" in out


def test_an_outage_is_one_line_and_leaves_the_last_good_layer(run: Run, server: OverpassServer) -> None:
    run(*PULL, "--place", TOWER_HAMLETS)
    server.misbehave("", "504")
    assert "until then the pages show the places that OpenStreetMap gave on " in refused(run(*PULL, "--place", TOWER_HAMLETS))
    assert "osm-E09000030-" in run("list")[1]


def test_what_cannot_be_done_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "say for which authority" in refused(run("pull", "--source", "osm"))
    assert "No place is called" in refused(run("pull", "--source", "osm", "--place", "Nowhere at all"))
    assert "England has 296 authorities" in refused(run("pull", "--source", "osm", "--place", "England"))
    assert "leave out --place" in refused(run("pull", "--source", "givefood", "--place", "Newham"))
    assert "There is no file" in refused(run("pull", "--source", "givefood", "--file", str(tmp_path / "none.json")))
    assert "a file is read for one" in refused(run("pull", "--source", "osm", "--place", "E54000029", "--file", str(tmp_path)))
    monkeypatch.setenv("COMMON_GROUND_OVERPASS", "ftp://example.org")
    assert "COMMON_GROUND_OVERPASS" in refused(run(*PULL, "--place", TOWER_HAMLETS))
    monkeypatch.setenv("COMMON_GROUND_DATA", "here")
    assert "not an absolute path" in refused(run("list"))
    assert run("pull", "--source", "pigeon")[0] == 2
