"""What many tests of the register begin with: people in each role, a partner, a clock that is set by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from register import partners, relationships
from register.actors import ANYONE, Actor
from register.store import Acting
from register.writing import Saved

TOWER_HAMLETS, NEWHAM = "E09000030", "E09000025"
TODAY = date(2026, 11, 25)

READER = ANYONE
CONTRIBUTOR = Actor("sub-contributor", "Cora", "contributor")
OTHER_CONTRIBUTOR = Actor("sub-other", "Otto", "contributor")
EDITOR = Actor("sub-editor", "Edda", "editor", frozenset({TOWER_HAMLETS}))
EDITOR_ELSEWHERE = Actor("sub-newham", "Ned", "editor", frozenset({NEWHAM}))
STEWARD = Actor("sub-steward", "Stella", "steward")


class Clock:
    """A clock that moves a second each time it is read, and otherwise when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def partner_fields(**fields: Any) -> dict[str, Any]:
    """A partner with a point in Tower Hamlets. The name is invented."""
    return {
        "name": "Example Friends of Whitechapel",
        "kind": "organisation",
        "organisation_type": "grassroots community group",
        "description": "A lunch club and a walking group",
        "easting": 534_500.0,
        "northing": 181_600.0,
        "longitude": -0.06,
        "latitude": 51.517,
        "lsoa21cd": "E01004293",
        "lad24cd": TOWER_HAMLETS,
        **fields,
    }


def a_partner(acting: Acting, **fields: Any) -> Saved:
    return partners.create(acting, partner_fields(**fields), note="Met at the forum")


BOTH_SIDES = (
    {"side": "partner", "said": "A hall on Tuesdays"},
    {"side": "statutory body", "said": "Two nurses and the machines"},
)


def a_relationship(acting: Acting, partner_id: str, stage: str = "talking", **fields: Any) -> Saved:
    return relationships.begin(
        acting,
        partner_id,
        {"body_name": "NHS North East London", "body_kind": "integrated care board", "stage": stage, **fields},
        note="First recorded",
        on=date(2026, 10, 1),
        commitments=BOTH_SIDES if stage in ("doing something together", "formal or funded") else (),
    )
