"""On a phone: no sideways scrolling, the list before the map, nothing too small to touch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from presentation.pages import PAGES
from presentation.pages import Page as Entry
from tests.browser.conftest import NewContext
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage, expand_all, wait_at_rest
from tests.browser.server import Server

TOUCH = 44  # CSS pixels

# Elements that stick out on the right, unless a container of theirs scrolls or cuts them: they name the culprit.
_TOO_WIDE = """() => {
  const limit = document.documentElement.clientWidth + 1;
  const main = document.querySelector("[data-testid=stMain]");
  const wide = [document.documentElement, main].filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => `${each.tagName} ${each.scrollWidth} > ${each.clientWidth}`);
  const within = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])]);
  const parent = (each) => each.parentElement ?? each.getRootNode().host;
  const cut = (each) => {
    for (let up = parent(each); up && up !== main; up = parent(up)) if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const out = within(main).filter((each) => each.getBoundingClientRect().right > limit && each.getBoundingClientRect().width > 0 && !cut(each))
    .map((each) => `${each.tagName}.${each.className} to ${Math.round(each.getBoundingClientRect().right)}`);
  return [...wide, ...out.slice(0, 8)];
}"""

_TOO_SMALL = """(least) => {
  const within = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])]);
  const touched = "button, a[href], input, select, summary, [tabindex='0']:not(canvas)";
  return within(document).filter((each) => each.closest(".cg, .cg-map") && each.matches(touched))
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.width < least || box.height < least))
    .map(([each, box]) => `${each.className} "${each.textContent.trim() || each.title}" ${box.width.toFixed(1)} × ${box.height.toFixed(1)}`);
}"""


# Tables that would have to be moved sideways to be read.
_SIDEWAYS = """() => [...document.querySelectorAll("[data-testid=stTable], [data-testid=stTable] *")]
  .filter((each) => getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.innerText.slice(0, 40)} ${each.scrollWidth} > ${each.clientWidth}`)"""


def _after_settling(page: Page, script: str) -> list[str]:
    """What a script finds once the page has followed its new width: nothing, or what is still there after three seconds."""
    for _ in range(30):
        if not (found := page.evaluate(script)):
            break
        page.wait_for_timeout(100)
    return list(found)


@pytest.fixture
def phone(new_context: NewContext) -> Iterator[Page]:
    context = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()


def test_the_gaps_page_fits_a_phone_with_the_list_before_the_map(phone: Page, server: Server) -> None:
    gaps = GapsPage(phone, server.url).open({"place": BARKING_AND_DAGENHAM})
    gaps.wait_painted()
    assert phone.evaluate("innerWidth") == 390
    assert phone.evaluate(_TOO_WIDE) == []
    assert phone.evaluate(_TOO_SMALL, TOUCH) == []

    tops = {name: part.evaluate("each => each.getBoundingClientRect().top") for name, part in _parts(gaps).items()}
    assert sorted(tops, key=lambda name: tops[name]) == list(tops), "postcode, sentence, bar, list, then map"

    # Touching a card chooses it, and its panel follows.
    code = gaps.row_codes()[1]
    gaps.rows.nth(1).get_by_role("button").tap()
    gaps.wait_chosen(code)
    expect(gaps.chosen_row).to_have_attribute("data-id", code)

    gaps.expand_all()
    assert _after_settling(phone, _TOO_WIDE) == [], "with everything opened"

    phone.set_viewport_size({"width": 320, "height": 640})
    assert phone.evaluate("innerWidth") == 320
    assert _after_settling(phone, _TOO_WIDE) == []
    assert phone.evaluate(_TOO_SMALL, TOUCH) == []


def _parts(gaps: GapsPage) -> dict[str, Locator]:
    bar = gaps.page.locator(".state-bar .bar")
    return {
        "postcode": gaps.postcode,
        "sentence": gaps.headline,
        "bar": bar,
        "list": gaps.rows.first,
        "map": gaps.map.locator(".frame"),
    }


@pytest.mark.parametrize("entry", [entry for entry in PAGES if not entry.default], ids=lambda entry: entry.url_path)
def test_every_other_page_fits_a_phone(phone: Page, server: Server, entry: Entry) -> None:
    phone.goto(server.url + entry.url_path)
    expect(phone.get_by_role("heading", level=1).first).to_be_visible()
    wait_at_rest(phone)
    expand_all(phone)
    for width in (390, 320):
        phone.set_viewport_size({"width": width, "height": 844})
        assert phone.evaluate("innerWidth") == width
        assert _after_settling(phone, _TOO_WIDE) == []
        assert _after_settling(phone, _SIDEWAYS) == []
