"""Rounding and error of whole arrays against the definition, one value at a time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.oracle.truth import Truth
from tests.support.formats import FORMATS, Format, exponent_of, round_fraction
from tests.support.ulp import round_truth, ulp_error, ulp_errors

every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


def truth_of(values: list[Fraction]) -> Truth:
    """Exact values as pairs, as the oracle splits them."""
    rows = []
    for value in values:
        scale = exponent_of(value) if value else 0
        scaled = value / Fraction(2) ** scale
        high = float(scaled)
        rows.append((high, float(scaled - Fraction(high)), scale))
    table = np.array(rows)
    return Truth(table[:, 0], table[:, 1], table[:, 2].astype(np.int32))


def sample(form: Format) -> list[Fraction]:
    """Values of every size, many on or next to the middle between two numbers of the format."""
    random = np.random.default_rng(form.bits + form.mantissa_bits)
    low, high = np.log2(form.smallest) - 3, np.log2(form.largest) + 2
    values = [Fraction(0)]
    for exponent in random.integers(low, high, 400).tolist():
        odd = 2 * int(random.integers(2**form.mantissa_bits, 2 ** (form.mantissa_bits + 1))) + 1
        middle = odd * Fraction(2) ** (exponent - form.mantissa_bits - 1)
        noise = middle * Fraction(int(random.integers(-9, 10)), 2**90)
        values += [middle, -middle, middle + noise, -middle - noise]
        values.append(middle * Fraction(int(random.integers(1, 2**60)), 2**60))
    return values


@pytest.mark.parametrize(
    "form", [form for form in FORMATS.values() if form.bits <= 32], ids=lambda form: form.name
)
def test_rounding_of_arrays_is_the_definition_or_in_doubt(form: Format) -> None:
    values = sample(form)
    rounded, doubtful = round_truth(truth_of(values), form)
    wanted = np.array([round_fraction(value, form) for value in values])
    same = (rounded == wanted) | (np.isnan(rounded) & np.isnan(wanted))
    assert same[~doubtful].all()
    assert 0.5 < doubtful.mean() < 0.9  # the middles are, and little else


@every_format
def test_error_of_arrays_is_the_definition(form: Format) -> None:
    values = sample(form)
    shifted = [value * Fraction(1000 + i % 7, 1000) for i, value in enumerate(values)]
    got = np.array([round_fraction(value, form) for value in shifted])
    errors = ulp_errors(got.astype(form.numpy), truth_of(values), form)
    wanted = [ulp_error(g, value, form) for g, value in zip(got, values, strict=True)]
    np.testing.assert_allclose(errors, wanted, rtol=1e-9, atol=1e-12)


@every_format
def test_a_correct_rounding_is_at_most_half_an_ulp_off(form: Format) -> None:
    values = sample(form)
    got = np.array([round_fraction(value, form) for value in values])
    assert ulp_errors(got, truth_of(values), form).max() <= 0.5 + 1e-9


def test_special_results() -> None:
    form = FORMATS["float32"]
    truth = truth_of([Fraction(v) for v in (1, 1, 10**60, 10**60, 0)])
    errors = ulp_errors(np.array([np.nan, 1.0, np.inf, -np.inf, form.smallest]), truth, form)
    assert errors[0] == np.inf
    assert errors[1] == 0
    assert errors[2] == 0
    assert errors[3] > 2**24
    assert errors[4] == 1


def test_nan_stands_for_too_large_only_where_there_is_no_infinity() -> None:
    form = FORMATS["float8_e4m3fn"]
    truth = truth_of([Fraction(1000), Fraction(-1000), Fraction(460), Fraction(1)])
    errors = ulp_errors(np.full(4, np.nan), truth, form)
    assert errors.tolist()[:3] == [0, 0, (480 - 460) / 32]
    assert errors[3] > 1000
