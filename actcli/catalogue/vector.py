"""What is declared of a function of vectors besides what every function has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from actcli.arithmetic.reals import Number


class Axis(NamedTuple):
    """A framework's keyword for the axis, and the axis it takes when none is given.

    `default` maps the number of axes to that one, None standing for all elements at once.
    """

    keyword: str
    words: str
    default: Callable[[int], int | None] = lambda _: -1


LAST = "-1"


class Cells(NamedTuple):
    """How vectors fall apart into cells, small vectors that know nothing of each other.

    A vector of x is an array of the shape (x[0], cells, x[1]), and one of y is (y[0], cells, y[1]):
    of a gated unit the cells are the pairs (a_i, b_i), so that x is (2, 1) and y (1, 1).
    """

    x: tuple[int, int]
    y: tuple[int, int]


def same_length(length: int, **_: Number) -> int:
    """The length of the result of a function that keeps it."""
    return length


def any_length(length: int, **_: Number) -> str:
    """The complaint of a function that takes vectors of any length: none."""
    return ""


class Vector(NamedTuple):
    """What a function of vectors has and one of single numbers lacks.

    `length(n, **parameters)` is how many values n numbers give, and `complaint(n, **parameters)`
    what is wrong with that many, or "". `cells(**parameters)` says how vectors fall apart into
    small ones; None where every value depends on the whole vector. `axis` is the default one,
    `fixed_axis` says that it is the only one, and `dimensions` are the numbers of axes that arrays
    may have (any, if empty). `axes` holds what each framework takes.
    """

    jacobian_text: str
    mathtext: str
    length: Callable[..., int] = same_length
    complaint: Callable[..., str] = any_length
    cells: Callable[..., Cells] | None = None
    axis: int = -1
    fixed_axis: bool = False
    dimensions: tuple[int, ...] = ()
    axes: Mapping[str, Axis] = MappingProxyType({})


__all__ = ["LAST", "Axis", "Cells", "Vector"]
