"""Files that take no room, and a device that takes none."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")


def sparse(path: str | Path, *shape: int) -> None:
    """An .npy file of so many float32 zeros, most of which are nowhere on the disk."""
    with open(path, "wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 4 * math.prod(shape))
