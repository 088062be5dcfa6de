"""Page objects: what a person sees and does on a page, so that tests do not repeat how it is built.

A headline is the first of its page: while one page gives way to another, the old one's may still stand below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import FilePayload, Locator, Page, TimeoutError, WebSocket, expect

BARKING_AND_DAGENHAM = "E09000002"
NORTH_EAST_LONDON = "E54000029"
PAINT_SECONDS = 30
_LSOA = re.compile(r"\((E01\d{6})\)")


def wait_at_rest(page: Page) -> None:
    """Wait until Streamlit is running nothing, and no part of the page is still on its way (tables come after the rest)."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def expand_all(page: Page) -> None:
    """Open every section of a page."""
    closed = page.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.click()
        wait_at_rest(page)


class GapsPage:
    """The home page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.headline = page.get_by_role("heading", level=1).first
        self.rows = page.locator(".ranked-list tbody tr")
        self.chosen_row = page.locator(".ranked-list tr[aria-current=true]")
        self.pager = page.locator(".ranked-list .pager")
        self.panel = page.locator(".st-key-gaps_panel, .st-key-postcode_panel")
        self.panel_heading = self.panel.get_by_role("heading", level=2)
        self.map = page.locator(".cg-map")
        self.canvas = self.map.locator("canvas.maplibregl-canvas")
        self.notes = page.get_by_test_id("stAlert")
        self.postcode = page.get_by_role("textbox", name="Postcode")
        self.walk = page.get_by_role("spinbutton", name="Walk, in metres")
        self.detour = page.get_by_role("spinbutton", name="Detour factor")
        self.partners_file = page.get_by_test_id("stFileUploader").locator("input[type=file]")

    def open(self, query: Mapping[str, str] | None = None) -> GapsPage:
        """Open a link, and wait for the list that it leads to."""
        self.page.goto(self.url + (f"?{urlencode(query)}" if query else ""))
        self.wait_listed()
        return self

    def wait_listed(self) -> None:
        """Wait until the page has its sentence, its list and its panel, and nothing is running."""
        expect(self.rows.first).to_be_visible(timeout=PAINT_SECONDS * 1_000)
        expect(self.panel_heading).to_be_visible()
        self.wait_at_rest()

    def wait_at_rest(self) -> None:
        """Wait until Streamlit is running nothing and all that it sent is drawn."""
        wait_at_rest(self.page)

    def wait_painted(self) -> None:
        """Wait until the map says that all it was asked to draw is drawn."""
        expect(self.page.locator(".cg-map[data-painted=true]")).to_be_visible(timeout=PAINT_SECONDS * 1_000)

    def wait_link(self, **wanted: str) -> None:
        """Wait until the address holds these parameters."""
        for name, value in wanted.items():
            expect(self.page).to_have_url(re.compile(rf"[?&]{name}={re.escape(value)}(&|$)"))

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def row_of(self, lsoa21cd: str) -> Locator:
        """The row of one LSOA on the page of the list that is shown."""
        return self.page.locator(f".ranked-list tbody tr[data-id={lsoa21cd}]")

    def row_codes(self) -> list[str]:
        """The codes of the rows shown, in order."""
        return [row.get_attribute("data-id") or "" for row in self.rows.all()]

    def choose_row(self, number: int) -> str:
        """Click a row of the list (from 0), wait for its panel, and return its LSOA's code."""
        code = self.row_codes()[number]
        self.rows.nth(number).get_by_role("button").click()
        self.wait_chosen(code)
        return code

    def wait_chosen(self, lsoa21cd: str) -> None:
        """Wait until the panel and the address show one LSOA."""
        expect(self.panel).to_contain_text(f"({lsoa21cd})")
        self.wait_link(lsoa=lsoa21cd)
        self.wait_at_rest()

    def panel_code(self) -> str:
        """The LSOA that the panel shows."""
        found = _LSOA.search(self.panel.inner_text())
        assert found, "the panel names no LSOA"
        return found[1]

    def people_by_state(self) -> dict[str, int]:
        """What the bar's legend says: people by the word for their state."""
        said = self.page.locator(".state-bar .legend li").all_inner_texts()
        parts = [re.fullmatch(r"\s*(.+?)\s+([\d,]+)\s*", text.replace("\n", " ")) for text in said]
        assert all(parts), said
        return {part[1]: int(part[2].replace(",", "")) for part in parts if part}

    def expand(self, title: str) -> None:
        """Open the section with this title, unless it is open already."""
        summary = self.page.locator("summary").filter(
            has_text=re.compile(f"^\\W*(keyboard_arrow_\\w+)?\\s*{re.escape(title)}")
        )
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
        expect(summary.locator("xpath=..")).to_have_attribute("open", "")

    def expand_all(self) -> None:
        """Open every section of the page."""
        expand_all(self.page)

    def open_settings(self) -> None:
        """Open the settings."""
        self.expand("Settings")
        expect(self.walk).to_be_visible()

    def set_walk(self, walk_m: int) -> None:
        """Type another walking distance, and wait for the page that it leads to. The settings must be open."""
        self.walk.fill(str(walk_m))
        self.walk.press("Enter")
        self.wait_link(reach=str(walk_m))
        self.wait_at_rest()

    def pick(self, label: str, option: str) -> None:
        """Choose from a list of the place bar or the settings: type the name, then click it."""
        self.page.get_by_role("combobox", name=label, exact=True).fill(option)
        self.page.get_by_role("option", name=option, exact=True).click()

    def type_postcode(self, text: str) -> None:
        """Type a postcode and press Enter."""
        self.postcode.fill(text)
        self.postcode.press("Enter")

    def upload_partners(self, name: str, content: str | bytes) -> None:
        """Hand the page a partners file, as a person who picks one does."""
        raw = content.encode() if isinstance(content, str) else content
        self.expand("Partners")
        self.partners_file.set_input_files(FilePayload(name=name, mimeType="text/csv", buffer=raw))
        expect(self.page.get_by_test_id("stFileUploader").get_by_text(name)).to_be_visible()
        self.wait_at_rest()


