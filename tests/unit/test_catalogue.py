"""The catalogue holds what was agreed, says it kindly, owns up to what is not known, and complains so that a person can act."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from data_loaders import catalogue, manifests, qof
from data_loaders.catalogue import AUDIENCES, CATALOGUE, NOT_ESTABLISHED, Catalogue
from data_loaders.errors import SourceError
from presentation.glossary import glossary

# The agreed ids by clinical area, typed in here a second time: a slip of a key in the file shows.
AGREED = {
    "maternity": "94121 94125 93085 92530 20101 92973",
    "smi": "90581 90600 93919 93920 93921 93582 93731 93732 93733 93734",
    "chronic-respiratory-disease": "253 93792 93716 92302 1204 30315 30314 30313",
    "cancer": "93671 94063 93725 93726 92600 92601 22001 93560 93561 91720 91355",
    "hypertension": "219 94111 94140 94138 93709 93710 91262 94141 94142 93714 93715 93722",
    "smoking": "92443 ons-cigarette-smokers 91280 1210 91736 90619 91547",
    "asthma": "90810 92780 90933 93790",
    "diabetes": "92622 93140",
    "epilepsy": "92623 93142",
    "oral-health": "93563 93479 93493",
    "mental-health": "90812 90813",
    "context": "93553 94240 90366 90362 ons-healthy-life-expectancy 92901 40401 40501 40701 241 848 93881 93468 1679",
}
ADULTS = ["maternity", "smi", "chronic-respiratory-disease", "cancer", "hypertension"]
CHILDREN = ["asthma", "diabetes", "epilepsy", "oral-health", "mental-health"]

UNKIND = re.compile(
    r"hard[\s-]to[\s-]reach|\bBAME\b|\bdeprived (?:people|communit)|\bvulnerable\b|\bfail|\bnone\b|\bVCSE\b|\bsuffer|\bvictim|\bobese\b",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"\b[A-Z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*(?:-\d+)?\b")


@pytest.fixture(scope="module")
def held() -> Catalogue:
    return catalogue.read()


@pytest.fixture(scope="module")
def raw() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def _own_words(held: Catalogue) -> list[str]:
    """Every sentence that we wrote; the publisher's names and the gaps are apart."""
    texts = [text for area in held.areas for text in (area.name, area.asks)]
    for indicator_id in held.ids():
        entry = held.indicator(indicator_id)
        texts += [entry.name, entry.why, entry.higher_means, entry.mind, entry.retired, entry.polarity_source]
        texts += [geography.evidence for geography in entry.levels]
    return [text for text in texts if text]


def test_two_lists_of_five_and_what_stands_beside_both(held: Catalogue) -> None:
    lists = {audience: [area.id for area in held.areas if area.audience == audience] for audience in AUDIENCES}
    assert lists == {"adults": ADULTS, "children": CHILDREN, "all": ["smoking", "context"]}


@pytest.mark.parametrize("area", AGREED)
def test_the_agreed_indicators_in_the_agreed_area_and_order(held: Catalogue, area: str) -> None:
    assert held.ids(area) == tuple(AGREED[area].split())


def test_nothing_but_the_agreed(held: Catalogue) -> None:
    assert [area.id for area in held.areas] == list(AGREED)
    assert held.ids() == tuple(" ".join(AGREED.values()).split())
    assert len(set(held.ids())) == len(held.ids()) == 81
    assert "224" not in held.ids(), "224 counts adults with epilepsy; the children's area has no register"


def test_only_what_fingertips_publishes_is_asked_of_fingertips(held: Catalogue) -> None:
    assert set(held.ids()) - set(held.ids(origin="fingertips")) == {"ons-healthy-life-expectancy", "ons-cigarette-smokers"}
    assert held.ids("smoking", origin="ons") == ("ons-cigarette-smokers",)


