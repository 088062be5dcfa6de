"""What every test may use: the publishers' files beside the checkout, where they are there."""

from __future__ import annotations

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
