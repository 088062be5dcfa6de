"""In a real browser with software graphics: bytes over the websocket for each rerun, and a cold browser to a painted map."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, WebSocket, expect, sync_playwright

from benchmarks import naive, serving
from benchmarks.measure import Row, Samples
from benchmarks.rerun import VIEWS
from data_loaders.atlas import Atlas
from tests.browser import chromium

PAINT_MS = 60_000
QUIET_MS = 1_500
_ROW_BUTTON = ".ranked-list tbody tr button"


class Traffic:
    """Counts what a page receives: over its websockets, and as files by HTTP."""

    def __init__(self, page: Page) -> None:
        self.socket = self.frames = self.files = 0
        page.on("websocket", lambda socket: self._listen(socket))
        page.on("response", lambda response: self._response(response.url))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, payload: str | bytes) -> None:
        self.frames += 1
        self.socket += len(payload.encode() if isinstance(payload, str) else payload)

    def _response(self, url: str) -> None:
        self.files += "/geometry/" in url


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium.find()), args=list(chromium.ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def _link(server: serving.Server, place: str) -> str:
    return f"{server.address}/?{urlencode({'place': place})}" if place else f"{server.address}/"


def _wait_painted(page: Page) -> None:
    expect(page.locator(".cg-map[data-painted=true]")).to_be_visible(timeout=PAINT_MS)
    _wait_rest(page)


def _wait_rest(page: Page) -> None:
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached(timeout=PAINT_MS)


def _settled(page: Page, traffic: Traffic) -> int:
    """Bytes received when nothing more has come for a while: the address can change before the last message."""
    _wait_rest(page)
    while True:
        seen = traffic.socket
        page.wait_for_timeout(QUIET_MS)
        if traffic.socket == seen:
            return seen


def _drawn_inline(place: str) -> int:
    """Bytes of the outlines that a view draws, as they would be inside a figure: uncompressed GeoJSON."""
    atlas = Atlas()
    index = atlas.geometry
    if place:
        inside = atlas.gazetteer.mask(atlas.gazetteer.place(place))
        drawn = index[(index["layer"] == "lsoa") & index["key"].isin(atlas.areas.loc[inside, "lad24cd"].unique())]
    else:
        drawn = index[(index["layer"] == "icb26") & (index["key"] == "england")]
    return naive.unpacked_bytes(atlas.snapshot.static / path for path in drawn["path"])


def socket_bytes() -> Iterator[Row]:
    """What one change sends to the browser: the walk from 800 m to 900 m, then a row of the list."""
    with serving.running() as server, _browser() as browser:
        for place, name in VIEWS.items():
            context = browser.new_context(viewport={"width": 1440, "height": 1000})
            page = context.new_page()
            traffic = Traffic(page)
            page.goto(_link(server, place))
            _wait_painted(page)
            first = _settled(page, traffic)
            page.locator("summary").filter(has_text="Settings").click()
            walk = page.get_by_role("spinbutton", name="Walk, in metres")
            expect(walk).to_be_visible()
            before = traffic.socket
            walk.fill("900")
            walk.press("Enter")
            page.wait_for_url("**reach=900**")
            changed, inline = _settled(page, traffic) - before, _drawn_inline(place)
            row = page.locator(_ROW_BUTTON).nth(2)
            before, was = traffic.socket, page.url
            row.click()
            page.wait_for_function("was => location.href !== was", arg=was)
            chosen = _settled(page, traffic) - before
            context.close()
            yield Row(
                "websocket",
                f"websocket, walk 800 → 900: {name}",
                Samples([changed / 1e3], "KB"),
                100,
                counted=f"{traffic.files} geometry files by HTTP, {first / 1e3:.0f} KB for the first view",
                naive=Samples([(inline + changed) / 1e3], "KB"),
                naive_way="the same run with the outlines that the view draws inline, uncompressed",
            )
            yield Row("websocket", f"websocket, a row chosen: {name}", Samples([chosen / 1e3], "KB"), 100)


def _seconds_to(browser: Browser, address: str, painted: str) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(address)
    expect(page.locator(painted)).to_be_visible(timeout=PAINT_MS)
    seconds = time.perf_counter() - begin
    context.close()
    return seconds


def paint(runs: int = 3) -> Iterator[Row]:
    """A browser that has nothing of ours yet, from the address to all of the map drawn; the server is warm."""
    with _browser() as browser:
        with serving.empty_app() as server:
            _seconds_to(browser, server.address, "h1")
            floor = Samples([_seconds_to(browser, server.address, "h1") for _ in range(runs)], "s")
        with serving.running() as server:
            _seconds_to(browser, _link(server, "E09000007"), ".cg-map[data-painted=true]")
            for place, name in VIEWS.items():
                times, spent = [], []
                for _ in range(runs):
                    before = server.cpu_seconds()
                    times.append(_seconds_to(browser, _link(server, place), ".cg-map[data-painted=true]"))
                    spent.append(server.cpu_seconds() - before)
                budget: Any = 5 if place == "E09000002" else None
                yield Row(
                    "paint",
                    f"cold browser to painted: {name}",
                    Samples(times, "s", spent),
                    budget,
                    naive=floor,
                    naive_way="an empty Streamlit app until its title shows: the floor",
                    note="a new context with an empty cache, software graphics; CPU is the server's",
                )
