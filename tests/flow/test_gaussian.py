"""Gaussian expectations against mpmath, which integrates formulas of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import mpmath
import pytest

from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.flow.gaussian import Moments, moments, products
from tests.oracle import formula
from tests.oracle.arithmetics import Points
from tests.oracle.truth import parameters_for

BOUND = 1e-10
VARIANCES = (0.01, 1.0, 10.0, 100.0)
EVERY = sorted(elementwise())
DIGITS = 20
NODES = 24


def legendre(count: int) -> list[tuple[Any, Any]]:
    """Nodes and weights, the roots by Newton's method."""
    found = []
    for k in range(count):
        x = mpmath.cos(mpmath.pi * (k + 0.75) / (count + 0.5))
        for _ in range(6):
            before, now = mpmath.mpf(1), x
            for n in range(1, count):
                before, now = now, ((2 * n + 1) * x * now - n * before) / (n + 1)
            slope = count * (x * now - before) / (x * x - 1)
            x -= now / slope
        found.append((x, 2 / ((1 - x * x) * slope**2)))
    return found


@pytest.fixture(scope="module")
def rule() -> list[tuple[Any, Any]]:
    with mpmath.workdps(DIGITS):
        return legendre(NODES)


def panels(name: str, deviation: float, peak: float) -> list[Any]:
    """Ends of panels: breakpoints and steps of at most the function's scale and the density's."""
    bound = parse(name)
    found = {float(point.x) for point in bound.breakpoints}
    narrow = max((float(bound.parameters.get(p, 1)) for p in ("beta", "omega")), default=1.0)
    low, high = -9 * deviation, 9 * deviation + peak
    step = min(2.0 / narrow, deviation)
    count = math.ceil((high - low) / step)
    found |= {low + n * (high - low) / count for n in range(count + 1)}
    return sorted(mpmath.mpf(x) for x in found if low <= x <= high)


def weighed(
    name: str, variance: float, rule: list[tuple[Any, Any]]
) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Nodes of a fixed rule on each panel, the function and its slope there, and the weights."""
    m = Points()
    bound = parse(name)
    function = formula(bound.activation)
    settings = parameters_for(m, function, bound.changed)
    deviation = mpmath.sqrt(variance)
    # e^u moves the density's peak to 2 q.
    ends = panels(name, float(deviation), 2 * variance if name == "exponential" else 0.0)
    for left, right in pairwise(ends):
        half = (right - left) / 2
        for node, weight in rule:
            u = (left + right) / 2 + half * node
            f, d, _ = function(m, u, **settings)
            yield u, f, d, half * weight * mpmath.npdf(u, 0, deviation)


def expected(name: str, variance: float, rule: list[tuple[Any, Any]]) -> list[Any]:
    """E f, E f^2, E f'^2 and q d/dq E f^2."""
    sums = [mpmath.mpf(0)] * 4
    for u, f, d, w in weighed(name, variance, rule):
        for n, term in enumerate((f, f * f, d * d, f * f * (u * u / variance - 1) / 2)):
            sums[n] += w * term
    return sums


def check(name: str, variance: float, rule: list[tuple[Any, Any]]) -> None:
    found = moments(parse(name), variance)
    found = found._replace(growth=found.growth * variance)
    with mpmath.workdps(DIGITS):
        for kind, got, want in zip(
            Moments._fields, found, expected(name, variance, rule), strict=True
        ):
            assert abs(got - want) <= BOUND * max(1, abs(want)), (kind, got, want)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.sampled(3)
def test_moments_at_variance_1(name: str, rule: Any) -> None:
    check(name, 1.0, rule)


@pytest.mark.slow
@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("name", EVERY)
def test_moments(name: str, variance: float, rule: Any) -> None:
    check(name, variance, rule)


@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("name", ["relu", "selu", "hard_shrink", "exponential"])
@pytest.mark.sampled(3)
def test_moments_of_some(name: str, variance: float, rule: Any) -> None:
    check(name, variance, rule)


@pytest.mark.parametrize("variance", [0.1, 4.0])
@pytest.mark.parametrize(
    "specification",
    ["silu:beta=30", "softplus:beta=20", "elu:alpha=40", "sine:omega=7", "threshold:0.3,value=-2"],
)
@pytest.mark.sampled(5)
def test_parameters_that_narrow_a_function(specification: str, variance: float, rule: Any) -> None:
    check(specification, variance, rule)


CORRELATIONS = (-1.0, -0.6, 0.0, 0.9, 1 - 1e-6, 1 - 1e-12, 1.0)


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("variance", [0.1, 30.0])
def test_arc_cosine_kernels(variance: float, correlation: float) -> None:
    """Cho and Saul, Kernel methods for deep learning, 2009: relu by degree 1 and 0, step by 0."""
    with mpmath.workdps(40):
        angle = mpmath.acos(mpmath.mpf(correlation))
        one = variance * (mpmath.sin(angle) + (mpmath.pi - angle) * mpmath.mpf(correlation))
        one, none = one / (2 * mpmath.pi), (mpmath.pi - angle) / (2 * mpmath.pi)
    found = products(parse("relu"), variance, correlation)
    assert found.value == pytest.approx(float(one), rel=BOUND, abs=BOUND)
    assert found.slope == pytest.approx(float(none), rel=BOUND, abs=BOUND)
    assert products(parse("step"), variance, correlation).value == pytest.approx(
        float(none), rel=BOUND, abs=BOUND
    )


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("variance", [0.1, 30.0])
def test_erf_and_sine_kernels(variance: float, correlation: float) -> None:
    """Williams, Computing with infinite networks, 1997; and the characteristic function."""
    product = 2 * variance * correlation / (1 + 2 * variance)
    want = 2 / math.pi * math.asin(product)
    assert products(parse("erf"), variance, correlation).value == pytest.approx(want, abs=BOUND)
    half = (math.exp(-variance * (1 - correlation)) - math.exp(-variance * (1 + correlation))) / 2
    assert products(parse("sine"), variance, correlation).value == pytest.approx(half, abs=BOUND)


@pytest.mark.parametrize("name", ["tanh", "exponential", "leaky_relu", "hard_tanh"])
@pytest.mark.parametrize("correlation", [-0.8, 0.4])
def test_products(name: str, correlation: float, rule: Any) -> None:
    """By the series of Hermite coefficients, Mehler's formula, whose terms need no pair at all."""
    most = 120
    with mpmath.workdps(DIGITS):
        roots = [mpmath.sqrt(k) for k in range(most + 1)]
        coefficients, square = [mpmath.mpf(0)] * most, mpmath.mpf(0)
        for u, f, _, w in weighed(name, 1.0, rule):
            square += w * f * f
            before, now = mpmath.mpf(0), mpmath.mpf(1)
            for k in range(most):
                coefficients[k] += w * f * now
                before, now = now, (u * now - roots[k] * before) / roots[k + 1]
        series = sum(a * a * correlation**k for k, a in enumerate(coefficients))
        rest = square - sum(a * a for a in coefficients)
    slack = BOUND + abs(rest) * abs(correlation) ** most
    assert abs(products(parse(name), 1.0, correlation).value - series) <= slack


@pytest.mark.parametrize("omega", [20.0, 300.0])
def test_a_sine_that_is_fast_beside_the_density(omega: float) -> None:
    found = moments(parse(f"sine:omega={omega}"), 1.0)
    assert found.square == pytest.approx(0.5, abs=BOUND)
    assert found.slope == pytest.approx(omega**2 / 2, rel=BOUND)
