"""The register in the browser: two people at once, Gaps following it, a card by the keyboard, a phone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from data_loaders.atlas import Atlas
from presentation.partner_location import point_fields
from presentation.register_cache import FILE
from register import entries, partners, relationships
from register.actors import Actor
from register.store import Acting, open_register
from tests.browser.conftest import NewContext
from tests.browser.pages import GapsPage, PartnersPage, SuggestPage
from tests.browser.server import Server
from tests.browser.test_phone import _TOO_SMALL, _TOO_WIDE, TOUCH, _after_settling

TOWER_HAMLETS, NEWHAM = "E09000030", "E09000025"
WHITECHAPEL = "E1 1JX"
LONG = "An example group with a long name and oneverylongwordthatdoesnotbreakanywherebyitselfatallorsoitseems"
HOSTILE = "<img src=x onerror=document.title='run'> [a](https://elsewhere.example) www.elsewhere.example **b** :red[c]"
JOINER = "\u2060"  # stands unseen in addresses, so that they stay text


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Acting]]:
    """An app with a register of its own, and that register, to fill it and look into it beside the pages."""
    with Server(tmp_path_factory.mktemp("partners") / "output.txt") as server:
        server.data.mkdir(exist_ok=True)
        register = open_register(server.data / FILE)
        yield server, register.as_(Actor("sub-steward", role="steward"))
        register.close()
        server.check()


@pytest.fixture
def server(kept: tuple[Server, Acting]) -> Server:
    """In place of the server that other browser tests share: these write."""
    kept[0].check()
    return kept[0]


@pytest.fixture
def acting(kept: tuple[Server, Acting]) -> Acting:
    return kept[1]


def _partner(acting: Acting, atlas: Atlas, name: str, postcode: str = WHITECHAPEL, **fields: object) -> str:
    known = {"name": name, "kind": "organisation", "organisation_type": "faith group", **point_fields(atlas, postcode)}
    return partners.create(acting, known | fields).id


def _talking(acting: Acting, partner_id: str) -> str:
    known = {"body_name": "Example Council", "stage": "talking", "clinical_areas": ["hypertension"]}
    return relationships.begin(acting, partner_id, known, note="Met", on=date.today()).id


def _core20_people_within_reach(atlas: Atlas, postcode: str) -> tuple[int, set[str]]:
    """Residents of the Core20 neighbourhoods of Tower Hamlets within 800 m of walking, by plain distances, and their codes."""
    at = point_fields(atlas, postcode)
    here = atlas.areas[(atlas.areas["lad24cd"] == TOWER_HAMLETS) & atlas.areas["core20"].to_numpy(dtype=bool)]
    near = [
        row
        for row in here.to_dict("records")
        if math.hypot(row["pwc_e"] - at["easting"], row["pwc_n"] - at["northing"]) * 1.3 <= 800
    ]
    return sum(int(row["pop_mid2022"]) for row in near), {str(row["lsoa21cd"]) for row in near}


def test_a_planner_records_a_mosque_and_a_second_open_page_follows(
    server: Server, new_context: NewContext, atlas: Atlas
) -> None:
    people, codes = _core20_people_within_reach(atlas, WHITECHAPEL)
    assert people > 5_000 and len(codes) > 3
    gaps = GapsPage(new_context().new_page(), server.url).open({"place": TOWER_HAMLETS})
    before = gaps.people_by_state()
    assert before["In conversation"] == before["Partnered"] == 0

    planner = PartnersPage(new_context().new_page(), server.url).open({"place": TOWER_HAMLETS})
    expect(planner.headline).to_have_text("No partner has been recorded in Tower Hamlets yet.")
    form = planner.section("Add a partner")
    planner.type_in(form, "Name", "Example Mosque")
    planner.type_in(form, "Postcode", WHITECHAPEL)
    planner.type_in(form, "Who works with them?", "Tower Hamlets Council")
    planner.pick_in(form, "Where do things stand?", "Talking")
    planner.type_in(form, "A note on how it came to be", "Met at Friday prayers")
    form.get_by_role("button", name="Add this partner").click()
    expect(planner.notes.first).to_have_text("Example Mosque is in the register.")
    expect(planner.group("Talking").locator(".card")).to_have_count(1)

    assert gaps.people_by_state() == before, "an open page is as it was until its next rerun"
    gaps.choose_row(0)
    after = gaps.people_by_state()
    assert after["In conversation"] == people
    assert sum(after.values()) == sum(before.values())

    planner.open_card("Example Mosque")
    move = planner.section("With Tower Hamlets Council: move")
    planner.pick_in(move, "To", "Doing something together")
    planner.type_in(move, "A note", "Blood pressure checks agreed")
    planner.type_in(move, "What the partner gives", "A hall on Tuesdays")
    move.get_by_role("button", name="Move the relationship").click()
    expect(planner.notes.first).to_contain_text("what will the statutory body do?")
    planner.type_in(move, "What the statutory body gives", "Two nurses")
    planner.type_in(move, "In what role do you confirm it?", "engagement officer")
    move.get_by_role("button", name="Move the relationship").click()
    expect(planner.notes.first).to_have_text("Moved to: doing something together.")
    expect(planner.page.get_by_text("What the statutory body gives", exact=True).first).to_be_attached()
    record = planner.page.locator(".st-key-record_relationships, .fact-list").first
    expect(record).to_contain_text("Blood pressure checks agreed")
    expect(record).to_contain_text("Met at Friday prayers")

    gaps.choose_row(1)
    partnered = gaps.people_by_state()
    assert (partnered["Partnered"], partnered["In conversation"]) == (people, 0)

    said = planner.history()
    talking = next(number for number, line in enumerate(said) if "Met at Friday prayers" in line)
    together = next(number for number, line in enumerate(said) if "Blood pressure checks agreed" in line)
    assert together < talking, "newest first, and both moves are there"


def test_two_editors_change_one_field_and_the_second_settles_it(
    server: Server, acting: Acting, new_context: NewContext, atlas: Atlas
) -> None:
    partner_id = _partner(acting, atlas, "Example Two Editors", lad24cd=NEWHAM)
    first, second = (
        PartnersPage(new_context().new_page(), server.url).open({"place": NEWHAM, "partner": partner_id}) for _ in range(2)
    )
    forms = []
    for page, words in ((first, "A lunch club"), (second, "A walking group")):
        form = page.section("Change who they are")
        page.type_in(form, "Description", words)
        forms.append(form)
    second.type_in(forms[1], "Focus", "Heart health")
    forms[0].get_by_role("button", name="Save", exact=True).click()
    expect(first.notes.first).to_have_text("Saved.")

    forms[1].get_by_role("button", name="Save", exact=True).click()
    expect(forms[1].get_by_role("radio", name="Yours: A walking group")).to_be_checked()
    expect(forms[1]).to_contain_text("You both changed: description.")
    found = partners.get(acting, partner_id).fields
    assert (found["description"], found["focus"]) == ("A lunch club", None), "nothing of the second is saved yet"
    forms[1].get_by_text("Theirs: A lunch club").click()
    forms[1].get_by_role("button", name="Save these").click()
    expect(second.notes.first).to_have_text("Saved, with what you chose.")
    found = partners.get(acting, partner_id).fields
    assert (found["description"], found["focus"]) == ("A lunch club", "Heart health")


def test_a_card_is_opened_and_left_by_the_keyboard(
    server: Server, acting: Acting, new_context: NewContext, atlas: Atlas
) -> None:
    _talking(acting, _partner(acting, atlas, "Example by Keyboard", lad24cd=NEWHAM))
    page = PartnersPage(new_context().new_page(), server.url).open({"place": NEWHAM})
    expect(page.card("Example by Keyboard")).to_be_visible()
    page.page.get_by_role("textbox", name="Find a partner, anywhere in England").focus()
    for _ in range(30):
        page.page.keyboard.press("Tab")
        if _focused(page.page) == "Example by Keyboard":
            break
    assert _focused(page.page) == "Example by Keyboard"
    page.page.keyboard.press("Enter")
    page.wait_record("Example by Keyboard")
    page.back.focus()
    page.page.keyboard.press("Enter")
    expect(page.headline).to_contain_text("recorded in Newham")
    expect(page.page).not_to_have_url(re.compile("partner="))


def _focused(page: Page) -> str:
    """The name on the card that has the focus, in whichever shadow root."""
    return str(
        page.evaluate("""() => {
          let each = document.activeElement;
          while (each?.shadowRoot?.activeElement) each = each.shadowRoot.activeElement;
          return each?.matches(".card") ? each.querySelector("b").textContent : "";
        }""")
    )


def test_what_people_type_is_shown_as_text_and_runs_nothing(
    server: Server, acting: Acting, new_context: NewContext, atlas: Atlas
) -> None:
    partner_id = _partner(acting, atlas, HOSTILE, description=HOSTILE, lad24cd=NEWHAM)
    known = {"body_name": HOSTILE, "stage": "introduced"}
    relationships.begin(acting, partner_id, known, note=HOSTILE, on=date.today())
    page = PartnersPage(new_context().new_page(), server.url).open({"place": NEWHAM})
    page.card(HOSTILE).first.click()
    expect(page.back).to_be_visible()
    page.wait_at_rest()
    assert page.headline.inner_text().replace(JOINER, "") == HOSTILE
    page.expand_all()
    main = page.page.get_by_test_id("stMain")
    expect(main.get_by_text(f"With {HOSTILE}", exact=True).first).to_be_visible()
    made = main.locator("img[src=x], a[href^=http]")
    assert [each.evaluate("each => each.parentElement.outerHTML") for each in made.all()] == []
    assert page.page.title() != "run"


def test_the_pages_of_the_register_fit_a_phone(
    server: Server, acting: Acting, new_context: NewContext, atlas: Atlas
) -> None:
    first, _ = (_partner(acting, atlas, f"{LONG} {number}", lad24cd=NEWHAM) for number in (1, 2))
    _talking(acting, first)
    entries.add(acting, "channel", {"partner_id": first, "kind": "website", "address": "https://example.org/" + "a" * 90})
    phone = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).new_page()
    page = PartnersPage(phone, server.url)
    for query in (
        {"place": NEWHAM},
        {"place": NEWHAM, "tab": "neighbourhood"},
        {"place": NEWHAM, "tab": "clinical-area"},
        {"place": NEWHAM, "tab": "contacts"},
        {"place": NEWHAM, "tab": "review"},
        {"place": NEWHAM, "partner": first},
    ):
        phone.set_viewport_size({"width": 390, "height": 844})
        page.open(query)
        if "tab" not in query and "partner" not in query:
            _stacked(page.cards)
        page.expand_all()
        for width in (390, 320):
            phone.set_viewport_size({"width": width, "height": 844})
            assert phone.evaluate("innerWidth") == width
            assert _after_settling(phone, _TOO_WIDE) == [], f"{query} at {width} px"
            assert _after_settling(phone, f"() => ({_TOO_SMALL})({TOUCH})") == [], f"{query} at {width} px"


def _stacked(cards: Locator) -> None:
    """One beneath the other, each as wide as the column."""
    expect(cards.first).to_be_visible()
    boxes = [box for each in cards.all() if (box := each.bounding_box())]
    assert len(boxes) >= 2
    assert len({round(box["x"]) for box in boxes}) == 1
    tops = [box["y"] for box in boxes]
    assert tops == sorted(tops) and len(set(tops)) == len(tops)


def test_a_suggestion_reaches_the_queue_and_keeps_what_was_typed_until_it_can_be_sent(
    server: Server, new_context: NewContext
) -> None:
    page = SuggestPage(new_context().new_page(), server.url).open()
    page.send(name="Example Chess Club", what="Chess on Mondays", where=WHITECHAPEL)
    expect(page.notes).to_have_count(1)
    expect(page.notes).to_contain_text("Say how to reach the organisation")
    expect(page.page.get_by_role("textbox", name="What is the group called?")).to_have_value("Example Chess Club")
    page.send("Example Chess Club", "Chess on Mondays", WHITECHAPEL, "020 7946 0000")
    expect(page.notes.first).to_contain_text("Thank you.")

    queue = PartnersPage(new_context().new_page(), server.url).open({"place": TOWER_HAMLETS, "tab": "review"})
    waiting = queue.section("New: Example Chess Club")
    expect(waiting).to_contain_text("How to reach them: 020 7946 0000")
