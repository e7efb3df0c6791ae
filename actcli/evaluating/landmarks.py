"""Where something happens to the columns of an activation, among the numbers of a dtype."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.places import Places, distinct, largest_place, nearest_places, numbers

ORDERS = (0, 1, 2)
#: Numbers examined: over the whole dtype, and evenly within twice the view of a plot.
SPREAD, EVEN = 1024, 513
#: Changes kept, nearest to 0, of a column that oscillates for ever (sine).
MOST = 32

Floats = NDArray[np.float64]


class Landmarks(NamedTuple):
    """Special places of the columns y, dy and d2y in a dtype.

    `changes` are places (see `actcli.numerics.places`) on both sides of which a column differs in
    kind: in sign, as subnormal, as overflowed, as indistinguishable from its limit. `roots` are,
    for each column, the numbers next to a change of sign: roots, stationary points, inflections.
    `middle` is the interval beyond which a function only approaches its ends.
    """

    changes: Places
    roots: tuple[Floats, Floats, Floats]
    middle: tuple[float, float]


def find_landmarks(bound: BoundActivation, dtype: DType) -> Landmarks:
    """The landmarks of all three columns."""
    at = _grid(bound, dtype)
    kinds = _kinds(bound, at, dtype)
    brackets = []
    for order in ORDERS:
        changed = np.flatnonzero(kinds[order][1:] != kinds[order][:-1])
        nearest = changed[np.argsort(np.abs(at[changed]), kind="stable")[:MOST]]
        brackets += [(order, index) for index in nearest.tolist()]
    orders = np.array([order for order, _ in brackets], np.intp)
    index = np.array([index for _, index in brackets], np.intp)
    low, high = at[index], at[index + 1]
    below, above = kinds[orders, index], kinds[orders, index + 1]
    lane = np.arange(len(orders))
    while (open_ := high - low > 1).any():
        middle = np.where(open_, low // 2 + high // 2 + (low % 2 + high % 2) // 2, low)
        found = _kinds(bound, middle, dtype)[orders, lane]
        as_low = found == below
        low = np.where(as_low, middle, low)
        above = np.where(open_ & ~as_low, found, above)
        high = np.where(open_ & ~as_low, middle, high)
    roots = [
        _roots(low[mine], high[mine], _signs(below[mine]), _signs(above[mine]), dtype)
        for mine in (orders == order for order in ORDERS)
    ]
    return Landmarks(
        distinct(low, high), (roots[0], roots[1], roots[2]), _middle(bound, np.concatenate(roots))
    )


def _roots(low: Places, high: Places, below: Places, above: Places, dtype: DType) -> Floats:
    """The numbers between which a column changes its sign, or the one where it is 0."""
    across = below * above < 0
    # where it is 0 at a single number, the neighbours have opposite signs
    coming = {
        (place, sign)
        for place, sign in zip(high[above == 0].tolist(), below[above == 0].tolist(), strict=True)
    }
    at = [
        place
        for place, sign in zip(low[below == 0].tolist(), above[below == 0].tolist(), strict=True)
        if (place, -sign) in coming
    ]
    found = np.concatenate([low[across], high[across], np.array(at, np.int64)])
    return numbers(distinct(found), dtype).astype(np.float64)


def _middle(bound: BoundActivation, roots: Floats) -> tuple[float, float]:
    view = bound.facts.view
    marks = [point.x for point in bound.breakpoints] + roots.tolist()
    seen = [mark for mark in marks if abs(mark) <= view]
    return min([-1.0, *seen]), max([1.0, *seen])


def _grid(bound: BoundActivation, dtype: DType) -> Places:
    end = largest_place(dtype)
    reach = 2 * bound.facts.view
    wide = np.linspace(-1.0, 1.0, 2 * SPREAD + 1) * float(end)
    marks = [point.x for point in bound.breakpoints if np.isfinite(point.x)]
    at = np.concatenate(
        [
            wide.astype(np.int64),
            nearest_places(np.linspace(-reach, reach, EVEN), dtype),
            *(nearest_places([mark], dtype) + offset for mark in marks for offset in (-1, 0, 1)),
            np.array([-end, -1, 0, 1, end]),
        ]
    )
    return distinct(np.clip(at, -end, end))


def _kinds(bound: BoundActivation, at: Places, dtype: DType) -> NDArray[np.int64]:
    """The kind of number that each column has at some places, a row for each order."""
    columns = evaluate(bound, numbers(at, dtype), ORDERS, dtype, threads=1)
    ends = np.array(bound.limits).T
    return np.array([_kind(c, e, dtype) for c, e in zip(columns, ends, strict=True)])


def _kind(column: Array, ends: Floats, dtype: DType) -> NDArray[np.int64]:
    with np.errstate(all="ignore"):
        values = column.astype(np.float64)
        limits = ends.astype(dtype.numpy).astype(np.float64)
        facts = (
            values == limits[0],
            values == limits[1],
            ~np.isfinite(values),
            np.abs(values) < 2.0**dtype.smallest_normal_exponent,
        )
        kind = 1 + np.where(np.isnan(values), 0, np.sign(values)).astype(np.int64)
    for position, fact in enumerate(facts):
        kind += fact * (4 << position)
    return kind


def _signs(kind: NDArray[np.int64]) -> NDArray[np.int64]:
    return kind % 4 - 1
