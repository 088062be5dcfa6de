"""What the pages list: the partners of a place by stage, by network and by clinical area.

A place is given as the codes of its areas: an authority's own code; a system's authorities and its own code; a PCN's LSOAs and its own
code. A partner belongs where its point lies and where it says it serves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, and_, or_, select

from register import rules
from register.freshness import STANDINGS, freshness, is_dormant, standings
from register.model import Activity, Partner, PartnerArea, Relationship
from register.model_places import Connector
from register.record import Fields, readable
from register.rows import in_chunks, rows
from register.scope import in_places, seen_part, seen_partner
from register.store import Acting
from register.vocabularies import CLINICAL_AREA_NAMES, STAGES
from register.writing import table_of

NO_RELATIONSHIP = "no relationship recorded"
STAGE_ORDER = (*STAGES, NO_RELATIONSHIP)

_PARTNER = (
    "name",
    "kind",
    "organisation_type",
    "faith_kind",
    "tradition",
    "easting",
    "northing",
    "longitude",
    "latitude",
    "lsoa21cd",
    "lad24cd",
    "service_area",
    "asset_id",
    "sensitive",
    "example",
    "status",
)
_RELATIONSHIP = ("body_name", "stage", "last_confirmed", "last_contact", "clinical_areas", "plus_groups")


def of_place(acting: Acting, codes: Collection[str], *, today: date | None = None) -> pd.DataFrame:
    """The board of a place: one row a relationship, and one for each partner without any, by stage and then by name.

    codes: of the areas of the place. Columns: partner_id, partner_version, the fields in _PARTNER, relationship_id,
    relationship_version, relationship_status, the fields in _RELATIONSHIP, standing (in words), freshness, dormant.
    stage is an ordered categorical of STAGE_ORDER; days are datetime64; lists are lists.
    """
    return _board(acting, in_places(Partner.id, codes), today)


def at_assets(acting: Acting, asset_ids: Collection[str], *, today: date | None = None) -> pd.DataFrame:
    """The board of the partners that are at these community assets; columns as `of_place`. An asset without one has no row."""
    return _board(acting, Partner.asset_id.in_(sorted(set(asset_ids))), today)


def _board(acting: Acting, which: ColumnElement[bool], today: date | None) -> pd.DataFrame:
    today = today or acting.register.today()
    relationship = table_of("relationship")
    columns = [
        Partner.id.label("partner_id"),
        Partner.version.label("partner_version"),
        *(getattr(Partner, name) for name in _PARTNER),
        Relationship.id.label("relationship_id"),
        Relationship.version.label("relationship_version"),
        Relationship.status.label("relationship_status"),
        *(getattr(Relationship, name) for name in _RELATIONSHIP),
    ]
    joined = and_(Relationship.partner_id == Partner.id, seen_part(acting.actor, relationship))
    query = (
        select(*columns)
        .select_from(Partner)
        .outerjoin(Relationship, joined)
        .where(seen_partner(acting.actor), which)
    )
    with acting.read() as connection:
        found = connection.execute(query)
        frame = pd.DataFrame.from_records([tuple(row) for row in found], columns=list(found.keys()))
    return _finished(frame, today)


def _finished(frame: pd.DataFrame, today: date) -> pd.DataFrame:
    for name in ("last_confirmed", "last_contact"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    for name in ("clinical_areas", "plus_groups"):
        frame[name] = [value if isinstance(value, list) else [] for value in frame[name]]
    frame["freshness"] = freshness(frame["last_confirmed"], today)
    codes = standings(frame.assign(stage=frame["stage"].fillna(STAGES[0])), today)
    has = frame["relationship_id"].notna()
    frame["standing"] = codes.map(STANDINGS).where(has, NO_RELATIONSHIP)
    frame["dormant"] = is_dormant(frame, today) & has
    stage = frame["stage"].where(has, NO_RELATIONSHIP)
    frame["stage"] = pd.Categorical(stage, categories=list(STAGE_ORDER), ordered=True)
    order = frame["name"].str.casefold()
    return (
        frame.assign(_name=order)
        .sort_values(["stage", "_name"], kind="stable")
        .drop(columns="_name")
        .reset_index(drop=True)
    )


def by_network(board: pd.DataFrame, lsoa_to_pcn: Mapping[str, str]) -> pd.DataFrame:
    """A board with `pcn_code`: one row for each relationship and each PCN where the partner is or which it serves.

    lsoa_to_pcn: LSOA code → code of the PCN that leads there. pcn_code is None where neither a point nor the service area names one.
    """
    codes = []
    for lsoa, areas in zip(board["lsoa21cd"], board["service_area"], strict=True):
        where = {lsoa_to_pcn.get(code) for code in (lsoa, *areas) if code} | {
            code for code in areas if code.startswith("U")
        }
        codes.append(sorted(code for code in where if code) or [None])
    spread = board.assign(pcn_code=pd.Series(codes, index=board.index, dtype=object)).explode("pcn_code")
    return spread.reset_index(drop=True)


def by_clinical_area(acting: Acting, board: pd.DataFrame, *, today: date | None = None) -> pd.DataFrame:
    """A board by clinical area: one row for each partner and area that a relationship or an activity of it names.

    Columns: clinical_area (id), clinical_area_name, partner_id, name, stage, standing, freshness, activities (names), best-standing
    relationship first.
    """
    ids = sorted(set(board["partner_id"]))
    activities = _activities(acting, ids, today or acting.register.today())
    relations = board[["partner_id", "clinical_areas"]].explode("clinical_areas").dropna()
    relations = relations.rename(columns={"clinical_areas": "clinical_area"}).assign(activity=None)
    pairs = pd.concat([relations.astype(object), activities.astype(object)], ignore_index=True)
    pairs = (
        pairs.groupby(["clinical_area", "partner_id"], sort=False)["activity"]
        .agg(lambda names: sorted(set(names.dropna())))
        .rename("activities")
        .reset_index()
    )
    rank = {word: place for place, word in enumerate((*STANDINGS.values(), NO_RELATIONSHIP))}
    best = board.assign(_rank=board["standing"].map(rank)).sort_values("_rank", kind="stable")
    best = best.drop_duplicates("partner_id")[["partner_id", "name", "stage", "standing", "freshness", "_rank"]]
    found = pairs.merge(best, on="partner_id")
    order = {area: place for place, area in enumerate(CLINICAL_AREA_NAMES)}
    found["clinical_area_name"] = found["clinical_area"].map(CLINICAL_AREA_NAMES)
    found["_area"] = found["clinical_area"].map(order)
    found = found.sort_values(["_area", "_rank", "name"], kind="stable").drop(columns=["_area", "_rank"])
    return found.reset_index(drop=True)


def _activities(acting: Acting, partner_ids: list[str], today: date) -> pd.DataFrame:
    """Activities that have not ended, one row for each clinical area."""
    table = table_of("activity")
    query = select(Activity.partner_id, Activity.name, Activity.clinical_areas).where(
        seen_part(acting.actor, table), or_(Activity.ends.is_(None), Activity.ends >= today)
    )
    with acting.read() as connection:
        found = [
            row
            for chunk in in_chunks(partner_ids)
            for row in connection.execute(query.where(Activity.partner_id.in_(chunk)))
        ]
    return pd.DataFrame(
        [(row.partner_id, area, row.name) for row in found for area in row.clinical_areas],
        columns=["partner_id", "clinical_area", "activity"],
    )


def connectors_of(acting: Acting, lad24cd: str) -> pd.DataFrame:
    """The community enablers, engagement officers and link workers of an authority, with names where consent stands."""
    query = select(Connector.__table__).where(Connector.lad24cd == lad24cd).order_by(Connector.kind, Connector.role)
    with acting.read() as connection:
        found: list[Fields] = []
        for row in rows(connection, query):
            partner = rules.partner_of(connection, "connector", row)
            found += readable(connection, acting.actor, "connector", [row], partner)
    columns = [*table_of("connector").c.keys(), "person_name"]
    frame = pd.DataFrame(found, columns=columns)
    frame["freshness"] = freshness(
        pd.to_datetime(frame["last_confirmed"]).astype("datetime64[us]"), acting.register.today()
    )
    return frame


def areas_of_partners(acting: Acting, partner_ids: Iterable[str]) -> pd.DataFrame:
    """Which areas partners belong to, for those that the actor may read: partner_id, area_code."""
    query = select(PartnerArea.partner_id, PartnerArea.area_code).join(Partner, Partner.id == PartnerArea.partner_id)
    query = query.where(seen_partner(acting.actor))
    with acting.read() as connection:
        found = [
            tuple(row)
            for chunk in in_chunks(sorted(set(partner_ids)))
            for row in connection.execute(query.where(PartnerArea.partner_id.in_(chunk)))
        ]
    return pd.DataFrame(found, columns=["partner_id", "area_code"])
