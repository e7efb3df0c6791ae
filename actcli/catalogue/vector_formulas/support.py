"""Sparsemax: its threshold and its support, decided exactly, for all vectors at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic.pair import Pair, fast_two_sum, two_product, two_sum

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Differences this close to the threshold, relatively, are beyond the precision of pairs.
UNSURE = 2.0**-40
#: Numbers processed at once, so that intermediate arrays stay in the cache.
AT_ONCE = 1 << 15


class Groups(NamedTuple):
    """The lengths of rows that are stored one after the other in a flat array."""

    sizes: NDArray[np.intp]

    @property
    def starts(self) -> NDArray[np.intp]:
        return np.cumsum(self.sizes) - self.sizes

    def total(self, values: Array) -> Array:
        """The sum of each row."""
        found: Array = np.add.reduceat(values, self.starts)
        return found

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """The value of each row, repeated for each of its numbers."""
        if len(values) == 1:
            return np.broadcast_to(values, self.sizes[0])
        return np.repeat(values, self.sizes)

    def among(self, chosen: Mask) -> Groups:
        """The groups of the chosen numbers alone."""
        return Groups(np.add.reduceat(chosen, self.starts, dtype=np.intp))


class Threshold(NamedTuple):
    """tau of each row as high + low, with the size of its support and the exact parts of its sum.

    `exact` says where tau is exactly `high`.
    """

    high: Array
    low: Array
    exact: Mask
    size: Array
    parts: list[Array]


def shares(x: Array) -> tuple[Array, Array]:
    """max(x_i - tau, 0) as high + low, with the tau for which each row sums to 1.

    The maximum of each row must be finite; the share of -inf is 0. The differences d = x - max are
    exact as pairs, and only those above -1 can have a share. The sum of max(d - tau, 0) is convex
    and piecewise linear in tau, so Newton's method has converged once the support stays the same:
    first in float64, then exactly.
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
    """The support according to float64: tau rises step by step, and what is below it drops out."""
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
    """For each row, a few numbers with exactly the same sum as its terms.

    Each is the sum of the high parts of the terms, cut off so that float64 adds them without error
    (Rump, Ogita and Oishi, Accurate floating-point summation, 2008).
    """
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
    """d - tau as high + low, with the right sign and nearly all digits."""
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
