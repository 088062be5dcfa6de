"""What every test may use: the publishers' files beside the checkout, where they are there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_loaders.atlas import Atlas
from data_loaders.needs import Needs

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
REBUILD = Path(__file__).parent / "rebuild"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in tests/rebuild read the publishers' files, which the repository does not carry."""
    rebuild = [item for item in items if REBUILD in item.path.parents]
    for item in rebuild:
        item.add_marker("rebuild")
        if not SHARED_DATA.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"the publishers' files are missing: there is no folder {SHARED_DATA}"))


@pytest.fixture(scope="session", autouse=True)
def _nobodys_own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what belongs to the person who runs it: pulled figures, the register of partners, a partners file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMON_GROUND_DATA", str(tmp_path_factory.mktemp("data")))
        for name in ("DATABASE_URL", "COMMON_GROUND_REGISTER", "COMMON_GROUND_PARTNERS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def _own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's AppTest leaves its page as the process's main module, which a process that is spawned later would run as its own."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the publishers' files; skips the test where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the publishers' files are missing: there is no folder {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """The committed snapshot, opened once for all tests. Its frames are shared: a test that changes one copies it first."""
    return Atlas()


@pytest.fixture(scope="session")
def needs(atlas: Atlas) -> Needs:
    """The committed snapshot's figures of need without a live layer, opened once; read-only as well."""
    return Needs(atlas.snapshot)
