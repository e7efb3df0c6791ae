"""What holds of every vector, whatever its numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import actcli

numbers = st.floats(-1e3, 1e3)
lists = st.lists(numbers, min_size=1, max_size=40)
#: Whole numbers and quarters: what is added to them is added exactly.
quarters = st.lists(st.integers(-400, 400).map(lambda n: n / 4), min_size=1, max_size=20)
WEIGHTS = ("softmax", "softmin", "sparsemax")


@pytest.mark.parametrize("name", WEIGHTS)
@given(x=lists)
@settings(deadline=None, max_examples=60)
def test_weights_sum_to_one(name: str, x: list[float]) -> None:
    y = actcli.evaluate(name, x)
    assert (y >= 0).all()
    # each is within 2 ulp, which is at most 2^-51 of itself
    assert abs(math.fsum(y) - 1) <= 2.0**-51


@pytest.mark.parametrize("name", [*WEIGHTS, "log_softmax", "hardmax"])
@given(x=quarters, shift=st.integers(-(2**40), 2**40))
@settings(deadline=None, max_examples=60)
@pytest.mark.sampled(3)
def test_a_shift_changes_nothing(name: str, x: list[float], shift: int) -> None:
    for order in (0, 1):
        near = actcli.evaluate(name, np.array(x), order)
        far = actcli.evaluate(name, np.array(x) + shift, order)
        np.testing.assert_allclose(far, near, rtol=2.0**-50)


@pytest.mark.parametrize("name", [*WEIGHTS, "log_softmax"])
@given(x=lists, seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_order_does_not_matter(name: str, x: list[float], seed: int) -> None:
    turn = np.random.default_rng(seed).permutation(len(x))
    y = actcli.evaluate(name, np.array(x))
    np.testing.assert_allclose(actcli.evaluate(name, np.array(x)[turn]), y[turn], rtol=2.0**-51)


@given(x=lists)
@settings(deadline=None, max_examples=100)
def test_log_softmax_is_the_logarithm(x: list[float]) -> None:
    p, logarithm = actcli.evaluate("softmax", x), actcli.evaluate("log_softmax", x)
    inside = p > 1e-300
    np.testing.assert_allclose(np.exp(logarithm[inside]), p[inside], rtol=1e-12)


@given(x=st.lists(st.floats(-2, 2), min_size=1, max_size=20))
@settings(deadline=None, max_examples=100)
def test_sparsemax_is_the_nearest_point_of_the_simplex(x: list[float]) -> None:
    """Karush, Kuhn and Tucker: x_i - y_i is tau where y_i > 0, at most tau elsewhere."""
    y = [Fraction(float(v)) for v in actcli.evaluate("sparsemax", x)]
    exact = [Fraction(v) for v in x]
    survivors: list[Fraction] = [v - w for v, w in zip(exact, y, strict=True) if w > 0]
    tau = sum(survivors, Fraction(0)) / len(survivors)
    rounding = Fraction(1, 2**50)
    assert all(abs(t - tau) <= rounding for t in survivors)
    assert all(v <= tau + rounding for v, w in zip(exact, y, strict=True) if w == 0)
    assert abs(sum(y, Fraction(0)) - 1) <= rounding


@given(x=lists)
@settings(deadline=None, max_examples=60)
def test_the_gradient_of_weights_is_zero(x: list[float]) -> None:
    for name in WEIGHTS:
        assert not actcli.evaluate(name, x, order=1).any()


@given(
    x=st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=2, max_size=12),
    tiny=st.sampled_from([0.0, 1e-30, -1e-30, 2.0**-60]),
)
@settings(deadline=None, max_examples=100)
def test_sparsemax_beside_its_threshold_is_exact(x: list[float], tiny: float) -> None:
    """Differences that lie on the threshold, or next to it, by fractions."""
    row = np.array([*x, max(x) - 1, tiny])
    (y,) = actcli.evaluate("sparsemax", row, orders=(0,))
    exact = sorted((Fraction(v) for v in row.tolist()), reverse=True)
    size = max(k for k in range(1, len(exact) + 1) if 1 + k * exact[k - 1] > sum(exact[:k]))
    tau = (sum(exact[:size], Fraction(0)) - 1) / size
    for value, number in zip(y.tolist(), row.tolist(), strict=True):
        true = max(Fraction(number) - tau, Fraction(0))
        assert abs(Fraction(value) - true) <= Fraction(2) ** -51 * true


@pytest.mark.parametrize("shape", ["equal", "halves", "spread", "close"])
def test_a_long_vector_is_as_exact_as_a_short_one(shape: str) -> None:
    """By sums of Python's own, which have no error, of exponentials that the shape makes few."""
    count = 100_000
    x = {
        "equal": np.full(count, 0.1),
        "halves": np.where(np.arange(count) % 2, 0.75, -0.5),
        "spread": np.arange(count) % 64 / 8,
        "close": 1 + np.arange(count) % 5 * 2.0**-23,
    }[shape].astype(np.float32)
    with mpmath.workdps(60):
        kinds, counts = np.unique(x, return_counts=True)
        kinds, counts = kinds.tolist(), counts.tolist()
        total = sum(n * mpmath.exp(v) for v, n in zip(kinds, counts, strict=True))
        slopes = {v: 1 - count * mpmath.exp(v) / total for v in kinds}
        size = next(
            k for k in range(1, len(kinds) + 1)
            if k == len(kinds) or _threshold(kinds[-k:], counts[-k:]) >= kinds[-k - 1]
        )  # fmt: skip
        tau = _threshold(kinds[-size:], counts[-size:])
        shares = {
            v: max(mpmath.mpf(0), v - mpmath.mpf(tau.numerator) / tau.denominator) for v in kinds
        }
    for got, true in (
        (actcli.evaluate("log_softmax", x, order=1), slopes),
        (actcli.evaluate("sparsemax", x), shares),
    ):
        for value in kinds:
            (number,) = set(got[x == np.float32(value)].tolist())
            assert abs(number - true[value]) <= 0.501 * 2.0**-23 * abs(true[value])


def _threshold(kinds: list[float], counts: list[int]) -> Fraction:
    total = sum((n * Fraction(v) for v, n in zip(kinds, counts, strict=True)), Fraction(0))
    return (total - 1) / sum(counts)
