"""What the server sends and what it keeps to itself."""

from __future__ import annotations

import gzip
import json
import urllib.request
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import expect

from presentation.pages import PAGES
from tests.browser.conftest import NewContext
from tests.browser.server import ROOT, Server

SECRET = "a password that only the log may hold"


def _get(url: str) -> tuple[Message, bytes]:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.headers, response.read()


@pytest.mark.parametrize("path", ["", "app/static/components/dom.js", "_stcore/health"])
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    headers, _ = _get(server.url + path)
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert not any(
        word.startswith(("http", "//", "*")) or "." in word for sources in policy.values() for word in sources.split()
    ), policy
    assert "'unsafe-eval'" not in policy["script-src"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")


def test_outlines_travel_compressed_and_are_kept_for_good(server: Server) -> None:
    path = next((ROOT / "static" / "geometry" / "lsoa").glob("E09000002.*.geojson.gz"))
    headers, body = _get(f"{server.url}app/static/geometry/lsoa/{path.name}")
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"].startswith("application/geo+json")
    assert "immutable" in headers["Cache-Control"] and "max-age=31536000" in headers["Cache-Control"]
    assert body == path.read_bytes(), "compressed once, on disk, and not again"
    assert json.loads(gzip.decompress(body))["type"] == "FeatureCollection"


def test_a_fault_in_a_page_shows_no_traceback(new_context: NewContext, tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    for path in ROOT.iterdir():
        if path.name not in (".git", "pages", "test-results"):
            (app / path.name).symlink_to(path)
    (app / "pages").mkdir()
    for entry in PAGES:
        (app / entry.file).write_text(f'raise RuntimeError("{SECRET}")\n' if entry.default else "", encoding="utf-8")
    with Server(tmp_path / "output.txt", root=app) as server:
        page = new_context().new_page()
        page.goto(server.url)
        expect(page.get_by_test_id("stAlert")).to_contain_text("went wrong")
        shown = page.content()
        assert SECRET in server.output(), "the log has it"
    for word in (SECRET, "Traceback", "RuntimeError", "gaps.py", str(tmp_path)):
        assert word not in shown, word
