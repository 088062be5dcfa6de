"""Pulling community assets when things go wrong: the last good layer stands with its date, and one sentence says why there is no newer one."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_loaders import ace_libraries, asset_sources, overpass, published_assets, whole_folders
from data_loaders.asset_layers import layers_in
from data_loaders.asset_pull import LOCKS, AssetsPulled, pull
from data_loaders.asset_sources import SOURCES, AssetPullError, Wanted
from data_loaders.atlas import Atlas
from data_loaders.data_folder import http_cache_folder
from data_loaders.http_session import Limits
from data_loaders.public_address import PublicAddresses
from data_loaders.pull_lock import only_one
from tests.asset_servers.givefood import GiveFoodServer
from tests.asset_servers.open_referral import OpenReferralServer
from tests.asset_servers.overpass import Element, OverpassServer

TOWER_HAMLETS = "E09000030"
OSM = Wanted("osm", TOWER_HAMLETS, fewer=True)
"""Few, since the server here holds no places of worship, and over a hundred are built in."""
LOCAL = PublicAddresses(loopback=True)
HERE = {"lat": 51.5203, "lon": -0.0293}


def element(number: int, **tags: str) -> Element:
    return {"type": "node", "id": number, **HERE, "tags": {"amenity": "community_centre", "name": f"Example Centre {number}", **tags}}


def worship(number: int, row: dict[str, Any]) -> Element:
    """A place of worship where one is built in."""
    where = {"lat": row["latitude"], "lon": row["longitude"]}
    return {"type": "node", "id": number, **where, "tags": {"amenity": "place_of_worship", "name": f"Example Church {number}"}}


@pytest.fixture
def server() -> Iterator[OverpassServer]:
    with OverpassServer([element(1), element(2)], areas={TOWER_HAMLETS: lambda _: True}) as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path, server: OverpassServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Asked once and without waiting, and always anew: what a day does is for the contract tests."""
    monkeypatch.setattr(overpass, "LIMITS", replace(overpass.LIMITS, connect=2, read=5, attempts=1, fresh_for=timedelta(0)))
    return {"COMMON_GROUND_DATA": str(tmp_path), "COMMON_GROUND_OVERPASS": server.url}


def again(atlas: Atlas, environment: dict[str, str], wanted: Wanted = OSM, **options: Any) -> AssetsPulled:
    return pull(atlas, environment, wanted, rule=LOCAL, **options)


def refused(atlas: Atlas, environment: dict[str, str], wanted: Wanted = OSM, **options: Any) -> str:
    with pytest.raises(AssetPullError) as caught:
        again(atlas, environment, wanted, **options)
    said = str(caught.value)
    assert "\n" not in said and "Traceback" not in said and said.endswith(".")
    return said


def test_what_is_asked_becomes_the_layer_that_the_table_shows(atlas: Atlas, environment: dict[str, str], server: OverpassServer) -> None:
    pulled = again(atlas, environment)
    assert pulled.new and pulled.before is None and len(server.questions) == 1
    table = published_assets.current(atlas, environment)
    mine = table.records[table.layer_of == pulled.layer.id]
    assert mine["asset_id"].tolist() == ["osm/node/1", "osm/node/2"] and mine["lad24cd"].eq(TOWER_HAMLETS).all()
    here = table.records["source"].eq("OpenStreetMap") & table.records["lad24cd"].eq(TOWER_HAMLETS)
    assert here.sum() == 2, "the layer replaces what was built in of OpenStreetMap there"
    server.elements.append(element(3))
    assert again(atlas, environment).before == 2
    assert len(published_assets.current(atlas, environment).layers[0].records()) == 3


