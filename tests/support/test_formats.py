"""The formats, and rounding to them by definition, against numpy, ml_dtypes and brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tests.support.formats import (
    FORMATS,
    Format,
    exponent_of,
    from_ordinals,
    neighbours,
    ordinals,
    round_fraction,
    wide,
)

every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
small_format = pytest.mark.parametrize(
    "form", [form for form in FORMATS.values() if form.bits <= 16], ids=lambda form: form.name
)


@every_format
def test_format_is_what_its_dtype_says(form: Format) -> None:
    find: Any = np.finfo if form.name in ("float16", "float32", "float64") else ml_dtypes.finfo
    info = find(form.numpy)
    assert form.numpy.itemsize * 8 == form.bits
    assert float(info.max) == form.largest
    assert float(info.smallest_subnormal) == form.smallest
    assert float(info.smallest_normal) == form.least_normal


@pytest.mark.parametrize(
    ("value", "exponent"),
    [(Fraction(1), 0), (Fraction(3, 2), 0), (Fraction(2), 1), (Fraction(-1, 3), -2),
     (Fraction(2) ** -1074, -1074), (Fraction(2) ** 1024 - 1, 1023), (Fraction(7, 8), -1)],
)  # fmt: skip
def test_exponent(value: Fraction, exponent: int) -> None:
    assert exponent_of(value) == exponent


@small_format
def test_every_number_rounds_to_itself_and_middles_to_the_even_one(form: Format) -> None:
    finite = wide(form.all_inputs())
    finite = np.unique(finite[np.isfinite(finite) & (finite >= 0)])
    even = ordinals(finite, form) % 2 == 0
    pairs = list(zip(pairwise(finite.tolist()), even.tolist(), strict=False))
    for (low, high), low_is_even in pairs[:: 1 + len(pairs) // 1000]:
        middle, grain = (Fraction(low) + Fraction(high)) / 2, Fraction(1, 10**60)
        assert round_fraction(Fraction(low), form) == low
        assert round_fraction(middle, form) == (low if low_is_even else high)
        assert round_fraction(middle - grain, form) == low
        assert round_fraction(-middle - grain, form) == -high


@every_format
def test_overflow_begins_half_an_ulp_past_the_largest(form: Format) -> None:
    largest = Fraction(form.largest)
    half = (largest - Fraction(float(from_ordinals(ordinals(form.largest, form) - 1, form)[0]))) / 2
    assert round_fraction(largest + half - Fraction(1, 10**9), form) == form.largest
    beyond = round_fraction(largest + half + Fraction(1, 10**9), form)
    assert beyond == np.inf if form.has_infinity else np.isnan(beyond)
    assert np.isinf(round_fraction(-2 * largest, form)) == form.has_infinity


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_rounding_agrees_with_numpy(name: str) -> None:
    form = FORMATS[name]
    random = np.random.default_rng(1)
    for top, bottom in random.integers(1, 2**50, (300, 2)).tolist():
        assert round_fraction(Fraction(top, bottom), form) == float(form.numpy.type(top / bottom))


@every_format
def test_neighbours_are_one_place_apart(form: Format) -> None:
    around = neighbours([0.0, 1.0, form.largest], form, 1).astype(np.float64)
    step = 2.0**-form.mantissa_bits
    assert around[:3].tolist() == [-form.smallest, 0.0, form.smallest]
    assert around[3:6].tolist() == [1 - step / 2, 1.0, 1 + step]
    assert around[7] == around[8] == form.largest
