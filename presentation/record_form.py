"""Forms made from the register's own description of its fields, and what is said when something cannot be saved.

A field's widget, words and limits come from the model (`register.model_base`: a column's `info`), so that a form never asks for what the
register would refuse, and a new field needs no new form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from presentation.partner_words import literal
from presentation.words import listed
from register.errors import ConflictError, RegisterError, ValidationError
from register.vocabularies import CLINICAL_AREA_NAMES
from register.writing import Saved, table_of

_SAID = "register_said"
_CONFLICT = "register_conflict"
_READ = "register_read"
LONG = 400
"""A text that may be longer than this has a box of several lines."""

Update = Callable[[int, Mapping[str, Any]], Saved]


def label_of(entity: str, name: str) -> str:
    """A field's name as people know it, with a capital."""
    label = str(table_of(entity).c[name].info.get("label", name.replace("_", " ")))
    return label[0].upper() + label[1:]


def spoken(value: Any) -> str:
    """A stored value in words."""
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, list):
        return listed([word_of(each) for each in value])
    return str(value)


def word_of(value: Any) -> str:
    """A word of a vocabulary as people read it: the name of a clinical area, else the word itself with a capital."""
    text = CLINICAL_AREA_NAMES.get(str(value), str(value))
    return text[:1].upper() + text[1:]


def widget(entity: str, name: str, value: Any, key: str) -> Any:
    """Draw the widget of one field and give what it holds, in the register's own types."""
    info = table_of(entity).c[name].info
    label = label_of(entity, name) + (
        "" if not info.get("required") or info["kind"] in ("flag", "list") else " (needed)"
    )
    words = info.get("words")
    match info["kind"]:
        case "flag":
            return st.checkbox(label, bool(value), key=key)
        case "day":
            latest = date.today() if info.get("past") else None
            return st.date_input(
                label,
                value,
                format="DD/MM/YYYY",
                min_value=date(1990, 1, 1),
                max_value=latest or date(2060, 12, 31),
                key=key,
            )
        case "number":
            step = 1 if info.get("whole") else 1.0
            return st.number_input(label, info["lowest"], info["highest"], value, step=step, key=key)
        case "list" if words:
            return st.multiselect(label, list(words), list(value or []), format_func=word_of, key=key)
        case "list":
            lines = st.text_area(f"{label}, one a line", "\n".join(value or []), key=key)
            return [line.strip() for line in lines.splitlines() if line.strip()]
        case _ if words:
            chosen = st.selectbox(
                label, list(words), list(words).index(value) if value in words else None, format_func=word_of, key=key
            )
            return chosen
        case _:
            longest = int(info.get("longest", LONG))
            draw = st.text_area if longest > LONG else st.text_input
            return draw(label, value or "", max_chars=longest, key=key) or None


def fields(entity: str, names: Sequence[str], values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Draw the widgets of several fields of a record, filled with what is known, and give what they hold."""
    return {name: widget(entity, name, values.get(name), f"{key}_{name}") for name in names}


@dataclass(frozen=True, slots=True)
class Read:
    """A record as it was when this person's form was first drawn: `opened`, for the keys of the form; the version and fields to compare with."""

    opened: int
    version: int
    fields: Mapping[str, Any]


def as_read(entity: str, record_id: str, version: int, values: Mapping[str, Any]) -> Read:
    """What a form was first drawn with. The page reads the record anew in each run; without this a form would begin again, and lose what
    was typed, as soon as somebody else saves."""
    kept: dict[tuple[str, str], Read] = st.session_state.setdefault(_READ, {})
    return kept.setdefault((entity, record_id), Read(version, version, dict(values)))


def read_again() -> None:
    """Draw every form anew from what the register holds now."""
    st.session_state.pop(_READ, None)


def on_top_of(conflict: ConflictError) -> None:
    """Let the next attempt be made on top of what somebody else has saved, with what was typed still in the form."""
    kept: dict[tuple[str, str], Read] = st.session_state.setdefault(_READ, {})
    key = (conflict.entity, conflict.record_id)
    if key in kept:
        kept[key] = replace(kept[key], version=conflict.version_now)


def said() -> None:
    """Show, once, what came of the last thing that was saved. Its place on the page stays when it goes, so that nothing below it moves:
    a section that moves is drawn anew, and closes with what was typed in it."""
    sentence = st.session_state.pop(_SAID, None)
    with st.container():
        if sentence:
            st.success(literal(sentence))
            st.toast(literal(sentence), duration="long")  # whoever saved further down does not see the top of the page


def say(sentence: str) -> None:
    """Keep a sentence for `said` to show when the page is drawn again."""
    st.session_state[_SAID] = sentence


def attempt(save: Callable[[], Saved], done: str, *, turn: str | None = None) -> None:
    """Save, say so and draw the page again; or say what stands in the way and leave what was typed as it is.

    turn: a number of this session that counts on when something was saved, for a form whose key holds it to be empty again.
    """
    try:
        saved = save()
    except ValidationError as error:
        for problem in error.problems:
            st.error(literal(problem.message))
    except RegisterError as error:
        st.error(literal(str(error)))
    else:
        st.session_state.get(_READ, {}).pop((saved.entity, saved.id), None)
        if turn is not None:
            st.session_state[turn] = st.session_state.get(turn, 0) + 1
        waits = saved.waiting or saved.status == "draft"
        st.session_state[_SAID] = f"{done} An editor will look at it before others see it." if waits else done
        st.rerun()


def attempt_change(
    entity: str, record_id: str, version: int, changed: Mapping[str, Any], update: Update, done: str
) -> None:
    """Save a change; where somebody else saved the record meanwhile, keep it by and ask field by field."""

    def save() -> Saved:
        try:
            return update(version, changed)
        except ConflictError as conflict:
            if conflict.mergeable:
                return update(conflict.version_now, changed)
            st.session_state[_CONFLICT] = (entity, record_id, conflict, dict(changed))
            st.rerun()  # the question takes the form's place at once

    attempt(save, done)


def conflict_of(entity: str, record_id: str) -> bool:
    """Whether a change of this record waits for a person to choose between two versions."""
    kept = st.session_state.get(_CONFLICT)
    return kept is not None and kept[:2] == (entity, record_id)


def settle(entity: str, record_id: str, update: Update) -> None:
    """Ask, for each field that both people changed, whose words stand; then save what was chosen."""
    _, _, conflict, changed = st.session_state[_CONFLICT]
    st.warning(str(conflict))
    with st.form(f"settle_{record_id}"):
        chosen = dict(changed)
        for field in conflict.fields:
            if field.overlaps:
                options = {
                    f"Yours: {literal(spoken(field.yours))}": field.yours,
                    f"Theirs: {literal(spoken(field.theirs))}": field.theirs,
                }
                picked = st.radio(label_of(entity, field.field), list(options), key=f"settle_{record_id}_{field.field}")
                chosen[field.field] = options[picked]
        if st.form_submit_button("Save these"):
            del st.session_state[_CONFLICT]
            attempt_change(entity, record_id, conflict.version_now, chosen, update, "Saved, with what you chose.")
    if st.button("Leave theirs as it is", key=f"leave_{record_id}"):
        del st.session_state[_CONFLICT]
        read_again()
        st.rerun()
