"""Limits of a program: at ±inf, and from inside its domain where IEEE's rules give nan.

Where the rules for infinities do not decide (0 times infinity), the program is evaluated in balls
at points that approach the limit fast: values that converge have a limit, values that grow with
every step an infinite one, and others (a sine) none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import flint
from flint import arb

from actcli.language import balls, extended
from actcli.language.program import Program

#: The distances of the steps, in powers of two, and the bits of the balls.
STEPS = (150, 400, 1000, 2600)
BITS = 1 << 14
#: Values have converged if they differ by less than 2^-TOGETHER of 1 + |value|; within 2^-SAME of
#: a multiple of 1/2 they are that multiple.
TOGETHER = 100
SAME = 120
#: The least factor between successive values that grow without bound.
GROWTH = 1.5
#: Irregular factors, so that the steps cannot be multiples of a period.
FACTORS = ((1, 1), (10, 3), (-17, 13))


@lru_cache(maxsize=1024)
def at_infinity(program: Program, sign: int, order: int) -> Any:
    """The limit of one order at -inf or +inf: a ball, or one of ±0, ±inf and nan."""
    with balls.LOCK:
        found = extended.evaluate(program, sign * math.inf, order + 1)[order]
        if isinstance(found, float) and math.isnan(found):
            return followed(program, None, sign, order)
        return found


def one_sided(program: Program, x: float, order: int) -> Any:
    """The limit of one order at a number, from the side where the program has values.

    At 0 and -0 it is the limit from their own side; elsewhere the limits of two sides must agree.
    """
    # 0 and -0 are equal, so they would be the same key
    return _one_sided(program, x, math.copysign(1, x) < 0, order)


@lru_cache(maxsize=1024)
def _one_sided(program: Program, x: float, negative: bool, order: int) -> Any:
    with balls.LOCK:
        if x == 0:
            first = -1 if negative else 1
            found = followed(program, x, first, order)
            return followed(program, x, -first, order) if _is_nan(found) else found
        left, right = (followed(program, x, side, order) for side in (-1, 1))
    if _is_nan(left) or _is_nan(right):
        return right if _is_nan(left) else left
    if isinstance(left, float) or isinstance(right, float):
        return left if isinstance(left, float) and left == right else math.nan
    return left if left.overlaps(right) else math.nan


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def followed(program: Program, x: float | None, side: int, order: int) -> Any:
    """The limit at x from one side, or at an infinity if x is None."""
    values = []
    for point in _points(x, side):
        found = balls.evaluate(program, point, order + 1, BITS)
        if isinstance(found, balls.Trouble) or len(found) <= order or not found[order].is_finite():
            return math.nan
        values.append(found[order] * math.factorial(order))
    last, before = values[-1], values[-2]
    if abs(last - before) < arb((1, -TOGETHER)) * (1 + abs(last)):
        return _recognised(values)
    sizes = [abs(value) for value in values]
    signs = {bool(value > 0) for value in values}
    if len(signs) == 1 and all(b > a * GROWTH for a, b in pairwise(sizes)):
        return math.inf if signs.pop() else -math.inf
    return math.nan


def _points(x: float | None, side: int) -> Iterator[Any]:
    flint.ctx.prec = BITS
    for index, step in enumerate(STEPS):
        numerator, denominator = FACTORS[index % len(FACTORS)]
        factor = abs(arb(numerator) / denominator)
        if x is None:
            yield side * factor * arb((1, step))
        else:
            yield arb(x) + side * factor * arb((1, -step))


def _recognised(values: list[Any]) -> Any:
    """The limit of the values: 0, a multiple of 1/2, or else a ball around the last."""
    last = values[-1]
    if abs(last) < arb((1, -TOGETHER)):
        return -0.0 if all(value < 0 for value in values) else 0.0
    doubled = (last * 2 + arb(0.5)).floor()
    if doubled.is_exact() and abs(last * 2 - doubled) < arb((1, -SAME)):
        return doubled / 2
    return last.union(values[-2])
