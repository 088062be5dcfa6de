"""A pull of one system's whole catalogue over HTTP: how much is asked, how much memory it takes, and what a kill costs."""

from __future__ import annotations

import math
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from data_loaders import catalogue
from data_loaders.atlas import Atlas
from data_loaders.fingertips import Fingertips
from data_loaders.http_session import HttpSession
from data_loaders.indicator_values import KEY
from data_loaders.layers import Layer, Layers
from data_loaders.needs import Needs
from data_loaders.pull import pull
from data_loaders.pull_places import PullPlace, pull_place
from tests.fingertips_server import Areas, FingertipsServer
from tests.local_server import Request
from tests.pulling import NEL, areas_of, command, questions

ENGLAND = "E92000001"
DATA = "all_data"
MOST_MEMORY = 500_000_000
CATALOGUE = catalogue.read().ids(origin="fingertips")


class HangsOn(FingertipsServer):
    """Takes a minute over one of its data requests."""

    hang_on = 0

    def record(self, request: Request) -> None:
        super().record(request)
        if DATA in request.path and self.count(DATA) == self.hang_on:
            self.misbehave(DATA, "slow", times=1, seconds=60)

    def go_on(self) -> None:
        """Answer as usual from now on."""
        self.hang_on = 0
        self.behave()


@pytest.fixture(scope="module")
def areas(atlas: Atlas) -> Areas:
    return areas_of(atlas)


@pytest.fixture
def server(areas: Areas) -> Iterator[HangsOn]:
    with HangsOn(areas=areas) as running:
        yield running


