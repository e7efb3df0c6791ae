"""Vectors worth testing a kernel with: masks, offsets, ties, one number above all, and a spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.chance import words
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.places import largest_place, numbers
from actcli.numerics.rounding import round_to

Floats = NDArray[np.float64]

#: The default number of vectors, and of numbers in each.
COUNT = 256
LENGTH = 64
#: How far vectors are moved away from 0, or a quarter of the largest number of the dtype.
OFFSET = 1000.0


class Chance:
    """Random arrays, always the same ones, in which a row does not depend on how many there are."""

    def __init__(self, length: int, seed: int) -> None:
        self.length = length
        self.seed = seed

    def uniform(self, rows: int, draw: int = 0) -> Floats:
        """Numbers from 0 up to but not including 1; each `draw` gives others."""
        index = np.arange(rows * self.length, dtype=np.uint64)
        bits = words(index, self.seed * 100 + draw) >> np.uint64(11)
        found: Floats = (bits.astype(np.float64) * 2.0**-53).reshape(rows, self.length)
        return found

    def normal(self, rows: int) -> Floats:
        """Numbers of about the standard normal distribution: the sum of 12 uniform ones, less 6,
        which is exact and so the same on every machine.
        """
        found = np.full((rows, self.length), -6.0)
        for draw in range(12):
            found += self.uniform(rows, draw)
        return found


def _ordinary(rows: int, dtype: DType, chance: Chance) -> Floats:
    """Around 0, in sizes from 1/64 to 64."""
    return chance.normal(rows) * 2.0 ** (np.arange(rows) % 13 - 6)[:, None]


def _offset(rows: int, dtype: DType, chance: Chance) -> Floats:
    """Far from 0, where exp overflows or vanishes unless the largest number is taken off."""
    away = min(OFFSET, dtype.largest / 4)
    size = max(1.0, away * 2.0 ** (1 - dtype.mantissa_bits))  # or they would all be the same
    return size * chance.normal(rows) + np.where(np.arange(rows) % 2, -away, away)[:, None]


def _masked(rows: int, dtype: DType, chance: Chance) -> Floats:
    """With -inf, or the lowest number, in place of some: the end, the beginning, any, all but one,
    all.
    """
    found = chance.normal(rows)
    place, length = np.arange(chance.length), chance.length
    masks = (
        place >= (length + 1) // 2,
        place < length // 2,
        chance.uniform(1, 12)[0] < 0.5,
        place != length // 3,
        place >= 0,
    )
    lowest = [-np.inf, -dtype.largest] if dtype.has_infinity else [-dtype.largest]
    for row in range(rows):
        found[row, masks[row % len(masks)]] = lowest[row // len(masks) % len(lowest)]
    return found


def _ties(rows: int, dtype: DType, chance: Chance) -> Floats:
    """Few different numbers, or one alone: 0, 1, the least and the largest of the dtype."""
    found = np.floor(chance.uniform(rows) * 5) - 2
    alone = (0.0, -0.0, 1.0, dtype.smallest, -dtype.largest, dtype.largest)
    for row in range(0, rows, 2):
        found[row] = alone[row // 2 % len(alone)]
    return found


def _dominant(rows: int, dtype: DType, chance: Chance) -> Floats:
    """One number above all others, by little or by much."""
    found = chance.normal(rows) * 2.0**-4
    gaps = (1.0, 10.0, 17.0, 88.0, 104.0, dtype.largest)
    for row in range(rows):
        found[row, (7 * row + 3) % chance.length] = min(gaps[row % len(gaps)], dtype.largest)
    return found


def _ramps(rows: int, dtype: DType, chance: Chance) -> Floats:
    """Evenly spaced, upwards and downwards, over ranges from 1 to 200."""
    ramp = np.linspace(-0.5, 0.5, chance.length)
    sizes = np.array((1.0, 20.0, 200.0))[np.arange(rows) % 3] * (-1.0) ** np.arange(rows)
    return np.outer(sizes, ramp)


def _spread(rows: int, dtype: DType, chance: Chance) -> Floats:
    """Any finite numbers of the dtype, uniform in the bits and so nearly in the logarithm."""
    end = largest_place(dtype)
    at = np.floor(chance.uniform(rows) * (2.0 * end + 1)) - end
    return numbers(np.clip(at, -end, end).astype(np.int64), dtype).astype(np.float64)


def _specials(rows: int, dtype: DType, chance: Chance) -> Floats:
    """With a nan, an infinity or two, or a zero of either sign among ordinary numbers."""
    found = chance.normal(rows)
    infinity = np.inf if dtype.has_infinity else np.nan
    several = ((np.nan,), (infinity,), (-infinity,), (infinity, infinity), (infinity, -infinity),
               (0.0, -0.0))  # fmt: skip
    for row in range(rows):
        for step, value in enumerate(several[row % len(several)]):
            found[row, (row + 5 * step) % chance.length] = value
    return found


#: The kinds of vectors by name, each a function that makes some rows.
KINDS: dict[str, Callable[[int, DType, Chance], Floats]] = {
    "ordinary": _ordinary,
    "offset": _offset,
    "masked": _masked,
    "ties": _ties,
    "dominant": _dominant,
    "ramps": _ramps,
    "spread": _spread,
    "specials": _specials,
}


class Vectors(NamedTuple):
    """Vectors as the rows of an array, and the place of each one's kind among the names."""

    rows: Array
    kinds: NDArray[np.intp]
    names: Sequence[str] = tuple(KINDS)


def vectors_worth_testing(dtype: DType, length: int = LENGTH, count: int = COUNT) -> Vectors:
    """`count` vectors of `length` numbers of the dtype, about as many of each kind.

    The result is always the same.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> vectors_worth_testing(DTYPES["float32"], 3, 8).rows[2].tolist()[2]
    -inf
    """
    names = list(KINDS)
    rows, kinds = [], []
    for place, name in enumerate(names):
        number = (count - place + len(names) - 1) // len(names)
        with np.errstate(all="ignore"):
            wide = KINDS[name](number, dtype, Chance(length, place))
            limited = np.where(
                np.isfinite(wide), np.clip(wide, -dtype.largest, dtype.largest), wide
            )
        rows.append(round_to(limited, dtype))
        kinds += [place] * number
    return Vectors(np.concatenate(rows), np.array(kinds, np.intp))
