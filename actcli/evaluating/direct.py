"""Functions computed in the dtype itself, exactly or with a single rounding at the end.

relu and its kin, shrinkage and the like are choices between constants, x, and one sum or product of
these. IEEE 754 rounds such an operation correctly, so nothing wider is needed if the dtype holds
the constants.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.jets import ONE, Jets
from actcli.language.program import Program, Step
from actcli.numerics.dtypes import Array, DType


class NotDirectError(Exception):
    """There is more than one rounding, or a constant that the dtype does not hold."""


class Value(NamedTuple):
    """An array or a constant, and whether it has been rounded."""

    number: Any
    rounded: bool = False


def direct(program: Program, orders: Sequence[int], dtype: DType) -> Direct | None:
    """The program in the dtype itself, if that gives every order correctly rounded."""
    found = Direct(program, dtype)
    probe = np.array([-1.5, 0.5, 3.0], dtype.numpy)
    try:
        found(orders, probe, [np.empty_like(probe) for _ in orders])
    except NotDirectError:
        return None
    return found


class Direct:
    """A program evaluated at numbers of the dtype that are finite and not 0."""

    def __init__(self, program: Program, dtype: DType) -> None:
        self.program = program
        self.number = dtype.numpy.type
        self.bits = dtype.unsigned
        self.jets = Jets(self._leaf, self._apply)

    def __call__(self, orders: Sequence[int], x: Array, results: Sequence[Array]) -> None:
        count = max(orders) + 1
        jet = self.jets.evaluate(self.program, {"x": (Value(x), ONE, None)[:count]}, count)
        for order, result in zip(orders, results, strict=True):
            part = jet[order]
            result[...] = 0 if part is None else self._value(part).number

    @staticmethod
    def special(x: Array) -> NDArray[np.intp]:
        """The places of zeros, infinities and nan, for which formulas have their own rules."""
        size = np.abs(x)
        usual = size > 0
        usual &= size < math.inf
        return np.flatnonzero(~usual) if not usual.all() else np.empty(0, np.intp)

    def _leaf(self, step: Step) -> Any:
        if step.name in ("true", "false"):
            return step.name == "true"
        if step.name:
            raise NotDirectError
        return self._value(step.value)

    def _value(self, part: Any) -> Value:
        if isinstance(part, Value):
            return part
        if not isinstance(part, float) or float(self.number(part)) != part:
            raise NotDirectError
        return Value(part)

    def _apply(self, function: Elementary, arguments: Sequence[Any]) -> Any:
        if function is elementary.WHERE:
            condition, first, second = arguments
            if isinstance(condition, bool):
                return first if condition else second
            one, other = self._value(first), self._value(second)
            return Value(self._chosen(condition, one, other), one.rounded or other.rounded)
        if function.conditions:
            return function.numpy(np, *arguments)
        values = [self._value(argument) for argument in arguments]
        if function.condition or function is elementary.SIGN_OF:
            if any(value.rounded for value in values):
                raise NotDirectError
            found = function.numpy(np, *(value.number for value in values))
            return found if function.condition else Value(found)
        if function in MONOTONE:
            found = function.numpy(np, *map(self._typed, values))
            return Value(found, any(value.rounded for value in values))
        if function in OPERATIONS:
            return OPERATIONS[function](*values)
        raise NotDirectError

    def _chosen(self, condition: NDArray[np.bool_], one: Value, other: Value) -> Array:
        """np.where by bits, since np.where branches on each number, which processors mispredict."""
        first, second = (np.asarray(self._typed(value)).view(self.bits) for value in (one, other))
        mask = condition.astype(self.bits)
        np.negative(mask, out=mask)
        mask &= first ^ second
        mask ^= second
        return mask.view(self.number)

    def _typed(self, value: Value) -> Any:
        return value.number if isinstance(value.number, np.ndarray) else self.number(value.number)


#: Operations that commute with rounding.
MONOTONE = (
    elementary.NEGATIVE,
    elementary.ABSOLUTE,
    elementary.MINIMUM,
    elementary.MAXIMUM,
    elementary.CLIP,
)


def _once(operation: Callable[[Any, Any], Any], a: Value, b: Value) -> Value:
    """An operation that rounds, on operands that have not been rounded."""
    if a.rounded or b.rounded or not isinstance(a.number + b.number, np.ndarray):
        raise NotDirectError
    return Value(operation(a.number, b.number), rounded=True)


def _is(value: Value, constant: float) -> bool:
    return not isinstance(value.number, np.ndarray) and bool(value.number == constant)


def _add(a: Value, b: Value) -> Value:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return _once(np.add, a, b)


def _subtract(a: Value, b: Value) -> Value:
    return a if _is(b, 0) else _once(np.subtract, a, b)


def _multiply(a: Value, b: Value) -> Value:
    for one, other in ((a, b), (b, a)):
        if _is(one, 0):
            return Value(0.0)
        if _is(one, 1):
            return other
        if _is(one, -1):
            return other._replace(number=-other.number)
    return _once(np.multiply, a, b)


def _divide(a: Value, b: Value) -> Value:
    return a if _is(b, 1) else _once(np.divide, a, b)


def _power(a: Value, b: Value) -> Value:
    if _is(b, 1):
        return a
    if _is(b, 0):
        return Value(1.0)
    if _is(b, 2):
        return _once(np.multiply, a, a)
    raise NotDirectError


OPERATIONS: dict[Elementary, Callable[..., Value]] = {
    elementary.ADD: _add,
    elementary.SUBTRACT: _subtract,
    elementary.MULTIPLY: _multiply,
    elementary.DIVIDE: _divide,
    elementary.POWER_OF: _power,
}
