"""Rounding to each format against rounding of exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.rounding import round_to

SMALL = [dtype for dtype in DTYPES.values() if dtype.bits <= 16]


def finite_numbers(dtype: DType) -> np.ndarray:
    patterns = np.arange(1 << dtype.bits, dtype=dtype.unsigned)
    with np.errstate(invalid="ignore"):  # signalling nans
        every = patterns.view(dtype.numpy).astype(np.float64)
    return np.unique(every[np.isfinite(every)])


@pytest.mark.parametrize("dtype", SMALL, ids=lambda d: d.name)
def test_every_tie_and_its_neighbours(dtype):
    numbers = finite_numbers(dtype)
    lower, upper = numbers[:-1], numbers[1:]
    tie = (lower + upper) / 2  # exact in float64
    below, above = np.nextafter(tie, -np.inf), np.nextafter(tie, np.inf)
    np.testing.assert_array_equal(round_to(below, dtype).astype(float), lower)
    np.testing.assert_array_equal(round_to(above, dtype).astype(float), upper)
    # on the tie itself, the number whose last bit is 0
    even = (lower.astype(dtype.numpy).view(dtype.unsigned) & 1) == 0
    np.testing.assert_array_equal(round_to(tie, dtype).astype(float), np.where(even, lower, upper))


@pytest.mark.parametrize("dtype", [DTYPES["float32"], *SMALL], ids=lambda d: d.name)
@pytest.mark.parametrize("nudge", [-1e-320, 1e-320, -1e-40, 1e-40])
def test_the_low_part_decides_a_tie(dtype, nudge):
    if dtype.bits == 32:
        lower = np.random.default_rng(1).normal(0, 5, 1000).astype(np.float32)
        upper = np.nextafter(lower, np.float32(np.inf))
        lower, upper = lower.astype(float), upper.astype(float)
    else:
        numbers = finite_numbers(dtype)
        lower, upper = numbers[:-1], numbers[1:]
    tie = (lower + upper) / 2
    usable = np.abs(tie) > abs(nudge) * 2.0**60
    lower, upper, tie = lower[usable], upper[usable], tie[usable]
    result = round_to(tie, dtype, np.full_like(tie, nudge)).astype(float)
    np.testing.assert_array_equal(result, upper if nudge > 0 else lower)


@pytest.mark.parametrize("dtype", SMALL, ids=lambda d: d.name)
def test_overflow_and_saturation(dtype):
    largest, step = dtype.largest, dtype.largest - finite_numbers(dtype)[-2]
    assert finite_numbers(dtype)[-1] == largest
    x = np.array([largest + 0.49 * step, largest + 0.51 * step, 1e300, np.inf, -np.inf, np.nan])
    plain = round_to(x, dtype).astype(float)
    lost = np.inf if dtype.has_infinity else np.nan
    np.testing.assert_array_equal(plain, [largest, lost, lost, lost, -lost, np.nan])
    saturated = round_to(x, dtype, saturate=True).astype(float)
    np.testing.assert_array_equal(saturated, [*[largest] * 4, -largest, np.nan])


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda d: d.name)
def test_format_facts_agree_with_the_library(dtype):
    import ml_dtypes

    info = ml_dtypes.finfo(dtype.numpy)
    assert float(info.max) == dtype.largest
    assert float(info.smallest_subnormal) == dtype.smallest
    assert info.bits == dtype.bits
    assert Fraction(float(info.eps)) == Fraction(1, 2**dtype.mantissa_bits)
