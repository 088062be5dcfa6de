"""Where a person's own data live: what was fetched for them, and the answers kept to fetch less."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_dir

from data_loaders.errors import SettingError

VARIABLE = "COMMON_GROUND_DATA"
APPLICATION = "common-ground"


def data_folder(environment: Mapping[str, str]) -> Path:
    """The folder for a person's own data: `COMMON_GROUND_DATA`, by default the platform's folder for user data.

    environment: usually os.environ. The folder is not made here (reading must work on a read-only disk). SettingError where the
    setting is not an absolute path: a relative one would mean another folder from each place the app is started in.
    """
    given = environment.get(VARIABLE, "").strip()
    if not given:
        return Path(user_data_dir(APPLICATION, appauthor=False))
    folder = Path(given).expanduser()
    if not folder.is_absolute():
        raise SettingError(f"{VARIABLE} is {given!r}, which is not an absolute path: write it out from the root, as in /srv/common-ground.")
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{VARIABLE} is {given!r}, which is a file: name a folder.")
    return folder


def http_cache_folder(environment: Mapping[str, str]) -> Path:
    """The folder, within the data folder, in which publishers' answers are kept."""
    return data_folder(environment) / "http-cache"