def test_lookups_find_what_the_file_says_and_own_up_to_what_is_not_there(held: Catalogue, raw: dict[str, list[dict[str, object]]]) -> None:
    assert held.area("oral-health").name == "Oral health"
    assert held.indicator("219").published_as == "Hypertension: QOF prevalence"
    assert [area.name for area in held.areas] == [entry["name"] for entry in raw["area"]]
    with pytest.raises(LookupError, match=r"no clinical area “hypertention”.*use one of maternity, smi.*hypertension"):
        held.area("hypertention")
    with pytest.raises(LookupError, match=r"no indicator “9308”.*did you mean.*93085"):
        held.indicator("9308")
    with pytest.raises(LookupError, match="how to add one"):
        held.indicator("x")


def test_what_nobody_publishes_is_said(held: Catalogue) -> None:
    assert {area.id: area.gaps for area in held.areas if area.gaps} == {
        "maternity": ("Continuity of carer: none published",),
        "smi": ("Full annual physical health check: none published",),
        "chronic-respiratory-disease": ("COPD-specific vaccination: none published",),
        "asthma": ("Reliance on reliever inhalers: none published",),
        "diabetes": ("Glucose monitor and insulin pump access: none published",),
        "epilepsy": ("Epilepsy specialist nurses: none published",),
        "mental-health": ("Access to mental health services: none published",),
    }


def test_the_words_are_kind_and_are_sentences(held: Catalogue) -> None:
    for text in _own_words(held):
        assert not UNKIND.search(text), text
        assert "  " not in text and text == text.strip(), text
    for area in held.areas:
        assert re.fullmatch(r"[A-Z].*\.", area.asks), area.asks
        assert not any(UNKIND.search(gap.removesuffix(catalogue.NONE_PUBLISHED)) for gap in area.gaps)
    for indicator_id in held.ids():
        entry = held.indicator(indicator_id)
        for text in (entry.why, entry.higher_means, entry.mind, entry.retired):
            assert not text or re.fullmatch(r"[A-Z].*\.", text), text
        assert re.match(r"A higher (share|rate|figure|score|percentage) (means|says)", entry.higher_means), entry.higher_means
        assert not re.search(r"\b(worse|good|bad)\b", re.sub("neither better nor worse|good health", "", entry.higher_means))


def test_every_acronym_is_explained(held: Catalogue) -> None:
    explained = set(glossary())
    texts = [*_own_words(held), *(gap for area in held.areas for gap in area.gaps), *(held.indicator(each).published_as for each in held.ids())]
    used = {found.removesuffix("s") for text in texts for found in ACRONYM.findall(text)} - {"FingertipsNext"}
    assert {"COPD", "QOF", "HbA1c", "COVID-19"} <= used
    assert used <= explained, used - explained


def test_a_polarity_has_its_evidence_and_the_rest_own_up(held: Catalogue) -> None:
    established = {each: held.indicator(each).polarity for each in held.ids() if held.indicator(each).polarity}
    assert established == {
        "93085": "low is good",
        "20101": "low is good",
        "94063": "not applicable",
        "91720": "high is good",
        "92443": "low is good",
        "ons-cigarette-smokers": "low is good",
        "90933": "blue orange blue",
        "93563": "low is good",
        "90813": "low is good",
        "93553": "low is good",
        "90366": "high is good",
        "90362": "high is good",
        "ons-healthy-life-expectancy": "high is good",
        "40401": "low is good",
        "241": "not applicable",
        "848": "blue orange blue",
    }
    for indicator_id in held.ids():
        entry = held.indicator(indicator_id)
        assert (entry.polarity_source == NOT_ESTABLISHED) == (indicator_id not in established)
        assert all(address.startswith("https://github.com/") for address in entry.polarity_addresses)


def test_a_register_is_never_called_better_or_worse(held: Catalogue) -> None:
    """A practice that looks finds more: a long register is illness or good finding, and no copy of the metadata calls it either."""
    for indicator_id in qof.AGES:
        if indicator_id in held.ids():
            entry = held.indicator(indicator_id)
            assert entry.polarity in ("", "not applicable", "blue orange blue")
            assert "found sooner" in entry.higher_means


