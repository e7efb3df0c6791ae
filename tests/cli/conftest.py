"""What tests of whole runs share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def cleared_folder(folder: Path) -> Iterator[None]:
    """A folder to work in, whose large files go with the test: pytest keeps folders for a while."""
    yield
    for path in folder.iterdir():
        path.unlink()
