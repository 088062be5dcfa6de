"""The partners pages as Streamlit runs them: empty and filled, for each role, with a register that cannot be opened, and what people type.

Cards and facts draw themselves in the browser (tests/browser/test_partner_pages.py); here is what they are given, and what stands around.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from streamlit.testing.v1 import AppTest

from data_loaders.atlas import Atlas
from presentation import partner_location, partner_page, sign_in
from presentation.partner_words import literal
from presentation.register_cache import FILE
from presentation.view import View, from_query
from register import boards, entries, partners, relationships, suggestions
from register.actors import Actor
from register.store import Acting, Register, open_register
from tests.register.beginnings import (
    CONTRIBUTOR,
    EDITOR,
    EDITOR_ELSEWHERE,
    READER,
    STEWARD,
    TOWER_HAMLETS,
    a_partner,
    a_relationship,
)

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"
GAPS, PARTNERS, SUGGEST = "pages/gaps.py", "pages/partners.py", "pages/suggest_a_partner.py"
WHITECHAPEL = "E1 1JX"
INVITATION = "https://chat.whatsapp.com/Examp1eInvitation"

SignInAs = Callable[[Actor], None]


@pytest.fixture(autouse=True)
def _own_register(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))


@pytest.fixture
def sign_in_as(monkeypatch: pytest.MonkeyPatch) -> SignInAs:
    """Who the person in front of the page is; tests/browser/test_sign_in.py signs in for real."""

    def become(actor: Actor) -> None:
        monkeypatch.setattr(sign_in, "actor", lambda: actor)

    return become


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """The register that the pages open, for a test to fill and to read beside them."""
    opened = open_register(tmp_path / FILE)
    yield opened
    opened.close()


@pytest.fixture
def steward(register: Register) -> Acting:
    return register.as_(STEWARD)


def open_page(atlas: Atlas, page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(DASHBOARD), default_timeout=60)
    app.session_state["view"], notes = from_query(query, atlas.gazetteer)
    assert notes == []
    app.switch_page(page)
    return _checked(app.run())


def _checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def _title(app: AppTest) -> str:
    return str(app.title[0].value)


def _said(app: AppTest, *kinds: str) -> list[str]:
    return [str(each.value) for kind in kinds or ("error", "warning", "success", "info") for each in app.get(kind)]


def _everything(app: AppTest) -> str:
    """All that the page sends to the browser, payloads of components and options of widgets included, and what widgets hold."""

    def protos(node: Any) -> Iterator[str]:
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield text_format.MessageToString(proto, as_utf8=True)
        for child in getattr(node, "children", {}).values():
            yield from protos(child)

    state = repr(app.session_state._state.filtered_state)
    return "\n".join([*protos(app._tree), state])


def _buttons(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def _sections(app: AppTest) -> list[str]:
    return [each.label for each in app.expander]


def _press(app: AppTest, label: str) -> AppTest:
    return _checked(app.button[_buttons(app).index(label)].click().run())


# The page opens


def test_an_empty_register_says_what_that_means(atlas: Atlas) -> None:
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    assert _title(app) == "No partner has been recorded in Tower Hamlets yet."
    assert any("told, not what exists" in str(text.value) for text in app.markdown)
    assert _said(app) == []
    assert "revision 0" in str(app.caption[-1].value) and "never patients" in str(app.caption[-1].value)


@pytest.mark.parametrize("place", ["", "E12000007", "E54000029", TOWER_HAMLETS, "U11211"])
@pytest.mark.parametrize("tab", ["stage", "neighbourhood", "clinical-area", "contacts", "review"])
def test_each_tab_opens_for_each_kind_of_place(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs, place: str, tab: str
) -> None:
    partner = a_partner(steward, name="Example Whitechapel Group")
    a_relationship(steward, partner.id, "talking", clinical_areas=["hypertension"])
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, **({"place": place} if place else {}), **({} if tab == "stage" else {"tab": tab}))
    assert _said(app, "error", "warning") == []
    holds = place not in ("U11211",)
    assert ("1 partner is recorded" in _title(app)) == holds
    everything = _everything(app)
    if tab == "contacts" and place in (TOWER_HAMLETS, "U11211"):
        assert "Nobody is recorded. Ask, and record it here." in everything
    elif tab == "review":
        assert [str(each.value) for each in app.header] == [
            "Suggestions: none waiting",
            "Drafts: none to look at",
            "To confirm: 1" if holds else "To confirm: none here",
        ]
    elif tab == "neighbourhood" and place in ("", "E12000007"):
        assert any("to see partners by neighbourhood" in str(text.value) for text in app.markdown)
    elif tab != "contacts":
        assert ("Example Whitechapel Group" in everything) == holds


def test_a_record_shows_both_sides_and_every_move(atlas: Atlas, steward: Acting) -> None:
    partner = a_partner(steward, name="Example Whitechapel Group")
    begun = a_relationship(steward, partner.id, "talking")
    both = [{"side": "partner", "said": "A hall"}, {"side": "statutory body", "said": "Two nurses"}]
    moved = relationships.move(
        steward, begun.id, begun.version, "doing something together", on=date.today(), note="Agreed", commitments=both
    )
    relationships.confirm(steward, begun.id, moved.version, on=date.today(), role="engagement officer")
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    assert _title(app) == "Example Whitechapel Group"
    assert any(str(text.value).startswith("**Confirmed.**") for text in app.markdown)
    everything = _everything(app)
    for said in ("A hall", "Two nurses", "Agreed", "First recorded", "engagement officer", "History: every change"):
        assert said in everything
    app = _press(app, "Back to all partners")
    assert _title(app).startswith("1 partner is recorded in Tower Hamlets")


@pytest.mark.parametrize("name", ["no-such-partner", "' OR 1=1 --", "<b>x</b>"])
def test_a_partner_that_does_not_exist(atlas: Atlas, name: str) -> None:
    app = AppTest.from_file(str(DASHBOARD), default_timeout=60)
    app.session_state["view"] = View(partner=name)
    app.switch_page(PARTNERS)
    _checked(app.run())
    assert _title(app) == "No such partner"
    assert _said(app, "warning") == ["There is no partner with that id, or it is not yours to see."]
    assert _title(_press(app, "Back to all partners")).startswith("No partner has been recorded")


# A register that cannot be opened, or is switched off


def _a_text_file(path: Path) -> None:
    path.write_text("This is not a database. " * 400, encoding="utf-8")


def _another_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def _a_newer_version(path: Path) -> None:
    open_register(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _content(path: Path) -> bytes | list[str]:
    if not path.read_bytes().startswith(b"SQLite format 3"):
        return path.read_bytes()
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


BROKEN = [
    pytest.param(_a_text_file, "is not a partner register", id="a text file"),
    pytest.param(_another_database, "is not a partner register: it holds recipes", id="another database"),
    pytest.param(_a_newer_version, "newer version of Common Ground", id="a newer version"),
]


@pytest.mark.parametrize(("spoil", "said"), BROKEN)
def test_a_register_that_cannot_be_opened_is_said_and_the_rest_stands(
    atlas: Atlas, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(tmp_path / FILE)
    before = _content(tmp_path / FILE)
    gaps = open_page(atlas, GAPS, place=TOWER_HAMLETS)
    assert _title(gaps).endswith("live in Core20 neighbourhoods. Who works with them cannot be said now: the register of partners cannot be read.")
    shown = _everything(gaps)
    assert "artner has been recorded" not in shown and "no relationship with any" not in shown, "what cannot be read is not none"
    assert "Not known now: the register of partners cannot be read." in shown
    assert "partners: those of the register are missing, as it cannot be read." in str(gaps.caption[-1].value)
    for app in (gaps, open_page(atlas, PARTNERS, place=TOWER_HAMLETS), open_page(atlas, SUGGEST)):
        (problem,) = _said(app, "error")
        assert problem.startswith("The register of partners cannot be opened.") and said in problem
        assert problem.endswith("Everything else on this page stands.") and "Traceback" not in problem
        assert app.title, "the page has its heading"
    assert _content(tmp_path / FILE) == before, "nothing was written over it"


def test_a_setting_for_the_folder_that_means_nothing_is_said(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", "here")
    app = open_page(atlas, PARTNERS)
    (problem,) = _said(app, "error")
    assert "not an absolute path" in problem


def test_switched_off_there_is_no_register_and_none_is_made(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sign_in_as: SignInAs
) -> None:
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "off")
    sign_in_as(STEWARD)
    assert any("cannot be shown here now" in str(text.value) for text in open_page(atlas, PARTNERS).markdown)
    assert any("not taken here" in str(text.value) for text in open_page(atlas, SUGGEST).markdown)
    assert "No confirmed partner has been recorded" in _title(open_page(atlas, GAPS, place=TOWER_HAMLETS))
    assert not (tmp_path / FILE).exists()


def test_read_only_shows_everything_and_takes_nothing(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, steward: Acting, sign_in_as: SignInAs
) -> None:
    partner = a_partner(steward, name="Example Whitechapel Group")
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "read-only")
    sign_in_as(STEWARD)
    board = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    assert "1 partner is recorded" in _title(board)
    assert "Add a partner" not in _sections(board) and "Load the examples" not in _buttons(board)
    record = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    assert _sections(record) == ["History: every change, newest first"]
    assert any("not taken here" in str(text.value) for text in open_page(atlas, SUGGEST).markdown)


# Who sees what


@pytest.fixture
def kept(register: Register) -> dict[str, str]:
    """A published partner with a private channel, and drafts by a contributor: one partner, one relationship."""
    steward, contributor = register.as_(STEWARD), register.as_(CONTRIBUTOR)
    published = a_partner(steward, name="Example Whitechapel Group")
    a_relationship(steward, published.id, "talking")
    channel = {"partner_id": published.id, "kind": "messaging group", "label": "Friday group", "address": INVITATION}
    entries.add(steward, "channel", {**channel, "private": True})
    draft = a_partner(contributor, name="Example Draft Circle")
    a_relationship(contributor, published.id, "introduced", body_name="Example Draft Council")
    suggestions.suggest(
        register.as_(READER), name="Example Waiting Club", what="Chess", where=WHITECHAPEL, reach="x", client_key="k", lad24cd=TOWER_HAMLETS
    )
    return {"published": published.id, "draft": draft.id}


@pytest.mark.parametrize(
    ("actor", "writes", "decides", "owns"),
    [
        pytest.param(READER, False, False, False, id="reader"),
        pytest.param(CONTRIBUTOR, True, False, True, id="contributor"),
        pytest.param(EDITOR_ELSEWHERE, True, False, False, id="editor elsewhere"),
        pytest.param(EDITOR, True, True, False, id="editor"),
        pytest.param(STEWARD, True, True, False, id="steward"),
    ],
)
def test_forms_drafts_and_private_links_are_for_those_who_answer_for_them(
    atlas: Atlas,
    kept: dict[str, str],
    sign_in_as: SignInAs,
    actor: Actor,
    writes: bool,
    decides: bool,
    owns: bool,
) -> None:
    sign_in_as(actor)
    board = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    assert ("Add a partner" in _sections(board)) == writes
    record = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=kept["published"])
    assert ("Change who they are" in _sections(record)) == decides
    assert "This is my group" in _sections(record), "a claim is open to anybody"
    pages = [board, record]
    for tab in ("neighbourhood", "clinical-area", "contacts", "review"):
        pages.append(open_page(atlas, PARTNERS, place=TOWER_HAMLETS, tab=tab))
    pages.append(open_page(atlas, GAPS, place=TOWER_HAMLETS))
    pages.append(open_page(atlas, PARTNERS, partner=kept["draft"]))
    search = open_page(atlas, PARTNERS)
    pages.append(_checked(search.text_input(key="partner_search").set_value("Example").run()))
    everything = "\n".join(map(_everything, pages))
    assert "Example Whitechapel Group" in everything and "Friday group" in everything
    assert (INVITATION in everything) == decides
    assert ("Example Draft Circle" in everything) == (decides or owns)
    assert ("Example Draft Council" in everything) == (decides or owns)
    assert ("Example Waiting Club" in everything) == decides
    assert "sub-" not in everything, "who somebody is to the sign-in service is shown to nobody"
    assert (_title(pages[-2]) == "No such partner") == (not decides and not owns)


def test_a_form_that_is_sent_by_a_reader_after_all_is_refused_by_the_register(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs
) -> None:
    """The sign-in ends between drawing the form and sending it: the buttons are gone, and nothing is saved."""
    partner = a_partner(steward)
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    button = app.button[_buttons(app).index("This entry is right today")]
    app.text_input[[each.label for each in app.text_input].index("In what role do you confirm it?")].set_value("officer")
    sign_in_as(READER)
    _checked(button.click().run())
    assert partners.get(steward, partner.id).fields["last_confirmed"] is None


# Adding, changing


def _add(app: AppTest, **typed: str) -> AppTest:
    for key, text in typed.items():
        box = next(each for each in [*app.text_input, *app.text_area] if each.key == f"add_{key}")
        box.set_value(text)
    return app


def test_a_partner_is_added_at_a_postcode_and_counts_on_gaps_at_once(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs
) -> None:
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    _add(app, name="Example Mosque", postcode=WHITECHAPEL, body="Tower Hamlets Council").run()
    app.selectbox(key="add_stage").set_value("talking").run()
    _add(app, note="Met at Friday prayers")
    app = _press(app, "Add this partner")
    assert _said(app, "success") == ["Example Mosque is in the register."]
    assert _title(app).startswith("1 partner is recorded in Tower Hamlets")
    assert "1 in the register" in _everything(open_page(atlas, GAPS, place=TOWER_HAMLETS))


@pytest.mark.parametrize(
    ("postcode", "said"),
    [("", "That is not a postcode"), ("CF10 1EP", "Wales"), ("EH1 1YZ", "Scotland"), ("E1 1", ""), ("ZZ99 9ZZ", "")],
)
def test_a_partner_at_no_english_postcode_is_not_saved(
    atlas: Atlas, register: Register, sign_in_as: SignInAs, postcode: str, said: str
) -> None:
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    app = _press(_add(app, name="Example Mosque", postcode=postcode), "Add this partner")
    (problem,) = _said(app, "error")
    assert said.casefold() in problem.casefold() and len(problem) > 20
    assert register.revision() == 0
    assert app.text_input(key="add_name").value == "Example Mosque", "what was typed is still there"


def test_doing_something_together_asks_for_both_sides(atlas: Atlas, register: Register, sign_in_as: SignInAs) -> None:
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    _add(app, name="Example Mosque", postcode=WHITECHAPEL, body="Tower Hamlets Council").run()
    app.selectbox(key="add_stage").set_value("doing something together").run()
    _add(app, note="Agreed", gives_partner="A hall")
    app = _press(app, "Add this partner")
    (problem,) = _said(app, "error")
    assert "what will the statutory body do?" in problem
    assert register.revision() == 0, "neither the partner nor half a relationship is there"


@pytest.mark.parametrize(
    ("first", "second"),
    [("Theirs", "Theirs"), ("Yours", "Mine")],
)
def test_two_editors_change_one_field_and_the_second_is_asked(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs, first: str, second: str
) -> None:
    partner = a_partner(steward)
    sign_in_as(EDITOR)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    key = f"edit_{partner.id}_{partner.version}"
    partners.update(steward, partner.id, partner.version, {"description": "Theirs", "tradition": "Sikh"})
    app.text_area(key=f"{key}_description").set_value("Mine")
    app.text_input(key=f"{key}_size").set_value("Twelve people")
    app = _press(app, "Save")
    assert partners.get(steward, partner.id).fields["description"] == "Theirs"
    assert any("You both changed: description" in said for said in _said(app, "warning"))
    choice = app.radio(key=f"settle_{partner.id}_description")
    assert choice.options == ["Yours: Mine", "Theirs: Theirs"]
    choice.set_value(f"{first}: {'Theirs' if first == 'Theirs' else 'Mine'}")
    app = _press(app, "Save these")
    found = partners.get(steward, partner.id).fields
    assert (found["description"], found["tradition"], found["size"]) == (second, "Sikh", "Twelve people")
    assert _said(app, "success") == ["Saved, with what you chose."]


def test_changes_of_different_fields_are_both_kept_without_a_question(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs
) -> None:
    partner = a_partner(steward)
    sign_in_as(EDITOR)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    partners.update(steward, partner.id, partner.version, {"tradition": "Sikh"})
    app.text_input(key=f"edit_{partner.id}_{partner.version}_size").set_value("Twelve people")
    app = _press(app, "Save")
    found = partners.get(steward, partner.id).fields
    assert (found["tradition"], found["size"]) == ("Sikh", "Twelve people")
    assert _said(app, "success") == ["Saved."]


def test_a_move_that_comes_second_is_told_so_keeps_its_note_and_can_be_made_on_top(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs
) -> None:
    partner = a_partner(steward)
    begun = a_relationship(steward, partner.id, "known of, no contact")
    sign_in_as(EDITOR)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    key = f"tend_{begun.id}_{begun.version}"
    relationships.move(steward, begun.id, begun.version, "introduced", on=date.today(), note="By phone")
    app.selectbox(key=f"{key}_stage").set_value("talking")
    app.text_input(key=f"{key}_note").set_value("Met twice")
    app = _press(app, "Move the relationship")
    assert any("Somebody else saved this relationship" in said for said in _said(app, "error"))
    assert app.text_input(key=f"{key}_note").value == "Met twice"
    app = _press(app, "Move the relationship")
    assert _said(app, "success") == [literal("Moved to: talking.")]
    (relationship,) = partners.get(steward, partner.id).relationships
    assert [move["stage_to"] for move in relationship.moves] == ["known of, no contact", "introduced", "talking"]


# Suggestions


def _suggest(app: AppTest, name: str = "", what: str = "", where: str = "", reach: str = "") -> AppTest:
    app.text_input[0].set_value(name)
    app.text_area[0].set_value(what)
    app.text_input[1].set_value(where)
    app.text_input[2].set_value(reach)
    return _press(app, "Send")


def test_an_empty_suggestion_gets_a_sentence_for_each_field(atlas: Atlas, register: Register) -> None:
    app = _suggest(open_page(atlas, SUGGEST))
    assert len(_said(app, "error")) == 4 and all(said.startswith("Say ") for said in _said(app, "error"))
    app = _suggest(app, name="Example Club", what="Chess", reach="020 7946 0000")
    (problem,) = _said(app, "error")
    assert problem.startswith("Say where")
    app = _suggest(app, "Example Club", "Chess", "CF10 1EP", "020 7946 0000")
    (problem,) = _said(app, "error")
    assert "Wales" in problem
    assert register.revision() == 0


def test_a_suggestion_waits_for_the_editor_of_its_place_and_is_accepted(
    atlas: Atlas, register: Register, sign_in_as: SignInAs
) -> None:
    app = _suggest(open_page(atlas, SUGGEST), "Example Chess Club", "Chess on Mondays", WHITECHAPEL, "020 7946 0000")
    (said,) = _said(app, "success")
    assert said.startswith("Thank you.")
    assert suggestions.waiting(register.as_(EDITOR))["name"].tolist() == ["Example Chess Club"]
    assert suggestions.waiting(register.as_(EDITOR_ELSEWHERE)).empty

    sign_in_as(READER)
    assert "Example Chess Club" not in _everything(open_page(atlas, PARTNERS, place=TOWER_HAMLETS, tab="review"))
    sign_in_as(EDITOR)
    queue = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, tab="review")
    assert str(queue.header[0].value) == "Suggestions: 1 waiting"
    where = next(each for each in queue.text_input if each.label == "Postcode of the group")
    where.set_value(WHITECHAPEL)
    queue = _press(queue, "Accept")
    assert _said(queue, "success") == [literal("Accepted: Example Chess Club.")]
    assert _title(queue).startswith("1 partner is recorded in Tower Hamlets")


def test_declining_needs_a_reason(atlas: Atlas, register: Register, sign_in_as: SignInAs) -> None:
    suggestions.suggest(register.as_(READER), name="Example Club", what="C", where=WHITECHAPEL, reach="x", client_key="k")
    sign_in_as(STEWARD)
    queue = _press(open_page(atlas, PARTNERS, place=TOWER_HAMLETS, tab="review"), "Decline")
    (problem,) = _said(queue, "error")
    assert "note is missing" in problem
    next(each for each in queue.text_input if each.label == "A note (needed to decline)").set_value("A shop")
    queue = _press(queue, "Decline")
    assert str(queue.header[0].value) == "Suggestions: none waiting"


def test_too_many_suggestions_are_refused_in_plain_words(
    atlas: Atlas, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_page, "sign_in_key", lambda: "203.0.113.7")  # here no request has an address of its own
    for number in range(suggestions.PER_SENDER_AN_HOUR):
        app = _suggest(open_page(atlas, SUGGEST), f"Example {number}", "Chess", WHITECHAPEL, "x")
        assert _said(app, "success")
    app = _suggest(open_page(atlas, SUGGEST), "Example last", "Chess", WHITECHAPEL, "x")
    (problem,) = _said(app, "error")
    assert problem == "You have sent 5 in the last hour, which is as many as can be taken. Please send the rest later."
    assert len(suggestions.waiting(register.as_(STEWARD))) == suggestions.PER_SENDER_AN_HOUR


# Two at once


def _paths(node: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each section's title and where it stands: a browser draws a section anew, closed, once it stands elsewhere."""
    if getattr(node, "type", "") == "expander":
        yield node.label, path
    for number, child in getattr(node, "children", {}).items():
        yield from _paths(child, (*path, number))


