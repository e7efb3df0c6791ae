"""Quantised results beside fractions: ties, saturation, scales that no float64 holds."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest

#: Functions with irrational pieces, and their values where they are rational.
RATIONAL = {
    "elu": lambda x: x if x >= 0 else None,
    "celu:alpha=0.5": lambda x: x if x >= 0 else None,
    "sin(x) if x < 0 else x*x": lambda x: x * x if x >= 0 else None,
    "leaky_relu:1/3": lambda x: x if x >= 0 else x / 3,
    "hard_silu": lambda x: x * min(max(x + 3, Fraction(0)), Fraction(6)) / 6,
}


def rounded(value, way):
    """A fraction rounded to a whole number, by the words of the definition."""
    floor = math.floor(value)
    if value - floor != Fraction(1, 2):
        return floor + (value - floor > Fraction(1, 2))
    return {"half-even": floor + floor % 2, "half-away": floor + (value > 0), "half-up": floor + 1}[
        way
    ]


@pytest.mark.parametrize("way", ["half-even", "half-away", "half-up"])
@pytest.mark.parametrize("scale", ["1/2", "1/6", "0.05"])
@pytest.mark.parametrize("name", RATIONAL)
def test_ties_are_ties_whatever_else_the_function_has(call, name, scale, way):
    given = Fraction(scale) if "/" in scale else Fraction(float(scale))
    words = ("--dtype", f"int8:scale={scale},zero_point=5", "--out-dtype")
    # twice the scale makes every other result of a line a tie
    status, out, err = call(
        "table", name, *words, f"int8:scale=2*{scale},zero_point=-7", "--round", way,
        "--format", "json",
    )  # fmt: skip
    assert (status, err) == (0, "")
    ties = 0
    for code, entry in zip(range(-128, 128), json.loads(out)["table"], strict=True):
        true = RATIONAL[name](given * (code - 5))
        if true is not None:
            quotient = true / (2 * given)
            ties += quotient.denominator == 2
            assert entry == min(max(rounded(quotient, way) - 7, -128), 127), code
    assert ties > 15 or not name.endswith(("elu", "alpha=0.5"))
