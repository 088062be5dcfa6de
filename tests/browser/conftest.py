"""One server and one browser for all browser tests, a page for each, and on failure a picture and what the server printed.

The fixtures end with this folder rather than with the session: Playwright keeps an event loop running in the thread it
was started from, and tests elsewhere want their own. They take the names of pytest-playwright's and stand in for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from tests.browser import chromium
from tests.browser.pages import GapsPage
from tests.browser.server import ROOT, Server

RESULTS = ROOT / "test-results"
WAIT_SECONDS = 20
DESKTOP = {"width": 1440, "height": 1000}

_PAGES = pytest.StashKey[list[Page]]()

NewContext = Callable[..., BrowserContext]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """After a failure: a picture of every open page in test-results, and the server's last words in the report."""
    report = yield
    if report.failed:
        for number, page in enumerate(item.stash.get(_PAGES, [])):
            RESULTS.mkdir(exist_ok=True)
            path = RESULTS / f"{re.sub(r'[^A-Za-z0-9]+', '-', item.nodeid)}-{number}.png"
            try:
                page.screenshot(path=path, full_page=True, timeout=10_000)
                report.sections.append(("Picture", f"{path}\n{page.url}"))
            except Error as error:
                report.sections.append(("Picture", f"none could be taken: {error.message}"))
        server = getattr(item, "funcargs", {}).get("server")
        if isinstance(server, Server):
            report.sections.append(("What the app printed", server.output()))
    return report


@pytest.fixture(scope="package")
def chromium_path() -> Path:
    """The browser; a failure with one line that says what to install where there is none. Never a skip."""
    try:
        return chromium.find()
    except chromium.ChromiumNotFoundError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="package")
def playwright(chromium_path: Path) -> Iterator[Playwright]:
    expect.set_options(timeout=WAIT_SECONDS * 1_000)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium_path: Path) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium_path, args=list(chromium.ARGUMENTS))
    yield launched
    launched.close()


@pytest.fixture(scope="package")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "output.txt") as server:
        yield server


@pytest.fixture
def server(running_server: Server) -> Iterator[Server]:
    """The app that all tests share; it must be up before a test and still be up after it."""
    running_server.check()
    yield running_server
    running_server.check()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Callable[[Page], Page]:
    """Takes note of a page, so that a failure leaves a picture of it."""
    pages = request.node.stash.setdefault(_PAGES, [])

    def take_note(page: Page) -> Page:
        pages.append(page)
        return page

    return take_note


@pytest.fixture
def new_context(browser: Browser, watch: Callable[[Page], Page]) -> Iterator[NewContext]:
    """Makes a browser without cache or history, as a person on another machine has; closed after the test."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**({"viewport": DESKTOP, "locale": "en-GB"} | options))  # type: ignore[arg-type]
        context.on("page", watch)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="package")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """A desktop window that keeps its cache from test to test: scripts and outlines are fetched once."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def page(desk: BrowserContext, watch: Callable[[Page], Page]) -> Iterator[Page]:
    opened = watch(desk.new_page())
    yield opened
    opened.close()


@pytest.fixture
def gaps(page: Page, server: Server) -> GapsPage:
    """The Gaps page, not opened yet."""
    return GapsPage(page, server.url)
