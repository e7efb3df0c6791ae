"""Pictures beside stored ones: `tools/renew_baselines.py` draws those anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images

from tests.support.baselines import FOLDER, PICTURES, write

#: Root mean square of the difference of all pixels, from 0 to 255. Antialiasing alone stays below;
#: a curve that is elsewhere by its own width does not.
TOLERANCE = 1.5


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.sampled(3)
def test_pictures_are_as_they_were(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.png"
    write(name, path)
    difference = compare_images(str(FOLDER / path.name), str(path), TOLERANCE)
    assert difference is None, difference


def test_every_stored_picture_is_compared() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{n}.png" for n in PICTURES)
