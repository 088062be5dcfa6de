"""Partners as Open Referral UK objects (HSDS-UK 3.0): Organization, Service, Location and ServiceAtLocation. The way out.

Mapping (docs/open-referral.md has the table). A listed partner is an Organization; each of its published activities is a Service, and a
partner without any is one Service itself. A partner's point is a Location, shared by all that name the same mapped place; its service
area is `service_areas`. `assured_date` is *last confirmed*. What a service is about goes in `attributes[].taxonomy_term`.

Never here: stages, commitments, channels, named people, funding, stories, notes, drafts, published examples, or any point of a
sensitive site. What is not recorded is left out rather than sent empty, as HSDS asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from register.derived import folded
from register.model import Activity, Partner
from register.open_referral_terms import (
    ACTIVITIES,
    CLINICAL_AREAS,
    FAITH_ORGANISATIONS,
    FAITHS,
    ORGANISATIONS,
    PLUS,
    Term,
    attribute,
    identifier,
    term,
)

Json = dict[str, Any]
AreaName = Callable[[str], str]

_ONS = "http://statistics.data.gov.uk/id/statistical-geography/"


def may_be_listed(partner: Partner) -> bool:
    """Whether a partner may leave the register as open data: published, agreed to be listed, and no example from a report."""
    return (
        partner.status == "published"
        and not partner.example
        and partner.listed_on is not None
        and bool(partner.listed_how)
    )


@dataclass(frozen=True)
class Offer:
    """One service: a partner's activity, or the partner as a whole where `activity` is None. provider: whose service it is."""

    partner: Partner
    activity: Activity | None
    provider: Partner

    @property
    def id(self) -> str:
        """The service's identifier: the record's own."""
        return self.activity.id if self.activity else self.partner.id

    @property
    def name(self) -> str:
        """The service's name."""
        return self.activity.name if self.activity else self.partner.name

    @property
    def last_confirmed(self) -> date | None:
        """The activity's own confirmation, or the partner's where the activity has none."""
        own = self.activity.last_confirmed if self.activity else None
        return own or self.partner.last_confirmed

    @property
    def modified(self) -> datetime:
        """When the service, or whoever gives it, was last changed."""
        records = (self.partner, self.provider, *((self.activity,) if self.activity else ()))
        return max(record.updated_at for record in records)

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude (EPSG:4326), or None: a sensitive site has no point, whatever its record holds."""
        if self.partner.sensitive or self.partner.longitude is None or self.partner.latitude is None:
            return None
        return self.partner.longitude, self.partner.latitude

    @property
    def location_id(self) -> str:
        """The location's identifier: one building is one location, however many services it hosts."""
        return identifier("location", self.partner.asset_id or self.partner.id)

    @property
    def at_location_id(self) -> str:
        """The identifier of the service at its location."""
        return identifier("service_at_location", self.id, self.location_id)


def offers_of(partner: Partner, activities: Sequence[Activity], provider: Partner | None = None) -> list[Offer]:
    """The services of a partner; none where it may not be listed. provider: whoever provides a named service, if they may be listed."""
    if not may_be_listed(partner):
        return []
    who = provider if provider is not None and may_be_listed(provider) else partner
    published = sorted((each for each in activities if each.status == "published"), key=lambda each: each.id)
    return [Offer(partner, each, who) for each in published] or [Offer(partner, None, who)]


def terms_of(offer: Offer) -> list[tuple[str, Term]]:
    """(link type, term) for all that is recorded of what a service is about, whom it is for and who gives it."""
    partner, activity = offer.partner, offer.activity
    found: list[tuple[str, Term]] = []
    if activity:
        found += [("service type", term(CLINICAL_AREAS, value)) for value in activity.clinical_areas]
        found += [("intended audience", term(PLUS, value)) for value in activity.plus_groups]
        if activity.activity_group:
            found.append(("service type", term(ACTIVITIES, activity.activity_group)))
    if partner.organisation_type:
        found.append(("organisation", term(ORGANISATIONS, partner.organisation_type)))
    if partner.faith_kind:
        found.append(("organisation", term(FAITH_ORGANISATIONS, partner.faith_kind)))
    if partner.tradition:
        found.append(("organisation", term(FAITHS, partner.tradition)))
    return found


def status_of(offer: Offer, today: date) -> str:
    """HSDS status: inactive once an activity has ended; a service that nobody has confirmed of late is active with an old date."""
    ended = offer.activity is not None and offer.activity.ends is not None and offer.activity.ends < today
    return "inactive" if ended else "active"


