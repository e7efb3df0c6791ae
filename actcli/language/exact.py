"""A program evaluated as a rational number plus a remainder, for values that no precision decides.

Balls cannot tell x + 1e-99999 from x, so a value next to a tie, or one that almost cancels, needs
ever more bits. Here the two parts are kept separate: tanh of a large number is 1 plus a remainder
just below 0. So the side of a tie is known, and exact ties and zeros are recognised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
from flint import arb, fmpq

from actcli.language import balls, elementary, taylor
from actcli.language.elementary import Elementary
from actcli.language.jets import ONE, Jets
from actcli.language.program import COMPARED, Program, Step

#: Rational numbers with more bits than this are given up.
MOST_BITS = 40_000
#: A remainder below 2^-FAINT is smaller than the distance of such numbers to any other tie.
FAINT = 45_000
#: The bits of remainders.
BITS = 1024


class UnknownError(Exception):
    """The value is not known in this form."""


class Near:
    """center + rest; a rest of None is 0, which makes the number rational."""

    __slots__ = ("center", "rest")

    def __init__(self, center: Fraction | int, rest: Any = None) -> None:
        self.center = Fraction(center)
        self.rest = None if rest is not None and rest.is_zero() else rest
        if self.center.numerator.bit_length() + self.center.denominator.bit_length() > MOST_BITS:
            raise UnknownError

    def __add__(self, other: Near) -> Near:
        return Near(self.center + other.center, _sum(self.rest, other.rest))

    def __neg__(self) -> Near:
        return Near(-self.center, None if self.rest is None else -self.rest)

    def __sub__(self, other: Near) -> Near:
        return self + -other

    def __mul__(self, other: Near) -> Near:
        rest = None
        if self.rest is not None:
            rest = _sum(rest, self.rest * other.ball())
        if other.rest is not None and self.center:
            rest = _sum(rest, other.rest * _ball(self.center))
        return Near(self.center * other.center, rest)

    def __truediv__(self, other: Near) -> Near:
        if not other.center:
            if not self.center and self.rest is None and other.sign():
                return Near(0)
            return Near(0, _known(self.ball() / other.ball()))
        ratio = self.center / other.center
        # a/b - c = (a - c b)/b, where the centers of a and c b are the same
        left = self - Near(ratio) * other
        return Near(ratio, None if left.rest is None else _known(left.rest / other.ball()))

    def ball(self) -> Any:
        """A ball around the number."""
        return _ball(self.center) if self.rest is None else _ball(self.center) + self.rest

    def sign(self) -> int:
        """-1, 0 or 1; UnknownError if undecided."""
        if self.rest is None:
            return (self.center > 0) - (self.center < 0)
        if self.center and abs(self.rest) < abs(_ball(self.center)):
            return 1 if self.center > 0 else -1
        ball = self.ball()
        if not (ball > 0 or ball < 0):
            raise UnknownError
        return 1 if ball > 0 else -1

    def is_beside(self) -> bool:
        """Whether the number certainly differs from its center."""
        return self.rest is not None and bool(self.rest > 0 or self.rest < 0)

    def settled(self) -> Fraction | Any | None:
        """A rational number that rounds as this one does, or a ball if the center is 0.

        None if the remainder is large enough for more bits to decide.
        """
        if self.rest is None:
            return self.center
        if not self.is_beside():
            return None
        if not self.center:
            return self.rest
        if not abs(self.rest) < arb((1, -FAINT)):
            return None
        return self.center + Fraction(1 if self.rest > 0 else -1, 1 << FAINT)


def evaluate(program: Program, x: Fraction, order: int) -> Near | None:
    """One order of a program at x; None if it is not known in this form."""
    with balls.LOCK:
        flint.ctx.prec = BITS
        jets = Jets(_leaf, _apply)
        try:
            last = jets.evaluate(program, {"x": (Near(x), ONE, None)[: order + 1]}, order + 1)
            found = last[order]
            return Near(0) if found is None else _number(found)
        except UnknownError:
            return None


def _sum(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _ball(value: Fraction) -> Any:
    return arb(fmpq(value.numerator, value.denominator))


def _known(ball: Any) -> Any:
    if not isinstance(ball, arb) or not ball.is_finite():
        raise UnknownError
    return ball


#: The value of a failed step, allowed only in branches that are not taken.
NOTHING = math.nan


def _number(value: Any) -> Near:
    """A value as a number; the 0 and 1 of `Jets` are floats."""
    if isinstance(value, Near):
        return value
    if not math.isfinite(value):
        raise UnknownError
    return Near(Fraction(value))


def _leaf(step: Step) -> Any:
    if step.name in balls.TRUTHS:
        return balls.TRUTHS[step.name]
    if step.name == "pi":
        return Near(0, arb.pi())
    if step.name == "e":
        return Near(0, arb.const_e())
    return step.value if not math.isfinite(step.value) else Near(Fraction(step.value))


def _apply(function: Elementary, arguments: Sequence[Any]) -> Any:
    try:
        return _applied(function, arguments)
    except (UnknownError, ZeroDivisionError, ValueError):
        return NOTHING


def _applied(function: Elementary, arguments: Sequence[Any]) -> Any:
    if any(isinstance(a, float) and math.isnan(a) for a in arguments[: function.conditions or 3]):
        raise UnknownError
    if function is elementary.WHERE:
        return arguments[1] if arguments[0] else arguments[2]
    if function.conditions:
        return bool(function.numpy(np, *arguments))
    if function.condition:
        return COMPARED[function](_order(*arguments), 0)
    if function in CHOICES:
        return CHOICES[function](*arguments)
    numbers = [_number(argument) for argument in arguments]
    handler = HANDLERS.get(function)
    if handler is not None:
        return handler(*numbers)
    return _smooth(function, *numbers)


def _order(a: Any, b: Any) -> int:
    """-1, 0 or 1 as a is below, equal to or above b; both may be infinite."""
    for first, second, sign in ((a, b, 1), (b, a, -1)):
        if isinstance(first, float) and math.isinf(first):
            if first == second:
                return 0
            return sign if first > 0 else -sign
    return (_number(a) - _number(b)).sign()


def _clip(a: Any, low: Any, high: Any) -> Any:
    inside = low if _order(a, low) <= 0 else a
    return high if _order(inside, high) >= 0 else inside


CHOICES: dict[Elementary, Callable[..., Any]] = {
    elementary.MINIMUM: lambda a, b: a if _order(a, b) <= 0 else b,
    elementary.MAXIMUM: lambda a, b: a if _order(a, b) >= 0 else b,
    elementary.CLIP: _clip,
}


def _power(a: Near, b: Near) -> Any:
    if b.rest is not None or b.center.denominator != 1:
        if b.center == Fraction(1, 2) and b.rest is None:
            return _smooth(SQRT, a)
        return Near(0, _known(balls.apply(elementary.POWER_OF, (a.ball(), b.ball()), BITS)))
    exponent = int(b.center)
    if exponent == 0:
        return Near(1)
    return balls.raised(a if exponent > 0 else Near(1) / a, abs(exponent))


def _stepped(step: Callable[[Fraction], int]) -> Callable[[Near], Near]:
    def nearby(a: Near) -> Near:
        if a.rest is None:
            return Near(step(a.center))
        # the center is a multiple of 1/2, so only a step at the center itself can be near
        if (2 * a.center).denominator != 1 or not abs(a.rest) < 0.25:
            raise UnknownError
        return Near(step(a.center + Fraction(Near(0, a.rest).sign(), 4)))

    return nearby


HANDLERS: dict[Elementary, Callable[..., Any]] = {
    elementary.ADD: lambda a, b: a + b,
    elementary.SUBTRACT: lambda a, b: a - b,
    elementary.MULTIPLY: lambda a, b: a * b,
    elementary.DIVIDE: lambda a, b: a / b,
    elementary.NEGATIVE: lambda a: -a,
    elementary.POWER_OF: _power,
    elementary.ABSOLUTE: lambda a: -a if a.sign() < 0 else a,
    elementary.SIGN_OF: lambda a: Near(a.sign()),
    elementary.FLOOR: _stepped(math.floor),
    elementary.CEIL: _stepped(math.ceil),
    elementary.ROUND: _stepped(round),
}


def _value(name: str, ball: Any) -> Any:
    return _known(balls.apply(elementary.by_name()[name], (ball,), BITS))


SQRT = elementary.by_name()["sqrt"]


def _smooth(function: Elementary, a: Near) -> Near:
    """A function as a rational number that it is near plus the rest, if it is near one."""
    known = AROUND.get(function.name)
    found = None if known is None else known(a)
    if found is not None:
        return found
    ball = _value(function.name, a.ball())
    if a.rest is None and ball.is_exact():
        mantissa, exponent = (int(part) for part in ball.man_exp())
        if abs(exponent) < MOST_BITS:
            return Near(Fraction(mantissa) * Fraction(2) ** exponent)
    return Near(0, ball)


def _odd(rest: Callable[[Any], Any]) -> Callable[[Near], Near | None]:
    """1 - rest(|a|), with the sign of a."""

    def nearby(a: Near) -> Near | None:
        if not abs(a.ball()) > 1:
            return None
        sign = a.sign()
        return Near(sign, -sign * rest(abs(a.ball())))

    return nearby


def _cosine(sine: str, sign: int) -> Callable[[Near], Near | None]:
    """1 - 2 sin^2(a/2), or 1 + 2 sinh^2(a/2)."""

    def nearby(a: Near) -> Near | None:
        if a.center or a.rest is None:
            return None
        half = _value(sine, a.rest / 2)
        return Near(1, sign * 2 * half * half)

    return nearby


def _sqrt(a: Near) -> Near | None:
    """sqrt(c + r) = sqrt(c) + r/(sqrt(c + r) + sqrt(c)), if sqrt(c) is rational."""
    if a.center <= 0 or a.rest is None:
        return None
    parts = [math.isqrt(part) for part in (a.center.numerator, a.center.denominator)]
    root = Fraction(*parts)
    if root * root != a.center:
        return None
    return Near(root, a.rest / (_value("sqrt", a.ball()) + _ball(root)))


#: Functions that may be near a rational number.
AROUND: dict[str, Callable[[Near], Near | None]] = {
    "tanh": _odd(lambda size: taylor.one_plus_tanh(-size, 1)[0]),
    "erf": _odd(lambda size: _value("erfc", size)),
    "erfc": lambda a: Near(2, -_value("erfc", -a.ball())) if a.ball() < -1 else None,
    "normal_cdf": lambda a: Near(1, -_value("normal_cdf", -a.ball())) if a.ball() > 1 else None,
    "exp": lambda a: None if a.center or a.rest is None else Near(1, _value("expm1", a.rest)),
    "expm1": lambda a: Near(-1, _value("exp", a.ball())) if a.ball() < -1 else None,
    "cos": _cosine("sin", -1),
    "cosh": _cosine("sinh", 1),
    "log": lambda a: None if a.center != 1 or a.rest is None else Near(0, _value("log1p", a.rest)),
    "sqrt": _sqrt,
}