def test_registers_that_this_atlas_sums_are_marked(held: Catalogue) -> None:
    marked = {each for each in held.ids() if held.indicator(each).summed_from_practices}
    assert marked == set(held.ids()) & set(qof.AGES) == {"219", "253", "241", "90581", "90933", "848"}


def test_levels_run_from_england_down_and_each_has_a_reason(held: Catalogue) -> None:
    entry = held.indicator("253")
    assert entry.seen_at == ("icb", "authority")
    assert entry.to_ask == ("england", "sub_icb", "county", "pcn", "practice")
    assert [geography.level for geography in entry.levels] == ["england", "icb", "sub_icb", "county", "authority", "pcn", "practice"]
    for indicator_id in held.ids():
        levels = held.indicator(indicator_id).levels
        assert levels and all(geography.evidence for geography in levels)
        assert len({geography.level for geography in levels}) == len(levels)


def test_all_evidence_is_used_and_recordings_are_described_sources(raw: dict[str, list[dict[str, object]]]) -> None:
    used: set[object] = set()
    seen: set[object] = set()
    for area in raw["area"]:
        for entry in area["indicator"]:  # type: ignore[attr-defined]
            seen |= set(entry.get("seen", {}).values())
            used |= {entry.get("ask_because"), *entry.get("polarity_from", [])}
    assert {entry["id"] for entry in raw["evidence"]} == (used | seen) - {None}
    described = {str(each) for each in seen if not str(each).startswith(("recorded_", "trafford_"))}
    assert described <= set(manifests.source_ids()), described - set(manifests.source_ids())


