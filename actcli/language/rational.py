"""Programs of sums, products, quotients and choices, evaluated exactly in rational numbers.

This is for programs with many ties; `actcli.language.exact` takes every program, but is slow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpq_series

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.program import Program
from actcli.language.straight import COMMON, UnclearError, leading


class Rational:
    """A program prepared for `count` coefficients of its series."""

    def __init__(self, program: Program, count: int) -> None:
        self.count = count
        #: Results of steps that do not depend on x; the others are computed in order.
        self.values: list[Any] = []
        self.points: list[int] = []
        self.steps: list[tuple[int, Callable[..., Any], tuple[int, ...]]] = []
        fixed: list[bool] = []
        for place, step in enumerate(program.steps):
            value = None
            if step.name == "x":
                self.points.append(place)
            elif step.function is None:
                value = self._constant(step.name, step.value)
            elif all(fixed[p] for p in step.places):
                value = OPERATIONS[step.function](*[self.values[p] for p in step.places])
            elif step.function is elementary.POWER_OF and not fixed[step.places[1]]:
                raise KeyError(step.function)
            else:
                self.steps.append((place, OPERATIONS[step.function], step.places))
            fixed.append(value is not None)
            self.values.append(value)

    def _constant(self, name: str, value: float) -> Any:
        if name in ("true", "false"):
            return name == "true"
        if name or not math.isfinite(value):
            raise KeyError(name)
        return self._lifted(fmpq(*value.as_integer_ratio()))

    def _lifted(self, *coefficients: Any) -> Any:
        if self.count == 1:
            return coefficients[0]
        return fmpq_series([*coefficients], 1, self.count)

    def __call__(self, x: float) -> Any:
        """The last coefficient at x; None if this arithmetic does not give it."""
        point = self._lifted(fmpq(*x.as_integer_ratio()), 1)
        values = self.values.copy()
        for place in self.points:
            values[place] = point
        try:
            for place, function, places in self.steps:
                values[place] = function(*[values[p] for p in places])
        except (UnclearError, ZeroDivisionError, ValueError):
            return None
        last = values[-1]
        if self.count == 1:
            return last
        return last[self.count - 1] if last.prec >= self.count else None


@lru_cache(maxsize=64)
def rational(program: Program, order: int) -> Rational | None:
    """The program prepared for a derivative; None if it has other operations."""
    try:
        return Rational(program, order + 1)
    except (KeyError, UnclearError, ZeroDivisionError, ValueError):
        return None


def _divide(a: Any, b: Any) -> Any:
    if leading(b) == 0:
        raise UnclearError
    return a / b


def _power(a: Any, b: Any) -> Any:
    exponent = leading(b)
    if exponent != 2:
        raise UnclearError
    return a * a


#: As for balls, except for conditions that those leave undecided.
OPERATIONS: dict[Elementary, Callable[..., Any]] = {
    **COMMON,
    elementary.DIVIDE: _divide,
    elementary.POWER_OF: _power,
    elementary.EQUAL: lambda a, b: leading(a) == leading(b),
    elementary.NOT_EQUAL: lambda a, b: leading(a) != leading(b),
}
