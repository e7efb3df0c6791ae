"""What a test compares with: the true values of one column at the inputs of the test.

A result a passes beside the true value d as numpy.testing.assert_allclose has it:
|a - d| <= atol + rtol * |d|, nan beside nan, and an infinity beside the same one. d is not rounded,
but where the dtype overflows it is what that gives.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.distances import ulp_errors
from actcli.evaluating.kinks import Kinks
from actcli.evaluating.truth import TrueValues, Truth, rounded
from actcli.numerics.dtypes import Array, DType

Floats = NDArray[np.float64]

#: The significant digits of a tolerance that is found.
DIGITS = 3


class Limits(NamedTuple):
    """A relative and an absolute tolerance."""

    rtol: float
    atol: float

    def of(self, wanted: Floats) -> Floats:
        """How far a result may be from each wanted one."""
        return np.asarray(self.atol + self.rtol * np.abs(wanted))


class Measured(NamedTuple):
    """How wrong results are.

    `passes` says whether the test lets them pass. `never` counts the inputs at which no tolerance
    would, since a nan or an infinity is wrong or missing; then `largest_ulp` is infinite. At the
    others they need the tolerance `needs` times, or at least `rtol` without an absolute one, or
    `atol` without a relative one. `differ` counts the inputs at which they are not the correctly
    rounded ones.
    """

    passes: bool
    never: int
    needs: float
    rtol: float
    atol: float
    largest_ulp: float
    differ: int


class Case:
    """One column (order 0 is the value, 1 the derivative) of a function at some inputs."""

    def __init__(self, bound: BoundActivation, order: int, x: Array, dtype: DType) -> None:
        self.bound = bound
        self.order = order
        self.x = x
        self.dtype = dtype
        with np.errstate(all="ignore"):
            self.wide: Floats = x.astype(np.float64)
        (self.truth,) = TrueValues(bound, (order,), dtype)(x)
        self.correct: Array = rounded(self.truth, dtype)

    def measured(self, got: Array, limits: Limits, any_side: bool = False) -> Measured:
        """How wrong results of the dtype are.

        With `any_side` every derivative between the one-sided ones is right at a kink.
        """
        with np.errstate(all="ignore"):
            values = got.astype(np.float64)
            truth = self.truth
            if any_side:
                truth = Kinks(self.bound, self.order).nearest(self.wide, values, truth)
            correct = rounded(truth, self.dtype).astype(np.float64)
            wanted, rest = _in_float64(truth)
            alike = (values == correct) | (np.isnan(values) & np.isnan(correct))
            told = np.isfinite(values) & np.isfinite(correct)
            never = ~alike & ~told
            off = np.where(told, np.abs((values - wanted) - rest), 0.0)
            size = np.where(told, np.abs(wanted), 0.0)
            errors = np.abs(ulp_errors(got, truth, self.dtype))
            errors[never] = np.inf
        return Measured(
            passes=not never.any() and bool(np.all(off <= limits.of(size))),
            never=int(np.count_nonzero(never)),
            needs=_largest(off, limits.of(size)),
            rtol=_largest(off, size),
            atol=float(off.max(initial=0.0)),
            largest_ulp=float(errors.max(initial=0.0)),
            differ=int(np.count_nonzero(~alike)),
        )


def _in_float64(truth: Truth) -> tuple[Floats, Floats]:
    """The true values as float64, and what that leaves over."""
    low = np.zeros_like(truth.high) if truth.low is None else truth.low
    if truth.exponent is None:
        return truth.high, low
    shift = np.clip(truth.exponent, -5000, 5000).astype(np.int32)
    return np.ldexp(truth.high, shift), np.ldexp(low, shift)


def _largest(off: Floats, allowed: Floats) -> float:
    """How many times what is allowed the errors are at most."""
    with np.errstate(all="ignore"):
        shares = np.where(off == 0, 0.0, off / allowed)
    return float(shares.max(initial=0.0))


def rounded_up(value: float) -> float:
    """The least number of a few digits that is not below.

    >>> rounded_up(5.9604e-08), rounded_up(0.25), rounded_up(0.0)
    (5.97e-08, 0.25, 0.0)
    """
    if value == 0 or not math.isfinite(value):
        return value
    text = f"{value:.{DIGITS - 1}e}"
    if float(text) >= value:
        return float(text)
    mantissa, _, exponent = text.partition("e")
    scaled = round(float(mantissa) * 10 ** (DIGITS - 1)) + 1
    return float(f"{scaled}e{int(exponent) - DIGITS + 1}")
