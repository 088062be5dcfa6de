"""Which publisher of indicator values is asked: a setting, not a rewrite."""

from __future__ import annotations

from collections.abc import Mapping

from data_loaders.data_folder import http_cache_folder
from data_loaders.errors import SettingError
from data_loaders.find_public_health_data import NAME as SUCCESSOR_NAME
from data_loaders.find_public_health_data import FindPublicHealthData
from data_loaders.fingertips import HOSTS, Fingertips
from data_loaders.fingertips import NAME as FINGERTIPS_NAME
from data_loaders.http_answers import checked_address
from data_loaders.http_session import HttpSession, Limits
from data_loaders.indicator_source import IndicatorSource
from data_loaders.kept_answers import KeptAnswers

SOURCE_VARIABLE = "COMMON_GROUND_INDICATORS"
FINGERTIPS_VARIABLE = "COMMON_GROUND_FINGERTIPS_URL"
SUCCESSOR_VARIABLE = "COMMON_GROUND_FIND_PUBLIC_HEALTH_DATA_URL"
FINGERTIPS, SUCCESSOR = "fingertips", "find-public-health-data"


def open_source(environment: Mapping[str, str], limits: Limits | None = None) -> IndicatorSource:
    """The publisher that the settings choose, with its answers kept in the data folder. Nothing is asked yet.

    environment: usually os.environ; docs/fingertips.md lists what is read of it. limits: how long and how much, the usual ones by
    default. SettingError names a setting that cannot be used.
    """
    chosen = environment.get(SOURCE_VARIABLE, "").strip() or FINGERTIPS
    if chosen not in (FINGERTIPS, SUCCESSOR):
        raise SettingError(f"{SOURCE_VARIABLE} is {chosen!r}; it may be {FINGERTIPS} (the default) or {SUCCESSOR}.")
    variable = FINGERTIPS_VARIABLE if chosen == FINGERTIPS else SUCCESSOR_VARIABLE
    hosts = [checked_address(address, variable) for address in environment.get(variable, "").split()]
    if chosen == SUCCESSOR and not hosts:
        raise SettingError(f"{SOURCE_VARIABLE} is {SUCCESSOR}, so {SUCCESSOR_VARIABLE} must say where that is: its address ending in /api/.")
    name = FINGERTIPS_NAME if chosen == FINGERTIPS else SUCCESSOR_NAME
    session = HttpSession(name, KeptAnswers(http_cache_folder(environment)), limits)
    return Fingertips(session, hosts or HOSTS) if chosen == FINGERTIPS else FindPublicHealthData(session, hosts)
