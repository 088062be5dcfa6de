"""A real OpenID Connect provider on this computer, for the tests of signing in, and the secrets that make the app use it.

oidc-provider-mock speaks the whole protocol (discovery, authorisation code, signed ID tokens, sign-out). Around it: faults on demand, and
its pages without the style sheet that they would fetch from elsewhere.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jinja2
import oidc_provider_mock
from werkzeug.serving import make_server

COOKIE_SECRET = "0123456789abcdef" * 4
DISCOVERY = "/.well-known/openid-configuration"
_PLAIN_PAGE = "<!doctype html><html lang=en><title>Provider</title><main>{% block content %}{% endblock %}</main></html>"

Start = Callable[..., Any]


class Provider:
    """The provider, on a free port of localhost. Use as a context manager: leaving it stops it.

    broken: paths that answer 500. strange: paths that answer 200 with a page of HTML. silent: paths that do not answer in time.
    """

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.strange: set[str] = set()
        self.silent: set[str] = set()
        self._release = threading.Event()
        app = oidc_provider_mock.app()
        plain = jinja2.DictLoader({"_base.html": _PLAIN_PAGE})
        app.jinja_loader = jinja2.ChoiceLoader([plain, app.jinja_loader])  # type: ignore[list-item]
        self._client = app.test_client()
        self._app: Any = app
        self._server = make_server("localhost", 0, self._answer, threaded=True)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.url = f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._release.set()
        self.stop()

    def stop(self) -> None:
        """Go down: connections are refused from now on. Once is enough."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def knows(self, subject: str, **claims: object) -> None:
        """Give somebody claims; those of times (iat, exp) replace what the provider would say."""
        answer = self._client.put(f"/users/{subject}", json=claims)
        assert answer.status_code == 204, answer.text

    def _answer(self, environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path in self.silent:
            self._release.wait(30)
        if path in self.broken:
            start("500 Internal Server Error", [("Content-Type", "application/json")])
            return [b'{"error": "server_error"}']
        if path in self.strange:
            start("200 OK", [("Content-Type", "text/html")])
            return [b"<html><h1>Maintenance</h1></html>"]
        answer: Iterable[bytes] = self._app(environ, start)
        return answer


def write_secrets(folder: Path, addresses: Mapping[str, str]) -> Path:
    """Streamlit's secrets for an app on 127.0.0.1, in a folder that is thrown away; `{port}` is Streamlit's own placeholder.

    addresses: of discovery documents, by the provider's name; "default" for one without a name.
    """
    lines = ["[auth]", 'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"', f'cookie_secret = "{COOKIE_SECRET}"']
    for name, address in sorted(addresses.items(), key=lambda item: item[0] != "default"):
        lines += [] if name == "default" else [f"[auth.{name}]"]
        lines += [f'client_id = "common-ground-{name}"', 'client_secret = "only-in-tests"', f"server_metadata_url = {json.dumps(address)}"]
    path = folder / "secrets.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def since_now(seconds: float) -> int:
    """A time for a token: so many seconds from now, or ago when negative."""
    return int(time.time() + seconds)
