"""What travels for one change of a control: at most 100 KB over the websocket, wherever one looks. Bytes, not seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import (
    BARKING_AND_DAGENHAM,
    NORTH_EAST_LONDON,
    GapsPage,
    InequalitiesPage,
    SeveralNeedsPage,
    SocketBytes,
)
from tests.browser.server import Server

LIMIT = 100_000
LIMIT_OF_ENGLAND = 120_000  # a figure opened for all of England draws 1,297 networks one by one


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"place": BARKING_AND_DAGENHAM}, id="Barking and Dagenham"),
        pytest.param({"place": NORTH_EAST_LONDON}, id="NHS North East London"),
        pytest.param({}, id="England"),
        pytest.param({"by": "small-area"}, id="England by small area"),
    ],
)
def test_one_change_of_a_control_sends_at_most_100_kb(
    gaps: GapsPage, query: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    traffic = SocketBytes(gaps.page)
    gaps.open(query)
    first = traffic.received
    assert first > 1_000, "the websocket was not counted"
    gaps.open_settings()
    before = traffic.received
    gaps.set_walk(1200)
    change = traffic.received - before
    record_property("first_view_bytes", first)
    record_property("change_bytes", change)
    print(f"websocket bytes {query or 'England'}: first view {first:,}, one change {change:,}")
    assert 1_000 < change <= LIMIT
    assert first <= LIMIT, "the first view is one run of the page too"


@pytest.mark.parametrize("place", ["E09000030", "E92000001"])
def test_one_change_of_the_board_sends_at_most_100_kb(
    page: Page, server: Server, place: str, record_property: Callable[[str, object], None]
) -> None:
    traffic = SocketBytes(page)
    board = InequalitiesPage(page, server.url).open({"place": place})
    sizes = {"first view": traffic.received}
    said = board.headline.inner_text()

    def change(name: str) -> None:
        board.wait_at_rest()
        sizes[name] = traffic.received - sum(sizes.values())

    page.get_by_text("Children and young people", exact=True).click()
    expect(board.headline).not_to_have_text(said)
    change("children")
    page.get_by_text("Adults", exact=True).click()
    expect(board.headline).to_have_text(said)
    change("adults")
    board.opener("219").click()
    board.wait_charts(4)
    change("a figure opened")
    for name, size in sizes.items():
        record_property(name, size)
    opened = sizes.pop("a figure opened")
    print(f"websocket bytes {place}: " + ", ".join(f"{name} {size:,}" for name, size in sizes.items()) + f", a figure opened {opened:,}")
    assert all(1_000 < size <= LIMIT for size in sizes.values()), sizes
    assert 1_000 < opened <= (LIMIT_OF_ENGLAND if place == "E92000001" else LIMIT)


def test_one_change_of_several_needs_sends_at_most_100_kb(page: Page, server: Server) -> None:
    traffic = SocketBytes(page)
    several = SeveralNeedsPage(page, server.url).open()
    first, said = traffic.received, several.headline.inner_text()
    several.at_least.fill("1")
    several.at_least.press("Enter")
    expect(several.headline).not_to_have_text(said)
    several.wait_at_rest()
    change = traffic.received - first
    print(f"websocket bytes several needs: first view {first:,}, one change {change:,}")
    assert 1_000 < change <= LIMIT and 1_000 < first <= LIMIT
