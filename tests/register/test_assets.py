"""Lists that somebody kept: idempotent, whole or not at all, never over a decision, and with no trace of where a sensitive site is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from analysis.asset_records import RECORD_COLUMNS
from register import asset_decisions, asset_review, asset_rows, assets, checking, history
from register.errors import NotAllowedError, NotFoundError, ValidationError
from register.model import History
from register.model_assets import SITE_FIELDS, Asset
from register.store import Register
from register.writing import Writer
from tests.register.asset_beginnings import ROWS, keep, list_fields, row
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
)


def _changes(register: Register) -> int:
    with register.reading() as connection:
        return len(list(connection.execute(select(History.revision))))


def _ids(register: Register) -> dict[str, str]:
    kept = assets.kept(register.as_(READER))
    return dict(zip(kept["name"], kept["asset_id"], strict=True))


def test_a_kept_list_is_read_back_in_the_form_of_every_source(register: Register) -> None:
    done = keep(register.as_(EDITOR))
    assert (done.created, done.updated, done.unchanged, done.gone) == (3, 0, 0, 0)
    kept = assets.kept(register.as_(READER))
    assert list(kept.columns) == list(RECORD_COLUMNS)
    assert {name: str(kind) for name, kind in kept.dtypes.items()} == RECORD_COLUMNS
    hall = kept.set_index("name").loc["Example Hall"]
    given = ROWS[0]
    same = [name for name in given if name != "name"]
    assert {name: hall[name] for name in same} == {name: given[name] for name in same}
    assert (hall["source"], hall["licence"], hall["source_date"]) == ("Example Council for Voluntary Service", "CC BY 4.0", "2026-11-25")
    assert pd.isna(hall["last_confirmed"]), "when a list was published is not a confirmation"
    assert kept["asset_id"].str.startswith("list/").all() and kept["asset_id"].is_unique
    assert checking.faults(register.as_(STEWARD)) == []


def test_the_same_file_again_changes_nothing_and_says_so(register: Register) -> None:
    first = keep(register.as_(EDITOR))
    before = _changes(register)
    again = keep(register.as_(EDITOR))
    assert again.same_file and again.said == "This file is kept already: nothing was changed. It has 3 records."
    assert again.saved is not None and first.saved is not None and again.saved.id == first.saved.id
    assert _changes(register) == before
    assert asset_decisions.revision(register.as_(READER)) == first.saved.revision


def test_the_next_version_creates_changes_keeps_and_withdraws(register: Register) -> None:
    editor = register.as_(EDITOR)
    keep(editor)
    before = _ids(register)
    version = [row("Example New Hall", postcode="E14AD"), ROWS[0], {**ROWS[1], "opening": "Mo-Fr 09:00-17:00"}]
    rehearsed = assets.would_keep(editor, list_fields("second"), version)
    changes = _changes(register)
    done = keep(editor, version, "second")
    assert (done.created, done.updated, done.unchanged, done.gone) == (1, 1, 1, 1)
    assert (rehearsed.created, rehearsed.updated, rehearsed.unchanged, rehearsed.gone) == (1, 1, 1, 1)
    assert _changes(register) == changes + 1 + 3, "the list, and one line for each record that changed"
    after = _ids(register)
    assert set(after) == {"Example New Hall", "Example Hall", "Example Library"}
    assert {name: after[name] for name in ("Example Hall", "Example Library")} == {
        name: before[name] for name in ("Example Hall", "Example Library")
    }
    with register.reading() as connection:
        gone = connection.execute(select(Asset.id).where(Asset.asset_id == before["Example Club"])).scalar_one()
    assert history.of_record(editor, "asset", gone)[-1].note == "No longer in the list"
    back = keep(editor, ROWS, "third")
    assert (back.created, back.updated, back.gone) == (0, 2, 1)
    assert _ids(register) == before, "what comes back is the record that it was"
    assert checking.faults(register.as_(STEWARD)) == []


def test_a_row_that_moved_is_found_again_by_its_name(register: Register) -> None:
    keep(register.as_(EDITOR))
    before = _ids(register)
    moved = [{**ROWS[0], "postcode": "E19ZZ", "easting": 534_900.0}, *ROWS[1:]]
    done = keep(register.as_(EDITOR), moved, "second")
    assert (done.created, done.updated, done.gone) == (0, 1, 0)
    assert _ids(register) == before


def test_rows_of_one_name_at_one_place_are_kept_apart(register: Register) -> None:
    twice = [row("Example Hall", description="Lunch club"), row("Example Hall", description="Youth club")]
    assert keep(register.as_(EDITOR), twice).created == 2
    assert keep(register.as_(EDITOR), twice, "second").unchanged == 2


def test_a_new_version_never_overwrites_what_a_person_said(register: Register) -> None:
    editor = register.as_(EDITOR)
    keep(editor)
    hall = assets.kept(editor).set_index("name", drop=False).loc["Example Hall"].to_dict()
    asset_decisions.correct(editor, hall, {"opening": "Tu 10:00-12:00"}, note="Rang them")
    keep(editor, [{**ROWS[0], "opening": "Mo 09:00-17:00"}, *ROWS[1:]], "second")
    said = asset_decisions.corrections(editor).set_index("asset_id").loc[hall["asset_id"]]
    assert said["opening"] == "Tu 10:00-12:00"
    keep(editor, ROWS[1:], "third")
    assert len(asset_decisions.corrections(editor)) == 1, "nor does leaving the row out"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Row 2: The name is missing."),
        ({"category": "pub"}, "Row 2: The kind of asset cannot be “pub”."),
        ({"category": None}, "Row 2: Say what kind of place it is."),
        ({"description": "Patient 450 557 7104 comes on Mondays"}, "Row 2: The description holds what looks like an NHS number."),
        ({"opening": "See https://chat.whatsapp.com/abc"}, "Row 2: The opening holds an invitation to a private group."),
        ({"easting": 5.0}, "Row 2: The easting (5) is not between 80,000 and 660,000."),
        ({"northing": None}, "Row 2: There is an easting without a northing: give both."),
        ({"last_confirmed": "2027-01-01", "confirmed_by_role": "Manager"}, "Row 2: The last confirmed (2027-01-01) is in the future."),
        ({"last_confirmed": "2026-01-01"}, "Row 2: Say in what role whoever confirmed it did so."),
        ({"shoe_size": 9}, "Row 2: A record of a list has no field “shoe_size”."),
    ],
)
def test_one_row_that_cannot_be_kept_is_named_and_nothing_is_kept(register: Register, wrong: dict[str, Any], said: str) -> None:
    rows = [ROWS[0], {**ROWS[1], **wrong}, ROWS[2]]
    with pytest.raises(ValidationError, match="Nothing was kept") as caught:
        keep(register.as_(EDITOR), rows)
    assert said in str(caught.value)
    assert assets.kept(register.as_(STEWARD), drafts=True).empty and assets.lists(register.as_(STEWARD)).empty
    checked = asset_rows.checked(rows, TOWER_HAMLETS, TODAY)
    assert len(checked.rows) == 2 and set(checked.problems["row_number"]) == {2}


def test_a_list_says_whose_it_is_and_which_file_it_was(register: Register) -> None:
    with pytest.raises(ValidationError) as caught:
        assets.keep_list(register.as_(EDITOR), {"lad24cd": TOWER_HAMLETS}, ROWS)
    assert {problem.field for problem in caught.value.problems} >= {"title", "publisher", "as_at", "file_name", "file_digest"}
    with pytest.raises(ValidationError, match="column: field"):
        keep(register.as_(EDITOR), column_mapping={"Venue": 3})


def test_one_file_is_not_kept_twice_under_two_titles(register: Register) -> None:
    editor = register.as_(EDITOR)
    first = keep(editor).saved
    assert first is not None
    with pytest.raises(ValidationError, match="kept already as “Directory of community groups”"):
        keep(editor, title="Another title")
    gone = assets.withdraw_list(editor, first.id, first.version, note="Wrong file")
    other = keep(editor, title="Another title")
    assert other.created == 3
    with pytest.raises(ValidationError, match="kept already as “Another title”"):
        assets.put_back_list(editor, gone.id, gone.version, note="It was right")


def test_a_withdrawn_list_takes_its_records_out_of_view_and_gives_them_back(register: Register) -> None:
    editor, reader = register.as_(EDITOR), register.as_(READER)
    saved = keep(editor).saved
    assert saved is not None
    with register.reading() as connection:
        record = connection.execute(select(Asset.id).limit(1)).scalar_one()
    assert history.of_record(reader, "asset", record)
    gone = assets.withdraw_list(editor, saved.id, saved.version, note="Not theirs to share")
    assert assets.kept(reader).empty and assets.lists(reader).empty
    with pytest.raises(NotFoundError):
        history.of_record(reader, "asset", record)
    assert assets.lists(editor)["status"].tolist() == ["withdrawn"]
    assets.put_back_list(editor, gone.id, gone.version, note="Agreed")
    assert len(assets.kept(reader)) == 3
    with pytest.raises(ValidationError, match="note is missing"):
        assets.withdraw_list(editor, saved.id, 3, note=" ")


# Who may


def test_what_a_contributor_brings_waits_for_an_editor_of_the_place(register: Register) -> None:
    own = register.as_(CONTRIBUTOR)
    done = keep(own)
    assert done.saved is not None and done.saved.status == "draft" and done.said.endswith("The list waits for an editor of the place.")
    assert keep(own).same_file
    assert keep(own, ROWS[:2], "second").gone == 1, "they may bring their own draft again"
    for actor in (READER, OTHER_CONTRIBUTOR, EDITOR_ELSEWHERE):
        there = register.as_(actor)
        assert assets.kept(there, drafts=True).empty and assets.lists(there).empty
        with pytest.raises((NotAllowedError, NotFoundError)):
            assets.approve_list(there, done.saved.id, 2)
    with pytest.raises(NotAllowedError):
        assets.approve_list(own, done.saved.id, 2)
    assert assets.kept(own, drafts=True)["draft"].all() and len(assets.kept(own, drafts=True)) == 2
    waiting = asset_review.drafts(register.as_(EDITOR))
    assert waiting[["entity", "title", "what", "may_decide"]].values.tolist() == [
        ["asset_list", "Directory of community groups", "2 records of Example Council for Voluntary Service", True]
    ]
    assert assets.kept(register.as_(READER)).empty
    approved = assets.approve_list(register.as_(EDITOR), done.saved.id, 2)
    assert approved.created == 2
    assert len(assets.kept(register.as_(READER))) == 2
    assert asset_review.drafts(register.as_(EDITOR)).empty
    assert checking.faults(register.as_(STEWARD)) == []


def test_a_contributors_version_of_a_published_list_becomes_its_next_version(register: Register) -> None:
    keep(register.as_(EDITOR))
    before = _ids(register)
    draft = keep(register.as_(CONTRIBUTOR), [ROWS[0], {**ROWS[1], "opening": "Mo 10:00-12:00"}], "second").saved
    assert draft is not None and len(assets.kept(register.as_(READER))) == 3
    done = assets.approve_list(register.as_(EDITOR), draft.id, draft.version)
    assert (done.created, done.updated, done.unchanged, done.gone) == (0, 1, 1, 1)
    assert _ids(register) == {name: before[name] for name in ("Example Hall", "Example Library")}
    assert assets.lists(register.as_(READER))["rows_kept"].tolist() == [2]
    assert assets.kept(register.as_(EDITOR), drafts=True)["draft"].tolist() == [False, False]
    assert checking.faults(register.as_(STEWARD)) == []


def test_a_reader_writes_nothing(register: Register) -> None:
    with pytest.raises(NotAllowedError, match="Sign in"):
        keep(register.as_(READER))
    with pytest.raises(NotAllowedError):
        assets.would_keep(register.as_(READER), list_fields(), ROWS)


def test_a_row_in_another_place_waits_for_the_editors_there(register: Register) -> None:
    editor, neighbour = register.as_(EDITOR), register.as_(EDITOR_ELSEWHERE)
    across = {"lad24cd": NEWHAM, "lsoa21cd": "E01003491", "postcode": "E151AA", "easting": 538_600.0}
    rows = [ROWS[0], row("Example Hall over the border", **across)]
    done = keep(editor, rows)
    assert (done.created, done.elsewhere) == (2, 1)
    assert _ids(register).keys() == {"Example Hall"}
    waiting = asset_review.drafts(neighbour)
    assert waiting["title"].tolist() == ["Example Hall over the border"] and waiting["may_decide"].all()
    with pytest.raises(NotAllowedError):
        assets.approve_asset(editor, waiting["id"][0], 1)
    assets.approve_asset(neighbour, waiting["id"][0], 1)
    assert len(_ids(register)) == 2
    version = [ROWS[0], {**rows[1], "opening": "Never"}]
    again = keep(editor, version, "second")
    assert (again.updated, again.elsewhere, again.unchanged) == (0, 1, 1), "a published record there is for its editors"
    assert keep(editor, ROWS[:1], "third").gone == 0
    assert keep(register.as_(STEWARD), version, "fourth").updated == 1
    assert checking.faults(register.as_(STEWARD)) == []


# What must not be kept


def test_a_sensitive_site_has_no_position_now_or_in_the_past_however_it_becomes_one(register: Register) -> None:
    editor = register.as_(EDITOR)
    secret = "E16ZZ"
    rows = [{**ROWS[0], "postcode": secret, "uprn": "100012345678"}, row("Example Refuge", postcode=secret, sensitive=True), ROWS[2]]
    keep(editor, rows)
    assert _told(register, "Example Refuge") == []
    assert secret in _told(register, "Example Hall")
    keep(editor, [{**rows[0], "sensitive": True}, rows[1], rows[2]], "second")
    assert _told(register, "Example Hall") == []
    keep(editor, rows, "third")
    assert _told(register, "Example Hall") == [], "a file that has forgotten it does not bring the position back"
    kept = assets.kept(editor).set_index("name")
    assert kept.loc["Example Hall", "sensitive"] and kept.loc["Example Hall", "lad24cd"] == TOWER_HAMLETS
    assert kept.loc["Example Hall", "position_quality"] == "not located"
    assert checking.faults(register.as_(STEWARD)) == []


def _told(register: Register, name: str) -> list[Any]:
    """What any state of a record, past or present, says of where it is."""
    found: list[Any] = []
    with register.reading() as connection:
        record = connection.execute(select(Asset.__table__).where(Asset.name == name)).mappings().one()
        found += [record[field] for field in SITE_FIELDS]
        for changes in connection.execute(select(History.changes).where(History.record_id == record["id"])).scalars():
            found += [value for field in SITE_FIELDS for value in changes.get(field, ())]
    return [value for value in found if value is not None]


def test_a_charitys_contact_address_is_not_kept_and_its_area_is(register: Register) -> None:
    keep(register.as_(EDITOR), [row("Example Charity", category="charity", charity_number="1234567", service_area=TOWER_HAMLETS)])
    kept = assets.kept(register.as_(EDITOR)).iloc[0]
    assert kept[["postcode", "easting", "lsoa21cd"]].isna().all()
    assert (kept["service_area"], kept["charity_number"], kept["position_quality"]) == (TOWER_HAMLETS, "1234567", "not located")
    assert _told(register, "Example Charity") == []


def test_ids_cannot_be_guessed_from_a_postcode() -> None:
    rows = asset_rows.checked([row("Example Refuge", sensitive=True)], TOWER_HAMLETS, TODAY).rows
    one, other = (asset_rows.with_ids(rows, "key", secret)[0]["asset_id"] for secret in ("register one", "register two"))
    assert one != other and asset_rows.with_ids(rows, "key", "register one")[0]["asset_id"] == one
    assert "E11AA" not in one


# Many at once


def test_many_records_have_the_history_that_one_after_another_would_have(register: Register) -> None:
    rows = [row(f"Example Hall {number}", postcode=None, easting=534_000.0 + number) for number in range(2_500)]
    keep(register.as_(EDITOR), rows)
    changed = [{**one, "opening": "Mo"} if number % 3 == 0 else one for number, one in enumerate(rows)]
    assert keep(register.as_(EDITOR), changed, "second").updated == 834
    assert checking.faults(register.as_(STEWARD)) == []
    with register.reading() as connection:
        lines = list(connection.execute(select(History.revision, History.position).order_by(History.revision, History.position)))
    assert [position for _, position in lines] == [*range(1, 2_502), *range(1, 836)]


def test_changing_many_says_nothing_of_what_did_not_change(register: Register) -> None:
    keep(register.as_(EDITOR))
    with register.writing(EDITOR) as writer:
        assert isinstance(writer, Writer)
        with register.reading() as connection:
            rows = [dict(one) for one in connection.execute(select(Asset.__table__)).mappings()]
        assert writer.update_many("asset", [(one, {"name": one["name"]}) for one in rows], note=None) == 0
        assert writer.update_many("asset", [(rows[0], {"opening": "Mo"}), (rows[1], {"space": "A hall"})], note="Both") == 2
    told = [history.of_record(register.as_(EDITOR), "asset", one["id"])[-1].changes for one in rows[:2]]
    assert told == [{"opening": (None, "Mo")}, {"space": (None, "A hall")}]
    assert checking.faults(register.as_(STEWARD)) == []
