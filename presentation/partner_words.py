"""What the screen says of partners and relationships, in plain English. No screen here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import pandas as pd

from presentation.words import STATE_COLOURS, counted, listed

STANDING_LABELS = {
    "confirmed": "Confirmed",
    "needs checking": "Needs checking",
    "in conversation": "In conversation",
    "known of": "Known of, no contact",
    "no relationship recorded": "No relationship recorded",
}
STANDING_COLOURS = {
    "confirmed": STATE_COLOURS["partnered"],
    "needs checking": STATE_COLOURS["needs_checking"],
    "in conversation": STATE_COLOURS["in_conversation"],
    "known of": STATE_COLOURS["possible_partners"],
    "no relationship recorded": STATE_COLOURS["possible_partners"],
}
STAGE_NOTES = {
    "formal or funded": "An agreement or money behind it.",
    "doing something together": "Both sides have said what they give.",
    "talking": "Regular conversation, nothing shared yet.",
    "introduced": "They know of each other by name.",
    "known of, no contact": "Nobody has been in touch. The next step is the system's.",
    "dormant": "Quiet for six months or more. Ask how things are.",
    "no relationship recorded": "In the register, with no statutory body beside it yet.",
}


_MARKS = re.compile(r"[\\`*_\[\]<>$~|#&:]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
_ADDRESS = re.compile(r"https?\\:(?=//)|www(?=\.)", re.IGNORECASE)
"""What Streamlit makes a link of by itself; a word joiner, which nobody sees, keeps it text."""


def literal(text: str) -> str:
    """What somebody wrote, for where Streamlit reads Markdown: it is shown as it was written, as text, and makes no link or picture."""
    escaped = _MARKS.sub(lambda mark: f"\\{mark[0]}", " ".join(text.split()))
    return _ADDRESS.sub(lambda start: f"{start[0]}\u2060", escaped)


def day(value: object) -> str:
    """A day as people say it: "3 March 2026"; empty for none."""
    if value is None or pd.isna(value):
        return ""
    moment = pd.Timestamp(value)
    return f"{moment.day} {moment:%B %Y}"


def standing_line(standings: Sequence[str]) -> str:
    """The best standing of several, in words."""
    for standing in STANDING_LABELS:
        if standing in standings:
            return STANDING_LABELS[standing]
    return STANDING_LABELS["no relationship recorded"]


def headline(place: str, board: pd.DataFrame) -> str:
    """The sentence that opens the page: how many partners, and how many of them stand confirmed.

    board: partner_id and standing, a row for each relationship.
    """
    partners = board["partner_id"].nunique()
    if not partners:
        return f"No partner has been recorded in {place} yet."
    confirmed = board.loc[board["standing"] == "confirmed", "partner_id"].nunique()
    said = f"{counted(partners, 'partner')} {'is' if partners == 1 else 'are'} recorded in {place}"
    if not confirmed:
        return f"{said}. No relationship with any of them has been confirmed in the last 12 months."
    if confirmed == partners:
        return f"{said}. {'It was' if partners == 1 else 'All were'} confirmed in the last 12 months."
    return f"{said}. {confirmed:,} of them {'was' if confirmed == 1 else 'were'} confirmed in the last 12 months."


def second_sentence(board: pd.DataFrame) -> str:
    """What waits: who needs checking, who is only known of; or what an empty register means."""
    if board.empty:
        return "That is what this register has been told, not what exists. Add one below, or suggest a group that should be here."
    parts = []
    checking = board.loc[board["standing"] == "needs checking", "partner_id"].nunique()
    if checking:
        parts.append(f"{counted(checking, 'partner')} {'needs' if checking == 1 else 'need'} checking")
    known = board.loc[board["standing"].isin(["known of", "no relationship recorded"]), "partner_id"].nunique()
    if known:
        parts.append(
            f"{counted(known, 'group')} {'is' if known == 1 else 'are'} known of, and nobody has been in touch"
        )
    said = listed(parts)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def card_lines(row: dict[str, object], network: str | None, today: date) -> list[str]:
    """What a card says beneath a name: the statutory body, when it was last confirmed, the neighbourhood."""
    lines = []
    if isinstance(row["body_name"], str):
        confirmed = day(row["last_confirmed"])
        lines.append(
            f"With {row['body_name']}" + (f"; last confirmed {confirmed}" if confirmed else "; never confirmed")
        )
    kind = next(str(row[name]) for name in ("tradition", "organisation_type", "kind") if isinstance(row[name], str))
    lines.append(" · ".join(part for part in (f"{kind[0].upper()}{kind[1:]}", network) if part))
    if row["example"]:
        lines.append("Published example, to be confirmed")
    if "draft" in (row["status"], row["relationship_status"]):
        lines.append("Waits for an editor")
    return lines