def test_the_table_in_the_documentation_is_the_catalogues(held: Catalogue, root: Path) -> None:
    rows = ["| indicator | name here | polarity | read in |", "|---|---|---|---|"]
    for indicator_id in held.ids():
        entry = held.indicator(indicator_id)
        if entry.polarity:
            links = " ".join(f"[copy]({address})" for address in entry.polarity_addresses)
            rows.append(f"| {indicator_id} | {entry.name} | {entry.polarity} | {entry.polarity_source} {links}".rstrip() + " |")
    missing = ", ".join(each for each in held.ids() if not held.indicator(each).polarity)
    expected = "\n".join([*rows, "", f"Not established in this copy: {missing}."])
    page = (root / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert expected in page, f"docs/catalogue.md has another table than the catalogue; it should have:\n{expected}"


SMALL = """
[[area]]
id = "hypertension"
name = "High blood pressure"
audience = "adults"
asks = "People found and well treated."
gaps = ["Pharmacy checks: none published"]

[[area.indicator]]
id = "219"
name = "High blood pressure recorded by a GP"
published_as = "Hypertension: QOF prevalence"
why = "How many have been found."
higher_means = "A higher share means more people on record."
seen = { icb = "extract" }
ask = ["pcn"]
ask_because = "profile"
polarity = "blue orange blue"
polarity_from = ["extract"]

[[area]]
id = "asthma"
name = "Asthma"
audience = "children"
asks = "Fewer attacks."

[[evidence]]
id = "extract"
says = "An extract."

[[evidence]]
id = "profile"
says = "Owned by a profile."
"""


def _read(tmp_path: Path, text: str) -> Catalogue:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return catalogue.read(path)


def test_a_small_catalogue_is_read(tmp_path: Path) -> None:
    held = _read(tmp_path, SMALL)
    entry = held.indicator("219")
    assert entry.levels == (("icb", True, "An extract."), ("pcn", False, "Owned by a profile."))
    assert (entry.polarity, entry.polarity_source, entry.origin, entry.mind) == ("blue orange blue", "An extract.", "fingertips", "")
    assert held.area("asthma").indicators == ()


MISTAKES = {
    "an unknown audience": ('audience = "children"', 'audience = "everyone"', "area 2 (asthma): “everyone” is no audience", "adults, children, all"),
    "a missing field": ('why = "How many have been found."\n', "", "indicator 1: the field “why” is missing", "why, text"),
    "an empty field": ('why = "How many have been found."', 'why = "  "', "the field “why” is empty", "text"),
    "a misspelt field": ("published_as", "publishd_as", "there is no field “publishd_as”", "published_as"),
    "a number for a text": ('id = "219"', "id = 219", "the field “id” is not what it should be", "text"),
    "a list of numbers": ('ask = ["pcn"]', "ask = [204]", "the field “ask” is not what it should be", "a list"),
    "a slug with capitals": ('id = "asthma"', 'id = "Asthma UK"', "the id “Asthma UK”", "oral-health"),
    "an id that is no Fingertips id": ('id = "219"', 'id = "HYP"', "the id “HYP” has another form", "219"),
    "an unknown level": ('["pcn"]', '["ccg"]', "“ccg” is no level", "sub_icb"),
    "a level twice": ('["pcn"]', '["icb"]', "icb is both in “seen” and in “ask”", "one of them"),
    "no level": ('seen = { icb = "extract" }\nask = ["pcn"]\nask_because = "profile"\n', "", "no level is named", "at least one"),
    "asked without a reason": ('ask_because = "profile"\n', "", "“ask” and “ask_because” go together", "both, or neither"),
    "an unknown polarity": ('"blue orange blue"', '"high is bad"', "“high is bad” is no polarity", "low is good, high is good"),
    "a polarity from memory": ('polarity_from = ["extract"]\n', "", "a polarity and where it was read go together", "polarity_from"),
    "evidence that is not there": ('polarity_from = ["extract"]', 'polarity_from = ["memory"]', "there is no evidence “memory”", "extract, profile"),
    "a gap that says none": (": none published", ": none", "does not say that none is published", "none published"),
    "a long name": ("High blood pressure recorded by a GP", "High blood pressure recorded by a GP, 18 and over", "the name has 49 letters", "45"),
    "an area twice": ('id = "asthma"', 'id = "hypertension"', "the area id “hypertension” is already that of clinical area 1", "once"),
    "a name twice": ('name = "Asthma"', 'name = "High blood pressure"', "the area name “High blood pressure” is already", "once"),
    "evidence twice": ('id = "profile"\nsays', 'id = "extract"\nsays', "the evidence id “extract” is already that of evidence 1", "once"),
    "no list of areas": ("[[area]]", "[[areas]]", "there is no field “areas”", "area, evidence"),
    "not TOML": ('name = "Asthma"', "name = Asthma", "it cannot be read: Invalid value (at line", "TOML"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_was_expected(tmp_path: Path, mistake: str) -> None:
    right, wrong, problem, expected = MISTAKES[mistake]
    assert right in SMALL
    with pytest.raises(SourceError) as caught:
        _read(tmp_path, SMALL.replace(right, wrong))
    assert problem in caught.value.problem
    assert expected in caught.value.expected
    assert str(caught.value).startswith("catalogue.toml: ") and str(caught.value).endswith(".")


def test_an_indicator_belongs_to_one_clinical_area(tmp_path: Path) -> None:
    block = SMALL[SMALL.index("[[area.indicator]]") : SMALL.index('[[area]]\nid = "asthma"')]
    twice = SMALL.replace('asks = "Fewer attacks."', f'asks = "Fewer attacks."\n\n{block}')
    said = r"clinical area 2 \(asthma\), indicator 1 \(219\): the indicator id “219” is already that of clinical area 1"
    with pytest.raises(SourceError, match=said):
        _read(tmp_path, twice)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.toml: the file is missing.*Put it back"):
        catalogue.read(tmp_path / "nowhere.toml")
