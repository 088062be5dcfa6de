"""What import-linter does not see: pages are scripts, and only some folders may know a screen."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("data_loaders", "analysis", "register", "presentation", "pages", "commands")
FRONT = ("dashboard.py", "server.py")
SCREEN = {"presentation", "pages", *FRONT}


def _product_files() -> list[Path]:
    files = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
    return files + [ROOT / name for name in FRONT if (ROOT / name).is_file()]


def imported_modules(source: str, package: tuple[str, ...] = ()) -> Iterator[str]:
    """Every module that a source imports, dotted, at any depth; `package` is where relative imports start."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _imports(path: Path) -> set[str]:
    relative = path.relative_to(ROOT)
    return {module.partition(".")[0] for module in imported_modules(path.read_text(encoding="utf-8"), relative.parts[:-1])}


def _names(files: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in files]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import pages.gaps", "pages.gaps"),
        ("def f():\n    from pages import gaps", "pages.gaps"),
        ("from . import other", "pages.other"),
        ("from ..presentation import words", "presentation.words"),
    ],
)
def test_the_scan_sees_each_way_to_import(source: str, expected: str) -> None:
    package = ("pages",) if expected != "presentation.words" else ("pages", "deep")
    found = set(imported_modules(source, package))
    assert expected in found or f"pages.{expected}" in found


def test_nothing_imports_a_page() -> None:
    guilty = [path for path in _product_files() if "pages" in _imports(path)]
    assert _names(guilty) == [], "a page is a script: move what is shared to presentation/"


def test_pages_is_a_folder_of_pages_only() -> None:
    assert not (ROOT / "pages" / "__init__.py").exists(), "every file in pages/ is a page"
    underscored = [path for path in (ROOT / "pages").glob("*") if path.name.startswith("_") and path.name != "__pycache__"]
    assert underscored == [], "helpers live in presentation/, not beside the pages"


def test_every_page_is_registered() -> None:
    dashboard = ROOT / "dashboard.py"
    if not dashboard.is_file():
        pytest.skip("dashboard.py is not there yet")
    registry = "\n".join(path.read_text(encoding="utf-8") for path in [dashboard, *sorted((ROOT / "presentation").glob("*.py"))])
    missing = [path.name for path in (ROOT / "pages").glob("*.py") if f"pages/{path.name}" not in registry]
    assert missing == [], "a page that the registry does not name cannot be reached"


def test_only_the_screen_imports_streamlit() -> None:
    guilty = [path for path in _product_files() if "streamlit" in _imports(path) and path.relative_to(ROOT).parts[0] not in SCREEN]
    assert _names(guilty) == []


def test_import_linter_watches_every_layer_that_is_a_package() -> None:
    watched = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["root_packages"])
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages == watched


def test_every_library_that_the_product_imports_is_a_direct_requirement() -> None:
    own = set(LAYERS) | {Path(name).stem for name in FRONT}
    distributions = packages_distributions()
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    direct = {line.split("==")[0].strip().lower().replace("_", "-") for line in lines if "==" in line}
    unlisted = {}
    for path in _product_files():
        for module in _imports(path) - own - set(sys.stdlib_module_names) - {""}:
            names = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
            if not names & direct:
                unlisted[module] = path.relative_to(ROOT).as_posix()
    assert unlisted == {}, "add it to requirements.txt and run `make lock`"


def test_a_server_starts_without_what_only_some_pages_need() -> None:
    """Charts and distributions take half a second to load, which everybody would wait for who starts the app or a command."""
    script = "import data_loaders.atlas, presentation.open_referral_serving, sys; print({'plotly', 'scipy.stats', 'openpyxl'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
