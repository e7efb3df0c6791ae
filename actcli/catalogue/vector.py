"""The part of a declaration that only functions of vectors have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Axis(NamedTuple):
    """A framework's keyword for the axis, and its default.

    `default` maps the number of axes to the default axis, or to None for all elements at once.
    """

    keyword: str
    words: str
    default: Callable[[int], int | None] = lambda _: -1


LAST = "-1"


class Cells(NamedTuple):
    """How vectors divide into cells, small vectors that do not depend on each other.

    A vector of x has the shape (x[0], cells, x[1]), one of y (y[0], cells, y[1]). The cells of a
    gated unit are the pairs (a_i, b_i), so x is (2, 1) and y is (1, 1).
    """

    x: tuple[int, int]
    y: tuple[int, int]


class Vector(NamedTuple):
    """What only a function of vectors has.

    `length(n, **parameters)` is the number of values that n numbers give, `complaint(n,
    **parameters)` what is wrong with n numbers, or "". `cells(**parameters)` says how vectors
    divide into small ones; it is None where every value depends on the whole vector. `axis` is the
    default axis, and the only one if `fixed_axis`; `dimensions` are the numbers of axes that arrays
    may have (any if empty). `axes` holds the keyword of each framework.
    """

    jacobian_text: str
    mathtext: str
    length: Callable[..., int] = lambda length, **_: length
    complaint: Callable[..., str] = lambda length, **_: ""
    cells: Callable[..., Cells] | None = None
    axis: int = -1
    fixed_axis: bool = False
    dimensions: tuple[int, ...] = ()
    axes: Mapping[str, Axis] = MappingProxyType({})


__all__ = ["LAST", "Axis", "Cells", "Vector"]
