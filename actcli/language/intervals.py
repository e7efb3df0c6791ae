"""A program on many intervals at once: certain bounds on its value and derivatives.

An interval is two arrays of float64 numbers, rounded outward. Both ends are nan where there is no
value at all. Where a condition is open, the result covers both branches.

numpy's elementary functions are assumed to have a relative error of at most 2^-50.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.jets import ONE, Jet, Jets
from actcli.language.program import Program, Step

Floats = NDArray[np.float64]
#: The relative error of an elementary function.
FUNCTION = 2.0**-49
#: Functions whose relative errors grow with the square of the argument.
GROWING = ("erfc", "normal_cdf", "normal_pdf")
LARGEST = 1.7976931348623157e308


class Interval(NamedTuple):
    """All numbers from `low` to `high`, elementwise; conditions are 0 and 1."""

    low: Floats
    high: Floats


def exactly(value: float) -> Interval:
    """The interval of a single number.

    >>> exactly(0.5).high
    array(0.5)
    """
    number = np.asarray(value, np.float64)
    return Interval(number, number)


def add(a: Interval, b: Interval) -> Interval:
    low, high = a.low + b.low, a.high + b.high
    below = np.where(_exact_sum(a.low, b.low, low), low, np.nextafter(low, -np.inf))
    above = np.where(_exact_sum(a.high, b.high, high), high, np.nextafter(high, np.inf))
    # the sum of infinities of opposite signs can be any number
    empty = np.isnan(a.low) | np.isnan(b.low)
    return Interval(
        np.where(np.isnan(low) & ~empty, -np.inf, below),
        np.where(np.isnan(high) & ~empty, np.inf, above),
    )


def _exact_sum(a: Floats, b: Floats, total: Floats) -> Any:
    second = total - a
    return (a - (total - second)) + (b - second) == 0


def negative(a: Interval) -> Interval:
    return Interval(-a.high, -a.low)


def _times(a: Floats, b: Floats) -> Floats:
    return np.where((a == 0) | (b == 0), 0.0 * (np.isnan(a) | np.isnan(b)), a * b)


def _hull(candidates: Sequence[Floats], exact: Sequence[Any]) -> Interval:
    """The interval of some products or quotients, rounded outward unless they are exact."""
    pairs = list(zip(candidates, exact, strict=True))
    lows = [np.where(e, c, np.nextafter(c, -np.inf)) for c, e in pairs]
    highs = [np.where(e, c, np.nextafter(c, np.inf)) for c, e in pairs]
    return Interval(reduce(np.minimum, lows), reduce(np.maximum, highs))


def _sizes(a: Interval) -> tuple[Floats, Floats]:
    """The least and the largest magnitude in each interval."""
    small, large = np.minimum(abs(a.low), abs(a.high)), np.maximum(abs(a.low), abs(a.high))
    return np.where((a.low <= 0) & (a.high >= 0), 0.0, small), large


def multiply(a: Interval, b: Interval) -> Interval:
    if a is b:
        return square(a)
    for one, other in ((a, b), (b, a)):
        if one.low.ndim == 0 and one.low == one.high and abs(float(one.low)) == 1:
            return other if one.low > 0 else negative(other)
    pairs = [(x, y) for x in a for y in b]
    empty = np.isnan(a.low) | np.isnan(b.low)
    found = _hull([_times(x, y) for x, y in pairs], [(x == 0) | (y == 0) for x, y in pairs])
    return _nowhere(empty, found.low, found.high)


def square(a: Interval) -> Interval:
    small, large = _sizes(a)
    least = np.where(small == 0, 0.0, np.maximum(np.nextafter(small * small, -np.inf), 0.0))
    most = np.where(large == 0, 0.0, np.nextafter(large * large, np.inf))
    return Interval(np.where(np.isnan(a.low), np.nan, least), most)


def reciprocal(a: Interval) -> Interval:
    low, high = 1 / a.high, 1 / a.low
    low = np.where(a.high == 0, -np.inf, np.nextafter(low, -np.inf))
    high = np.where(a.low == 0, np.inf, np.nextafter(high, np.inf))
    low, high = (
        np.where((a.low >= 0) & (low < 0), 0.0, low),
        np.where((a.high <= 0) & (high > 0), 0.0, high),
    )
    across = (a.low < 0) & (a.high > 0)
    nothing = (a.low == 0) & (a.high == 0)
    low, high = np.where(across, -np.inf, low), np.where(across, np.inf, high)
    return _nowhere(nothing, low, high)


def divide(a: Interval, b: Interval) -> Interval:
    if a is b:
        return exactly(1.0)
    if a.low.ndim == 0 and a.low == a.high == 1:
        return reciprocal(b)
    if b.low.ndim == 0 and b.low == b.high and b.low != 0:
        pairs = [(x, b.low) for x in a]
        return _hull([x / y for x, y in pairs], [x == 0 for x, _ in pairs])
    return multiply(a, reciprocal(b))


def _widened(low: Floats, high: Floats, error: Any = FUNCTION) -> Interval:
    return Interval(
        np.where(np.isinf(low), low, low - (abs(low) * error + 1e-323)),
        np.where(np.isinf(high), high, high + (abs(high) * error + 1e-323)),
    )


def _bounded(found: Interval, least: float, most: float) -> Interval:
    return Interval(np.clip(found.low, least, most), np.clip(found.high, least, most))


INF = math.inf
#: Rising functions: the least and the largest argument, the least and the largest value.
MONOTONE: dict[str, tuple[float, float, float, float]] = {
    "exp": (-INF, INF, 0, INF),
    "exp2": (-INF, INF, 0, INF),
    "expm1": (-INF, INF, -1, INF),
    "log": (0, INF, -INF, INF),
    "log2": (0, INF, -INF, INF),
    "log10": (0, INF, -INF, INF),
    "log1p": (-1, INF, -INF, INF),
    "sqrt": (0, INF, 0, INF),
    "cbrt": (-INF, INF, -INF, INF),
    "sinh": (-INF, INF, -INF, INF),
    "tanh": (-INF, INF, -1, 1),
    "asinh": (-INF, INF, -INF, INF),
    "acosh": (1, INF, 0, INF),
    "atanh": (-1, 1, -INF, INF),
    "asin": (-1, 1, -1.5707963267948968, 1.5707963267948968),
    "atan": (-INF, INF, -1.5707963267948968, 1.5707963267948968),
    "erf": (-INF, INF, -1, 1),
    "erfinv": (-1, 1, -INF, INF),
    "normal_cdf": (-INF, INF, 0, 1),
    "logistic": (-INF, INF, 0, 1),
    "softplus": (-INF, INF, 0, INF),
}
#: The same for falling functions.
FALLING = {"acos": (-1, 1, 0, 3.1415926535897936), "erfc": (-INF, INF, 0, 2)}
#: Functions that have the sign of their argument.
SIGN_OF_ARGUMENT = (
    "sinh", "tanh", "sqrt", "cbrt", "asinh", "atan", "asin", "expm1", "log1p", "atanh", "erf",
    "erfinv",
)  # fmt: skip
#: Even functions, monotonic away from 0: the least and the largest value.
EVEN = {"cosh": (1, INF), "normal_pdf": (0, 0.3989422804014328)}


def _outside(a: Interval, start: float, end: float) -> Any:
    """Where an interval has no value, or only an end, in common with a domain."""
    alone = a.low == a.high
    inside = (a.high > start) & (a.low < end)
    return ~(inside | (alone & (a.low >= start) & (a.low <= end)))


def _function(entry: Elementary, a: Interval) -> Interval:
    name = entry.name
    if name in MONOTONE or name in FALLING:
        start, end, least, most = MONOTONE.get(name) or FALLING[name]
        empty = _outside(a, start, end)
        ends = [entry.numpy(np, np.clip(each, start, end)) for each in a]
        low, high = ends if name in MONOTONE else ends[::-1]
    elif name in EVEN:
        least, most = EVEN[name]
        empty = np.isnan(a.low)
        ends = [entry.numpy(np, size) for size in _sizes(a)]
        low, high = ends if name == "cosh" else ends[::-1]
    elif name == "tan":
        return _tangent(a)
    else:
        return _wave(a, 0.0 if name == "cos" else 0.5)
    error: Any = FUNCTION
    if name in GROWING:
        size = np.minimum(_sizes(a)[1], 1e3)
        error = 4 * FUNCTION * (1 + size * size)
    found = _bounded(_widened(np.asarray(low), np.asarray(high), error), least, most)
    if name in SIGN_OF_ARGUMENT:
        found = Interval(
            np.where(a.low >= 0, np.maximum(found.low, 0.0), found.low),
            np.where(a.high <= 0, np.minimum(found.high, 0.0), found.high),
        )
    return _nowhere(empty, found.low, found.high)


def _nowhere(empty: Any, low: Any, high: Any) -> Interval:
    """The interval without a value where it is empty."""
    return Interval(np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def _wave(a: Interval, phase: float) -> Interval:
    """cos(a) for phase 0, sin(a) for 1/2, with extrema at (k + phase) pi."""
    function = np.sin if phase else np.cos
    with np.errstate(all="ignore"):
        first, last = function(a.low), function(a.high)
        # the extrema within the interval, counted with a margin so that none is missed
        room = 1e-12
        begin = np.ceil(a.low / np.pi - phase - room - abs(a.low) * 1e-15)
        end = np.floor(a.high / np.pi - phase + room + abs(a.high) * 1e-15)
        count = end - begin + 1
        even = begin % 2 == 0
        wide = ~(count < 2) | (np.maximum(abs(a.low), abs(a.high)) > 1e12)
    low, high = np.minimum(first, last), np.maximum(first, last)
    found = _bounded(_widened(low, high), -1.0, 1.0)
    top = wide | ((count >= 1) & even)
    bottom = wide | ((count >= 1) & ~even)
    low, high = np.where(bottom, -1.0, found.low), np.where(top, 1.0, found.high)
    return _nowhere(np.isnan(a.low), low, high)


def _tangent(a: Interval) -> Interval:
    with np.errstate(all="ignore"):
        begin = np.ceil(a.low / np.pi - 0.5 - 1e-12 - abs(a.low) * 1e-15)
        end = np.floor(a.high / np.pi - 0.5 + 1e-12 + abs(a.high) * 1e-15)
        pole = ~(end < begin) | (np.maximum(abs(a.low), abs(a.high)) > 1e12)
        found = _widened(np.tan(a.low), np.tan(a.high))
    low, high = np.where(pole, -np.inf, found.low), np.where(pole, np.inf, found.high)
    return _nowhere(np.isnan(a.low), low, high)


def power(a: Interval, b: Interval) -> Interval:
    if b.low.ndim == 0 and b.low == b.high:
        exponent = float(b.low)
        if exponent.is_integer():
            return _whole_power(a, int(exponent))
        positive = Interval(np.where(a.high < 0, np.nan, np.maximum(a.low, 0.0)), a.high)
        if exponent == 0.5:
            return _function(elementary.by_name()["sqrt"], positive)
        with np.errstate(all="ignore"):
            ends = positive.low**exponent, positive.high**exponent
        low, high = ends if exponent > 0 else ends[::-1]
        return _bounded(_widened(low, high), 0.0, math.inf)
    logarithm = _function(elementary.by_name()["log"], a)
    found = _function(elementary.by_name()["exp"], multiply(b, logarithm))
    # a negative base has a value if the exponent is an integer
    below = a.low < 0
    return Interval(np.where(below, -np.inf, found.low), np.where(below, np.inf, found.high))


def _whole_power(a: Interval, n: int) -> Interval:
    if n < 0:
        return reciprocal(_whole_power(a, -n))
    if n == 0:
        return exactly(1.0)
    if n == 1:
        return a
    with np.errstate(all="ignore"):
        first, last = a.low**n, a.high**n
    if n % 2:
        return _widened_power(first, last, n, a)
    inside = (a.low <= 0) & (a.high >= 0)
    low = np.where(inside, 0.0, np.minimum(first, last))
    found = _widened_power(low, np.maximum(first, last), n, a)
    return Interval(np.maximum(found.low, 0.0), found.high)


def _widened_power(low: Floats, high: Floats, n: int, a: Interval) -> Interval:
    error = 2.0**-50
    with np.errstate(all="ignore"):
        found = Interval(
            np.where(np.isinf(low), low, low - (abs(low) * error + 5e-324)),
            np.where(np.isinf(high), high, high + (abs(high) * error + 5e-324)),
        )
    return Interval(
        np.where((a.low >= 0) & (found.low < 0), 0.0, found.low),
        np.where((a.high <= 0) & (n % 2 == 1) & (found.high > 0), 0.0, found.high),
    )


def _truths(yes: Any, no: Any) -> Interval:
    """Conditions from where they may hold and where they may fail."""
    return Interval(np.where(no, 0.0, 1.0), np.where(yes, 1.0, 0.0))


def _absolute(a: Interval) -> Interval:
    small, large = _sizes(a)
    return Interval(np.where(np.isnan(a.low), np.nan, small), large)


def _equal(a: Interval, b: Interval) -> Interval:
    same = (a.low == a.high) & (b.low == b.high) & (a.low == b.low)
    return _truths((a.low <= b.high) & (b.low <= a.high), ~same)


def _choice(condition: Interval, first: Interval, second: Interval) -> Interval:
    yes, no = condition.low > 0, condition.high < 1
    return Interval(
        np.where(yes, first.low, np.where(no, second.low, np.fmin(first.low, second.low))),
        np.where(yes, first.high, np.where(no, second.high, np.fmax(first.high, second.high))),
    )


def _both_ends(function: Callable[..., Any]) -> Callable[..., Interval]:
    return lambda *args: Interval(
        function(*(a.low for a in args)), function(*(a.high for a in args))
    )


OPERATIONS: dict[Elementary, Callable[..., Interval]] = {
    elementary.ADD: add,
    elementary.SUBTRACT: lambda a, b: exactly(0.0) if a is b else add(a, negative(b)),
    elementary.MULTIPLY: multiply,
    elementary.DIVIDE: divide,
    elementary.NEGATIVE: negative,
    elementary.POWER_OF: power,
    elementary.ABSOLUTE: _absolute,
    elementary.SIGN_OF: _both_ends(np.sign),
    elementary.FLOOR: _both_ends(np.floor),
    elementary.CEIL: _both_ends(np.ceil),
    elementary.ROUND: _both_ends(np.rint),
    elementary.MINIMUM: _both_ends(np.minimum),
    elementary.MAXIMUM: _both_ends(np.maximum),
    elementary.CLIP: _both_ends(lambda a, low, high: np.minimum(np.maximum(a, low), high)),
    elementary.LESS: lambda a, b: _truths(a.low < b.high, a.high >= b.low),
    elementary.LESS_EQUAL: lambda a, b: _truths(a.low <= b.high, a.high > b.low),
    elementary.GREATER: lambda a, b: _truths(a.high > b.low, a.low <= b.high),
    elementary.GREATER_EQUAL: lambda a, b: _truths(a.high >= b.low, a.low < b.high),
    elementary.EQUAL: _equal,
    elementary.NOT_EQUAL: lambda a, b: Interval(1 - _equal(a, b).high, 1 - _equal(a, b).low),
    elementary.BOTH: _both_ends(np.minimum),
    elementary.EITHER: _both_ends(np.maximum),
    elementary.NEITHER: lambda a: Interval(1 - a.high, 1 - a.low),
    elementary.WHERE: _choice,
}
CONSTANTS = {
    "pi": Interval(np.array(math.pi), np.array(math.nextafter(math.pi, 4))),
    "e": Interval(np.array(math.e), np.array(math.nextafter(math.e, 3))),
    "true": exactly(1.0),
    "false": exactly(0.0),
}


def _interval(value: Any) -> Interval:
    return value if isinstance(value, Interval) else exactly(value)


def apply(function: Elementary, arguments: Sequence[Any]) -> Interval:
    """One function of intervals; plain numbers are exact."""
    known = [_interval(argument) for argument in arguments]
    if function in OPERATIONS:
        found = OPERATIONS[function](*known)
    else:
        found = _function(function, known[0])
    # an infinite end stands for finite numbers of any size
    return Interval(
        np.where(found.low == np.inf, LARGEST, found.low),
        np.where(found.high == -np.inf, -LARGEST, found.high),
    )


def leaf(step: Step) -> Interval:
    """A number or constant of a program."""
    return CONSTANTS[step.name] if step.name else exactly(step.value)


def _bell(a: Interval) -> Interval:
    """e^a/(1 + e^a)^2, an even function that falls away from 0."""
    high, low = (e / ((1 + e) * (1 + e)) for e in (np.exp(-size) for size in _sizes(a)))
    return _bounded(_widened(low, high), 0.0, 0.25)


class IntervalJets(Jets):
    """Value and derivatives on intervals."""

    def __init__(self) -> None:
        super().__init__(leaf, apply)

    def _rate(self, function: Elementary, k: int, names: Mapping[str, Jet], order: int) -> Jet:
        """The derivative of a function; for sigmoids by formulas with tight intervals."""
        if function.name == "softplus":
            if order == 1:
                return (_function(elementary.LOGISTIC, names["u"][0]),)
            return self._step(elementary.LOGISTIC, [names["u"]], order)
        if function.name not in ("tanh", "logistic"):
            return super()._rate(function, k, names, order)
        u = names["u"]
        value = _function(function, u[0])
        if function.name == "tanh":
            slope = multiply(exactly(4.0), _bell(add(u[0], u[0])))
            factor = multiply(exactly(-2.0), value)
        else:
            slope = _bell(u[0])
            factor = negative(_function(elementary.by_name()["tanh"], multiply(u[0], exactly(0.5))))
        # s' = factor s u', s'' = factor' s u' + factor s' u' + factor s u''
        jet: Jet = (slope,)
        if order > 1 and u[1] is not None:
            first = _interval(u[1])
            rate = multiply(multiply(factor, slope), first)
            jet = (slope, rate)
            if order > 2:
                double = exactly(-2.0)
                second = add(
                    multiply(multiply(multiply(double, slope), slope), square(first)),
                    multiply(multiply(factor, rate), first),
                )
                if u[2] is not None:
                    bend = multiply(multiply(factor, slope), _interval(u[2]))
                    second = add(second, bend)
                jet = (*jet, second)
        return (*jet, *(None,) * (order - len(jet)))


JETS = IntervalJets()


def enclosures(program: Program, low: Floats, high: Floats, count: int) -> list[Interval]:
    """Intervals that contain the value and derivatives at every x in each interval.

    >>> from actcli.language.parser import parse_tree
    >>> from actcli.language.program import build
    >>> value, slope = enclosures(build(parse_tree("x*x"), {}), np.array([1.0]), np.array([2.0]), 2)
    >>> value.low.round(9), slope.high.round(9)
    (array([1.]), array([4.]))
    """
    with np.errstate(all="ignore"):
        found = JETS.evaluate(program, {"x": (Interval(low, high), ONE, *(None,) * 2)}, count)
    return [
        Interval(*(np.broadcast_to(end, low.shape) for end in _interval(0.0 if p is None else p)))
        for p in found
    ]


def all_steps(program: Program, given: Mapping[str, Interval]) -> list[Interval]:
    """The results of all steps, given the intervals of names."""
    results: list[Interval] = []
    with np.errstate(all="ignore"):
        for step in program.steps:
            if step.function is None:
                results.append(given[step.name] if step.name in given else leaf(step))
            else:
                results.append(apply(step.function, [results[p] for p in step.places]))
    return results
