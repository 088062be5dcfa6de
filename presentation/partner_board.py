"""Partners in groups of cards: by stage, by neighbourhood or by clinical area."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from presentation.component_registry import register
from presentation.payload_checks import check_colour

_mount = register("partner_board")


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """One partner in a group. `standing` in words, with the colour (#rrggbb) of the state it makes; `lines`, what else to say beneath."""

    id: str
    name: str
    standing: str | None = None
    colour: str | None = None
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PartnerGroup:
    """A heading with its cards; `empty` stands where there is none: a visible blank, not a missing group."""

    title: str
    cards: Sequence[PartnerCard] = ()
    note: str | None = None
    empty: str = "None recorded."


def partner_board_payload(groups: Sequence[PartnerGroup], *, empty: str) -> dict[str, Any]:
    """Return what the board's script draws.

    Raises
    ------
    ValueError
        When a card's colour is not #rrggbb, or it has a colour and no word for it.
    """
    for group in groups:
        for card in group.cards:
            check_colour(card.colour, f"Card {card.name!r} under {group.title!r}")
            if card.colour and not card.standing:
                raise ValueError(f"Card {card.name!r} has a colour and no word for it: give its standing.")
    return {
        "empty": empty,
        "groups": [
            {
                "title": group.title,
                "note": group.note,
                "empty": group.empty,
                "cards": [
                    {
                        "id": card.id,
                        "name": card.name,
                        "standing": card.standing,
                        "colour": card.colour,
                        "lines": list(card.lines),
                    }
                    for card in group.cards
                ],
            }
            for group in groups
        ],
    }


def partner_board(groups: Sequence[PartnerGroup], *, key: str, empty: str, on_open: Callable[[str], None]) -> None:
    """Draw the groups.

    Parameters
    ----------
    groups
        What to show, in order. One partner may stand in several.
    key
        Streamlit element key, unique on the page.
    empty
        Stands in place of the board when there is no group.
    on_open
        Called with a card's id, before the script runs again, when a person opens it. Ids that are not on the board are dropped.

    Raises
    ------
    ValueError
        See :func:`partner_board_payload`.
    """
    known = {card.id for group in groups for card in group.cards}

    def opened() -> None:
        chosen = st.session_state[key].get("opened")
        if isinstance(chosen, str) and chosen in known:
            on_open(chosen)

    _mount(key=key, data=partner_board_payload(groups, empty=empty), on_opened_change=opened)
