"""What the tests of community assets begin with: a list of invented places, and a published asset."""

from __future__ import annotations

import hashlib
from typing import Any

from register import assets
from register.assets import Kept
from register.store import Acting
from tests.register.beginnings import TODAY, TOWER_HAMLETS


def list_fields(content: str = "first version", **fields: Any) -> dict[str, Any]:
    return {
        "title": "Directory of community groups",
        "publisher": "Example Council for Voluntary Service",
        "licence": "CC BY 4.0",
        "attribution": "© Example CVS",
        "as_at": TODAY,
        "lad24cd": TOWER_HAMLETS,
        "file_name": "groups.csv",
        "file_digest": hashlib.sha256(content.encode()).hexdigest(),
        "column_mapping": {"Venue": "name", "Post code": "postcode"},
        "rows_set_aside": 1,
        **fields,
    }


def row(name: str = "Example Hall", **fields: Any) -> dict[str, Any]:
    """A row of a list, in the form of RECORD_COLUMNS."""
    return {
        "name": name,
        "category": "community centre",
        "activity_groups": "practical; social",
        "languages": "Bengali; English",
        "days": "Mo; Tu",
        "postcode": "E11AA",
        "easting": 534_500.0,
        "northing": 181_600.0,
        "longitude": -0.06,
        "latitude": 51.517,
        "lsoa21cd": "E01004293",
        "lad24cd": TOWER_HAMLETS,
        "position_quality": "postcode",
        **fields,
    }


ROWS = (row("Example Hall"), row("Example Library", category="library", postcode="E12AB"), row("Example Club", postcode="E13AC"))


def keep(acting: Acting, rows: Any = ROWS, content: str = "first version", **fields: Any) -> Kept:
    return assets.keep_list(acting, list_fields(content, **fields), rows, note="From the council")


def published(asset_id: str = "osm/way/1", name: str | None = "Example Temple", **fields: Any) -> dict[str, Any]:
    """An asset as a source publishes it."""
    return {
        **row(),
        "asset_id": asset_id,
        "name": name,
        "category": "place of worship",
        "source": "OpenStreetMap",
        "licence": "ODbL 1.0",
        "source_date": "2026-11-01",
        "sensitive": False,
        **fields,
    }
