"""A provider that is down, talks nonsense, is slow or has another clock: a plain sentence, and an atlas that can still be read."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from presentation.sign_in import _NOTE_SENTENCES
from tests.browser import chromium
from tests.browser.server import Server
from tests.oidc_provider import DISCOVERY, Provider, since_now, write_secrets

PLACE = "E09000002"
HOUR = 3_600


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as running:
        running.knows("good", name="Grace")
        running.knows("ahead", name="Ahead", iat=since_now(HOUR), exp=since_now(2 * HOUR))
        running.knows("expired", name="Expired", iat=since_now(-2 * HOUR), exp=since_now(-HOUR))
        running.knows("yesterday", name="Yesterday", iat=since_now(-25 * HOUR), exp=since_now(HOUR))
        running.knows("endless", name="Endless", iat=since_now(-25 * HOUR), exp=since_now(9_000 * HOUR))
        yield running


@pytest.fixture(scope="module")
def server(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sign-in-faults")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    provider.broken.add("/broken" + DISCOVERY)
    provider.strange.add("/strange" + DISCOVERY)
    provider.silent.add("/silent" + DISCOVERY)
    addresses = {
        "good": provider.url + DISCOVERY,
        "down": nobody + DISCOVERY,
        "broken": f"{provider.url}/broken{DISCOVERY}",
        "strange": f"{provider.url}/strange{DISCOVERY}",
        "silent": f"{provider.url}/silent{DISCOVERY}",
    }
    with ExitStack() as running:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STREAMLIT_SECRETS_FILES", str(write_secrets(folder, addresses)))
            started = running.enter_context(Server(folder / "output.txt"))
        yield started
        started.check()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    opened.goto(f"{server.url}?place={PLACE}")
    yield opened
    context.close()


def _box(page: Page) -> Locator:
    return page.locator(".st-key-sign_in")


def _choose(page: Page, name: str) -> None:
    _box(page).get_by_role("button", name=f"Sign in with {name}").click()


def _sign_in(page: Page, subject: str) -> None:
    _choose(page, "good")
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def _expect_told(page: Page, word: str) -> None:
    """The sentence is there, nobody is signed in, and the page that was open is open again and can be read."""
    expect(page.locator(".st-key-sign_in_note")).to_contain_text(_NOTE_SENTENCES[word], timeout=30_000)
    expect(_box(page).get_by_role("button", name="Sign in with good")).to_be_visible()
    expect(_box(page)).not_to_contain_text("Signed in")
    expect(page.get_by_role("heading", level=1).first).to_contain_text("Barking and Dagenham", timeout=30_000)
    expect(page).to_have_url(re.compile(rf"\?place={PLACE}$"))
    for word in ("Traceback", "Error:", "authlib", "httpx"):
        assert word not in page.content()


@pytest.mark.parametrize("name", ["down", "broken", "strange", "silent"])
def test_a_provider_that_cannot_be_asked_is_a_sentence(page: Page, name: str) -> None:
    _choose(page, name)
    _expect_told(page, "unavailable")


@pytest.mark.parametrize("path", ["/oauth2/token", "/jwks"])
@pytest.mark.parametrize("fault", ["broken", "strange"])
def test_a_provider_that_fails_half_way_is_a_sentence(page: Page, provider: Provider, fault: str, path: str) -> None:
    faults: set[str] = getattr(provider, fault)
    faults.add(path)
    try:
        _sign_in(page, "good")
        _expect_told(page, "failed")
    finally:
        faults.discard(path)


@pytest.mark.parametrize("subject", ["ahead", "expired"])
def test_a_token_from_another_time_is_refused_with_a_sentence(page: Page, subject: str) -> None:
    _sign_in(page, subject)
    _expect_told(page, "failed")


@pytest.mark.parametrize("subject", ["yesterday", "endless"])
def test_a_sign_in_of_more_than_a_day_ago_has_ended_whatever_the_token_says(page: Page, subject: str) -> None:
    _sign_in(page, subject)
    expect(_box(page)).to_contain_text("Your sign-in has ended, so you can read but not change anything.")
    expect(_box(page).get_by_role("button", name="Sign in with good")).to_be_visible()
    expect(page.get_by_role("heading", level=1).first).to_contain_text("Barking and Dagenham")


def test_an_answer_that_was_used_before_signs_nobody_in(page: Page, server: Server) -> None:
    answers: list[str] = []
    page.on("request", lambda request: answers.append(request.url) if "/oauth2callback?" in request.url else None)
    _sign_in(page, "good")
    expect(_box(page)).to_contain_text("Signed in as Grace")
    page.context.clear_cookies(name="_streamlit_user")
    page.goto(answers[0])
    expect(page.locator(".st-key-sign_in_note")).to_contain_text(_NOTE_SENTENCES["failed"])
    expect(_box(page)).not_to_contain_text("Signed in")


def test_signing_out_works_while_the_provider_is_down(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Last, with a provider and an app of its own: a provider that has stopped stays stopped."""
    with Provider() as provider:
        provider.knows("good", name="Grace")
        monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(write_secrets(tmp_path, {"default": provider.url + DISCOVERY})))
        with Server(tmp_path / "output.txt") as server:
            context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB")
            page = context.new_page()
            page.goto(f"{server.url}?place={PLACE}")
            _box(page).get_by_role("button", name="Sign in").click()
            page.get_by_placeholder("sub").fill("good")
            page.get_by_role("button", name="Authorize").click()
            expect(_box(page)).to_contain_text("Signed in as Grace", timeout=30_000)
            provider.broken.update({DISCOVERY, "/oauth2/end_session"})
            page.get_by_role("button", name="Sign out").click()
            expect(_box(page).get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)
            expect(page).to_have_url(re.compile(rf"\?place={PLACE}$"))
            assert "_streamlit_user" not in {cookie["name"] for cookie in context.cookies(server.url)}
            context.close()