@pytest.fixture(scope="module")
def at_once(areas: Areas, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What a pull of the whole catalogue gives that nothing interrupts."""
    folder = tmp_path_factory.mktemp("at-once")
    with FingertipsServer(areas=areas) as server:
        command(server, folder, "--place", NEL).communicate(timeout=300)
    return _plain(_newest(folder))


def _wait_until_asked(server: FingertipsServer, times: int, running: subprocess.Popen[str]) -> None:
    """Until the command has asked for data so often. Without a rest between looks, the server's own thread would hardly get to run."""
    while server.count(DATA) < times:
        assert running.poll() is None, running.communicate()[1]
        time.sleep(0.02)


def _memory(err: str) -> int:
    """The most memory that a measured command took, in bytes."""
    return int(err.split()[-1]) * 1024


def _newest(folder: Path) -> Layer:
    found = Layers(folder / "layers").whole([NEL])
    assert found.problems == ()
    assert found.newest is not None
    return found.newest


def _plain(layer: Layer) -> pd.DataFrame:
    values = layer.values()
    texts = values.select_dtypes("category").columns
    return values.astype(dict.fromkeys(texts, "str"))


def _asked_at_most_once_a_hundred(server: FingertipsServer, indicators: int) -> None:
    """At most one data request for each hundred indicators and area type, none of them too long or without a parent."""
    by_type: dict[str, list[int]] = {}
    for request in server.requests:
        if DATA in request.path:
            number = len(request.query["indicator_ids"][0].split(","))
            assert number <= 100
            assert request.query["parent_area_code"][0]
            by_type.setdefault(request.query["child_area_type_id"][0], []).append(number)
    assert by_type
    for area_type, numbers in by_type.items():
        assert len(numbers) <= math.ceil(indicators / 100), f"area type {area_type} was asked for {len(numbers)} times"
    repeated = {question: times for question, times in questions(server).items() if times > 1}
    assert repeated == {}, "nothing is asked twice"


def test_one_systems_catalogue(server: HangsOn, tmp_path: Path, atlas: Atlas, areas: Areas) -> None:
    running = command(server, tmp_path, "--place", "Tower Hamlets")
    out, err = running.communicate(timeout=300)
    assert running.returncode == 0, err
    _asked_at_most_once_a_hundred(server, len(CATALOGUE))
    assert server.count(DATA) == 4, "networks, districts, counties with unitary authorities, systems"
    assert _memory(err) < MOST_MEMORY

    values = _plain(_newest(tmp_path))
    assert not values.duplicated(list(KEY)).any()
    expected = 0
    networks = [area for area in areas.by_level["pcn"] if area.parents["icb"] == f"n{NEL}"]
    assert len(networks) > 40
    for one in CATALOGUE:
        if 204 not in server.figures.types(one):
            assert not ((values["indicator_id"] == one) & (values["level"] == "pcn")).any()
            continue
        expected += len(networks) * len(server.figures.sexes(one)) * len(server.figures.periods(one))
    assert (values["level"] == "pcn").sum() == expected
    one_area = networks[7]
    found = values[(values["indicator_id"] == "219") & (values["area_code"] == one_area.code)].sort_values("period_sortable")
    made_up = server.figures.figures("219", one_area, "Persons")
    assert found["value"].tolist() == pytest.approx([math.nan if figure.value is None else figure.value for figure in made_up], nan_ok=True, abs=1e-6)
    assert found["note"].tolist() == [figure.note for figure in made_up]
    england = values[(values["indicator_id"] == "219") & (values["area_code"] == ENGLAND) & (values["category"] == "")]
    assert len(england) == len(server.figures.periods("219"))

    assert f"NHS North East London ({NEL}): {len(values):,} values of {len(CATALOGUE)} indicators from OHID Fingertips." in out
    assert "The pages say: Pulled live from OHID Fingertips for NHS North East London on " in out
    assert str(_newest(tmp_path).folder) in out
    assert "is not published for PCNs: it is for " in out

    layer = _newest(tmp_path)
    needs = Needs(layers=[layer.values()], described=[layer.indicators()])
    assert set(needs.of_indicator("219", "pcn").loc[lambda rows: rows["area_code"] == one_area.code, "source_id"]) == {layer.id}


def test_a_system_with_counties(server: HangsOn, tmp_path: Path, atlas: Atlas) -> None:
    place = pull_place(atlas, atlas.gazetteer.find("NHS Devon"), ["authority", "county"])
    layer = pull(Fingertips(HttpSession("Fingertips"), [server.url]), place, ["219", "253", "241"], tmp_path).layer
    assert {"E10000008", "E06000026", "E07000041"} <= set(layer.values()["area_code"]), "Devon, Plymouth and Exeter"
    assert not layer.values().duplicated(list(KEY)).any()


def test_counties_and_the_authorities_beside_them_are_one_request(server: HangsOn, tmp_path: Path, atlas: Atlas) -> None:
    place = pull_place(atlas, atlas.gazetteer.find("NHS Devon"))
    layer = pull(Fingertips(HttpSession("Fingertips"), [server.url]), place, CATALOGUE, tmp_path).layer
    _asked_at_most_once_a_hundred(server, len(CATALOGUE))
    assert len(layer.about.holds["authority"]) == len(layer.about.holds["county"]) == len(CATALOGUE)


def test_a_merged_system_is_asked_for_as_the_publisher_knows_it(server: HangsOn, tmp_path: Path, atlas: Atlas) -> None:
    place = pull_place(atlas, atlas.gazetteer.find("NHS Surrey and Sussex"), ["pcn"])
    layer = pull(Fingertips(HttpSession("Fingertips"), [server.url]), place, ["219", "253"], tmp_path).layer
    assert set(layer.values()["parent_code"]) >= {"E54000063", "E54000064"}
    assert layer.about.whole


def test_hundreds_of_indicators_are_asked_by_the_hundred(tmp_path: Path) -> None:
    ids = [str(number) for number in range(1, 341, 2) if number % 7 and number % 5]
    with FingertipsServer() as server:
        place = PullPlace("E54000901", "NHS Made-up ICB 1", {"pcn": [[("E54000901",)]], "icb": [[(ENGLAND,)]]})
        layer = pull(Fingertips(HttpSession("Fingertips"), [server.url]), place, ids, tmp_path).layer
        assert 100 < len(ids) < 200
        assert server.count(DATA) == 2 * 2
        _asked_at_most_once_a_hundred(server, len(ids))
        assert set(layer.about.holds["pcn"]) == set(layer.about.holds["icb"]) == set(ids)


# The third request is the second half of a question: what the first half was answered is in the HTTP cache alone.
@pytest.mark.parametrize(("hang_on", "with_kept_answers"), [(3, True), (4, False)], ids=["third", "fourth, without the HTTP cache"])
def test_killed_half_way_it_goes_on_without_asking_again(
    server: HangsOn, at_once: pd.DataFrame, tmp_path: Path, hang_on: int, with_kept_answers: bool
) -> None:
    server.hang_on = hang_on
    running = command(server, tmp_path, "--place", NEL)
    _wait_until_asked(server, hang_on, running)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    assert Layers(tmp_path / "layers").ids() == ()

    server.go_on()
    asked, cut_off = questions(server), [one for one in server.requests if DATA in one.path][-1]
    server.requests.clear()
    if not with_kept_answers:
        shutil.rmtree(tmp_path / "http-cache")
    running = command(server, tmp_path, "--place", NEL)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 0, err
    again = questions(server, "" if with_kept_answers else DATA) & asked
    assert list(again) == [(cut_off.path, str(sorted(cut_off.query.items())))], "the one that the kill cut off, and no other"
    assert "of the answers had been kept from a pull that was cut short" in out
    values = _plain(_newest(tmp_path))
    assert not values.duplicated(list(KEY)).any()
    assert _memory(err) < MOST_MEMORY

    order = list(KEY)
    pd.testing.assert_frame_equal(
        values.drop(columns="source_id").sort_values(order, ignore_index=True),
        at_once.drop(columns="source_id").sort_values(order, ignore_index=True),
    )


def test_stopped_with_ctrl_c_it_says_how_to_go_on(server: HangsOn, tmp_path: Path) -> None:
    server.hang_on = 2
    running = command(server, tmp_path, "--place", NEL, "--clinical-area", "hypertension")
    _wait_until_asked(server, 2, running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert out == ""
    assert "Stopped; nothing that was there has changed" in err and "run the same command again within a day to go on" in err
    assert "Traceback" not in err
    server.go_on()
    running = command(server, tmp_path, "--place", NEL, "--clinical-area", "hypertension")
    out, err = running.communicate(timeout=300)
    assert running.returncode == 0, err
    assert "1 of the answers had been kept" in out
