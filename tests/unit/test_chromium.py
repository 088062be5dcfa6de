"""Finding a browser: the variable first, then PATH, and one line of help where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chromium


@pytest.fixture
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it, no variable, no browser of Playwright's, and installers that fail."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: None)
    monkeypatch.setattr(chromium, "_quietly", lambda *command: False)
    return tmp_path


def _program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_browser_on_the_path_is_found(nothing_here: Path) -> None:
    assert chromium.installed() is None
    browser = _program(nothing_here / "google-chrome")
    assert chromium.find() == browser
    preferred = _program(nothing_here / "chromium")
    assert chromium.ensure() == preferred


def test_the_variable_wins(nothing_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(nothing_here / "chromium")
    mine = _program(nothing_here / "my-browser")
    monkeypatch.setenv(chromium.VARIABLE, str(mine))
    assert chromium.find() == mine


def test_a_variable_that_names_no_program_says_so(nothing_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(nothing_here / "chromium")
    monkeypatch.setenv(chromium.VARIABLE, str(nothing_here / "gone"))
    with pytest.raises(chromium.ChromiumNotFoundError, match=r"COMMON_GROUND_CHROMIUM is .*gone"):
        chromium.find()


def test_without_a_browser_one_line_says_what_to_install(nothing_here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert chromium.main() == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert said[-1] == chromium.HELP
    assert "sudo apt-get install chromium" in chromium.HELP


@pytest.mark.parametrize("user", [0, 1000])
def test_the_package_tool_is_asked_only_with_the_rights_to_use_it(nothing_here: Path, monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    _program(nothing_here / "apt-get")
    asked: list[tuple[str, ...]] = []

    def install(*command: str) -> bool:
        asked.append(command)
        if "chromium" in command and command[0] == "apt-get":
            _program(nothing_here / "chromium")
        return True

    monkeypatch.setattr(chromium, "_quietly", install)
    monkeypatch.setattr("os.geteuid", lambda: user)
    if user == 0:
        assert chromium.ensure() == nothing_here / "chromium"
        assert [command[:2] for command in asked] == [("apt-get", "update"), ("apt-get", "install")]
    else:
        with pytest.raises(chromium.ChromiumNotFoundError):
            chromium.ensure()
        assert all("apt-get" not in command for command in asked)