def test_what_somebody_else_saves_moves_no_section_under_whoever_is_writing(
    atlas: Atlas, steward: Acting, sign_in_as: SignInAs
) -> None:
    sign_in_as(STEWARD)
    partner = a_partner(steward, description=None)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    before = dict(_paths(app._tree))
    assert len(before) > 6
    partners.update(steward, partner.id, partner.version, {"description": "A lunch club"})
    a_relationship(steward, partner.id)
    app.session_state["register_said"] = "Saved."
    app.run()
    assert _said(app, "success") == ["Saved."] and [str(each.value) for each in app.text] == ["A lunch club"]
    assert [each.value for each in app.toast] == ["Saved."], "for whoever cannot see the top of the page from where they saved"
    after = dict(_paths(app._tree))
    assert after.keys() - before.keys() == {"With NHS North East London: move, log a contact, confirm"}
    assert {title: after[title] for title in before} == before
    assert dict(_paths(app.run()._tree)) == after, "nor does the sentence that is said once, when it goes"


# What people type


TYPED = [
    pytest.param("<script>alert(1)</script> [a](https://elsewhere.example) **b** :red[c]", id="markup"),
    pytest.param("=HYPERLINK(\"https://elsewhere.example\")", id="formula"),
    pytest.param("Café 👩🏽‍⚕️ 🕌", id="emoji"),
    pytest.param("مسجد شرق لندن", id="right to left"),
]


