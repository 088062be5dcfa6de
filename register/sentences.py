"""A change of a record as a sentence: when, in what role, what. Values that are long are named, not quoted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from register.model import ENTITIES

_CALLED = {
    "coalition_member": "member",
    "stage_move": "move",
    "place_contact": "contact of the place",
    "learning": "entry of the learning log",
    "listening": "entry of the listening log",
    "asset_list": "list",
    "asset": "record of a list",
    "asset_correction": "correction",
    "asset_match": "decision on two records",
}
_ROLES = {"editor": "An editor", "steward": "A steward", "contributor": "A contributor", "reader": "A visitor"}
_SHORT = 80
_YES_OR_NO = {
    "closed": ("recorded that it has closed", "recorded that it is open"),
    "public_premises": ("confirmed its public premises", "took back that its premises are public"),
}


def sentence(
    entity: str,
    at: datetime,
    role: str,
    version: int,
    changes: Mapping[str, tuple[Any, Any]],
    note: str | None,
    names: Mapping[str | None, str],
) -> str:
    """“25 November 2026, 14:03: An editor moved the relationship from “talking” to “doing something together”. Note: …”."""
    did = "; ".join(_did(entity, version, changes, names)) or f"saved the {_called(entity)}"
    said = f"{at.day} {at:%B %Y, %H:%M}: {_ROLES.get(role, 'Somebody')} {did}."
    return f"{said} Note: {note}" if note else said


def _did(
    entity: str, version: int, changes: Mapping[str, tuple[Any, Any]], names: Mapping[str | None, str]
) -> list[str]:
    called, rest, parts = _called(entity), dict(changes), []
    status = rest.pop("status", None)
    rest.pop("as_published", None)  # what the source said at the time is kept for its record, not for a sentence
    if version == 1 and entity in ("asset_correction", "asset_match"):
        return [_decided(entity, rest) + (" as a draft" if status and status[1] == "draft" else "")]
    if version == 1:
        title = next(
            (rest[name][1] for name in ("name", "body_name", "title", "member_name", "slot") if name in rest), None
        )
        stage = rest.get("stage", (None, None))[1]
        first = f"added the {called}" + (f" “{title}”" if title else "") + (f" at “{stage}”" if stage else "")
        return [first + (" as a draft" if status and status[1] == "draft" and entity != "suggestion" else "")]
    if status:
        before, after = status
        parts.append(
            {
                "withdrawn": f"withdrew the {called}",
                "published": f"{'put back' if before == 'withdrawn' else 'published'} the {called}",
            }.get(after, f"made the {called} a draft")
        )
    if entity == "person" and "withdrawn_on" in rest:
        return [*parts, "withdrew a person's consent to be named"]
    if "stage" in rest:
        before, after = rest.pop("stage")
        parts.append(f"moved the {called} from “{before}” to “{after}”")
        rest.pop("last_contact", None)
    if "last_confirmed" in rest and rest["last_confirmed"][1]:
        on, by = rest.pop("last_confirmed")[1], rest.pop("confirmed_by_role", (None, None))[1]
        parts.append(f"confirmed the {called} as of {on}" + (f" ({by})" if by else ""))
    parts += [_YES_OR_NO[name][0 if rest.pop(name)[1] else 1] for name in _YES_OR_NO if name in rest]
    columns = ENTITIES[entity].__table__.c
    for name, (before, after) in rest.items():
        label = columns[name].info.get("label", name.replace("_", " ")) if name in columns else name.replace("_", " ")
        if name == "person_id":
            before, after = (names.get(value, "name withdrawn") if value else None for value in (before, after))
        parts.append(_field(label, before, after))
    return parts


def _decided(entity: str, rest: dict[str, tuple[Any, Any]]) -> str:
    """The first line of what somebody decided about an asset."""
    said = {name: after for name, (_, after) in rest.items() if after not in (None, False, [])}
    if entity == "asset_match":
        return f"decided that “{said.get('first_name')}” and “{said.get('second_name')}” are {said.get('decision')}"
    did = [yes for name, (yes, _) in _YES_OR_NO.items() if said.get(name)]
    if "last_confirmed" in said:
        did.append(f"confirmed it as of {said['last_confirmed']}")
    told = {"asset_id", "asset_name", "lad24cd", "last_confirmed", "confirmed_by_role", *_YES_OR_NO}
    did += [
        _field(column.info["label"], None, said[column.name])
        for column in ENTITIES[entity].__table__.c
        if column.name in said and column.name not in told
    ]
    return f"said of “{said.get('asset_name')}”: {', '.join(did) or 'nothing yet'}"


def _field(label: str, before: Any, after: Any) -> str:
    old, new = _said(before), _said(after)
    if old is None and new is None:
        return f"took the {label} out" if before is None and after is None else f"changed the {label}"
    if before in (None, [], ""):
        return f"set the {label} to {new}" if new else f"wrote the {label}"
    if after in (None, [], ""):
        return f"took out the {label}" + (f" {old}" if old else "")
    return f"changed the {label} from {old} to {new}" if old and new else f"rewrote the {label}"


def _said(value: Any) -> str | None:
    """A value short enough to quote, or None."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value)
    if value in (None, "") or isinstance(value, dict):
        return None
    text = str(value)
    return f"“{text}”" if len(text) <= _SHORT and "\n" not in text else None


def _called(entity: str) -> str:
    return _CALLED.get(entity, entity.replace("_", " "))
