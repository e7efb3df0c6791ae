"""Rounding true values to a format, and the error of a result in ulp, for whole arrays."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from tests.oracle.truth import Truth
from tests.support.formats import Format, exponent_of

Array = np.ndarray[Any, Any]


def _units(truth: Truth, form: Format) -> tuple[Array, Array, Array]:
    """The true values in units of one ulp there (two parts), and the ulp's exponent."""
    _, exponent = np.frexp(truth.high)
    beyond = np.frexp(form.largest)[1]
    exponent = np.where(truth.high == 0, form.least_exponent, exponent - 1 + truth.scale)
    step = form.step_exponent(np.minimum(exponent, beyond)).astype(np.int64)
    shift = truth.scale - step
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(truth.high, shift), np.ldexp(truth.low, shift), step


def round_truth(truth: Truth, form: Format) -> tuple[Array, Array]:
    """The values rounded to a format of at most 24 bits, as float64, and where that is in doubt.

    In doubt is what lies within 2^-25 ulp of the middle between two neighbours: such a value has to
    be rounded by `Evaluator.rounded`.
    """
    units, _, step = _units(truth, form)
    magnitude = np.minimum(np.abs(units), 2.0**60)  # beyond any format already
    doubtful = np.abs(magnitude - np.floor(magnitude) - 0.5) <= 2.0**-25
    with np.errstate(over="ignore", under="ignore"):
        rounded = np.ldexp(np.rint(magnitude), step)
    rounded[rounded > form.largest] = form.overflow
    return np.copysign(rounded, units), doubtful


def nearest_float64(truth: Truth) -> Array:
    """The values as float64, for showing: subnormal ones may be rounded twice."""
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(truth.high, truth.scale)


def ulp_errors(got: Array, truth: Truth, form: Format) -> Array:
    """How far results are from the true values, in ulp of the format at the true value.

    A result of inf counts as the first number beyond the format, and so does a true value from
    there on. A nan is infinitely wrong; without infinity in the format it is what inf is elsewhere.
    """
    units, rest, step = _units(truth, form)
    values = np.asarray(got, dtype=np.float64)
    beyond = np.isinf(values) if form.has_infinity else np.isnan(values)
    fraction, exponent = np.frexp(form.largest)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        first = fraction + 2.0 ** -(form.mantissa_bits + 1)
        limit = np.ldexp(first, np.minimum(exponent - step, 999))
        sign = np.copysign(1.0, units if not form.has_infinity else values)
        mine = np.where(beyond, sign * limit, np.ldexp(values, -step))
        error = np.abs((mine - units) - np.where(np.isinf(rest), 0, rest))
        agreed = beyond & (np.abs(units) >= limit) & (np.sign(mine) == np.sign(units))
    return np.where(agreed, 0.0, np.where(np.isnan(error), np.inf, error))


def ulp_error(got: Any, true: Fraction, form: Format) -> float:
    """How far one result is from the true value in ulp of the format there, by definition.

    What `ulp_errors` says of inf and nan holds here too.
    """
    number, top = float(got), exponent_of(Fraction(form.largest))
    exponent = min(exponent_of(true), top) if true else form.least_exponent
    ulp = Fraction(2) ** int(form.step_exponent(exponent))
    if math.isnan(number) and form.has_infinity:
        return math.inf
    if math.isfinite(number):
        return float(abs(Fraction(number) - true) / ulp)
    beyond = Fraction(form.largest) + Fraction(2) ** (top - form.mantissa_bits)
    if number < 0 or (math.isnan(number) and true < 0):
        beyond = -beyond
    return 0.0 if true / beyond >= 1 else float(abs(beyond - true) / ulp)
