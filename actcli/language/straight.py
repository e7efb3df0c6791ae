"""A fast path of ball arithmetic, for the many points where nothing is special.

Each step is one operation of flint on a ball or a series, in a plain loop. A point outside the
domain, at a pole, undecided or merely imprecise gives a ball that is too wide, or no result;
`actcli.language.balls` then looks closer. Every ball contains the true value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import flint
from flint import arb, arb_series, fmpq_series

from actcli.language import elementary
from actcli.language.balls import Evaluator, Trouble, raised
from actcli.language.elementary import Elementary
from actcli.language.program import Program, Step
from actcli.language.uncancelled import one_plus, sharper


class UnclearError(Exception):
    """A branch that cannot be chosen at this precision."""


#: Errors of a series without a value, and of an infinity, which is not a ball.
NOTHING = (UnclearError, ValueError, ZeroDivisionError, TypeError, AttributeError)


class Straight:
    """A program prepared for one precision and one length of series. The lock must be held."""

    def __init__(self, program: Program, count: int, bits: int) -> None:
        self.count = count
        flint.ctx.prec = bits
        evaluator = Evaluator(program, arb(0), count, bits)
        table = SCALAR if count == 1 else SERIES
        self.registers: list[Any] = []
        self.code: list[tuple[Callable[..., Any], int, tuple[int, ...]]] = []
        self.x = [place for place, step in enumerate(program.steps) if step.name == "x"]
        self.possible = True
        constant: list[bool] = []
        for place, step in enumerate(program.steps):
            fixed = step.function is None and step.name != "x"
            fixed = fixed or (step.function is not None and all(constant[p] for p in step.places))
            constant.append(fixed)
            value: Any = None
            if fixed:
                try:
                    value = evaluator._step(step, self.registers)
                except NOTHING:
                    value = Trouble.UNDECIDED
                if isinstance(value, Trouble):
                    self.possible = False
            elif step.function is not None:
                self._compile(place, sharper(program.steps, step), program, table)
            self.registers.append(value)

    def _compile(
        self, place: int, step: Step, program: Program, table: dict[Elementary, Any]
    ) -> None:
        function, places = step.function, step.places
        assert function is not None
        found = one_plus(program.steps, step)
        if found is not None and found.function.name == "erf":
            whole = (lambda u: u.erfc()) if found.minus else (lambda u: (-u).erfc())
            self.code.append((whole, place, (found.place,)))
        elif function in table:
            self.code.append((table[function], place, places))
        else:
            self.possible = False

    def __call__(self, x: Any) -> list[Any] | None:
        """The coefficients at the ball x, which may be too wide; None if there are none."""
        registers = self.registers.copy()
        point = x if self.count == 1 else arb_series([x, 1], self.count)
        for place in self.x:
            registers[place] = point
        try:
            for function, place, places in self.code:
                registers[place] = function(*[registers[p] for p in places])
        except NOTHING:
            return None
        last = registers[-1]
        if isinstance(last, float):
            return None
        if self.count == 1:
            return [last]
        if last.prec < self.count:
            return None
        return [last[k] for k in range(self.count)]


@lru_cache(maxsize=64)
def straight(program: Program, count: int, bits: int) -> Straight | None:
    """The program prepared, if it has only operations of the fast path."""
    prepared = Straight(program, count, bits)
    return prepared if prepared.possible else None


def _clip(a: Any, low: Any, high: Any) -> Any:
    # an infinite end is a float
    inside = low if not isinstance(low, float) and _less_equal(a, low) else a
    return high if not isinstance(high, float) and _less_equal(high, inside) else inside


def _less(a: Any, b: Any) -> bool:
    a, b = leading(a), leading(b)
    if a < b:
        return True
    if a >= b:
        return False
    raise UnclearError


def _less_equal(a: Any, b: Any) -> bool:
    return not _less(b, a)


def _equal(a: Any, b: Any) -> bool:
    a, b = leading(a), leading(b)
    if a < b or a > b:
        return False
    if (a - b).is_zero():
        return True
    raise UnclearError


def leading(value: Any) -> Any:
    """The constant term of a series, or a number itself."""
    return value[0] if isinstance(value, arb_series | fmpq_series) else value


def _in_order(a: Any, b: Any) -> tuple[Any, Any]:
    """The smaller and the larger of two."""
    first, second = leading(a), leading(b)
    if first < second:
        return a, b
    if second < first:
        return b, a
    raise UnclearError


def _absolute(a: Any) -> Any:
    value = leading(a)
    if value > 0:
        return a
    if value < 0:
        return -a
    raise UnclearError


def _whole_power(a: Any, b: Any) -> Any:
    exponent = leading(b)
    if exponent.is_exact() and exponent.is_integer() and 0 < exponent <= 64:
        n = int(exponent.unique_fmpz())
        if isinstance(a, arb_series):
            if any(not b[k].is_zero() for k in range(1, b.prec)):
                raise UnclearError
            return raised(a, n)
        return a**n
    raise UnclearError


def _divide(a: Any, b: Any) -> Any:
    if b[0].contains(0):
        raise UnclearError
    return a / b


def _beginning(first: Any, series: Any) -> Any:
    """A series with a more precise first coefficient."""
    return arb_series([first, *list(series)[1:]], series.prec)


def _logistic(u: Any) -> Any:
    if leading(u) < 0:
        e = u.exp()
        return e / (1 + e)
    return 1 / (1 + (-u).exp())


def _softplus(u: Any) -> Any:
    return u + (-u).exp().log1p() if u > 0 else u.exp().log1p()


def _softplus_series(u: Any) -> Any:
    above = bool(u[0] > 0)
    e = (-u if above else u).exp()
    found = _beginning(e[0].log1p(), (e + 1).log())
    return u + found if above else found


COMMON: dict[Elementary, Callable[..., Any]] = {
    elementary.ADD: operator.add,
    elementary.SUBTRACT: operator.sub,
    elementary.MULTIPLY: operator.mul,
    elementary.DIVIDE: operator.truediv,
    elementary.NEGATIVE: operator.neg,
    elementary.POWER_OF: _whole_power,
    elementary.ABSOLUTE: _absolute,
    elementary.MINIMUM: lambda a, b: _in_order(a, b)[0],
    elementary.MAXIMUM: lambda a, b: _in_order(a, b)[1],
    elementary.WHERE: lambda condition, a, b: a if condition else b,
    elementary.CLIP: _clip,
    elementary.LESS: _less,
    elementary.LESS_EQUAL: _less_equal,
    elementary.GREATER: lambda a, b: _less(b, a),
    elementary.GREATER_EQUAL: lambda a, b: _less_equal(b, a),
    elementary.EQUAL: _equal,
    elementary.NOT_EQUAL: lambda a, b: not _equal(a, b),
    elementary.BOTH: lambda a, b: a and b,
    elementary.EITHER: lambda a, b: a or b,
    elementary.NEITHER: operator.not_,
}


#: Functions that flint has under our names, for balls and series, and those for balls alone.
OF_BOTH = ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "erf", "erfc")
OF_BALLS = ("expm1", "log1p", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")
_NORMAL: dict[str, Callable[[Any], Any]] = {
    "normal_cdf": lambda u: (u * (-(arb(1) / 2).sqrt())).erfc() / 2,
    "normal_pdf": lambda u: (u * u * -0.5).exp() / (2 * arb.pi()).sqrt(),
}
_SCALAR = {**_NORMAL, **{name: getattr(arb, name) for name in (*OF_BOTH, *OF_BALLS)}}
_SERIES: dict[str, Callable[[Any], Any]] = {
    **_NORMAL,
    **{name: getattr(arb_series, name) for name in OF_BOTH},
    "expm1": lambda u: _beginning(u[0].expm1(), u.exp()),
    "log1p": lambda u: _beginning(u[0].log1p(), (u + 1).log()),
    "sinh": lambda u: (u.exp() - (-u).exp()) / 2,
    "cosh": lambda u: (u.exp() + (-u).exp()) / 2,
    "tanh": lambda u: 1 - 2 / ((2 * u).exp() + 1),
}
SCALAR: dict[Elementary, Callable[..., Any]] = {
    **COMMON,
    elementary.LOGISTIC: _logistic,
    elementary.SOFTPLUS: _softplus,
    **{elementary.by_name()[name]: function for name, function in _SCALAR.items()},
}
SERIES: dict[Elementary, Callable[..., Any]] = {
    **COMMON,
    elementary.DIVIDE: _divide,
    elementary.LOGISTIC: _logistic,
    elementary.SOFTPLUS: _softplus_series,
    **{elementary.by_name()[name]: function for name, function in _SERIES.items()},
}
