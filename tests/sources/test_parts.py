"""Sources that can give any part: the same numbers, whichever way they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES
from actcli.sources.arrays import ArraySource
from actcli.sources.base import Held
from actcli.sources.elements import raw_elements
from actcli.sources.opened_file import open_file
from actcli.sources.ranges import RangeSource, points
from actcli.sources.stored import FileSource

DTYPE = DTYPES["float32"]
COUNT = 24_000
VALUES = points(-3.0, 5.0, COUNT, 0, COUNT, DTYPE)

Check = Callable[[Held], None]


def blocks(source: Held) -> None:
    found = np.concatenate([block.copy() for block in source.blocks(7001)])
    np.testing.assert_array_equal(found, VALUES)


def between(source: Held) -> None:
    found = np.concatenate([block.copy() for block in source.between(5, 23_000, 6000)])
    np.testing.assert_array_equal(found, VALUES[5:23_000])


def strips(source: Held) -> None:
    for stride, width in ((4, 3), (20, 20), (8000, 6)):
        rows = np.empty((3, width), np.float32)
        source.strip(rows, 2, stride)
        wanted = [VALUES[2 + row * stride :][:width] for row in range(3)]
        np.testing.assert_array_equal(rows, wanted)


def itself(source: Held) -> None:
    assert source.held() is source.parts is source
    assert source.count == COUNT


@pytest.mark.parametrize("check", [blocks, between, strips, itself])
def test_every_way_to_ask(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "values.raw"
    path.write_bytes(b"begin" + VALUES.astype("<f4").tobytes())
    check(ArraySource(VALUES))
    check(RangeSource(-3.0, 5.0, COUNT, DTYPE, points))
    with open_file(str(path)) as file:
        check(FileSource(file, 5, COUNT, raw_elements(DTYPE, None)))
