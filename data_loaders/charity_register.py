"""The register of charities in England and Wales: organisations and where they work, from the Charity Commission's public extract. OGL v3.0.

Three tables, each in a zip, new every day: `charity`, `charity_classification`, `charity_area_of_operation`. A charity has no point here,
ever: its contact address may be a trustee's home, so the columns for address, postcode, telephone and email are not among those that are
read (COLUMNS), and a place of its own comes only from somebody who knows it. The trustees' description is not read either: people write
addresses and telephone numbers into it.
https://register-of-charities.charitycommission.gov.uk/en/register/full-register-download
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.charity_areas import Area, AreaNames, operates
from data_loaders.charity_words import Meaning, meaning
from data_loaders.errors import AnswerCutShortError, AnswerTooLargeError, SourceError, UnexpectedAnswerError
from data_loaders.http_session import Answer, HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.placing import Placing
from data_loaders.websites import public_website
from data_loaders.zipped_tables import Bounds, Row, TableProblemError, rows

NAME = "Charity Commission"
ADDRESS = "https://ccewuksprdoneregsadata1.blob.core.windows.net/data/json/"
LICENCE = "OGL v3.0"
CATEGORY = "charity"
LIMITS = Limits(read=120.0, total=600.0, attempts=3, most_bytes=250_000_000)
"""For `session`. The three zips are tens of megabytes each, and the tables in them hundreds."""

COLUMNS = {
    "charity": (
        "date_of_extract",
        "organisation_number",
        "registered_charity_number",
        "linked_charity_number",
        "charity_name",
        "charity_registration_status",
        "charity_contact_web",
    ),
    "charity_classification": ("organisation_number", "classification_code"),
    "charity_area_of_operation": ("organisation_number", "geographic_area_type", "geographic_area_description", "welsh_ind"),
}
"""What is read of each table: nothing else of a row is kept, even while it is read."""

ABOUT = AssetSource(
    key="charities",
    title="Register of charities in England and Wales",
    publisher="Charity Commission for England and Wales",
    licence=LICENCE,
    attribution="Contains information from the Charity Commission for England and Wales licensed under the Open Government Licence v3.0.",
    address="https://register-of-charities.charitycommission.gov.uk/en/register/full-register-download",
    categories=(CATEGORY,),
    by_place=False,
    weak_spots=(
        "Organisations, not places: where a charity works is what it ticked, by county or large authority, and no address of it is used.",
        "Small charities (income up to £5,000), excepted churches and groups that are no charity are mostly not registered.",
        "What a charity does and for whom is what it ticked; nobody checks it, and its tradition is not among the choices.",
    ),
)
T = TypeVar("T")


@dataclass
class _Charity:
    number: str
    name: str
    website: str | None
    codes: set[int] = field(default_factory=set)
    areas: list[Area] = field(default_factory=list)


@dataclass
class _Extract:
    """What the tables gave so far. charities: by organisation number. row: where each stands. aside: rows that cannot be used."""

    charities: dict[int, _Charity] = field(default_factory=dict)
    row: dict[int, int] = field(default_factory=dict)
    aside: list[tuple[str, str, str]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    published: str = ""


def session(kept: KeptAnswers | None = None) -> HttpSession:
    """A session with this source's limits. kept: where good answers are kept, to stand in on the day that there are none."""
    return HttpSession(NAME, kept, LIMITS)


def fetch(
    session: HttpSession,
    placing: Placing,
    names: AreaNames,
    *,
    within: Collection[str] | None = None,
    addresses: Sequence[str] = (ADDRESS,),
    bounds: Bounds | None = None,
) -> AssetsRead:
    """Ask for the three tables, one after another, and read them. See `read` for names and within; addresses end in a slash.

    placing: not used, for a charity is not placed; all sources take it. Raises a SourceUnavailableError where a table is neither to be had
    nor kept: without its areas or its classification a charity would seem to have none.
    """
    extract = _Extract()
    answers: list[Answer[_Extract]] = []
    for table, add in _STEPS.items():
        hosts = [f"{address}publicextract.{table}.zip" for address in addresses]
        before = extract

        def take(body: bytes, table: str = table, add: _Add = add, before: _Extract = before) -> _Extract:
            return _heard(lambda: add(before, rows(body, COLUMNS[table], bounds)))

        answers.append(session.get(hosts, [], take))
        extract = answers[-1].value
    stale = next((answer.problem.sentence for answer in answers if answer.problem is not None), "")
    return replace(
        _assets(extract, names, within), asked_at=min(answer.asked_at for answer in answers), stale_because=stale
    )


