"""Errors in ulp and the rounding of true values, against their definitions in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.catalogue.specification import parse
from actcli.evaluating.distances import ulp_distances
from actcli.evaluating.landmarks import find_landmarks
from actcli.evaluating.truth import TrueValues, Truth, rounded
from actcli.numerics.dtypes import get_dtype
from tests.oracle.truth import Evaluator
from tests.promise.cases import oracle_of
from tests.support.formats import FORMATS, Format, exponent_of, from_ordinals, ordinals
from tests.support.formats import round_fraction as round_exactly
from tests.support.inputs import adversarial
from tests.support.ulp import ulp_error

every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


def truth_of(true: Fraction, form: Format) -> Truth:
    """A true value as the computation has it: two parts, with an exponent for float64."""
    scale = exponent_of(true) if true and form.bits == 64 else 0
    scaled = true / Fraction(2) ** scale
    high = float(scaled)
    low = float(scaled - Fraction(high))
    exponent = np.array([scale], np.int64) if form.bits == 64 else None
    return Truth(np.array([high]), np.array([low]), exponent)


def carried(truth: Truth) -> Fraction:
    """What two parts hold exactly."""
    assert truth.low is not None
    scale = 0 if truth.exponent is None else int(truth.exponent[0])
    return (Fraction(truth.high[0]) + Fraction(truth.low[0])) * Fraction(2) ** scale


@st.composite
def cases(draw: st.DrawFn) -> tuple[Format, Fraction, float]:
    """A format, a true value near or beyond its numbers, and a result near or far."""
    form = FORMATS[draw(st.sampled_from(sorted(FORMATS)))]
    largest = int(ordinals(form.largest, form)[0])
    place = draw(st.integers(-largest, largest))
    number = Fraction(float(from_ordinals([place], form)[0]))
    step = Fraction(form.smallest) if not number else abs(number)
    parts = draw(st.sampled_from((1, 2, 3, 64)))
    true = number + step * Fraction(draw(st.integers(-8, 8)), 8 * parts) / 2**form.mantissa_bits
    true *= draw(st.sampled_from((1, 1, 1, Fraction(1, 2), 2)))
    near = round_exactly(true, form)
    at = int(ordinals(near, form)[0]) if abs(near) <= form.largest else largest
    offset = draw(st.sampled_from((0, 0, 1, -1, 2, 1000, -77)))
    got = float(from_ordinals([max(-largest, min(largest, at + offset))], form)[0])
    return form, true, got


@given(cases())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_the_error_is_the_definition(case: tuple[Format, Fraction, float]) -> None:
    form, true, got = case
    truth = truth_of(true, form)
    true = carried(truth)
    result = np.array([got]).astype(form.numpy)
    (error,) = ulp_distances(result, truth, get_dtype(form.name))
    wanted = ulp_error(got, true, form)
    assert abs(error - wanted) <= wanted / 2**50
    if got == round_exactly(true, form):
        assert error <= 0.5


@given(cases())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_rounding_is_the_definition(case: tuple[Format, Fraction, float]) -> None:
    form, true, _ = case
    truth = truth_of(true, form)
    (got,) = rounded(truth, get_dtype(form.name)).astype(np.float64)
    wanted = round_exactly(carried(truth), form)
    assert got == wanted or (np.isnan(got) and np.isnan(wanted))


@every_format
def test_what_is_not_finite_has_no_error(form: Format) -> None:
    truth = Truth(np.array([1.0, 1.0, np.nan, np.inf, 1.0]))
    got = np.array([np.nan, np.inf, 1.0, 1.0, 1.0]).astype(form.numpy)
    errors = ulp_distances(got, truth, get_dtype(form.name))
    assert np.isnan(errors).tolist() == [True, True, True, True, False]


def test_the_ulp_just_below_a_power_of_two_is_that_of_the_lower_binade() -> None:
    dtype = get_dtype("float16")
    errors = ulp_distances(
        np.array([1, 1], np.float16), Truth(np.ones(2), np.array([-(2.0**-60), 0])), dtype
    )
    assert errors.tolist() == [2.0**-60 / 2.0**-11, 0]


@every_format
def test_saturation_is_the_largest_number(form: Format) -> None:
    dtype = get_dtype(form.name)
    exponent = np.full(2, 1100) if form.bits == 64 else None
    truth = Truth(np.array([1e300, -1e300]), np.zeros(2), exponent)
    with np.errstate(over="ignore"):
        assert rounded(truth, dtype, saturate=True).astype(float).tolist() == [
            form.largest,
            -form.largest,
        ]


NAMES = ("gelu", "mish", "tanh", "hard_silu", "lisht", "exponential", "softplus", "tanh_shrink")


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
@pytest.mark.parametrize("function", NAMES)
@pytest.mark.sampled(3)
def test_true_values_are_those_of_the_oracle(function: str, name: str) -> None:
    form, bound = FORMATS[name], parse(function)
    dtype = get_dtype(name)
    landmarks = find_landmarks(bound, dtype)
    xs = adversarial(form, [x for roots in landmarks.roots for x in roots], 8, reach=1)
    xs = xs[np.abs(xs) < 1e4][:: 1 + form.bits // 32]
    formula, parameters = oracle_of(bound)
    truths = Evaluator(formula, parameters).truths(xs.astype(np.float64).tolist())
    for order, truth in enumerate(TrueValues(bound, (0, 1, 2), dtype)(xs)):
        for index in range(len(xs)):
            wanted = truths[order].fraction(index)
            high = truth.high[index]
            if abs(wanted) > Fraction(form.largest):
                assert truth.exponent is not None or abs(high) > form.largest
                continue
            got = Fraction(high) + Fraction(0 if truth.low is None else truth.low[index])
            if truth.exponent is not None:
                got *= Fraction(2) ** max(int(truth.exponent[index]), -20_000)
            # a thousandth of an ulp at most
            tiny = Fraction(form.smallest) / 2**11
            assert abs(got - wanted) <= abs(wanted) / 2 ** (form.mantissa_bits + 10) + tiny, (
                function, order, float(xs[index]),
            )  # fmt: skip


def test_the_truth_of_a_backward_pass_is_the_product() -> None:
    bound, dtype = parse("tanh"), get_dtype("float64")
    x = np.array([-30.0, -1.0, 0.0, 0.3, np.inf])
    (plain,) = TrueValues(bound, (1,), dtype)(x)
    y, (scaled) = TrueValues(bound, (0, 1), dtype, upstream=0.1)(x)
    for index in range(4):
        one, two = (carried(truth.at(slice(index, index + 1))) for truth in (plain, scaled))
        assert abs(two - one * Fraction(0.1)) <= two / 2**64
    assert scaled.high[4] == 0
    assert y.high[3] == pytest.approx(np.tanh(0.3))
