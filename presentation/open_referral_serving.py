"""The Open Referral feed as the server mounts it: the register and the atlas are opened when somebody first asks. No screen here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from starlette.routing import Mount, Route

from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError, SnapshotError
from presentation.open_referral_feed import routes
from presentation.open_referral_search import Whereabouts
from presentation.register_places import AtlasPlaces
from presentation.request_limits import RequestLimits
from register.errors import UnreachableError
from register.open_referral import Offer
from register.open_referral_directory import Entry, RegisterDirectory, terms_in
from register.open_referral_terms import Term
from register.store import Register

OpenRegister = Callable[[], Register | None]


@dataclass
class ServedRegister:
    """What the feed asks for, of a register and an atlas that are opened at the first question. UnreachableError where they cannot be.

    open_register: gives None where no register is kept: then nothing is listed.
    """

    open_register: OpenRegister
    open_atlas: Callable[[], Atlas]
    _directory: RegisterDirectory | None = field(default=None, repr=False)
    _places: AtlasPlaces | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def entries(self) -> Sequence[Entry]:
        """Every listed service, by identifier."""
        directory = self._opened()
        return directory.entries() if directory else []

    def offers(self, service_ids: Iterable[str]) -> list[Offer]:
        """The services of these identifiers, whole and in this order."""
        directory = self._opened()
        return directory.offers(service_ids) if directory else []

    def at_location(self, at_location_id: str) -> Entry | None:
        """The listed service at a location with this identifier."""
        directory = self._opened()
        return directory.at_location(at_location_id) if directory else None

    def terms(self) -> list[Term]:
        """Every term in use."""
        return terms_in(self.entries())

    def whereabouts(self, postcode: str) -> Whereabouts:
        """Where a postcode is."""
        return self._atlas().whereabouts(postcode)

    def area_name(self, code: str) -> str:
        """The name of an area."""
        return self._atlas().area_name(code)

    def _opened(self) -> RegisterDirectory | None:
        with self._lock:
            try:
                register = self.open_register()
            except SettingError as error:
                raise UnreachableError(str(error)) from error
            if register is None:
                self._directory = None
            elif self._directory is None or self._directory.register is not register:
                self._directory = RegisterDirectory(register)
            return self._directory

    def _atlas(self) -> AtlasPlaces:
        with self._lock:
            if self._places is None:
                try:
                    self._places = AtlasPlaces(self.open_atlas())
                except SnapshotError as error:
                    raise UnreachableError(str(error)) from error
            return self._places


def served(
    open_register: OpenRegister, open_atlas: Callable[[], Atlas], limits: RequestLimits | None = None
) -> list[Mount | Route]:
    """The routes for `st.App(routes=…)`: `st.App(…, routes=served(register_cache.open_for_all, atlas_cache.open_atlas))`."""
    source = ServedRegister(open_register, open_atlas)
    return routes(source, source.whereabouts, source.area_name, limits=limits)
