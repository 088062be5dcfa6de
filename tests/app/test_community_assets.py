"""The page of community assets as Streamlit runs it: a place's directory, filters, one asset, decisions, a list brought in, who is missing.

Cards, lists and maps draw themselves in the browser (tests/browser/test_community_assets.py); here is what they are given.
"""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pyproj import Geod, Transformer
from streamlit.testing.v1 import AppTest

from analysis import postcodes, representation
from analysis.asset_filter import AssetFilter
from analysis.vocabularies import ASSET_CATEGORIES
from data_loaders.atlas import Atlas
from presentation import asset_directory, asset_downloads, asset_missing, asset_rates_view, asset_words, sign_in
from presentation.area_map import to_payload
from presentation.assets_cache import open_assets
from presentation.current_assets import CurrentAssets
from presentation.register_cache import FILE
from presentation.view import View, from_query
from register import asset_decisions, asset_import, assets
from register.actors import Actor
from register.asset_plan import Defaults
from register.store import open_register
from tests.app.links import by_link
from tests.register.beginnings import CONTRIBUTOR, EDITOR, STEWARD, TOWER_HAMLETS

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"
PAGE = "pages/community_assets.py"
TODAY = date.today()
MOSQUE = "osm/way/415634281"


@pytest.fixture(autouse=True)
def _own_register(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))


