"""Errors in ulp: against neighbours by bit pattern, and roundings of another library."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actcli.evaluating.distances import ulp_errors
from actcli.evaluating.truth import Truth
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.ulp import ulp

SMALL = [dtype for dtype in DTYPES.values() if dtype.bits <= 16]


@pytest.mark.parametrize("dtype", SMALL, ids=lambda dtype: dtype.name)
def test_an_ulp_is_the_step_to_the_next_number(dtype: DType) -> None:
    bits = np.arange(1 << (dtype.bits - 1), dtype=dtype.unsigned)
    with np.errstate(invalid="ignore"):
        numbers = bits.view(dtype.numpy).astype(np.float64)
    numbers = numbers[np.isfinite(numbers)]
    steps = np.diff(numbers)
    assert (ulp(numbers[:-1], dtype) == steps).all()
    assert (ulp(-numbers[:-1], dtype) == steps).all()
    assert ulp(numbers[-1:], dtype) == steps[-1]


@pytest.mark.parametrize("name", ["float16", "float32", "bfloat16", "float8_e5m2"])
def test_correct_rounding_is_within_half_an_ulp(name: str) -> None:
    dtype = DTYPES[name]
    random = np.random.default_rng(1)
    true = random.standard_normal(4000) * 2.0 ** random.integers(-20, 12, 4000)
    rounded = true.astype(dtype.numpy).astype(np.float64)
    errors = ulp_errors(rounded, Truth(true), dtype)
    assert 0.4 < np.abs(errors).max() <= 0.5 + 1e-6
    assert (ulp_errors(rounded + ulp(true, dtype), Truth(true), dtype) > 0.4).all()


@pytest.mark.parametrize(
    ("name", "got", "true", "error"),
    [
        ("float16", math.inf, 65520.0, 0.0),
        ("float16", math.inf, 1e300, 0.0),
        ("float16", -math.inf, -math.inf, 0.0),
        ("float16", math.inf, 65504.0, math.inf),
        ("float16", -math.inf, 1e300, -math.inf),
        ("float16", 65504.0, 1e300, -1.0),
        ("float16", math.nan, 1.0, math.nan),
        ("float16", math.nan, math.nan, 0.0),
        ("float16", math.nan, 1e300, math.nan),
        ("float16", 0.0, 2.0**-24, -1.0),
        ("float8_e4m3fn", math.nan, 1e300, 0.0),
        ("float8_e4m3fn", math.nan, 448.0, math.nan),
        ("float8_e4m3fn", 448.0, 1e300, -1.0),
    ],
)
def test_what_is_not_finite(name: str, got: float, true: float, error: float) -> None:
    (found,) = ulp_errors(np.array([got]), Truth(np.array([true])), DTYPES[name])
    assert found == error or (math.isnan(found) and math.isnan(error))
