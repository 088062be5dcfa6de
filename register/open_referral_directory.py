"""The listed partners as a feed needs them: a light entry for each service to search through, and the whole of those that a page shows.

Entries are kept in memory and follow the register: at each question only the partners that changed since are read again, so that a
withdrawn entry is gone at once and a register of 100,000 partners is not read whole for each page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Row, Select, select

from register.model import Activity, History, Partner, RegisterState
from register.open_referral import Offer, offers_of, terms_of, text_of
from register.open_referral_terms import FAITHS, Term, fixed_terms, term
from register.store import Register

_CHUNK = 500

_PARTNER, _ACTIVITY = Partner.__table__, Activity.__table__


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed service as a search sees it. point: easting and northing (EPSG:27700 metres), None for a sensitive site or no point."""

    service_id: str
    partner_id: str
    organization_id: str
    at_location_id: str | None
    text: str
    term_ids: frozenset[str]
    taxonomy_ids: frozenset[str]
    service_area: frozenset[str]
    point: tuple[float, float] | None
    modified: datetime
    last_confirmed: date | None
    tradition: str | None


class Directory(Protocol):
    """What the feed asks for. StoreError where the register cannot be read."""

    def entries(self) -> Sequence[Entry]:
        """Every listed service, by identifier."""

    def offers(self, service_ids: Iterable[str]) -> list[Offer]:
        """The services of these identifiers, whole and in this order; those that are listed no more are left out."""

    def at_location(self, at_location_id: str) -> Entry | None:
        """The listed service at a location with this identifier."""

    def terms(self) -> list[Term]:
        """Every term: of the closed lists, and the faith traditions that listed partners name."""


def entry_of(offer: Offer) -> Entry:
    """What a search needs to know of a service."""
    terms = [each for _, each in terms_of(offer)]
    partner = offer.partner
    placed = offer.point is not None
    grid = placed and partner.easting is not None and partner.northing is not None
    return Entry(
        service_id=offer.id,
        partner_id=partner.id,
        organization_id=offer.provider.id,
        at_location_id=offer.at_location_id if placed else None,
        text=text_of(offer),
        term_ids=frozenset(each.id for each in terms),
        taxonomy_ids=frozenset(each.taxonomy.id for each in terms),
        service_area=frozenset(partner.service_area),
        point=(cast(float, partner.easting), cast(float, partner.northing)) if grid else None,
        modified=offer.modified,
        last_confirmed=offer.last_confirmed,
        tradition=partner.tradition,
    )


@dataclass
class RegisterDirectory:
    """The listed partners of a register. Safe to share between threads."""

    register: Register
    _of_partner: dict[str, list[Entry]] = field(default_factory=dict, repr=False)
    _sorted: list[Entry] = field(default_factory=list, repr=False)
    _by_service: dict[str, Entry] = field(default_factory=dict, repr=False)
    _by_location: dict[str, Entry] = field(default_factory=dict, repr=False)
    _seen: tuple[str, int] | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def entries(self) -> Sequence[Entry]:
        """Every listed service as the register stands now, by identifier."""
        with self._lock:
            self._follow()
            return self._sorted

    def at_location(self, at_location_id: str) -> Entry | None:
        """The listed service at a location with this identifier."""
        with self._lock:
            self._follow()
            return self._by_location.get(at_location_id)

    def offers(self, service_ids: Iterable[str]) -> list[Offer]:
        """The services of these identifiers, read now and in this order; those that are listed no more are left out."""
        with self._lock:
            self._follow()
            wanted = [self._by_service[each] for each in service_ids if each in self._by_service]
        with self.register.reading() as connection:
            found = {offer.id: offer for offer in _read(connection, {entry.partner_id for entry in wanted})}
        return [found[entry.service_id] for entry in wanted if entry.service_id in found]

    def terms(self) -> list[Term]:
        """Every term: of the closed lists, and the faith traditions that listed partners name."""
        return terms_in(self.entries())

    def _follow(self) -> None:
        """Read again what changed since the last time; everything, the first time or where the register itself was exchanged."""
        with self.register.reading() as connection:
            state = connection.execute(select(RegisterState.register_id, RegisterState.revision)).one()
            now = (state.register_id, state.revision)
            if now == self._seen:
                return
            changed: set[str] | None = None
            if self._seen is None or self._seen[0] != now[0] or self._seen[1] > now[1]:
                self._of_partner = {}
            else:
                changed = _changed_since(connection, self._seen[1])
                if changed is None:
                    self._of_partner = {}
                for partner_id in changed or ():
                    self._of_partner.pop(partner_id, None)
            for offer in _read(connection, changed):
                self._of_partner.setdefault(offer.partner.id, []).append(entry_of(offer))
        self._sorted = sorted(
            (entry for entries in self._of_partner.values() for entry in entries), key=lambda entry: entry.service_id
        )
        self._by_service = {entry.service_id: entry for entry in self._sorted}
        self._by_location = {entry.at_location_id: entry for entry in self._sorted if entry.at_location_id}
        self._seen = now


def terms_in(entries: Iterable[Entry]) -> list[Term]:
    """Every term of the closed lists, and the faith traditions that these entries name."""
    traditions = sorted({entry.tradition for entry in entries if entry.tradition})
    return [*fixed_terms(), *(term(FAITHS, tradition) for tradition in traditions)]


def _changed_since(connection: Connection, revision: int) -> set[str] | None:
    """The partners that changed after a revision, and the named services that one of them provides.

    None for all: when a person's consent is withdrawn, their name is taken out of any text wherever it stands.
    """
    people = select(History.revision).where(History.revision > revision, History.entity == "person").limit(1)
    if connection.execute(people).first():
        return None
    touched = (
        select(History.partner_id)
        .where(History.revision > revision, History.entity.in_(("partner", "activity")))
        .distinct()
    )
    changed = {partner_id for partner_id in connection.execute(touched).scalars() if partner_id}
    for chunk in _chunks(sorted(changed)):
        changed |= set(connection.execute(select(_PARTNER.c.id).where(_PARTNER.c.provided_by_id.in_(chunk))).scalars())
    return changed


def _read(connection: Connection, partner_ids: set[str] | None) -> Iterator[Offer]:
    """The services of these partners, or of all: three queries for each few hundred partners.

    By id alone: with the status in the question as well, SQLite would look through every published partner for each few hundred.
    """
    every = _listed(select(_PARTNER.c.id))
    ids = list(connection.execute(every).scalars()) if partner_ids is None else sorted(partner_ids)
    for chunk in _chunks(ids):
        partners = list(connection.execute(select(_PARTNER).where(_PARTNER.c.id.in_(chunk))))
        activities: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(select(_ACTIVITY).where(_ACTIVITY.c.partner_id.in_(chunk))):
            activities.setdefault(row.partner_id, []).append(row)
        providing = {row.provided_by_id for row in partners if row.provided_by_id}
        providers = {}
        if providing:
            query = select(_PARTNER).where(_PARTNER.c.id.in_(providing))
            providers = {row.id: row for row in connection.execute(query)}
        for row in partners:
            own = cast("list[Activity]", activities.get(row.id, []))
            yield from offers_of(cast(Partner, row), own, cast("Partner | None", providers.get(row.provided_by_id)))


def _listed(query: Select[Any]) -> Select[Any]:
    """The rule of `open_referral.may_be_listed` in SQL, so that most rows need not be read; the rule itself is asked again of each."""
    return query.where(
        _PARTNER.c.status == "published",
        _PARTNER.c.example.is_(False),
        _PARTNER.c.listed_on.is_not(None),
        _PARTNER.c.listed_how.is_not(None),
    )


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
