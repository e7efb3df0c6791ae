"""Pseudo-random words, always the same, any of which can be computed alone, without imports."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.dtypes import Array

GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def words(index: Array, seed: int) -> NDArray[np.uint64]:
    """The 64-bit words at some indices of a seed's sequence (splitmix64: Steele, Lea, Flood, 2014).

    >>> hex(int(words(np.array([0]), 0)[0]))
    '0xe220a8397b1dcdaf'
    """
    start = np.uint64((seed + 1) * GOLDEN & MASK)
    z = index.astype(np.uint64) * np.uint64(GOLDEN) + start
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
