"""Sparsemax: its threshold and its support, decided exactly, for all vectors at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic.exact_sums import accurate_sum
from actcli.arithmetic.pair import Pair, fast_two_sum, two_product, two_sum

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: How near to its threshold a difference must be, relative to that, for pairs to be unsure of it.
UNSURE = 2.0**-40
#: Numbers worked on at once, so that what arises on the way stays in the cache.
AT_ONCE = 1 << 15


class Groups(NamedTuple):
    """How many numbers each row has in an array that holds all rows one after the other."""

    sizes: NDArray[np.intp]

    @property
    def starts(self) -> NDArray[np.intp]:
        return np.cumsum(self.sizes) - self.sizes

    def total(self, values: Array) -> Array:
        """The sum of each row."""
        found: Array = np.add.reduceat(values, self.starts)
        return found

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """The number of each row, for each of its numbers."""
        if len(values) == 1:
            return np.broadcast_to(values, self.sizes[0])
        return np.repeat(values, self.sizes)

    def among(self, chosen: Mask) -> Groups:
        """Those of the chosen numbers."""
        return Groups(np.add.reduceat(chosen, self.starts, dtype=np.intp))


class Threshold(NamedTuple):
    """tau of each row as high + low, from the size of its support and the exact parts of the sum.

    `exact` says where high alone is tau.
    """

    high: Array
    low: Array
    exact: Mask
    size: Array
    parts: list[Array]


def shares(x: Array) -> tuple[Array, Array]:
    """max(x_i - tau, 0) as high + low, with the tau for which they sum to 1 in each row.

    The maximum of each row is finite; -inf has no share. The differences d = x - max are exact as
    pairs, and only those above -1 can have a share. Newton's method for the sum of max(d - tau, 0),
    which is convex and piecewise linear in tau, arrives when the support stays: first in float64,
    then exactly.
    """
    top = x.max(axis=-1, keepdims=True)
    near = x >= top - 1
    groups = Groups(np.count_nonzero(near, axis=-1))
    candidates = x.reshape(-1) if near.all() else x[near]
    high, low = _differences(candidates, groups.spread(top[:, 0]))
    support = _roughly(high, groups)
    while True:
        tau = _threshold(high, low, support, groups)
        values = _above(high, low, tau, groups)
        positive = values[0] > 0
        if (positive == support).all():
            break
        support = positive
    for part in values:
        np.copyto(part, 0.0, where=~support)
    if near.all():
        return values[0].reshape(x.shape), values[1].reshape(x.shape)
    found = np.zeros((2, *x.shape))
    found[:, near] = values
    return found[0], found[1]


def _differences(x: Array, top: Array) -> tuple[Array, Array]:
    high, low = np.empty((2, len(x)))
    for start in range(0, len(x), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        high[part], low[part] = two_sum(x[part], -top[part])
    return high, low


def _roughly(high: Array, groups: Groups) -> Mask:
    """The support as float64 has it: tau rises from step to step, and what is below it is out."""
    left, own = high, groups
    while True:
        tau = (own.total(left) - 1) / own.sizes
        above = left > own.spread(tau)
        if above.all():
            return high > groups.spread(tau)
        left, own = left[above], own.among(above)


def _threshold(high: Array, low: Array, support: Mask, groups: Groups) -> Threshold:
    own = groups.among(support)
    size = own.sizes.astype(np.float64)
    parts = [
        part
        for terms in (high, low)
        if terms.any()
        for part in _exact_sums(terms if support.all() else terms[support], own)
    ]
    ones = np.ones_like(size)
    tau = Pair(*accurate_sum([*parts, -ones])) / Pair(size, np.zeros_like(size))
    rest, _ = accurate_sum([*parts, -ones, *(-term for term in two_product(tau.high, size))])
    return Threshold(tau.high, tau.low, (rest == 0) & (tau.low == 0), size, parts)


def _exact_sums(terms: Array, groups: Groups) -> list[Array]:
    """Numbers for each row whose sum is that of its terms: of these, one part after the other is a
    multiple of so large a number that float64 adds them up without error (Rump, Ogita and Oishi,
    Accurate floating-point summation, 2008)."""
    parts = []
    most = float(groups.sizes.max())
    while size := float(max(terms.max(), -terms.min())):
        grid = np.ldexp(1.0, np.frexp(size * most)[1] + 1)
        larger, rest = np.empty((2, len(terms)))
        for start in range(0, len(terms), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            larger[part] = (grid + terms[part]) - grid
            rest[part] = terms[part] - larger[part]
        parts.append(groups.total(larger))
        terms = rest
    return parts


def _above(high: Array, low: Array, tau: Threshold, groups: Groups) -> tuple[Array, Array]:
    """d - tau as high + low, of which the sign and nearly all digits of high are right."""
    result, rest = np.empty((2, len(high)))
    unsure = np.empty(len(high), bool)
    tau_high, tau_low = groups.spread(tau.high), groups.spread(tau.low)
    exact = groups.spread(tau.exact)
    for start in range(0, len(high), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        total, error = two_sum(high[part], -tau_high[part])
        error = error + (low[part] - tau_low[part])
        result[part], rest[part] = fast_two_sum(total, error)
        close = np.abs(result[part]) <= UNSURE * -tau_high[part]
        unsure[part] = close & ~(exact[part] & (low[part] == 0))
    if unsure.any():
        # k (d - tau) = 1 + k d - the sum over the support
        size, *parts = (groups.spread(row)[unsure] for row in (tau.size, *tau.parts))
        terms = [*two_product(high[unsure], size), *two_product(low[unsure], size)]
        shares = Pair(*accurate_sum([np.ones_like(size), *terms, *(-part for part in parts)]))
        exactly = shares / Pair(size, np.zeros_like(size))
        result[unsure], rest[unsure] = exactly.high, exactly.low
    return result, rest
