"""What is known of each function (range, minimum, steepest place, pieces) is true of it."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import inf, isinf, isnan

import numpy as np
import pytest

from actcli.catalogue.facts import Facts
from tests.oracle.limits import limit
from tests.oracle.store import true_values
from tests.oracle.truth import Array, Evaluator, as_fraction
from tests.promise.cases import DEFAULTS, OTHERS, oracle_of
from tests.support.formats import FORMATS
from tests.support.ulp import nearest_float64

EVERY = {**DEFAULTS, **OTHERS}
FLOAT64 = FORMATS["float64"]
#: Facts are written to 15 digits, not always rounded.
DIGITS = 1e-14

defaults = pytest.mark.parametrize("name", DEFAULTS)
every = pytest.mark.parametrize("specification", EVERY)


def evaluator_of(specification: str) -> Evaluator:
    return Evaluator(*oracle_of(EVERY[specification]))


def values_at(specification: str, x: Fraction | float) -> list[float]:
    """The three orders as the float64 nearest to each."""
    evaluator = evaluator_of(specification)
    exact = evaluator.m.exact(Fraction(x))
    return [evaluator.rounded(exact, order, FLOAT64) for order in range(3)]


@cache
def sampled(name: str) -> tuple[Array, list[Array]]:
    """Columns along -30..30 and far outside, with the stationary points and breakpoints."""
    bound = DEFAULTS[name]
    far = 2.0 ** np.arange(5, 40)
    xs = np.unique(np.concatenate([np.arange(-3840, 3841) / 128, far, -far, marked(name)]))
    return xs, [nearest_float64(column) for column in true_values(*oracle_of(bound), xs)]


def marked(name: str) -> list[float]:
    """Stationary points and breakpoints."""
    return [
        *(point.x for point in record(name).stationary),
        *(point.x for point in DEFAULTS[name].breakpoints),
    ]


def record(name: str) -> Facts:
    return DEFAULTS[name].facts


def near(a: float, b: float, tolerance: float = DIGITS) -> bool:
    if isinf(a) or isinf(b):
        return a == b
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


@defaults
@pytest.mark.sampled(7)
def test_range(name: str) -> None:
    declared = record(name).range
    xs, (value, _, _) = sampled(name)
    evaluator = evaluator_of(name)
    ends = [limit(evaluator, sign, 0, FLOAT64) for sign in (-1, 1)]
    reach = [*value, *(end for end in ends if not isnan(end))]
    # further out, an asymptote is as good as reached in float64
    reached = value[(np.abs(xs) <= 4) | np.isin(xs, marked(name))]
    for bound, extreme, attained in (
        (declared.low, min(reach), declared.low_attained),
        (declared.high, max(reach), declared.high_attained),
    ):
        assert near(bound, extreme)
        assert attained == any(near(bound, place) for place in reached)


@defaults
def test_monotonic(name: str) -> None:
    _, (value, slope, _) = sampled(name)
    if record(name).monotonic:
        assert (slope >= 0).all()
        assert (value[1:] >= value[:-1]).all()
    else:
        assert slope.min() < 0 < slope.max()


@defaults
def test_stationary_points(name: str) -> None:
    for point in record(name).stationary:
        step = max(abs(point.x), 1) * 1e-6
        left, here, right = (values_at(name, x) for x in (point.x - step, point.x, point.x + step))
        assert near(here[0], point.value) or abs(here[0] - point.value) < 1e-15
        sign = {"minimum": 1, "maximum": -1}[point.kind]
        assert sign * left[1] < 0 < sign * right[1]
        assert abs(here[1]) <= 1e-13 * (1 + abs(here[2]))


#: With turning points that come to an end: none stands for others.
FEW_TURNS = [
    name
    for name, bound in DEFAULTS.items()
    if not bound.facts.monotonic and not any(point.where for point in bound.facts.stationary)
]


@pytest.mark.parametrize("name", FEW_TURNS)
def test_every_turning_point_is_recorded(name: str) -> None:
    """Within -8..8, by changes of sign of the derivative."""
    xs, (_, slope, _) = sampled(name)
    inside = np.abs(xs) <= 8
    xs, slope = xs[inside], slope[inside]
    turns = xs[:-1][slope[:-1] * slope[1:] < 0].tolist() + xs[slope == 0].tolist()
    declared = [point.x for point in record(name).stationary]
    for turn in turns:
        at = values_at(name, turn)
        flat = at[1] == at[2] == 0  # a whole piece of no slope
        assert flat or min(abs(turn - x) for x in declared) < 0.01, turn


@defaults
def test_steepest(name: str) -> None:
    steepest = record(name).steepest
    _, (_, slope, _) = sampled(name)
    evaluator = evaluator_of(name)
    ends = [limit(evaluator, sign, 1, FLOAT64) for sign in (-1, 1)]
    sides = [
        abs(side)
        for point in DEFAULTS[name].breakpoints
        for side in (point.left_derivative, point.right_derivative)
    ]
    reach = max(np.abs(slope).max(), *(abs(end) for end in ends if not isnan(end)), *sides, 0)
    assert reach <= steepest.derivative * (1 + DIGITS)
    assert near(reach, steepest.derivative, 1e-4)
    place = steepest.where.removeprefix("+-")
    try:
        x = float(place)
    except ValueError:
        return
    if isinf(x):
        found = limit(evaluator, 1 if x > 0 else -1, 1, FLOAT64)
    else:
        found = max([abs(values_at(name, x)[1])] + [
            side for p in DEFAULTS[name].breakpoints if p.x == x
            for side in (abs(p.left_derivative), abs(p.right_derivative))
        ])  # fmt: skip
    assert near(abs(found), steepest.derivative)


@defaults
def test_lipschitz_constant(name: str) -> None:
    """No chord is steeper, and some is nearly as steep; where values jump there is no limit."""
    constant = record(name).lipschitz
    beside = [
        [values_at(name, float(np.nextafter(point.x, side)))[0] for side in (-inf, inf)]
        for point in DEFAULTS[name].breakpoints
    ]
    if any(abs(above - below) > 1e-3 for below, above in beside):
        assert constant == inf
        return
    xs, (value, _, _) = sampled(name)
    kept = np.isfinite(value) & (np.abs(xs) < 1e3)
    across, up = np.diff(xs[kept]), np.abs(np.diff(value[kept]))
    far = across > 1e-9  # where differences are more than roundings
    steepest = (up[far] / across[far]).max()
    assert steepest <= constant * (1 + 1e-6)
    assert steepest > (100 if isinf(constant) else 0.9 * constant)


@defaults
def test_symmetry(name: str) -> None:
    mirrored = [values_at(name, -x)[0] for x in (0.3, 1.7, 2.5)]
    straight = [values_at(name, x)[0] for x in (0.3, 1.7, 2.5)]
    odd = all(m == -s for m, s in zip(mirrored, straight, strict=True))
    even = all(m == s for m, s in zip(mirrored, straight, strict=True))
    assert record(name).symmetry == ("odd" if odd else "even" if even else "")


@defaults
def test_smoothness(name: str) -> None:
    points = DEFAULTS[name].breakpoints
    word = record(name).smoothness.split()[0]
    if any(point.jump for point in points):
        assert word == "discontinuous"
    elif any(point.kink for point in points):
        assert word == "C0"
    elif points:
        assert word in ("C1", "C2")
    else:
        assert word == "smooth"


@every
def test_breakpoints(specification: str) -> None:
    """Value and derivative at the float64, and what the pieces tend to on either side."""
    evaluator = evaluator_of(specification)
    points = EVERY[specification].breakpoints
    assert [point.x for point in points] == sorted(point.x for point in points)
    for point in points:
        tiny = Fraction(2) ** -400
        x = exact_place(specification, point.x)
        left, here, right = (
            [evaluator.rounded(evaluator.m.exact(place), order, FLOAT64) for order in (0, 1)]
            for place in (x - tiny, Fraction(point.x), x + tiny)
        )
        for declared, true in (
            (point.value, here[0]), (point.derivative, here[1]),
            (point.left_value, left[0]), (point.left_derivative, left[1]),
            (point.right_value, right[0]), (point.right_derivative, right[1]),
        ):  # fmt: skip
            assert near(declared, true) or max(abs(declared), abs(true)) < 1e-100, point


def exact_place(specification: str, x: float) -> Fraction:
    """A breakpoint exactly: where a slope is 1/6 or 0.3 its x need not be a float64."""
    bound = EVERY[specification]
    if bound.name == "hard_sigmoid":
        evaluator = evaluator_of(specification)
        slope, offset = (as_fraction(evaluator.parameters[name]) for name in ("slope", "offset"))
        places = (-offset / slope, (1 - offset) / slope)
        return min(places, key=lambda place: abs(place - Fraction(x)))
    return Fraction(x)


#: Not too steep for a grid.
GENTLE = [
    specification
    for specification, bound in EVERY.items()
    if all(abs(float(value)) <= 10 for value in bound.changed.values())
]


@pytest.mark.parametrize("specification", GENTLE)
@pytest.mark.sampled(7)
def test_no_breakpoint_is_missing(specification: str) -> None:
    """The derivative changes by no more than the second derivative explains, but at breakpoints."""
    bound = EVERY[specification]
    step = 2.0**-7
    xs = np.arange(-1024, 1024) * step + step / 3
    _, slope, bend = map(nearest_float64, true_values(*oracle_of(bound), xs))
    edges = np.array([point.x for point in bound.breakpoints] or [inf])
    clear = ~((xs[:-1, None] <= edges) & (edges <= xs[1:, None])).any(axis=1)
    explained = step * (np.maximum(np.abs(bend[1:]), np.abs(bend[:-1])) + 0.2)
    assert (np.abs(np.diff(slope)) <= explained)[clear].all()


@every
@pytest.mark.sampled(3)
def test_limits(specification: str) -> None:
    evaluator = evaluator_of(specification)
    for sign, ends in zip((-1, 1), EVERY[specification].limits, strict=True):
        for order in range(3):
            true = limit(evaluator, sign, order, FLOAT64)
            declared = ends[order]
            assert near(declared, true) or (isnan(declared) and isnan(true)), (sign, order, true)
