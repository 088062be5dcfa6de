"""Rules that take several fields of a record together. Each function takes the whole record as it would stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from register.errors import FieldProblem
from register.model import POINT_FIELDS
from register.model_assets import SITE_FIELDS
from register.private_links import holds_invitation

_SMALLER_THAN_A_PLACE = ("E01",)
_WHERE = tuple(name for name in SITE_FIELDS if name != "position_quality")


def partner(row: Mapping[str, Any]) -> list[FieldProblem]:
    """It has a place; a point is whole; a sensitive site has an area only; an example says where it is published."""
    found = _confirmed(row) + _whole_point(row)
    point = row.get("easting") is not None or row.get("longitude") is not None
    if row.get("sensitive"):
        told = [name for name in POINT_FIELDS if row.get(name) is not None]
        if told:
            found.append(
                FieldProblem(
                    told[0],
                    "A sensitive site keeps an area, never a point: take out its position, its mapped place and its LSOA.",
                )
            )
        if any(code.startswith(_SMALLER_THAN_A_PLACE) for code in row.get("service_area") or ()):
            found.append(
                FieldProblem("service_area", "The area of a sensitive site is an authority or larger, not an LSOA.")
            )
    if not point and not row.get("service_area") and not (row.get("sensitive") and row.get("lad24cd")):
        hint = " The mapped place has a point: give that." if row.get("asset_id") else ""
        found.append(
            FieldProblem(
                "service_area",
                f"The partner has no place. Give its point, or the areas that it serves (such as E09000030).{hint}",
            )
        )
    if row.get("example") and not (row.get("example_source") and row.get("example_date")):
        found.append(FieldProblem("example_source", "A published example says where it was published and when."))
    if bool(row.get("listed_on")) != bool(row.get("listed_how")):
        found.append(
            FieldProblem(
                "listed_how", "An agreement to be listed in public directories has both a day and how it was given."
            )
        )
    if row.get("provided_by_id") and row.get("provided_by_id") == row.get("id"):
        found.append(FieldProblem("provided_by_id", "A service cannot be provided by itself."))
    return found


def coalition_member(row: Mapping[str, Any]) -> list[FieldProblem]:
    """A member is a partner of the register or a name."""
    if not row.get("member_id") and not row.get("member_name"):
        return [
            FieldProblem("member_name", "Say which organisation is the member: a partner of the register, or its name.")
        ]
    if row.get("member_id") and row.get("member_id") == row.get("partner_id"):
        return [FieldProblem("member_id", "A coalition cannot be a member of itself.")]
    return []


def channel(row: Mapping[str, Any]) -> list[FieldProblem]:
    """An invitation to a group is private."""
    if row.get("address") and not row.get("private") and holds_invitation(row["address"]):
        return [
            FieldProblem(
                "private",
                "This is an invitation to a private group. Mark it as private: its link stays in the register.",
            )
        ]
    return _confirmed(row)


def story(row: Mapping[str, Any]) -> list[FieldProblem]:
    """It belongs to a partner or a place."""
    if not row.get("partner_id") and not row.get("lad24cd"):
        return [FieldProblem("lad24cd", "Say which partner or which local authority the story belongs to.")]
    return []


def asset(row: Mapping[str, Any]) -> list[FieldProblem]:
    """It has a kind; a point is whole; a sensitive site has an area only; a charity's contact address is nowhere."""
    found = _confirmed(row) + _whole_point(row) + _hidden_site(row)
    if not row.get("category"):
        found.append(FieldProblem("category", "Say what kind of place it is."))
    if row.get("category") == "charity" and any(row.get(name) is not None for name in _WHERE):
        found.append(
            FieldProblem(
                "easting",
                "A charity's contact address may be somebody's home, so it is not kept. Give the area that it serves, or call it a community "
                "service.",
            )
        )
    return found


def asset_correction(row: Mapping[str, Any]) -> list[FieldProblem]:
    """As for an asset; a charity has a position only where somebody confirmed that its premises are public."""
    found = _confirmed(row) + _whole_point(row) + _hidden_site(row)
    placed = any(row.get(name) is not None for name in _WHERE)
    category = row.get("category") or (row.get("as_published") or {}).get("category")
    if category == "charity" and placed and not row.get("public_premises"):
        found.append(
            FieldProblem(
                "public_premises",
                "A charity's address may be somebody's home: it is kept only if somebody confirms that its premises are public.",
            )
        )
    if row.get("public_premises") and not placed:
        found.append(FieldProblem("postcode", "Say where the public premises are: a postcode or a point."))
    return found


def asset_match(row: Mapping[str, Any]) -> list[FieldProblem]:
    """It is about two records, in order."""
    if row["first_id"] == row["second_id"]:
        return [FieldProblem("second_id", "Both are the same record: choose two.")]
    if row["first_id"] > row["second_id"]:
        return [FieldProblem("first_id", "The ids of a pair are given in order, the lower first.")]
    return []


def _whole_point(row: Mapping[str, Any]) -> list[FieldProblem]:
    found = [
        FieldProblem(other, f"There is {_a(one)} without {_a(other)}: give both.")
        for pair in (("easting", "northing"), ("longitude", "latitude"))
        for one, other in (pair, pair[::-1])
        if row.get(one) is not None and row.get(other) is None
    ]
    if row.get("longitude") is not None and row.get("easting") is None:
        found.append(
            FieldProblem(
                "easting",
                "A point needs its easting and northing (EPSG:27700) too, since distances are measured in metres.",
            )
        )
    return found


def _hidden_site(row: Mapping[str, Any]) -> list[FieldProblem]:
    if not row.get("sensitive"):
        return []
    found = []
    if any(row.get(name) is not None for name in SITE_FIELDS):
        found.append(
            FieldProblem(
                "sensitive", "A sensitive site keeps an area, never a point: take out its position, postcode, UPRN and LSOA."
            )
        )
    if any(code.startswith(_SMALLER_THAN_A_PLACE) for code in row.get("service_area") or ()):
        found.append(FieldProblem("service_area", "The area of a sensitive site is an authority or larger, not an LSOA."))
    return found


def _confirmed(row: Mapping[str, Any]) -> list[FieldProblem]:
    if row.get("last_confirmed") and not row.get("confirmed_by_role"):
        return [FieldProblem("confirmed_by_role", "Say in what role whoever confirmed it did so.")]
    return []


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


CHECKS: dict[str, Callable[[Mapping[str, Any]], list[FieldProblem]]] = {
    "partner": partner,
    "coalition_member": coalition_member,
    "channel": channel,
    "story": story,
    "asset": asset,
    "asset_correction": asset_correction,
    "asset_match": asset_match,
    **dict.fromkeys(("relationship", "activity", "place_contact", "connector"), _confirmed),
}
