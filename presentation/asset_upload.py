"""Bringing in a list of community assets: the guess at its columns, a rehearsal row by row, and only then keeping it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analysis.column_headings import FIELDS
from analysis.places import Place
from analysis.vocabularies import ASSET_CATEGORIES
from data_loaders.atlas import Atlas
from presentation import downloads
from presentation.partner_words import literal
from presentation.record_form import say
from presentation.words import counted
from register import assets as register_assets
from register.asset_import import Looked, look, plan_assets
from register.asset_plan import AssetPlan, Defaults
from register.errors import RegisterError, ValidationError
from register.exchange_files import MAX_BYTES
from register.store import Acting

LICENCES = (
    "Shared with permission, for this atlas only",
    "Open Government Licence v3.0",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "ODbL 1.0",
)
_LEFT_OUT = "Leave out"
_WIDE, _NARROW = 340, 160
"""Widths in pixels: two boxes side by side where there is room, one below the other on a phone."""


def show(acting: Acting, atlas: Atlas, place: Place, today: date) -> None:
    """The form. Nothing is kept before somebody has seen what would be."""
    authority = atlas.gazetteer.parent(place, "lad24")
    st.markdown(
        f"A spreadsheet from a council, a council for voluntary service or a faith network in **{literal(authority.name)}**. "
        "One row a place, with at least a name; a postcode puts it on the map. Names, emails and telephone numbers of people are left out."
    )
    file = st.file_uploader(
        "The list (CSV or XLSX)", type=["csv", "xlsx"], key="asset_list_file", max_upload_size=MAX_BYTES // 1_000_000
    )
    with st.container(horizontal=True, key="asset_list_about"):
        title = st.text_input("What the list is called", max_chars=200, key="asset_list_title", width=_WIDE)
        publisher = st.text_input("Which organisation made it", max_chars=200, key="asset_list_publisher", width=_WIDE)
        as_at = st.date_input("As at", today, max_value=today, format="DD/MM/YYYY", key="asset_list_as_at", width=_NARROW)
        licence = st.selectbox("On what terms", LICENCES, key="asset_list_licence", width=_WIDE)
        kind = st.selectbox(
            "Kind, where a row does not say", ASSET_CATEGORIES[:-1], index=ASSET_CATEGORIES.index("community service"),
            format_func=str.capitalize, key="asset_list_kind", width=_WIDE,
        )  # fmt: skip
    if file is None:
        return
    content = file.getvalue()
    authorities = {name: code for code, name in atlas.names("lad24").items()}
    defaults = Defaults(publisher or file.name, licence, authority.code, as_at.isoformat(), kind, authorities)
    try:
        mapping = _columns(look(content), file.file_id)
        plan = plan_assets(content, mapping, atlas.placing, today=today, defaults=defaults)
    except RegisterError as error:
        st.error(literal(f"{file.name}: {error}"))
        return
    _rehearsal(plan, file.name)
    if plan.records.empty:
        return
    if not (title.strip() and publisher.strip()):
        st.info("Say what the list is called and who made it; then it can be kept.")
        return
    if st.button(f"Keep these {counted(len(plan.records), 'place')}", type="primary", key="asset_list_keep"):
        fields = {
            "title": title,
            "publisher": publisher,
            "licence": licence,
            "as_at": as_at,
            "lad24cd": authority.code,
            "file_name": file.name,
            "file_digest": hashlib.sha256(content).hexdigest(),
            "column_mapping": dict(plan.mapping),
            "rows_kept": len(plan.records),
            "rows_set_aside": len(plan.outcomes) - len(plan.records),
        }
        _keep(acting, fields, plan, file.name)


def _keep(acting: Acting, fields: dict[str, Any], plan: AssetPlan, name: str) -> None:
    try:
        kept = register_assets.keep_list(acting, fields, plan.records, note=f"Brought in from {name}")
    except ValidationError as error:
        for problem in error.problems:
            st.error(literal(problem.message))
    except RegisterError as error:
        st.error(literal(str(error)))
    else:
        say(f"{fields['title']}: {kept.said}")
        st.rerun()


def _columns(looked: Looked, file_id: str) -> dict[str, str]:
    """What each column is read as: the guess, with its reason, to be changed by whoever knows better."""
    st.subheader("What each column was taken for")
    st.caption("A guess from the headings and from what is in the cells. Change what is wrong. One field is read from one column.")
    chosen: dict[str, str] = {}
    options = [_LEFT_OUT, *FIELDS]
    with st.container(horizontal=True, key="asset_list_columns"):
        for position, guess in enumerate(looked.guesses):
            value = looked.mapping.get(guess.column, _LEFT_OUT)
            picked = st.selectbox(
                literal(guess.column) or f"Column {position + 1}",
                options,
                index=options.index(value),
                format_func=_label,
                key=f"column_{file_id}_{position}",
                help=literal(f"{guess.certainty}: {guess.why}"),
                width=260,
            )
            if picked != _LEFT_OUT:
                chosen[guess.column] = picked
    return chosen


def _label(name: str) -> str:
    text = FIELDS.get(name, name)
    return text[0].upper() + text[1:]


def _rehearsal(plan: AssetPlan, name: str) -> None:
    st.subheader("What would be kept")
    st.markdown(literal(plan.said))
    for note in plan.notes:
        st.caption(literal(note))
    rows = pd.DataFrame(
        {
            "Row": [one.row for one in plan.outcomes],
            "Name": [one.name for one in plan.outcomes],
            "What becomes of it": [one.outcome for one in plan.outcomes],
            "To know": [" ".join(problem.problem for problem in one.problems) for one in plan.outcomes],
        }
    )
    st.dataframe(rows, hide_index=True, height=300, alt="What becomes of each row of the list")
    problems = plan.problems_frame()
    if len(problems):
        st.download_button(
            f"Download what is to be mended ({len(problems):,} lines)",
            lambda: downloads.to_csv(problems, [f"Problems in {name}, row by row. Mend them there and bring the list in again."]),
            "rows-to-mend.csv",
            "text/csv",
            on_click="ignore",
        )
