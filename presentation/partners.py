"""The partners that this session sees: from the file named when the server started, or uploaded on the page."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from analysis.gaps import empty_partners
from data_loaders.atlas import Atlas
from data_loaders.partners_csv import MAX_BYTES, Partners, PartnersFileError
from presentation import downloads, register_cache, sign_in
from presentation.start_rules import RegisterMode
from register.gaps_table import gaps_table

ENVIRONMENT = "COMMON_GROUND_PARTNERS"
_UPLOADED = "partners_uploaded"
_TAKEN_AWAY = "partners_taken_away"


@dataclass(frozen=True)
class SessionPartners:
    """Partners in force: the good rows, where they came from in words, and what had to be set aside. unread: the register is missing from them,
    because it cannot be read."""

    table: pd.DataFrame
    source: str
    bad: pd.DataFrame
    unread: bool = False


def file_at_start(arguments: list[str] | None = None) -> Path | None:
    """The file given by `--partners FILE` or the environment when the server was started."""
    arguments = sys.argv if arguments is None else arguments
    for position, argument in enumerate(arguments):
        if argument == "--partners" and position + 1 < len(arguments):
            return Path(arguments[position + 1])
        if argument.startswith("--partners="):
            return Path(argument.partition("=")[2])
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else None


@st.cache_data(show_spinner=False, max_entries=4)
def _read_file(path: str, modified: float, today: date, _atlas: Atlas) -> Partners:
    return _atlas.read_partners(Path(path).read_bytes(), today)


def current(atlas: Atlas, today: date) -> SessionPartners:
    """The partners in force in this session: those of the register, live, and those of this session's own file beside them."""
    own = _of_file(atlas, today)
    acting = register_cache.acting()
    if acting is None and sign_in.register_mode() is not RegisterMode.OFF:
        ours = "" if own.table.empty else f"; {own.source}"
        return replace(own, source=f"those of the register are missing, as it cannot be read{ours}", unread=True)
    known = gaps_table(acting, today) if acting is not None else empty_partners()
    if known.empty:
        return own
    said = f"{len(known):,} in the register"
    if own.table.empty:
        return SessionPartners(known, said, own.bad)
    return SessionPartners(pd.concat([known, own.table], ignore_index=True), f"{said}; {own.source}", own.bad)


def _of_file(atlas: Atlas, today: date) -> SessionPartners:
    """The partners of this session's file; one that cannot be used says so on the page and counts as no partners."""
    none = pd.DataFrame({"row": [], "name": [], "reason": []})
    uploaded: tuple[str, Partners] | None = st.session_state.get(_UPLOADED)
    if uploaded is not None:
        name, partners = uploaded
        return SessionPartners(
            partners.good, f"{len(partners.good):,} from {name}, uploaded in this session", partners.bad
        )
    path = file_at_start()
    if path is not None:
        try:
            partners = _read_file(str(path), path.stat().st_mtime, today, atlas)
        except OSError as error:
            st.error(
                f"The partners file {path.name} cannot be read ({error.strerror}). No partner is shown until it can."
            )
        except PartnersFileError as error:
            st.error(f"The partners file {path.name} cannot be used. {error}")
        else:
            return SessionPartners(partners.good, f"{len(partners.good):,} from {path.name}", partners.bad)
    return SessionPartners(empty_partners(), "none recorded", none)


def _take(atlas: Atlas, today: date) -> None:
    file = st.session_state.get("partners_file")
    st.session_state.pop("partners_problem", None)
    if file is None:
        # Choosing another file first takes the last one away: keep it by, in case the next one is of no use.
        st.session_state[_TAKEN_AWAY] = st.session_state.pop(_UPLOADED, None)
        return
    try:
        st.session_state[_UPLOADED] = (file.name, atlas.read_partners(file.getvalue(), today))
    except PartnersFileError as error:
        last = st.session_state.get(_UPLOADED) or st.session_state.get(_TAKEN_AWAY)
        st.session_state["partners_problem"] = f"{file.name}: {error}"
        if last is not None:
            st.session_state[_UPLOADED] = last
            st.session_state["partners_problem"] += f" The partners from {last[0]} stay in this view."


def say_what_was_not_used(partners: SessionPartners) -> None:
    """Where some rows of the file could not be used, say so outside the closed section."""
    if len(partners.bad):
        st.caption(f"{len(partners.bad):,} rows of the partners file could not be used. Open Partners to see why.")


def upload(atlas: Atlas, partners: SessionPartners, today: date) -> None:
    """The place to add partners: what is in force, an upload, and the rows that could not be used with the reason for each."""
    st.markdown(
        f"Partners in this view: **{partners.source}**. A partner is an organisation with a recorded relationship; a building on the map is not one."
    )
    st.file_uploader(
        "Add partners from a CSV",
        type=["csv", "txt"],
        max_upload_size=MAX_BYTES // 1_000_000,
        key="partners_file",
        on_change=_take,
        args=(atlas, today),
        help="Columns: name, stage, and postcode (or latitude and longitude). Optional: category, last_confirmed, last_contact. "
        "It stays in this session and is not kept.",
    )
    problem = st.session_state.get("partners_problem")
    if problem:
        st.error(problem)
    if len(partners.bad):
        st.warning(f"{len(partners.bad):,} rows could not be used. The others are. Mend these and add the file again.")
        st.dataframe(
            partners.bad.head(200),
            hide_index=True,
            height=min(300, 60 + 35 * len(partners.bad)),
            alt="Rows of the partners file that could not be used, with the reason",
        )
        st.download_button(
            "All rows not used (CSV)", downloads.to_csv(partners.bad, []), "partners-not-used.csv", "text/csv"
        )
    template = b"name,stage,postcode,category,last_confirmed,last_contact\n"
    st.download_button("An empty partners file to fill in (CSV)", template, "partners.csv", "text/csv")
