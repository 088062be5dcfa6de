"""Whether this process may serve: server.py asks as it is loaded, before anybody can connect.

It imports neither the atlas nor anything cached: those have to wait until Streamlit's runtime is there.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError

from data_loaders.errors import SettingError
from presentation import start_rules
from presentation.people_list import read_people
from presentation.start_rules import RegisterMode

NOT_CONFIGURED = 78
"""The exit code for a setting that must be mended first (EX_CONFIG of sysexits.h): starting again would not help."""

_SIGNS_IN = "authlib.integrations.starlette_client"  # loaded by Streamlit only when somebody signs in, which would be late to find out

_LOG = logging.getLogger("common_ground")


def auth_section() -> tuple[Mapping[str, object], str | None]:
    """`[auth]` of Streamlit's secrets, empty without one; and why it cannot be used, as a sentence without any secret."""
    try:
        secrets = st.secrets.to_dict()
    except (StreamlitSecretNotFoundError, OSError, UnicodeDecodeError):
        if any(Path(file).exists() for file in config.get_option("secrets.files")):
            return {}, "the file of secrets is there but cannot be read as TOML."
        return {}, None
    if "auth" not in secrets:
        return {}, None
    auth = secrets["auth"]
    if not isinstance(auth, Mapping):
        return {}, "auth in the file of secrets is no table: write [auth]."
    return auth, start_rules.provider_problem(auth)


def reason_not_to_start() -> str | None:
    """Why this process must not serve, as one line for whoever starts it; None when it may."""
    try:
        mode = start_rules.register_mode(os.environ)
        start_rules.sign_in_hours(os.environ)
        listed = os.environ.get(start_rules.PEOPLE, "").strip()
        if listed:
            for unusable in read_people(Path(listed)).problems:
                _LOG.warning("%s", unusable)
    except SettingError as error:
        return f"Not started: {error}"
    auth, problem = auth_section()
    if problem:
        return f"Not started, since sign-in is not set up in full: {problem}"
    if auth:
        try:
            importlib.import_module(_SIGNS_IN)
        except ModuleNotFoundError as error:
            return f"Not started: sign-in is set up, but it needs {error.name}, which is not installed; install requirements.lock."
    if auth and mode is RegisterMode.ON and not listed and not os.environ.get(start_rules.ROLE_CLAIM, "").strip():
        _LOG.warning(
            "Whoever signs in will be a reader: set %s or %s (docs/signing-in.md).", start_rules.PEOPLE, start_rules.ROLE_CLAIM
        )
    return start_rules.refusal(config.get_option("server.address"), mode, has_provider=bool(auth))


def stop_unless_safe() -> None:
    """End the process with one line on standard error and NOT_CONFIGURED when it must not serve."""
    reason = reason_not_to_start()
    if reason:
        print(reason, file=sys.stderr, flush=True)
        raise SystemExit(NOT_CONFIGURED)
