"""What a derivative is where there are two: the conventions that are promised."""

from __future__ import annotations

import math

import numpy as np
import pytest

import actcli
from tests.support.formats import FORMATS

NAN, INF = math.nan, math.inf
#: A formula, where, and its value, derivative and second derivative there; None is not looked at.
KINKS = [
    # abs and what is flat in steps
    ("abs(x)", 0.0, (0, 0, 0)),
    ("abs(x - 1)", 1.0, (0, 0, 0)),
    ("abs(x**3)", 0.0, (0, 0, 0)),
    ("abs(x)*3 + x", 0.0, (0, 1, 0)),
    ("abs(abs(x) - 1)", 1.0, (0, 0, 0)),
    ("x*abs(x)", 0.0, (0, 0, 0)),
    ("sign(x)", 0.0, (0, 0, 0)),
    ("sign(x)*x + x", 0.0, (0, 1, None)),
    ("floor(x)", 2.0, (2, 0, 0)),
    ("ceil(x)*x", 2.0, (4, 2, 0)),
    ("round(x)", 0.5, (0, 0, 0)),
    ("round(x)", 1.5, (2, 0, 0)),
    ("round(x)", 2.5, (2, 0, 0)),
    ("x - floor(x)", 3.0, (0, 1, 0)),
    # ties of max and min: the mean of the sides
    ("max(x, 0)", 0.0, (0, 0.5, 0)),
    ("max(x, 0)", -0.0, (0, 0.5, 0)),
    ("max(0, x)", 0.0, (0, 0.5, 0)),
    ("min(x, 0)", 0.0, (0, 0.5, 0)),
    ("max(x, 2*x)", 0.0, (0, 1.5, 0)),
    ("max(x, -x)", 0.0, (0, 0, 0)),
    ("max(x, x**2)", 1.0, (1, 1.5, 1)),
    ("max(x, x)", 3.0, (3, 1, 0)),
    ("max(x, 0)**2", 0.0, (0, 0, 0.5)),
    ("min(max(x, -1), 1)", 1.0, (1, 0.5, 0)),
    ("max(sin(x), x)", 0.0, (0, 1, 0)),
    # the ends of clip: the bound's derivative
    ("clip(x, -1, 1)", 1.0, (1, 0, 0)),
    ("clip(x, -1, 1)", -1.0, (-1, 0, 0)),
    ("clip(x, -1, 1)", 0.5, (0.5, 1, 0)),
    ("clip(x, 0, x**2)", 1.0, (1, 2, 2)),
    ("clip(x, min=0)", 0.0, (0, 0, 0)),
    ("clip(x, max=6)", 6.0, (6, 0, 0)),
    ("clip(x, 2, 1)", 1.5, (1, 0, 0)),
    # where follows its branch
    ("where(x > 0, x, 0)", 0.0, (0, 0, 0)),
    ("where(x >= 0, x, 0)", 0.0, (0, 1, 0)),
    ("where(x == 0, 5, x)", 0.0, (5, 0, 0)),
    ("where(x != 1, x, x**2)", 1.0, (1, 2, 2)),
    ("where(0 < x < 1, x, 3*x)", 1.0, (3, 3, 0)),
    ("x if x > 1 else x**2", 1.0, (1, 2, 2)),
    ("where(x > 0, log(x), 0)", 0.0, (0, 0, 0)),
    ("where(x <= 0, 1, 1/x)", 0.0, (1, 0, 0)),
    ("where(not x < 0, 2*x, x)", 0.0, (0, 2, 0)),
    # functions of the catalogue keep their own convention
    ("relu(x)", 0.0, (0, 0, 0)),
    ("relu(x) + x", 0.0, (0, 1, 0)),
    ("relu(x - 1)*2", 1.0, (0, 0, 0)),
    ("relu(-x)", 0.0, (0, 0, 0)),
    ("leaky_relu(x, alpha=0.25)", 0.0, (0, 0.25, 0)),
    ("hard_tanh(x)", 1.0, (1, 0, 0)),
    ("hard_tanh(2*x)", 0.5, (1, 0, 0)),
    ("hard_sigmoid(x)", 3.0, (1, 0, 0)),
    ("elu(x, alpha=2)", 0.0, (0, 2, 2)),
    ("soft_shrink(x)", 0.5, (0, 0, 0)),
    # the edges of domains
    ("sqrt(x)", 0.0, (0, INF, -INF)),
    ("sqrt(x)", -0.0, (0, INF, -INF)),
    ("sqrt(4*x) + 1", 0.0, (1, INF, -INF)),
    ("sqrt(1 - x)", 1.0, (0, -INF, -INF)),
    ("cbrt(x)", 0.0, (0, INF, None)),
    ("asin(x)", 1.0, (math.pi / 2, INF, INF)),
    ("acosh(x)", 1.0, (0, INF, -INF)),
    ("x**1.5", 0.0, (0, 0, INF)),
    ("x*sqrt(x)", 0.0, (0, 0, INF)),
    ("sqrt(max(x, 0))", -1.0, (0, 0, 0)),
    ("log(x)", 0.0, (-INF, INF, -INF)),
    ("log(x + 1) - log(x)", -1.0, (NAN, NAN, NAN)),
    ("sqrt(x)", -1.0, (NAN, NAN, NAN)),
    ("x**0.5", -4.0, (NAN, NAN, NAN)),
    # poles
    ("1/x", 0.0, (INF, -INF, INF)),
    ("1/x", -0.0, (-INF, -INF, -INF)),
    ("1/x**2", 0.0, (INF, -INF, INF)),
    ("-1/x", 0.0, (-INF, INF, -INF)),
    # a kink divided by what vanishes there: the side that the sign of 0 says
    ("abs(x)/x", 0.0, (1, 0, 0)),
    ("abs(x)/x", -0.0, (-1, 0, 0)),
    ("relu(x)/x", 0.0, (1, 0, 0)),
    ("relu(x)/x", -0.0, (0, 0, 0)),
    ("abs(x - 1)/(x - 1)", 1.0, (NAN, NAN, NAN)),
    ("elu(x)/x", 0.0, (1, 0, 0)),
    # a side that is not taken does no harm
    ("min(relu(x), exp(x) - log2(x))", 0.0, (0, 0, 0)),
    ("max(x, -1/x**2)", 0.0, (0, 1, 0)),
    ("clip(x, -1, 1/x**2)", 0.0, (0, 1, 0)),
    ("where(x >= 0, x, log(x))", 0.0, (0, 1, 0)),
    # powers
    ("x**0", 0.0, (1, 0, 0)),
    ("x**x", 0.0, (1, None, None)),
    ("(-8)**(1/3)*x", 1.0, (NAN, NAN, NAN)),
    ("x**3", -2.0, (-8, 12, -12)),
    ("x**-1", -0.0, (-INF, None, None)),
    ("0**x", 0.0, (1, None, None)),
]


