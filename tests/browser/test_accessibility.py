"""axe on every page, light and dark, wide and narrow: nothing serious or critical but what the allow-list names, with a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from data_loaders.atlas import Atlas
from presentation.pages import PAGES
from presentation.pages import Page as Entry
from presentation.partner_location import point_fields
from presentation.register_cache import FILE
from register import entries, partners, relationships, suggestions
from register.actors import Actor
from register.store import open_register
from tests.browser.conftest import NewContext
from tests.browser.pages import (
    BARKING_AND_DAGENHAM,
    NORTH_EAST_LONDON,
    GapsPage,
    InequalitiesPage,
    PartnersPage,
    SeveralNeedsPage,
    SuggestPage,
    expand_all,
    wait_at_rest,
)
from tests.browser.server import Server

ALLOWED = Path(__file__).parent / "axe_allowed.toml"
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def allowed() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads(ALLOWED.read_text(encoding="utf-8")).get("allow", [])
    for entry in entries:
        assert entry["rule"] and entry["target"] and len(entry["reason"]) > 40, (
            f"an exception without a reason: {entry}"
        )
    return entries


def _grave(page: Page, allowed: list[dict[str, str]]) -> list[str]:
    found = []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] not in GRAVE:
            continue
        for node in violation["nodes"]:
            if not any(entry["rule"] == violation["id"] and entry["target"] in _where(node) for entry in allowed):
                summary = " ".join(node["failureSummary"].split())
                found.append(
                    f"{violation['id']} ({violation['impact']}) at {_where(node)}: {summary}\n    {node['html'][:300]}"
                )
    return found


def _settled(page: Page, allowed: list[dict[str, str]]) -> list[str]:
    """What axe finds once the page has followed a change of its look: colours fade from one to the next, and charts are drawn again."""
    for _ in range(4):
        wait_at_rest(page)
        if not (found := _grave(page, allowed)):
            break
        page.wait_for_timeout(500)
    return found


def _where(node: dict[str, Any]) -> str:
    """The path of selectors to an element, through shadow roots."""
    return " ".join(" ".join(part) if isinstance(part, list) else part for part in node["target"])


@pytest.fixture
def fresh(new_context: NewContext) -> Iterator[Page]:
    yield new_context(color_scheme="light").new_page()


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.url_path)
def test_axe_finds_nothing_serious(fresh: Page, server: Server, entry: Entry, allowed: list[dict[str, str]]) -> None:
    if entry.default:
        gaps = GapsPage(fresh, server.url).open({"place": BARKING_AND_DAGENHAM, "reach": "abc"})
        gaps.wait_painted()
        gaps.expand_all()
    else:
        fresh.goto(server.url + entry.url_path)
        expect(fresh.get_by_role("heading", level=1).first).to_be_visible()
        wait_at_rest(fresh)
        expand_all(fresh)
    _finds_nothing_in_any_look(fresh, allowed, entry.title)


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        pytest.param(InequalitiesPage, {"place": "E09000030"}, id="the board of a place"),
        pytest.param(InequalitiesPage, {"place": "E09000030", "indicator": "219"}, id="a figure opened"),
        pytest.param(SeveralNeedsPage, {"place": NORTH_EAST_LONDON, "needs": "253,nonsense"}, id="several needs"),
    ],
)
def test_axe_finds_nothing_serious_where_there_is_need(
    fresh: Page, server: Server, kind: type[InequalitiesPage], query: dict[str, str], allowed: list[dict[str, str]]
) -> None:
    shown = kind(fresh, server.url).open(query)
    if isinstance(shown, SeveralNeedsPage):
        shown.wait_painted()
    elif "indicator" in query:
        shown.wait_charts(4)
    expand_all(fresh)
    _finds_nothing_in_any_look(fresh, allowed, f"{kind.path} {query}")


@pytest.fixture(scope="module")
def with_partners(tmp_path_factory: pytest.TempPathFactory, atlas: Atlas) -> Iterator[tuple[Server, str]]:
    """An app with a register that holds something of most kinds, and the id of a partner in it."""
    with Server(tmp_path_factory.mktemp("partners") / "output.txt") as server:
        server.data.mkdir(exist_ok=True)
        register = open_register(server.data / FILE)
        acting, now = register.as_(Actor("sub-steward", role="steward")), date.today()
        both = [{"side": side, "said": "Something"} for side in ("partner", "statutory body")]
        fields = {"kind": "organisation", "organisation_type": "faith group", **point_fields(atlas, "E1 1JX")}
        for stage in ("doing something together", "talking", "known of, no contact"):
            partner = partners.create(acting, fields | {"name": f"Example group, {stage}", "description": "A club"})
            known = {"body_name": "Example Council", "stage": stage, "clinical_areas": ["hypertension"]}
            given = both if stage == "doing something together" else []
            relationships.begin(acting, partner.id, known, note="Met", on=now, commitments=given)
            entries.add(acting, "activity", {"partner_id": partner.id, "name": "A lunch", "clinical_areas": ["smi"]})
        suggestions.suggest(acting, name="Example Club", what="Chess", where="E1 1JX", reach="A website", client_key="k")
        register.close()
        yield server, partner.id
        server.check()


@pytest.mark.parametrize("tab", ["stage", "neighbourhood", "clinical-area", "contacts", "review", "a record", "suggest"])
def test_axe_finds_nothing_serious_in_the_register(
    fresh: Page, with_partners: tuple[Server, str], tab: str, allowed: list[dict[str, str]]
) -> None:
    server, partner_id = with_partners
    if tab == "suggest":
        page = SuggestPage(fresh, server.url).open()
        page.send(name="Example")
        expect(page.notes).to_have_count(3)
    else:
        query = {"partner": partner_id} if tab == "a record" else {"tab": tab}
        PartnersPage(fresh, server.url).open({"place": "E09000030"} | query).expand_all()
    _finds_nothing_in_any_look(fresh, allowed, f"Partners, {tab}")


def _finds_nothing_in_any_look(fresh: Page, allowed: list[dict[str, str]], title: str) -> None:
    """Light and dark, wide and narrow."""
    wait_at_rest(fresh)

    light = _background(fresh)
    found = {"light, 1440 px": _settled(fresh, allowed)}
    fresh.emulate_media(color_scheme="dark")
    expect(fresh.locator("[data-testid=stApp]")).not_to_have_css("background-color", light)
    found["dark, 1440 px"] = _settled(fresh, allowed)
    fresh.set_viewport_size({"width": 390, "height": 844})
    found["dark, 390 px"] = _settled(fresh, allowed)
    fresh.emulate_media(color_scheme="light")
    expect(fresh.locator("[data-testid=stApp]")).to_have_css("background-color", light)
    found["light, 390 px"] = _settled(fresh, allowed)
    said = "\n".join(f"{how}\n  " + "\n  ".join(each) for how, each in found.items() if each)
    assert not said, f"{title}:\n{said}"


def test_axe_looks_into_the_components(page: Page) -> None:
    """Without this, an empty answer could mean that nothing was looked at: our components draw in shadow roots."""
    page.set_content("<html lang=en><title>Trial</title><main><h1>Trial</h1><div id=host></div></main></html>")
    page.evaluate("""() => {
      const button = document.createElement("button");
      document.getElementById("host").attachShadow({ mode: "open" }).append(button);
    }""")
    (found,) = _grave(page, [])
    assert found.startswith("button-name (critical) at #host button")
    assert _grave(page, [{"rule": "button-name", "target": "#host"}]) == []


def _background(page: Page) -> str:
    return str(page.locator("[data-testid=stApp]").evaluate("each => getComputedStyle(each).backgroundColor"))
