"""The cells of a list as typed fields of community assets: words of our vocabularies, days, web addresses, numbers, dates. All rows at once.

What cannot be read is left out and said; only a row without a name or a kind of place is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

import numpy as np
import pandas as pd

from analysis import value_matching
from analysis.asset_phrases import PHRASES
from analysis.asset_records import joined
from analysis.cell_shapes import EMAIL, WEB, is_blank
from analysis.column_headings import FIELDS, plain
from analysis.column_matching import SURE, UNSURE
from analysis.day_texts import days_of
from analysis.value_matching import Matched, matched
from analysis.vocabularies import ASSET_CATEGORIES
from register.asset_plan import Defaults, Said, WordGuess
from register.contact_details import without_contacts

TEXTS = ("name", "description", "opening", "space", "hosts", "denomination")
_WORDED = ("category", "organisation_type", "faith_kind", "faith_tradition", "denomination", "who_for", "activity_groups", "clinical_areas",
           "languages")  # fmt: skip
_ONE_LINE = ("name", "denomination")
_DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %Y", "%b %Y", "%Y-%m", "%d-%b-%Y", "%d-%b-%y",
              "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%b-%y")  # fmt: skip
_YES, _NO = frozenset({"yes", "y", "true", "1", "x", "public", "yes public"}), frozenset({"no", "n", "false", "0", "private", "not public"})
_KINDS = f"Use one of: {'; '.join(ASSET_CATEGORIES)}; or choose one for the whole list."
_AUTHORITY = re.compile(r"E0[6-9]\d{6}")
_AREA = re.compile(r"E\d{8}")


def typed(cells: pd.DataFrame, said: Said, defaults: Defaults, today: date) -> tuple[pd.DataFrame, list[WordGuess]]:
    """Fields of RECORD_COLUMNS (but those of the position and of the list), public_premises and sensitive_said (yes, no, null), by position.

    cells: trimmed text by field, "" where a cell says nothing; indexed 0 to n−1.
    """
    rows = pd.DataFrame(index=cells.index)
    for field in TEXTS:
        rows[field] = _text(cells, field, said)
    guesses = _words(cells, rows, said)
    _category(cells, rows, said, defaults, guesses)
    _days(cells, rows, said)
    rows["website"] = _each(cells, "website", said, _website, "is not a web address", "Write it like https://example.org.")
    rows["uprn"] = _each(cells, "uprn", said, _uprn, "is not a UPRN of up to 12 digits", "Format the column as text before saving.")
    rows["charity_number"] = _each(cells, "charity_number", said, _charity, "is not a charity number", "Write its 6 or 7 digits.")
    known = {plain(name): code for name, code in defaults.authorities.items()}
    rows["said_lad24cd"] = _each(cells, "lad24cd", said, lambda text: _authority(text, known), "is not a local authority that is known here",
                                 "Write its code, such as E09000030.")  # fmt: skip
    rows["service_area"] = _each(cells, "service_area", said, lambda text: _areas(text, known), "has no code of an area in it, so it was left out",
                                 "Write codes such as E09000030, separated by semicolons.")  # fmt: skip
    rows["public_premises"] = _each(cells, "public_premises", said, _yes_or_no, "is neither yes nor no", "Write yes or no.")
    rows["sensitive_said"] = _each(cells, "sensitive", said, _yes_or_no, "is neither yes nor no", "Write yes or no.")
    _confirmed(cells, rows, said, today)
    return rows, guesses


def _column(cells: pd.DataFrame, field: str) -> pd.Series:
    return cells[field] if field in cells else pd.Series("", index=cells.index, dtype="str")


def _filled(cells: pd.DataFrame, field: str) -> list[tuple[int, str]]:
    return [(at, text) for at, text in enumerate(_column(cells, field).tolist()) if text]


def _each(cells: pd.DataFrame, field: str, said: Said, read: Callable[[str], str | None], wrong: str, to_do: str) -> pd.Series:
    """A column read cell by cell, each text once; what cannot be read is null, and said."""
    texts = _column(cells, field)
    known = {text: read(text) for text in texts[texts.ne("")].unique()}
    for at, text in _filled(cells, field):
        if known[text] is None:
            said.add(at, field, f"“{_short(text)}” {wrong}.", to_do)
    return texts.map(known).astype("str")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _text(cells: pd.DataFrame, field: str, said: Said) -> pd.Series:
    """A text without contact details and control characters; a formula is text like any other, and said in a name."""
    texts = _column(cells, field)
    known = {}
    for text in texts[texts.ne("")].unique():
        bare = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", " ", text)
        known[text] = without_contacts(" ".join(bare.split()) if field in _ONE_LINE else bare.strip()) or None
    for at, text in _filled(cells, field):
        if EMAIL.search(text) or (known[text] or "") != (" ".join(text.split()) if field in _ONE_LINE else text):
            what = "An email or telephone number" if without_contacts(text) != text else "A character that no screen can show"
            said.add(at, field, f"{what} was taken out of the text.", "Nothing, unless the text reads badly now.")
        if field == "name" and text.startswith("="):
            said.add(at, field, "The name is a formula: it was kept as text and never run.", "Type the name itself.")
    return texts.map(known).astype("str")


def _words(cells: pd.DataFrame, rows: pd.DataFrame, said: Said) -> list[WordGuess]:
    """Read the columns of vocabularies. What a column says of its own field counts before what another implies ("Mosque": Muslim)."""
    guesses: list[WordGuess] = []
    implied: dict[str, pd.Series] = {}
    free = rows["denomination"].copy()
    for field in _WORDED:
        texts = _column(cells, field)
        found = {text: matched(text, field) for text in texts[texts.ne("")].unique()}
        counts = texts.value_counts()
        guesses += [_guess(said, field, text, one, int(counts[text])) for text, one in found.items()]
        for name in dict.fromkeys(name for one in found.values() for name in one.values):
            values = texts.map({text: one.values.get(name) for text, one in found.items()}).astype("str")
            if name == field:
                rows[field] = values
            elif name in value_matching.SEVERAL_VALUES:
                continue
            else:
                implied[name] = implied[name].where(implied[name].notna(), values) if name in implied else values
        _say_unread(cells, field, found, said)
    for field in (*_WORDED, *implied):
        rows[field] = rows[field] if field in rows else pd.Series(None, index=rows.index, dtype="str")
    rows["denomination"] = rows["denomination"].where(rows["denomination"].notna(), free)
    in_tradition = _column(cells, "denomination").map(lambda text: set(matched(text, "denomination").values) == {"faith_tradition"})
    rows["denomination"] = rows["denomination"].mask(in_tradition)  # "Islam" under Denomination is a tradition
    for field, values in implied.items():
        rows[field] = rows[field].where(rows[field].notna(), values)
    return guesses


def _guess(said: Said, field: str, text: str, found: Matched, count: int) -> WordGuess:
    return WordGuess(said.columns.get(field, ""), text, found.told or "not recognised", found.certainty if found.values else UNSURE, count)


def _say_unread(cells: pd.DataFrame, field: str, found: dict[str, Matched], said: Said) -> None:
    if field == "denomination":
        return  # kept as it is written
    for at, text in _filled(cells, field):
        if found[text].unread and (field != "category" or found[text].values):
            words = ", ".join(f"“{_short(part)}”" for part in found[text].unread[:5])
            why = "more than one is not kept" if found[text].values and field not in value_matching.SEVERAL_VALUES else "it is not in our words"
            said.add(at, field, f"{words} was left out of “{FIELDS[field]}”: {why}.", _choices(field))


def _choices(field: str) -> str:
    if field == "category":
        return _KINDS
    words = dict.fromkeys(value[field] for value in PHRASES.get(field, {}).values() if field in value)
    return f"Use one of: {'; '.join(words)}." if words else "Write the English names of languages."


def _category(cells: pd.DataFrame, rows: pd.DataFrame, said: Said, defaults: Defaults, guesses: list[WordGuess]) -> None:
    """The kind of place: as said, else the list's own, else as the name tells; a row without one is refused."""
    texts = _column(cells, "category")
    for at in np.flatnonzero(rows["category"].isna()):
        unread = f"“{_short(texts.iat[at])}” is no kind of place that is known here"
        unread = unread if texts.iat[at] else "The row does not say what kind of place it is"
        if defaults.category:
            rows.loc[at, "category"] = defaults.category
            if texts.iat[at] and not matched(texts.iat[at], "category").values:
                said.add(int(at), "category", f"{unread}: it was taken as {defaults.category}, like the list.", _KINDS)
            continue
        by_name = matched(rows["name"].iat[at], "category") if isinstance(rows["name"].iat[at], str) else Matched({}, (), SURE)
        if by_name.values.get("category"):
            for field, word in by_name.values.items():
                if pd.isna(rows[field].iat[at]):
                    rows.loc[at, field] = word
            said.add(int(at), "category", f"{unread}: by its name, it was taken as {by_name.values['category']}.", "Check the kind of place.")
        else:
            said.add(int(at), "category", f"{unread}.", _KINDS, refused=True)


