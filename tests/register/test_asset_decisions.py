"""What people decide about community assets: one decision in force for each asset or pair, by the right people, undone without a trace lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from analysis.asset_corrections import CORRECTION_COLUMNS, applied
from analysis.asset_records import as_records
from register import asset_decisions, asset_review, assets, checking, history, people
from register.errors import NotAllowedError, NotFoundError, ValidationError
from register.model import History
from register.model_assets import SITE_FIELDS, AssetCorrection
from register.store import Register
from tests.register.asset_beginnings import keep, published
from tests.register.beginnings import (
    CONTRIBUTOR,
    EDITOR,
    EDITOR_ELSEWHERE,
    NEWHAM,
    OTHER_CONTRIBUTOR,
    READER,
    STEWARD,
    TODAY,
    TOWER_HAMLETS,
    a_partner,
)

TEMPLE, OTHER = published(), published("osm/way/2", "Example Mandir")
NEWHAM_HALL = published("osm/way/3", "Example Newham Hall", lad24cd=NEWHAM)


def _row(register: Register, asset_id: str = "osm/way/1") -> Any:
    return asset_decisions.corrections(register.as_(READER)).set_index("asset_id").loc[asset_id]


def test_corrections_of_one_asset_are_one_record_that_adds_up(register: Register) -> None:
    editor = register.as_(EDITOR)
    first = asset_decisions.correct(editor, TEMPLE, {"opening": "Su 10:00-12:00", "languages": ["Hindi", "English"]}, note="From their board")
    second = asset_decisions.confirm(editor, TEMPLE, on=date(2026, 11, 20), role="Secretary, by telephone")
    third = asset_decisions.close(editor, TEMPLE, note="Boarded up")
    assert (first.id, second.version, third.version) == (second.id, 2, 3) and first.id == third.id
    said = _row(register)
    assert (said["opening"], said["languages"], said["closed"], said["confirmed_by_role"]) == (
        "Su 10:00-12:00",
        "Hindi; English",
        True,
        "Secretary, by telephone",
    )
    assert said["as_published"]["name"] == "Example Temple" and said["as_published"]["source"] == "OpenStreetMap"
    sentences = [change.sentence.partition(": ")[2] for change in asset_review.changes_of(register.as_(READER), "osm/way/1")]
    assert sentences == [
        "An editor said of “Example Temple”: set the languages to “Hindi, English”, set the opening to “Su 10:00-12:00”. Note: From their board",
        "An editor confirmed the correction as of 2026-11-20 (Secretary, by telephone).",
        "An editor recorded that it has closed. Note: Boarded up",
    ]
    asset_decisions.reopen(editor, TEMPLE, note="It was the wrong door")
    assert not _row(register)["closed"]
    assert list(asset_decisions.corrections(editor).columns) == list(CORRECTION_COLUMNS)
    assert checking.faults(register.as_(STEWARD)) == []


def test_saying_the_same_again_changes_nothing(register: Register) -> None:
    editor = register.as_(EDITOR)
    saved = asset_decisions.correct(editor, TEMPLE, {"space": "A hall for 60"})
    assert asset_decisions.correct(editor, TEMPLE, {"space": "A hall for 60"}).version == saved.version
    with pytest.raises(ValidationError, match="Nothing was said"):
        asset_decisions.correct(editor, OTHER, {"space": " ", "languages": []})


def test_undoing_a_correction_shows_what_is_published_and_keeps_the_history(register: Register) -> None:
    editor = register.as_(EDITOR)
    saved = asset_decisions.correct(editor, TEMPLE, {"name": "Example Mandir of the Lane"})
    with pytest.raises(ValidationError, match="note is missing"):
        asset_decisions.undo(editor, "asset_correction", saved.id, 1, note="")
    asset_decisions.undo(editor, "asset_correction", saved.id, 1, note="That is next door")
    assert asset_decisions.corrections(editor).empty
    again = asset_decisions.correct(editor, TEMPLE, {"opening": "Su"})
    assert again.id != saved.id and len(asset_decisions.corrections(editor)) == 1
    assert len(asset_review.changes_of(editor, "osm/way/1")) == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"description": "Asks for NHS 401 023 2137"}, "NHS number"),
        ({"space": "Join https://chat.whatsapp.com/abc"}, "invitation to a private group"),
        ({"category": "pub"}, "kind of asset cannot be"),
        ({"languages": "Bengali"}, "is a list"),
        ({"postcode": "nowhere"}, "is not a postcode"),
        ({"last_confirmed": date(2027, 1, 1), "confirmed_by_role": "Chair"}, "in the future"),
        ({"last_confirmed": TODAY}, "in what role"),
        ({"easting": 534_000.0}, "without a northing"),
        ({"favourite": True}, "no field “favourite”"),
        ({"as_published": {"name": "X"}}, "no field “as_published”"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(register: Register, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        asset_decisions.correct(register.as_(EDITOR), TEMPLE, fields)
    assert asset_decisions.corrections(register.as_(STEWARD), drafts=True).empty


# Who may


def test_a_reader_decides_nothing(register: Register) -> None:
    reader = register.as_(READER)
    for call in (
        lambda: asset_decisions.correct(reader, TEMPLE, {"name": "X"}),
        lambda: asset_decisions.confirm(reader, TEMPLE, on=TODAY, role="Chair"),
        lambda: asset_decisions.close(reader, TEMPLE, note="Gone"),
        lambda: asset_decisions.confirm_premises(reader, TEMPLE, {"postcode": "E1 1AA"}, note="Open to all"),
        lambda: asset_decisions.decide_match(reader, TEMPLE, OTHER, "the same place"),
        lambda: asset_review.drafts(reader),
    ):
        with pytest.raises(NotAllowedError):
            call()


@pytest.mark.parametrize("actor", [CONTRIBUTOR, EDITOR_ELSEWHERE])
def test_what_others_decide_waits_for_an_editor_of_the_place(register: Register, actor: Any) -> None:
    there, editor = register.as_(actor), register.as_(EDITOR)
    saved = asset_decisions.correct(there, TEMPLE, {"opening": "Su"}, note="I went past")
    assert (saved.status, saved.waiting) == ("draft", True)
    assert asset_decisions.correct(there, TEMPLE, {"space": "A hall"}).id == saved.id, "their own draft adds up too"
    assert asset_decisions.corrections(register.as_(READER), drafts=True).empty
    assert asset_decisions.corrections(register.as_(OTHER_CONTRIBUTOR), drafts=True).empty
    assert asset_decisions.corrections(there, drafts=True)["draft"].tolist() == [True]
    with pytest.raises(NotAllowedError):
        asset_decisions.approve(there, "asset_correction", saved.id, 2)
    with pytest.raises(NotFoundError):
        asset_decisions.approve(register.as_(OTHER_CONTRIBUTOR), "asset_correction", saved.id, 2)
    waiting = asset_review.drafts(editor)
    assert waiting[["entity", "title", "what"]].values.tolist() == [["asset_correction", "Example Temple", "opening: Su; space: A hall"]]
    asset_decisions.approve(editor, "asset_correction", saved.id, 2)
    assert (_row(register)["opening"], _row(register)["space"]) == ("Su", "A hall")
    assert asset_review.drafts(editor).empty
    with pytest.raises(NotAllowedError):
        asset_decisions.undo(there, "asset_correction", saved.id, 3, note="Mine")


def test_an_approved_draft_adds_to_the_decision_in_force_and_is_not_a_second(register: Register) -> None:
    editor, own = register.as_(EDITOR), register.as_(CONTRIBUTOR)
    asset_decisions.correct(editor, TEMPLE, {"opening": "Su", "space": "A hall"})
    draft = asset_decisions.correct(own, TEMPLE, {"opening": "Su 10:00-12:00"})
    assert _row(register)["opening"] == "Su"
    saved = asset_decisions.approve(editor, "asset_correction", draft.id, 1)
    assert len(asset_decisions.corrections(editor, drafts=True)) == 1
    assert (_row(register)["opening"], _row(register)["space"], saved.version) == ("Su 10:00-12:00", "A hall", 2)
    second = asset_decisions.close(own, TEMPLE, note="Boarded up")
    asset_decisions.undo(editor, "asset_correction", second.id, 1, note="It is open, I was there")
    assert not _row(register)["closed"] and len(asset_decisions.corrections(own, drafts=True)) == 1
    assert checking.faults(register.as_(STEWARD)) == []


def test_an_editor_cannot_decide_for_another_place_whatever_the_caller_says(register: Register) -> None:
    keep(register.as_(EDITOR))
    hall = assets.kept(register.as_(READER)).set_index("name", drop=False).loc["Example Hall"].to_dict()
    elsewhere = register.as_(EDITOR_ELSEWHERE)
    saved = asset_decisions.close(elsewhere, {**hall, "lad24cd": NEWHAM}, note="I say so")
    assert saved.waiting, "the register knows where a record of a kept list is"
    asset_decisions.correct(register.as_(EDITOR), TEMPLE, {"opening": "Su"})
    assert asset_decisions.close(elsewhere, {**TEMPLE, "lad24cd": NEWHAM}, note="I say so").waiting
    moved = {"postcode": "E15 1AA", "easting": 538_600.0, "northing": 184_000.0, "lad24cd": NEWHAM}
    assert asset_decisions.correct(register.as_(EDITOR), OTHER, moved).waiting, "nor can they send an asset there"
    assert not _row(register)["closed"]


def test_only_a_steward_decides_where_no_authority_is_known(register: Register) -> None:
    nowhere = published("charity/1", "Example Charity", lad24cd=None, category="charity", easting=None, northing=None, postcode=None)
    assert asset_decisions.close(register.as_(EDITOR), nowhere, note="Removed").waiting
    assert not asset_decisions.close(register.as_(STEWARD), nowhere, note="Removed").waiting


# Matches


def test_a_pair_has_one_decision_in_whichever_order_it_is_given(register: Register) -> None:
    editor = register.as_(EDITOR)
    first = asset_decisions.decide_match(editor, OTHER, TEMPLE, "the same place", note="One door")
    second = asset_decisions.decide_match(editor, TEMPLE, OTHER, "different places", note="Two doors after all")
    assert (first.id, second.version) == (second.id, 2)
    found = asset_decisions.matches(register.as_(READER))
    assert found[["first_id", "second_id", "decision", "reason"]].values.tolist() == [
        ["osm/way/1", "osm/way/2", "different places", "Two doors after all"]
    ], "a refusal to merge is a record"
    asset_decisions.undo(editor, "asset_match", first.id, 2, note="Not sure")
    assert asset_decisions.matches(editor).empty
    assert asset_decisions.decide_match(editor, TEMPLE, OTHER, "the same place").id != first.id
    told = [change.sentence for change in asset_review.changes_of(editor, "osm/way/2")]
    assert "An editor decided that “Example Temple” and “Example Mandir” are the same place. Note: One door" in told[0]
    for wrong, said in ((("the same place", TEMPLE, TEMPLE), "choose two"), (("perhaps", TEMPLE, OTHER), "decision cannot be")):
        with pytest.raises(ValidationError, match=said):
            asset_decisions.decide_match(editor, wrong[1], wrong[2], wrong[0])


def test_editors_of_either_place_decide_on_a_pair_and_others_wait(register: Register) -> None:
    for actor in (EDITOR, EDITOR_ELSEWHERE):
        saved = asset_decisions.decide_match(register.as_(actor), TEMPLE, NEWHAM_HALL, "different places")
        assert not saved.waiting
    draft = asset_decisions.decide_match(register.as_(CONTRIBUTOR), TEMPLE, NEWHAM_HALL, "the same place", note="One trust")
    assert draft.waiting and asset_decisions.matches(register.as_(READER))["decision"].tolist() == ["different places"]
    assert asset_decisions.decide_match(register.as_(EDITOR_ELSEWHERE), TEMPLE, OTHER, "the same place").waiting
    asset_decisions.approve(register.as_(EDITOR_ELSEWHERE), "asset_match", draft.id, 1)
    assert asset_decisions.matches(register.as_(READER))["decision"].tolist() == ["the same place"]


def test_a_card_lists_what_was_decided_of_it(register: Register) -> None:
    editor = register.as_(EDITOR)
    asset_decisions.correct(editor, TEMPLE, {"closed": True})
    asset_decisions.decide_match(editor, TEMPLE, OTHER, "the same place")
    shown = asset_review.decisions_of(register.as_(READER), ["osm/way/2"])
    assert shown[["entity", "asset_id", "other_id", "may_decide"]].values.tolist() == [["asset_match", "osm/way/2", "osm/way/1", False]]
    both = asset_review.decisions_of(editor, ["osm/way/1", "osm/way/2"])
    assert set(both["what"]) == {"it has closed", "“Example Temple” and “Example Mandir” are the same place"} and both["may_decide"].all()


# Sensitive sites and charities


def test_a_site_that_somebody_calls_sensitive_loses_its_position_everywhere(register: Register) -> None:
    editor = register.as_(EDITOR)
    keep(editor)
    hall = assets.kept(editor).set_index("name", drop=False).loc["Example Hall"].to_dict()
    draft = asset_decisions.correct(register.as_(CONTRIBUTOR), hall, {"postcode": "E1 2ZZ", "opening": "Su"})
    asset_decisions.correct(editor, hall, {"postcode": "E1 1ZZ", "easting": 534_600.0, "northing": 181_700.0})
    asset_decisions.correct(editor, hall, {"sensitive": True}, note="It is a refuge")
    kept = assets.kept(editor).set_index("name").loc["Example Hall"]
    assert kept["sensitive"] and kept[["postcode", "easting", "lsoa21cd"]].isna().all() and kept["lad24cd"] == TOWER_HAMLETS
    assert _positions(register, hall["asset_id"]) == []
    with pytest.raises(ValidationError, match="sensitive site keeps an area"):
        asset_decisions.correct(editor, hall, {"postcode": "E1 1ZZ"})
    with pytest.raises(ValidationError, match="sensitive site keeps an area"):
        asset_decisions.correct(register.as_(OTHER_CONTRIBUTOR), hall, {"postcode": "E1 1ZZ"})
    asset_decisions.approve(editor, "asset_correction", draft.id, _version(register, draft.id))
    assert _positions(register, hall["asset_id"]) == [] and _row(register, hall["asset_id"])["opening"] == "Su"
    assert checking.faults(register.as_(STEWARD)) == []


def test_a_contributor_can_say_that_a_site_is_sensitive_and_an_editor_makes_it_so(register: Register) -> None:
    keep(register.as_(EDITOR))
    hall = assets.kept(register.as_(EDITOR)).set_index("name", drop=False).loc["Example Hall"].to_dict()
    draft = asset_decisions.correct(register.as_(CONTRIBUTOR), hall, {"sensitive": True})
    assert _positions(register, hall["asset_id"]) != []
    asset_decisions.approve(register.as_(EDITOR), "asset_correction", draft.id, 1)
    assert _positions(register, hall["asset_id"]) == []
    assert checking.faults(register.as_(STEWARD)) == []


def _version(register: Register, record_id: str) -> int:
    with register.reading() as connection:
        return int(connection.execute(select(AssetCorrection.version).where(AssetCorrection.id == record_id)).scalar_one())


def _positions(register: Register, asset_id: str) -> list[Any]:
    """What any state of any record of an asset, past or present, says of where it is, in the history alone."""
    found: list[Any] = []
    with register.reading() as connection:
        lines = list(connection.execute(select(History.record_id, History.changes).where(History.entity.in_(("asset", "asset_correction")))))
    of_it = {line.record_id for line in lines if line.changes.get("asset_id", [None, None])[1] == asset_id}
    for line in lines:
        if line.record_id in of_it:
            found += [value for field in SITE_FIELDS for value in line.changes.get(field, ())]
            for snapshot in line.changes.get("as_published", ()):
                found += [value for field, value in (snapshot or {}).items() if field in SITE_FIELDS]
    return [value for value in found if value is not None]


def test_a_charity_has_a_point_only_where_a_person_confirmed_public_premises(register: Register) -> None:
    editor = register.as_(EDITOR)
    charity = published("charity/1234567", "Example Charity", category="charity", charity_number="1234567")
    point = {"easting": 534_500.0, "northing": 181_600.0, "longitude": -0.06, "latitude": 51.517, "lsoa21cd": "E01004293"}
    with pytest.raises(ValidationError, match="may be somebody's home"):
        asset_decisions.correct(editor, charity, {"postcode": "E1 1AA", **point})
    with pytest.raises(ValidationError, match="note is missing"):
        asset_decisions.confirm_premises(editor, charity, {**point, "postcode": "e1 1aa"}, note="")
    with pytest.raises(ValidationError, match="where the public premises are"):
        asset_decisions.confirm_premises(editor, charity, {}, note="They are")
    asset_decisions.confirm_premises(editor, charity, {**point, "postcode": "e1 1aa", "lad24cd": TOWER_HAMLETS}, note="A shop on the street")
    said = _row(register, "charity/1234567")
    assert (said["postcode"], said["easting"], said["position_quality"], said["public_premises"]) == ("E11AA", 534_500.0, "postcode", True)
    assert "postcode" not in said["as_published"], "the contact address is not remembered"


# What the pages ask


def test_the_revision_moves_with_assets_and_names_and_nothing_else(register: Register) -> None:
    editor, reader = register.as_(EDITOR), register.as_(READER)
    assert asset_decisions.revision(reader) == 0
    a_partner(editor)
    assert asset_decisions.revision(reader) == 0
    seen = 0
    for change in (
        lambda: keep(editor),
        lambda: asset_decisions.correct(editor, TEMPLE, {"opening": "Su"}),
        lambda: asset_decisions.decide_match(editor, TEMPLE, OTHER, "the same place"),
    ):
        change()
        assert asset_decisions.revision(reader) == register.revision() > seen
        seen = register.revision()
    a_partner(editor, name="Another")
    assert asset_decisions.revision(reader) == seen
    person = people.record_person(editor, "Amina Example", consent_on=TODAY, consent_how="Email", lad24cd=TOWER_HAMLETS)
    named = asset_decisions.correct(editor, OTHER, {"description": "Ask Amina Example"})
    people.withdraw_consent(editor, person.id)
    assert asset_decisions.revision(reader) == register.revision(), "a withdrawn name is out of what pages keep, too"
    assert _row(register, "osm/way/2")["description"] == "Ask name withdrawn"
    assert "Amina" not in str(history.of_record(editor, "asset_correction", named.id))


def test_what_the_register_says_is_laid_over_what_is_published(register: Register) -> None:
    editor = register.as_(EDITOR)
    asset_decisions.correct(editor, TEMPLE, {"opening": "Su 10:00-12:00"})
    asset_decisions.close(editor, OTHER, note="Sold")
    records = as_records(pd.DataFrame([TEMPLE, NEWHAM_HALL]))
    found = applied(records, asset_decisions.corrections(register.as_(READER))).set_index("asset_id")
    assert found.loc["osm/way/1", "opening"] == "Su 10:00-12:00" and found.loc["osm/way/1", "corrected"]
    assert not found.loc["osm/way/3", "corrected"]
    lost = found.loc["osm/way/2"]
    assert (lost["name"], lost["source"], lost["closed"], lost["easting"]) == ("Example Mandir", "register", True, 534_500.0)
    assert lost["note"] == "No longer published by OpenStreetMap; kept because of what was decided here."


def test_who_may_decide_is_told_for_each_asset(register: Register) -> None:
    codes = as_records(pd.DataFrame([TEMPLE, NEWHAM_HALL, published("x/1", lad24cd=None)]))["lad24cd"]
    assert asset_review.may_decide(register.as_(EDITOR), codes).tolist() == [True, False, False]
    assert asset_review.may_decide(register.as_(STEWARD), codes).all()
    assert not asset_review.may_decide(register.as_(CONTRIBUTOR), codes).any()
