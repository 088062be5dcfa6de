"""What can go wrong with the register, each as a class whose message a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class RegisterError(Exception):
    """Anything that the register refuses or cannot do. The message is for people: what happened and what to do."""


class NotAllowedError(RegisterError):
    """The actor's role does not reach this. Nothing was changed."""


class NotFoundError(RegisterError):
    """There is no such record, or none that this actor may see: the two are told apart to nobody."""


@dataclass(frozen=True)
class FieldProblem:
    """One thing to mend: the field's name in the register and a sentence that says what was expected."""

    field: str
    message: str


class ValidationError(RegisterError):
    """Some fields cannot be saved as they are. Nothing was changed."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.message for problem in problems))

    def by_field(self) -> dict[str, str]:
        """The sentences of each field, joined."""
        found: dict[str, str] = {}
        for problem in self.problems:
            found[problem.field] = (
                f"{found[problem.field]} {problem.message}" if problem.field in found else problem.message
            )
        return found


@dataclass(frozen=True)
class FieldConflict:
    """One field of which two people said different things, or which only one of them changed.

    base: as both read it. theirs: as it stands now. yours: as you would have it. overlaps: whether both changed it, and not alike.
    """

    field: str
    yours: Any
    theirs: Any
    base: Any
    overlaps: bool


class ConflictError(RegisterError):
    """Somebody saved the record after you read it. Nothing of yours was saved yet.

    version_read, version_now: numbers of the versions; save again with `version_now` once each field in `fields` is settled.
    mergeable: no field was changed by both, so that `merge=True` would keep both people's changes.
    """

    def __init__(
        self, entity: str, record_id: str, version_read: int, version_now: int, fields: Sequence[FieldConflict]
    ) -> None:
        self.entity, self.record_id = entity, record_id
        self.version_read, self.version_now = version_read, version_now
        self.fields = tuple(fields)
        names = ", ".join(field.field.replace("_", " ") for field in fields if field.overlaps)
        what = f"You both changed: {names}." if names else "You changed different fields, so both can be kept."
        super().__init__(
            f"Somebody else saved this {entity.replace('_', ' ')} after you opened it. {what} Nothing of yours is saved yet."
        )

    @property
    def mergeable(self) -> bool:
        """Whether both people's changes can be kept as they are."""
        return not any(field.overlaps for field in self.fields)


class KeyReusedError(RegisterError):
    """A request came twice under one idempotency key, but with other contents. The first stands."""


class RateLimitError(RegisterError):
    """Too many suggestions from one place or in all. Nothing was saved."""


class StoreError(RegisterError):
    """The database itself cannot be used; a subclass says why."""


class NotARegisterError(StoreError):
    """The file or database is something else."""


class NewerVersionError(StoreError):
    """A newer version of Common Ground has changed the database."""


class LockedError(StoreError):
    """Another process holds the database and did not let go in time."""


class ReadOnlyError(StoreError):
    """The database can be read but not written."""


class FullError(StoreError):
    """The disk is full. Nothing of this change was saved."""


class UnreachableError(StoreError):
    """The database cannot be opened or answered no more."""


class BackupError(RegisterError):
    """A backup, restore or move was not made; what was there before is as it was."""
