"""The dashboard as a server: what `make run` starts. Security headers, long-lived caching of outlines, warm caches, no traceback.

`streamlit run server.py` serves dashboard.py wrapped in `st.App`; `streamlit run dashboard.py` works too, without these.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import anyio
import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from analysis.places import ENGLAND
from data_loaders.atlas import Atlas
from data_loaders.errors import SnapshotError
from presentation.open_referral_serving import served
from presentation.sign_in_answers import SignInAnswers
from presentation.start_check import stop_unless_safe
from register.store import Register

_LOG = logging.getLogger("common_ground")
_STATIC = "/app/static/"
_YEAR = "public, max-age=31536000, immutable"

# Streamlit needs inline styles, blob: for component scripts, and eval-free WebAssembly; nothing may come from or go to another host.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Headers:
    """Adds security headers to every response, and caching and encoding to what is named after its content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with headers added to what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
                if path.startswith(_STATIC) and message["status"] in (200, 304):
                    _describe_static(path, scope["query_string"], headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _describe_static(path: str, query: bytes, headers: MutableHeaders) -> None:
    """Outlines are gzipped on disk and named after their content; scripts carry a version in the address; a library, in its folder."""
    if path.endswith(".geojson.gz"):
        headers["Content-Type"] = "application/geo+json"
        headers["Content-Encoding"] = "gzip"
    if path.endswith(".geojson.gz") or query.startswith(b"v=") or "/vendor/" in path:
        headers["Cache-Control"] = _YEAR


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    from presentation.atlas_cache import (
        open_atlas,
    )  # after the runtime has started, or its cache would not be the real one

    try:
        await anyio.to_thread.run_sync(open_atlas)
    except SnapshotError as error:
        _LOG.error("%s", error)  # the pages say the same to whoever opens them
    else:
        # Places and figures of need take a second or two: the server is healthy without them, and the first reader need not wait.
        Thread(target=_warm, name="warm", daemon=True).start()
    yield


def _warm() -> None:
    from datetime import date

    from presentation.assets_cache import open_assets
    from presentation.atlas_cache import open_atlas
    from presentation.needs_cache import open_needs

    atlas = open_atlas()
    try:
        open_assets(date.today())
        open_needs(atlas, atlas.gazetteer.place(ENGLAND))
    except SnapshotError as error:
        _LOG.error("%s", error)


def _on_script_error(error: BaseException) -> bool:
    """A fault in the program: a plain message on screen, the traceback in the log alone."""
    _LOG.error("A page failed", exc_info=error)
    st.error(
        "Something in this atlas went wrong, and it has been logged. Nothing you entered elsewhere is lost. "
        "Reload the page, or start again from the home page."
    )
    return True


# Streamlit takes a folder called pages/ for its older kind of navigation until st.navigation has run once, so the first visitor
# of a process would be told that a page does not exist. The registry in presentation/pages.py is the only navigation here.
PagesManager.uses_pages_directory = False

stop_unless_safe()


def _register() -> Register | None:
    from presentation.register_cache import for_all  # as in _lifespan: not before the runtime has started

    return for_all()


def _atlas() -> Atlas:
    from presentation.atlas_cache import open_atlas

    return open_atlas()


app = st.App(
    Path(__file__).parent / "dashboard.py",
    lifespan=_lifespan,
    routes=served(_register, _atlas),
    middleware=[Middleware(Headers), Middleware(SignInAnswers)],
    on_script_error=_on_script_error,
)
