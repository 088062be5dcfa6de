"""What needs a person: records to check, most relied upon first; likely matches to decide; and what waits for an editor."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from analysis import asset_freshness
from analysis.places import Place
from presentation import asset_decide, place_bar
from presentation.asset_words import FRESHNESS_COLOURS, FRESHNESS_SHORT, kind_line, name_of, source_line
from presentation.components import FactRow, FactSection, RankedRow, fact_list, ranked_list
from presentation.current_assets import CurrentAssets
from presentation.gaps_list import PAGE_ROWS, pages
from presentation.partner_words import day
from presentation.record_form import attempt
from presentation.view import View
from presentation.words import counted, people
from register import asset_decisions
from register.store import Acting

COLUMNS = (
    ("rank", "#"),
    ("name", "Place"),
    ("people", "Core20 people in reach"),
    ("confirmed", "Last confirmed"),
    ("state", "Now"),
)
MOST_MATCHES = 10


def show(assets: CurrentAssets, place: Place, view: View, acting: Acting | None, today: date) -> None:
    """The queues of a place."""
    here = assets.table[assets.inside(place)]
    _to_check(here, place, view, today)
    _matches(assets, here, acting)


def _to_check(here: pd.DataFrame, place: Place, view: View, today: date) -> None:
    queue = asset_freshness.review_order(here, here["relied_upon"], today)
    relied = int((queue["relied_upon"] > 0).sum())
    st.header(f"{counted(len(queue), 'record')} to check")
    st.markdown(
        "Those that nobody has confirmed come first, and of these the ones that most residents of Core20 neighbourhoods have within a "
        f"ten-minute walk: {counted(relied, 'record')} {'has' if relied == 1 else 'have'} any. Choose one, ring, and confirm it."
    )
    number = pages(len(queue))
    page = min(view.page, number)
    shown = queue.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    ranked_list(
        [
            RankedRow(
                id=row["asset_id"],
                name=name_of(row),
                rank=(page - 1) * PAGE_ROWS + position,
                detail=" · ".join(part for part in (kind_line(row), row["neighbourhood"]) if isinstance(part, str)),
                people=None if pd.isna(row["relied_upon"]) else round(row["relied_upon"]),
                state_key=row["freshness"],
                state_label=FRESHNESS_SHORT[row["freshness"]],
                colour=FRESHNESS_COLOURS[row["freshness"]],
                values={"confirmed": day(row["last_confirmed"]) or "never"},
            )
            for position, row in enumerate(shown.to_dict("records"), start=1)
        ],
        key="to_check",
        caption=f"Community places to check in {place.name}, oldest and most relied upon first",
        columns=COLUMNS,
        page=page,
        pages=number,
        total=len(queue),
        empty="Every record here was confirmed in the last 12 months.",
        on_select=lambda asset_id: place_bar.change(asset=asset_id, show="places", page=1),
        on_page=lambda turned: place_bar.change(page=turned),
    )


def _matches(assets: CurrentAssets, here: pd.DataFrame, acting: Acting | None) -> None:
    """Pairs of records that may be one place, which only a person can say."""
    ids = set(here["asset_id"])
    leading = assets.members
    queue = assets.queue
    mine = queue[leading.reindex(queue["first_id"]).isin(ids).to_numpy() | leading.reindex(queue["second_id"]).isin(ids).to_numpy()]
    st.header("Perhaps one place, recorded twice: " + (counted(len(mine), "pair") if len(mine) else "none waiting"))
    if mine.empty:
        return
    st.markdown("Records from different sources that look alike. Nothing is merged until somebody who knows says so, and that can be undone.")
    records = assets.records.set_index("asset_id")
    for row in mine.head(MOST_MATCHES).to_dict("records"):
        _pair(records, row, acting)
    if len(mine) > MOST_MATCHES:
        st.caption(f"The first {MOST_MATCHES} of {len(mine):,} are shown, the likeliest first.")


def _pair(records: pd.DataFrame, row: Mapping[str, object], acting: Acting | None) -> None:
    first, second = (records.loc[str(row[name])].to_dict() | {"asset_id": row[name]} for name in ("first_id", "second_id"))
    key = f"{row['first_id']}|{row['second_id']}"
    distance = row["distance_m"]
    apart = "no distance known" if pd.isna(distance) else f"{people(float(str(distance)))} m apart"
    fact_list(
        [
            FactSection(
                f"{apart}: {row['reason']}",
                [FactRow(name_of(one), source_line(str(one["source"]), one["source_date"]), kind_line(one)) for one in (first, second)],
            )
        ],
        key=f"pair_{key}",
    )
    if acting is None or not asset_decide.may_decide(acting):
        return
    with st.container(horizontal=True, key=f"pair_buttons_{key}"):
        for label, decision in (("One and the same place", "the same place"), ("Two different places", "different places")):
            if st.button(label, key=f"{decision}_{key}"):
                attempt(
                    functools.partial(asset_decisions.decide_match, acting, first, second, decision),
                    "Recorded. It can be undone from the place's card.",
                )