@pytest.mark.parametrize("kind", ["504", "429", "400", "remark", "html", "cut", "drop", "areas alone", "not there"])
def test_an_outage_keeps_the_last_good_layer_with_its_date(atlas: Atlas, environment: dict[str, str], server: OverpassServer, kind: str) -> None:
    good = again(atlas, environment).layer
    before = sorted(layers_in(environment).folder.rglob("*"))
    if kind == "not there":
        environment["COMMON_GROUND_OVERPASS"] = "http://127.0.0.1:9/api/interpreter"
    else:
        server.misbehave("", kind)
    said = refused(atlas, environment)
    assert f"until then the pages show the places that OpenStreetMap gave on {good.about.given_at.day} {good.about.given_at:%B %Y}." in said
    assert sorted(layers_in(environment).folder.rglob("*")) == before
    standing = published_assets.current(atlas, environment)
    assert [layer.id for layer in standing.layers] == [good.id] and standing.problems == ()


def test_an_outage_without_a_layer_leaves_what_is_built_in(atlas: Atlas, environment: dict[str, str], server: OverpassServer) -> None:
    server.misbehave("", "504")
    assert refused(atlas, environment).endswith("; until then the pages show the places built into this copy.")
    assert published_assets.current(atlas, environment).layers == ()


def test_a_kept_answer_stands_in_where_its_layer_was_lost_and_says_so(atlas: Atlas, environment: dict[str, str], server: OverpassServer) -> None:
    layers = layers_in(environment)
    layers.remove(again(atlas, environment).layer.id)
    server.misbehave("", "504")
    pulled = again(atlas, environment)
    assert pulled.new and "OpenStreetMap" in pulled.layer.about.stale_because and "It is an earlier answer" in pulled.layer.said
    refused(atlas, environment)
    assert layers.ids() == (pulled.layer.id,), "the same kept answer makes no second layer"


