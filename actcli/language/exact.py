"""A program evaluated in rational numbers, where it is rational at x: exactly.

What no precision decides, a tie or a zero, is decided here.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.program import Program, Step

#: Numerators and denominators of more bits are not followed.
MOST_BITS = 40_000
#: Value, derivative and second derivative; None where it is not rational.
Jet = tuple[Fraction, Fraction, Fraction]

ZERO = Fraction(0)


class NotRationalError(Exception):
    """The result is not known to be rational."""


def evaluate(program: Program, x: Fraction) -> Jet | None:
    """Value and derivatives of a program at x if they are rational; else None."""
    values: list[Any] = []
    for step in program.steps:
        try:
            values.append(_step(step, values, x))
        except (NotRationalError, ZeroDivisionError):
            values.append(None)
    last = values[-1]
    return last if isinstance(last, tuple) and not _infinite([last]) else None


def _step(step: Step, values: list[Any], x: Fraction) -> Any:
    function = step.function
    if function is None:
        return _leaf(step, x)
    arguments = [values[place] for place in step.places]
    if function is elementary.WHERE:
        condition, first, second = arguments
        return None if condition is None else first if condition else second
    if any(argument is None for argument in arguments):
        return None
    handler = HANDLERS.get(function)
    if handler is None or (function not in ORDERING and _infinite(arguments)):
        return None
    found = handler(*arguments)
    if (
        isinstance(found, tuple)
        and not _infinite([found])
        and any(_bits(part) > MOST_BITS for part in found)
    ):
        raise NotRationalError
    return found


def _infinite(arguments: list[Any]) -> bool:
    return any(isinstance(a, tuple) and isinstance(a[0], float) for a in arguments)


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _leaf(step: Step, x: Fraction) -> Any:
    if step.name == "x":
        return x, Fraction(1), ZERO
    if step.name in ("true", "false"):
        return step.name == "true"
    if math.isinf(step.value):
        return (step.value, ZERO, ZERO)
    return None if step.name else (Fraction(step.value), ZERO, ZERO)


def _constant(value: int | Fraction) -> Jet:
    return Fraction(value), ZERO, ZERO


def _add(a: Jet, b: Jet) -> Jet:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _negative(a: Jet) -> Jet:
    return -a[0], -a[1], -a[2]


def _multiply(a: Jet, b: Jet) -> Jet:
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + 2 * a[1] * b[1] + a[0] * b[2]


def _divide(a: Jet, b: Jet) -> Jet:
    value = a[0] / b[0]
    first = (a[1] - value * b[1]) / b[0]
    return value, first, (a[2] - 2 * first * b[1] - value * b[2]) / b[0]


def _power(a: Jet, b: Jet) -> Jet:
    if b[1] or b[2] or b[0].denominator != 1:
        raise NotRationalError
    n = int(b[0])
    if abs(n) * _bits(a[0]) > MOST_BITS:
        raise NotRationalError
    if n == 0:
        return _constant(1)
    first = n * a[0] ** (n - 1) if n != 1 else Fraction(1)
    second = n * (n - 1) * a[0] ** (n - 2) if n not in (1,) and (a[0] or n >= 2) else ZERO
    return a[0] ** n, first * a[1], second * a[1] ** 2 + first * a[2]


def _absolute(a: Jet) -> Jet:
    return a if a[0] > 0 else _negative(a) if a[0] < 0 else _constant(0)


def _sign(a: Jet) -> Jet:
    return _constant(int(a[0] > 0) - int(a[0] < 0))


def _floor(a: Jet) -> Jet:
    return _constant(a[0].__floor__())


def _ceil(a: Jet) -> Jet:
    return _constant(a[0].__ceil__())


def _round(a: Jet) -> Jet:
    return _constant(round(a[0]))


def _mean(a: Jet, b: Jet) -> Jet:
    return a[0], (a[1] + b[1]) / 2, (a[2] + b[2]) / 2


def _minimum(a: Jet, b: Jet) -> Jet:
    return _mean(a, b) if a[0] == b[0] else min(a, b, key=lambda jet: jet[0])


def _maximum(a: Jet, b: Jet) -> Jet:
    return _mean(a, b) if a[0] == b[0] else max(a, b, key=lambda jet: jet[0])


def _clip(a: Jet, low: Jet, high: Jet) -> Jet:
    inside = low if a[0] <= low[0] else a
    return high if inside[0] >= high[0] else inside


HANDLERS: dict[Elementary, Any] = {
    elementary.ADD: _add,
    elementary.SUBTRACT: lambda a, b: _add(a, _negative(b)),
    elementary.MULTIPLY: _multiply,
    elementary.DIVIDE: _divide,
    elementary.NEGATIVE: _negative,
    elementary.POWER_OF: _power,
    elementary.ABSOLUTE: _absolute,
    elementary.SIGN_OF: _sign,
    elementary.FLOOR: _floor,
    elementary.CEIL: _ceil,
    elementary.ROUND: _round,
    elementary.MINIMUM: _minimum,
    elementary.MAXIMUM: _maximum,
    elementary.CLIP: _clip,
    elementary.LESS: lambda a, b: a[0] < b[0],
    elementary.LESS_EQUAL: lambda a, b: a[0] <= b[0],
    elementary.GREATER: lambda a, b: a[0] > b[0],
    elementary.GREATER_EQUAL: lambda a, b: a[0] >= b[0],
    elementary.EQUAL: lambda a, b: a[0] == b[0],
    elementary.NOT_EQUAL: lambda a, b: a[0] != b[0],
    elementary.BOTH: lambda a, b: a and b,
    elementary.EITHER: lambda a, b: a or b,
    elementary.NEITHER: lambda a: not a,
}

#: What an infinity may be an argument of.
ORDERING = (
    elementary.MINIMUM,
    elementary.MAXIMUM,
    elementary.CLIP,
    *elementary.CONDITIONS,
)
