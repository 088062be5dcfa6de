"""The gazetteer: every area a person may name, from a region to one LSOA, and which LSOAs it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

ENGLAND = "E92000001"

# Level → (code column, name column, how people call one). Order decides which area a shared name means first.
LEVELS: dict[str, tuple[str, str, str]] = {
    "region": ("rgncd", "rgnnm", "region"),
    "icb26": ("icb26cd", "icb26nm", "system (Integrated Care Board of April 2026)"),
    "icb24": ("icb24cd", "icb24nm", "system (Integrated Care Board of April 2024)"),
    "lad24": ("lad24cd", "lad24nm", "place (local authority)"),
    "sub_icb24": ("sicbl24cd", "sicbl24nm", "sub-ICB location of April 2024"),
    "sub_icb26": ("sicbl26cd", "sicbl26nm", "sub-ICB location of April 2026"),
    "pcn": ("leading_pcn_code", "leading_pcn_name", "neighbourhood (Primary Care Network footprint)"),
    "ward": ("wd24cd", "wd24nm", "ward of 2024"),
    "msoa": ("msoa21cd", "msoa21hclnm", "middle layer area (MSOA)"),
    "lsoa": ("lsoa21cd", "lsoa21nm", "small area (LSOA)"),
}


def system_name(name: str) -> str:
    """An ICB as people say it: "NHS Greater Manchester Integrated Care Board" → "NHS Greater Manchester"."""
    return name.removesuffix(" Integrated Care Board")


def _fold(name: str) -> str:
    """A name without what people leave out or write otherwise: case, punctuation, & for and."""
    return " ".join(
        "".join(letter if letter.isalnum() else " " for letter in name.replace("&", " and ").casefold()).split()
    )


@dataclass(frozen=True)
class Place:
    """One area: its code, its name as people say it, its level (a key of LEVELS, or "england")."""

    code: str
    name: str
    level: str

    @property
    def kind(self) -> str:
        """How people call an area of this level."""
        return "country" if self.level == "england" else LEVELS[self.level][2]


class PlaceNotFoundError(LookupError):
    """No area of that code or name. `nearest` holds the names most like it."""

    def __init__(self, text: str, nearest: list[str]) -> None:
        self.text, self.nearest = text, nearest
        hint = f" Did you mean {'; '.join(nearest)}?" if nearest else ""
        super().__init__(f"No place is called {text!r}.{hint}")


class Gazetteer:
    """Finds areas by code or name. areas: the small-area table with leading_pcn_code and leading_pcn_name."""

    def __init__(self, areas: pd.DataFrame) -> None:
        self._areas = areas
        frames = []
        for level, (code, name, _) in LEVELS.items():
            columns = [code, name] + (["lad24nm"] if level in ("ward", "msoa") else [])
            frame = areas[columns].drop_duplicates(code).set_axis(["code", "name", *columns[2:]], axis=1)
            frames.append(frame.assign(level=level))
        listed = pd.concat(frames, ignore_index=True)
        systems = listed["level"].isin(["icb24", "icb26"])
        listed.loc[systems, "name"] = listed.loc[systems, "name"].map(system_name)
        unique = listed.drop_duplicates("code")
        # Plain dictionaries and whole numbers: a page asks for hundreds of places at every rerun, and comparing strings is what that costs.
        self._codes: dict[str, tuple[str, str]] = dict(
            zip(
                unique["code"].tolist(),
                zip(unique["name"].tolist(), unique["level"].tolist(), strict=True),
                strict=True,
            )
        )
        self._people = areas["pop_mid2022"].to_numpy(dtype=float)
        self._numbers: dict[str, npt.NDArray[np.intp]] = {}
        self._listed: dict[str, list[str]] = {}
        for level, (code, _, _) in LEVELS.items():
            self._numbers[level], uniques = pd.factorize(areas[code])
            self._listed[level] = uniques.tolist()
        self._number_of = {
            level: {code: number for number, code in enumerate(codes)} for level, codes in self._listed.items()
        }
        self._names = listed
        # A code of 2025 that differs (Barnsley, Sheffield), and NHS codes of systems, mean the same areas.
        other = [areas[["lad25cd", "lad24cd"]], areas[["icb24cdh", "icb24cd"]], areas[["sicbl24cdh", "sicbl24cd"]]]
        pairs = pd.concat([pair.drop_duplicates().set_axis(["other", "code"], axis=1) for pair in other])
        self._other = dict(zip(pairs["other"], pairs["code"], strict=True))

    @cached_property
    def _folded(self) -> pd.Series:
        """Every name without what people leave out; only a name that is typed needs them."""
        return self._names["name"].map(_fold)

    def place(self, code: str) -> Place:
        """The area of a code. PlaceNotFoundError when there is none."""
        if code == ENGLAND:
            return Place(ENGLAND, "England", "england")
        code = code if code in self._codes else self._other.get(code, code)
        if code not in self._codes:
            raise PlaceNotFoundError(code, [])
        return Place(code, *self._codes[code])

    def find(self, text: str) -> Place:
        """The area that a person means by a code or a name (case does not matter). PlaceNotFoundError names the nearest."""
        wanted = " ".join(text.split())
        if wanted.casefold() == "england" or not wanted:
            return self.place(ENGLAND)
        try:
            return self.place(wanted.upper())
        except PlaceNotFoundError:
            pass
        folded = _fold(wanted)
        for candidate in (folded, f"nhs {folded}", f"{folded} pcn"):
            rows = np.flatnonzero(self._folded == candidate)
            if len(rows):
                return self.place(str(self._names["code"].iloc[rows[0]]))
        raise PlaceNotFoundError(wanted, self.nearest_names(wanted))

    def nearest_names(self, text: str, limit: int = 3) -> list[str]:
        """The names most like a text, wider areas first where they tie."""
        wide = self._names[self._names["level"] != "lsoa"]
        found = process.extract(
            _fold(text), self._folded[wide.index].tolist(), scorer=fuzz.ratio, limit=12, score_cutoff=50
        )
        names = dict.fromkeys(
            f"{wide['name'].iloc[position]} ({wide['code'].iloc[position]})" for _, _, position in found
        )
        return list(names)[:limit]

    def mask(self, place: Place) -> npt.NDArray[np.bool_]:
        """Which rows of the small-area table lie in a place; a PCN holds the LSOAs where it leads."""
        if place.level == "england":
            return np.ones(len(self._areas), dtype=bool)
        return self._numbers[place.level] == self._number_of[place.level].get(place.code, -2)

    def children(self, place: Place, level: str) -> list[Place]:
        """The areas of a level that overlap a place, by name."""
        numbers = np.unique(self._numbers[level][self.mask(place)])
        return sorted(
            (self.place(self._listed[level][number]) for number in numbers if number >= 0), key=lambda child: child.name
        )

    def parent(self, place: Place, level: str) -> Place:
        """The area of a level that holds most of a place's people (itself at its own level)."""
        if place.level == "england":
            return place
        inside = self.mask(place)
        numbers = self._numbers[level][inside]
        people = np.bincount(numbers[numbers >= 0], weights=self._people[inside][numbers >= 0])
        return self.place(self._listed[level][int(people.argmax())])
