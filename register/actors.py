"""Who acts on the register. Roles are the register's to enforce: whatever a page shows, `register/rules.py` decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from register.vocabularies import ROLES


@dataclass(frozen=True)
class Actor:
    """A person as the register knows them.

    subject: a stable identifier from the sign-in provider, written to the history. name: for greeting them on screen; never stored.
    role: one of ROLES. places: lad24cd codes for which an editor answers; no meaning for other roles.
    """

    subject: str
    name: str = ""
    role: str = "reader"
    places: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"There is no role “{self.role}”: the roles are {', '.join(ROLES)}.")
        if not self.subject.strip():
            raise ValueError("An actor needs a subject: the identifier that the sign-in provider gives.")
        object.__setattr__(self, "places", frozenset(self.places))

    @property
    def is_steward(self) -> bool:
        """Whether they answer for everything."""
        return self.role == "steward"

    @property
    def is_editor(self) -> bool:
        """Whether they answer for some places."""
        return self.role == "editor"

    @property
    def signed_in(self) -> bool:
        """Whether the register knows them: contributors, editors and stewards."""
        return self.role != "reader"

    def answers_for(self, places: Iterable[str]) -> bool:
        """Whether they may decide on a record that belongs to any of these authorities (lad24cd)."""
        return self.is_steward or (self.is_editor and not self.places.isdisjoint(places))

    @property
    def said(self) -> str:
        """The role as history shows it: "an editor"."""
        return {"editor": "an editor", "steward": "a steward", "contributor": "a contributor"}.get(
            self.role, "a visitor"
        )


ANYONE = Actor("anonymous", "", "reader")
"""Somebody who is not signed in."""
