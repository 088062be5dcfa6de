"""What a browser gets back from the steps of a sign-in: the page it came from, and a word on it when the sign-in came to nothing.

Streamlit answers a failed first step with a blank page that says "Authentication error", a failed last step with the home page and no
word, and a sign-in that worked with the home page as well, whatever place had been chosen. This stands between, for server.py.
"""

from __future__ import annotations

import logging
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

NOTE = "sign-in"
"""The query parameter that carries a word about a sign-in to the page: one of WORDS."""

UNAVAILABLE, DECLINED, FAILED = WORDS = ("unavailable", "declined", "failed")

_LOG = logging.getLogger("common_ground")
_RETURN = "common_ground_return"
_RETURN_SECONDS = 900
_MOST_LETTERS = 1_500
_USER = "_streamlit_user"
_LOGIN, _LOGOUT, _CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"


class SignInAnswers:
    """Sends people back to where they were when they signed in or out, and says there when a sign-in came to nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change the answers of sign-in, sign-out and the provider's return alone."""
        base = "/" + (config.get_option("server.baseUrlPath") or "").strip("/")
        within = base.rstrip("/") + "/"
        path = scope["path"] if scope["type"] == "http" else ""
        step = "/" + path.removeprefix(within) if path.startswith(within) else ""
        if step not in (_LOGIN, _LOGOUT, _CALLBACK):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        back = _remembered(headers) if step == _CALLBACK else _page_of(headers)
        begun = replaced = False

        async def send_on(message: Message) -> None:
            nonlocal begun, replaced
            if message["type"] == "http.response.start":
                begun = True
                if step == _LOGIN and message["status"] >= 400:
                    replaced = True
                    await _redirect(_with_note(back or base, UNAVAILABLE), scope, receive, send)
                    return
                _readdress(step, MutableHeaders(scope=message), scope, base, back)
            if not replaced:
                await send(message)

        try:
            await self.app(scope, receive, send_on)
        except Exception:
            if begun:
                raise
            _LOG.exception("A step of signing in or out failed")  # of the provider's making as well: any kind may come
            word = UNAVAILABLE if step == _LOGIN else FAILED
            await _redirect(_with_note(back or base, word) if step != _LOGOUT else back or base, scope, receive, send)


def _readdress(step: str, headers: MutableHeaders, scope: Scope, base: str, back: str | None) -> None:
    """Send an answer of Streamlit's to the page that the person came from; remember that page while they are at the provider's."""
    to_start = headers.get("location") in (base, base.rstrip("/") + "/")
    if step != _CALLBACK:
        if to_start and back:
            headers["location"] = back
        elif back:
            headers.append("set-cookie", _cookie(quote(back, safe=""), _RETURN_SECONDS, base))
        return
    if not to_start:
        return
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    target = back or base
    if "error" in asked:
        target = _with_note(target, DECLINED)
    elif "state" in asked and not _signs_in(headers):
        target = _with_note(target, FAILED)  # without a state it is the way back from signing out
    headers["location"] = target
    headers.append("set-cookie", _cookie("", 0, base))


def _signs_in(headers: MutableHeaders) -> bool:
    """Whether an answer sets the cookie that says who somebody is, rather than removing it or saying nothing of it."""
    set_last = [cookie for cookie in headers.getlist("set-cookie") if cookie.startswith(f"{_USER}=")]
    return bool(set_last) and "max-age=0" not in set_last[-1].lower()


def _page_of(headers: Headers) -> str | None:
    """The page of this atlas that a request came from, as a path with its query."""
    try:
        referer = urlsplit(headers.get("referer", ""))
    except ValueError:
        return None
    if not referer.netloc or referer.netloc != headers.get("host"):
        return None
    return _own_path(urlunsplit(("", "", referer.path, referer.query, "")))


def _remembered(headers: Headers) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(_RETURN)
    except CookieError:
        return None
    return _own_path(unquote(morsel.value)) if morsel else None


def _own_path(path: str) -> str | None:
    """The path when it can only lead back into this atlas, and not into a step of signing in."""
    if len(path) > _MOST_LETTERS or not path.isascii() or not path.isprintable() or "\\" in path:
        return None
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return None
    return None if parts.path.endswith((_LOGIN, _LOGOUT, _CALLBACK)) else path


def _with_note(path: str, word: str) -> str:
    parts = urlsplit(path)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != NOTE]
    return urlunsplit(("", "", parts.path, urlencode([*query, (NOTE, word)]), ""))


def _cookie(value: str, seconds: int, base: str) -> str:
    return f"{_RETURN}={value}; Path={base}; Max-Age={seconds}; HttpOnly; SameSite=Lax"


async def _redirect(location: str, scope: Scope, receive: Receive, send: Send) -> None:
    answer = RedirectResponse(location, status_code=302, headers={"Cache-Control": "no-store"})
    await answer(scope, receive, send)