def read(
    folder: Path | dict[str, bytes],
    placing: Placing,
    names: AreaNames,
    *,
    within: Collection[str] | None = None,
    bounds: Bounds | None = None,
) -> AssetsRead:
    """Read the extract from a folder with its zips (`publicextract.charity.zip` and so on; JSON or text with tabs), or bytes by table.

    names: what the register's names of areas mean. within: codes of authorities (lad24cd); by default every charity that works in England,
    else those alone that name one of these among where they work. found counts registered main charities (of those, within): removed and
    linked ones are told in the notes. Raises SourceError for a file that is missing, not whole, of another form or over the bounds.
    """
    extract = _Extract()
    for table, add in _STEPS.items():
        name = f"publicextract.{table}.zip"
        try:
            if isinstance(folder, Path):
                with (folder / name).open("rb") as file:
                    extract = add(extract, rows(file, COLUMNS[table], bounds))
            else:
                extract = add(extract, rows(folder[table], COLUMNS[table], bounds))
        except TableProblemError as error:
            raise SourceError(name, f"it is {error.found}", error.expected, f"Fetch it again from {ABOUT.address}") from error
        except (OSError, KeyError) as error:
            raise SourceError(name, f"the file cannot be opened ({error})", "the three tables of the extract", "Check the folder.") from error
    return _assets(extract, names, within)


def _heard(read_it: Callable[[], T]) -> T:
    """What a table gave, or its problem as one of the publisher's."""
    try:
        return read_it()
    except TableProblemError as error:
        if error.over:
            raise AnswerTooLargeError(NAME, error.over, f"{error}: {error.details}") from error
        if error.cut:
            raise AnswerCutShortError(NAME, f"{error}: {error.details}") from error
        raise UnexpectedAnswerError(NAME, error.found, error.expected, error.details) from error


def _add_charities(before: _Extract, table: Iterable[Row]) -> _Extract:
    """A new extract with the registered main charities. A bad row is set aside and never sinks the table."""
    extract = _Extract()
    for number, row in enumerate(table, start=1):
        organisation, charity = _whole(row.get("organisation_number")), _whole(row.get("registered_charity_number"))
        name = _text(row.get("charity_name"))
        if not row:
            extract.aside.append((f"charity {number}", "", "its row has another number of cells than the heading"))
        elif _text(row.get("charity_registration_status")).casefold() != "registered":
            extract.passed_over["removed from the register"] += 1
        elif _whole(row.get("linked_charity_number")) != 0:
            extract.passed_over["linked to another charity, which is counted"] += 1
        elif organisation is None or charity is None or not name:
            extract.aside.append((f"charity {number}", name, "it has no name or no number"))
        elif organisation in extract.charities:
            extract.aside.append((f"charity {number}", name, "its organisation number comes again"))
        else:
            extract.charities[organisation] = _Charity(str(charity), name, public_website(row.get("charity_contact_web")))
            extract.row[organisation] = number
        extract.published = extract.published or _day(row.get("date_of_extract"))
    if not extract.charities:
        raise TableProblemError("a table without one registered charity", "the register")
    return extract


def _add_classification(before: _Extract, table: Iterable[Row]) -> _Extract:
    found: dict[int, set[int]] = {}
    for row in table:
        organisation, code = _whole(row.get("organisation_number")), _whole(row.get("classification_code"))
        if organisation in before.charities and code is not None:
            found.setdefault(organisation, set()).add(code)
    if not found:
        raise TableProblemError("a table without a code for any of the charities", "their classification")
    return replace(before, charities={key: replace(one, codes=found.get(key, set())) for key, one in before.charities.items()})


