"""Links: whatever view is written is read back the same; whatever is read gives a valid view and never an error."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.asset_filter import CHOICES, AssetFilter
from analysis.reach import DETOUR_RANGE, WALK_RANGE
from analysis.vocabularies import PLACE_KINDS
from data_loaders.atlas import Atlas
from presentation.view import (
    ASSET_TABS,
    AUDIENCES,
    ICB_VINTAGES,
    LIST_LEVELS,
    MOST_NEEDS,
    PARTNER_TABS,
    View,
    from_query,
    to_query,
)

_places = st.sampled_from(
    ["E92000001", "E12000007", "E54000029", "E54000027", "E38000007", "E09000002", "E08000016", "U11211", "E05014053", "E02000001"]
)
_filters = st.builds(
    AssetFilter,
    words=st.none() | st.sampled_from(["st mary", "food bank thursday", "Bahá'í"]),
    language=st.none() | st.sampled_from(["Bengali", "British Sign Language", "Chinese (Cantonese)"]),
    **{name: st.none() | st.sampled_from(words) for name, words in CHOICES.items()},
)
_views = st.builds(
    View,
    place=_places,
    lsoa=st.sampled_from([None, "E01000090", "E01000001", "E01034474"]),
    postcode=st.none() | st.from_regex(r"[A-Z]{1,2}[0-9]{1,2}[0-9][A-Z]{2}", fullmatch=True),
    walk_m=st.integers(int(WALK_RANGE[0]), int(WALK_RANGE[1])),
    detour=st.integers(int(DETOUR_RANGE[0] * 100), int(DETOUR_RANGE[1] * 100)).map(lambda hundredths: hundredths / 100),
    categories=st.sets(st.sampled_from(PLACE_KINDS)).map(lambda chosen: tuple(name for name in PLACE_KINDS if name in chosen)),
    count=st.sampled_from(["best-fit", "shares"]),
    icb=st.sampled_from(list(ICB_VINTAGES)),
    by=st.none() | st.sampled_from(LIST_LEVELS),
    page=st.integers(1, 10_000),
    audience=st.sampled_from(list(AUDIENCES)),
    area=st.none() | st.sampled_from(["hypertension", "maternity"]),
    indicator=st.none() | st.sampled_from(["219", "90366", "ons-cigarette-smokers"]),
    needs=st.lists(st.sampled_from(["219", "253", "241", "848", "ons-cigarette-smokers"]), unique=True).map(tuple),
    at_least=st.integers(1, MOST_NEEDS),
    partner=st.none() | st.uuids(version=4).map(str),
    tab=st.sampled_from(list(PARTNER_TABS)),
    asset=st.none() | st.sampled_from(["osm/way/1020681362", "ace/cambridgeshire-cambourne-library-cb236hl", "list/9f1c"]),
    show=st.sampled_from(list(ASSET_TABS)),
    assets=_filters,
)
_texts = st.text(max_size=40) | st.sampled_from(
    ["-5", "abc", "nan", "inf", "-0", "1e308", "E09000002", "e01000090", "library,,", "nothing", "RM9 6QD", "U19803"]
)
_names = (
    *("place", "within", "lsoa", "postcode", "reach", "detour", "places", "count", "icb", "by", "page"),
    *("for", "area", "indicator", "needs", "atleast", "partner", "tab", "other"),
    *("asset", "show", "q", "kind", "type", "tradition", "activity", "clinical-area", "who", "language", "day", "fresh"),
)
_queries = st.dictionaries(st.sampled_from(_names), _texts)
_quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_quick
@given(view=_views)
def test_any_view_is_read_back_from_its_link(atlas: Atlas, view: View) -> None:
    assert from_query(to_query(view), atlas.gazetteer) == (view, [])


@_quick
@given(query=_queries)
def test_any_link_gives_a_valid_view(atlas: Atlas, query: dict[str, str]) -> None:
    view, notes = from_query(query, atlas.gazetteer)
    assert view.reach.straight_m > 0, "the reach is within its bounds or Reach would refuse it"
    assert atlas.gazetteer.place(view.place).level != "lsoa"
    assert view.lsoa is None or atlas.gazetteer.place(view.lsoa).level == "lsoa"
    assert set(view.categories) <= set(PLACE_KINDS)
    assert view.count in ("best-fit", "shares")
    assert view.icb in ICB_VINTAGES
    assert view.by is None or view.by in LIST_LEVELS
    assert 1 <= view.page <= 10_000
    assert view.audience in AUDIENCES
    assert 1 <= view.at_least <= MOST_NEEDS
    assert len(view.needs) <= MOST_NEEDS
    assert all(isinstance(note, str) and note.endswith((".", "?")) for note in notes)
    assert from_query(to_query(view), atlas.gazetteer) == (view, []), "what is shown can be shared"
