"""Formulas in plain points of mpmath, their slopes by symmetric differences: a check on `typed`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath

from tests.oracle.reader import Node

#: Small even for sin(1e300*x).
STEP = Fraction(1, 2**1400)
BITS = 6000
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "abs": abs,
    "max": max,
    "min": min,
    "clip": lambda a, low, high: min(max(a, low), high),
    "exp2": lambda z: mpmath.mpf(2) ** z,
    "log2": lambda z: mpmath.log(z) / mpmath.log(2),
    "log10": lambda z: mpmath.log(z) / mpmath.log(10),
    "normal_cdf": mpmath.ncdf,
    "normal_pdf": mpmath.npdf,
    "cbrt": lambda z: mpmath.cbrt(z) if z >= 0 else -mpmath.cbrt(-z),
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "round": mpmath.nint,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "and": lambda *parts: all(parts),
    "or": lambda *parts: any(parts),
    "not": lambda part: not part,
    "where": lambda condition, a, b: a if condition else b,
}


def value(node: Node, x: Any) -> Any:
    """A tree at a number of mpmath; complex where a real formula has no value."""
    kind = node[0]
    if kind == "x":
        return x
    if kind == "number":
        return mpmath.mpf(node[1].numerator) / node[1].denominator
    if kind == "constant":
        return {"pi": +mpmath.pi, "e": +mpmath.e, "inf": mpmath.inf}[node[1]]
    name, nodes = node[1], node[2]
    function = FUNCTIONS.get(name) or getattr(mpmath, name)
    try:
        return function(*(value(part, x) for part in nodes))
    except ValueError:  # beyond its domain
        return mpmath.nan


def slopes(node: Node, x: Fraction) -> list[Any]:
    """Value and two derivatives at a number that is not next to a kink or a pole."""
    with mpmath.workprec(BITS):
        step = mpmath.mpf(1) / STEP.denominator
        middle = mpmath.mpf(x.numerator) / x.denominator
        left, here, right = (value(node, middle + k * step) for k in (-1, 0, 1))
        return [here, (right - left) / (2 * step), (right - 2 * here + left) / step**2]
