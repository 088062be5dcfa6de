"""Relationships in and out as a table: moves with a day and a note, what each side gives, and nothing doubled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import select

from presentation.downloads import to_csv, to_xlsx
from register import partners, relationships
from register.actors import ANYONE, Actor
from register.exchange_files import ExchangeFileError
from register.exchange_plan import Plan
from register.exchange_relationships import import_relationships, plan_relationships, relationship_table
from register.model import Commitment, History, StageMove
from register.store import Acting, Register, open_register

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PLACE = "E09000030"
HEADING = "partner_name,body_name,stage,stage_on,stage_note,partner_gives,body_gives\n"


@pytest.fixture
def register(address: str) -> Register:
    """On SQLite and on PostgreSQL."""
    return open_register(address, clock=lambda: NOW)


@pytest.fixture
def steward(register: Register) -> Acting:
    acting = register.as_(Actor("steward@example", "S", "steward"))
    for name in ("Mosque", "Church"):
        partners.create(acting, {"name": name, "kind": "organisation", "service_area": [PLACE]})
    return acting


def bring(acting: Acting, content: str | bytes) -> Plan:
    return import_relationships(acting, content.encode() if isinstance(content, str) else content, note="A file")


def actions(plan: Plan) -> list[str]:
    return [outcome.action for outcome in plan.outcomes]


def said(plan: Plan, row: int = 0) -> dict[str, str]:
    return {problem.column: problem.expected for problem in plan.outcomes[row].problems}


def changes(acting: Acting) -> int:
    with acting.read() as connection:
        return len(connection.execute(select(History.revision)).all())


def edited(table: pd.DataFrame, **cells: str) -> bytes:
    changed = table.copy()
    for name, value in cells.items():
        changed.loc[0, name] = value
    return to_csv(changed, [])


def test_a_relationship_is_begun_with_its_move_and_what_each_side_gives(steward: Acting) -> None:
    text = HEADING + "Mosque,Council,doing something together,2026-03-31,At the forum,A hall,Two nurses\n"
    assert actions(plan_relationships(steward, text.encode())) == ["created"]
    assert relationship_table(steward).empty
    assert actions(bring(steward, text)) == ["created"]
    record = partners.get(steward, relationship_table(steward).loc[0, "partner_id"])
    (one,) = record.relationships
    assert one.fields["stage"] == "doing something together"
    assert [(move["stage_to"], move["moved_on"], move["note"]) for move in one.moves] == [
        ("doing something together", date(2026, 3, 31), "At the forum")
    ]
    assert {each["side"]: each["said"] for each in one.commitments} == {
        "partner": "A hall",
        "statutory body": "Two nurses",
    }
    written = changes(steward)
    assert actions(bring(steward, text)) == ["unchanged"], "the same file again adds nothing"
    assert changes(steward) == written


def test_what_goes_out_comes_back_unchanged(steward: Acting) -> None:
    bring(
        steward,
        HEADING
        + 'Mosque,Council,formal or funded,2026-03-31,Signed,"A hall\nand tea",=Two nurses\nChurch,Council,talking,,,,\n',
    )
    table = relationship_table(steward)
    one = table.loc[1, "id"]
    relationships.add_commitment(steward, one, {"side": "partner", "said": "A second thing"})
    table, written = relationship_table(steward), changes(steward)
    for content in (to_csv(table, []), to_xlsx(table, [], "Relationships")):
        plan = bring(steward, content)
        assert actions(plan) == ["unchanged", "unchanged"], plan.frame()
    assert changes(steward) == written


def test_a_stage_moves_with_a_day_and_a_note_and_is_refused_without(steward: Acting) -> None:
    bring(steward, HEADING + "Mosque,Council,introduced,2026-01-10,Met,,\n")
    table = relationship_table(steward)
    bare = edited(table, stage="talking")
    assert actions(plan_relationships(steward, bare)) == actions(bring(steward, bare)) == ["refused"]
    assert set(said(bring(steward, bare))) == {"stage_on", "stage_note"}
    plan = bring(steward, edited(table, stage="talking", stage_on="31/03/2026", stage_note="They rang"))
    assert actions(plan) == ["updated"] and dict(plan.outcomes[0].changes) == {"stage": ("introduced", "talking")}
    with steward.read() as connection:
        moves = connection.execute(
            select(StageMove.stage_from, StageMove.stage_to, StageMove.moved_on, StageMove.note)
        ).all()
    assert tuple(moves[-1]) == ("introduced", "talking", date(2026, 3, 31), "They rang")


def test_doing_something_together_asks_what_each_side_gives(steward: Acting) -> None:
    text = HEADING + "Mosque,Council,doing something together,2026-03-31,Agreed,A hall,\n"
    for plan in (plan_relationships(steward, text.encode()), bring(steward, text)):
        assert actions(plan) == ["refused"]
        assert "asks what each side gives" in said(plan)["body_gives"]
    with steward.read() as connection:
        assert connection.execute(select(Commitment.id)).all() == [], "a refused row leaves nothing behind"


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("Temple,Council,talking,,,,", "partner_name", "There is no partner of this name"),
        ("Mosque,,talking,,,,", "body_name", "is missing"),
        ("Mosque,Council,best friends,,,,", "stage", "cannot be “best friends”"),
        ("Mosque,Council,,,,,", "stage", "is missing"),
        ("Mosque,Council,talking,2027-01-01,,,", "stage_on", "in the future"),
        ("Mosque,Council,talking,soon,,,", "stage_on", "is not a date"),
    ],
)
def test_a_bad_row_is_refused_by_column(steward: Acting, row: str, column: str, expected: str) -> None:
    for plan in (plan_relationships(steward, (HEADING + row + "\n").encode()), bring(steward, HEADING + row + "\n")):
        assert actions(plan) == ["refused"]
        assert expected in said(plan)[column]


def test_a_move_before_the_last_is_refused(steward: Acting) -> None:
    bring(steward, HEADING + "Mosque,Council,talking,2026-03-31,Met,,\n")
    content = edited(relationship_table(steward), stage="dormant", stage_on="2026-01-01", stage_note="Gone quiet")
    for plan in (plan_relationships(steward, content), bring(steward, content)):
        assert "before the last move" in said(plan)["stage_on"]


def test_ids_that_were_moved_or_made_up_are_refused(steward: Acting) -> None:
    bring(steward, HEADING + "Mosque,Council,talking,,,,\nChurch,Council,introduced,,,,\n")
    table = relationship_table(steward)
    swapped = table.assign(id=table["id"].tolist()[::-1])
    plan = bring(steward, to_csv(swapped, []))
    assert actions(plan) == ["refused", "refused"] and "Were ids moved?" in said(plan)["partner_id"]
    plan = bring(steward, to_csv(table.assign(id=["R1", "R2"]), []))
    assert actions(plan) == ["refused", "refused"] and "no relationship with this id" in said(plan)["id"]


def test_the_same_relationship_twice_in_a_file_is_used_once(steward: Acting) -> None:
    plan = bring(steward, HEADING + "Mosque,Council,talking,,,,\nMosque,COUNCIL,introduced,,,,\n")
    assert (
        actions(plan) == ["created", "refused"] and "Row 2 is about the same relationship" in said(plan, 1)["body_name"]
    )


def test_a_contributor_changes_no_one_elses_relationship(register: Register, steward: Acting) -> None:
    bring(steward, HEADING + "Mosque,Council,talking,2026-03-31,Met,,\n")
    content = edited(relationship_table(steward), about="Mine now")
    plan = bring(register.as_(Actor("c@example", "C", "contributor")), content)
    assert actions(plan) == ["refused"] and "not yours" in said(plan)["id"]


def test_a_withdrawn_partner_takes_its_relationships_out_of_the_export(register: Register, steward: Acting) -> None:
    bring(steward, HEADING + "Mosque,Council,talking,,,,\nChurch,Council,talking,,,,\n")
    row = relationship_table(steward).iloc[0]
    partners.withdraw(steward, row["partner_id"], 1, note="Closed")
    assert relationship_table(steward)["partner_name"].tolist() == ["Mosque"]
    assert relationship_table(register.as_(ANYONE))["partner_name"].tolist() == ["Mosque"]


def test_a_file_of_something_else_is_told_what_it_needs(steward: Acting) -> None:
    with pytest.raises(ExchangeFileError, match="needs id, or body_name and stage"):
        bring(steward, "name,kind\nHub,organisation\n")
