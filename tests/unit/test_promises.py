"""Promises that no single module keeps: sources are documented, installation is checked, words are chosen, nothing unsafe slips in."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from scipy.spatial import cKDTree

from analysis.gaps import STAGES
from data_loaders import partners_csv
from data_loaders.partners_csv import Partners

ROOT = Path(__file__).parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"
SOURCES = sorted((ROOT / "assets" / "sources").glob("*.toml"))
SOURCE_KEYS = {
    "title", "publisher", "address", "file", "vintage", "geography", "licence", "licence_address", "attribution", "used_for", "weak_spots",
    "accessed",
}
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)
TEST_TOOLS = {
    "pytest", "pytest-xdist", "pytest-playwright", "playwright", "axe-playwright-python", "hypothesis", "ruff", "mypy", "import-linter",
}
# Written as patterns so that this file does not break its own rule.
UNKIND = re.compile(r"hard[\s-]to[\s-]reach|\bBAME\b|deprived (?:people|communit)", re.IGNORECASE)
UNSAFE = re.compile(r"unsafe_allow_html\s*=\s*True|verify\s*=\s*False|\.innerHTML\b|insertAdjacentHTML|document\.write\(")


def _tracked() -> list[Path]:
    """Files that git has or would take; every file outside the made folders where there is no git."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True
        )
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    made = {".git", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.relative_to(ROOT).parts)]


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {match["name"].lower().replace("_", "-"): match["version"] for match in PINNED.finditer(text)}


def _text_files(*suffixes: str) -> list[Path]:
    return [path for path in _tracked() if path.suffix in suffixes and "vendor" not in path.parts]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_source_says_everything_and_is_documented(path: Path) -> None:
    description = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(description) - {"sheet"} == SOURCE_KEYS
    assert all(value.strip() for key, value in description.items() if key != "weak_spots"), "a blank entry says nothing"
    assert all(spot.strip().endswith(".") for spot in description["weak_spots"]), "weak spots are shown as sentences"
    row = next((line for line in (ROOT / "docs" / "data-sources.md").read_text(encoding="utf-8").splitlines() if f"`{path.stem}`" in line), None)
    assert row is not None, f"{path.stem} is not in docs/data-sources.md"
    assert description["vintage"] in row, f"docs/data-sources.md gives {path.stem} another vintage than {description['vintage']!r}"
    licences = (ROOT / "docs" / "data-licences.md").read_text(encoding="utf-8")
    assert f"`{path.stem}`" in licences, f"{path.stem} is not in docs/data-licences.md"


def test_documented_sources_exist() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "data-sources.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == [path.stem for path in SOURCES]


