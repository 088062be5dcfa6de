"""Where things are, from the atlas, for what the register itself has no map for: imports, and the Open Referral feed. No screen here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis import postcodes
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from data_loaders.placing import FAR_AWAY, NOUGHT
from presentation.open_referral_feed import PostcodeUnknownError
from presentation.open_referral_search import Whereabouts
from register.exchange_plan import Placed

_LEVELS = ("region", "sub_icb24", "icb24", "icb26", "lad24", "pcn")
_SMALL = (("lsoa21cd", "lsoa21nm"), ("msoa21cd", "msoa21hclnm"), ("wd24cd", "wd24nm"))
_CODES = (
    "lsoa21cd",
    "msoa21cd",
    "wd24cd",
    "lad24cd",
    "lad25cd",
    "rgncd",
    "sicbl24cd",
    "sicbl26cd",
    "icb24cd",
    "icb26cd",
    "leading_pcn_code",
)
_ENGLAND = "E92000001"
_FAR = "The point is over 25 km from any English postcode. Check the numbers, and that neither pair is swapped."
_SAID = {FAR_AWAY: _FAR, NOUGHT: f"{_FAR} It is 0, 0, which software writes where there is none."}


@dataclass(frozen=True, eq=False)
class AtlasPlaces:
    """The atlas as `register.exchange_plan.Places`, and for the feed."""

    atlas: Atlas

    @cached_property
    def _names(self) -> dict[str, str]:
        """Code → name, for every level that people use as a service area."""
        found: dict[str, str] = {_ENGLAND: "England"}
        for code, name in _SMALL:
            unique = self.atlas.areas[[code, name]].drop_duplicates(code)
            found |= dict(zip(unique[code], unique[name], strict=True))
        for level in _LEVELS:
            found |= self.atlas.names(level)
        found |= dict(self.atlas.counties.values())
        return found

    def by_postcode(self, wanted: Sequence[str]) -> Mapping[str, Placed | str]:
        """Postcodes as written → where each is, or a sentence that says why it cannot be placed."""
        return {text: self._postcode(text) for text in wanted}

    def _postcode(self, text: str) -> Placed | str:
        try:
            found = self.atlas.postcode(postcodes.read(text))
        except PostcodeNotFoundError as error:
            return str(error)
        return self._placed(float(found.easting), float(found.northing), found.lsoa21cd)

    def at(self, easting: float, northing: float) -> Placed | str:
        """A point of the British National Grid, in the LSOA that holds it; a sentence where it is not in England."""
        found = self.atlas.placing.of_points([easting], [northing]).iloc[0]
        return self._found(found, easting, northing)

    def at_degrees(self, longitude: float, latitude: float) -> Placed | str:
        """A point in degrees; a sentence where it is not in England."""
        found = self.atlas.placing.of_degrees([longitude], [latitude]).iloc[0]
        return self._found(found, float(found["easting"]), float(found["northing"]))

    def _found(self, found: pd.Series, easting: float, northing: float) -> Placed | str:
        """What `Placing` found of one point: where it is, or a sentence that says why it cannot be placed."""
        if isinstance(found["problem"], str):
            problem = str(found["problem"])
            return _SAID.get(problem, f"{problem[:1].upper()}{problem[1:]}.")
        return self._placed(easting, northing, str(found["lsoa21cd"]))

    def _placed(self, easting: float, northing: float, lsoa21cd: str) -> Placed:
        longitude, latitude = self.atlas.to_degrees(easting, northing)
        lad24cd = str(self.atlas.areas["lad24cd"].iloc[self.atlas.row(lsoa21cd)])
        return Placed(easting, northing, longitude, latitude, lsoa21cd, lad24cd)

    def whereabouts(self, postcode: str) -> Whereabouts:
        """A postcode's point and the codes of every area that holds it, for the feed. PostcodeUnknownError says why not."""
        try:
            found = self.atlas.postcode(postcodes.read(postcode))
        except PostcodeNotFoundError as error:
            raise PostcodeUnknownError(str(error)) from error
        row = self.atlas.areas.iloc[self.atlas.row(found.lsoa21cd)]
        codes = {str(row[name]) for name in _CODES if row[name] is not None}
        county = self.atlas.counties.get(str(row["lad24cd"]))
        return Whereabouts(
            found.easting, found.northing, frozenset({*codes, _ENGLAND, *(county[:1] if county else ())})
        )

    def area_name(self, code: str) -> str:
        """The name of an area as people say it; its code where it is not one that the atlas knows."""
        return self._names.get(code, code)
