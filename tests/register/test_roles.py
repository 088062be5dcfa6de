"""Every public function of the register, as every role. A new function without a line here fails the first test."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

import register as package
from register import (
    asset_decided,
    asset_decisions,
    asset_review,
    assets,
    backup,
    boards,
    checking,
    contacts,
    entries,
    gaps_table,
    history,
    partners,
    people,
    relationships,
    review,
    search,
    suggestions,
)
from register.actors import Actor
from register.errors import NotAllowedError, NotFoundError
from register.store import Acting, Register, open_register
from register.writing import Saved
from tests.register.asset_beginnings import keep, list_fields, published, row
from tests.register.beginnings import (
    BOTH_SIDES,
    CONTRIBUTOR,
    EDITOR,
    EDITOR_ELSEWHERE,
    NEWHAM,
    OTHER_CONTRIBUTOR,
    READER,
    STEWARD,
    TODAY,
    TOWER_HAMLETS,
    Clock,
    a_partner,
    a_relationship,
    partner_fields,
)

ROLES = {
    "reader": READER,
    "contributor": CONTRIBUTOR,
    "editor elsewhere": EDITOR_ELSEWHERE,
    "editor": EDITOR,
    "steward": STEWARD,
}
SECRETS = ("secret-group-link", "Another's draft", "How to reach them privately", "sub-other", "sub-editor")
"""What nobody but an editor of the place and a steward may read anywhere."""

# Modules that hold no rules of their own: R2's exchange has its own walk, and these are not for pages.
NOT_FOR_PAGES = {"recording", "store", "record", "actors", "writing"}


@dataclass
class World:
    """What is in the register before each call."""

    partner: Saved
    relationship: Saved
    commitment: Saved
    activity: Saved
    channel: Saved
    person: Saved
    own_draft: Saved
    own_published: Saved
    others_draft: Saved
    others_relationship: Saved
    others_activity: Saved
    withdrawn: Saved
    withdrawn_relationship: Saved
    withdrawn_activity: Saved
    suggestion: Saved
    asset_list: Saved
    others_list: Saved
    withdrawn_list: Saved
    others_asset: Saved
    correction: Saved
    others_correction: Saved


OK, NOT, UNSEEN, WAITS = "done", NotAllowedError, NotFoundError, "waits"


def by(reader: Any, contributor: Any, elsewhere: Any, editor: Any = OK, steward: Any = OK) -> dict[str, Any]:
    return dict(zip(ROLES, (reader, contributor, elsewhere, editor, steward), strict=True))


ANYONE = by(OK, OK, OK)
SIGNED_IN = by(NOT, OK, OK)
OF_THE_PLACE = by(NOT, NOT, NOT)
OF_THE_PLACE_UNSEEN = by(NOT, UNSEEN, UNSEEN)
EDITORS = by(NOT, NOT, OK)
STEWARDS = by(NOT, NOT, NOT, NOT)

DRAFTED = by(NOT, WAITS, WAITS)

_HALL, _CLOSED = published("osm/way/1", "Example Hall"), published("osm/way/2", "Example closed hall")
_ON = {"on": TODAY, "note": "Because"}
_WHY = {"note": "Because"}

# name → (the call, what comes of it for each role). Under the editor's published partner, unless it says otherwise.
TABLE: dict[str, tuple[Callable[[Acting, World], Any], dict[str, Any]]] = {
    "partners.create": (lambda a, w: partners.create(a, partner_fields(name="New")), SIGNED_IN),
    "partners.update": (lambda a, w: partners.update(a, w.partner.id, 1, {"size": "large"}), OF_THE_PLACE),
    "partners.approve": (lambda a, w: partners.approve(a, w.others_draft.id, 1), OF_THE_PLACE_UNSEEN),
    "partners.withdraw": (lambda a, w: partners.withdraw(a, w.partner.id, 1, note="Because"), OF_THE_PLACE),
    "partners.put_back": (lambda a, w: partners.put_back(a, w.withdrawn.id, 2, note="Because"), OF_THE_PLACE_UNSEEN),
    "partners.confirm": (lambda a, w: partners.confirm(a, w.partner.id, 1, on=TODAY, role="lead"), OF_THE_PLACE),
    "partners.get": (lambda a, w: partners.get(a, w.partner.id), ANYONE),
    "relationships.begin": (lambda a, w: relationships.begin(a, w.partner.id, {"body_name": "B", "stage": "talking"}, note="N"), SIGNED_IN),
    "relationships.move": (lambda a, w: relationships.move(a, w.relationship.id, 1, "dormant", **_ON), by(NOT, NOT, NOT)),
    "relationships.update": (lambda a, w: relationships.update(a, w.relationship.id, 1, {"about": "X"}), OF_THE_PLACE),
    "relationships.log_contact": (lambda a, w: relationships.log_contact(a, w.relationship.id, 1, **_ON), OF_THE_PLACE),
    "relationships.confirm": (lambda a, w: relationships.confirm(a, w.relationship.id, 1, on=TODAY, role="lead"), OF_THE_PLACE),
    "relationships.add_commitment": (lambda a, w: relationships.add_commitment(a, w.relationship.id, BOTH_SIDES[0]), SIGNED_IN),
    "relationships.update_commitment": (lambda a, w: relationships.update_commitment(a, w.commitment.id, 1, {"done": "Yes"}), OF_THE_PLACE),
    "relationships.withdraw_commitment": (lambda a, w: relationships.withdraw_commitment(a, w.commitment.id, 1, **_WHY), OF_THE_PLACE),
    "relationships.approve": (lambda a, w: relationships.approve(a, w.others_relationship.id, 1), OF_THE_PLACE_UNSEEN),
    "relationships.withdraw": (lambda a, w: relationships.withdraw(a, w.relationship.id, 1, **_WHY), OF_THE_PLACE),
    "relationships.put_back": (lambda a, w: relationships.put_back(a, w.withdrawn_relationship.id, 2, **_WHY), OF_THE_PLACE_UNSEEN),
    "entries.add": (lambda a, w: entries.add(a, "activity", {"partner_id": w.partner.id, "name": "Walks"}), SIGNED_IN),
    "entries.update": (lambda a, w: entries.update(a, "activity", w.activity.id, 1, {"name": "Runs"}), OF_THE_PLACE),
    "entries.confirm": (lambda a, w: entries.confirm(a, "activity", w.activity.id, 1, on=TODAY, role="lead"), OF_THE_PLACE),
    "entries.approve": (lambda a, w: entries.approve(a, "activity", w.others_activity.id, 1), OF_THE_PLACE_UNSEEN),
    "entries.withdraw": (lambda a, w: entries.withdraw(a, "activity", w.activity.id, 1, **_WHY), OF_THE_PLACE),
    "entries.put_back": (lambda a, w: entries.put_back(a, "activity", w.withdrawn_activity.id, 2, **_WHY), OF_THE_PLACE_UNSEEN),
    "entries.get": (lambda a, w: entries.get(a, "channel", w.channel.id), ANYONE),
    "people.record_person": (lambda a, w: people.record_person(a, "A B", consent_on=TODAY, consent_how="Email"), SIGNED_IN),
    "people.withdraw_consent": (lambda a, w: people.withdraw_consent(a, w.person.id), OF_THE_PLACE),
    "boards.of_place": (lambda a, w: boards.of_place(a, [TOWER_HAMLETS]), ANYONE),
    "boards.by_clinical_area": (lambda a, w: boards.by_clinical_area(a, boards.of_place(a, [TOWER_HAMLETS])), ANYONE),
    "boards.connectors_of": (lambda a, w: boards.connectors_of(a, TOWER_HAMLETS), ANYONE),
    "boards.areas_of_partners": (lambda a, w: boards.areas_of_partners(a, [w.partner.id, w.others_draft.id]), ANYONE),
    "boards.at_assets": (lambda a, w: boards.at_assets(a, ["osm/way/1"]), ANYONE),
    "assets.keep_list": (lambda a, w: keep(a, content="new", title="New list"), SIGNED_IN),
    "assets.would_keep": (lambda a, w: assets.would_keep(a, list_fields("new"), [row()]), SIGNED_IN),
    "assets.approve_list": (lambda a, w: assets.approve_list(a, w.others_list.id, 1), OF_THE_PLACE_UNSEEN),
    "assets.approve_asset": (lambda a, w: assets.approve_asset(a, w.others_asset.id, 1), OF_THE_PLACE_UNSEEN),
    "assets.withdraw_list": (lambda a, w: assets.withdraw_list(a, w.asset_list.id, 1, **_WHY), OF_THE_PLACE),
    "assets.put_back_list": (lambda a, w: assets.put_back_list(a, w.withdrawn_list.id, 2, **_WHY), by(UNSEEN, UNSEEN, UNSEEN)),
    "assets.lists": (lambda a, w: assets.lists(a), ANYONE),
    "assets.kept": (lambda a, w: assets.kept(a, drafts=True), ANYONE),
    "asset_decisions.correct": (lambda a, w: asset_decisions.correct(a, _HALL, {"opening": "Su"}), DRAFTED),
    "asset_decisions.confirm": (lambda a, w: asset_decisions.confirm(a, _HALL, on=TODAY, role="Chair"), DRAFTED),
    "asset_decisions.close": (lambda a, w: asset_decisions.close(a, _HALL, **_WHY), DRAFTED),
    "asset_decisions.reopen": (lambda a, w: asset_decisions.reopen(a, _CLOSED, **_WHY), OF_THE_PLACE),
    "asset_decisions.confirm_premises": (lambda a, w: asset_decisions.confirm_premises(a, _HALL, {"postcode": "E1 1AA"}, **_WHY), DRAFTED),
    "asset_decisions.decide_match": (lambda a, w: asset_decisions.decide_match(a, _HALL, _CLOSED, "the same place"), DRAFTED),
    "asset_decisions.approve": (
        lambda a, w: asset_decisions.approve(a, "asset_correction", w.others_correction.id, 1),
        OF_THE_PLACE_UNSEEN,
    ),
    "asset_decisions.undo": (lambda a, w: asset_decisions.undo(a, "asset_correction", w.correction.id, 1, **_WHY), OF_THE_PLACE),
    "asset_decided.corrections": (lambda a, w: asset_decided.corrections(a, drafts=True), ANYONE),
    "asset_decided.matches": (lambda a, w: asset_decided.matches(a, drafts=True), ANYONE),
    "asset_decided.revision": (lambda a, w: asset_decided.revision(a), ANYONE),
    "asset_review.may_decide": (lambda a, w: asset_review.may_decide(a, pd.Series([TOWER_HAMLETS])), ANYONE),
    "asset_review.drafts": (lambda a, w: asset_review.drafts(a), SIGNED_IN),
    "asset_review.decisions_of": (lambda a, w: asset_review.decisions_of(a, ["osm/way/1", "osm/way/2"]), ANYONE),
    "asset_review.changes_of": (lambda a, w: asset_review.changes_of(a, "osm/way/1"), ANYONE),
    "search.search": (lambda a, w: search.search(a, "example"), ANYONE),
    "gaps_table.gaps_table": (lambda a, w: gaps_table.gaps_table(a, TODAY), ANYONE),
    "contacts.of_place": (lambda a, w: contacts.of_place(a, TOWER_HAMLETS), ANYONE),
    "review.to_confirm": (lambda a, w: review.to_confirm(a), EDITORS),
    "review.drafts": (lambda a, w: review.drafts(a), SIGNED_IN),
    "suggestions.suggest": (
        lambda a, w: suggestions.suggest(a, name="N", what="W", where="Bow", reach="https://example.org", client_key="k"),
        by(WAITS, WAITS, WAITS, WAITS, WAITS),
    ),
    "suggestions.claim": (
        lambda a, w: suggestions.claim(a, w.partner.id, role="Chair", reach="https://example.org", client_key="k"),
        by(WAITS, WAITS, WAITS, WAITS, WAITS),
    ),
    "suggestions.waiting": (lambda a, w: suggestions.waiting(a), SIGNED_IN),
    "suggestions.accept": (
        lambda a, w: suggestions.accept(a, w.suggestion.id, 1, fields={"service_area": [TOWER_HAMLETS]}),
        OF_THE_PLACE_UNSEEN,
    ),
    "suggestions.decline": (lambda a, w: suggestions.decline(a, w.suggestion.id, 1, note="Not a group"), OF_THE_PLACE_UNSEEN),
    "history.of_record": (lambda a, w: history.of_record(a, "channel", w.channel.id), ANYONE),
    "history.of_partner": (lambda a, w: history.of_partner(a, w.partner.id), ANYONE),
    "history.as_at": (lambda a, w: history.as_at(a, "channel", w.channel.id, a.register.clock()), ANYONE),
    "backup.backup": (lambda a, w: backup.backup(a, Path("/nowhere/at/all")), by(NOT, NOT, NOT, NOT, backup.BackupError)),
    "backup.restore": (lambda a, w: backup.restore(a, Path("/nowhere")), by(NOT, NOT, NOT, NOT, backup.BackupError)),
    "backup.move": (lambda a, w: backup.move(a, a.register.url.render_as_string(False)), by(NOT, NOT, NOT, NOT, backup.BackupError)),
    "checking.faults": (lambda a, w: checking.faults(a), STEWARDS),
    "checking.counts": (lambda a, w: checking.counts(a), STEWARDS),
}
OUTSIDE_A_TRANSACTION = {"backup.backup", "backup.restore", "backup.move"}


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        ours = not found.name.startswith(("exchange", "open_referral", "example", "sign_in"))
        if ours and found.name not in NOT_FOR_PAGES and found.name != "migrations":
            yield importlib.import_module(f"register.{found.name}")


def _public_functions() -> set[str]:
    found = set()
    for module in _modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is not None and first.annotation in ("Acting", Acting):
                found.add(f"{module.__name__.partition('.')[2]}.{name}")
    return found


def test_every_public_function_has_its_line_in_the_table() -> None:
    assert _public_functions() == set(TABLE)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, World]]:
    if request.param == "sqlite":
        address = str(tmp_path_factory.mktemp("roles") / "register.sqlite")
    else:
        address = request.getfixturevalue("postgres").register()
    register = open_register(address, clock=Clock())
    yield register, _filled(register)
    register.close()


def _filled(register: Register) -> World:
    editor, other, own = register.as_(EDITOR), register.as_(OTHER_CONTRIBUTOR), register.as_(CONTRIBUTOR)
    partner = a_partner(editor)
    relationship = a_relationship(editor, partner.id)
    link = {"kind": "messaging group", "address": "https://chat.whatsapp.com/secret-group-link", "private": True}
    channel = entries.add(editor, "channel", {"partner_id": partner.id, **link}, note="secret-group-link")
    activity = entries.add(editor, "activity", {"partner_id": partner.id, "name": "Walks", "clinical_areas": ["asthma"]})
    person = people.record_person(editor, "Amina Example", consent_on=TODAY, consent_how="Email", lad24cd=TOWER_HAMLETS)
    entries.add(other, "learning", {"lad24cd": TOWER_HAMLETS, "happened_on": TODAY, "tried": "Another's draft", "happened": "X", "outcome": "worked"})
    entries.add(other, "connector", {"lad24cd": TOWER_HAMLETS, "kind": "link worker", "role": "Another's draft"})
    entries.add(other, "place_contact", {"lad24cd": TOWER_HAMLETS, "slot": "VCFSE Alliance", "role": "Another's draft"})
    drafted = a_partner(other, name="Another's draft example")
    others_relationship = a_relationship(other, partner.id, body_name="Another's draft")
    others_activity = entries.add(other, "activity", {"partner_id": partner.id, "name": "Another's draft"})
    gone = a_partner(editor, name="Closed")
    gone_relationship = a_relationship(editor, partner.id, body_name="Closed")
    gone_activity = entries.add(editor, "activity", {"partner_id": partner.id, "name": "Ended"})
    own_published = a_partner(own, name="Own and published")
    partners.approve(editor, own_published.id, 1)
    kept, closed = _saved(keep(editor)), _saved(keep(editor, content="3", title="Old list"))
    draft = _saved(keep(other, content="2", title="Another's draft"))
    across = row("Another's draft", lad24cd=TOWER_HAMLETS)
    neighbour = register.as_(Actor("sub-newham-too", role="editor", places=frozenset({NEWHAM})))
    keep(neighbour, [across], content="4", lad24cd=NEWHAM, title="Newham's list")
    waiting = assets.kept(register.as_(STEWARD), drafts=True)
    waiting = waiting[waiting["name"].eq("Another's draft")].iloc[0]
    return World(
        partner,
        relationship,
        relationships.add_commitment(editor, relationship.id, BOTH_SIDES[0]),
        activity,
        channel,
        person,
        a_partner(own, name="Own draft"),
        own_published,
        drafted,
        others_relationship,
        others_activity,
        partners.withdraw(editor, gone.id, 1, note="Closed"),
        relationships.withdraw(editor, gone_relationship.id, 1, note="Closed"),
        entries.withdraw(editor, "activity", gone_activity.id, 1, note="Ended"),
        suggestions.suggest(
            register.as_(READER),
            name="Another's draft",
            what="Lunches",
            where="E1 1AA",
            reach="How to reach them privately",
            client_key="192.0.2.7",
            lad24cd=TOWER_HAMLETS,
        ),
        kept,
        draft,
        assets.withdraw_list(editor, closed.id, 1, note="Old"),
        Saved("asset", waiting["record_id"], 1, "draft", 0),
        asset_decisions.close(editor, _CLOSED, note="Sold"),
        asset_decisions.correct(other, _HALL, {"description": "Another's draft"}),
    )


def _saved(kept: assets.Kept) -> Saved:
    assert kept.saved is not None
    return kept.saved


class _Undone(Exception):
    pass


def _outcome(register: Register, name: str, role: str, world: World) -> tuple[Any, str]:
    call, _ = TABLE[name]
    acting, result = register.as_(ROLES[role]), None
    try:
        if name in OUTSIDE_A_TRANSACTION:
            result = call(acting, world)
        else:
            with acting.together() as inside:
                result = call(inside, world)
                raise _Undone
    except _Undone:
        pass
    except Exception as error:
        return type(error), str(error)
    shown = result.to_csv() if isinstance(result, pd.DataFrame) else repr(result)
    return (WAITS if isinstance(result, Saved) and result.waiting else OK), shown


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_each_function_as_each_role(world: tuple[Register, World], name: str, role: str) -> None:
    register, there = world
    before = register.revision()
    outcome, shown = _outcome(register, name, role, there)
    assert outcome == TABLE[name][1][role]
    assert register.revision() == before
    if outcome is NotAllowedError:
        assert shown.endswith(".") and "\n" not in shown
    if role in ("reader", "contributor", "editor elsewhere"):
        assert [secret for secret in SECRETS if secret in shown] == []


def test_an_editor_of_the_place_does_read_what_others_may_not(world: tuple[Register, World]) -> None:
    register, there = world
    editor = register.as_(EDITOR)
    assert "secret-group-link" in repr(partners.get(editor, there.partner.id))
    assert "secret-group-link" in repr(history.of_record(editor, "channel", there.channel.id))
    assert "Another's draft" in review.drafts(editor).to_csv()
    assert "How to reach them privately" in suggestions.waiting(editor).to_csv()
    assert "192.0.2.7" not in suggestions.waiting(editor).to_csv()


def test_a_contributor_keeps_their_own_drafts_and_nothing_more(world: tuple[Register, World]) -> None:
    register, there = world
    own = register.as_(CONTRIBUTOR)
    with pytest.raises(_Undone), own.together() as inside:
        assert partners.update(inside, there.own_draft.id, 1, {"size": "large"}).status == "draft"
        with pytest.raises(NotAllowedError):
            partners.approve(inside, there.own_draft.id, 2)
        saved = partners.update(inside, there.own_published.id, 2, {"size": "large"})
        assert (saved.entity, saved.waiting) == ("suggestion", True)
        assert partners.get(inside, there.own_published.id).fields["size"] is None
        raise _Undone
    for call in (
        lambda: partners.get(own, there.others_draft.id),
        lambda: partners.update(own, there.others_draft.id, 1, {"size": "large"}),
        lambda: history.of_partner(own, there.others_draft.id),
        lambda: entries.add(own, "activity", {"partner_id": there.others_draft.id, "name": "Walks"}),
        lambda: relationships.begin(own, there.others_draft.id, {"body_name": "B", "stage": "talking"}, note="N"),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_an_editor_cannot_move_an_entry_into_another_place_nor_take_one_from_it(world: tuple[Register, World]) -> None:
    register, there = world
    with pytest.raises(NotAllowedError, match="do not answer for"):
        partners.update(register.as_(EDITOR), there.partner.id, 1, {"lad24cd": "E09000025"})
    with pytest.raises(NotAllowedError):
        partners.update(register.as_(EDITOR_ELSEWHERE), there.partner.id, 1, {"lad24cd": "E09000025"})
