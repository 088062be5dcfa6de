"""Community assets in the browser: a list and a map that are one thing, a card by the keyboard, a phone, little over the websocket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.pages import AssetsPage, SocketBytes
from tests.browser.server import Server
from tests.browser.test_accessibility import _finds_nothing_in_any_look, allowed  # noqa: F401 - a fixture
from tests.browser.test_phone import _TOO_SMALL, _TOO_WIDE, TOUCH, _after_settling

TOWER_HAMLETS = "E09000030"
MOST_BYTES = 60_000
PARTS = ("places", "missing", "rates", "checking", "coverage", "sources")


def test_a_row_chosen_by_the_keyboard_opens_its_card_and_its_link(page: Page, server: Server) -> None:
    assets = AssetsPage(page, server.url).open({"place": TOWER_HAMLETS, "q": "east london mosque"})
    assets.wait_painted()
    first = assets.rows.first.get_by_role("button")
    name = first.inner_text().strip().splitlines()[0]
    first.focus()
    page.keyboard.press("Enter")
    expect(assets.panel_heading).to_have_text(name)
    expect(assets.panel).to_contain_text("An asset is not a partner")
    expect(assets.panel).to_contain_text("Ways to connect")
    assets.wait_at_rest()
    again = AssetsPage(page.context.new_page(), server.url)
    again.page.goto(page.url)
    expect(again.panel_heading).to_have_text(name)


def test_a_rerun_of_a_boroughs_map_sends_at_most_60_kb(page: Page, server: Server) -> None:
    traffic = SocketBytes(page)
    assets = AssetsPage(page, server.url).open({"place": TOWER_HAMLETS})
    assets.wait_painted()
    before = traffic.received
    assets.rows.nth(1).get_by_role("button").click()
    expect(assets.panel).to_contain_text("How fresh this is")
    assets.wait_at_rest()
    change = traffic.received - before
    print(f"websocket bytes of a borough's assets: first view {before:,}, one choice {change:,}")
    assert 1_000 < change <= MOST_BYTES


@pytest.fixture
def phone(new_context: NewContext) -> Iterator[Page]:
    context = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()


@pytest.mark.parametrize("part", PARTS)
def test_every_part_fits_a_phone(phone: Page, server: Server, part: str) -> None:
    AssetsPage(phone, server.url).open({"place": TOWER_HAMLETS, "show": part})
    assert _after_settling(phone, _TOO_WIDE) == []
    assert phone.evaluate(_TOO_SMALL, TOUCH) == []


@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_serious_in_any_part(page: Page, server: Server, part: str, allowed: list[dict[str, str]]) -> None:  # noqa: F811
    AssetsPage(page, server.url).open({"place": TOWER_HAMLETS, "show": part})
    _finds_nothing_in_any_look(page, allowed, f"Community assets, {part}")
