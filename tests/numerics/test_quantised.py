"""Quantised results beside fractions: ties, saturation, scales that no float64 holds."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import actcli
from actcli.catalogue import quantised_dtypes
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.evaluating.quantised_results import results


def get_any_dtype(text: str) -> Any:
    """A dtype with a scale."""
    return quantised_dtypes.get_any_dtype(text)


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


@pytest.mark.parametrize("order", [0, 1])
def test_every_function_agrees_with_its_float64_values_away_from_ties(order):
    """Definitions and scales are composed right; float64 values have tests of their own."""
    given, out = get_any_dtype("int8:scale=0.0437,zero_point=-9"), get_any_dtype("int8:scale=0.031")
    codes = given.codes()
    for name in elementwise():
        (found,) = results(parse(name), codes, (order,), given, out)
        steps = actcli.evaluate(name, given.reals(codes), order=order) / 0.031
        safe = np.abs(steps - np.floor(steps) - 0.5) > 1e-6
        safe |= np.abs(steps) > 200
        wanted = np.clip(np.rint(steps), -128, 127)
        assert safe.sum() > 128, name
        assert np.array_equal(found[safe], wanted[safe]), name