def test_a_young_answer_is_not_asked_for_again(
    atlas: Atlas, environment: dict[str, str], server: OverpassServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overpass, "LIMITS", replace(overpass.LIMITS, fresh_for=timedelta(days=1)))
    first = again(atlas, environment)
    second = again(atlas, environment)
    assert (second.new, second.layer.id, len(server.questions)) == (False, first.layer.id, 1)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_full_disk_leaves_everything_as_it_was(
    atlas: Atlas, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    good = again(atlas, environment).layer

    def fails(path: Path) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(whole_folders, "_to_disk", fails)
        assert "those that were there are untouched: make room" in refused(atlas, environment)
    assert [layer.id for layer in layers_in(environment).standing().layers] == [good.id]
    assert not list(layers_in(environment).folder.glob(".writing-*"))


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import pandas as pd
from analysis.asset_records import as_records
from data_loaders import overpass, whole_folders
from data_loaders.asset_layers import AssetLayers, Scope
from data_loaders.asset_source import AssetsRead
whole_folders._to_disk = lambda path: os.kill(os.getpid(), signal.SIGKILL)
records = as_records(pd.DataFrame({"asset_id": ["osm/node/9"], "category": "library"}))
read = AssetsRead(overpass.SOURCE, records, pd.DataFrame(), 1, "2027-01-01", datetime(2030, 1, 1, tzinfo=UTC))
AssetLayers(Path(sys.argv[1])).write(read, Scope("E09000030", "Tower Hamlets"), datetime(2030, 1, 1, tzinfo=UTC))
"""


def test_a_killed_write_leaves_the_last_good_layer_and_is_cleared_by_the_next(atlas: Atlas, environment: dict[str, str], root: Path) -> None:
    good, layers = again(atlas, environment).layer, layers_in(environment)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(layers.folder)], cwd=root, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert list(layers.folder.glob(".writing-osm-*")), "it was killed in the middle of writing"
    assert layers.standing() == ((good,), ())
    again(atlas, environment)
    assert not list(layers.folder.glob(".writing-*"))


def test_an_answer_that_has_lost_half_is_not_taken_for_the_whole(atlas: Atlas, environment: dict[str, str], server: OverpassServer) -> None:
    built_in = published_assets.current(atlas, environment).records
    here = built_in[built_in["source"].eq("OpenStreetMap") & built_in["lad24cd"].eq(TOWER_HAMLETS)]
    assert len(here) == 102
    server.elements[:] = [worship(number, row) for number, row in enumerate(here.to_dict("records"), start=1)]
    careful = replace(OSM, fewer=False)
    assert again(atlas, environment, careful).layer.about.records == 102
    del server.elements[51:]
    assert again(atlas, environment, careful).layer.about.records == 51, "half is not fewer than half"
    del server.elements[25:]
    said = refused(atlas, environment, careful)
    assert "gave 25 of the kind place of worship for Tower Hamlets where the pages show 51: fewer than half" in said
    assert said.endswith("`python -m commands assets pull --source osm --place E09000030 --fewer`.")
    assert len(published_assets.current(atlas, environment).layers[0].records()) == 51
    assert again(atlas, environment).layer.about.records == 25, "a person may say that it is right"
    del server.elements[5:]
    again(atlas, environment)
    del server.elements[1:]
    assert again(atlas, environment, careful).layer.about.records == 1, "of five, that four have gone says little"


def test_a_feed_that_has_lost_half_is_refused_with_the_command_that_takes_it(atlas: Atlas, environment: dict[str, str]) -> None:
    organization = {"id": "00000002-0000-4000-8000-000000000001", "name": "Example Trust", "description": "A trust"}
    same: dict[str, Any] = {"status": "active", "attributes": [], "organization": organization}
    services = [{"id": f"00000001-0000-4000-8000-0000000000{n:02}", "name": f"Example service {n}", **same} for n in range(12)]
    with OpenReferralServer(services) as feed:
        wanted = Wanted("openreferral", address=feed.url, licence="CC BY 4.0")
        assert again(atlas, environment, wanted).layer.about.records == 12
        del feed.services[5:]
        shutil.rmtree(http_cache_folder(environment))  # as in an hour, when the answer that was kept is young no more
        said = refused(atlas, environment, wanted)
        assert "gave 5 of the kind community service" in said
        assert said.endswith(f"`python -m commands assets pull --source openreferral --address {feed.url} --licence 'CC BY 4.0' --fewer`.")
        assert again(atlas, environment, replace(wanted, fewer=True)).layer.about.records == 5


def test_a_folder_of_layers_that_may_not_be_read_is_a_sentence(
    atlas: Atlas, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(folder: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    layers = layers_in(environment)
    again(atlas, environment)
    with monkeypatch.context() as patched:  # root, whom tests may run as, reads everything
        patched.setattr(Path, "iterdir", lambda self: shut(self) if self == layers.folder else iter(()))
        assert f"{layers.folder} cannot be read (Permission denied)" in refused(atlas, environment)
    assert again(atlas, environment).before == 2


def test_a_damaged_layer_is_said_and_mended_by_pulling_again(atlas: Atlas, environment: dict[str, str], server: OverpassServer) -> None:
    first = again(atlas, environment).layer
    server.elements.append(element(3))
    second = again(atlas, environment).layer
    path = second.folder / "records.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    table = published_assets.current(atlas, environment)
    assert [layer.id for layer in table.layers] == [first.id]
    assert len(table.problems) == 1 and second.id in table.problems[0]
    third = again(atlas, environment).layer
    table = published_assets.current(atlas, environment)
    assert [layer.id for layer in table.layers] == [third.id] and table.problems == ()


def test_two_at_once_is_one_too_many(atlas: Atlas, environment: dict[str, str], server: OverpassServer) -> None:
    with only_one(Path(environment["COMMON_GROUND_DATA"]) / LOCKS / f"osm-{TOWER_HAMLETS}.lock"):
        assert "are being pulled for Tower Hamlets already since" in refused(atlas, environment)
    assert server.questions == []
    again(atlas, environment)


def test_half_a_list_for_all_of_england_is_no_list(atlas: Atlas, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with GiveFoodServer() as food:
        wanted = Wanted("givefood", address=food.api)
        good = again(atlas, environment, wanted).layer
        assert good.about.records == 3 and good.about.scope.name == "England"
        food.misbehave("2/locations", "400")
        monkeypatch.setattr(asset_sources, "Limits", lambda **_: Limits(attempts=1, fresh_for=timedelta(0)))
        said = refused(atlas, environment, wanted)
    assert said.endswith(f"until then the pages show the places that Give Food gave on {good.about.given_at.day} {good.about.given_at:%B %Y}.")
    assert [layer.id for layer in layers_in(environment).standing("givefood").layers] == [good.id]


def test_a_feed_is_its_own_layer_and_a_private_address_is_not_asked(atlas: Atlas, environment: dict[str, str]) -> None:
    same: dict[str, Any] = {"status": "active", "attributes": []}
    services = [{"id": f"00000001-0000-4000-8000-00000000000{n}", "name": f"Example service {n}", **same} for n in (1, 2)]
    organization = {"id": "00000002-0000-4000-8000-000000000001", "name": "Example Trust", "description": "A trust"}
    with OpenReferralServer([one | {"organization": organization} for one in services]) as feed:
        wanted = Wanted("openreferral", address=feed.url)
        layer = again(atlas, environment, wanted).layer
        assert layer.about.records == 2 and layer.about.scope.name == "all of its feed"
        with pytest.raises(AssetPullError, match="Only https addresses are asked"):
            pull(atlas, environment, wanted)
    assert [each.id for each in layers_in(environment).standing("openreferral").layers] == [layer.id]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("nowhere"), "There is no source 'nowhere': choose from osm, givefood, charities, ace, gla, openreferral."),
        (Wanted("osm"), "say for which authority"),
        (Wanted("osm", "E99999999"), "E99999999 is not the code of a local authority"),
        (Wanted("givefood", TOWER_HAMLETS), "leave out --place"),
        (Wanted("openreferral"), "say where, as in --address"),
        (Wanted("ace", files=(Path(__file__),)), "add the month, as in --published 2024-12"),
        (Wanted("ace", files=(Path(__file__),), published="last year"), "'last year' is not a day, month or year"),
        (Wanted("osm", TOWER_HAMLETS, files=(Path("/nowhere.json"),)), "There is no file /nowhere.json: bring an answer of Overpass as JSON."),
        (Wanted("osm", TOWER_HAMLETS, files=(Path(__file__), Path(__file__))), "more than 1 file cannot be read at once"),
        (Wanted("givefood", files=(Path(__file__),)), "The pages go on showing none of its places."),
        (Wanted("openreferral", files=(Path(__file__),)), "The document is not JSON"),
        (Wanted("charities", TOWER_HAMLETS, files=(Path(__file__).parent,)), "publicextract.charity.zip"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_changes(atlas: Atlas, environment: dict[str, str], wanted: Wanted, said: str) -> None:
    assert said in refused(atlas, environment, wanted)
    assert layers_in(environment).ids() == ()


def test_a_source_that_gives_nothing_that_can_be_used_changes_nothing(atlas: Atlas, environment: dict[str, str], tmp_path: Path) -> None:
    nothing = dict.fromkeys([*ace_libraries.COLUMNS, *ace_libraries.HOSTS], "")
    list_of_libraries = pd.DataFrame([nothing | {"name": "Example", "reporting": "Newham", "type": "Mobile library"}])
    path = tmp_path / "libraries.csv"
    list_of_libraries.to_csv(path, index=False)
    said = refused(atlas, environment, Wanted("ace", files=(path,), published="2024-12"))
    assert "gave no place that can be used (1 set aside: " in said and "the pages show the places built into this copy" in said
    assert layers_in(environment).ids() == ()


def test_every_source_of_the_registry_says_where_it_is_and_under_what_licence() -> None:
    for key, source in SOURCES.items():
        assert key == source.about.key
        assert source.about.licence and source.about.attribution and source.about.address.startswith("https://") and source.about.categories
