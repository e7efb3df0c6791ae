"""Formulas of constants as exact numbers: 1/6, pi, sqrt(2)/2."""

from __future__ import annotations

import math
from fractions import Fraction

from actcli.arithmetic.numbers import Number, Real, from_fraction
from actcli.errors import UsageError, clipped
from actcli.language import exact
from actcli.language.program import build
from actcli.language.tree import Constant, Node


def exact_number(tree: Node, text: str, setting: str) -> Number:
    """The value of a tree without x; UsageError, naming the setting, if it is not a number."""
    program = build(tree, {}, ())
    last = program.steps[-1]
    if last.function is None and math.isinf(last.value):
        return last.value
    number = exact.evaluate(program, Fraction(0), 0)
    if number is not None and number.rest is None:
        return from_fraction(number.center)
    if tree == Constant("pi"):
        from actcli.arithmetic.constants import PI

        return PI
    from actcli.numerics.certified import true_value
    from actcli.numerics.dtypes import DTYPES

    value = true_value(program, 0.0, 0, DTYPES["float64"])
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise UsageError(f"{clipped(setting)} is {value!r}, not a number that a parameter can have")
    high = float(value.mid())
    return Real(high, float((value - high).mid()), text, tree)
