"""Registers by practice: whole people, the right denominator, and a file that has changed is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data_loaders import practice_homes, qof
from data_loaders.errors import SourceError


def _prevalence(path: Path, changed: dict[str, str] | None = None, register: str = "12.0") -> Path:
    lists = {"TOTAL": 100, "06OV": 95, "16OV": 85, "17OV": 84, "18OV": 83, "50OV": 30}
    rows = ["PRACTICE_CODE,GROUP_CODE,REGISTER,PATIENT_LIST_TYPE,PRACTICE_LIST_SIZE"]
    for group, entry in qof.REGISTERS.items():
        patients = (changed or {}).get(group, entry.patients)
        rows.append(f"A81001,{group},{register},{patients},{lists[patients]}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_each_register_has_its_indicator_and_is_counted_out_of_its_ages(tmp_path: Path) -> None:
    frame = qof.read_prevalence(_prevalence(tmp_path / "qof.csv"))
    assert len(frame) == 21 and frame["indicator_id"].is_unique
    sizes = frame.set_index("indicator_id")["denominator"]
    assert (sizes["219"], sizes["90933"], sizes["241"], sizes["848"], sizes["90443"], sizes["91269"]) == (100, 95, 84, 83, 30, 85)
    assert qof.AGES["241"] == "17+ yrs" and qof.AGES["219"] == "All ages"


def test_a_register_counted_out_of_other_ages_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"qof\.csv: register DM counted out of list type"):
        qof.read_prevalence(_prevalence(tmp_path / "qof.csv", {"DM": "TOTAL"}))


@pytest.mark.parametrize("register", ["12.5", "many", ""])
def test_a_register_that_is_no_number_of_people_is_an_error(tmp_path: Path, register: str) -> None:
    with pytest.raises(SourceError, match="not a whole number"):
        qof.read_prevalence(_prevalence(tmp_path / "qof.csv", register=register))


def _cvd(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    """practice, prevalence, list size: the same for the six registers, with a column of a year nobody knows."""
    header = ["", "Practice.Code", "Achievement_HYP"]
    header += [f"{part}_{group}" for group in qof.CVD_REGISTERS for part in ("Prevalence", "List.Size")]
    lines = [",".join(f'"{name}"' for name in header)]
    lines += [",".join(["1", code, "99", *([prevalence, size] * 6)]) for code, prevalence, size in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_register_comes_whole_out_of_prevalence_and_list_size(tmp_path: Path) -> None:
    frame, aside = qof.read_cvd(_cvd(tmp_path / "cvd.csv", [("A81001", "3.62411121723443", "18846"), ("A81002", "NA", "NA"), ("NA", "1", "100")]))
    assert len(frame) == 6 and set(frame["count"]) == {683} and set(frame["denominator"]) == {18846}
    assert aside["reason"].tolist() == ["no prevalence or list size", "no practice code"]
    assert len(aside) + frame["practice_code"].nunique() == 3


def test_a_prevalence_of_another_year_than_the_list_size_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"practice A81001 has .* people on register AF"):
        qof.read_cvd(_cvd(tmp_path / "cvd.csv", [("A81001", "3.62411121723443", "18840")]))


def test_a_practice_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="practice A81001 has two rows for one register"):
        qof.read_cvd(_cvd(tmp_path / "cvd.csv", [("A81001", "5", "100"), ("A81001", "5", "100")]))


def test_a_list_of_practices_with_other_columns_is_named(tmp_path: Path) -> None:
    row = ["A81001", "A", "Y63", "QHM", "", "", "", "", "", "TS18 1HU", "", "", "A", "B", "16C"]
    (tmp_path / "good.csv").write_text(",".join(row) + "\n", encoding="utf-8")
    assert qof.read_practices_2023(tmp_path / "good.csv").to_dict("records") == [
        {"practice_code": "A81001", "postcode": "TS18 1HU", "sub_icb": "16C"}
    ]
    (tmp_path / "shifted.csv").write_text(",".join(["new", *row[:-1]]) + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="column 1 does not hold a practice code"):
        qof.read_practices_2023(tmp_path / "shifted.csv")
    with pytest.raises(SourceError, match="missing"):
        qof.read_practices_2023(tmp_path / "nowhere.csv")


def test_homes_by_hand() -> None:
    """A is open; B has closed and stands in a divided sub-ICB; C has closed and its postcode has ended; D stands outside its divided sub-ICB."""
    areas = pd.DataFrame(
        {
            "lsoa21cd": ["L1", "L2", "L3"],
            "lad24cd": ["P1", "P2", "P3"],
            "rgncd": ["R1", "R1", "R2"],
            "sicbl24cd": ["S1", "S2", "S2"],
            "sicbl24cdh": ["01A", "02B", "02B"],
            "icb24cd": ["I1", "I2", "I2"],
            "sicbl26cd": ["S1", "S8", "S9"],
            "icb26cd": ["I1", "I8", "I9"],
        }
    )
    found = practice_homes.homes(
        pd.Index(["A", "B", "C", "D", "A"]),
        networks=pd.Series({"A": "U1", "B": "U2"}),
        latest=pd.DataFrame({"practice_code": ["A"], "sicbl24cd": ["S1"]}),
        earlier=pd.DataFrame({"practice_code": ["D"], "sicbl24cd": ["S2"]}),
        known_2023=pd.DataFrame({"practice_code": ["B", "C", "D"], "postcode": ["BB1 1BB", "CC1 1CC", "DD1 1DD"], "sub_icb": ["02B", "01A", "01A"]}),
        points=pd.DataFrame({"practice_code": ["A"], "lsoa21cd": ["L1"]}),
        postcodes=pd.DataFrame({"postcode": ["BB11BB", "DD11DD"], "lsoa21cd": ["L3", "L1"]}),
        areas=areas,
        tenth=pd.Series({"A": 4}),
    )
    practices = found.practices.astype(object).where(found.practices.notna(), None)
    assert practices.loc["A", ["pcn_code", "lad24cd", "icb24cd", "icb26cd", "tenth"]].tolist() == ["U1", "P1", "I1", "I1", 4]
    assert practices.loc["B", ["pcn_code", "lad24cd", "icb24cd", "icb26cd", "sicbl26cd", "tenth"]].tolist() == ["U2", "P3", "I2", "I9", "S9", None]
    assert practices.loc["C", ["pcn_code", "lad24cd", "rgncd", "icb24cd", "icb26cd"]].tolist() == [None, None, None, "I1", "I1"]
    assert practices.loc["D", ["lad24cd", "icb24cd", "icb26cd", "sicbl26cd"]].tolist() == ["P1", "I2", None, None]
    assert found.basis["system"].to_dict() == {"A": "Jan 2026", "B": "Dec 2023", "C": "Dec 2023", "D": "Oct 2025"}
