"""Payloads, checks and events of the display components, without a browser."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from presentation import component_registry as registry
from presentation.components import (
    Callout,
    FactRow,
    FactSection,
    RankedListEvent,
    RankedRow,
    StateSegment,
    fact_list_payload,
    ranked_list_payload,
    state_bar_payload,
)
from presentation.ranked_list import _chosen, _turned

SEGMENTS = [
    StateSegment("partnered", "Partnered", "#1B7837", 1967, 1),
    StateSegment("possible_partners", "Possible partners", "#AF8DC3", 44980, 20),
    StateSegment("none_recorded", "None recorded", "#762A83", 0, 0),
]
MARKS_GATE = RankedRow(
    id="E01000095",
    rank=1,
    name="Marks Gate",
    detail="001D",
    people=2545,
    state_key="possible_partners",
    state_label="Possible partners",
    colour="#AF8DC3",
    places=3,
    nearest=191.4,
)


def rows(number: int) -> list[RankedRow]:
    """Return rows with ids a0, a1, …"""
    return [replace(MARKS_GATE, id=f"a{at}", rank=at + 1) for at in range(number)]


class TestStateBar:
    def test_people_add_up_and_zero_states_stay_in_the_legend(self) -> None:
        payload = state_bar_payload(SEGMENTS, alt="46,947 people")
        assert payload["total"] == 46947
        assert [(s["label"], s["figure"]) for s in payload["segments"]] == [
            ("Partnered", "1,967"),
            ("Possible partners", "44,980"),
            ("None recorded", "0"),
        ]

    def test_nobody_leaves_the_words_for_the_empty_bar(self) -> None:
        payload = state_bar_payload([replace(s, people=0, areas=0) for s in SEGMENTS], alt="None")
        assert payload["total"] == 0
        assert payload["empty"] == "No Core20 neighbourhoods here"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"people": -1}, "at least 0"),
            ({"people": 1.5}, "whole number"),
            ({"areas": -2}, "Areas in state segment 'partnered'"),
            ({"colour": "green"}, "#rrggbb"),
            ({"colour": "#1B7837;position:fixed"}, "#rrggbb"),
            ({"key": "none_recorded"}, "repeated: none_recorded"),
        ],
    )
    def test_wrong_segments_are_named(self, change: dict[str, object], message: str) -> None:
        wrong = [replace(SEGMENTS[0], **change), *SEGMENTS[1:]]  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=message):
            state_bar_payload(wrong, alt="x")

    def test_a_text_alternative_is_required(self) -> None:
        with pytest.raises(ValueError, match="alt"):
            state_bar_payload(SEGMENTS, alt=" ")


class TestRankedList:
    def test_cells_are_finished_text_in_column_order(self) -> None:
        payload = ranked_list_payload([MARKS_GATE], caption="c")
        state = {"label": "Possible partners", "colour": "#AF8DC3"}
        assert payload["rows"][0]["cells"] == ["1", "", "2,545", state, "3", "191 m"]
        kinds = [c["kind"] for c in payload["columns"]]
        assert kinds == ["rank", "name", "number", "state", "number", "number"]

    def test_unknown_is_blank_zero_is_zero_and_no_distance_is_none_recorded(self) -> None:
        row = replace(MARKS_GATE, people=None, places=0, nearest=None, state_label=None, rank=None)
        assert ranked_list_payload([row], caption="c")["rows"][0]["cells"] == [
            "",
            "",
            "",
            "",
            "0",
            "none recorded",
        ]

    def test_long_distances_have_separators(self) -> None:
        payload = ranked_list_payload([replace(MARKS_GATE, nearest=12345.6)], caption="c")
        assert payload["rows"][0]["cells"][-1] == "12,346 m"

    def test_further_columns_come_from_values(self) -> None:
        row = RankedRow("QMF", "NHS North East London", values={"without": 1034567, "footprint": "East"})
        columns = [("name", "System"), ("without", "Without a confirmed partner"), ("footprint", "Where")]
        payload = ranked_list_payload([row], columns=columns, caption="c")
        assert payload["rows"][0]["cells"] == ["", "1,034,567", "East"]
        assert [c["kind"] for c in payload["columns"]] == ["name", "number", "text"]

    @pytest.mark.parametrize(
        ("number", "page", "pages", "total", "showing"),
        [
            (25, 1, 12, 293, "Showing 1\u201325 of 293"),
            (25, 2, 12, 293, "Showing 26\u201350 of 293"),
            (18, 12, 12, 293, "Showing 276\u2013293 of 293"),
            (25, 271, 271, 6751, "Showing 6,727\u20136,751 of 6,751"),
            (1, 1, 1, 1, "Showing 1\u20131 of 1"),
            (0, 1, 1, 0, "Showing 0 of 0"),
        ],
    )
    def test_showing(self, number: int, page: int, pages: int, total: int, showing: str) -> None:
        payload = ranked_list_payload(rows(number), caption="c", page=page, pages=pages, total=total)
        assert payload["showing"] == showing

    def test_a_selection_on_another_page_marks_nothing(self) -> None:
        assert ranked_list_payload(rows(3), caption="c", selected="a1")["selected"] == "a1"
        assert ranked_list_payload(rows(3), caption="c", selected="elsewhere")["selected"] is None

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"page": 0}, "Page 0 of 1"),
            ({"page": 3, "pages": 2, "total": 9}, "Page 3 of 2"),
            ({"total": 1}, "2 rows but a total of 1"),
            ({"columns": [("people", "People")]}, "needs a 'name' column"),
            ({"columns": [("name", "Name"), ("name", "Again")]}, "repeated: name"),
            ({"columns": [("name", "Name"), ("ppl", "People")]}, "No row has a value for the column 'ppl'"),
        ],
    )
    def test_wrong_arguments_are_named(self, arguments: dict[str, object], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            ranked_list_payload(rows(2), caption="c", **arguments)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ([MARKS_GATE, MARKS_GATE], "repeated: E01000095"),
            ([replace(MARKS_GATE, colour="url(//x)")], "#rrggbb"),
            ([replace(MARKS_GATE, values={"people": 3})], "repeats people in values"),
        ],
    )
    def test_wrong_rows_are_named(self, wrong: list[RankedRow], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            ranked_list_payload(wrong, caption="c")

    def test_twenty_five_rows_stay_small_on_the_wire(self) -> None:
        row = replace(MARKS_GATE, detail="001D · Barking and Dagenham Central PCN 66%", reason="r" * 60)
        payload = ranked_list_payload([replace(row, id=f"E0100{n:04}") for n in range(25)], caption="c")
        assert len(json.dumps(payload, ensure_ascii=False).encode()) < 10_000


class TestEvents:
    @pytest.mark.parametrize("sent", ["elsewhere", 3, None, ["a1"], {"id": "a1"}])
    def test_choices_that_are_not_in_the_list_are_dropped(self, sent: object) -> None:
        assert _chosen(sent, rows(3)) is None

    @pytest.mark.parametrize("sent", [0, 4, -1, True, "2", 2.0, None])
    def test_pages_that_do_not_exist_are_dropped(self, sent: object) -> None:
        assert _turned(sent, 3) is None

    def test_what_the_list_offers_is_accepted(self) -> None:
        assert (_chosen("a1", rows(3)), _turned(3, 3)) == ("a1", 3)

    def test_nothing_happened_by_default(self) -> None:
        assert RankedListEvent() == RankedListEvent(selected=None, page=None)


class TestFactList:
    def test_rows_and_callout(self) -> None:
        sections = [
            FactSection("Registered with", [FactRow("Central PCN", "66% of residents", colour="#AF8DC3")]),
            FactSection("Partners", empty="None recorded yet."),
        ]
        payload = fact_list_payload(sections, callout=Callout("Next conversation", "Ask there."))
        assert payload["sections"][0]["rows"] == [
            {"label": "Central PCN", "value": "66% of residents", "note": None, "colour": "#AF8DC3", "mark": None}
        ]
        assert payload["sections"][1] == {"heading": "Partners", "empty": "None recorded yet.", "rows": []}
        assert payload["callout"] == {"title": "Next conversation", "text": "Ask there."}

    def test_a_mark_without_its_word_is_refused(self) -> None:
        section = FactSection("Need", [FactRow("High blood pressure", "9.7%", "Lower than England", mark="lower")])
        assert fact_list_payload([section])["sections"][0]["rows"][0]["mark"] == "lower"
        with pytest.raises(ValueError, match="a shape needs its word"):
            fact_list_payload([FactSection("Need", [FactRow("High blood pressure", "9.7%", mark="lower")])])

    def test_a_wrong_colour_names_row_and_section(self) -> None:
        with pytest.raises(ValueError, match="Row 'a' under 'H'"):
            fact_list_payload([FactSection("H", [FactRow("a", "b", colour="purple")])])


class TestRegistry:
    def test_version_follows_all_that_the_component_loads(self, tmp_path: Path) -> None:
        (tmp_path / "bar.js").write_bytes(b"one")
        assert registry.content_version("bar", tmp_path) == hashlib.sha256(b"one").hexdigest()[:12]
        (tmp_path / "dom.js").write_bytes(b"two")
        (tmp_path / "marks.js").write_bytes(b"too")
        assert registry.content_version("bar", tmp_path) == hashlib.sha256(b"onetwotoo").hexdigest()[:12]
        (tmp_path / "bar_chart.js").write_bytes(b"part")
        (tmp_path / "barn.js").write_bytes(b"another component")
        assert registry.content_version("bar", tmp_path) == hashlib.sha256(b"oneparttwotoo").hexdigest()[:12]

    @pytest.mark.parametrize("name", ["state_bar", "ranked_list", "fact_list", "need_board"])
    def test_stub_is_small_and_names_its_version(self, name: str) -> None:
        stub = registry.stub_script(name)
        assert f"app/static/components/{name}.js?v={registry.content_version(name)}" in stub
        assert len(stub.encode()) < 1_500

    def test_a_missing_script_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match=r"pie\.js does not exist"):
            registry.stub_script("pie", tmp_path)

    @pytest.mark.parametrize("name", ["../secret", "Bar", "a b", "", '"+alert(1)+"'])
    def test_names_that_could_leave_the_folder_are_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="not a component name"):
            registry.stub_script(name)

    @pytest.mark.parametrize("script", sorted(registry.COMPONENTS_DIR.glob("*.js")), ids=lambda p: p.name)
    def test_scripts_write_no_markup(self, script: Path) -> None:
        text = script.read_text(encoding="utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
            assert forbidden not in text


def _page() -> None:
    import streamlit as st

    from presentation.components import RankedRow, fact_list, ranked_list, state_bar

    state_bar([], key="bar", alt="Nobody")
    event = ranked_list([RankedRow("a", "A")], key="list", caption="c", columns=[("name", "Name")])
    fact_list([], key="facts")
    st.write(f"{event.selected} {event.page}")


def test_the_three_mount_in_a_script_run_and_report_no_event() -> None:
    app = AppTest.from_function(_page).run()
    assert not app.exception
    assert app.markdown[0].value == "None None"