def _add_areas(before: _Extract, table: Iterable[Row]) -> _Extract:
    found: dict[int, list[Area]] = {}
    known: dict[tuple[object, ...], Area] = {}
    for row in table:
        organisation = _whole(row.get("organisation_number"))
        key = (row.get("geographic_area_type"), row.get("geographic_area_description"), row.get("welsh_ind"))
        if organisation in before.charities and _text(key[1]):
            area = known.setdefault(key, Area(_text(key[0]), _text(key[1]), str(key[2]).strip().casefold() in ("true", "1", "y")))
            found.setdefault(organisation, []).append(area)
    if not found:
        raise TableProblemError("a table without an area for any of the charities", "where they work")
    return replace(before, charities={key: replace(one, areas=found.get(key, [])) for key, one in before.charities.items()})


_Add = Callable[[_Extract, Iterable[Row]], _Extract]
_STEPS: dict[str, _Add] = {
    "charity": _add_charities,
    "charity_classification": _add_classification,
    "charity_area_of_operation": _add_areas,
}


def _assets(extract: _Extract, names: AreaNames, within: Collection[str] | None) -> AssetsRead:
    wanted = None if within is None else frozenset(within)
    records: list[dict[str, str | None]] = []
    aside = list(extract.aside)
    unknown: Counter[str] = Counter()
    elsewhere = 0
    said: dict[frozenset[int], Meaning] = {}
    for organisation, charity in extract.charities.items():
        where = operates(charity.areas, names)
        if wanted is not None and wanted.isdisjoint(where.codes):
            elsewhere += 1
            continue
        unknown.update(where.unknown)
        if where.codes:
            codes = frozenset(charity.codes)
            means = said.get(codes) or said.setdefault(codes, meaning(codes))
            records.append(_record(charity, means, "; ".join(where.codes), where.lad24cd))
        else:
            aside.append((f"charity {extract.row[organisation]}", charity.name, _why_nowhere(where.outside, where.unknown)))
    frame = pd.DataFrame(records, columns=_RECORD).assign(
        category=CATEGORY, position_quality="not located", source=ABOUT.publisher, licence=LICENCE, source_date=extract.published or None
    )
    notes = [f"{number:,} rows are {why}." for why, number in extract.passed_over.items()]
    if unknown:
        told = ", ".join(f"{name} ({number:,})" for name, number in unknown.most_common(20))
        notes.append(f"Names of areas that mean no place in this atlas, with how many charities name each: {told}.")
    if wanted is not None:
        notes.append(f"{elsewhere:,} charities name none of the authorities asked for.")
    set_aside = pd.DataFrame(aside, columns=["row", "name", "problem"])
    frame = frame.sort_values("asset_id", ignore_index=True)
    return AssetsRead(ABOUT, frame, set_aside, len(frame) + len(set_aside), extract.published, notes=tuple(notes))


_RECORD = [
    "asset_id", "name", "organisation_type", "description", "activity_groups", "who_for", "space", "service_area", "charity_number",
    "website", "lad24cd",
]  # fmt: skip


def _record(charity: _Charity, means: Meaning, service_area: str, lad24cd: str | None) -> dict[str, str | None]:
    return {
        "asset_id": f"charities/{charity.number}",
        "name": charity.name,
        "organisation_type": means.organisation_type,
        "description": means.description,
        "activity_groups": means.activity_groups,
        "who_for": means.who_for,
        "space": means.space,
        "service_area": service_area,
        "charity_number": charity.number,
        "website": charity.website,
        "lad24cd": lad24cd,
    }


def _why_nowhere(outside: tuple[str, ...], unknown: tuple[str, ...]) -> str:
    if unknown:
        return f"the area where it works means no place in this atlas: {', '.join(unknown[:5])}"
    return "it works outside England alone" if outside else "it names no area where it works"


def _text(value: object) -> str:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    """A whole number, as JSON has it or as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**9 else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII) else None


def _day(value: object) -> str:
    text = _text(value)[:10]
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else ""
