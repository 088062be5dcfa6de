"""A server that others could reach starts only when they have to say who they are, or when nobody can write."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from presentation.start_check import NOT_CONFIGURED
from tests.oidc_provider import COOKIE_SECRET, DISCOVERY, write_secrets

ROOT = Path(__file__).parents[2]
SECONDS = 90
NOBODY = {"default": "https://provider.example" + DISCOVERY}  # never asked: nobody signs in here


def _start(address: str | None, settings: Mapping[str, str], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.headless", "true"]
    command += ["--server.fileWatcherType", "none", "--browser.serverAddress", "127.0.0.1"]  # or it would ask for its public address
    command += ["--server.address", address] if address else []
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMMON_GROUND_", "STREAMLIT_"))}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=ROOT, env=kept | dict(settings), stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    return process, f"http://127.0.0.1:{port}/_stcore/health"


def _ends_with(address: str | None, settings: Mapping[str, str], log: Path) -> str:
    """What a start that is refused prints; the test fails when it is not refused."""
    process, _ = _start(address, settings, log)
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        pytest.fail(f"it started, and printed:\n{log.read_text(encoding='utf-8')}")
    finally:
        process.kill()
        process.wait()
    printed = log.read_text(encoding="utf-8")
    assert code == NOT_CONFIGURED, printed
    assert "Traceback" not in printed
    said = [line for line in printed.splitlines() if line.startswith("Not started")]
    assert len(said) == 1, printed
    return said[0]


def _starts(address: str | None, settings: Mapping[str, str], log: Path) -> None:
    process, health = _start(address, settings, log)
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            try:
                with urllib.request.urlopen(health, timeout=5) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.mark.parametrize("address", ["0.0.0.0", None, "::"], ids=["0.0.0.0", "none given", "::"])
def test_a_public_address_without_a_provider_is_refused(address: str | None, tmp_path: Path) -> None:
    said = _ends_with(address, {}, tmp_path / "output.txt")
    assert (f"on {address}," if address else "on every network address") in said
    for way_out in ("docs/signing-in.md", "--server.address 127.0.0.1", "COMMON_GROUND_REGISTER=read-only"):
        assert way_out in said
    assert (ROOT / "docs" / "signing-in.md").is_file()


def test_loopback_without_a_provider_starts(tmp_path: Path) -> None:
    _starts("127.0.0.1", {}, tmp_path / "output.txt")


@pytest.mark.parametrize("mode", ["read-only", "off"])
def test_a_public_atlas_that_nobody_can_change_starts(mode: str, tmp_path: Path) -> None:
    _starts("0.0.0.0", {"COMMON_GROUND_REGISTER": mode}, tmp_path / "output.txt")


def test_a_public_address_with_a_provider_starts(tmp_path: Path) -> None:
    log = tmp_path / "output.txt"
    _starts("0.0.0.0", {"STREAMLIT_SECRETS_FILES": str(write_secrets(tmp_path, NOBODY))}, log)
    assert "Whoever signs in will be a reader" in log.read_text(encoding="utf-8"), "no list and no claim was named"


def test_half_a_provider_is_refused_even_on_loopback_without_repeating_a_secret(tmp_path: Path) -> None:
    path = write_secrets(tmp_path, NOBODY)
    path.write_text(path.read_text(encoding="utf-8").replace("client_id", "client"), encoding="utf-8")
    said = _ends_with("127.0.0.1", {"STREAMLIT_SECRETS_FILES": str(path)}, tmp_path / "output.txt")
    assert "[auth] has no client_id." in said
    assert COOKIE_SECRET not in said and "only-in-tests" not in said


def test_secrets_that_are_not_toml_are_refused_rather_than_taken_for_none(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(f'[auth\ncookie_secret = "{COOKIE_SECRET}"\n', encoding="utf-8")
    said = _ends_with("127.0.0.1", {"STREAMLIT_SECRETS_FILES": str(path)}, tmp_path / "output.txt")
    assert "cannot be read as TOML" in said and COOKIE_SECRET not in said


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"COMMON_GROUND_REGISTER": "readonly"}, "set it to off, read-only or on"),
        ({"COMMON_GROUND_SIGN_IN_HOURS": "a while"}, "a number of hours"),
        ({"COMMON_GROUND_PEOPLE": "/nowhere/people.toml"}, "cannot be read"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_that_means_nothing_is_refused(settings: dict[str, str], words: str, tmp_path: Path) -> None:
    said = _ends_with("127.0.0.1", settings, tmp_path / "output.txt")
    assert next(iter(settings)) in said and words in said
