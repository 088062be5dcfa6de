"""Sensitive sites among community assets: a refuge keeps its authority and never a point, in any record of it, now or in the past."""

from __future__ import annotations

from sqlalchemy import Connection, select

from register import redaction
from register.model_assets import SITE_FIELDS
from register.rows import rows
from register.writing import Writer, table_of

_ASSET = table_of("asset")
_CORRECTION = table_of("asset_correction")
HIDDEN = "A sensitive site: its position was taken out"


def sensitive(connection: Connection) -> set[str]:
    """The ids of assets that a person said are sensitive sites."""
    query = select(_CORRECTION.c.asset_id).where(_CORRECTION.c.sensitive, _CORRECTION.c.status == "published")
    return set(connection.execute(query).scalars())


def hide(writer: Writer, asset_id: str) -> None:
    """Take the position of an asset out of every record of it, drafts and past states too. The caller has looked who may."""
    for entity, table in (("asset", _ASSET), ("asset_correction", _CORRECTION)):
        for row in rows(writer.connection, select(table).where(table.c.asset_id == asset_id)):
            values = dict.fromkeys(SITE_FIELDS) | {"public_premises": False, "sensitive": True}
            values["as_published"] = redaction.without_site(row.get("as_published"))
            writer.update(
                entity, row["id"], row["version"], {name: value for name, value in values.items() if name in row}, note=HIDDEN
            )
            redaction.take_out_point(writer.connection, entity, row["id"])
