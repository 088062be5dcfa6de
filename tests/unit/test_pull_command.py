"""`python -m commands pull`: what it asks for, what it says of the outcome, and one clear line when there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import pull as command
from commands.__main__ import main
from data_loaders import catalogue
from data_loaders.atlas import Atlas
from data_loaders.layers import Layers
from tests.fingertips_server import FingertipsServer
from tests.pulling import NEL, areas_of

Run = Callable[..., tuple[int, str, str]]
HYPERTENSION = catalogue.read().ids("hypertension", "fingertips")


@pytest.fixture(scope="module")
def server(atlas: Atlas) -> Iterator[FingertipsServer]:
    with FingertipsServer(areas=areas_of(atlas)) as running:
        yield running


@pytest.fixture
def run(
    server: FingertipsServer, atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command in this process on the shared atlas: exit status, standard output, what standard error says beside the bar."""
    server.behave()
    server.requests.clear()
    monkeypatch.setattr(command, "Atlas", lambda: atlas)
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    monkeypatch.setenv("COMMON_GROUND_FINGERTIPS_URL", server.url)
    monkeypatch.delenv("COMMON_GROUND_INDICATORS", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(["pull", *arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, "\n".join(line for line in captured.err.splitlines() if "|" not in line)

    return call


def _refused(result: tuple[int, str, str]) -> str:
    status, out, err = result
    assert (status, out) == (2, "")
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("error: ") and lines[0].endswith((".", "?"))
    return lines[0]


def _types(server: FingertipsServer) -> set[str]:
    return {one.query["child_area_type_id"][0] for one in server.requests if "all_data" in one.path}


def test_a_clinical_area(run: Run, server: FingertipsServer, tmp_path: Path) -> None:
    status, out, err = run("--place", "Tower Hamlets", "--clinical-area", "hypertension")
    assert (status, err) == (0, "")
    about = Layers(tmp_path / "layers").open(Layers(tmp_path / "layers").ids()[0]).about
    assert about.indicator_ids == HYPERTENSION
    assert set(about.levels) == {"pcn", "authority", "icb", "england"}
    assert f"{about.rows['values']:,} values of {len(HYPERTENSION)} indicators from OHID Fingertips." in out
    assert "Blood pressure treated to target (94140) is not published for PCNs: it is for " in out
    assert server.count("available_data") == len(HYPERTENSION)


def test_one_kind_of_area_and_one_indicator(run: Run, server: FingertipsServer, tmp_path: Path) -> None:
    assert run("--place", "U11211", "--area-type", "pcn", "--indicator", "219")[0] == 0
    assert _types(server) == {"204"}
    (layer_id,) = Layers(tmp_path / "layers").ids()
    assert Layers(tmp_path / "layers").open(layer_id).about.levels == ("pcn",)


def test_all_is_every_kind_of_area(run: Run, server: FingertipsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue.Catalogue, "ids", lambda self, area=None, origin=None: ("219", "253"))
    assert run("--place", NEL, "--all")[0] == 0
    assert _types(server) == {"204", "501", "66", "221", "6"}, "networks, authorities, sub-ICBs, systems, regions"


def test_a_postcode_is_a_place(run: Run, tmp_path: Path) -> None:
    assert run("--place", "RM9 6QD", "--indicator", "219")[0] == 0
    assert Layers(tmp_path / "layers").ids([NEL])


def test_when_something_is_not_answered_it_says_so_and_how_to_ask_again(run: Run, server: FingertipsServer) -> None:
    server.misbehave("available_data", "400", times=1)
    status, out, _ = run("--place", NEL, "--area-type", "icb", "--indicator", "219", "--indicator", "253")
    assert status == 1
    assert "Not answered (run the same command again to ask for these alone): 1\n  " in out
    assert "(219) was not answered for ICBs: Fingertips refused the question" in out
    status, out, _ = run("--place", NEL, "--area-type", "icb", "--indicator", "219", "--indicator", "253")
    assert status == 0
    assert "1 of the answers had been kept from a pull that was cut short." in out


def test_what_was_answered_within_the_hour_is_not_asked_again_unless_forced(run: Run, server: FingertipsServer) -> None:
    arguments = ("--place", NEL, "--area-type", "icb", "--indicator", "219")
    assert run(*arguments)[0] == 0
    asked = server.count()
    assert run(*arguments)[0] == 0
    assert server.count() == asked
    assert run(*arguments, "--force")[0] == 0
    assert server.count("all_data") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--place", "Narnia"), "No place is called 'Narnia'"),
        (("--place", NEL, "--clinical-area", "hypertensions"), "There is no clinical area “hypertensions” in the catalogue: use one of"),
        (("--place", NEL, "--indicator", "blood pressure"), "--indicator 'blood pressure' is not the number of an indicator"),
        (("--place", NEL, "--all", "--indicator", "219"), "--all means everything"),
        (("--place", NEL, "--all", "--area-type", "pcn"), "--all means everything"),
        (("--place", NEL, "--indicator", "999999"), "Nothing is published under indicator 999999: check its number"),
        (
            ("--place", NEL, "--area-type", "pcn", "--indicator", "94140"),
            "Blood pressure treated to target (94140) is not published for PCNs: it is for local authorities, counties, sub-ICBs, ICBs",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in _refused(run(*arguments))
    assert Layers(tmp_path / "layers").ids() == ()


def test_a_publisher_that_is_down_is_one_line_and_the_last_layer_stands(run: Run, server: FingertipsServer, tmp_path: Path) -> None:
    arguments = ("--place", NEL, "--area-type", "icb", "--indicator", "219")
    assert run(*arguments)[0] == 0
    before = Layers(tmp_path / "layers").whole()
    server.misbehave("", "400")
    line = _refused(run(*arguments, "--force"))
    assert "refused the question (status 400)" in line
    assert "until then the pages show the figures pulled on " in line
    assert Layers(tmp_path / "layers").whole() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("COMMON_GROUND_DATA", "figures"), ("COMMON_GROUND_INDICATORS", "somebody"), ("COMMON_GROUND_FINGERTIPS_URL", "ftp://example.org")],
)
def test_a_setting_that_cannot_be_used_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert name in _refused(run("--place", NEL, "--indicator", "219"))


def test_an_area_type_that_it_does_not_know(run: Run) -> None:
    status, out, err = run("--place", NEL, "--area-type", "parish")
    assert (status, out) == (2, "")
    assert "invalid choice: 'parish'" in err
