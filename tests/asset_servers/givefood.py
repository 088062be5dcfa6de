"""A local server that speaks Give Food's API 2, with fictional food banks."""

from __future__ import annotations

import json
from typing import Any

from tests.asset_servers.places import lat_lng
from tests.local_server import Answer, LocalServer, Mischief, Request

Row = dict[str, Any]
SECRETS = ("07700 900123", "someone@example.org", "Example Trustee MP", "Tinned Example Beans")
"""What the API says that is not read: a telephone number, an email address, a member of parliament, this week's needs."""


def food_bank(name: str, postcode: str = "E15 1AA", **changes: Any) -> Row:
    """A row of `/api/2/foodbanks/`, in its form."""
    slug = name.lower().replace(" ", "-")
    row = {
        "name": name, "alt_name": None, "slug": slug, "phone": SECRETS[0], "secondary_phone": "", "email": SECRETS[1],
        "address": f"Example Hall\r\n1 Example Street\r\n{postcode}", "postcode": postcode, "closed": False, "country": "England",
        "lat_lng": lat_lng(postcode.replace(" ", "")), "network": "Trussell", "created": "2019-07-27T17:59:21.975Z",
        "urls": {
            "self": f"https://www.givefood.org.uk/api/2/foodbank/{slug}/", "html": f"https://www.givefood.org.uk/needs/at/{slug}/",
            "homepage": f"https://{slug}.example.org", "shopping_list": f"https://{slug}.example.org/list",
        },
        "charity": {"registration_id": "1234567", "register_url": "https://example.org/1234567"},
        "politics": {"parliamentary_constituency": "Exampleshire", "mp": SECRETS[2], "mp_party": "Example", "district": "Newham", "urls": {}},
    }  # fmt: skip
    return row | changes


def location(bank: str, name: str, postcode: str = "E15 1AB", **changes: Any) -> Row:
    """A row of `/api/2/locations/`, in its form: neither country nor charity number."""
    slug, own = bank.lower().replace(" ", "-"), name.lower().replace(" ", "-")
    row = {
        "name": name, "slug": own, "phone": SECRETS[0], "email": SECRETS[1], "address": f"{name}\r\n2 Example Street\r\n{postcode}",
        "postcode": postcode, "lat_lng": lat_lng(postcode.replace(" ", "")),
        "urls": {"html": f"https://www.givefood.org.uk/needs/at/{slug}/{own}/"},
        "foodbank": {"name": bank, "slug": slug, "network": "Trussell", "urls": {"html": f"https://www.givefood.org.uk/needs/at/{slug}/"}},
        "politics": {"mp": SECRETS[2], "district": "Newham"},
    }  # fmt: skip
    return row | changes


def dumped(name: str, place: str = "", postcode: str = "E15 1AA", **changes: Any) -> Row:
    """A row of the dump as JSON: the columns that are read, and some that are not."""
    row = {
        "id": "00000000-0000-4000-8000-000000000001", "organisation_name": name, "organisation_alt_name": "",
        "organisation_slug": name.lower().replace(" ", "-"),
        "location_name": place, "location_slug": place.lower().replace(" ", "-"), "url": "https://example.org", "phone_number": SECRETS[0],
        "email": SECRETS[1], "address": "1 Example Street", "postcode": postcode, "country": "England", "lat_lng": lat_lng(postcode.replace(" ", "")),
        "charity_number": "1234567", "network": "Trussell", "is_mobile": False, "is_area": False, "mp": SECRETS[2],
        "modified": "2026-07-01 10:11:12+00:00", "needed_items": SECRETS[3],
    }  # fmt: skip
    return row | changes


class GiveFoodServer(LocalServer):
    """food_banks, locations: what it answers with; change them as a test likes. url ends in /api/; the API is at `api`."""

    base = "/api/"

    def __init__(self) -> None:
        super().__init__()
        self.food_banks: list[Any] = [food_bank("Example North"), food_bank("Example South", "BN3 1AA")]
        self.locations: list[Any] = [location("Example North", "Example Community Centre")]

    @property
    def api(self) -> str:
        """The base address of API 2."""
        return f"{self.url}2/"

    def respond(self, request: Request, mischief: Mischief) -> Answer:
        """The rows of a call, where it asks for JSON."""
        rows = {"2/foodbanks/": self.food_banks, "2/locations/": self.locations}.get(request.path)
        if rows is None or request.query.get("format") != ["json"]:
            return Answer(404, "text/plain", b"Not found")
        return Answer(200, self.content_type, json.dumps(rows).encode())
