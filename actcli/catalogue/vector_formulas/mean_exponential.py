"""The logarithm of the mean of exponentials, to more digits than float64 has."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double
from actcli.arithmetic.pair import Pair, two_sum

Array = NDArray[np.float64]

#: Numbers processed at once, so that intermediate arrays stay in the cache.
AT_ONCE = 1 << 15
#: e^d is tabulated at multiples of 1/4096 down to -32; smaller terms hardly change the sum.
STEPS, DEEPEST = 4096.0, -32.0
#: Sums of up to 2^23 multiples of this, none above 1, are exact.
UNIT = 2.0**-30
#: The absolute error of the mean where the table was used, and the relative one of `second`.
TABULATED, SECOND_ORDER = 2.0**-65, 2.0**-47


class Means(NamedTuple):
    """ln of the mean of e^d along the last axis as high + low, and its error: 0 if all d are 0."""

    high: Array
    low: Array
    error: Array


def log_mean_exp(x: Array, top: Array) -> Means:
    """ln of the mean of e^(x - top) in each row, where top is its maximum; e^-inf is 0."""
    whole = fine = rest = second = np.zeros(top.shape)
    tabulated = np.zeros(top.shape, bool)
    for part in parts(x):
        high, low = differences(x[:, part], top)
        far = high < DEEPEST
        if far.any():
            lost = np.where(far, np.exp(high), 0.0).sum(axis=-1, keepdims=True)
            second = second + lost
            whole = whole - np.count_nonzero(far, axis=-1, keepdims=True)
            high, low = np.where(far, 0.0, high), np.where(far, 0.0, low)
            tabulated |= far.any(axis=-1, keepdims=True)
        step = np.rint(high * -STEPS)
        r = high + step / STEPS
        index = step.astype(np.intp)
        tabulated |= step.any(axis=-1, keepdims=True)
        # e^d - 1 = T + (1 + T)(r + r^2 (1/2 + r/6 + r^2/24)), T in two parts
        coarse, left = (table.take(index) for table in _table())
        factor = 1 + (coarse + left)
        first = factor * r
        last = left + factor * (r * r * (1 / 2 + r * (1 / 6 + r / 24)) + low)
        # The larger parts of the first-order terms are multiples of one number, so their sum is
        # exact.
        size = np.abs(first).max(axis=-1, keepdims=True)
        grid = np.ldexp(1.0, np.frexp(size * x[:, part].shape[-1])[1] + 1)
        larger = (grid + first) - grid
        whole, error = two_sum(whole, coarse.sum(axis=-1, keepdims=True))
        rest = rest + error
        fine, error = two_sum(fine, larger.sum(axis=-1, keepdims=True))
        rest = rest + error + (first - larger).sum(axis=-1, keepdims=True)
        second = second + last.sum(axis=-1, keepdims=True)
    count = float(x.shape[-1])
    total = Pair(whole, np.zeros_like(whole)) + Pair(*two_sum(fine, second)) + Pair(rest, 0 * rest)
    mean = double_double.log1p(total / count)
    error = TABULATED * tabulated + SECOND_ORDER * np.abs(second) / count
    return Means(*mean.collapsed(), error)


def parts(x: Array) -> Iterator[slice]:
    """Slices of the columns that fit into the cache."""
    width = max(1, AT_ONCE // len(x))
    return (slice(start, start + width) for start in range(0, x.shape[-1], width))


def differences(x: Array, top: Array) -> tuple[Array, Array]:
    """x - top as high + low, with low 0 where high is infinite."""
    high, low = two_sum(x, -top)
    infinite = np.isinf(high)
    return high, np.where(infinite, 0.0, low) if infinite.any() else low


@functools.cache
def _table() -> tuple[Array, Array]:
    """e^(-k/4096) - 1 as a multiple of UNIT and the rest."""
    k = np.arange(1 - DEEPEST * STEPS)
    minus = double_double.expm1(double_double.lift(k / -STEPS))
    high, low = minus.collapsed()
    coarse = np.rint(high / UNIT) * UNIT
    return coarse, (high - coarse) + low
