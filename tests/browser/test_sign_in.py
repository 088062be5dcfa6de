"""Signing in against a real OpenID Connect provider on this computer: roles, names, cookies, and who is asked for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect

from presentation import single_user
from presentation.sign_in import _NOTE_SENTENCES
from tests.browser import chromium
from tests.browser.conftest import NewContext
from tests.browser.pages import BARKING_AND_DAGENHAM
from tests.browser.server import Server
from tests.oidc_provider import DISCOVERY, Provider, write_secrets

STEWARD, EDITOR = "stella.steward@example.org", "eddie.editor@example.org"
NAME = "Stella Ωmega-Steward"
USER_COOKIE = "_streamlit_user"

PEOPLE = f"""
[[person]]
email = "{STEWARD.upper()}"
role = "steward"

[[person]]
email = "{EDITOR}"
role = "editor"
places = ["{BARKING_AND_DAGENHAM}"]
"""


class SignedInApp:
    """The app with its provider and its list of people."""

    def __init__(self, server: Server, provider: Provider, people: Path) -> None:
        self.server, self.provider, self.people = server, provider, people
        self.url = server.url


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedInApp]:
    folder = tmp_path_factory.mktemp("signed-in")
    people = folder / "people.toml"
    people.write_text(PEOPLE, encoding="utf-8")
    with Provider() as provider, ExitStack() as running:
        provider.knows("s-1", name=NAME, email=STEWARD, email_verified=True)
        provider.knows("e-1", name="Eddie", email=EDITOR, email_verified=True)
        provider.knows("u-1", name="Unverified", email=STEWARD, email_verified=False)
        provider.knows("n-1", name="Nobody in particular", email="nobody@example.org", email_verified=True)
        provider.knows("c-1", name="Claire", common_ground=["offline_access", f"editor:{BARKING_AND_DAGENHAM},E09999999"])
        provider.knows("x-1", name="<img src=x onerror=alert(1)> [a](https://elsewhere.example) :red[b] **c**", email_verified=True)
        with pytest.MonkeyPatch.context() as patch:  # for this app alone: another that a test starts has no provider
            patch.setenv("STREAMLIT_SECRETS_FILES", str(write_secrets(folder, {"default": provider.url + DISCOVERY})))
            patch.setenv("COMMON_GROUND_PEOPLE", str(people))
            patch.setenv("COMMON_GROUND_ROLE_CLAIM", "common_ground")
            server = running.enter_context(Server(folder / "output.txt"))
        yield SignedInApp(server, provider, people)
        server.check()


def _box(page: Page) -> Locator:
    """The corner of the sidebar that says who somebody is."""
    return page.locator(".st-key-sign_in")


def _sign_in(page: Page, url: str, subject: str, path: str = "") -> None:
    page.goto(url + path)
    _box(page).get_by_role("button", name="Sign in").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(lambda address: address.startswith(url) and "oauth2callback" not in address)
    expect(_box(page)).to_be_visible()


def test_a_steward_signs_in_where_they_were_and_out_again_and_nobody_else_is_asked(
    app: SignedInApp, new_context: NewContext
) -> None:
    context = new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: asked.append(socket.url))
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text) if message.type == "error" else None)
    place = f"?place={BARKING_AND_DAGENHAM}"

    _sign_in(page, app.url, "s-1", f"inequalities{place}")
    expect(_box(page)).to_contain_text(f"Signed in as {NAME}")
    expect(_box(page)).to_contain_text("Steward: you may change everything")
    expect(page).to_have_url(re.compile(rf"{re.escape(app.url)}inequalities\?.*place={BARKING_AND_DAGENHAM}"))

    second = context.new_page()
    second.goto(app.url)
    expect(_box(second)).to_contain_text(f"Signed in as {NAME}")

    _box(page).get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    expect(_box(page).get_by_role("button", name="Sign in")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"inequalities\?.*place={BARKING_AND_DAGENHAM}"))
    assert USER_COOKIE not in {cookie["name"] for cookie in context.cookies(app.url)}
    expect(page.locator(".st-key-sign_in_note")).to_have_count(0)

    own = {urlsplit(app.url).netloc, urlsplit(app.provider.url).netloc}
    elsewhere = {url for url in asked if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc not in own}
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == own
    assert not elsewhere, elsewhere
    assert [call for call in app.server.outward_calls() if not call.endswith("b'localhost'")] == [], "the provider is localhost"
    assert not [line for line in console if "Content Security Policy" in line], console
    printed = app.server.log.read_text(encoding="utf-8", errors="replace")
    for private in (NAME, STEWARD, "s-1"):
        assert private not in printed, "who signs in is nobody's business but the register's"


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("n-1", "Reader: you may read"),
        ("u-1", "Reader: you may read"),
        ("e-1", "Editor: you may change what is recorded for Barking and Dagenham"),
        ("c-1", "Editor: you may change what is recorded for Barking and Dagenham"),
    ],
    ids=["not on the list", "an address that nobody has verified", "on the list", "by a claim"],
)
def test_a_role_comes_from_the_list_or_from_the_claim(
    app: SignedInApp, new_context: NewContext, subject: str, says: str
) -> None:
    page = new_context().new_page()
    _sign_in(page, app.url, subject)
    expect(_box(page)).to_contain_text(says)
    if says.startswith("Reader"):
        _box(page).get_by_text("What a steward needs to give you a role").click()
        expect(_box(page).locator("code")).to_have_text(f'subject = "{subject}"\nissuer = "{app.provider.url}"')
    if subject == "c-1":
        expect(_box(page)).to_contain_text("Your sign-in names the place “E09999999”, which this atlas does not know.")


def test_a_name_is_shown_as_text_whatever_it_holds(app: SignedInApp, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a name ran as a script: {dialog.message}"))
    _sign_in(page, app.url, "x-1")
    expect(_box(page)).to_contain_text("Signed in as <img src=x onerror=alert(1)> [a](https://elsewhere.example) :red[b] **c**")
    assert _box(page).locator("img, a, strong").count() == 0
    assert not [url for url in asked if "elsewhere.example" in url]


def test_whoever_is_taken_off_the_list_is_a_reader_from_the_next_click_on(
    app: SignedInApp, new_context: NewContext
) -> None:
    page = new_context().new_page()
    _sign_in(page, app.url, "e-1")
    expect(_box(page)).to_contain_text("Editor:")
    try:
        app.people.write_text(PEOPLE.replace(EDITOR, "somebody.else@example.org"), encoding="utf-8")
        page.get_by_role("link", name="Sources and methods").click()
        expect(_box(page)).to_contain_text("Reader: you may read")
        app.people.write_text("[[person]\n", encoding="utf-8")
        page.get_by_role("link", name="Gaps", exact=True).click()
        expect(_box(page)).to_contain_text("The list of who may do what cannot be read here")
    finally:
        app.people.write_text(PEOPLE, encoding="utf-8")


def _cookie(context: BrowserContext, url: str) -> str:
    return next(cookie["value"] for cookie in context.cookies(url) if cookie["name"] == USER_COOKIE)


def test_a_tampered_cookie_is_refused(app: SignedInApp, new_context: NewContext) -> None:
    context = new_context()
    page = context.new_page()
    _sign_in(page, app.url, "n-1")
    expect(_box(page)).to_contain_text("Reader:")
    good = _cookie(context, app.url)
    address = {"name": USER_COOKIE, "url": app.url}

    for spoilt in (good[:-2] + ("AA" if good[-2:] != "AA" else "BB"), ("A" if good[0] != "A" else "B") + good[1:], "chunks-2", "{}"):
        context.add_cookies([address | {"value": spoilt}])  # type: ignore[list-item]
        page.reload()
        expect(_box(page).get_by_role("button", name="Sign in")).to_be_visible()
        expect(_box(page)).not_to_contain_text("Signed in")

    # A cookie made as Streamlit makes them, but signed with a guess.
    claims = f'{{"iss": "{app.provider.url}", "sub": "s-1", "is_logged_in": true, "origin": "{app.url.rstrip("/")}"}}'
    forged = URLSafeTimedSerializer("a guess", salt=USER_COOKIE).dumps(claims)
    context.add_cookies([address | {"value": forged if isinstance(forged, str) else forged.decode()}])  # type: ignore[list-item]
    page.reload()
    expect(_box(page).get_by_role("button", name="Sign in")).to_be_visible()

    context.add_cookies([address | {"value": good}])  # type: ignore[list-item]
    page.reload()
    expect(_box(page)).to_contain_text("Signed in as Nobody in particular")


def test_stopping_on_the_way_is_said_and_the_atlas_is_there(app: SignedInApp, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{app.url}?place={BARKING_AND_DAGENHAM}")
    _box(page).get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Deny").click()
    note = page.locator(".st-key-sign_in_note")
    expect(note).to_contain_text(_NOTE_SENTENCES["declined"])
    expect(page.get_by_role("heading", level=1).first).to_contain_text("Barking and Dagenham")
    expect(page).not_to_have_url(re.compile("sign-in="))
    note.get_by_role("button", name="Close this message").click()
    expect(note).to_have_count(0)


def test_a_link_cannot_put_words_of_its_own_on_the_page(app: SignedInApp, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{app.url}?sign-in=Send%20your%20password%20to%20me&place={BARKING_AND_DAGENHAM}")
    expect(_box(page).get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("heading", level=1).first).to_contain_text("Barking and Dagenham")
    expect(page.locator(".st-key-sign_in_note")).to_have_count(0)
    assert "password" not in page.content()


def test_without_a_provider_the_single_user_is_told_so_here_and_refused_under_another_name(
    server: Server, playwright: Playwright, chromium_path: Path, new_context: NewContext
) -> None:
    page = new_context().new_page()
    page.goto(server.url)
    expect(_box(page)).to_contain_text(single_user.SENTENCE)

    # Another site can point its own name at 127.0.0.1, and a browser would then speak to this server for it.
    port = urlsplit(server.url).port
    mapped = "--host-resolver-rules=MAP atlas.example 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=chromium_path, args=[*chromium.ARGUMENTS, mapped])
    try:
        elsewhere = browser.new_page()
        elsewhere.goto(f"http://atlas.example:{port}/")
        expect(_box(elsewhere)).to_contain_text("the register can be changed only at the server's own computer")
        expect(_box(elsewhere)).not_to_contain_text(single_user.SENTENCE)
    finally:
        browser.close()
