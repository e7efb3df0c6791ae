"""The inputs of an audit: every number of a dtype, or a stratified sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from actcli.numerics.chance import words
from actcli.numerics.dtypes import Array, DType
from actcli.sources.base import Held

#: Inputs judged at a time, so that temporaries stay in the cache.
BLOCK = 1 << 15
SEED = 0


class Every(Held):
    """Every bit pattern of a dtype, in the order of the patterns."""

    def __init__(self, dtype: DType) -> None:
        self.dtype = dtype
        self.count = 1 << dtype.bits

    def part(self, first: int, last: int) -> Array:
        patterns = np.arange(first, last, dtype=np.uint64).astype(self.dtype.unsigned)
        found: Array = patterns.view(self.dtype.numpy)
        return found


class Sample(Held):
    """`count` bit patterns, a random one from each of equal strata, always the same ones."""

    def __init__(self, dtype: DType, count: int, seed: int = SEED) -> None:
        self.dtype = dtype
        self.count = min(count, 1 << dtype.bits)
        self.seed = seed

    def part(self, first: int, last: int) -> Array:
        index = np.arange(first, last, dtype=np.uint64)
        if self.dtype.bits == 64:
            length = np.full(index.shape, (1 << 64) // self.count, np.uint64)
            begin = index * length
        else:
            count, bits = np.uint64(self.count), np.uint64(self.dtype.bits)
            begin = (index << bits) // count
            length = ((index + np.uint64(1)) << bits) // count - begin
        patterns = begin + words(index, self.seed) % length
        found: Array = patterns.astype(self.dtype.unsigned).view(self.dtype.numpy)
        return found


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
