"""What is found out about formulas, against mpmath and algebra, which share no code with it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import e, inf, pi
from typing import Any

import mpmath
import numpy as np
import pytest

from actcli.catalogue.identity import same_functions
from actcli.catalogue.specification import parse
from actcli.features.features import Features
from actcli.flow.propagation import propagation_facts
from actcli.language.intervals import enclosures
from actcli.language.uncancelled import uncancelled
from tests.oracle.typed import Typed
from tests.support.formats import FORMATS


def features(word: str) -> Features:
    return parse(word).facts.features


#: x, value and derivative there, then value and derivative on the left, and on the right.
BREAKPOINTS: dict[str, list[tuple[float, ...]]] = {
    "abs(x - 1)": [(1, 0, 0, 0, -1, 0, 1)],
    "max(x, x**2)": [(0, 0, 0.5, 0, 0, 0, 1), (1, 1, 1.5, 1, 1, 1, 2)],
    "x*abs(x)": [(0, 0, 0, 0, 0, 0, 0)],
    "abs(x)*abs(x)": [],
    "where(x > 0, x, x)": [],
    "sign(x)*0": [],
    "where(x < 5, abs(x - 7), 2)": [(5, 2, 0, 2, -1, 2, 0)],
    "abs(x**2 + 1)": [],
    "max(x, 0)**3": [(0, 0, 0, 0, 0, 0, 0)],
    "where(x == 1, 2, 3)": [(1, 2, 0, 3, 0, 3, 0)],
    "where(x == 0, 5*x, x)": [(0, 0, 5, 0, 1, 0, 1)],
    "floor(x)*where(abs(x) < 2, 1, 0)": [
        (-2, 0, 0, 0, 0, -2, 0), (-1, -1, 0, -2, 0, -1, 0), (0, 0, 0, -1, 0, 0, 0),
        (1, 1, 0, 0, 0, 1, 0), (2, 0, 0, 1, 0, 0, 0),
    ],
    "clip(x, -1, 2)": [(-1, -1, 0, -1, 0, -1, 1), (2, 2, 0, 2, 1, 2, 0)],
    "sqrt(abs(x))": [(0, 0, inf, 0, -inf, 0, inf)],
    "abs(x)*where(x > 1e30, 2, 1)": [
        (0, 0, 0, 0, -1, 0, 1), (1e30, 1e30, 1, 1e30, 1, 2e30, 2),
    ],
    "x*sigmoid(x)": [],
}  # fmt: skip


@pytest.mark.parametrize("word", BREAKPOINTS)
def test_breakpoints(word: str) -> None:
    found = [
        (p.x, p.value, p.derivative, p.left_value, p.left_derivative, p.right_value,
         p.right_derivative)
        for p in features(word).breakpoints
    ]  # fmt: skip
    assert found == BREAKPOINTS[word]


def test_breakpoints_at_numbers_that_float64_lacks() -> None:
    (point,) = features("abs(log(x) - 1)").breakpoints
    assert point.x == float(mpmath.e)
    assert (point.left_value, point.right_value) == (0, 0)
    slope = float(1 / mpmath.e)
    assert (point.left_derivative, point.right_derivative) == (-slope, slope)


@pytest.mark.slow
def test_so_many_breakpoints_that_only_the_nearest_are_listed() -> None:
    breaks = features("round(x)").breaks
    assert breaks.more
    xs = [point.x for point in breaks.points]
    assert len(xs) == 4096
    assert xs == [k + 0.5 for k in range(-2048, 2048)]


#: The same functions in mpmath, and where they have values.
CURVES: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "x*sigmoid(1.3*x) + 0.1*x": (lambda x: x / (1 + mpmath.exp(-1.3 * x)) + 0.1 * x, -50, 50),
    "x**3 - x": (lambda x: x**3 - x, -50, 50),
    "exp(-x**2)*x": (lambda x: mpmath.exp(-(x**2)) * x, -50, 50),
    "sin(30*x)": (lambda x: mpmath.sin(30 * x), -3, 3),
    "x*log(x)": (lambda x: x * mpmath.log(x), 1e-9, 50),
    "sqrt(1 - x*x)": (lambda x: mpmath.sqrt(1 - x * x), -1, 1),
    "sqrt(x*x + 1) - x": (lambda x: mpmath.sqrt(x * x + 1) - x, -50, 50),
    "1/(1 + x**2)": (lambda x: 1 / (1 + x * x), -50, 50),
    "x*exp(-x)": (lambda x: x * mpmath.exp(-x), -5, 50),
    "tanh(x)/x": (lambda x: mpmath.tanh(x) / x if x else mpmath.mpf(1), -50, 50),
    "abs(x**2 - 2)": (lambda x: abs(x * x - 2), -50, 50),
    "exp(sin(x))": (lambda x: mpmath.exp(mpmath.sin(x)), -20, 20),
    "gelu(x)*tanh(x)": (
        lambda x: x * mpmath.ncdf(x) * mpmath.tanh(x), -30, 50,
    ),
    "max(0, min(1, 0.3*x + 0.5))": (lambda x: max(0, min(1, 0.3 * x + 0.5)), -10, 10),
    "cbrt(x)": (
        lambda x: mpmath.cbrt(x) if x >= 0 else -mpmath.cbrt(-x), -50, 50,
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", CURVES)
@pytest.mark.sampled(3)
def test_values_and_slopes_keep_to_range_and_steepest(word: str) -> None:
    curve, low, high = CURVES[word]
    found = features(word)
    xs = np.linspace(low, high, 701).tolist()
    values = [float(curve(mpmath.mpf(x))) for x in xs]
    bounds = found.range
    assert bounds.low <= min(values) + 1e-12
    assert bounds.high >= max(values) - 1e-12
    width = max(values) - min(values)
    for bound, extreme in ((bounds.low, min(values)), (bounds.high, max(values))):
        assert abs(bound) == inf or abs(bound - extreme) < 0.03 * width
    slopes = [(b - a) / (high - low) * 700 for a, b in pairwise(values)]
    steepest = found.steepest.derivative
    assert max(map(abs, slopes)) <= steepest * (1 + 1e-9)
    if found.monotonic:
        assert all(slope >= -1e-12 for slope in slopes) or all(slope <= 1e-12 for slope in slopes)
    else:
        assert min(slopes) < 0 < max(slopes)


@pytest.mark.parametrize("word", CURVES)
def test_stationary_points_are_extrema(word: str) -> None:
    curve = CURVES[word][0]
    for point in features(word).stationary:
        step = 1e-4 * max(1.0, abs(point.x))
        beside = [curve(mpmath.mpf(point.x) + side * step) for side in (-1, 1)]
        here = curve(mpmath.mpf(point.x))
        assert abs(here - point.value) < 1e-12
        assert all((side > here) == (point.kind == "minimum") for side in beside)


def test_known_extrema() -> None:
    (low,) = features("x*log(x)").stationary
    assert (low.x, low.kind) == (float(1 / mpmath.e), "minimum")
    (high,) = features("x*exp(-x)").stationary
    assert (high.x, high.value, high.kind) == (1.0, float(1 / mpmath.e), "maximum")
    top, bottom = features("x**3 - x").stationary
    with mpmath.workprec(200):
        root = float(1 / mpmath.sqrt(3))
    assert (top.x, bottom.x) == (-root, root)
    assert [p.where for p in features("sin(30*x)").stationary] == [
        "-pi/60 + k*pi/15", "pi/60 + k*pi/15",
    ]  # fmt: skip
    assert features("x**3").stationary == ()
    assert features("x**3").monotonic


def test_a_corner_that_is_no_float64_is_no_jump() -> None:
    found = features("max(0, min(1, 0.3*x + 0.5))")
    assert (found.smoothness, found.monotonic) == ("C0", True)


def test_a_sum_that_is_compared_with_its_constant_does_not_hide_the_corner() -> None:
    found = features("0 if x/6 + 1 <= 0 else (1 if x/6 + 1 >= 1 else x/6 + 1)")
    assert [point.x for point in found.breakpoints] == [-6, 0]
    assert (found.breaks.more, found.about) == (False, frozenset())


def test_parameters_change_the_view() -> None:
    assert parse("sin(30*x)").facts.view < 0.5 < 4 < parse("sin(x)").facts.view < 20
    assert parse("tanh(x/100)").facts.view > 100
    assert 1 < parse("tanh(x)").facts.view < 10
    assert parse("abs(x - 40)").facts.view > 40


@pytest.mark.parametrize(
    ("word", "smoothness"),
    [
        ("x*abs(x)", "C1"), ("abs(x)", "C0"), ("sign(x)", "discontinuous"), ("sin(x)", "smooth"),
        ("max(x, 0)**3", "C2"), ("cbrt(x)", "C0"), ("log(x)", "smooth, where it is defined"),
        ("1/x", "smooth, where it is defined"),
    ],
)  # fmt: skip
def test_smoothness(word: str, smoothness: str) -> None:
    assert features(word).smoothness == smoothness


@pytest.mark.parametrize(
    ("word", "symmetry"),
    [("x**3 - sin(x)", "odd"), ("x*tanh(x)", "even"), ("x + 1", ""), ("abs(x) - 1", "even"),
     ("clip(x, -2, 2)", "odd"), ("sqrt(x)", ""), ("exp(x)/(1 + exp(x)) - 1/2", "odd")],
)  # fmt: skip
def test_symmetry(word: str, symmetry: str) -> None:
    assert features(word).symmetry == symmetry


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("x*tanh(log(1+exp(x)))", ["mish"]),
        ("x*sigmoid(1.702*x)", ["quick_gelu", "silu:beta=1.702"]),
        ("x/(1+exp(-x))", ["silu"]),
        ("0.5*x*(1+erf(x/sqrt(2)))", ["gelu"]),
        ("sin(30*x)", ["sine:omega=30.0"]),
        ("sin(pi*x)/(pi*x)", ["sinc:omega=pi"]),
        ("log(1+exp(2*x))/2", ["softplus:beta=2.0"]),
        ("where(x>0, x, 2*(exp(x)-1))", ["elu:alpha=2.0"]),
        ("where(x>0, x, 0.01*x)", ["leaky_relu:alpha=0.01"]),
        ("where(x>0, x, x/3)", ["leaky_relu:alpha=1/3"]),
        ("clip(0.2*x+0.5, 0, 1)", ["hard_sigmoid:slope=0.2"]),
        ("x*sigmoid(1.3*x) + 0.1*x", []),
        ("x**2", []),
        ("log(x)", []),
    ],
)
@pytest.mark.sampled(3)
def test_functions_of_the_catalogue_are_recognised(word: str, names: list[str]) -> None:
    found = [same.bound.specification for same in same_functions(parse(word).program)]
    assert found[: len(names)] == names
    assert bool(found) == bool(names)


def test_a_derivative_by_another_convention_is_named() -> None:
    (relu, *_) = same_functions(parse("max(x, 0)").program, [0.0])
    assert relu.bound.specification == "relu"
    assert relu.differs == (0.0,)
    assert "torch.nn.functional.relu" in relu.names


#: The same functions in mpmath, and the deviation of weights that is critical for them.
GAINS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "max(x, 0)": (lambda x: max(x, 0), 2**0.5),
    "x*tanh(log(1+exp(x)))": (lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), 1 / 0.6),
    "sin(x)": (mpmath.sin, 1.0),
    "exp(x)": (mpmath.exp, 1 / e),
}


@pytest.mark.parametrize("word", GAINS)
def test_gains_are_those_of_gaussian_integrals(word: str) -> None:
    curve, critical = GAINS[word]
    found = propagation_facts(parse(word))
    assert found is not None
    for name, order in (("length", 0), ("gradient", 1)):
        square = mpmath.quad(
            lambda x, n=order: mpmath.diff(curve, x, n) ** 2 * mpmath.npdf(x), [-14, -4, 0, 4, 14]
        )
        assert found["gains"][name] == pytest.approx(float(square**-0.5), rel=1e-9)
    assert found["critical"]["weight_deviation"] == pytest.approx(critical, rel=1e-7)


def test_a_pole_has_no_gains() -> None:
    assert propagation_facts(parse("1/x")) is None
    assert propagation_facts(parse("log(x)")) is None


#: For each elementary function an argument within its domain.
ELEMENTARY = (
    "exp(x) exp2(x) expm1(x) log(1.5+x) log2(1.5+x) log10(1.5+x) log1p(x/2) sqrt(1.5+x) cbrt(2+x) "
    "sin(9*x) cos(9*x) tan(x) asin(x/2) acos(x/2) atan(x) sinh(x) cosh(x) tanh(x) asinh(x) "
    "acosh(3+x) atanh(x/2) erf(x) erfc(x) erfinv(x/2) normal_cdf(x) normal_pdf(x) abs(x) x**3 "
    "x**-2 (2+x)**1.5 (2+x)**x min(x,x*x) max(x,x*x) clip(x,-0.5,0.25) 1/(1+exp(-x)) log(1+exp(x)) "
    "1+erf(x) 1-tanh(x) where(x>0.2,x,sin(x))"
)


@pytest.mark.parametrize("word", ELEMENTARY.split())
def test_intervals_hold_what_is_within_them(word: str) -> None:
    """Against the oracle's values at random points of random intervals."""
    random = np.random.default_rng(5)
    centres, widths = random.uniform(-1, 1, 60), 10 ** random.uniform(-9, -0.3, 60)
    low, high = np.maximum(centres - widths, -1), np.minimum(centres + widths, 1)
    if word == "x**-2":
        keep = low * high > 0
        low, high = low[keep], high[keep]
    program = parse(word).program
    found = enclosures(uncancelled(program), low, high, 3)
    inside = low + (high - low) * random.uniform(0, 1, len(low))
    typed = Typed(word)
    rows = [typed.expected(x, FORMATS["float64"]) for x in inside.tolist()]
    truths = [
        np.array([column.value if column else np.nan for column in row])
        for row in zip(*rows, strict=True)
    ]
    for part, truth in zip(found, truths, strict=True):
        room = 1e-15 * np.abs(truth)
        assert (part.low <= truth + room).all()
        assert (part.high >= truth - room).all()
    tight = high - low < 1e-6 * np.minimum(np.abs(low), np.abs(high))
    assert ((found[0].high - found[0].low)[tight] <= 1e-3 * (1 + np.abs(truths[0][tight]))).all()


def test_pi_is_the_first_root_of_the_slope_of_a_cosine() -> None:
    points = [point.x for point in features("cos(x)").extrema if 0 < point.x < 4]
    assert points == [pi]
