"""What travels for one change of a control: at most 100 KB over the websocket, wherever one looks. Bytes, not seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import BARKING_AND_DAGENHAM, NORTH_EAST_LONDON, GapsPage, SocketBytes

LIMIT = 100_000


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
