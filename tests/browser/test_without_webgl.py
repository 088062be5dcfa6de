"""A browser that cannot draw the map says so, and the list alone is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import DESKTOP
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage
from tests.browser.server import Server

FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-gpu", "--disable-3d-apis"]


@pytest.fixture
def plain(playwright: Playwright, chromium_path: Path, watch: Callable[[Page], Page]) -> Iterator[Page]:
    """A page in a browser without WebGL."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield watch(browser.new_page(viewport=DESKTOP))  # type: ignore[arg-type]
    browser.close()


def test_without_webgl_the_page_says_so_and_the_list_still_works(plain: Page, server: Server) -> None:
    assert plain.evaluate("document.createElement('canvas').getContext('webgl2')") is None
    faults: list[str] = []
    plain.on("pageerror", lambda error: faults.append(error.message))
    gaps = GapsPage(plain, server.url).open({"place": BARKING_AND_DAGENHAM})
    expect(gaps.map.locator(".message")).to_have_text(
        "This browser cannot draw the map. The list shows the same neighbourhoods."
    )
    expect(gaps.map.locator(".legend li").first).to_be_visible()
    code = gaps.choose_row(3)
    expect(gaps.chosen_row).to_have_attribute("data-id", code)
    assert not faults
