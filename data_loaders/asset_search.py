"""Full-text search over community assets: SQLite's FTS5 in memory, built once for a table, asked from any thread.

Whatever a person types is taken as words, never as a query language. Every word must be found, as a whole word or the beginning of one, with
or without its accents; where nothing is found so, words that are spelt nearly alike are tried. Best match first: those whose name holds
every word, then by BM25 with the name weighing most. A stale record is moved down among its like, and never left out.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from analysis.vocabularies import CLINICAL_AREA_NAMES

MOST_WORDS = 8
LONGEST_WORD = 40
_SHORTEST_TO_MEND = 4
_NEAR = 75.0
"""Per cent of letters that a misspelt word shares with one that is there (normalised indel similarity)."""
_NEAREST, _ABOUT_AS_NEAR = 3, 5.0
_MOST_RANKED = 5_000
"""Of more matches than these BM25 has little to tell, and takes over 30 ms to tell it: they come by freshness and the length of the name."""
_WEIGHTS = (10.0, 4.0, 1.0, 3.0)  # name, kind, everything else, where
_RANKED = f"SELECT rowid, bm25(assets, {', '.join(map(str, _WEIGHTS))}) FROM assets WHERE assets MATCH ?"  # noqa: S608 - our own numbers
_DEMOTED = {"confirmed": 1.0, "needs checking": 0.9, "unconfirmed": 0.8}
"""What the score is multiplied by: enough to part matches that are about alike, too little to hide a much better one."""
_KIND = ("category", "faith_tradition", "denomination", "organisation_type", "faith_kind")
_OTHER = ("description", "activity_groups", "languages", "who_for", "hosts", "space", "opening")
# What people call the places of worship of a tradition, whatever their names say.
_CALLED = {
    "Christian": "church chapel",
    "Muslim": "mosque masjid islamic",
    "Jewish": "synagogue shul",
    "Sikh": "gurdwara",
    "Hindu": "temple mandir",
    "Buddhist": "temple vihara",
    "Jain": "temple derasar",
}
_SAME = {"st": "saint", "saint": "st", "centre": "center", "center": "centre", "masjid": "mosque"}
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile("['’‘`´]")

Positions = npt.NDArray[np.intp]


class AssetSearch:
    """Finds records by words. records: RECORD_COLUMNS. extra_text: where each is, in words (neighbourhood, authority), one a record.
    freshness: vocabularies.FRESHNESS of each. All three in one order, which is that of the positions found."""

    def __init__(self, records: pd.DataFrame, extra_text: Sequence[str] | pd.Series, freshness: Sequence[str] | pd.Series) -> None:
        self._weight = pd.Series(freshness).map(_DEMOTED).fillna(_DEMOTED["unconfirmed"]).to_numpy(dtype=float)
        self._length = records["name"].str.len().fillna(LONGEST_WORD).to_numpy(dtype=float)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._base.execute(
            "CREATE VIRTUAL TABLE assets USING fts5(name, kind, other, place, content='', prefix='1 2 3', "
            "tokenize=\"unicode61 remove_diacritics 2\")"
        )
        rows = zip(range(len(records)), *_texts(records, pd.Series(list(extra_text), dtype="str")), strict=True)
        self._base.execute("BEGIN")
        self._base.executemany("INSERT INTO assets (rowid, name, kind, other, place) VALUES (?, ?, ?, ?, ?)", rows)
        self._base.execute("COMMIT")
        self._base.execute("INSERT INTO assets (assets) VALUES ('optimize')")
        self._base.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(assets, 'row')")
        self._terms = [term for (term,) in self._base.execute("SELECT term FROM terms WHERE length(term) >= 3")]

    def find(self, text: str, limit: int) -> Positions:
        """The positions of the records that match what was typed, best first, at most `limit`; none where no word was typed."""
        words = words_of(text)
        if not words or limit < 1:
            return np.empty(0, dtype=np.intp)
        found = self._match([[word] for word in words])
        if not len(found):
            found = self._match([[word, *self._near(word)] for word in words])
        return found[:limit]

    def _match(self, words: list[list[str]]) -> Positions:
        """Positions of the records that hold one of each list's words, best first."""
        query = " AND ".join(f"({' OR '.join(form for word in each for form in _forms(word))})" for each in words)
        found = self._rows("SELECT rowid FROM assets WHERE assets MATCH ?", query)[:, 0].astype(np.intp)
        if not len(found):
            return found
        named = self._rows("SELECT rowid FROM assets WHERE assets MATCH ?", f"name: ({query})")[:, 0].astype(np.intp)
        if len(found) <= _MOST_RANKED:
            ranked = self._rows(_RANKED, query)  # bm25 is less than nought, and the less the better
            found, score = ranked[:, 0].astype(np.intp), ranked[:, 1]
            score = np.round(score * self._weight[found], 9)
        else:
            score = 1 - self._weight[found]
        in_name = np.isin(found, named, assume_unique=True)
        return found[np.lexsort((found, self._length[found], score, ~in_name))]

    def _rows(self, statement: str, query: str) -> npt.NDArray[np.float64]:
        with self._lock:
            rows = self._base.execute(statement, (query,)).fetchall()
        return np.array(rows, dtype=float) if rows else np.empty((0, 2))

    def _near(self, word: str) -> list[str]:
        """Words that are there and spelt nearly as this one."""
        if len(word) < _SHORTEST_TO_MEND:
            return []
        found = process.extract(word, self._terms, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_NEAREST)
        return [term for term, alike, _ in found if alike >= found[0][1] - _ABOUT_AS_NEAR]


def words_of(text: str) -> list[str]:
    """The words of what was typed, as they are compared: without case, accents and apostrophes, the first MOST_WORDS.

    >>> words_of('St Mary’s "Café" OR -hall*')
    ['st', 'marys', 'cafe', 'or', 'hall']
    """
    plain = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text[:1000])).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(plain)))[:MOST_WORDS]


def _forms(word: str) -> list[str]:
    """How a word is looked for: whole, which counts twice, and as a beginning; and another word that people use for it."""
    forms = [f'"{word}"', f'"{word}"*']
    return [*forms, f'"{_SAME[word]}"'] if word in _SAME else forms


def _texts(records: pd.DataFrame, place: pd.Series) -> list[list[str]]:
    """What is searched: name, kind, everything else, where; a text a record."""
    name = records["name"].fillna("").astype("str")
    plain = name.str.replace(_APOSTROPHE.pattern, "", regex=True)
    both = name.where(plain == name, name + " " + plain)  # "St Mary's" is found as "St Marys" too
    worship = records["category"].eq("place of worship")
    called = records["faith_tradition"].map(_CALLED).where(worship).fillna("").astype("str")
    kind = _joined(records, _KIND) + " " + called
    clinical = records["clinical_areas"].fillna("").map(lambda ids: " ".join(CLINICAL_AREA_NAMES.get(one, "") for one in ids.split("; ")))
    other = _joined(records, _OTHER) + " " + clinical.astype("str")
    return [both.tolist(), kind.tolist(), other.tolist(), place.fillna("").tolist()]


def _joined(records: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    text = pd.Series("", index=records.index, dtype="str")
    for column in columns:
        if records[column].notna().any():
            text = text + " " + records[column].fillna("")
    return text