def _days(cells: pd.DataFrame, rows: pd.DataFrame, said: Said) -> None:
    """Days from their column, else from the opening times; when it is open is kept as the list says it."""
    days, opening = _column(cells, "days"), _column(cells, "opening")
    read = {text: joined(days_of(text)) for text in {*days.unique(), *opening.unique()}}
    for at, text in _filled(cells, "days"):
        if not read[text]:
            said.add(at, "days", f"“{_short(text)}” names no day of the week.", "Write days like Mon, Tue or weekdays.")
    own = days.map(read).astype("str")
    rows["days"] = own.where(own.notna(), opening.map(read).astype("str"))
    texts = days.map(without_contacts).where(days.ne("")).astype("str")
    rows["opening"] = rows["opening"].where(rows["opening"].notna(), texts)


def _website(text: str) -> str | None:
    found = WEB.search(EMAIL.sub(" ", text))
    if not found:
        return None
    address = found[0].rstrip(".,;)>]\"'")
    return address if re.match(r"https?://", address, re.IGNORECASE) else f"https://{address}"


def _uprn(text: str) -> str | None:
    digits = re.sub(r"\.0$|\s", "", text)
    return str(int(digits)) if re.fullmatch(r"\d{1,12}", digits) and int(digits) else None


def _charity(text: str) -> str | None:
    found = re.search(r"(?<![\dA-Za-z])((?:SC|NIC)?\d{6,7}(?:-\d{1,3})?)(?!\d)", text.upper().replace(" ", ""))
    return found[1] if found else None


