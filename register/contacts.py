"""The contacts that a place should have, slot by slot. An empty slot is a row that says so by being empty."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pandas as pd
from sqlalchemy import select

from register.freshness import freshness
from register.model_places import PlaceContact
from register.record import readable
from register.rows import rows
from register.store import Acting
from register.vocabularies import PLACE_CONTACT_SLOTS

PCN_SLOT = PLACE_CONTACT_SLOTS[4]
COLUMNS = [
    "slot",
    "area_code",
    "organisation",
    "role",
    "person_name",
    "person_id",
    "public_email",
    "public_phone",
    "website",
    "last_confirmed",
    "confirmed_by_role",
    "status",
    "contact_id",
    "version",
]


def of_place(
    acting: Acting, lad24cd: str, *, pcn_codes: Collection[str] = (), today: date | None = None
) -> pd.DataFrame:
    """The six slots of an authority in their order, blanks included; the PCN slot once for each of `pcn_codes`.

    Columns: COLUMNS, freshness, empty. An empty slot has `empty` true and nothing else but slot and area_code. Add a contact with
    `entries.add(acting, "place_contact", …)`.
    """
    query = select(PlaceContact.__table__).where(PlaceContact.lad24cd == lad24cd)
    with acting.read() as connection:
        known_rows = rows(connection, query.order_by(PlaceContact.organisation, PlaceContact.id))
        found = readable(connection, acting.actor, "place_contact", known_rows, None)
    lines = []
    for slot in PLACE_CONTACT_SLOTS:
        known = [row for row in found if row["slot"] == slot]
        lines += [{**row, "contact_id": row["id"]} for row in known]
        if slot == PCN_SLOT and pcn_codes:
            filled = {row["area_code"] for row in known}
            lines += [{"slot": slot, "area_code": code} for code in sorted(set(pcn_codes) - filled)]
        elif not known:
            lines.append({"slot": slot})
    frame = pd.DataFrame(lines).reindex(columns=COLUMNS)
    frame["empty"] = frame["contact_id"].isna()
    frame["last_confirmed"] = pd.to_datetime(frame["last_confirmed"]).astype("datetime64[us]")
    said = freshness(frame["last_confirmed"], today or acting.register.today())
    frame["freshness"] = said.where(~frame["empty"], "")
    return frame
