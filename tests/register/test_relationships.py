"""Stages, commitments and freshness, on both databases."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from register import entries, gaps_table, partners, relationships
from register.errors import NotFoundError, ValidationError
from register.store import Register
from tests.register.beginnings import BOTH_SIDES, EDITOR, READER, TODAY, a_partner, a_relationship


def test_doing_something_together_asks_what_each_side_gives(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    saved = a_relationship(acting, partner.id)
    before = register.revision()
    with pytest.raises(ValidationError, match="partner and the statutory body"):
        relationships.move(acting, saved.id, saved.version, "doing something together", on=TODAY, note="Agreed")
    with pytest.raises(ValidationError, match="what will the statutory body do"):
        relationships.move(
            acting, saved.id, saved.version, "formal or funded", on=TODAY, note="Agreed", commitments=BOTH_SIDES[:1]
        )
    record = partners.get(acting, partner.id).relationships[0]
    assert (record.fields["stage"], record.commitments, len(record.moves)) == ("talking", (), 1)
    assert register.revision() == before

    relationships.move(
        acting, saved.id, saved.version, "doing something together", on=TODAY, note="Agreed", commitments=BOTH_SIDES
    )
    record = partners.get(acting, partner.id).relationships[0]
    assert record.fields["stage"] == "doing something together"
    assert [(move["stage_from"], move["stage_to"], move["note"]) for move in record.moves] == [
        (None, "talking", "First recorded"),
        ("talking", "doing something together", "Agreed"),
    ]
    assert sorted(commitment["side"] for commitment in record.commitments) == ["partner", "statutory body"]
    assert record.fields["last_contact"] == TODAY


def test_the_last_commitment_of_a_side_cannot_be_withdrawn_while_both_work_together(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    a_relationship(acting, partner.id, "formal or funded")
    record = partners.get(acting, partner.id).relationships[0]
    with pytest.raises(ValidationError):
        relationships.withdraw_commitment(acting, record.commitments[0]["id"], 1, note="Fell through")
    assert len(partners.get(acting, partner.id).relationships[0].commitments) == 2


def test_the_stage_changes_by_a_move_only(register: Register) -> None:
    acting = register.as_(EDITOR)
    saved = a_relationship(acting, a_partner(acting).id)
    with pytest.raises(ValidationError, match="changes by a move"):
        relationships.update(acting, saved.id, saved.version, {"stage": "formal or funded"})
    with pytest.raises(ValidationError, match="already at"):
        relationships.move(acting, saved.id, saved.version, "talking", on=TODAY, note="Again")


@pytest.mark.parametrize(
    ("on", "note", "said"),
    [(date(2026, 11, 26), "Later", "future"), (date(2026, 9, 30), "Earlier", "before the last move"), (TODAY, " ", "note is missing")],
)
def test_a_move_has_a_likely_day_and_a_note(register: Register, on: date, note: str, said: str) -> None:
    acting = register.as_(EDITOR)
    saved = a_relationship(acting, a_partner(acting).id)
    with pytest.raises(ValidationError, match=said):
        relationships.move(acting, saved.id, saved.version, "introduced", on=on, note=note)


# Expected by hand from decision 0005 and the freshness windows (12 and 24 months, silence of six), on 25 November 2026.
@pytest.mark.parametrize(
    ("stage", "confirmed", "contact", "standing", "freshness", "dormant"),
    [
        ("formal or funded", date(2025, 11, 25), None, "confirmed", "confirmed", False),
        ("formal or funded", date(2025, 11, 24), None, "needs checking", "needs checking", False),
        ("formal or funded", date(2024, 11, 24), None, "needs checking", "unconfirmed", False),
        ("doing something together", None, date(2026, 11, 1), "needs checking", "unconfirmed", False),
        ("talking", None, date(2026, 5, 25), "in conversation", "unconfirmed", False),
        ("talking", None, date(2026, 5, 24), "needs checking", "unconfirmed", True),
        ("dormant", date(2026, 11, 1), None, "needs checking", "confirmed", True),
        ("known of, no contact", None, None, "known of", "unconfirmed", False),
    ],
)
def test_standing_freshness_and_silence_are_derived(
    register: Register,
    stage: str,
    confirmed: date | None,
    contact: date | None,
    standing: str,
    freshness: str,
    dormant: bool,
) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    role = "engagement lead" if confirmed else None
    a_relationship(acting, partner.id, stage, last_confirmed=confirmed, confirmed_by_role=role, last_contact=contact)
    record = partners.get(acting, partner.id).relationships[0]
    assert (record.standing, record.freshness, record.dormant) == (standing, freshness, dormant)


def test_gaps_reads_one_row_a_partner_with_the_relationship_that_stands_best(register: Register) -> None:
    acting = register.as_(EDITOR)
    first = a_partner(acting)
    a_relationship(acting, first.id, "talking")
    a_relationship(
        acting, first.id, "formal or funded", body_name="The council", last_confirmed=TODAY, confirmed_by_role="lead"
    )
    second = a_partner(acting, name="Another Example")
    hidden = a_partner(acting, name="An Example Refuge", sensitive=True, easting=None, northing=None, longitude=None, latitude=None, lsoa21cd=None)
    area = a_partner(acting, name="Area only", easting=None, northing=None, longitude=None, latitude=None, service_area=["E09000030"])
    table = gaps_table.gaps_table(register.as_(READER))
    assert dict(zip(table["partner_id"], table["stage"], strict=True)) == {
        first.id: "formal or funded",
        second.id: "known of, no contact",
    }
    assert len(table) == 2
    assert not {hidden.id, area.id} & set(table["partner_id"])
    assert table["lsoa21cd"].tolist() == ["E01004293"] * 2


def test_gaps_sees_a_change_at_once_and_keeps_its_table_until_then(register: Register) -> None:
    acting, reader = register.as_(EDITOR), register.as_(READER)
    saved = a_relationship(acting, a_partner(acting).id)
    first = gaps_table.gaps_table(reader)
    assert gaps_table.gaps_table(reader) is first
    before = register.revision()
    relationships.move(acting, saved.id, saved.version, "dormant", on=TODAY, note="No answer")
    assert register.revision() > before
    assert gaps_table.gaps_table(reader)["stage"].tolist() == ["dormant"]
    # The day matters as much as the revision.
    assert gaps_table.gaps_table(reader, date(2027, 11, 25)) is not gaps_table.gaps_table(reader)


def test_the_table_brought_up_to_date_is_the_table_read_anew(register: Register) -> None:
    acting, reader = register.as_(EDITOR), register.as_(READER)
    first, second, third = (a_partner(acting, name=name) for name in ("First", "Second", "Third"))
    relation = a_relationship(acting, first.id)

    def both() -> None:
        followed = gaps_table.gaps_table(reader)
        register.kept.clear()
        anew = gaps_table.gaps_table(reader)
        pd.testing.assert_frame_equal(*(frame.sort_values("partner_id", ignore_index=True) for frame in (followed, anew)))

    both()
    relationships.move(acting, relation.id, 1, "dormant", on=TODAY, note="Quiet")
    both()
    fields = {"sensitive": True, "service_area": ["E09000030"]}
    partners.update(acting, second.id, 1, fields)
    a_partner(acting, name="Fourth")
    both()
    partners.withdraw(acting, third.id, 1, note="Closed")
    relationships.withdraw(acting, relation.id, 2, note="A mistake")
    both()
    assert dict(gaps_table.gaps_table(reader)[["name", "stage"]].to_numpy()) == {
        "First": "known of, no contact",
        "Fourth": "known of, no contact",
    }
    with acting.together() as inside:
        a_partner(inside, name="Fifth")
        assert len(gaps_table.gaps_table(inside)) == 3
    both()


def test_a_withdrawn_partner_is_out_of_every_view_and_comes_back_whole(register: Register) -> None:
    acting, reader = register.as_(EDITOR), register.as_(READER)
    partner = a_partner(acting)
    a_relationship(acting, partner.id)
    gone = partners.withdraw(acting, partner.id, 1, note="Closed in 2025")
    with pytest.raises(NotFoundError):
        partners.get(reader, partner.id)
    assert gaps_table.gaps_table(reader).empty
    with pytest.raises(ValidationError, match="Put it back"):
        partners.update(acting, partner.id, gone.version, {"name": "Other"})
    with pytest.raises(ValidationError, match="withdrawn"):
        entries.add(acting, "activity", {"partner_id": partner.id, "name": "Walks"})
    partners.put_back(acting, partner.id, gone.version, note="Open again")
    assert len(partners.get(reader, partner.id).relationships) == 1
