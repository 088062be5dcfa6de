"""The partner register at 100,000 partners and 1,000,000 changes: a place's board, search, and the table that Gaps reads.

It is filled in a temporary folder, by bulk, with invented partners at the centres of real small areas. PostgreSQL is measured too where
COMMON_GROUND_BENCH_DATABASE names an empty database.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import insert, text, update

from analysis.gaps import STAGES
from analysis.neighbourhoods import core20_gaps
from analysis.reach import Reach
from analysis.vocabularies import CATEGORIES
from benchmarks.measure import Row, timed
from data_loaders.atlas import Atlas
from register import boards, derived, gaps_table, history, partners, search
from register.actors import ANYONE, Actor
from register.model import History, Partner, RegisterState, Relationship
from register.store import Register, open_register
from register.vocabularies import CLINICAL_AREAS, ORGANISATION_TYPES
from register.writing import filled, table_of

PARTNERS, CHANGES = 100_000, 1_000_000
TODAY = date(2026, 11, 25)
_WORDS = (
    *("mosque", "church", "temple", "gurdwara", "synagogue", "library", "hub", "kitchen", "garden", "choir", "food", "bank"),
    *("advice", "youth", "elders", "women", "men", "walking", "dementia", "carers", "bereavement", "football", "boxing"),
    *("sewing", "repair", "cafe", "debt", "housing", "refugee", "welcome", "Somali", "Bengali", "Polish", "Romanian", "deaf"),
)
_TOWNS = (
    "Bow",
    "Poplar",
    "Stepney",
    "Whitechapel",
    "Barking",
    "Leeds",
    "Bradford",
    "Hull",
    "Preston",
    "Derby",
    "Luton",
    "Truro",
    "Dover",
)
DATABASE = "COMMON_GROUND_BENCH_DATABASE"


def register() -> Iterator[Row]:
    """Every figure of the register, on SQLite and, where one is named, on PostgreSQL."""
    atlas = Atlas()
    with tempfile.TemporaryDirectory() as folder:
        yield from _measured(open_register(Path(folder) / "register.sqlite"), atlas, "SQLite")
    address = os.environ.get(DATABASE)
    if address:
        yield from _measured(open_register(address), atlas, "PostgreSQL")


def _measured(opened: Register, atlas: Atlas, name: str) -> Iterator[Row]:
    _fill(opened, atlas)
    reader, steward = opened.as_(ANYONE), opened.as_(Actor("bench", role="steward"))
    counted = f"{PARTNERS:,} partners, {CHANGES:,} changes, {name}"
    key = f"register {name}"
    place = "E09000030"
    board, ours = timed(lambda: boards.of_place(reader, [place], today=TODAY), 15)
    yield Row(key, f"the board of a place, {len(board):,} rows", ours, 200, counted=counted)
    busiest = atlas.areas["lad24cd"].value_counts().index[0]
    board, ours = timed(lambda: boards.of_place(reader, [busiest], today=TODAY), 9)
    yield Row(key, f"the board of the largest authority, {len(board):,} rows", ours, 200, counted=counted)
    for words in ("mosque bow", "church", "gurdwara elders whitechapel"):
        found, ours = timed(partial(search.search, reader, words, today=TODAY), 15)
        yield Row(key, f"search for “{words}”, the best {len(found):,}", ours, 100, counted=counted)
    _, ours = timed(lambda: search.search(reader, "choir", codes=[place], today=TODAY), 15)
    yield Row(key, "search inside a place", ours, 100, counted=counted)
    one = str(board["partner_id"].iloc[0])
    _, ours = timed(lambda: partners.get(steward, one), 15)
    yield Row(key, "one partner whole", ours, counted=counted)
    told, ours = timed(lambda: history.of_partner(steward, one), 15)
    yield Row(key, f"its history, {len(told):,} changes", ours, counted=counted)
    _, ours = timed(opened.revision, 50)
    yield Row(key, "the revision that each rerun asks for", ours, counted=counted)

    def table() -> pd.DataFrame:
        opened.kept.clear()
        return gaps_table.gaps_table(reader, TODAY)

    england, ours = timed(table, 5)
    yield Row(key, f"the table for Gaps read anew, {len(england):,} partners", ours, counted=counted)
    state = {"version": partners.get(steward, one).version}

    def after_a_change() -> pd.DataFrame:
        saved = partners.update(steward, one, state["version"], {"focus": f"Change {state['version']}"}, note="Bench")
        state["version"] = saved.version
        return gaps_table.gaps_table(reader, TODAY)

    _, ours = timed(after_a_change, 9)
    yield Row(key, "save a change, then the table for Gaps with it", ours, counted=counted)
    _, ours = timed(lambda: gaps_table.gaps_table(reader, TODAY), 50)
    yield Row(key, "the same while nothing changes", ours, counted=counted)
    everywhere = pd.Series(True, index=atlas.areas.index).to_numpy()
    _, ours = timed(
        lambda: core20_gaps(
            atlas.areas, everywhere, atlas.place_index, england, today=TODAY, reach=Reach(), categories=CATEGORIES
        ),
        5,
    )
    yield Row(key, "England's Core20 neighbourhoods against that table", ours, counted=counted)

    def save() -> None:
        saved = partners.update(steward, one, state["version"], {"focus": f"Edit {state['version']}"}, note="Bench")
        state["version"] = saved.version

    _, ours = timed(save, 15)
    yield Row(key, "save one change, flushed to disk", ours, counted=counted)
    opened.close()


def _fill(opened: Register, atlas: Atlas) -> None:
    """Partners, one relationship each and ten changes for each partner, in bulk."""
    chance, moment = random.Random(20), datetime(2024, 1, 1, tzinfo=UTC)
    areas = atlas.areas[["lsoa21cd", "lad24cd", "pwc_e", "pwc_n"]].to_records(index=False)
    each = CHANGES // PARTNERS
    kept: dict[str, Any] = {
        "owner": "bench",
        "created_at": moment,
        "created_by": "bench",
        "updated_at": moment,
        "status": "published",
    }
    with opened.engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            revision = 0
            for start in range(0, PARTNERS, 5_000):
                made, related, log = [], [], []
                for number in range(start, start + 5_000):
                    area = areas[chance.randrange(len(areas))]
                    name = f"{chance.choice(_TOWNS)} {chance.choice(_WORDS)} {chance.choice(_WORDS)} {number}"
                    partner = {
                        "name": name,
                        "kind": "organisation",
                        "organisation_type": chance.choice(ORGANISATION_TYPES),
                        "description": " ".join(chance.choices(_WORDS, k=25)),
                        "easting": float(area.pwc_e),
                        "northing": float(area.pwc_n),
                        "lsoa21cd": str(area.lsoa21cd),
                        "lad24cd": str(area.lad24cd),
                    }
                    record = f"partner-{number:08d}"
                    made.append(filled(table_of("partner"), partner) | kept | {"id": record, "version": each})
                    confirmed = TODAY - timedelta(days=chance.randrange(1_000))
                    relation = {
                        "partner_id": record,
                        "body_name": "An integrated care board",
                        "stage": chance.choice(STAGES),
                        "last_confirmed": confirmed,
                        "confirmed_by_role": "engagement lead",
                        "last_contact": confirmed,
                        "clinical_areas": chance.sample(CLINICAL_AREAS, 2),
                    }
                    related.append(
                        filled(table_of("relationship"), relation)
                        | kept
                        | {"id": f"relationship-{number:08d}", "version": 1}
                    )
                    for version in range(1, each + 1):
                        revision += 1
                        log.append(
                            {
                                "revision": revision,
                                "position": 1,
                                "at": moment + timedelta(seconds=revision),
                                "subject": "bench",
                                "role": "editor",
                                "entity": "partner",
                                "record_id": record,
                                "version": version,
                                "partner_id": record,
                                "changes": {"status": [None, "published"], "focus": [None, f"Edit {version}"]},
                                "note": "Bench",
                                "redacted": False,
                            }
                        )
                connection.execute(insert(Partner), made)
                connection.execute(insert(Relationship), related)
                connection.execute(insert(History), log)
            derived.rebuild(connection)
            connection.execute(
                update(RegisterState).values(revision=revision, last_at=moment + timedelta(seconds=revision))
            )
    with opened.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
