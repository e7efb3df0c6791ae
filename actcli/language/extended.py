"""A program at infinities and the edges of its domain: limits, poles and the signs of zeros.

Values are balls if finite and not 0, else floats (±0, ±inf or nan) that follow the rules of
IEEE 754: 1/(1 + exp(-x)) at +inf is 1, and 1/x at -0 is -inf.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import flint
import numpy as np
from flint import arb

from actcli.language import balls, elementary
from actcli.language.elementary import Elementary
from actcli.language.jets import ONE, Jet, Jets
from actcli.language.program import Program, Step
from actcli.language.taylor import BEYOND

BITS = 256
#: Functions that are infinite, or at a limit, for an x so large that e^x has no ball.
GROWING = frozenset(
    entry
    for entry in elementary.MATHEMATICAL
    if entry.name in ("exp", "exp2", "expm1", "sinh", "cosh")
)
#: Functions whose result for such an infinity is right: not a logarithm, which undoes it.
FOLLOWED = GROWING.union(
    elementary.OPERATORS,
    elementary.CONDITIONS,
    (elementary.WHERE, elementary.ABSOLUTE, elementary.SIGN_OF),
    (elementary.MINIMUM, elementary.MAXIMUM, elementary.CLIP),
    (
        entry
        for entry in elementary.MATHEMATICAL
        if entry.name in ("tanh", "erf", "erfc", "atan", "normal_cdf", "normal_pdf")
    ),
)
#: Functions that round negative numbers to -0.
STEPS = (elementary.CEIL, elementary.ROUND)
#: Functions whose limits at infinity are finite, but not integers.
AT_INFINITY = {"atan": lambda sign: arb.pi() / 2 * sign}


def evaluate(program: Program, x: float, count: int, bits: int = BITS) -> tuple[Any, ...]:
    """Value and derivatives at x, each a ball, ±0, ±inf or nan. The lock must be held."""
    flint.ctx.prec = bits
    point: Any = x if _special(x) else arb(x)
    try:
        found = _Ends(_leaf, _apply).evaluate(program, {"x": (point, ONE, None)[:count]}, count)
    except UnclearError:
        return (math.nan,) * count
    if isinstance(found[0], float) and math.isnan(found[0]):  # no slope without a value
        return (math.nan,) * count
    return tuple(0.0 if part is None else part for part in found)


def beyond(program: Program, x: float, order: int, bits: int) -> Any:
    """A value where exponentials of exponentials exceed all balls; None if it is not known."""
    if any(step.function not in FOLLOWED for step in program.steps if step.function):
        return None
    found = evaluate(program, x, order + 1, bits)[order]
    known = not math.isnan(found) if isinstance(found, float) else found.is_exact()
    return found if known else None


class UnclearError(Exception):
    """Two infinities are compared, and either may be the larger."""


class _Ends(Jets):
    """Forward differentiation where slopes may be infinite.

    The slope of sqrt at -0 is inf as at 0, and arguments that max, min and clip reject do no harm.
    """

    def _step(self, function: Elementary, arguments: list[Jet], count: int) -> Jet:
        taken = self._taken(function, arguments)
        return super()._step(function, arguments, count) if taken is None else taken

    def _taken(self, function: Elementary, arguments: list[Jet]) -> Jet | None:
        """The argument that min, max or clip select; None at a tie, or for other functions."""
        values = [argument[0] for argument in arguments]
        if any(isinstance(value, float) and math.isnan(value) for value in values):
            return None
        if function is elementary.CLIP:
            inside, low, high = arguments
            if self.apply(elementary.LESS_EQUAL, [inside[0], low[0]]):
                inside = low
            above = self.apply(elementary.GREATER_EQUAL, [inside[0], high[0]])
            return high if above else inside
        if function not in (elementary.MINIMUM, elementary.MAXIMUM):
            return None
        for relation, k in ((elementary.LESS, 0), (elementary.GREATER, 1)):
            if self.apply(relation, values):
                return arguments[k if function is elementary.MINIMUM else 1 - k]
        return None

    def _rate(self, function: Elementary, k: int, names: Mapping[str, Jet], order: int) -> Jet:
        value = names["y"][0]
        if function.name == "sqrt" and isinstance(value, float) and value == 0:
            names = {**names, "y": (0.0, *names["y"][1:])}
        return super()._rate(function, k, names, order)


def _special(value: Any) -> bool:
    return isinstance(value, float) and (value == 0 or not math.isfinite(value))


def _leaf(step: Step) -> Any:
    if step.name == "pi":
        return arb.pi()
    if step.name == "e":
        return arb.const_e()
    if step.name in balls.TRUTHS:
        return balls.TRUTHS[step.name]
    return step.value if _special(step.value) else arb(step.value)


def _apply(function: Elementary, arguments: Sequence[Any]) -> Any:
    if function is elementary.WHERE:
        return arguments[1] if arguments[0] else arguments[2]
    values = [arb(a) if isinstance(a, float) and not _special(a) else a for a in arguments]
    if function.conditions:
        return bool(function.numpy(np, *values))
    if any(isinstance(value, float) and math.isnan(value) for value in values):
        return False if function.condition else math.nan
    specials = [isinstance(value, float) for value in values]
    if not any(specials):
        return _finite(function, values)
    if function.condition and values[0] == values[1] and _infinite(values[0]):
        raise UnclearError
    if function is elementary.POWER_OF and _has_no_power(*values):
        return math.nan
    with np.errstate(all="ignore"):
        rough = function.numpy(np, *(_rough(value) for value in values))
    if function.condition:
        return bool(rough)
    result = float(rough)
    if function is elementary.ADD or function is elementary.SUBTRACT:
        if result != 0 and math.isfinite(result):
            return _finite(function, [_ball(value) for value in values])
        return result
    if _special(result):
        return result
    if any(isinstance(value, float) and math.isinf(value) for value in values):
        if function.name in AT_INFINITY:
            return AT_INFINITY[function.name](1 if values[0] > 0 else -1)
        if function in (elementary.MINIMUM, elementary.MAXIMUM, elementary.CLIP):
            return next(v for v in values if not isinstance(v, float) and _rough(v) == result)
        return arb(result)
    return _finite(function, [_ball(value) for value in values])


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _has_no_power(base: Any, exponent: Any) -> bool:
    """Whether a power has no limit although numpy returns a number for it."""
    if _infinite(base) and base < 0:
        return not (isinstance(exponent, arb) and exponent.is_exact() and exponent.is_integer())
    if exponent == 0:
        return _special(base)
    return _infinite(exponent) and bool(abs(_ball(base)) == 1)


def _rough(value: Any) -> np.float64:
    """The value as a float64 that is 0 or infinite only if the value is."""
    if isinstance(value, float):
        return np.float64(value)
    number = float(value.mid())
    if number == 0:
        number = 5e-324 if value > 0 else -5e-324
    if math.isinf(number):
        number = math.copysign(1.7976931348623157e308, number)
    return np.float64(number)


def _ball(value: Any) -> Any:
    return arb(0) if isinstance(value, float) and value == 0 else value


def _finite(function: Elementary, values: list[Any]) -> Any:
    """A function of balls; 0 as a float, poles as infinities if their side is known."""
    if function in GROWING and abs(values[0]) > arb((1, BEYOND)):
        return float(function.numpy(np, np.float64(math.inf if values[0] > 0 else -math.inf)))
    found = balls.apply(function, values, balls.LAST)
    if isinstance(found, balls.Trouble):
        return _pole(function, values) if found is balls.Trouble.SINGULAR else math.nan
    if isinstance(found, bool | float):
        return found
    if found.is_zero():
        negative = function in STEPS and values[0] < 0
        return -0.0 if negative else 0.0
    return found if found.is_finite() else math.nan


def _pole(function: Elementary, values: list[Any]) -> float:
    with np.errstate(all="ignore"):
        return float(function.numpy(np, *(_rough(value) for value in values)))
