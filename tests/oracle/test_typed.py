"""The reader of formulas is checked too: against points of mpmath and symmetric differences."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from tests.language.formulas import lines
from tests.oracle import reals
from tests.oracle.differences import BITS, slopes
from tests.oracle.reals import DoubtError, Real
from tests.oracle.typed import Typed, evaluate
from tests.support.formats import FORMATS

POINTS = (Fraction(-29, 11), Fraction(-3, 13), Fraction(2, 17), Fraction(37, 19), Fraction(40, 7))


@pytest.mark.parametrize("text", [text for text, _ in lines() if Typed(text).plain])
@pytest.mark.sampled(9)
def test_derivatives_are_the_slopes(text: str) -> None:
    tree = Typed(text).tree
    for x in POINTS:
        wanted = slopes(tree, x)
        reals.set_bits(reals.PRECISIONS[-2])
        try:
            jet = evaluate(tree, Real(x))
        except DoubtError:
            continue
        for order, (found, want) in enumerate(zip(jet, wanted, strict=True)):
            if isinstance(want, mpmath.mpc) or mpmath.isnan(want):
                assert found.is_nan, (x, order)
                continue
            with mpmath.workprec(BITS):
                ball = found.ball().mid()
                mantissa, exponent = ball.man_exp()
                close = mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))
                error = abs(close - want)
                assert error <= mpmath.ldexp(1 + abs(want), -250), (x, order, close, want)


@pytest.mark.parametrize(
    ("text", "x", "wanted"),
    [  # by hand
        ("1/x", 0.0, (float("inf"), None, float("inf"))),
        ("1/x", -0.0, (float("-inf"), None, None)),
        ("sin(x)/x", 0.0, (1.0, 0.0, -1 / 3)),
        ("(x**2 - 1)/(x - 1)", 1.0, (2.0, 1.0, 0.0)),
        ("max(x, 0)", 0.0, (0.0, 0.5, 0.0)),
        ("sqrt(x)", 0.0, (0.0, float("inf"), float("-inf"))),
        ("x*log(x)", 0.0, (0.0, None, float("inf"))),
        ("log(x)", -1.0, (float("nan"),) * 3),
        ("x**3/4", 2.0, (2.0, 3.0, 3.0)),
    ],
)
def test_values_that_are_known(text: str, x: float, wanted: tuple[float | None, ...]) -> None:
    found = Typed(text).expected(x, FORMATS["float64"])
    for expected, want in zip(found, wanted, strict=True):
        if want is not None and expected is not None:
            assert expected.value == want or (expected.value != expected.value and want != want)
