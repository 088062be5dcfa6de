"""What a browser gets from the steps of a sign-in, with stand-ins for Streamlit's own answers."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from presentation.sign_in_answers import SignInAnswers

HOST = "atlas.example.org"
PAGE = "/inequalities?place=E09000002&walk=800"


def ask(app: ASGIApp, path: str, query: str = "", **headers: str) -> tuple[int, Headers, bytes]:
    """One GET of an app behind SignInAnswers: status, headers, body."""
    sent: list[Message] = []
    scope: Scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "http_version": "1.1", "scheme": "https", "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in ({"host": HOST} | headers).items()], "server": (HOST, 443),
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(SignInAnswers(app)(scope, receive, send))
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1, "one answer to one question"
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return starts[0]["status"], Headers(raw=starts[0]["headers"]), body


def signed_in(location: str = "/") -> Response:
    answer = RedirectResponse(location, status_code=302)
    answer.set_cookie("_streamlit_user", "signed", max_age=60)
    return answer


def refused(location: str = "/") -> Response:
    answer = RedirectResponse(location, status_code=302)
    answer.delete_cookie("_streamlit_user")
    return answer


async def _raises(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("a provider of a kind that nobody thought of")


def _kept(page: str) -> str:
    return f"common_ground_return={quote(page, safe='')}"


def test_the_page_is_remembered_on_the_way_out_and_opened_on_the_way_back() -> None:
    status, headers, _ = ask(RedirectResponse("https://login.example.org/authorize", 302), "/auth/login", referer=f"https://{HOST}{PAGE}")
    assert (status, headers["location"]) == (302, "https://login.example.org/authorize")
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    _, back, _ = ask(signed_in(), "/oauth2callback", "code=1&state=2", cookie=cookie.partition(";")[0])
    assert back["location"] == PAGE
    assert any(value.startswith("common_ground_return=;") and "Max-Age=0" in value for value in back.getlist("set-cookie"))
    assert any(value.startswith("_streamlit_user=signed") for value in back.getlist("set-cookie"))


@pytest.mark.parametrize("status", [400, 404, 500, 502])
def test_a_first_step_that_fails_leads_back_with_a_word(status: int) -> None:
    answer = PlainTextResponse("Authentication error: at /srv/app/secret.py", status_code=status)
    got, headers, body = ask(answer, "/auth/login", referer=f"https://{HOST}{PAGE}")
    assert (got, headers["location"]) == (302, f"{PAGE}&sign-in=unavailable")
    assert b"Authentication error" not in body


@pytest.mark.parametrize(
    ("path", "location"),
    [("/auth/login", "/?sign-in=unavailable"), ("/oauth2callback", "/?sign-in=failed"), ("/auth/logout", "/")],
)
def test_a_step_that_raises_leads_back_and_is_logged(path: str, location: str, caplog: pytest.LogCaptureFixture) -> None:
    status, headers, body = ask(_raises, path)
    assert (status, headers["location"]) == (302, location)
    assert b"nobody thought of" not in body
    assert "A step of signing in or out failed" in caplog.text


@pytest.mark.parametrize(
    ("answer", "query", "word"),
    [
        (refused(), "code=1&state=2", "failed"),
        (RedirectResponse("/", 302), "code=1&state=2", "failed"),
        (RedirectResponse("/", 302), "error=access_denied&state=2", "declined"),
        (RedirectResponse("/", 302), "", None),
        (signed_in(), "code=1&state=2", None),
    ],
    ids=["refused", "used before", "declined", "back from signing out", "signed in"],
)
def test_a_last_step_says_what_came_of_it(answer: Response, query: str, word: str | None) -> None:
    _, headers, _ = ask(answer, "/oauth2callback", query, cookie=_kept("/?sign-in=declined&place=E09000002"))
    assert headers["location"] == (f"/?place=E09000002&sign-in={word}" if word else "/?sign-in=declined&place=E09000002")
    _, headers, _ = ask(answer, "/oauth2callback", query)
    assert headers["location"] == (f"/?sign-in={word}" if word else "/")


@pytest.mark.parametrize(
    "page",
    [
        "https://elsewhere.example/", "//elsewhere.example/", "///elsewhere.example/",
        "/\\elsewhere.example", "\\\\elsewhere.example", "javascript:alert(1)",
        "/auth/logout", "/oauth2callback?code=1", "/a\r\nSet-Cookie: x=1", "/\t/elsewhere.example", "/" + "a" * 2_000, "", "elsewhere",
    ],
)  # fmt: skip
def test_a_remembered_page_that_leads_elsewhere_is_forgotten(page: str) -> None:
    _, headers, _ = ask(signed_in(), "/oauth2callback", "code=1&state=2", cookie=_kept(page))
    assert headers["location"] == "/"


@pytest.mark.parametrize("referer", ["https://elsewhere.example/x", "http://[::1", "", f"https://{HOST}.example/x", f"https://{HOST}@elsewhere.example/x"])
def test_only_a_page_of_this_atlas_is_remembered(referer: str) -> None:
    _, headers, _ = ask(RedirectResponse("https://login.example.org/", 302), "/auth/login", referer=referer)
    assert "set-cookie" not in headers


def test_signing_out_without_the_provider_leads_back_at_once() -> None:
    _, headers, _ = ask(refused(), "/auth/logout", referer=f"https://{HOST}{PAGE}")
    assert headers["location"] == PAGE


def test_everything_else_is_passed_on_as_it_is() -> None:
    for path in ("/", "/gaps", "/auth/login/more", "/x/auth/login", "/app/static/a.js"):
        status, headers, body = ask(PlainTextResponse("as it is", status_code=404), path, referer=f"https://{HOST}{PAGE}")
        assert (status, body) == (404, b"as it is")
        assert "set-cookie" not in headers


def test_an_atlas_below_a_path_stays_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    original = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: "atlas/" if name == "server.baseUrlPath" else original(name))
    status, headers, _ = ask(PlainTextResponse("no", status_code=400), "/atlas/auth/login")
    assert (status, headers["location"]) == (302, "/atlas?sign-in=unavailable")
    _, headers, _ = ask(signed_in("/atlas/"), "/atlas/oauth2callback", "code=1&state=2", cookie=_kept("/atlas/gaps?place=E09000002"))
    assert headers["location"] == "/atlas/gaps?place=E09000002"
    assert ask(PlainTextResponse("as it is", status_code=404), "/auth/login")[0] == 404