@pytest.mark.parametrize(("text", "x", "wanted"), KINKS, ids=[f"{t} at {x}" for t, x, _ in KINKS])
def test_conventions(text: str, x: float, wanted: tuple[float | None, ...]) -> None:
    for form in FORMATS.values():
        place = np.array(x).astype(form.numpy)
        for order, want in enumerate(wanted):
            if want is None:
                continue
            found = float(actcli.evaluate(text, place, order=order))
            rounded = float(np.array(want).astype(form.numpy))
            same = found == rounded or (math.isnan(found) and math.isnan(rounded))
            assert same, (form.name, order, found, rounded)


@pytest.mark.parametrize(
    ("text", "x", "sign"),
    [
        ("x - x", -0.0, 1),
        ("x - x", -5.0, 1),
        ("0*x", -5.0, -1),
        ("-0*x", 5.0, -1),
        ("x", -0.0, -1),
        ("x**3", -0.0, -1),
        ("x**2", -0.0, 1),
        ("x + 0", -0.0, 1),
        ("-x", 0.0, -1),
        ("sin(x)", -0.0, -1),
        ("sqrt(x)", -0.0, -1),
        ("x**0.5", -0.0, 1),
        ("erfinv(x)", -0.0, -1),
        ("ceil(x)", -0.25, -1),
        ("round(x)", -0.5, -1),
        ("floor(x)", 0.25, 1),
        ("(x + 1)**2 - x**2 - 2*x - 1", -7.0, 1),
        ("log(exp(x)) - x", -7.0, 1),
        ("exp(-x*x)*x", -100.0, -1),
        ("1e-300*x*1e-300", -1.0, -1),
    ],
)
def test_signs_of_zero(text: str, x: float, sign: int) -> None:
    found = float(actcli.evaluate(text, x))
    assert (found, math.copysign(1, found)) == (0, sign)
