"""The register of this process, and the register as the person in front of this session may use it."""

from __future__ import annotations

import os
from collections.abc import Mapping

import streamlit as st

from data_loaders.data_folder import data_folder
from data_loaders.errors import SettingError
from presentation import sign_in
from presentation.start_rules import RegisterMode
from register.errors import StoreError
from register.store import Acting, Register, open_register

DATABASE = "DATABASE_URL"
FILE = "register.sqlite3"


def address(environment: Mapping[str, str]) -> str:
    """Where the register is kept: `DATABASE_URL`, or a file in the data folder, which is made. SettingError where it cannot be."""
    named = environment.get(DATABASE, "").strip()
    if named:
        return named
    folder = data_folder(environment)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"The folder for the register, {folder}, cannot be made: {error.strerror}. Set COMMON_GROUND_DATA to one that can."
        ) from error
    return str(folder / FILE)


@st.cache_resource(show_spinner=False, max_entries=1)
def _open(where: str) -> Register:
    return open_register(where)


def for_all() -> Register | None:
    """The process's register for what belongs to no session, such as the Open Referral feed; None where it is switched off.

    StoreError or SettingError where it cannot be opened.
    """
    return None if sign_in.register_mode() is RegisterMode.OFF else _open(address(os.environ))


def acting() -> Acting | None:
    """The register bound to this session's person; None where it is switched off or cannot be opened, which is said on the page."""
    if sign_in.register_mode() is RegisterMode.OFF:
        return None
    try:
        return _open(address(os.environ)).as_(sign_in.actor())
    except (StoreError, SettingError) as problem:
        st.error(f"The register of partners cannot be opened. {problem} Everything else on this page stands.")
        return None
