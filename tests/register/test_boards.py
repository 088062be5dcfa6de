"""What the pages list: the board of a place, networks, clinical areas, contacts, search and the review queue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analysis.gaps import empty_partners
from register import boards, contacts, entries, gaps_table, partners, people, review, search
from register.store import Register
from register.vocabularies import PLACE_CONTACT_SLOTS
from tests.register.beginnings import EDITOR, NEWHAM, READER, STEWARD, TODAY, TOWER_HAMLETS, a_partner, a_relationship


def _names(frame: pd.DataFrame) -> list[str]:
    return frame["name"].tolist()


def test_a_board_goes_by_stage_then_name_and_shows_who_has_no_relationship(register: Register) -> None:
    acting = register.as_(STEWARD)
    for name, stage in (("b", "talking"), ("A", "talking"), ("c", "formal or funded"), ("d", "introduced")):
        a_relationship(acting, a_partner(acting, name=name).id, stage)
    a_partner(acting, name="Nobody yet")
    a_partner(acting, name="Elsewhere", lad24cd=NEWHAM, lsoa21cd=None)
    area_only = {"easting": None, "northing": None, "longitude": None, "latitude": None, "lsoa21cd": None, "lad24cd": None}
    a_partner(acting, name="Serves here", service_area=[TOWER_HAMLETS], **area_only)
    board = boards.of_place(register.as_(READER), [TOWER_HAMLETS])
    assert _names(board) == ["d", "A", "b", "c", "Nobody yet", "Serves here"]
    assert board["stage"].astype(str).tolist()[-1] == boards.NO_RELATIONSHIP
    assert _names(boards.of_place(register.as_(READER), ["E01004293"])) == ["d", "A", "b", "c", "Nobody yet"]
    assert boards.of_place(register.as_(READER), []).empty


def test_frames_keep_their_columns_and_types_when_empty(register: Register) -> None:
    acting = register.as_(STEWARD)
    table = gaps_table.gaps_table(acting)
    assert list(table.columns) == [*empty_partners().columns, "partner_id", "lsoa21cd"]
    assert table[empty_partners().columns].dtypes.equals(empty_partners().dtypes)
    board = boards.of_place(acting, [TOWER_HAMLETS])
    assert board["last_confirmed"].dtype == "datetime64[us]"
    assert boards.by_network(board, {}).empty
    assert boards.by_clinical_area(acting, board).empty
    assert review.to_confirm(acting).empty
    assert review.drafts(acting).columns.tolist() == review.DRAFT_COLUMNS
    assert contacts.of_place(acting, TOWER_HAMLETS)["empty"].all()
    assert search.search(acting, "!!! ???").empty


def test_a_board_by_network_and_by_clinical_area(register: Register) -> None:
    acting = register.as_(EDITOR)
    first = a_partner(acting, name="First")
    a_relationship(acting, first.id, clinical_areas=["maternity", "asthma"])
    second = a_partner(acting, name="Second", service_area=["U99999", "E01004294"])
    entries.add(acting, "activity", {"partner_id": second.id, "name": "Inhaler afternoons", "clinical_areas": ["asthma"]})
    entries.add(acting, "activity", {"partner_id": second.id, "name": "Ended", "clinical_areas": ["epilepsy"], "ends": "2026-11-24"})
    board = boards.of_place(acting, [TOWER_HAMLETS])
    spread = boards.by_network(board, {"E01004293": "U11111", "E01004294": "U22222"})
    assert sorted(spread[["name", "pcn_code"]].to_numpy().tolist()) == [
        ["First", "U11111"],
        ["Second", "U11111"],
        ["Second", "U22222"],
        ["Second", "U99999"],
    ]
    areas = boards.by_clinical_area(acting, board)
    assert areas[["clinical_area_name", "name", "activities"]].to_numpy().tolist() == [
        ["Maternity", "First", []],
        ["Asthma", "First", []],
        ["Asthma", "Second", ["Inhaler afternoons"]],
    ]


def test_contacts_of_a_place_show_their_blanks(register: Register) -> None:
    acting = register.as_(EDITOR)
    person = people.record_person(acting, "Amina Example", consent_on=TODAY, consent_how="By email", lad24cd=TOWER_HAMLETS)
    place = {"lad24cd": TOWER_HAMLETS, "last_confirmed": date(2025, 1, 1), "confirmed_by_role": "lead"}
    entries.add(acting, "place_contact", {**place, "slot": PLACE_CONTACT_SLOTS[2], "role": "Chair", "person_id": person.id})
    entries.add(acting, "place_contact", {**place, "slot": contacts.PCN_SLOT, "role": "Clinical director", "area_code": "U11111"})
    shown = contacts.of_place(register.as_(READER), TOWER_HAMLETS, pcn_codes=["U22222", "U11111"])
    assert shown["slot"].drop_duplicates().tolist() == list(PLACE_CONTACT_SLOTS)
    assert shown.loc[~shown["empty"], ["role", "freshness"]].to_numpy().tolist() == [
        ["Chair", "needs checking"],
        ["Clinical director", "needs checking"],
    ]
    assert shown.loc[shown["slot"] == contacts.PCN_SLOT, ["area_code", "empty"]].to_numpy().tolist() == [["U11111", False], ["U22222", True]]
    assert shown["person_name"].dropna().tolist() == ["Amina Example"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("eglise", ["Église of Example"]),
        ("EGL exam", ["Église of Example"]),
        ("lunch", ["Église of Example", "مسجد"]),
        ("مسج", ["مسجد"]),
        ("lunch nowhere", []),
        ('"lunch" OR NOT (', []),
        ("a" * 5000, []),
        ("'; DROP TABLE partner; --", []),
    ],
)
def test_search_finds_the_beginnings_of_words_whatever_the_accents(register: Register, words: str, expected: list[str]) -> None:
    acting = register.as_(EDITOR)
    a_partner(acting, name="Église of Example", also_known_as=["EGL"])
    a_partner(acting, name="مسجد")
    a_partner(acting, name="Others", description="Bicycles")
    assert sorted(_names(search.search(acting, words))) == sorted(expected)
    assert search.search(acting, words, codes=[NEWHAM]).empty


def test_search_puts_stale_entries_last_and_follows_changes(register: Register) -> None:
    acting = register.as_(EDITOR)
    fresh: dict[str, Any] = {"last_confirmed": TODAY, "confirmed_by_role": "lead"}
    first = a_partner(acting, name="Lunch")
    a_partner(acting, name="A group with a longer name", **fresh)
    assert _names(search.search(acting, "lunch")) == ["A group with a longer name", "Lunch"]
    assert search.search(acting, "lunch")["freshness"].tolist() == ["confirmed", "unconfirmed"]
    partners.update(acting, first.id, 1, {"name": "Dinner", "description": None})
    assert _names(search.search(acting, "lunch")) == ["A group with a longer name"]
    partners.withdraw(acting, first.id, 2, note="Closed")
    assert search.search(acting, "dinner").empty


def test_the_review_queue_begins_with_the_stalest_and_most_relied_upon(register: Register) -> None:
    acting = register.as_(EDITOR)
    made = {}
    for name, confirmed in (("never", None), ("old", date(2023, 1, 1)), ("older", date(2022, 1, 1)), ("ageing", date(2025, 6, 1)), ("fresh", TODAY)):
        made[name] = a_partner(acting, name=name).id
        role = "lead" if confirmed else None
        a_relationship(acting, made[name], "formal or funded", last_confirmed=confirmed, confirmed_by_role=role)
    made["quiet"] = a_partner(acting, name="quiet").id
    a_relationship(acting, made["quiet"], last_confirmed=date(2026, 1, 1), confirmed_by_role="lead", last_contact=date(2026, 1, 1))
    a_relationship(acting, a_partner(acting, name="known of").id, "known of, no contact")
    assert _names(review.to_confirm(acting)) == ["never", "older", "old", "ageing", "quiet"]
    relied = {made["old"]: 9_000, made["ageing"]: 50_000}
    assert _names(review.to_confirm(acting, relied_upon=relied)) == ["old", "never", "older", "ageing", "quiet"]
    assert review.to_confirm(acting, codes=[NEWHAM]).empty


def test_a_partner_at_a_mapped_place_is_found_by_the_place(register: Register) -> None:
    acting = register.as_(STEWARD)
    a_partner(acting, name="Example Hall Friends", asset_id="osm/way/1")
    a_partner(acting, name="Example Elsewhere", asset_id="osm/way/2")
    assert boards.at_assets(acting, ["osm/way/1", "ace/none"])["name"].tolist() == ["Example Hall Friends"]
    assert boards.at_assets(acting, ["osm/way/3"]).empty
