"""The inputs of an audit: every number of a dtype or a range, or a stratified sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.chance import words
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.places import largest_place, nearest_places, numbers
from actcli.sources.base import Held

Counts = NDArray[np.uint64]

#: Inputs judged at a time, so that temporaries stay in the cache.
BLOCK = 1 << 15
SEED = 0


class Numbers(Held):
    """Numbers of a dtype that are counted rather than held."""

    dtype: DType

    def at(self, index: Counts) -> Array:
        """The numbers of these places in their order."""
        raise NotImplementedError

    def part(self, first: int, last: int) -> Array:
        return self.at(np.arange(first, last, dtype=np.uint64))


class Every(Numbers):
    """Every bit pattern of a dtype, in the order of the patterns."""

    def __init__(self, dtype: DType) -> None:
        self.dtype = dtype
        self.count = 1 << dtype.bits

    def at(self, index: Counts) -> Array:
        found: Array = index.astype(self.dtype.unsigned).view(self.dtype.numpy)
        return found


class Between(Numbers):
    """Every number of a dtype that lies between two, or is one of them: in order, -0.0 before 0.0.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> few = Between((-0.002, 0.004), DTYPES["float8_e4m3fn"])
    >>> few.part(0, few.count).astype(float).tolist()
    [-0.001953125, -0.0, 0.0, 0.001953125, 0.00390625]
    """

    def __init__(self, ends: tuple[float, float], dtype: DType) -> None:
        self.dtype = dtype
        self.first, last = _inside(ends[0], 1, dtype), _inside(ends[1], -1, dtype)
        self.has_zero = self.first <= 0 <= last
        self.count = max(0, last - self.first + 1) + self.has_zero

    def at(self, index: Counts) -> Array:
        zero = np.uint64(-self.first if self.has_zero else self.count)
        # modulo 2^64, in which any place of float64 is reached from any other
        begin = np.uint64(self.first % (1 << 64))
        found = numbers((begin + index - (index > zero)).view(np.int64), self.dtype)
        found[index == zero] = -0.0
        return found


def _inside(end: float, step: int, dtype: DType) -> int:
    """The place of the first number of a dtype at an end, or in steps of 1 or -1 from there."""
    if np.isinf(end) and dtype.has_infinity:
        return int(np.copysign(largest_place(dtype) + 1, end))
    place = int(nearest_places([end], dtype)[0])
    return place + step if float(numbers(place, dtype)) * step < end * step else place


class Sample(Held):
    """`count` of some numbers, a random one from each of equal strata, always the same ones."""

    def __init__(self, whole: Numbers, count: int, seed: int = SEED) -> None:
        self.whole = whole
        self.count = min(count, whole.count)
        self.seed = seed

    def part(self, first: int, last: int) -> Array:
        index = np.arange(first, last, dtype=np.uint64)
        size, count = self.whole.count, np.uint64(self.count)
        if size > 1 << 32:
            length = np.full(index.shape, min(size // self.count, (1 << 64) - 1), np.uint64)
            begin = index * length
        else:
            begin = index * np.uint64(size) // count
            length = (index + np.uint64(1)) * np.uint64(size) // count - begin
        return self.whole.at(begin + words(index, self.seed) % length)


class Span(NamedTuple):
    """A part of some inputs, and how many of all come before it."""

    inputs: Held
    first: int
    last: int
    offset: int


def spans(whole: list[Held], most: int) -> list[Span]:
    """All inputs in about `most` parts at most, of whole blocks except at the ends."""
    total = sum(inputs.count for inputs in whole)
    blocks = max(1, -(-total // (BLOCK * most)))
    step = blocks * BLOCK
    found, offset = [], 0
    for inputs in whole:
        for first in range(0, inputs.count, step):
            last = min(first + step, inputs.count)
            found.append(Span(inputs, first, last, offset + first))
        offset += inputs.count
    return found
