"""What a person typed as a postcode, read by rule; and why one that is not in the live English list is not.

Shape: Royal Mail's published pattern. The list of live postcodes is in the snapshot, so being in it is decided there; these
rules only explain an absence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"^([A-Z]{1,2})\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}$")

# Postcode areas that lie wholly or nearly so outside England. A postcode of one that is in the live list is English all the same.
_OUTSIDE = {
    **dict.fromkeys(
        ["AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "ZE"], "Scotland"
    ),
    **dict.fromkeys(["CF", "LL", "NP", "SA"], "Wales"),
    "BT": "Northern Ireland",
    "IM": "the Isle of Man",
    "JE": "Jersey",
    "GY": "Guernsey",
}
_ASTRIDE = {"TD": "Scotland", "CA": "Scotland", "LD": "Wales", "SY": "Wales", "CH": "Wales", "HR": "Wales"}


@dataclass(frozen=True)
class Postcode:
    """A postcode as typed: its compact form, whether it has the shape of one, and where its area lies.

    area: the letters it begins with. outside: the country, where that area lies outside England. astride: the neighbour,
    where it lies on a border.
    """

    compact: str
    well_formed: bool
    area: str = ""
    outside: str | None = None
    astride: str | None = None

    @property
    def spoken(self) -> str:
        """With its space: RM9 6QD."""
        return f"{self.compact[:-3]} {self.compact[-3:]}" if self.well_formed else self.compact

    @property
    def sector(self) -> str:
        """The first half and the digit after it, without a space: RM96."""
        return self.compact[:-2]


def read(text: str) -> Postcode:
    """Read what a person typed: spaces, dashes and case do not matter, nor the letter O for a nought where a digit must stand."""
    compact = re.sub(r"[^A-Za-z0-9]", "", text).upper()
    if 5 <= len(compact) <= 7 and compact[-3] == "O":
        compact = f"{compact[:-3]}0{compact[-2:]}"
    match = _SHAPE.match(compact)
    if not match:
        return Postcode(compact, False)
    return Postcode(compact, True, match[1], _OUTSIDE.get(match[1]), _ASTRIDE.get(match[1]))


def why_not_found(postcode: Postcode, sector_is_live: bool) -> str:
    """A sentence for a postcode that is not in the live English list: not one at all, of another country, ended, or unknown."""
    if not postcode.well_formed:
        return "That is not a postcode. A postcode looks like RM9 6QD: letters and a number, a space, then a number and two letters."
    if postcode.outside:
        return f"{postcode.spoken} is in {postcode.outside}. This atlas covers England only."
    border = ""
    if postcode.astride:
        border = f" The {postcode.area} area reaches into {postcode.astride}, so it may also be there."
    if sector_is_live:
        return (
            f"{postcode.spoken} is not a live English postcode in the 2025 list, though its neighbours are: it has probably ended, or is newer "
            f"than the list.{border} Try a neighbour's postcode."
        )
    return f"No live English postcode begins {postcode.spoken[:-2]} in the 2025 list. Check it for a slip.{border}"
