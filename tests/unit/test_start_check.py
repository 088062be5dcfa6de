"""What is found out before the server serves anybody. Whole processes that refuse to start are in tests/faults/test_start_refusals.py."""

from __future__ import annotations

import sys

import pytest

from presentation import start_check

AUTH = {"client_id": "atlas"}


@pytest.fixture(autouse=True)
def _a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_check, "auth_section", lambda: (AUTH, None))
    for name in ("COMMON_GROUND_REGISTER", "COMMON_GROUND_PEOPLE", "COMMON_GROUND_ROLE_CLAIM", "COMMON_GROUND_SIGN_IN_HOURS"):
        monkeypatch.delenv(name, raising=False)


def test_a_provider_is_reason_enough_to_start_anywhere() -> None:
    assert start_check.reason_not_to_start() is None


@pytest.mark.parametrize("missing", ["authlib", "authlib.integrations.starlette_client"])
def test_a_library_that_signing_in_needs_is_missed_at_the_start(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == missing or name.startswith(missing + ".")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    reason = start_check.reason_not_to_start()
    assert reason is not None and missing in reason and "requirements.lock" in reason


def test_stopping_is_one_line_and_a_code_that_says_do_not_try_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start_check, "auth_section", lambda: ({}, "[auth] has no client_id."))
    with pytest.raises(SystemExit) as stopped:
        start_check.stop_unless_safe()
    assert stopped.value.code == start_check.NOT_CONFIGURED == 78
    assert capsys.readouterr().err == "Not started, since sign-in is not set up in full: [auth] has no client_id.\n"