@pytest.fixture(scope="module")
def nothing_written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder, with a register in which nothing is written, for pages that are only looked at."""
    return tmp_path_factory.mktemp("nothing-written")


@pytest.fixture
def current() -> CurrentAssets:
    return open_assets(TODAY)


def _run(**query: str) -> AppTest:
    return by_link(AppTest.from_file(str(DASHBOARD), default_timeout=120), **query).switch_page(PAGE).run()


def _alone(atlas: Atlas, **query: str) -> AppTest:
    """The page with the view of a link that is read already: as _run gives it in the end, without opening Gaps on the way."""
    app = AppTest.from_file(str(DASHBOARD), default_timeout=120)
    app.session_state["view"], notes = from_query(query, atlas.gazetteer)
    assert notes == []
    app.switch_page(PAGE)
    return app.run()


def _said(app: AppTest) -> str:
    return "\n".join(str(each.value) for kind in (app.title, app.header, app.subheader, app.markdown, app.caption) for each in kind)


def test_tower_hamlets_has_its_places_of_worship_and_says_how_sure_that_is(atlas: Atlas, current: CurrentAssets) -> None:
    place = atlas.gazetteer.place(TOWER_HAMLETS)
    here = current.table[current.inside(place)]
    worship = here[here["category"] == "place of worship"]
    snapshot = atlas.snapshot.table("community_assets")
    own = snapshot[snapshot["lad24cd"].eq(TOWER_HAMLETS) & snapshot["category"].eq("place of worship")]
    assert len(worship) == len(own), "nothing merges away: OpenStreetMap alone maps places of worship"
    assert (worship["faith_tradition"] == "Muslim").sum() == (own["faith_tradition"] == "Muslim").sum()
    app = _run(place=TOWER_HAMLETS)
    assert not app.exception
    assert f"{len(worship):,} places of worship" in app.title[0].value
    assert "Nobody has told this atlas in the last 24 months" in _said(app)
    assert "food banks" in _said(app).lower() and "which is not the same as none" in _said(app)


def test_england_keeps_every_asset_of_the_snapshot(atlas: Atlas, current: CurrentAssets) -> None:
    snapshot = atlas.snapshot.table("community_assets")
    assert set(current.members.index) == set(snapshot["asset_id"]), "each record is part of one row"
    counts = current.table["category"].value_counts()
    assert counts.to_dict() == snapshot["category"].value_counts().to_dict()
    assert current.inside(atlas.gazetteer.place("E92000001")).all(), "those too that have no point are in England"


def test_what_keeps_several_communities_from_being_compared_is_said_once(current: CurrentAssets, atlas: Atlas) -> None:
    inside = atlas.gazetteer.mask(atlas.gazetteer.place(TOWER_HAMLETS))
    found = representation.representation(current.england, inside)
    sections = {section.heading: section.rows for section in asset_missing.sections(found)}
    ethnicity = sections["Ethnicity"]
    note = "Not mapped: too few of the lists here say whom a place is for, so nothing can be said from this map."
    assert [note in (row.note or "") for row in ethnicity].count(True) == 1
    assert ethnicity[-1].label.endswith("Asian, Black, Mixed or multiple and Other ethnic group.")
    assert sum(len(rows) for rows in sections.values()) == len(found) + 2, "every community, and what is said once of ethnicity and age"


def test_places_counted_by_best_fit_are_whole_and_by_shares_are_not(current: CurrentAssets) -> None:
    row = {"code": "U1", "name": "A", "population": 9.0, "core20_people": 2.0, "assets": 2.25, "per_10_000": 2.25, "per_10_000_core20": None}
    assert asset_rates_view.ranked(row, in_part=True).values == {"assets": 2.2, "rate": 2.2, "core20_rate": None}
    whole = asset_rates_view.ranked(row | {"assets": 2.0}, in_part=False).values["assets"]
    assert (whole, type(whole)) == (2, int)


@pytest.mark.parametrize("show", ["missing", "rates", "checking", "coverage", "sources"])
@pytest.mark.parametrize("place", [TOWER_HAMLETS, "E54000029", "U11211", "E92000001", "E06000017"])
def test_every_part_opens_for_every_size_of_place(
    atlas: Atlas, nothing_written: Path, monkeypatch: pytest.MonkeyPatch, show: str, place: str
) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(nothing_written))
    app = _alone(atlas, place=place, show=show)
    assert not app.exception
    assert app.title[0].value


def test_filters_and_words_narrow_the_directory(atlas: Atlas, current: CurrentAssets) -> None:
    place = atlas.gazetteer.place(TOWER_HAMLETS)
    muslim = current.found(place, AssetFilter(tradition="Muslim"))
    assert len(muslim) and set(muslim["faith_tradition"]) == {"Muslim"}
    named = current.found(place, AssetFilter(words="east london mosque"))
    assert "East London Mosque" in named["name"].iloc[0]
    assert current.found(place, AssetFilter(day="Th")).empty, "days that nobody told are not taken for closed, nor for open"
    assert current.found(place, AssetFilter(words="zzzzqqqq")).empty


def test_an_asset_opened_by_its_link_says_that_it_is_no_partner() -> None:
    app = _run(place="E09000002", asset=MOSQUE)
    assert not app.exception
    assert "Al Madina Mosque Barking" in [each.value for each in app.header]
    gone = _run(place="E09000002", asset="osm/way/1")
    assert any("not in any list now" in each.value for each in gone.warning)


def test_a_decision_shows_at_once_and_is_taken_back(tmp_path: Path, atlas: Atlas, current: CurrentAssets) -> None:
    register = open_register(tmp_path / FILE)
    acting = register.as_(STEWARD)
    row = current.at(MOSQUE)
    assert row is not None
    asset = row.where(row.notna(), None).to_dict()
    asset_decisions.confirm(acting, asset, on=TODAY, role="secretary, by telephone")
    confirmed = open_assets(TODAY).at(MOSQUE)
    assert confirmed is not None and confirmed["freshness"] == "confirmed"
    assert confirmed["confirmed_by_role"] == "secretary, by telephone"
    asset_decisions.close(acting, asset, note="The building was sold")
    closed = open_assets(TODAY)
    place = atlas.gazetteer.place("E09000002")
    assert current.as_built_in(place) and not closed.as_built_in(place), "the map's built-in file still holds it"
    assert closed.as_built_in(atlas.gazetteer.place(TOWER_HAMLETS))
    assert MOSQUE not in set(closed.table["asset_id"][closed.inside(place)])
    assert closed.at(MOSQUE) is not None, "nothing is deleted: a link still opens it"
    asset_decisions.reopen(acting, asset, note="It was not")
    assert MOSQUE in set(open_assets(TODAY).table["asset_id"][open_assets(TODAY).inside(place)])


def test_a_messy_list_is_kept_whole_and_again_changes_nothing(tmp_path: Path, atlas: Atlas) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Example directory of community groups, autumn"])
    sheet.append([])
    sheet.append(["Organisation Name", "Type", "Address 1", "Address 2", "Post Code", "Lat", "Long", "Open"])
    sheet.append(["Example Hall", "Village hall", "1 Example Street", "Bow", "E3 2AD", "n/a", "n/a", "Tues & Thurs"])
    sheet.append(["=Example Pantry", "Foodbank", "", "", "E1 1JX", "n/a", "n/a", "Weekdays"])
    sheet.append(["Example Hall", "Village hall", "1 Example Street", "Bow", "E3 2AD", "n/a", "n/a", "Tues & Thurs"])
    sheet.append(["", "Village hall", "", "", "E3 2AD", "", "", ""])
    content = io.BytesIO()
    book.save(content)
    defaults = Defaults("Example CVS", "CC BY 4.0", TOWER_HAMLETS, TODAY.isoformat(), "community service", {})
    plan = asset_import.plan_assets(content.getvalue(), None, atlas.placing, today=TODAY, defaults=defaults)
    assert len(plan.outcomes) == 4, "every row of the file is accounted for"
    assert plan.count("duplicate") == 1 and plan.count("refused") == 1 and len(plan.records) == 2
    acting = open_register(tmp_path / FILE).as_(STEWARD)
    about = {
        "title": "Example directory", "publisher": "Example CVS", "licence": "CC BY 4.0", "as_at": TODAY, "lad24cd": TOWER_HAMLETS,
        "file_name": "groups.xlsx", "file_digest": "0" * 64, "column_mapping": dict(plan.mapping), "rows_kept": 2, "rows_set_aside": 2,
    }
    first = assets.keep_list(acting, about, plan.records)
    assert first.created == 2
    assert assets.keep_list(acting, about, plan.records).same_file
    now = open_assets(TODAY)
    here = now.table[now.inside(atlas.gazetteer.place(TOWER_HAMLETS))]
    assert {"Example Hall"} <= set(here["name"].dropna())
    pantry = here[here["category"] == "food bank"]
    assert len(pantry) == 1 and pantry["licence"].iloc[0] == "CC BY 4.0"
    assert "food bank" not in now.not_mapped(atlas.gazetteer.place(TOWER_HAMLETS))
    thursday = now.found(atlas.gazetteer.place(TOWER_HAMLETS), AssetFilter(day="Th"))
    assert set(thursday["name"]) == {"Example Hall", pantry["name"].iloc[0]}


def test_while_the_register_cannot_be_read_what_stands_is_put_together_once(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, whatever its name" * 100)
    now = open_assets(TODAY)
    assert now.problems == ("Lists that people kept, and what they corrected and confirmed, are missing from the places shown.",)
    assert len(now.places) > 35_000 and open_assets(TODAY) is now, "its indexes are not built again at every change on a page"


def test_a_contributors_list_waits_for_an_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = open_register(tmp_path / FILE)
    about = {
        "title": "Example list", "publisher": "Example Network", "as_at": TODAY, "lad24cd": TOWER_HAMLETS, "file_name": "a.csv",
        "file_digest": "1" * 64, "rows_kept": 1, "rows_set_aside": 0,
    }  # fmt: skip
    row = {"asset_id": "list/00000000-0000-5000-8000-000000000001", "name": "Example Circle", "category": "community service",
           "lad24cd": TOWER_HAMLETS, "row_number": 2}  # fmt: skip
    assets.keep_list(register.as_(CONTRIBUTOR), about, [row])
    assert "Example Circle" not in set(open_assets(TODAY).table["name"])

    def become(actor: Actor) -> None:
        monkeypatch.setattr(sign_in, "actor", lambda: actor)

    become(EDITOR)
    app = _run(place=TOWER_HAMLETS, show="sources")
    accept = [button for button in app.button if button.label == "Accept"]
    assert len(accept) == 1
    accept[0].click().run()
    assert not app.exception
    assert "Example Circle" in set(open_assets(TODAY).table["name"])


def test_two_records_are_joined_by_a_person_and_taken_apart_again(
    tmp_path: Path, atlas: Atlas, current: CurrentAssets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "actor", lambda: STEWARD)
    acting = open_register(tmp_path / FILE).as_(STEWARD)
    place = atlas.gazetteer.place("E09000002")
    here = current.table[current.inside(place)]
    first, second = (row.where(row.notna(), None).to_dict() for _, row in here[here["category"] == "library"].head(2).iterrows())
    asset_decisions.decide_match(acting, first, second, "the same place", note="One building, two names")
    joined = open_assets(TODAY)
    assert int(joined.inside(place).sum()) == len(here) - 1
    assert len(joined.records) == len(current.records), "nothing is lost"
    app = _run(place="E09000002", asset=str(second["asset_id"]))
    assert not app.exception
    assert any(each.label.startswith("What people decided here") for each in app.expander)
    note = next(each for each in app.text_input if each.label.startswith("Why it is taken back"))
    note.set_value("Two buildings after all")
    next(each for each in app.button if each.label == "Take this back").click().run()
    assert not app.exception
    assert int(open_assets(TODAY).inside(place).sum()) == len(here)


def test_downloads_keep_what_openstreetmap_licenses_apart(atlas: Atlas, current: CurrentAssets) -> None:
    place = atlas.gazetteer.place(TOWER_HAMLETS)
    found = current.found(place, AssetFilter())
    table = asset_downloads.table(current, found)
    assert table["place_id"].nunique() == len(found)
    assert table.groupby("asset_id")["licence"].nunique().eq(1).all(), "no row mixes two licences"
    assert set(table.loc[table["source"] == "OpenStreetMap", "licence"]) == {"ODbL 1.0"}


def test_the_map_of_a_borough_is_under_60_kilobytes(atlas: Atlas, current: CurrentAssets) -> None:
    place = atlas.gazetteer.place(TOWER_HAMLETS)
    found = current.found(place, AssetFilter())
    view = asset_directory.map_of(current, place, found, None, None, View(place))
    assert len(view.points.items) == int(found["easting"].notna().sum())
    assert len(pd.io.json.ujson_dumps(to_payload(view))) < 60_000


def test_a_postcode_is_answered_with_what_is_within_the_walk_over_the_border_too(atlas: Atlas, current: CurrentAssets) -> None:
    point = atlas.postcode(postcodes.read("E1 6PL"))
    app = _run(postcode="E16PL")
    places = atlas.places
    home = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(point.easting, point.northing)
    _, _, straight = Geod(ellps="WGS84").inv(  # by latitude and longitude, where the page measures on the grid
        np.full(len(places), home[0]), np.full(len(places), home[1]), places["longitude"], places["latitude"]
    )
    near = places[straight * 1.3 <= 800]
    authorities = near["lsoa21cd"].map(atlas.areas.set_index("lsoa21cd")["lad24cd"])
    assert authorities.nunique() == 3, "or this would prove nothing of borders"
    assert app.title[0].value == f"{asset_words.kinds_counted(near['category'])} are mapped within a ten-minute walk of E1 6PL."
    assert "In all of Tower Hamlets: 102 places of worship" in _said(app)
    walks = current.walks(point, 1.3)
    found = current.found(atlas.gazetteer.place(TOWER_HAMLETS), AssetFilter(), (walks <= 800).to_numpy())
    assert set(near["asset_id"]) <= set(found["asset_id"])


def test_a_postcode_far_from_everything_is_told_the_nearest() -> None:
    app = _run(postcode="TR197AA")
    assert app.title[0].value == "No community place has been recorded within a ten-minute walk of TR19 7AA yet."
    assert "The nearest is St Sennen's Church, 1,877 m away." in _said(app)


def test_what_is_said_of_none_one_and_many() -> None:
    one = pd.DataFrame({"category": ["library"], "freshness": ["confirmed"]})
    assert asset_words.headline("Example", one.iloc[:0]) == "No community place has been recorded in Example yet."
    assert asset_words.headline("Example", one) == "1 library is mapped in Example."
    assert "confirmed each of them" in asset_words.second_sentence(one, [])
    stale = pd.DataFrame({"freshness": ["needs checking", "unconfirmed"]})
    assert asset_words.second_sentence(stale, []).startswith("None was confirmed in the last 12 months, 1 needs checking and for 1 nobody")
    for kind in ASSET_CATEGORIES:
        assert asset_words.ways_to_connect(None, kind).first