class AssetsPage(GapsPage):
    """Community assets: the list, the map and the card of one."""

    path = "community-assets"

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page, url)
        self.panel = page.locator(".st-key-asset_panel")
        self.panel_heading = self.panel.get_by_role("heading", level=2)

    def open(self, query: Mapping[str, str] | None = None) -> AssetsPage:
        """Open a link, and wait for its sentence."""
        self.page.goto(f"{self.url}{self.path}" + (f"?{urlencode(query)}" if query else ""))
        expect(self.headline).to_be_visible(timeout=PAINT_SECONDS * 1_000)
        self.wait_at_rest()
        return self


class InequalitiesPage:
    """The board of needs of a place, and one figure of it opened up."""

    path = "inequalities"

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.headline = page.get_by_role("heading", level=1).first
        self.board = page.locator(".need-board")
        self.figures = self.board.locator("tr.figure")
        self.openers = self.board.get_by_role("button")
        self.marks = page.locator(".need-board svg.mark, .fact-list svg.mark")
        self.back = page.get_by_role("button", name="Back to the board")
        self.charts = page.get_by_test_id("stPlotlyChart")
        self.notes = page.get_by_test_id("stAlert")
        self.place = page.get_by_role("combobox", name="Place", exact=True)

    def open(self, query: Mapping[str, str] | None = None) -> Self:
        """Open a link, and wait for what it leads to."""
        self.page.goto(f"{self.url}{self.path}" + (f"?{urlencode(query)}" if query else ""))
        self.wait_shown()
        return self

    def wait_shown(self) -> None:
        """Wait until the board, or the figure that is opened, is there and nothing is running."""
        expect(self.figures.first.or_(self.back)).to_be_visible(timeout=PAINT_SECONDS * 1_000)
        self.wait_at_rest()

    def wait_at_rest(self) -> None:
        """Wait until Streamlit is running nothing and all that it sent is drawn."""
        wait_at_rest(self.page)

    def wait_charts(self, number: int) -> None:
        """Wait until so many charts are painted."""
        expect(self.charts.locator(".main-svg").first).to_be_visible(timeout=PAINT_SECONDS * 1_000)
        expect(self.charts).to_have_count(number)
        for chart in self.charts.all():
            expect(chart.locator("path.point").first).to_be_attached()

    def opener(self, indicator_id: str) -> Locator:
        """The button of a figure on the board."""
        return self.board.locator(f"button[data-id^='{indicator_id}|']")

    def scrolled(self) -> float:
        """How far down the page is, in pixels."""
        return float(self.page.get_by_test_id("stMain").evaluate("each => each.scrollTop"))

    def row_of(self, indicator_id: str) -> Locator:
        """The row, or card, of a figure on the board."""
        return self.figures.filter(has=self.page.locator(f"button[data-id^='{indicator_id}|']"))

    def go_to(self, title: str) -> None:
        """Choose a page in the menu."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return dict(parse_qsl(urlsplit(self.page.url).query))


class SeveralNeedsPage(InequalitiesPage):
    """Neighbourhoods with several needs together: a list and a map."""

    path = "several-needs-together"

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page, url)
        self.rows = page.locator(".ranked-list tbody tr")
        self.map = page.locator(".cg-map")
        self.at_least = page.get_by_role("spinbutton", name="On at least so many of them")

    def wait_shown(self) -> None:
        """Wait until the list is there and nothing is running."""
        expect(self.page.locator(".ranked-list")).to_be_visible(timeout=PAINT_SECONDS * 1_000)
        expect(self.at_least).to_be_visible()
        self.wait_at_rest()

    def wait_painted(self) -> None:
        """Wait until the map says that all it was asked to draw is drawn."""
        expect(self.page.locator(".cg-map[data-painted=true]")).to_be_visible(timeout=PAINT_SECONDS * 1_000)


class SocketBytes:
    """Counts what a page receives over its websockets; create it before the page is opened."""

    def __init__(self, page: Page) -> None:
        self.received = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload.encode() if isinstance(payload, str) else payload)


class PartnersPage:
    """The register's page for a place: partners in groups, one record with its forms, the review queue."""

    path = "partners"

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.headline = page.get_by_role("heading", level=1).first
        self.groups = page.locator(".partner-board .group")
        self.cards = page.locator(".partner-board .card")
        self.back = page.get_by_role("button", name="Back to all partners")
        self.notes = page.get_by_test_id("stAlert")

    def open(self, query: Mapping[str, str] | None = None) -> Self:
        """Open a link, and wait for what it leads to."""
        self.page.goto(f"{self.url}{self.path}" + (f"?{urlencode(query)}" if query else ""))
        expect(self.page.get_by_text("None recorded means that nobody has told us.")).to_be_visible(
            timeout=PAINT_SECONDS * 1_000
        )
        self.wait_at_rest()
        return self

    def wait_at_rest(self) -> None:
        """Wait until Streamlit is running nothing and all that it sent is drawn."""
        wait_at_rest(self.page)

    def card(self, name: str) -> Locator:
        """The card of one partner."""
        return self.cards.filter(has=self.page.get_by_text(name, exact=True))

    def group(self, title: str) -> Locator:
        """The group under one heading."""
        return self.groups.filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def open_card(self, name: str) -> None:
        """Open a partner's record from its card."""
        self.card(name).first.click()
        self.wait_record(name)

    def wait_record(self, name: str) -> None:
        """Wait until the record of a partner is shown."""
        expect(self.headline).to_have_text(name)
        expect(self.back).to_be_visible()
        self.wait_at_rest()

    def section(self, title: str) -> Locator:
        """The section whose title begins so, opened."""
        section = self.page.get_by_test_id("stExpander").filter(
            has=self.page.locator("summary", has_text=re.compile(f"{re.escape(title)}"))
        )
        details = section.last.locator("details").first
        if details.get_attribute("open") is None:
            details.locator("summary").first.click()
        expect(details).to_have_attribute("open", "")
        return details

    def expand_all(self) -> None:
        """Open every section of the page."""
        expand_all(self.page)

    def type_in(self, within: Locator, label: str, text: str) -> None:
        """Type into the field whose label begins so, and leave it."""
        box = within.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}")).first
        box.fill(text)
        box.press("Tab")
        self.wait_at_rest()

    def pick_in(self, within: Locator, label: str, option: str) -> None:
        """Choose from a list. What was typed before may still be on its way and draw the list anew while it is open: then again."""
        box = within.get_by_role("combobox", name=re.compile(rf"(^|\s){re.escape(label)}")).first
        offered = self.page.get_by_role("option", name=option, exact=True)
        for _ in range(4):
            self.wait_at_rest()
            box.click()
            try:
                offered.click(timeout=3_000)
                break
            except TimeoutError:
                box.press("Escape")
        expect(box).to_have_value(option)
        self.wait_at_rest()

    def history(self) -> list[str]:
        """What the history says, newest first."""
        lines = self.section("History").locator("dt")
        expect(lines.first).to_be_visible()
        return [text.strip() for text in lines.all_inner_texts()]


class SuggestPage:
    """Where anybody may suggest a partner."""

    path = "suggest-a-partner"

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.headline = page.get_by_role("heading", level=1).first
        self.notes = page.get_by_test_id("stAlert")

    def open(self) -> Self:
        """Open the page."""
        self.page.goto(f"{self.url}{self.path}")
        expect(self.page.get_by_role("button", name="Send")).to_be_visible(timeout=PAINT_SECONDS * 1_000)
        return self

    def send(self, name: str = "", what: str = "", where: str = "", reach: str = "") -> None:
        """Fill the four fields and send them."""
        for label, text in (
            ("What is the group called?", name),
            ("What do they do?", what),
            ("Where?", where),
            ("How can the group be reached?", reach),
        ):
            self.page.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}")).fill(text)
        self.page.get_by_role("button", name="Send").click()
