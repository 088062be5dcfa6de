"""What the pages know, for commands: places from layers, kept lists and decisions; partners of the register and of a file."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis import gaps
from commands.output import UserError
from data_loaders import published_assets
from data_loaders.atlas import Atlas
from data_loaders.data_folder import data_folder
from data_loaders.errors import SettingError
from data_loaders.partners_csv import PartnersFileError
from presentation.current_assets import CurrentAssets, put_together
from presentation.register_cache import DATABASE, FILE
from presentation.start_rules import REGISTER, RegisterMode, register_mode
from register.actors import ANYONE
from register.errors import StoreError
from register.gaps_table import gaps_table
from register.store import open_register


@dataclass(frozen=True)
class Known:
    """Places as the pages count them, partners in the columns of `analysis.gaps`, and what to call those partners."""

    assets: CurrentAssets
    partners: pd.DataFrame
    partners_said: str


def known(atlas: Atlas, file: Path | None, today: date) -> Known:
    """What everybody may see on the pages today, and the partners of a file beside it. UserError where a part cannot be read."""
    with ExitStack() as opened:
        try:
            where = _register_address()
            acting = None if where is None else opened.enter_context(closing(open_register(where))).as_(ANYONE)
            assets = put_together(atlas, published_assets.current(atlas, os.environ), acting, today)
            recorded = gaps.empty_partners() if acting is None else gaps_table(acting, today)
        except StoreError as error:
            raise UserError(f"The register cannot be read. {error} Set {REGISTER}=off to do without it.") from error
        except SettingError as error:
            raise UserError(str(error)) from error
    for problem in assets.problems:
        print(problem, file=sys.stderr)
    tables, said = [], []
    if len(recorded):
        tables, said = [recorded], [f"{len(recorded):,} in the register"]
    if file is not None:
        own, own_said = _of_file(atlas, file, today)
        tables, said = [*tables, own], [*said, own_said]
    partners = pd.concat(tables, ignore_index=True) if tables else recorded
    return Known(assets, partners, "; ".join(said) or "none recorded")


def _register_address() -> str | None:
    """The register that the pages would open; None where it is switched off, or none has been begun: a command that reads begins none."""
    if register_mode(os.environ) is RegisterMode.OFF:
        return None
    named = os.environ.get(DATABASE, "").strip()
    if named:
        return named
    path = data_folder(os.environ) / FILE
    return str(path) if path.is_file() else None


def _of_file(atlas: Atlas, path: Path, today: date) -> tuple[pd.DataFrame, str]:
    """Partners from a file, with the rows that cannot be used listed on standard error; and what to call them."""
    try:
        partners = atlas.read_partners(path.read_bytes(), today)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except PartnersFileError as error:
        raise UserError(f"{path.name}: {error}") from error
    for row in partners.bad.itertuples():
        print(f"{path.name}: row {row.row} ({row.name or 'no name'}) not used: {row.reason}", file=sys.stderr)
    return partners.good, f"{len(partners.good):,} from {path.name} ({len(partners.bad):,} rows not used)"
