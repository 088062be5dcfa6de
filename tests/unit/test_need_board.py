"""The board's payload: finished text, and no shape without its word."""

from __future__ import annotations

import pytest

from presentation.need_board import HEADINGS, SHAPES, BoardArea, BoardRow, Mark, need_board_payload


def _row(row: str = "219||", **changes: object) -> BoardRow:
    values: dict[str, object] = {
        "id": row,
        "name": "High blood pressure",
        "here": "9.7%",
        "comparison": Mark("lower", "Lower than England"),
        "period": "2022/23",
        "origin": "aggregated from practices",
    }
    return BoardRow(**(values | changes))  # type: ignore[arg-type]


def test_a_row_is_handed_on_as_text() -> None:
    payload = need_board_payload(
        [BoardArea("Hypertension", "Find it early.", [_row(trend=Mark("up", "Increasing"), remarks=["Suppressed."])], ["None published"])],
        caption="Figures",
        empty="Nothing",
    )
    (area,) = payload["areas"]
    (row,) = area["rows"]
    assert area["gaps"] == ["None published"]
    assert row["comparison"] == {"shape": "lower", "text": "Lower than England", "beneath": None}
    assert row["trend"] == {"shape": "up", "text": "Increasing", "beneath": None}
    assert row["england"] is None
    assert row["remarks"] == ["Suppressed."]
    assert len(payload["headings"]) == len(HEADINGS) == 6


def test_two_rows_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="repeated: 219"):
        need_board_payload([BoardArea("A", None, [_row()]), BoardArea("B", None, [_row()])], caption="", empty="")


@pytest.mark.parametrize("mark", [Mark("sideways", "Higher"), Mark("higher", " "), Mark("", "Higher")])
def test_a_shape_never_speaks_alone(mark: Mark) -> None:
    with pytest.raises(ValueError, match="a word for it"):
        need_board_payload([BoardArea("A", None, [_row(comparison=mark)])], caption="", empty="")


def test_every_shape_has_a_drawing() -> None:
    from presentation.component_registry import COMPONENTS_DIR

    script = (COMPONENTS_DIR / "marks.js").read_text(encoding="utf-8")
    assert all(f"  {shape}: [" in script for shape in SHAPES)
