"""Sums of float64 numbers in several times the precision, for decisions that must be right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from actcli.arithmetic.pair import two_sum

if TYPE_CHECKING:
    from actcli.arithmetic.pair import Array


def accurate_sum(terms: Iterable[Array]) -> tuple[Array, Array]:
    """Elementwise sums of a few arrays as (high, low).

    Each sweep replaces the terms by others with the same sum that overlap less (Ogita, Rump and
    Oishi, Accurate sum and dot product, 2005); as many sweeps as terms leave no overlap.
    """
    parts = [np.asarray(term, dtype=np.float64) for term in terms]
    for _ in range(len(parts)):
        for index in range(1, len(parts)):
            parts[index], parts[index - 1] = two_sum(parts[index], parts[index - 1])
    high, low = parts[-1], np.zeros_like(parts[-1])
    for part in parts[-2::-1]:
        high, rest = two_sum(high, part)
        low = low + rest
    return two_sum(high, low)
