"""A program evaluated in ball arithmetic: its value and derivatives at a number, with their errors.

Each step has a ball, or a power series of balls if derivatives are wanted; or `Trouble`: it has no
value there (nan), is singular, or is undecided at this precision. The trouble of a branch that is
not taken does no harm.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import flint
from flint import arb, arb_series

from actcli.language import elementary, taylor
from actcli.language.elementary import Elementary
from actcli.language.program import COMPARED, Program, Step
from actcli.language.uncancelled import one_plus, sharper

#: flint's precision is global to the process: hold this lock while it is set.
LOCK = threading.RLock()
#: flint cuts series to its cap, so it must exceed the length of any of ours.
flint.ctx.cap = 64
#: From this many bits on, a result that cannot be told from 0 is 0 if it is within 2^-TINY.
LAST = 4096
TINY = 1100
#: The same for signs of intermediate steps, where a tiny value may be divided by another tiny one.
DEEP = 16_384
TINY_INSIDE = 8192


class Trouble(Enum):
    """Why a step has no ball."""

    NAN = "outside the domain"
    SINGULAR = "a pole, or not differentiable"
    UNDECIDED = "not decided at this precision"


#: The constant conditions.
TRUTHS = {"true": True, "false": False}
Value = Any  # a ball, a series, a truth value or a Trouble


def evaluate(program: Program, x: Any, count: int, bits: int) -> list[Any] | Trouble:
    """The first `count` Taylor coefficients of a program at the ball x, at a precision.

    The lock must be held. There are fewer coefficients if terms were lost to a removable
    singularity.
    """
    flint.ctx.prec = bits
    return Evaluator(program, x, count, bits).result()


def apply(function: Elementary, arguments: Sequence[Any], bits: int) -> Value:
    """A function, an operator or a condition of balls. The lock must be held."""
    evaluator = Evaluator(Program(()), arb(0), 1, bits)
    if function.smooth:
        return evaluator._composed(function, arguments[0])
    return HANDLERS[function](evaluator, *arguments)


class Evaluator:
    """One evaluation: the values of all steps at one x, one length of series, one precision."""

    def __init__(self, program: Program, x: Any, count: int, bits: int) -> None:
        self.program = program
        self.count = count
        self.bits = bits
        self.x = x
        self.tiny = arb((1, -TINY_INSIDE))
        # places of values whose series is only a convention, such as that of abs at 0
        self.bent: set[int] = set()
        self.at_kink = False

    def values(self) -> list[Value]:
        """The values of all steps."""
        values: list[Value] = []
        for place, step in enumerate(self.program.steps):
            self.at_kink = not self.bent.isdisjoint(step.places)
            try:
                values.append(self._step(step, values))
            except (ZeroDivisionError, ValueError):
                values.append(Trouble.UNDECIDED)
            if self.at_kink:
                self.bent.add(place)
        return values

    def result(self) -> list[Any] | Trouble:
        last = self.values()[-1]
        if isinstance(last, Trouble):
            return last
        if isinstance(last, float):  # an infinity, which `extended` deals with
            return Trouble.SINGULAR
        if self.count == 1:
            return [last] if last.is_finite() else Trouble.UNDECIDED
        return [last[k] for k in range(min(self.count, _length(last)))]

    def _step(self, step: Step, values: list[Value]) -> Value:
        step = sharper(self.program.steps, step)
        function = step.function
        if function is None:
            return self._leaf(step)
        arguments = [values[place] for place in step.places]
        if function is elementary.WHERE:
            condition, first, second = arguments
            if isinstance(condition, Trouble):
                return first if first is second else condition
            return first if condition else second
        for argument in arguments:
            if isinstance(argument, Trouble):
                return argument
        if function.smooth:
            return self._composed(function, arguments[0])
        if function is elementary.ADD or function is elementary.SUBTRACT:
            special = self._one_plus(step, values)
            if special is not None:
                return special
        return HANDLERS[function](self, *arguments)

    def _leaf(self, step: Step) -> Value:
        if step.name == "x":
            return self.x if self.count == 1 else arb_series([self.x, 1], self.count)
        if step.name == "pi":
            number = arb.pi()
        elif step.name == "e":
            number = arb.const_e()
        elif step.name in TRUTHS:
            return TRUTHS[step.name]
        elif math.isinf(step.value):
            return step.value
        else:
            number = arb(step.value)
        return number if self.count == 1 else arb_series([number], self.count)

    def _one_plus(self, step: Step, values: list[Value]) -> Value | None:
        """1 + erf u, 1 - erf u, 1 + tanh u, 1 - tanh u, computed without cancellation."""
        found = one_plus(self.program.steps, step)
        if found is None or isinstance(values[found.place], float):
            return None
        argument = values[found.place]
        return self._composed_with(
            ONE_PLUS[found.function.name], -argument if found.minus else argument
        )

    def _composed(self, function: Elementary, argument: Value) -> Value:
        if isinstance(argument, float):  # an infinity
            return Trouble.SINGULAR
        if self.count > 1 and not self.at_kink and _is_flat(self, argument):
            # constant even if the function has no slope there: sqrt(max(x, 0)) left of 0
            value = Evaluator(self.program, self.x, 1, self.bits)._composed(function, argument[0])
            return value if isinstance(value, Trouble) else _constant(self, value)
        if function.name in DOMAINS:
            trouble = DOMAINS[function.name](self, self.leading(argument))
            if trouble is not None:
                return trouble
        return self._composed_with(getattr(taylor, function.name), argument)

    def _composed_with(self, coefficients: Callable[..., list[Any]], argument: Value) -> Value:
        if self.count == 1:
            return coefficients(argument, 1)[0]
        length = min(self.count, _length(argument))
        found = coefficients(argument[0], length)
        inner = argument - argument[0]
        total = arb_series([found[-1]], length)
        for c in found[-2::-1]:
            total = total * inner + c
        return _cut(total, length)

    def leading(self, value: Value) -> Any:
        """The value itself, without derivatives."""
        return value if self.count == 1 or isinstance(value, float) else value[0]

    def vanishes(self, ball: Any) -> bool:
        """Whether a ball is 0, or counts as 0 at this precision."""
        if ball.is_zero():
            return True
        return self.bits >= DEEP and bool(ball.contains(0)) and bool(abs(ball) < self.tiny)

    def sign(self, value: Value) -> int | Trouble:
        """-1, 0 or 1, if that is certain."""
        if isinstance(value, float):
            return 1 if value > 0 else -1
        return self.sign_of_ball(self.leading(value))

    def sign_of_ball(self, ball: Any) -> int | Trouble:
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        if self.vanishes(ball):
            return 0
        return Trouble.UNDECIDED


def _length(series: Any) -> int:
    return int(series.prec)


def _is_flat(e: Evaluator, series: Any) -> bool:
    """Whether a series is certainly a constant, rather than one that lost its other terms."""
    known = _length(series) >= e.count
    return known and all(series[k].is_zero() for k in range(1, e.count))


def _cut(series: Any, length: int) -> Any:
    return series if _length(series) <= length else arb_series(list(series)[:length], length)


ONE_PLUS = {"erf": taylor.one_plus_erf, "tanh": taylor.one_plus_tanh}


def _add(e: Evaluator, a: Value, b: Value) -> Value:
    if not isinstance(a, float) and not isinstance(b, float):
        return a + b
    infinite = [value for value in (a, b) if isinstance(value, float)]
    if len(infinite) == 2 and infinite[0] != infinite[1]:
        return Trouble.NAN
    return infinite[0]


def _multiply(e: Evaluator, a: Value, b: Value) -> Value:
    if isinstance(a, float) or isinstance(b, float):
        signs = e.sign(a), e.sign(b)
        for sign in signs:
            if isinstance(sign, Trouble):
                return sign
            if sign == 0:
                return Trouble.SINGULAR
        return math.inf if signs[0] == signs[1] else -math.inf
    return a * b


def _divide(e: Evaluator, a: Value, b: Value) -> Value:
    if isinstance(b, float):
        if isinstance(a, float):
            return Trouble.SINGULAR
        return arb(0) if e.count == 1 else arb_series([0], e.count)
    if isinstance(a, float):
        sign = e.sign(b)
        return sign if isinstance(sign, Trouble) else a * sign if sign else Trouble.SINGULAR
    if e.count == 1:
        divisor = e.sign(b)
        if divisor == 0:
            return Trouble.SINGULAR
        return a / b if not isinstance(divisor, Trouble) else divisor
    return _series_quotient(e, a, b)


def _series_quotient(e: Evaluator, a: Any, b: Any) -> Value:
    """The quotient of series; leading zeros of both cancel."""
    order = 0
    while order < _length(b) and e.vanishes(b[order]):
        order += 1
    if order == _length(b):
        return Trouble.SINGULAR
    if b[order].contains(0):
        return Trouble.UNDECIDED
    if order == 0:
        return a / b
    if e.at_kink:  # the limits of the two sides may differ
        return Trouble.SINGULAR
    length = min(_length(a), _length(b)) - order
    for k in range(min(order, _length(a))):
        if not e.vanishes(a[k]):
            return Trouble.UNDECIDED if a[k].contains(0) else Trouble.SINGULAR
    if length < 1:
        return Trouble.SINGULAR
    upper = arb_series([a[k + order] for k in range(length)], length)
    lower = arb_series([b[k + order] for k in range(length)], length)
    return upper / lower


def _constant(e: Evaluator, value: Any) -> Value:
    return value if e.count == 1 else arb_series([value], e.count)


def _whole(value: Any, e: Evaluator) -> int | None:
    """The value as an integer, if it certainly is a constant integer."""
    if isinstance(value, float):
        return None
    ball = e.leading(value)
    if e.count > 1 and not _is_flat(e, value):
        return None
    if not ball.is_exact() or not ball.is_integer() or not abs(ball) < 2**64:
        return None
    return int(ball.unique_fmpz())


def _power(e: Evaluator, a: Value, b: Value) -> Value:
    """a**b: 1 if b is 0; for b an integer by products; else exp(b log a) for a above 0."""
    exponent = _whole(b, e)
    if exponent is not None and not isinstance(a, float):
        return _whole_power(e, a, exponent)
    if isinstance(a, float) or isinstance(b, float):
        return Trouble.SINGULAR
    base = e.sign(a)
    if isinstance(base, Trouble):
        return base
    if base > 0:
        return _positive_power(e, a, b)
    power = e.sign(b)
    if isinstance(power, Trouble):
        return power
    if base == 0:
        if power < 0 or e.count > 1:
            return Trouble.SINGULAR
        return arb(0) if power else arb(1)
    # a negative base has a value if the exponent is an integer, but no derivative
    leading = e.leading(b)
    if leading.is_exact():
        if (e.count > 1 and not _is_flat(e, b)) or not leading.is_integer():
            return Trouble.NAN
        power = _positive_power(e, -a, b)
        return power if (leading / 2).is_integer() else -power
    return Trouble.UNDECIDED if leading.contains_integer() and e.bits < DEEP else Trouble.NAN


def _positive_power(e: Evaluator, a: Value, b: Value) -> Value:
    return e._composed_with(taylor.exp, _multiply(e, b, e._composed_with(taylor.log, a)))


def _whole_power(e: Evaluator, a: Value, exponent: int) -> Value:
    if exponent == 0:
        return _constant(e, arb(1))
    if e.count == 1:
        if exponent < 0:
            sign = e.sign(a)
            if isinstance(sign, Trouble):
                return sign
            if sign == 0:
                return Trouble.SINGULAR
        return a**exponent
    if abs(exponent) > 64:
        length = _length(a)
        base = e.leading(a)
        if base.contains(0):
            if not e.vanishes(base):
                return Trouble.UNDECIDED
            # the series of x^n at 0 has no terms of lower order
            if exponent > length:
                return arb_series([0], length)
            return Trouble.SINGULAR
        power = base**exponent
        return e._composed_with(lambda base, n: taylor.binomial(power, exponent, base, n), a)
    if exponent < 0:
        return _series_quotient(e, arb_series([1], e.count), _whole_power(e, a, -exponent))
    return raised(a, exponent)


def raised(a: Any, n: int) -> Any:
    """a**n for n >= 1, by repeated squaring."""
    total = a
    for bit in bin(n)[3:]:
        total = total * total
        if bit == "1":
            total = total * a
    return total


def _absolute(e: Evaluator, a: Value) -> Value:
    sign = e.sign(a)
    if isinstance(sign, Trouble):
        return sign
    if sign == 0:
        e.at_kink = True
        return _constant(e, arb(0))
    return a * sign


def _sign(e: Evaluator, a: Value) -> Value:
    sign = e.sign(a)
    e.at_kink |= sign == 0
    return sign if isinstance(sign, Trouble) else _constant(e, arb(sign))


def _stepped(name: str) -> Callable[[Evaluator, Value], Value]:
    def handler(e: Evaluator, a: Value) -> Value:
        if isinstance(a, float):
            return a
        ball = e.leading(a)
        if name == "floor":
            step = ball.floor()
        elif name == "ceil":
            step = ball.ceil()
        else:
            doubled = ball * 2
            step = (ball + arb(0.5)).floor()
            if doubled.is_exact() and doubled.is_integer() and not ball.is_integer():
                half = (ball / 2 + arb(0.25)).floor()  # ties to even
                step = half * 2
            elif not doubled.is_exact() and not step.is_exact() and e.bits >= DEEP:
                return Trouble.UNDECIDED
        e.at_kink |= bool((ball if name != "round" else ball + arb(0.5)).contains_integer())
        if not step.is_exact():
            return _near_whole(e, ball, name)
        return _constant(e, step)

    return handler


def _near_whole(e: Evaluator, ball: Any, name: str) -> Value:
    """The step at a ball within 2^-TINY_INSIDE of an integer, which counts as that integer."""
    if e.bits < DEEP:
        return Trouble.UNDECIDED
    if name == "round":
        doubled = ball * 2
        half = (doubled + arb(0.5)).floor()
        if half.is_exact() and abs(doubled - half) < e.tiny:
            even = (half / 4 + arb(0.25)).floor() * 2
            return _constant(e, even if not (half / 2).is_integer() else half / 2)
        return Trouble.UNDECIDED
    nearest = (ball + arb(0.5)).floor()
    if nearest.is_exact() and abs(ball - nearest) < e.tiny:
        return _constant(e, nearest)
    return Trouble.UNDECIDED


def _difference_sign(e: Evaluator, a: Value, b: Value) -> int | Trouble:
    """The sign of a - b; infinities of the same sign are equal."""
    if isinstance(a, float) or isinstance(b, float):
        left = a if isinstance(a, float) else 0.0
        right = b if isinstance(b, float) else 0.0
        return (left > right) - (left < right)
    return e.sign_of_ball(e.leading(a) - e.leading(b))


def _compared(holds: Callable[[float, float], bool]) -> Callable[..., Value]:
    def handler(e: Evaluator, a: Value, b: Value) -> Value:
        sign = _difference_sign(e, a, b)
        e.at_kink |= sign == 0
        return sign if isinstance(sign, Trouble) else holds(sign, 0)

    return handler


def _extreme(wanted: int) -> Callable[[Evaluator, Value, Value], Value]:
    """The minimum (-1) or maximum (1); at a tie their mean, whose derivative is that of both."""

    def handler(e: Evaluator, a: Value, b: Value) -> Value:
        sign = _difference_sign(e, a, b)
        if isinstance(sign, Trouble):
            return sign
        if sign != 0:
            return a if sign == wanted else b
        e.at_kink = True
        return a if isinstance(a, float) else (a + b) / 2

    return handler


def _clip(e: Evaluator, a: Value, low: Value, high: Value) -> Value:
    below = _difference_sign(e, a, low)
    if isinstance(below, Trouble):
        return below
    inside = low if below <= 0 else a
    above = _difference_sign(e, inside, high)
    if isinstance(above, Trouble):
        return above
    e.at_kink |= below == 0 or above == 0
    return high if above >= 0 else inside


HANDLERS: dict[Elementary, Callable[..., Value]] = {
    elementary.ADD: _add,
    elementary.SUBTRACT: lambda e, a, b: _add(e, a, -b),
    elementary.MULTIPLY: _multiply,
    elementary.DIVIDE: _divide,
    elementary.NEGATIVE: lambda e, a: -a,
    elementary.POWER_OF: _power,
    elementary.ABSOLUTE: _absolute,
    elementary.SIGN_OF: _sign,
    elementary.FLOOR: _stepped("floor"),
    elementary.CEIL: _stepped("ceil"),
    elementary.ROUND: _stepped("round"),
    elementary.MINIMUM: _extreme(-1),
    elementary.MAXIMUM: _extreme(1),
    elementary.CLIP: _clip,
    **{entry: _compared(holds) for entry, holds in COMPARED.items()},
    elementary.BOTH: lambda e, a, b: a and b,
    elementary.EITHER: lambda e, a, b: a or b,
    elementary.NEITHER: lambda e, a: not a,
}


def _positive(e: Evaluator, a: Any) -> Trouble | None:
    """The domain of a logarithm, which has a pole at 0."""
    sign = e.sign_of_ball(a)
    if isinstance(sign, Trouble):
        return sign
    return None if sign > 0 else Trouble.SINGULAR if sign == 0 else Trouble.NAN


def _not_negative(e: Evaluator, a: Any) -> Trouble | None:
    """The domain of a square root, whose derivative has a pole at 0."""
    sign = e.sign_of_ball(a)
    if isinstance(sign, Trouble):
        return sign
    if sign == 0:
        return Trouble.SINGULAR if e.count > 1 else None
    return None if sign > 0 else Trouble.NAN


def _rooted(e: Evaluator, a: Any) -> Trouble | None:
    sign = e.sign_of_ball(a)
    if isinstance(sign, Trouble):
        return sign
    return Trouble.SINGULAR if sign == 0 and e.count > 1 else None


DOMAINS: dict[str, Callable[[Evaluator, Any], Trouble | None]] = {
    "log": _positive,
    "log2": _positive,
    "log10": _positive,
    "log1p": lambda e, a: _positive(e, a + 1),
    "sqrt": _not_negative,
    "cbrt": _rooted,
    "asin": lambda e, a: _not_negative(e, 1 - abs(a)),
    "acos": lambda e, a: _not_negative(e, 1 - abs(a)),
    "atanh": lambda e, a: _positive(e, 1 - abs(a)),
    "erfinv": lambda e, a: _positive(e, 1 - abs(a)),
    "acosh": lambda e, a: _not_negative(e, a - 1),
}
