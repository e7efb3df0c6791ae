"""Numbers that become codes of a quantised dtype as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from actcli.errors import DataError
from actcli.sources.base import BLOCK, Held, Source

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array
    from actcli.numerics.quantised import Quantised
    from actcli.sources.base import Input

    #: The codes of some float64 numbers, the first of which has this place in the whole.
    Convert = Callable[[Array, int], Array]


class Coded(Source):
    """The numbers of a source that is read once, as codes."""

    def __init__(self, source: Source, convert: Convert) -> None:
        self.source = source
        self.convert = convert
        self.name, self.count, self.scalar = source.name, source.count, source.scalar
        self.size, self.position, self.descriptor = source.size, source.position, source.descriptor
        self.invalid = source.invalid

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        done = 0
        for block in self.source.blocks(size):
            yield self.convert(block, done)
            done += len(block)

    def held(self) -> HeldCodes:
        return HeldCodes(self.source.held(), self.convert)


class HeldCodes(Held):
    """The numbers of a source, any part of which can be read at any time, as codes."""

    def __init__(self, source: Held, convert: Convert) -> None:
        self.source = source
        self.convert = convert
        self.count, self.scalar = source.count, source.scalar

    def part(self, first: int, last: int) -> Array:
        return self.convert(self.source.part(first, last), first)


def are_codes(numbers: Input) -> bool:
    """Whether the numbers are stored as integers, which are codes already."""
    elements = getattr(numbers.source, "elements", None)
    return elements is not None and elements.stored is None


def coded(numbers: Input, dtype: Quantised, rounding: str, name: str) -> Source:
    """The float64 numbers of an input as codes; DataError for an integer that is none."""
    source = numbers.source

    def checked(values: Array, first: int) -> Array:
        beyond = np.flatnonzero((values < dtype.lowest) | (values > dtype.highest))
        if beyond.size:
            place = int(beyond[0])
            raise DataError(
                f"{name} holds {int(values[place])} at element {first + place}, which is no code "
                f"of {dtype.base.name}: those are {dtype.lowest} to {dtype.highest}"
            )
        return values.astype(dtype.numpy)

    def rounded(values: Array, first: int) -> Array:
        exactly = None
        if isinstance(source.origin, tuple):
            start, stop, count = source.origin

            def exactly(place: int) -> Fraction:
                steps, place = max(count - 1, 1), place + first
                whole = Fraction(start) * (steps - place) + Fraction(stop) * place
                return whole / steps

        return dtype.nearest_codes(values, rounding, exactly)

    convert = checked if are_codes(numbers) else rounded
    return HeldCodes(source, convert) if isinstance(source, Held) else Coded(source, convert)
