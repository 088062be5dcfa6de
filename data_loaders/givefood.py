"""Give Food's list of food banks: live from API 2, or from a file in any of its forms. England only, open ones only.

A food bank is a service; each of its places is a record with an id of its own that begins with the food bank's (`givefood/<food bank>` is
its main address, `givefood/<food bank>/<place>` another), so that one service at five places is neither one place nor five services.
https://www.givefood.org.uk/api/ : made for use by others, with credit and a link to Give Food; its dumps are put in the public domain.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.asset_records import as_records
from analysis.near_duplicates import shared_locations
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.errors import AnswerCutShortError, SourceError, UnexpectedAnswerError
from data_loaders.givefood_records import CATEGORY, LICENCE, NAME, records_of
from data_loaders.givefood_rows import FoodBankPlace, read_row
from data_loaders.http_session import Answer, HttpSession
from data_loaders.placing import Placing

ADDRESS = "https://www.givefood.org.uk/api/2/"
DUMP = "https://www.givefood.org.uk/dumps/foodbanks/json/latest/"
RECORDED, RECORDED_MONTH = "community_assets/givefood_subset_306_2025-07.json", "2025-07"
MOST_BYTES = 60_000_000

ABOUT = AssetSource(
    key="givefood",
    title="Give Food: food banks in the UK",
    publisher=NAME,
    licence=LICENCE,
    attribution="Food bank data from Give Food, https://www.givefood.org.uk",
    address="https://www.givefood.org.uk",
    categories=(CATEGORY,),
    by_place=False,
    weak_spots=(
        "Food banks that have a web page are found; a cupboard run by a small congregation or a mosque may not be, so a gap is not an absence.",
        "A food bank's main address may be its office or warehouse; opening times are not published, so ring before sending anybody.",
        "Whether a faith building hosts it is guessed from its name and address, and is a hint only.",
    ),
)

Given = list[tuple[str, object]]  # where a row stands, and the row


def fetch(session: HttpSession, placing: Placing, addresses: Sequence[str] = (ADDRESS,)) -> AssetsRead:
    """Ask API 2 for all food banks and all their other places. addresses: where it is, ending in a slash, the one to prefer first.

    Raises a SourceUnavailableError where there is neither a whole answer nor a kept one to both questions: half of the list would look
    like closures. `stale_because` where either is a kept one.
    """
    answers: list[Answer[list[object]]] = [
        session.get([f"{address}{part}/" for address in addresses], [("format", "json")], _whole, accept="application/json")
        for part in ("foodbanks", "locations")
    ]
    given = [*_numbered(answers[0].value, "food bank"), *_numbered(answers[1].value, "location")]
    asked_at = min(answer.asked_at for answer in answers)
    stale = next((answer.problem.sentence for answer in answers if answer.problem is not None), "")
    read = _read(given, placing, asked_at.date().isoformat())
    return replace(read, asked_at=asked_at, stale_because=stale)


def read(file: Path | bytes, placing: Placing, locations: Path | bytes | None = None, published: str = "") -> AssetsRead:
    """Read a file of Give Food's: the list of API 2 (locations: its other half), the dump as JSON, or the older list.

    published: the ISO day, month or year of the file; by default the newest change that its rows tell of, if they do. Raises SourceError
    for a file that is missing, too large, not whole or of another form.
    """
    given = _numbered(_file(file), "row")
    if locations is not None:
        given += _numbered(_file(locations), "location")
    return _read(given, placing, published)


def _whole(body: bytes) -> list[object]:
    try:
        return _rows(body)
    except _NotAListError as error:
        if error.cut:
            raise AnswerCutShortError(NAME, error.details) from error
        raise UnexpectedAnswerError(NAME, error.found, "a list of food banks", error.details, passing=error.passing) from error


def _file(file: Path | bytes) -> list[object]:
    name = file if isinstance(file, Path) else Path("the file from Give Food")
    if isinstance(file, Path) and not file.is_file():
        raise SourceError(name, "the file is missing", f"it at {file}", "Check the path.")
    try:
        if (file.stat().st_size if isinstance(file, Path) else len(file)) > MOST_BYTES:
            raise _NotAListError(f"more than {MOST_BYTES / 1e6:.0f} MB")
        return _rows(file.read_bytes() if isinstance(file, Path) else file)
    except _NotAListError as error:
        raise SourceError(name, f"it holds {error.found}", "Give Food's list of food banks as JSON", f"Fetch it again from {DUMP}") from error


class _NotAListError(Exception):
    """cut: it ends in the middle. passing: it may be another in a moment."""

    def __init__(self, found: str, details: str = "", *, cut: bool = False, passing: bool = False) -> None:
        self.found, self.details, self.cut, self.passing = found, details, cut, passing
        super().__init__(found)


def _rows(body: bytes) -> list[object]:
    """The rows of a whole list in which most are places of food banks, as far as one can tell."""
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        rows = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        cut = start.startswith(b"[")
        raise _NotAListError("a list that breaks off" if cut else "text that is not JSON", str(error), cut=cut, passing=not cut) from error
    if not isinstance(rows, list):
        raise _NotAListError("JSON that is not a list", repr(start))
    if not rows:
        raise _NotAListError("an empty list", passing=True)
    good = sum(_is_a_place(row) for row in rows)
    if good < len(rows) / 2:
        raise _NotAListError(f"{len(rows) - good} of {len(rows)} rows without a name and a position", repr(start))
    return rows


def _is_a_place(row: object) -> bool:
    found = read_row(row)
    return isinstance(found, FoodBankPlace) and (found.latitude is not None or found.postcode is not None)


def _numbered(rows: list[object], what: str) -> Given:
    return [(f"{what} {number}", row) for number, row in enumerate(rows, start=1)]


def _read(given: Given, placing: Placing, published: str) -> AssetsRead:
    places: list[FoodBankPlace] = []
    numbers: list[str] = []
    aside: list[tuple[str, str, str]] = []
    for number, row in given:
        found = read_row(row)
        if isinstance(found, str):
            aside.append((number, _name_of(row), found))
        else:
            places.append(found)
            numbers.append(number)
    banks = {place.bank: place for place in reversed(places) if not place.place}
    places = [_with_its_bank(place, banks.get(place.bank)) for place in places]
    published = published or max((place.changed for place in places), default="")
    frame, notes = records_of(places, placing, published)
    problem = frame.pop("problem")
    good = problem.eq("").to_numpy()
    names = [place.name for place in places]
    aside += [(numbers[at], names[at], problem.iloc[at]) for at in np.flatnonzero(~good)]
    records = as_records(frame[good].sort_values("asset_id", ignore_index=True))
    if len(records):
        records["location_id"] = shared_locations(records)
    services = records["asset_id"].str.split("/").str[1].nunique() if len(records) else 0
    set_aside = pd.DataFrame(aside, columns=["row", "name", "problem"])
    notes = (f"{len(records):,} places of {services:,} food banks.", *notes)
    return AssetsRead(ABOUT, records, set_aside, len(given), published, notes=notes)


def _name_of(row: object) -> str:
    name = row.get("organisation_name") or row.get("name") if isinstance(row, dict) else None
    return name if isinstance(name, str) else ""


def _with_its_bank(place: FoodBankPlace, bank: FoodBankPlace | None) -> FoodBankPlace:
    """API 2 says of a location neither country, nor charity number, nor the food bank's own website: its food bank does."""
    if not place.place or bank is None:
        return place
    return replace(
        place,
        country=place.country or bank.country,
        charity_number=place.charity_number or bank.charity_number,
        website=bank.website or place.website,
        closed=place.closed or bank.closed,
    )
