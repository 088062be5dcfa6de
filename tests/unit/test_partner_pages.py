"""What the partners pages say and show: cards, groups with their visible blanks, forms made from the register's words, who comes first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.places import Place
from analysis.reach import Reach
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError
from presentation import partner_groups, partner_words, register_cache
from presentation.partner_board import PartnerCard, PartnerGroup, partner_board_payload
from presentation.partner_location import point_fields
from presentation.partner_words import STAGE_NOTES, STANDING_COLOURS, STANDING_LABELS
from presentation.record_form import label_of, spoken, word_of
from presentation.review_queue import relied_upon
from register import boards, entries, partners, people, relationships
from register.contacts import PCN_SLOT
from register.gaps_table import gaps_table
from register.store import Acting, open_register
from register.vocabularies import CLINICAL_AREA_NAMES
from tests.register.beginnings import (
    BOTH_SIDES,
    CONTRIBUTOR,
    READER,
    STEWARD,
    TODAY,
    TOWER_HAMLETS,
    Clock,
    a_partner,
    a_relationship,
)

NO_POINT = dict.fromkeys(("easting", "northing", "longitude", "latitude", "lsoa21cd"))

# The board's payload


def test_a_card_is_handed_on_as_text() -> None:
    card = PartnerCard("p1", "<b>Group</b>", "Confirmed", "#1B7837", ("With the council", "A club"))
    payload = partner_board_payload([PartnerGroup("Talking", [card], "A note.")], empty="Nothing")
    assert payload == {
        "empty": "Nothing",
        "groups": [
            {
                "title": "Talking",
                "note": "A note.",
                "empty": "None recorded.",
                "cards": [
                    {
                        "id": "p1",
                        "name": "<b>Group</b>",
                        "standing": "Confirmed",
                        "colour": "#1B7837",
                        "lines": ["With the council", "A club"],
                    }
                ],
            }
        ],
    }


def test_a_group_without_cards_stays_as_a_visible_blank() -> None:
    payload = partner_board_payload([PartnerGroup("Introduced"), PartnerGroup("A PCN", empty="Nobody.")], empty="")
    assert [(group["title"], group["cards"], group["empty"]) for group in payload["groups"]] == [
        ("Introduced", [], "None recorded."),
        ("A PCN", [], "Nobody."),
    ]


@pytest.mark.parametrize(
    ("card", "said"),
    [(PartnerCard("p", "A", "Confirmed", "green"), "#rrggbb"), (PartnerCard("p", "A", None, "#1B7837"), "no word for it")],
)
def test_a_colour_never_speaks_alone(card: PartnerCard, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        partner_board_payload([PartnerGroup("G", [card])], empty="")


# Sentences


def _board(*standings: str) -> pd.DataFrame:
    """One partner for each standing, with one relationship."""
    rows = [(f"p{number}", standing) for number, standing in enumerate(standings)]
    return pd.DataFrame(rows, columns=["partner_id", "standing"])


@pytest.mark.parametrize(
    ("standings", "first", "second"),
    [
        ((), "No partner has been recorded in Luton yet.", "That is what this register has been told, not what exists."),
        (("confirmed",), "1 partner is recorded in Luton. It was confirmed in the last 12 months.", ""),
        (("confirmed",) * 2, "2 partners are recorded in Luton. All were confirmed in the last 12 months.", ""),
        (
            ("confirmed", "needs checking", "known of"),
            "3 partners are recorded in Luton. 1 of them was confirmed in the last 12 months.",
            "1 partner needs checking and 1 group is known of, and nobody has been in touch.",
        ),
        (
            ("confirmed", "confirmed", "in conversation"),
            "3 partners are recorded in Luton. 2 of them were confirmed in the last 12 months.",
            "",
        ),
        (
            ("in conversation",),
            "1 partner is recorded in Luton. No relationship with any of them has been confirmed in the last 12 months.",
            "",
        ),
        (
            ("needs checking",) * 2 + ("no relationship recorded",) * 1_200,
            "1,202 partners are recorded in Luton. No relationship with any of them",
            "2 partners need checking and 1,200 groups are known of, and nobody has been in touch.",
        ),
    ],
    ids=["none", "one", "two", "one of three", "two of three", "none confirmed", "many"],
)
def test_the_sentences_that_open_the_page(standings: tuple[str, ...], first: str, second: str) -> None:
    board = _board(*standings)
    assert partner_words.headline("Luton", board).startswith(first)
    said = partner_words.second_sentence(board)
    assert said.startswith(second) and bool(said) == bool(second)


def test_a_partner_with_two_relationships_is_one_partner() -> None:
    twice = pd.DataFrame({"partner_id": ["p", "p"], "standing": ["confirmed", "needs checking"]})
    assert partner_words.headline("Luton", twice) == (
        "1 partner is recorded in Luton. It was confirmed in the last 12 months."
    )
    assert partner_words.second_sentence(twice) == "1 partner needs checking."


@pytest.mark.parametrize(
    ("standings", "said"),
    [
        ([], "No relationship recorded"),
        (["known of"], "Known of, no contact"),
        (["known of", "needs checking", "in conversation"], "Needs checking"),
        (["in conversation", "confirmed"], "Confirmed"),
    ],
)
def test_the_best_of_several_standings_is_said(standings: list[str], said: str) -> None:
    assert partner_words.standing_line(standings) == said


def test_every_standing_and_stage_has_its_words() -> None:
    assert set(STANDING_LABELS) == set(STANDING_COLOURS)
    assert set(partner_groups.STAGES_SHOWN) == set(STAGE_NOTES)


def test_days_are_said_as_people_say_them() -> None:
    assert partner_words.day(date(2026, 3, 3)) == "3 March 2026"
    assert partner_words.day(pd.Timestamp("2026-11-25")) == "25 November 2026"
    assert partner_words.day(None) == partner_words.day(pd.NaT) == ""


@pytest.mark.parametrize(
    "written",
    [
        "<img src=x onerror=alert(1)>",
        "[a link](https://elsewhere.example)",
        "**bold** _and_ `code` ~~gone~~",
        ":red[coloured] :material/home:",
        "$x^2$ | a table |",
        "https://elsewhere.example or www.elsewhere.example",
        "=1+1",
        "- a list",
        "1. a list",
        "# a heading",
        "مسجد شرق لندن",
        "👩🏽\u200d⚕️ clinic",
        "back\\slash & ampersand",
    ],
)
def test_what_somebody_wrote_is_shown_as_written(written: str) -> None:
    escaped = partner_words.literal(written)
    assert re.sub(r"\\([\\`*_\[\]<>$~|#&:=+.)-])", r"\1", escaped).replace("\u2060", "") == written, "nothing that can be seen is added"
    assert not re.search(r"(?<!\\)[`*_\[\]<>$~|#:]", escaped), "no mark that Markdown or Streamlit reads stays bare"
    assert not re.search(r"https?\\?:/|www\.", escaped, re.IGNORECASE), "nor an address that becomes a link by itself"
    assert not re.match(r"([-+=#]|\d+[.)])", escaped), "and none that begins a list or a heading"


# Forms


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        (True, "yes"),
        (False, "no"),
        (date(2026, 1, 2), "2 January 2026"),
        (["hypertension"], "Hypertension case-finding and lipids"),
        (["smi", "asthma"], "Severe mental illness and Asthma"),
        (["a", "b", "c"], "A, B and C"),
        (1_500, "1500"),
        ("as written", "as written"),
    ],
)
def test_stored_values_are_spoken(value: object, said: str) -> None:
    assert spoken(value) == said


def test_labels_come_from_the_register() -> None:
    assert label_of("partner", "organisation_type") == "Type of organisation"
    assert label_of("relationship", "plus_groups") == "PLUS groups"
    assert label_of("partner", "lsoa21cd") == "LSOA (2021)"
    assert word_of("faith group") == "Faith group" and word_of("") == ""


# Groups on a register


@pytest.fixture
def acting(tmp_path: Path) -> Iterator[Acting]:
    register = open_register(tmp_path / "register.sqlite3", clock=Clock())
    yield register.as_(STEWARD)
    register.close()


@pytest.fixture(scope="module")
def place(atlas: Atlas) -> Place:
    return atlas.gazetteer.place(TOWER_HAMLETS)


def _at(atlas: Atlas, lsoa: str, **fields: object) -> dict[str, object]:
    """The fields of a partner at the middle of an LSOA."""
    row = atlas.areas.iloc[atlas.row(lsoa)]
    longitude, latitude = atlas.to_degrees(float(row["pwc_e"]), float(row["pwc_n"]))
    point = {"easting": float(row["pwc_e"]), "northing": float(row["pwc_n"])}
    return {
        **point,
        "longitude": longitude,
        "latitude": latitude,
        "lsoa21cd": lsoa,
        "lad24cd": str(row["lad24cd"]),
        **fields,
    }


def test_by_stage_shows_strengths_first_and_keeps_the_empty_stages(acting: Acting, atlas: Atlas, place: Place) -> None:
    together = a_partner(acting, name="Together")
    begun = a_relationship(acting, together.id, "doing something together")
    relationships.confirm(acting, begun.id, begun.version, on=TODAY, role="partnership manager")
    talking = a_partner(acting, name="Talking", tradition="Sikh")
    a_relationship(acting, talking.id, "talking")
    a_partner(acting, name="Alone")
    a_partner(acting, name="Elsewhere", lad24cd="E09000025", lsoa21cd=None, service_area=["E09000025"])

    board = boards.of_place(acting, partner_groups.codes_of(atlas, place), today=TODAY)
    groups = partner_groups.by_stage(board, partner_groups.networks_of(atlas, place), atlas.pcn_names, TODAY)
    assert [(group.title, [card.name for card in group.cards]) for group in groups] == [
        ("Formal or funded", []),
        ("Doing something together", ["Together"]),
        ("Talking", ["Talking"]),
        ("Introduced", []),
        ("Known of, no contact", []),
        ("Dormant", []),
        ("No relationship recorded", ["Alone"]),
    ]
    cards = {card.name: card for group in groups for card in group.cards}
    assert (cards["Together"].standing, cards["Together"].colour) == ("Confirmed", STANDING_COLOURS["confirmed"])
    network = atlas.areas.iloc[atlas.row("E01004293")]["leading_pcn_name"]
    assert cards["Together"].lines == [
        "With NHS North East London; last confirmed 25 November 2026",
        f"Grassroots community group · {network}",
    ]
    assert cards["Talking"].lines[0] == "With NHS North East London; never confirmed"
    assert cards["Talking"].lines[1].startswith("Sikh · "), "the tradition, where it is known, says more than the type"
    partner_board_payload(groups, empty="")  # what the board would be given is in order


def test_a_stage_without_relationship_is_no_group_of_its_own_where_there_is_none(acting: Acting) -> None:
    assert [group.title for group in partner_groups.by_stage(boards.of_place(acting, [TOWER_HAMLETS]), {}, {}, TODAY)] == [
        "Formal or funded",
        "Doing something together",
        "Talking",
        "Introduced",
        "Known of, no contact",
        "Dormant",
    ]


def test_what_waits_for_an_editor_says_so_to_its_owner_and_is_shown_to_nobody_else(acting: Acting, atlas: Atlas) -> None:
    theirs = acting.register.as_(CONTRIBUTOR)
    a_partner(theirs, name="A draft")
    published = a_partner(acting, name="Published")
    a_relationship(theirs, published.id, "talking")

    def lines(who: Acting) -> dict[str, bool]:
        groups = partner_groups.by_stage(boards.of_place(who, [TOWER_HAMLETS], today=TODAY), {}, {}, TODAY)
        return {card.name: "Waits for an editor" in card.lines for group in groups for card in group.cards}

    assert lines(theirs) == {"A draft": True, "Published": True}
    assert lines(acting.register.as_(READER)) == {"Published": False}


def test_by_neighbourhood_an_empty_network_is_a_visible_blank(acting: Acting, atlas: Atlas, place: Place) -> None:
    networks = {child.code: child.name for child in atlas.gazetteer.children(place, "pcn")}
    assert len(networks) >= 5
    here = atlas.areas[atlas.gazetteer.mask(place)]
    held, served, *_ = networks
    lsoa = str(here.loc[here["leading_pcn_code"] == held, "lsoa21cd"].iloc[0])
    a_partner(acting, **_at(atlas, lsoa, name="With a point"))
    a_partner(acting, **NO_POINT, name="Serves a network", service_area=[served])
    a_partner(acting, **NO_POINT, name="Serves all", service_area=[TOWER_HAMLETS])
    person = people.record_person(acting, "Dr Example Name", consent_on=TODAY, consent_how="By email", lad24cd=TOWER_HAMLETS)
    lead = {"slot": PCN_SLOT, "lad24cd": TOWER_HAMLETS, "area_code": held, "organisation": "The network", "role": "Clinical director"}
    entries.add(acting, "place_contact", {**lead, "person_id": person.id, "last_confirmed": TODAY, "confirmed_by_role": "steward"})

    board = boards.of_place(acting, partner_groups.codes_of(atlas, place), today=TODAY)
    groups = {group.title: group for group in partner_groups.by_neighbourhood(acting, atlas, place, board, TODAY)}
    assert list(groups) == [*networks.values(), "Across the place, or without a point"]
    names = {title: [card.name for card in group.cards] for title, group in groups.items()}
    assert names.pop(networks[held]) == ["With a point"]
    assert names.pop(networks[served]) == ["Serves a network"]
    assert names.pop("Across the place, or without a point") == ["Serves all"]
    assert not any(names.values())
    for title in names:
        assert groups[title].empty == "No partner recorded in this neighbourhood."
        assert "nobody is recorded" in str(groups[title].note), "the named contact that is missing is said, not left out"
    assert groups[networks[held]].note == "Clinical director Dr Example Name, confirmed"

    people.withdraw_consent(acting, person.id)
    again = {group.title: group for group in partner_groups.by_neighbourhood(acting, atlas, place, board, TODAY)}
    assert "Dr Example Name" not in str(again[networks[held]].note)


def test_a_network_alone_shows_itself(acting: Acting, atlas: Atlas, place: Place) -> None:
    network = atlas.gazetteer.children(place, "pcn")[0]
    here = atlas.areas[atlas.gazetteer.mask(network)]
    a_partner(acting, **_at(atlas, str(here["lsoa21cd"].iloc[0]), name="Inside"))
    board = boards.of_place(acting, partner_groups.codes_of(atlas, network), today=TODAY)
    (group, *more) = partner_groups.by_neighbourhood(acting, atlas, network, board, TODAY)
    assert (group.title, [card.name for card in group.cards], more) == (network.name, ["Inside"], [])


def test_by_clinical_area_all_ten_stand_with_what_relationships_and_activities_name(acting: Acting) -> None:
    partner = a_partner(acting, name="Two subjects")
    a_relationship(acting, partner.id, "talking", clinical_areas=["hypertension"])
    entries.add(acting, "activity", {"partner_id": partner.id, "name": "Blood pressure at the club", "clinical_areas": ["hypertension"]})
    entries.add(acting, "activity", {"partner_id": partner.id, "name": "Toothbrush club", "clinical_areas": ["oral-health"]})
    entries.add(
        acting,
        "activity",
        {"partner_id": partner.id, "name": "Ended", "clinical_areas": ["cancer"], "ends": date(2026, 1, 1)},
    )
    groups = partner_groups.by_clinical_area(acting, boards.of_place(acting, [TOWER_HAMLETS], today=TODAY), TODAY)
    assert [group.title for group in groups] == list(CLINICAL_AREA_NAMES.values())
    filled = {group.title: [(card.name, *card.lines) for card in group.cards] for group in groups if group.cards}
    assert filled == {
        "Hypertension case-finding and lipids": [("Two subjects", "Blood pressure at the club")],
        "Oral health": [("Two subjects", "Toothbrush club")],
    }


# Who is relied upon


def test_who_is_relied_upon_against_distances_in_plain_python(acting: Acting, atlas: Atlas) -> None:
    core20 = atlas.areas[atlas.areas["core20"].to_numpy(dtype=bool)]
    here = core20[core20["lad24cd"] == TOWER_HAMLETS]
    made = {}
    for name, row in zip(("First", "Second"), here.head(2).to_dict("records"), strict=True):
        made[name] = a_partner(acting, **_at(atlas, row["lsoa21cd"], name=name)).id
    away = a_partner(acting, **point_fields(atlas, "TR21 0LW"), name="On St Mary's")
    begun = relationships.begin(
        acting, made["First"], {"body_name": "A council", "stage": "formal or funded"}, note="N", on=TODAY, commitments=BOTH_SIDES
    )
    assert begun.status == "published"

    found = relied_upon(atlas, gaps_table(acting, TODAY))
    metres = 800 / 1.3  # the usual walk, and how much longer streets are than a straight line
    assert Reach() == Reach(800, 1.3)
    for name in ("First", "Second"):
        at = partners.get(acting, made[name]).fields
        counted = sum(
            int(area["pop_mid2022"])
            for area in core20.to_dict("records")
            if math.hypot(area["pwc_e"] - at["easting"], area["pwc_n"] - at["northing"]) <= metres
        )
        assert counted >= 1_000, "its own neighbourhood is in reach of it"
        assert found[made[name]] == counted
    assert away.id not in found, "nobody in a Core20 neighbourhood lives within a walk of it"


def test_nobody_is_relied_upon_in_an_empty_register(acting: Acting, atlas: Atlas) -> None:
    assert relied_upon(atlas, gaps_table(acting)) == {}


# Where the register is


def test_the_register_is_where_the_settings_say(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert register_cache.address({"COMMON_GROUND_DATA": str(folder)}) == str(folder / "register.sqlite3")
    assert folder.is_dir(), "the folder is made"
    assert register_cache.address({"DATABASE_URL": " postgresql://h/d ", "COMMON_GROUND_DATA": "nonsense"}) == "postgresql://h/d"


def test_a_folder_that_cannot_be_made_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SettingError, match=r"cannot be made: .*Set COMMON_GROUND_DATA"):
        register_cache.address({"COMMON_GROUND_DATA": str(tmp_path / "file" / "below")})
    with pytest.raises(SettingError, match="not an absolute path"):
        register_cache.address({"COMMON_GROUND_DATA": "here"})
