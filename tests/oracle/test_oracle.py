"""The oracle is checked too: against itself in another arithmetic, differences, the texts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from actcli.arithmetic.numbers import as_fraction
from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.registry import elementwise
from tests.oracle import formula, formulas
from tests.oracle.arithmetics import ARITHMETICS, PI
from tests.oracle.texts import formula_of_texts
from tests.oracle.truth import Evaluator, Truth, parameters_for
from tests.promise.cases import DEFAULTS, OTHERS, oracle_of
from tests.support.formats import FORMATS, round_fraction

EVERY = {**DEFAULTS, **OTHERS}
TINY = Fraction(2) ** -1300


def sample(seed: int, count: int = 40) -> list[float]:
    random = np.random.default_rng(seed)
    bits = random.integers(0, 2**64, count, dtype=np.uint64).view(np.float64)
    extremes = [0.0, 5e-324, -5e-324, 1e300, -1e300, 1.7976931348623157e308, 0.75, -1.5, 3.0]
    chosen = [*extremes, *random.uniform(-30, 30, count), *bits[np.isfinite(bits)]]
    return [float(x) for x in chosen]


def assert_agree(first: tuple[Truth, ...], second: tuple[Truth, ...], xs: list[float]) -> None:
    for order in range(3):
        for index, x in enumerate(xs):
            one, other = first[order].fraction(index), second[order].fraction(index)
            close = abs(one - other) <= abs(one) / 2**100
            beyond = max(abs(one), abs(other)) < TINY or min(one, other) > 1 / TINY
            assert close or beyond, (order, x, float(one), float(other))


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.sampled(7)
def test_mpmath_and_ball_arithmetic_agree(name: str) -> None:
    function, settings = oracle_of(EVERY[name])
    xs = sample(1, 40 if name in DEFAULTS else 5)
    balls, points = (Evaluator(function, settings, m).truths(xs) for m in ("arb", "mpmath"))
    assert_agree(balls, points, xs)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.sampled(5)
def test_derivatives_are_the_slopes(name: str) -> None:
    """Symmetric differences with a step of 2^-300 on both sides of every point."""
    function, settings = oracle_of(EVERY[name])
    evaluator = Evaluator(function, settings)
    step, bits = Fraction(2) ** -300, 2000
    points = {point.x for point in EVERY[name].breakpoints}
    for x in [x for x in sample(2, 15) if 1e-9 < abs(x) < 200 and x not in points]:
        left, middle, right = (
            [evaluator.bounds(evaluator.m.exact(place), order, bits)[0] for order in range(3)]
            for place in (Fraction(x) - step, Fraction(x), Fraction(x) + step)
        )
        for order in (0, 1):
            slope = (right[order] - left[order]) / (2 * step)
            close = abs(slope - middle[order + 1]) <= Fraction(2) ** -500 * (1 + abs(slope) * 2**60)
            assert close, (x, order, float(slope), float(middle[order + 1]))


def is_printed(bound: BoundActivation) -> bool:
    """Whether the text mentions what is set; that of `relu`, say, leaves some parameters out."""
    activation = bound.activation
    texts = " ".join((activation.text, *(text for _, text in activation.where)))
    divided = {name for name, value in bound.changed.items() if value == 0 and f"/({name}" in texts}
    return all(parameter in texts for parameter in bound.changed) and not divided


@pytest.mark.parametrize("name", [name for name, bound in EVERY.items() if is_printed(bound)])
@pytest.mark.sampled(5)
def test_printed_formulas_are_the_function(name: str) -> None:
    bound = EVERY[name]
    function, settings = oracle_of(bound)
    xs = [x for x in sample(3, 30) if abs(x) < 30]
    xs += [point.x for point in bound.breakpoints]
    if bound.name == "sinc":  # its value at 0 is a limit, which evaluating the text does not give
        xs = [x for x in xs if x]
    if PI in settings.values():  # whose product with a whole number has a sine that is exactly 0
        xs = [x for x in xs if not x.is_integer()]
    printed = Evaluator(formula_of_texts(bound.activation), settings).truths(xs)
    assert_agree(Evaluator(function, settings).truths(xs), printed, xs)


@pytest.mark.parametrize("name", sorted(formulas()))
def test_defaults_are_those_of_the_declaration(name: str) -> None:
    declared: dict[str, Any] = {
        key: value if np.isinf(value) else as_fraction(value)
        for key, value in elementwise()[name].defaults.items()
    }
    m = ARITHMETICS["mpmath"]
    assert parameters_for(m, formula(elementwise()[name]), {}) == declared


@pytest.mark.parametrize("name", ["sigmoid", "tanh_shrink", "softsign", "bent_identity"])
@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_rounding_of_one_value_in_either_arithmetic(name: str, form: Any) -> None:
    xs = [round_fraction(Fraction(x), form) for x in sample(4, 12)]
    for x in [x for x in xs if np.isfinite(x)]:
        for order in range(3):
            results = set()
            for arithmetic in ARITHMETICS:
                evaluator = Evaluator(formulas()[name], {}, arithmetic)
                result = evaluator.rounded(evaluator.m.exact(x), order, form)
                results.add("nan" if np.isnan(result) else result)
            assert len(results) == 1, (x, order, results)


@pytest.mark.parametrize(
    ("x", "form", "wanted"),
    [  # ties but for a term far below the last digit of any fixed precision
        (2050.0, "float16", 2050.0),  # 2049 + 2e-1781
        (-2050.0, "float16", -2050.0),
        (258.0, "bfloat16", 258.0),
    ],
)
def test_a_tie_is_broken_by_whatever_is_left(x: float, form: str, wanted: float) -> None:
    evaluator = Evaluator(formulas()["tanh_shrink"], {})
    assert evaluator.rounded(evaluator.m.exact(x), 0, FORMATS[form]) == wanted


def test_an_activation_without_a_formula_here_is_read_from_its_texts() -> None:
    activation = elementwise()["tanh"]
    xs = [-3.0, 0.0, 1e-5, 7.5]
    read = Evaluator(formula_of_texts(activation), {}).truths(xs)
    assert_agree(Evaluator(formulas()["tanh"], {}).truths(xs), read, xs)
