"""Results of hundreds of formulas, bit for bit those of the oracle."""

from __future__ import annotations

import math
import zlib

import numpy as np
import pytest

import actcli
from tests.language.formulas import GROUPS, lines
from tests.language.judge import FORMATS, differences, inputs
from tests.oracle.typed import Typed

OTHERS = [name for name in FORMATS if name != "float64"]


def seed_of(text: str) -> int:
    return zlib.crc32(text.encode())


def judge(text: str, own: list[float], names: list[str]) -> None:
    for name in names:
        xs = inputs(FORMATS[name], own, seed_of(text + name))
        wrong, judged = differences(text, FORMATS[name], xs)
        assert not wrong, "\n".join(wrong)
        assert judged > 2 * len(xs), "the oracle knows too little"


def test_formulas_are_many() -> None:
    assert len({text for text, _ in lines()}) >= 200
    assert all(group.strip() for group in GROUPS.values())


@pytest.mark.parametrize(("text", "own"), lines(), ids=[text for text, _ in lines()])
@pytest.mark.sampled(35)
def test_results_are_correctly_rounded(text: str, own: list[float]) -> None:
    judge(text, own, ["float64", OTHERS[seed_of(text) % len(OTHERS)]])


@pytest.mark.slow
@pytest.mark.parametrize(("text", "own"), lines(), ids=[text for text, _ in lines()])
def test_results_are_correctly_rounded_in_every_dtype(text: str, own: list[float]) -> None:
    judge(text, own, OTHERS)


@pytest.mark.parametrize("text", [text for text, _ in lines()])
@pytest.mark.sampled(15)
def test_limits_at_infinities(text: str) -> None:
    typed = Typed(text)
    for order in range(3):
        results = actcli.evaluate(text, [-math.inf, math.inf], order=order)
        for sign, result in zip((-1, 1), results.tolist(), strict=True):
            wanted = typed.limit(sign, order)
            if wanted is not None:
                same = result == wanted or (math.isnan(result) and math.isnan(wanted))
                assert same, (order, sign, result, wanted)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("sqrt(x*x + 1) - x", math.inf, 0.0),
        ("log(exp(x) + exp(-x)) - abs(x)", 0.0, 0.0),
        ("x*sigmoid(x)", 0.0, math.inf),
        ("(x**2 - 1)/(x**2 + 1)", 1.0, 1.0),
        ("exp(-x*x)", 0.0, 0.0),
        ("sin(x)", math.nan, math.nan),
        ("sin(x)/x", 0.0, 0.0),
        ("log(x)", math.nan, math.inf),
        ("x - x", 0.0, 0.0),
        ("atan(x)", -math.pi / 2, math.pi / 2),
        ("exp(1/x)", 1.0, 1.0),
        ("(1 + 1/x)**x", math.e, math.e),
        ("log(x)/x", math.nan, 0.0),
        ("x**3/exp(x)", -math.inf, 0.0),
        ("where(x > 0, x, -1)", -1.0, math.inf),
        ("exp(-exp(-x))", 0.0, 1.0),
        ("floor(x)/x", 1.0, 1.0),
        ("x*sin(1/x)", 1.0, 1.0),
        ("sqrt(x + 1) - sqrt(x)", math.nan, 0.0),
        ("(x - 1)*(x + 1) - x*x", -1.0, -1.0),
        ("tanh(x) - 1", -2.0, 0.0),
        ("relu(x) - softplus(x)", 0.0, 0.0),
    ],
)
def test_limits_that_are_plain(text: str, left: float, right: float) -> None:
    found = actcli.evaluate(text, [-math.inf, math.inf])
    np.testing.assert_array_equal(found, [left, right])


@pytest.mark.parametrize(
    ("text", "x", "wanted"),
    [  # beyond what the oracle reaches: exponentials of exponentials, by their size alone
        ("exp(exp(x))", 1e30, (math.inf, math.inf, math.inf)),
        ("exp(-exp(-x))", -1e30, (0.0, 0.0, 0.0)),
        ("exp(-exp(-x))", 1e300, (1.0, 0.0, 0.0)),
        ("exp(exp(exp(x)))", 710.0, (math.inf, math.inf, math.inf)),
        ("1/(1 + exp(exp(x)))", 1e5, (0.0, None, None)),
        ("tanh(exp(exp(x)))", 1e5, (1.0, None, None)),
        # tiny numbers on the way to a result that is not
        ("log(1 + exp(-x))*exp(x)", 3000.0, (1.0, None, None)),
        ("(1 - tanh(x)**2)*exp(2*x)", 2000.0, (4.0, None, None)),
        ("x**5/(x - x**3/6 - sin(x))", 1e-300, (-120.0, None, None)),
        # whole powers that no float64 product reaches
        ("x**1e300", -1.0, (1.0, -1e300, math.inf)),
        ("x**(1e15 + 1)", -1.0, (-1.0, 1e15 + 1, -(1e15 + 1) * 1e15)),
        ("(-1)**x", 3.0, (-1.0, math.nan, math.nan)),
        # an infinity that is a result
        ("max(x, inf)", 1.0, (math.inf, 0.0, 0.0)),
        ("where(x > 0, inf, x)", -1.0, (-1.0, 1.0, 0.0)),
        ("x/inf", 3.0, (0.0, 0.0, 0.0)),
    ],
)
def test_values_far_out(text: str, x: float, wanted: tuple[float | None, ...]) -> None:
    for order, want in enumerate(wanted):
        if want is not None:
            np.testing.assert_array_equal(actcli.evaluate(text, x, order=order), want)
