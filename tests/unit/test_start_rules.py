"""The settings of sign-in and of the register, and when a server may start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from data_loaders.errors import SettingError
from presentation import start_rules
from presentation.start_rules import (
    RegisterMode,
    is_loopback,
    provider_problem,
    providers,
    refusal,
    register_mode,
    sign_in_hours,
)

ROOT = Path(__file__).parents[2]
SECRET = "8f1d7c" * 8
GOOD: Mapping[str, object] = {
    "redirect_uri": "https://atlas.example.org/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "atlas",
    "client_secret": "5d0e",
    "server_metadata_url": "https://login.example.org/.well-known/openid-configuration",
}
NAMED = {"client_id": "atlas", "client_secret": "5d0e", "server_metadata_url": "https://login.example.org/x"}


@pytest.mark.parametrize(
    ("text", "mode"),
    [("", RegisterMode.ON), (" ", RegisterMode.ON), ("on", RegisterMode.ON), ("OFF", RegisterMode.OFF), (" read-only ", RegisterMode.READ_ONLY)],
)
def test_the_registers_mode(text: str, mode: RegisterMode) -> None:
    assert register_mode({"COMMON_GROUND_REGISTER": text}) is mode
    assert register_mode({}) is RegisterMode.ON


@pytest.mark.parametrize("text", ["readonly", "no", "0", "true", "read_only", "on; rm"])
def test_another_word_is_no_mode(text: str) -> None:
    with pytest.raises(SettingError, match=r"COMMON_GROUND_REGISTER is .*: set it to off, read-only or on"):
        register_mode({"COMMON_GROUND_REGISTER": text})


def test_hours_of_a_sign_in() -> None:
    assert sign_in_hours({}) is None
    assert sign_in_hours({"COMMON_GROUND_SIGN_IN_HOURS": "8.5"}) == 8.5
    for text in ("0", "-1", "25", "nan", "inf", "eight", "1e9"):
        with pytest.raises(SettingError, match="COMMON_GROUND_SIGN_IN_HOURS"):
            sign_in_hours({"COMMON_GROUND_SIGN_IN_HOURS": text})


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost", "Localhost", "::ffff:127.0.0.1", " 127.0.0.1 "])
def test_loopback(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "0", "127.1", "2130706433", "192.168.0.4", "10.0.0.1", "::ffff:10.0.0.1", "localhost.example", "atlas", "unix:///x"]
)
def test_everything_else_can_be_reached_or_might_be(address: str | None) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", None, "192.168.0.4", "atlas.example.org"])
def test_a_public_address_needs_a_provider_or_a_closed_register(address: str | None) -> None:
    said = refusal(address, RegisterMode.ON, has_provider=False)
    assert said is not None and "\n" not in said
    assert refusal(address, RegisterMode.ON, has_provider=True) is None
    assert refusal(address, RegisterMode.READ_ONLY, has_provider=False) is None
    assert refusal(address, RegisterMode.OFF, has_provider=False) is None
    assert refusal("127.0.0.1", RegisterMode.ON, has_provider=False) is None


def test_a_whole_provider_is_none_to_complain_about() -> None:
    assert provider_problem(GOOD) is None and providers(GOOD) == ("default",)
    named = {key: GOOD[key] for key in ("redirect_uri", "cookie_secret")} | {"entra": NAMED, "client_kwargs": {"prompt": "login"}}
    assert provider_problem(named) is None and providers(named) == ("entra",)
    assert providers(dict(GOOD) | {"cis2": NAMED, "entra": NAMED}) == ("default", "cis2", "entra")
    assert provider_problem(dict(GOOD) | {"redirect_uri": "http://localhost:{port}/oauth2callback"}) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"redirect_uri": ""}, "no redirect_uri"),
        ({"cookie_secret": None}, "no cookie_secret"),
        ({"cookie_secret": "short"}, "at least 32 characters"),
        ({"cookie_secret": "a-strong-randomly-generated-secret"}, "openssl rand"),
        ({"redirect_uri": "http://atlas.example.org/oauth2callback"}, "own https address"),
        ({"redirect_uri": "https://atlas.example.org/"}, "ending in /oauth2callback"),
        ({"redirect_uri": "https://[::1/oauth2callback"}, "own https address"),
        ({"redirect_uri": "/oauth2callback"}, "own https address"),
        ({"client_id": ""}, "[auth] has no client_id"),
        ({"client_id": None, "client_secret": None}, "[auth] has no client_id and no client_secret"),
        ({"server_metadata_url": "http://login.example.org/x"}, "server_metadata_url in [auth] has to be an https address"),
        ({"server_metadata_url": "file:///etc/passwd"}, "server_metadata_url in [auth]"),
        ({"entra": {"client_id": "a"}}, "[auth.entra] has no client_secret and no server_metadata_url"),
        ({"en_tra": NAMED}, "underscore"),
        ({"client_id": None, "client_secret": None, "server_metadata_url": None}, "[auth] has no client_id"),
    ],
)
def test_half_a_provider_is_said_without_its_secrets(changes: dict[str, object], said: str) -> None:
    problem = provider_problem(dict(GOOD) | changes)
    assert problem is not None and said in problem
    assert SECRET not in problem and "5d0e" not in problem


def test_a_section_without_a_provider_is_a_problem() -> None:
    assert "names no provider" in (provider_problem({key: GOOD[key] for key in ("redirect_uri", "cookie_secret")}) or "")


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "signing-in.md").read_text(encoding="utf-8")
    named = {start_rules.REGISTER, start_rules.PEOPLE, start_rules.ROLE_CLAIM, start_rules.HOURS}
    in_code = set(re.findall(r'"(COMMON_GROUND_\w+)"', (ROOT / "presentation" / "start_rules.py").read_text(encoding="utf-8")))
    assert named == in_code
    keys = {"redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url", "accept_unverified_emails_from"}
    for word in named | keys | {str(mode) for mode in RegisterMode}:
        assert f"`{word}" in page, word
    assert set(re.findall(r"`(COMMON_GROUND_\w+)", page)) == named