def _authority(text: str, known: Mapping[str, str]) -> str | None:
    code = _AUTHORITY.search(text.upper())
    return code[0] if code else known.get(plain(text))


def _areas(text: str, known: Mapping[str, str]) -> str | None:
    names = (_authority(part.strip(), known) for part in re.split(r"[;,\n]", text))
    return joined([*_AREA.findall(text.upper()), *(name for name in names if name)])


def _yes_or_no(text: str) -> str | None:
    said = plain(text)
    return "yes" if said in _YES else "no" if said in _NO else None


def _confirmed(cells: pd.DataFrame, rows: pd.DataFrame, said: Said, today: date) -> None:
    """The day on which somebody last confirmed the row, from a column of its own only; when the list was published is no confirmation."""
    days = _each(cells, "last_confirmed", said, _day, "is not a day", "Write it as 2026-03-31.")
    for at in np.flatnonzero(days.gt(today.isoformat()).fillna(False)):
        said.add(int(at), "last_confirmed", f"It was confirmed on {days.iat[at]}, which is in the future: the day was left out.", "Correct the day.")
    days = days.mask(days.gt(today.isoformat()).fillna(False))
    rows["last_confirmed"] = pd.to_datetime(days, format="%Y-%m-%d").astype("datetime64[us]")
    role = _column(cells, "confirmed_by_role").map(lambda text: without_contacts(text)[:200] or None).astype("str")
    rows["confirmed_by_role"] = role.where(role.notna(), "the publisher of the list").where(rows["last_confirmed"].notna())


def _day(text: str) -> str | None:
    plain_text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.strip())
    for form in _DAY_FORMS:
        try:
            found = datetime.strptime(plain_text, form).date()
        except ValueError:
            continue
        return found.isoformat() if 1990 <= found.year <= 2200 else None
    return None


def blank_as_empty(texts: pd.Series) -> pd.Series:
    """Cells trimmed; "" where one says nothing (n/a, a dash, not known)."""
    trimmed = texts.str.strip()
    nothing = {text for text in trimmed.unique() if is_blank(text)}
    return trimmed.mask(trimmed.isin(nothing), "")
