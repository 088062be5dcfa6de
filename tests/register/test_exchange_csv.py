"""Partners in and out as a table: each row accounted for, a dry run that saves nothing, and the same file twice that changes nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from presentation.downloads import to_csv, to_xlsx
from register import entries, partners, people, relationships
from register.actors import ANYONE, Actor
from register.errors import NotAllowedError
from register.exchange_csv import COLUMNS, import_partners, partner_table, plan_partners
from register.exchange_files import CLEAR, MAX_BYTES, MAX_ROWS, ExchangeFileError
from register.exchange_plan import Placed, Plan
from register.model import History
from register.store import Acting, Register, open_register

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
STEWARD = Actor("steward@example", "S", "steward")
TOWER_HAMLETS, NEWHAM = "E09000030", "E09000025"
HEADING = "name,kind,postcode,service_area,description\n"
HUB = Placed(534317.0, 181612.0, -0.065576, 51.517467, "E01035686", TOWER_HAMLETS)


class FewPlaces:
    """Two postcodes and one stretch of grid, in place of the atlas."""

    def by_postcode(self, postcodes: Sequence[str]) -> Mapping[str, Placed | str]:
        known = {"E1 1JQ": HUB}
        return {text: known.get(text, f"{text} is in Scotland. This atlas covers England only.") for text in postcodes}

    def at(self, easting: float, northing: float) -> Placed | str:
        if not 530_000 <= easting <= 540_000:
            return "The point is over 25 km from any English postcode."
        return Placed(easting, northing, -0.07, 51.51, "E01035686", TOWER_HAMLETS)

    def at_degrees(self, longitude: float, latitude: float) -> Placed | str:
        return self.at(534_000 + longitude, 181_000)


PLACES = FewPlaces()


@pytest.fixture
def register(address: str) -> Register:
    """On SQLite and on PostgreSQL."""
    return open_register(address, clock=lambda: NOW)


@pytest.fixture
def steward(register: Register) -> Acting:
    return register.as_(STEWARD)


def bring(acting: Acting, text: str | bytes, note: str = "A file") -> Plan:
    return import_partners(acting, text.encode() if isinstance(text, str) else text, PLACES, note=note)


def changes(acting: Acting) -> int:
    with acting.read() as connection:
        return len(connection.execute(select(History.revision)).all())


def actions(plan: Plan) -> list[str]:
    return [outcome.action for outcome in plan.outcomes]


def reasons(plan: Plan) -> dict[int, list[tuple[str, str]]]:
    return {
        each.row: [(problem.column, problem.expected) for problem in each.problems]
        for each in plan.outcomes
        if each.problems
    }


def edited(table: pd.DataFrame, **cells: str) -> bytes:
    """An exported table with the cells of its first row changed, as the CSV that a person sends back."""
    changed = table.copy()
    for name, value in cells.items():
        changed.loc[0, name] = value
    return to_csv(changed, ["Exported from Common Ground"])


def test_a_dry_run_says_what_would_happen_and_saves_nothing(steward: Acting) -> None:
    text = HEADING + "Hub,organisation,E1 1JQ,,\nBad,club,E1 1JQ,,\n"
    plan = plan_partners(steward, text.encode(), PLACES)
    assert actions(plan) == ["created", "refused"] and not plan.done
    assert (
        plan.said
        == "Nothing is saved yet. This would be done: 2 rows, 1 created, 0 updated, 0 unchanged and 1 refused."
    )
    assert changes(steward) == 0 and partner_table(steward).empty
    done = bring(steward, text)
    assert actions(done) == actions(plan) and done.done
    assert partner_table(steward)["name"].tolist() == ["Hub"]


def test_the_same_file_twice_changes_nothing(steward: Acting) -> None:
    text = HEADING + f'Hub,organisation,E1 1JQ,,"Two\nlines"\nNetwork,coalition,,{TOWER_HAMLETS}; {NEWHAM},\n'
    assert actions(bring(steward, text)) == ["created", "created"]
    written = changes(steward)
    assert actions(bring(steward, text)) == ["unchanged", "unchanged"]
    assert changes(steward) == written
    assert len(partner_table(steward)) == 2


def test_a_postcode_gives_the_point_the_lsoa_and_the_authority(steward: Acting) -> None:
    bring(steward, HEADING + "Hub,organisation,E1 1JQ,,\n")
    row = partner_table(steward).iloc[0]
    assert (row["easting"], row["northing"], row["lsoa21cd"], row["lad24cd"]) == (
        "534317",
        "181612",
        "E01035686",
        TOWER_HAMLETS,
    )


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (",organisation,E1 1JQ,,", "name", "is missing"),
        ("Hub,club,E1 1JQ,,", "kind", "cannot be “club”"),
        ("Hub,,E1 1JQ,,", "kind", "is missing"),
        ("Hub,organisation,EH1 1YZ,,", "postcode", "is in Scotland"),
        ("Hub,organisation,,,", "service_area", "has no place"),
        ("Hub,organisation,,Bromley,", "service_area", "not a published area code"),
        ("Hub,organisation,E1 1JQ,,NHS 401 023 2137 is Ann", "description", "NHS number"),
        ("Hub,organisation,E1 1JQ,," + "x" * 10_001, "description", "10,001 letters long"),
    ],
)
def test_a_bad_row_is_refused_with_its_row_column_and_what_was_expected(
    steward: Acting, row: str, column: str, expected: str
) -> None:
    plan = bring(steward, HEADING + row + "\nGood,organisation,E1 1JQ,,\n")
    assert actions(plan) == ["refused", "created"], "a bad row costs nobody else theirs"
    ((where, said),) = reasons(plan)[2]
    assert where == column and expected in said
    line = plan.frame().iloc[0]
    assert (line["row"], line["column"], line["outcome"]) == (2, column, "refused")


def test_every_reason_of_a_row_is_given(steward: Acting) -> None:
    plan = bring(steward, "name,kind,public_email,listed_on,service_area\n,club,nobody,2027-01-01,E09000030\n")
    assert {column for column, _ in reasons(plan)[2]} == {"name", "kind", "public_email", "listed_on"}


def test_what_goes_out_comes_back_unchanged_as_csv_and_as_xlsx(steward: Acting) -> None:
    awkward = {
        "name": "=1+1 <b>bold</b> שלום 🕌",
        "kind": "organisation",
        "also_known_as": ["One; or two", "Three"],
        "description": '- a list\n- of two, "quoted"',
        "focus": "+44 and @home",
        "service_area": [TOWER_HAMLETS, NEWHAM],
        "public_phone": "+44 20 7946 0000",
        "sensitive": True,
        "last_confirmed": date(2026, 3, 31),
        "confirmed_by_role": "trustee",
    }
    partners.create(steward, awkward)
    partners.create(
        steward,
        {
            "name": "Hub",
            "kind": "organisation",
            "easting": 534331.25,
            "northing": 181602.6,
            "longitude": -0.06538,
            "latitude": 51.51738,
            "networks": ["a;b"],
        },
    )
    table, written = partner_table(steward), changes(steward)
    for content in (to_csv(table, ["note"]), to_csv(table, []), to_xlsx(table, ["note"], "Partners")):
        plan = bring(steward, content)
        assert actions(plan) == ["unchanged", "unchanged"], reasons(plan)
    assert changes(steward) == written
    assert plan.unread == ()


def test_an_export_cannot_run_in_a_spreadsheet(steward: Acting) -> None:
    partners.create(
        steward,
        {
            "name": '=HYPERLINK("http://example.org")',
            "kind": "organisation",
            "focus": "@SUM(1)",
            "service_area": [TOWER_HAMLETS],
        },
    )
    text = to_csv(partner_table(steward), []).decode("utf-8-sig")
    assert "'=HYPERLINK" in text and "'@SUM(1)" in text


def test_a_change_is_updated_by_its_id_with_before_and_after(steward: Acting) -> None:
    bring(steward, HEADING + "Hub,organisation,E1 1JQ,,Old words\n")
    plan = bring(
        steward,
        edited(partner_table(steward), name="Hub of Whitechapel", description="New words"),
        note="Letter from the hub",
    )
    (outcome,) = plan.outcomes
    assert outcome.action == "updated"
    assert dict(outcome.changes) == {"name": ("Hub", "Hub of Whitechapel"), "description": ("Old words", "New words")}
    with steward.read() as connection:
        last = connection.execute(select(History).order_by(History.revision.desc())).mappings().first()
    assert last["note"] == "Letter from the hub" and last["changes"] == {
        "name": ["Hub", "Hub of Whitechapel"],
        "description": ["Old words", "New words"],
    }


def test_a_blank_cell_leaves_a_field_and_clear_empties_it(steward: Acting) -> None:
    partners.create(
        steward,
        {
            "name": "Hub",
            "kind": "organisation",
            "focus": "Food",
            "size": "12",
            "service_area": [TOWER_HAMLETS],
            "networks": ["A"],
        },
    )
    bring(steward, edited(partner_table(steward), focus="", size=CLEAR, networks=CLEAR))
    row = partner_table(steward).iloc[0]
    assert (row["focus"], row["size"], row["networks"]) == ("Food", "", "")


def two(steward: Acting) -> pd.DataFrame:
    bring(steward, HEADING + f"Alpha,organisation,,{TOWER_HAMLETS},\nBeta,organisation,,{TOWER_HAMLETS},\n")
    return partner_table(steward)


def test_ids_that_were_made_up_are_refused_and_nothing_is_doubled(steward: Acting) -> None:
    table = two(steward)
    table["id"] = ["P-001", "P-002"]
    plan = bring(steward, to_csv(table, []))
    assert actions(plan) == ["refused", "refused"]
    said = reasons(plan)[2][0]
    assert said[0] == "id" and "There is no partner with this id" in said[1] and "was the id changed?" in said[1]
    assert len(partner_table(steward)) == 2


def test_ids_that_were_swapped_are_refused(steward: Acting) -> None:
    table = two(steward)
    table["id"] = table["id"].tolist()[::-1]
    plan = bring(steward, to_csv(table, []))
    assert actions(plan) == ["refused", "refused"]
    assert "This id is that of “Beta”" in reasons(plan)[2][0][1] and "Were ids moved?" in reasons(plan)[2][0][1]
    assert partner_table(steward)["name"].tolist() == ["Alpha", "Beta"]


def test_an_id_under_another_heading_is_said_to_be_unread_and_the_rows_are_found_by_name(steward: Acting) -> None:
    table = two(steward).rename(columns={"id": "Reference"})
    plan = bring(steward, to_csv(table, []))
    assert plan.unread == ("reference",)
    assert actions(plan) == ["unchanged", "unchanged"], "found by name within the place, so nothing is doubled"


def test_the_same_partner_twice_in_a_file_is_used_once(steward: Acting) -> None:
    row = f"Alpha,organisation,,{TOWER_HAMLETS},\n"
    plan = bring(steward, HEADING + row + row.replace("Alpha", "ALPHA"))
    assert actions(plan) == ["created", "refused"]
    assert reasons(plan)[3] == [("name", "Row 2 is about the same partner. Keep one of the two.")]


def test_two_partners_of_one_name_need_an_id_and_another_place_is_another_partner(steward: Acting) -> None:
    for _ in range(2):
        partners.create(steward, {"name": "St Paul's", "kind": "organisation", "service_area": [TOWER_HAMLETS]})
    plan = bring(
        steward, HEADING + f"st paul's,organisation,,{TOWER_HAMLETS},New\nSt Paul's,organisation,,{NEWHAM},New\n"
    )
    assert actions(plan) == ["refused", "created"]
    assert "2 partners of this place have this name" in reasons(plan)[2][0][1]


def test_an_id_from_elsewhere_finds_its_partner_whatever_it_is_called_now(steward: Acting) -> None:
    heading = "name,kind,service_area,source,source_id\n"
    bring(steward, heading + f"Alpha,organisation,{NEWHAM},directory,17\n")
    plan = bring(steward, heading + f"Alpha Trust,organisation,{NEWHAM},directory,17\n")
    assert actions(plan) == ["updated"]
    assert partner_table(steward)["name"].tolist() == ["Alpha Trust"]


def test_what_somebody_wrote_since_the_export_stays_and_the_same_field_is_refused(steward: Acting) -> None:
    bring(steward, HEADING + "Hub,organisation,E1 1JQ,,Old words\n")
    table = partner_table(steward)
    partner_id, version = table.loc[0, "id"], int(table.loc[0, "version"])
    partners.update(steward, partner_id, version, {"description": "Their words"}, note="Telephoned")
    assert actions(bring(steward, edited(table, focus="Food"))) == ["updated"]
    row = partner_table(steward).iloc[0]
    assert (row["description"], row["focus"]) == ("Their words", "Food"), (
        "the file held the old words, and did not put them back"
    )
    plan = bring(steward, edited(table, description="My words"))
    assert actions(plan) == ["refused"] and actions(
        plan_partners(steward, edited(table, description="My words"), PLACES)
    ) == ["refused"]
    assert reasons(plan)[3][0][0] == "description" and "Their words" in reasons(plan)[3][0][1]


def test_a_sensitive_site_takes_no_point_and_one_that_becomes_sensitive_loses_it(steward: Acting) -> None:
    heading = "name,kind,postcode,service_area,sensitive\n"
    plan = bring(steward, heading + f"Refuge,organisation,E1 1JQ,{TOWER_HAMLETS},yes\n")
    assert reasons(plan)[2][0][0] == "postcode" and "never a point" in reasons(plan)[2][0][1]
    bring(steward, heading + f"House,organisation,E1 1JQ,{TOWER_HAMLETS},no\n")
    assert actions(bring(steward, edited(partner_table(steward), sensitive="yes"))) == ["updated"]
    row = partner_table(steward).iloc[0]
    assert (
        row["sensitive"] == "yes"
        and row[["easting", "northing", "longitude", "latitude", "lsoa21cd"]].tolist() == [""] * 5
    )
    with steward.read() as connection:
        assert "534317" not in str(connection.execute(select(History.changes)).scalars().all()), (
            "not in the history either"
        )


def test_a_contributor_imports_drafts_and_no_one_elses_entries_change(register: Register, steward: Acting) -> None:
    bring(steward, HEADING + f"Alpha,organisation,,{TOWER_HAMLETS},\n")
    contributor = register.as_(Actor("c@example", "C", "contributor"))
    text = HEADING + f"Alpha,organisation,,{TOWER_HAMLETS},Mine now\nOwn,organisation,,{TOWER_HAMLETS},\n"
    plan = plan_partners(contributor, text.encode(), PLACES)
    done = bring(contributor, text)
    for each in (plan, done):
        assert actions(each) == ["refused", "created"] and each.outcomes[1].waiting
    assert "not yours" in reasons(done)[2][0][1]
    assert partner_table(steward)["status"].tolist() == ["published", "draft"]
    assert partner_table(register.as_(ANYONE))["name"].tolist() == ["Alpha"], "a draft is in nobody else's export"


def test_a_visitor_imports_nothing(register: Register) -> None:
    for act in (lambda acting: bring(acting, HEADING), lambda acting: plan_partners(acting, HEADING.encode(), PLACES)):
        with pytest.raises(NotAllowedError):
            act(register.as_(ANYONE))


def test_no_export_holds_a_private_channel_or_a_name(register: Register, steward: Acting) -> None:
    saved = partners.create(steward, {"name": "Hub", "kind": "organisation", "service_area": [TOWER_HAMLETS]})
    entries.add(
        steward,
        "channel",
        {
            "partner_id": saved.id,
            "kind": "messaging group",
            "address": "https://chat.whatsapp.com/SECRET",
            "private": True,
        },
    )
    person = people.record_person(
        steward, "Ann Persona", consent_on=date(2026, 1, 1), consent_how="By letter", lad24cd=TOWER_HAMLETS
    )
    entries.add(
        steward,
        "connector",
        {
            "lad24cd": TOWER_HAMLETS,
            "kind": "link worker",
            "role": "Lead",
            "person_id": person.id,
            "partner_id": saved.id,
        },
    )
    relationships.begin(steward, saved.id, {"body_name": "Council", "stage": "talking"}, note="Met")
    from register.exchange_relationships import relationship_table

    for table in (partner_table(steward), relationship_table(steward)):
        text = to_csv(table, []).decode("utf-8-sig")
        assert "SECRET" not in text and "Persona" not in text and "Hub" in text


def test_an_unknown_column_is_named_and_nothing_is_kept_of_it(steward: Acting) -> None:
    plan = bring(steward, f"name,kind,service_area,contact_name,owner\nHub,organisation,{NEWHAM},Ann Persona,me\n")
    assert plan.unread == ("contact_name", "owner")
    assert "Persona" not in partner_table(steward).to_csv()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\n# only a note\n", "The file is empty"),
        (b"title,place\nHub,London\n", "neither name nor id"),
        (b"name,name\na,b\n", "has name twice"),
        (b"PK\x03\x04" + b"\x00" * 50, "cannot be opened"),
        (bytes([0x81, 0x8D, 0x8F, 0x90]) * 100, "letters cannot be read"),
        (b'name,kind\n"' + b"a\n" * 600, "does not end"),
        (b"x" * (MAX_BYTES + 1), "at most 20 MB"),
        (b"name,kind\n" + b"a,b\n" * (MAX_ROWS + 1), f"more than {MAX_ROWS:,} rows"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_why(steward: Acting, content: bytes, said: str) -> None:
    for act in (bring, lambda acting, it: plan_partners(acting, it, PLACES)):
        with pytest.raises(ExchangeFileError, match=said):
            act(steward, content)
    assert changes(steward) == 0


def test_a_spreadsheet_made_by_hand_with_days_numbers_and_yes(steward: Acting) -> None:
    buffer = io.BytesIO()
    frame = pd.DataFrame(
        {
            "Name": ["Hub"],
            "Kind": ["Organisation"],
            "Easting": [534331.0],
            "Northing": [181602],
            "Last confirmed": [pd.Timestamp("2026-03-31")],
            "Confirmed by role": ["trustee"],
            "Sensitive": [False],
        }
    )
    frame.to_excel(buffer, index=False)
    assert actions(bring(steward, buffer.getvalue())) == ["created"]
    row = partner_table(steward).iloc[0]
    assert (row["easting"], row["last_confirmed"], row["kind"], row["sensitive"]) == (
        "534331",
        "2026-03-31",
        "organisation",
        "no",
    )


def test_a_spreadsheet_that_unpacks_to_far_more_than_it_is_is_not_unpacked(steward: Acting) -> None:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)
    with pytest.raises(ExchangeFileError, match="unpacks to more than"):
        bring(steward, buffer.getvalue())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    rows=st.lists(
        st.lists(
            st.text(max_size=12) | st.sampled_from(["", CLEAR, "E1 1JQ", TOWER_HAMLETS, "yes", "inf", "=1"]),
            min_size=6,
            max_size=6,
        ),
        max_size=4,
    )
)
def test_any_cells_are_accounted_for_row_by_row(steward: Acting, rows: list[list[str]]) -> None:
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["name", "kind", "postcode", "easting", "northing", "service_area"])
    writer.writerows(rows)
    try:
        plan = plan_partners(steward, buffer.getvalue().encode("utf-8", "surrogatepass"), PLACES)
    except ExchangeFileError as error:
        assert str(error).endswith(".")
        return
    assert (
        sum(plan.count(action) for action in ("created", "updated", "unchanged", "refused"))
        == len(plan.outcomes)
        <= len(rows)
    )
    for outcome in plan.outcomes:
        assert bool(outcome.problems) == (outcome.action == "refused")


def test_the_columns_are_those_that_the_documentation_names() -> None:
    page = (Path(__file__).parents[2] / "docs" / "register-exchange.md").read_text(encoding="utf-8")
    assert [name for name in (*COLUMNS, "postcode") if f"`{name}`" not in page] == []


def test_a_table_read_into_another_register_has_every_field_as_it_was(steward: Acting, tmp_path: Path) -> None:
    partners.create(
        steward,
        {
            "name": "=1+1",
            "kind": "coalition",
            "focus": "-5 and @home",
            "also_known_as": ["a;b", "c"],
            "service_area": [TOWER_HAMLETS],
        },
    )
    table = partner_table(steward)
    there = open_register(tmp_path / "other.sqlite", clock=lambda: NOW).as_(STEWARD)
    assert actions(bring(there, to_csv(table.assign(id="", version=""), []))) == ["created"]
    changing = ["id", "version"]
    assert partner_table(there).drop(columns=changing).to_dict("records") == table.drop(columns=changing).to_dict(
        "records"
    )
