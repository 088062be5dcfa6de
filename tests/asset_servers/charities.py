"""A local server with the Charity Commission's public extract of fictional charities, and makers of its zips."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.local_server import Answer, LocalServer, Mischief, Request

Row = dict[str, Any]
HOME = "Trustee-Home-Marker"
HOME_COLUMNS = {
    **{f"charity_contact_address{line}": f"{HOME} {line}" for line in range(1, 6)},
    "charity_contact_postcode": "E15 1AA",
    "charity_contact_phone": f"{HOME} 07700 900123",
    "charity_contact_email": f"{HOME}@example.org",
    "charity_activities": f"We meet at {HOME}, ring 07700 900123",
}
"""What the extract says of where a trustee may live."""


def charity(number: int, name: str, **changes: Any) -> Row:
    """A row of `charity`, in the form of the extract. Its contact address is somebody's home."""
    row = {
        "date_of_extract": "2026-08-20T00:00:00", "organisation_number": 4_000_000 + number, "registered_charity_number": number,
        "linked_charity_number": 0, "charity_name": name, "charity_type": "CIO", "charity_registration_status": "Registered",
        "date_of_registration": "2015-01-01T00:00:00", "date_of_removal": None, "latest_income": 12_000.0, **HOME_COLUMNS,
        "charity_contact_web": "www.example.org", "charity_gift_aid": True, "charity_has_land": None,
    }  # fmt: skip
    return row | changes


def classified(number: int, *codes: int) -> list[Row]:
    """Rows of `charity_classification`."""
    kinds = {1: "What", 2: "Who", 3: "How"}
    own = {"date_of_extract": "2026-08-20T00:00:00", "organisation_number": 4_000_000 + number, "registered_charity_number": number}
    return [
        {**own, "linked_charity_number": 0, "classification_code": code, "classification_type": kinds[code // 100], "classification_description": "…"}
        for code in codes
    ]


def works_in(number: int, *areas: tuple[str, str] | tuple[str, str, bool]) -> list[Row]:
    """Rows of `charity_area_of_operation`. areas: type, description, and whether it is in Wales."""
    own = {"date_of_extract": "2026-08-20T00:00:00", "organisation_number": 4_000_000 + number, "registered_charity_number": number}
    return [
        {
            **own, "linked_charity_number": 0, "geographic_area_type": area[0], "geographic_area_description": area[1],
            "parent_geographic_area_type": None, "parent_geographic_area_description": None, "welsh_ind": area[2] if len(area) > 2 else False,
        }
        for area in areas
    ]  # fmt: skip


AUTHORITY = "Local Authority"
TABLES: dict[str, list[Any]] = {
    "charity": [
        charity(1_000_001, "Example Youth Club"),
        charity(1_000_002, "Example Mosque Trust", charity_contact_web="someone@example.org"),
        charity(1_000_003, "Example Welsh Trust"),
        charity(1_000_004, "Example Nowhere Fund", charity_contact_web=None),
        charity(1_000_005, "Example National Body", charity_contact_web="https://chat.whatsapp.com/abcdef"),
        charity(1_000_006, "Example Old Trust", charity_registration_status="Removed", date_of_removal="2019-01-01T00:00:00"),
        charity(1_000_001, "Example Youth Club Branch", linked_charity_number=1, organisation_number=4_500_001),
        charity(1_000_007, "Example Market Fund"),
        charity(1_000_008, "Example Abroad"),
    ],
    "charity_classification": [
        *classified(1_000_001, 102, 110, 201, 305, 306),
        *classified(1_000_002, 102, 105, 108, 204, 207, 306),
        *classified(1_000_005, 103, 202, 203, 307),
        *classified(1_000_006, 101),
    ],
    "charity_area_of_operation": [
        *works_in(1_000_001, (AUTHORITY, "Newham")),
        *works_in(1_000_002, (AUTHORITY, "Newham"), (AUTHORITY, "Kingston Upon Hull City"), ("Country", "Bangladesh")),
        *works_in(1_000_003, (AUTHORITY, "Cardiff", True), ("Region", "Throughout Wales", True)),
        *works_in(1_000_005, ("Region", "Throughout England And Wales")),
        *works_in(1_000_006, (AUTHORITY, "Newham")),
        *works_in(1_000_007, (AUTHORITY, "Borsetshire")),
        *works_in(1_000_008, ("Country", "Kenya"), ("Continent", "Africa")),
    ],
}


def zipped(rows: list[Any], table: str = "charity", *, tabbed: bool = False) -> bytes:
    """A zip as the extract has them: JSON with a byte order mark, or text with tabs."""
    if tabbed:
        cells = [[("" if value is None else str(value)) for value in row.values()] for row in rows]
        text = "\r\n".join("\t".join(line) for line in [list(rows[0]), *cells]) + "\r\n"
    else:
        text = "\ufeff" + json.dumps(rows)
    return packed({f"publicextract.{table}.{'txt' if tabbed else 'json'}": text.encode()})


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def extract(*, tabbed: bool = False) -> dict[str, bytes]:
    """The three zips by table."""
    return {table: zipped(rows, table, tabbed=tabbed) for table, rows in TABLES.items()}


class CharitiesServer(LocalServer):
    """zips: what it answers with, by table; change them as a test likes. The extract is at `data`."""

    content_type = "application/zip"

    def __init__(self) -> None:
        super().__init__()
        self.zips = extract()

    @property
    def data(self) -> str:
        """The base address of the zips."""
        return f"{self.url}json/"

    def respond(self, request: Request, mischief: Mischief) -> Answer:
        """A zip, where there is one."""
        body = self.zips.get(request.path.removeprefix("json/publicextract.").removesuffix(".zip"))
        return Answer(404, "text/plain", b"BlobNotFound") if body is None else Answer(200, self.content_type, body)
