"""Values so near a tie, or 0, that no digits show the side, which is still known."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from actcli.catalogue.specification import parse
from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import DTYPES

#: Formula, x, dtype, and what the side of the tie makes of it. Most ties are 6150, between
#: 6148 and 6152 in float16; a tie itself would go to 6152, the even one.
BESIDE = (
    ("x*(1 + tanh(x))*1.5", 2050.0, "float16", 6148.0),
    ("-x*(1 + tanh(x))*1.5", 2050.0, "float16", -6148.0),
    ("x*3/tanh(x)", 2050.0, "float16", 6152.0),
    ("aptx:gamma=1.5", 2050.0, "float16", 6148.0),
    ("aptx:gamma=1.5", 4100.0, "float16", 12296.0),
    ("aptx:alpha=1.5", 49152.0, "float8_e5m2", 57344.0),
    ("3*x/(1 + exp(-x))", 2050.0, "float16", 6148.0),
    ("3*(x + exp(-x*x))", 2050.0, "float16", 6152.0),
    ("x*3*erf(x)", 2050.0, "float16", 6148.0),
    ("x*1.5*erfc(-x)", 2050.0, "float16", 6148.0),
    ("x*3*normal_cdf(x)", 2050.0, "float16", 6148.0),
    ("6150*cos(exp(-x))", 20000.0, "float16", 6148.0),
    ("6150*cosh(exp(-x))", 20000.0, "float16", 6152.0),
    ("6150*exp(exp(-x))", 20000.0, "float16", 6152.0),
    ("6150*sqrt(1 - exp(-x))", 20000.0, "float16", 6148.0),
    ("6150 + log(1 + exp(-x))", 20000.0, "float16", 6152.0),
    ("6150*(expm1(-x) + 2)", 20000.0, "float16", 6152.0),
    ("6150/x*max(x - exp(-x), 0)", 20000.0, "float16", 6148.0),
    ("6150 - (tanh(x) - 1)**3", 20000.0, "float16", 6152.0),
    ("6150 + 4*floor(exp(-x) + 0.5) + exp(-x)", 20000.0, "float16", 6152.0),
    ("x - tanh(x)", 2.0**53 + 2, "float64", 2.0**53 + 2),
    ("x - 2 + tanh(x)", 2.0**53 + 2, "float64", 2.0**53),
    ("x - tanh(x)*tanh(x)", 2.0**53 + 2, "float64", 2.0**53 + 2),
    ("x - tanh(x)", 2.0**53 + 4, "float64", 2.0**53 + 4),
)


@pytest.mark.parametrize(("text", "x", "name", "wanted"), BESIDE)
def test_the_side_of_a_tie(text: str, x: float, name: str, wanted: float) -> None:
    dtype = DTYPES[name]
    (found,) = evaluate(parse(text), np.array([x]).astype(dtype.numpy), (0,), dtype)
    assert float(found[0]) == wanted


def test_the_sides_are_those_of_mpmath() -> None:
    with mpmath.workdps(20_000):
        assert 3 * mpmath.mpf(2050) * mpmath.tanh(2050) < 6150
        assert mpmath.cos(mpmath.exp(-20000)) < 1
        assert mpmath.log1p(mpmath.exp(-20000)) > 0


@pytest.mark.parametrize(
    ("text", "x", "negative"),
    [
        ("tanh(x) - 1", 1e30, True),
        ("1 - tanh(x)", 1e30, False),
        ("tanh(x) + 1", -1e30, False),
        ("erf(x) - 1", 1e30, True),
        ("1 - cos(exp(-x))", 1e5, False),
        ("cos(exp(-x)) - 1", 1e5, True),
        ("exp(-x)*(tanh(x) - 1)", 1e5, True),
    ],
)
@pytest.mark.parametrize("name", ["float32", "float64"])
def test_the_sign_of_what_rounds_to_0(text: str, x: float, negative: bool, name: str) -> None:
    dtype = DTYPES[name]
    (found,) = evaluate(parse(text), np.array([x], dtype.numpy), (0,), dtype)
    assert found[0] == 0
    assert bool(np.signbit(found[0])) is negative