def test_every_decision_is_listed_once_and_dated() -> None:
    folder = ROOT / "docs" / "decisions"
    decisions = sorted(path.name for path in folder.glob("0*.md"))
    assert [int(name[:4]) for name in decisions] == list(range(1, len(decisions) + 1)), "numbers run on and are never reused"
    listed = re.findall(r"\]\((0\d{3}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == decisions
    for name in decisions:
        assert re.search(r"^\d{1,2} [A-Z][a-z]+ 20\d\d · ", (folder / name).read_text(encoding="utf-8"), re.MULTILINE), f"{name} has no date"


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in _text_files(".md"):
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_the_partners_document_has_every_stage_and_column() -> None:
    document = (ROOT / "docs" / "partners-csv.md").read_text(encoding="utf-8")
    columns = {*partners_csv.REQUIRED, *partners_csv.OPTIONAL, *(column for pair in partners_csv.POSITIONS for column in pair)}
    assert [column for column in sorted(columns) if f"`{column}`" not in document] == []
    assert [stage for stage in STAGES if f"`{stage}`" not in document] == []


def test_the_repository_carries_none_of_the_publishers_files() -> None:
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the publishers' files are missing, so there is nothing to compare with: {SHARED_DATA}")
    sizes: dict[int, list[Path]] = {}
    for path in SHARED_DATA.rglob("*"):
        if path.is_file() and path.stat().st_size > 200:
            sizes.setdefault(path.stat().st_size, []).append(path)
    copies = []
    for path in _tracked():
        for original in sizes.get(path.stat().st_size, []):
            if hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(original.read_bytes()).digest():
                copies.append(path.relative_to(ROOT).as_posix())
    assert copies == []


def test_publishers_file_names_do_not_appear_as_files() -> None:
    """Holds where the publishers' files are not there to compare with, too."""
    published = {Path(tomllib.loads(path.read_text(encoding="utf-8"))["file"]).name for path in SOURCES}
    assert [path.relative_to(ROOT).as_posix() for path in _tracked() if path.name in published] == []


@pytest.mark.parametrize(("direct", "lock"), [("requirements.txt", "requirements.lock"), ("requirements-dev.txt", "requirements-dev.lock")])
def test_direct_requirements_are_locked_as_written(direct: str, lock: str) -> None:
    wanted, locked = _pins(direct), _pins(lock)
    assert wanted, f"{direct} pins nothing"
    assert {name: version for name, version in wanted.items() if locked.get(name) != version} == {}, "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_checksum_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    without = [entry.split()[0] for entry in entries if PINNED.match(entry) and "--hash=sha256:" not in entry]
    assert without == []
    assert not re.search(r"https?://|file:|--index-url|--extra-index-url|--find-links|--trusted-host|(?<!\S)/", text), "an address of one machine"


def test_the_two_locks_agree() -> None:
    runtime, development = _pins("requirements.lock"), _pins("requirements-dev.lock")
    both = runtime.keys() & development.keys()
    assert {name: (runtime[name], development[name]) for name in both if runtime[name] != development[name]} == {}


def test_what_only_tests_need_is_not_installed_to_run() -> None:
    assert TEST_TOOLS & _pins("requirements.lock").keys() == set()
    assert _pins("requirements-dev.txt").keys() >= TEST_TOOLS


def test_words_are_kind() -> None:
    files = _text_files(".md", ".py", ".js", ".toml", ".css", ".html")
    said = [path for path in files if path.relative_to(ROOT).parts[0] != "tests"]
    guilty = [f"{path.relative_to(ROOT)}: {match[0]}" for path in said if (match := UNKIND.search(path.read_text(encoding="utf-8")))]
    assert guilty == []


def test_nothing_unsafe_is_switched_on() -> None:
    files = [path for path in _text_files(".py", ".js", ".mjs") if path.relative_to(ROOT).parts[0] != "tests"]
    guilty = [f"{path.relative_to(ROOT)}: {match[0]}" for path in files if (match := UNSAFE.search(path.read_text(encoding="utf-8")))]
    assert guilty == []


def test_text_files_are_utf8_with_line_feeds() -> None:
    guilty = []
    for path in _text_files(".py", ".js", ".css", ".md", ".toml", ".txt", ".lock", ".json"):
        content = path.read_bytes()
        content.decode("utf-8")
        if b"\r" in content or (content and not content.endswith(b"\n")):
            guilty.append(path.relative_to(ROOT).as_posix())
    assert guilty == []


def test_documented_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {target for path in _text_files(".md") for target in re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8"))}
    assert asked - targets == set()
    assert {"help", "run", "test", "check", "snapshot", "bench", "lock", "clean"} <= targets


def _read_partners(content: str) -> Partners:
    def everywhere_is_stratford(postcodes: list[str]) -> pd.DataFrame:
        live = [postcode for postcode in postcodes if postcode.startswith("E")]
        return pd.DataFrame({"postcode": live, "easting": 538_500.0, "northing": 184_500.0})

    return partners_csv.read(
        content.encode(), today=date(2026, 11, 22), find_postcodes=everywhere_is_stratford, people=cKDTree([[538_500.0, 184_500.0]])
    )


def test_the_partners_documents_example_is_a_file_that_can_be_read() -> None:
    document = (ROOT / "docs" / "partners-csv.md").read_text(encoding="utf-8")
    example = re.search(r"```csv\n(.+?)```", document, re.DOTALL)
    assert example is not None
    partners = _read_partners(example[1])
    assert partners.bad.empty
    assert partners.good["name"].str.startswith("Example ").all(), "names are invented, and say so"
    assert len(partners.good) == len(example[1].strip().splitlines()) - 1


@pytest.mark.parametrize(
    "row",
    [
        ",talking,E15 1BX,,,,",
        "N" * 301 + ",talking,E15 1BX,,,,",
        "A,friends,E15 1BX,,,,",
        "A,talking,E15 1BX,,,last week,",
        "A,talking,E15 1BX,,,,2027-01-01",
        "A,talking,,,,,",
        "A,talking,ZZ1 1ZZ,,,,",
        "A,talking,,north,east,,",
        "A,talking,,0.004,51.54,,",
        "A,talking,,55.95,-3.19,,",
        "A,talking,E15 1BX,,,,\nA,talking,E15 1BX,,,,",
    ],
)
def test_what_is_said_of_a_bad_row_is_documented(row: str) -> None:
    document = (ROOT / "docs" / "partners-csv.md").read_text(encoding="utf-8")
    said = re.findall(r"^\| ([^|`]+?) \|", document.partition("## What cannot be used")[2], re.MULTILINE)
    bad = _read_partners("name,stage,postcode,latitude,longitude,last_confirmed,last_contact\n" + row + "\n").bad
    assert len(bad) == 1
    reason = bad["reason"].iloc[0].replace("last_contact", "last_confirmed")
    assert any(reason.startswith(entry.removesuffix("…")) for entry in said), f"docs/partners-csv.md does not explain: {reason}"