def text_of(offer: Offer) -> str:
    """What a search looks through: names, descriptions and terms, folded to small letters without accents."""
    partner, activity = offer.partner, offer.activity
    parts = [partner.name, *partner.also_known_as, partner.description, partner.focus, offer.provider.name]
    if activity:
        parts += [activity.name, activity.description, activity.limits]
    parts += [each.name for _, each in terms_of(offer)]
    return folded("\n".join(part for part in parts if part))


def described(partner: Partner) -> str:
    """An Organization must describe itself; one that does not is described by its kind."""
    kind = partner.organisation_type or partner.kind
    return partner.description or partner.focus or f"{kind[:1].upper()}{kind[1:]}."


def _given(**fields: Any) -> Json:
    """Only what is known."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _web(address: str | None) -> str | None:
    """An address of the web as a URI."""
    if not address:
        return None
    return address if address.lower().startswith(("http://", "https://")) else f"https://{address}"


def organization_object(partner: Partner) -> Json:
    """The Organization, without what is one-to-many."""
    return _given(
        id=partner.id,
        name=partner.name,
        description=described(partner),
        email=partner.public_email,
        website=_web(partner.website),
    )


def location_object(offer: Offer) -> Json | None:
    """The Location, or None without a point. Coordinates to six decimals, about a tenth of a metre."""
    if offer.point is None:
        return None
    asset = offer.partner.asset_id
    return _given(
        id=offer.location_id,
        location_type="physical",
        name=None if asset else offer.partner.name,
        latitude=round(offer.point[1], 6),
        longitude=round(offer.point[0], 6),
        external_identifier=asset,
        external_identifier_type="Mapped place of Common Ground" if asset else None,
    )


def service_description(offer: Offer) -> str:
    """What a service says of itself, its times, capacity and limits in the partner's own words."""
    activity = offer.activity
    if activity is None:
        return described(offer.partner)
    own_words = (("When", activity.when_held), ("Capacity", activity.capacity), ("Limits", activity.limits))
    parts = [activity.description, *(f"{label}: {text}" for label, text in own_words if text)]
    return "\n".join(part for part in parts if part) or f"{activity.name}, given by {offer.partner.name}."


def moment(when: datetime) -> str:
    """A moment as HSDS writes it: UTC, to the millisecond."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def service_row(offer: Offer, today: date) -> Json:
    """The Service as lists have it: one-to-one fields and its Organization."""
    confirmed = offer.last_confirmed
    return _given(
        id=offer.id,
        organization_id=offer.provider.id,
        name=offer.name,
        description=service_description(offer),
        url=_web(offer.partner.website),
        email=offer.partner.public_email,
        status=status_of(offer, today),
        assured_date=confirmed.isoformat() if confirmed else None,
        last_modified=moment(offer.modified),
        organization=organization_object(offer.provider),
    )


def _service_areas(offer: Offer, area_name: AreaName) -> list[Json]:
    return [
        _given(
            id=identifier("service_area", offer.id, code),
            service_id=offer.id,
            name=area_name(code),
            uri=f"{_ONS}{code}" if code.startswith("E") else None,
        )
        for code in offer.partner.service_area
    ]


def _nested(offer: Offer, area_name: AreaName) -> Json:
    """What a whole Service has besides its row, apart from its location."""
    return _given(
        service_areas=_service_areas(offer, area_name),
        attributes=[attribute(offer.id, link_type, each) for link_type, each in terms_of(offer)],
    )


def service_object(offer: Offer, today: date, area_name: AreaName) -> Json:
    """The Service whole. area_name: an area's code → its name."""
    location = location_object(offer)
    at = _given(id=offer.at_location_id, service_id=offer.id, location_id=offer.location_id, location=location)
    return (
        service_row(offer, today) | _nested(offer, area_name) | _given(service_at_locations=[at] if location else None)
    )


def at_location_row(offer: Offer, today: date) -> Json:
    """The ServiceAtLocation as lists have it. Only for an offer with a point."""
    return {"id": offer.at_location_id, "location": location_object(offer), "service": service_row(offer, today)}


def at_location_object(offer: Offer, today: date, area_name: AreaName) -> Json:
    """The ServiceAtLocation whole. Only for an offer with a point."""
    return {
        "id": offer.at_location_id,
        "service_id": offer.id,
        "location_id": offer.location_id,
        "location": location_object(offer),
        "service": service_row(offer, today) | _nested(offer, area_name),
    }
