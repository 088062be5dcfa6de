"""Which partner a row is about: by its id, by its id elsewhere, or by its name within its place. When in doubt, none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from register import rules
from register.actors import Actor
from register.derived import folded
from register.exchange_files import Row
from register.exchange_plan import Problem
from register.exchange_rows import RefusedError, cell
from register.model import Partner

_PARTNER = Partner.__table__
_CHUNK = 500


@dataclass
class KnownPartners:
    """The partners that a file may be about, as an actor may see them. Read once, so that a row costs no query."""

    connection: Connection
    actor: Actor
    _whole: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _by_source: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_name: dict[str, list[tuple[str, frozenset[str]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, actor: Actor, rows: Sequence[Row]) -> KnownPartners:
        """Read the partners that the rows may be about."""
        known = cls(connection, actor)
        known._read_names()
        wanted = {cell(row, "id") for row in rows} | {cell(row, "partner_id") for row in rows}
        wanted |= {known._by_source[key] for key in known._by_source if key in {_source(row) for row in rows}}
        for row in rows:
            for column in ("name", "partner_name"):
                wanted |= {record_id for record_id, _ in known._by_name.get(folded(cell(row, column)), [])}
        known._read_whole(sorted(wanted - {""}))
        return known

    def _read_names(self) -> None:
        columns = (_PARTNER.c[name] for name in ("id", "name", "lad24cd", "service_area", "source", "source_id"))
        for row in self.connection.execute(select(*columns).where(_PARTNER.c.status != "withdrawn")).mappings():
            self._by_name.setdefault(folded(row["name"]), []).append(
                (row["id"], frozenset(rules.authorities(dict(row))))
            )
            if row["source"] and row["source_id"]:
                self._by_source[row["source"], row["source_id"]] = row["id"]

    def _read_whole(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), _CHUNK):
            query = select(_PARTNER).where(_PARTNER.c.id.in_(ids[start : start + _CHUNK]))
            for row in map(dict, self.connection.execute(query).mappings()):
                if rules.sees(self.actor, "partner", row, row):
                    self._whole[row["id"]] = row

    def partner(self, partner_id: str) -> Mapping[str, Any] | None:
        """A partner by its id, or None."""
        return self._whole.get(partner_id)

    def from_source(self, source: str, source_id: str) -> Mapping[str, Any] | None:
        """A partner by its id elsewhere, or None."""
        return self._whole.get(self._by_source.get((source, source_id), ""))

    def named(self, name: str, places: frozenset[str] | None = None) -> list[Mapping[str, Any]]:
        """The partners of this name; those alone that share one of these authorities, where given."""
        return list(self._named(name, places))

    def _named(self, name: str, places: frozenset[str] | None) -> Iterator[Mapping[str, Any]]:
        for record_id, own in self._by_name.get(folded(name), []):
            if record_id in self._whole and (places is None or own & places):
                yield self._whole[record_id]

    def match(self, row: Row, places: frozenset[str]) -> Mapping[str, Any] | None:
        """The partner that a row is about; None for a new one. places: the authorities that the row gives.

        RefusedError where the id is unknown, or belongs to another partner than the name or the source says.
        """
        said, name = cell(row, "id"), cell(row, "name")
        elsewhere = self._by_source.get(_source(row))
        if not said:
            if elsewhere is not None:
                return self.partner(elsewhere)
            same = self.named(name, places) if name else []
            if len(same) > 1:
                ids = ", ".join(str(partner["id"]) for partner in same[:3])
                raise RefusedError(
                    Problem(
                        "id",
                        f"{len(same)} partners of this place have this name ({ids}). Give the id of the one meant.",
                    )
                )
            return same[0] if same else None
        partner = self.partner(said)
        others = [other for other in self.named(name) if other["id"] != said] if name else []
        if partner is None:
            hint = f" A partner of this name has the id {others[0]['id']}: was the id changed?" if others else ""
            raise RefusedError(
                Problem(
                    "id",
                    f"There is no partner with this id. Ids are the register's own: leave it as exported, or blank for a new partner.{hint}",
                )
            )
        if others and name and folded(partner["name"]) != folded(name):
            raise RefusedError(
                Problem(
                    "id",
                    f"This id is that of “{partner['name']}”, and the name is that of the partner {others[0]['id']}. "
                    "Were ids moved? Leave them as exported.",
                )
            )
        if elsewhere not in (None, said):
            raise RefusedError(
                Problem(
                    "source_id",
                    f"This source and id are those of another partner ({elsewhere}). Leave ids as exported.",
                )
            )
        return partner


def _source(row: Row) -> tuple[str, str]:
    return cell(row, "source"), cell(row, "source_id")