@pytest.mark.parametrize("name", TYPED)
def test_what_people_type_survives_as_text(atlas: Atlas, register: Register, sign_in_as: SignInAs, name: str) -> None:
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    _add(app, name=name, postcode=WHITECHAPEL, body=name).run()
    app.selectbox(key="add_stage").set_value("talking").run()
    app = _press(_add(app, note=name), "Add this partner")
    assert _said(app, "success") == [literal(f"{name} is in the register.")]
    acting = register.as_(STEWARD)
    (partner_id,) = boards.of_place(acting, [TOWER_HAMLETS])["partner_id"]
    record = partners.get(acting, partner_id)
    assert record.name == name and record.relationships[0].moves[0]["note"] == name
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner_id)
    assert _title(app) == literal(name)
    assert app.text_input(key=f"edit_{partner_id}_{record.version}_name").value == name
    assert any(each.label == f"With {literal(name)}: move, log a contact, confirm" for each in app.expander)


def test_ten_thousand_letters_are_kept_and_shown_whole(atlas: Atlas, register: Register, sign_in_as: SignInAs) -> None:
    whole = "é" * 10_000
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS)
    assert app.text_area(key="add_description").proto.max_chars == 10_000
    app = _press(_add(app, name="Example Group", postcode=WHITECHAPEL, description=whole), "Add this partner")
    assert _said(app, "success") == ["Example Group is in the register."]
    (partner_id,) = boards.of_place(register.as_(STEWARD), [TOWER_HAMLETS])["partner_id"]
    record = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner_id)
    assert [str(each.value) for each in record.text] == [whole]


def test_a_day_in_the_future_cannot_be_chosen(atlas: Atlas, steward: Acting, sign_in_as: SignInAs) -> None:
    partner = a_partner(steward)
    begun = a_relationship(steward, partner.id)
    sign_in_as(STEWARD)
    app = open_page(atlas, PARTNERS, place=TOWER_HAMLETS, partner=partner.id)
    assert app.date_input(key=f"tend_{begun.id}_{begun.version}_on").max == date.today()
    assert app.date_input(key=f"tend_{begun.id}_{begun.version}_on").max < date.today() + timedelta(days=1)


def test_the_point_of_a_postcode_is_the_one_that_is_published(atlas: Atlas) -> None:
    found = partner_location.point_fields(atlas, WHITECHAPEL)
    assert found["lad24cd"] == TOWER_HAMLETS and found["lsoa21cd"].startswith("E01")
    assert 530_000 < found["easting"] < 540_000 and -0.1 < found["longitude"] < 0
