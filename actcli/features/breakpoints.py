"""Breakpoints of a program: the certified roots of the expressions that its branches depend on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from actcli.features.curve import Breakpoint
from actcli.features.pieces import WHOLE, breaking, frozen
from actcli.language import balls, elementary
from actcli.language.intervals import Interval, all_steps, apply
from actcli.language.jets import ARGUMENTS
from actcli.language.parser import Names, parse_tree
from actcli.language.program import Program, Step, build
from actcli.numerics.dtypes import DTYPES
from actcli.numerics.places import Places, numbers, places

Floats = NDArray[np.float64]
MOST = 4096
#: All finite numbers of float32.
REACH = 3.4028234663852886e38
#: The most intervals that are halved at once; those nearest to 0 are kept.
WAITING = 5 * MOST
#: Intervals are divided into MANY parts at once while there are FEWER: each pass has its price.
FEWER, MANY = 64, 16
#: The number of orders compared on both sides of a breakpoint.
ORDERS = 8
#: Bits to which breakpoints that are not float64 numbers are located, if there are at most FEW.
CLOSE, FEW = 400, 64
TINY = 1e-100
FLOAT64 = DTYPES["float64"]


class Breaks(NamedTuple):
    """The breakpoints in order and the pieces between; with `more`, only those nearest to 0."""

    points: tuple[Breakpoint, ...]
    orders: tuple[int, ...]  # the first derivative that changes at each, 0 being the value
    pieces: tuple[tuple[float, float, Program | None], ...]
    more: bool


def find_breaks(program: Program, low: float = -REACH, high: float = REACH) -> Breaks:
    """The breakpoints between two numbers.

    >>> from actcli.language.parser import parse_tree
    >>> found = find_breaks(build(parse_tree("abs(x - 1) + abs(x)*0"), {}))
    >>> [(point.x, point.left_derivative, point.right_derivative) for point in found.points]
    [(1.0, -1.0, 1.0)]
    """
    steps = breaking(program)
    if not steps:
        return Breaks((), (), ((low, high, program),), False)
    clusters, more = _clusters(program, steps, low, high)
    many = len(clusters) > FEW
    points: list[Breakpoint] = []
    orders: list[int] = []
    pieces: list[tuple[float, float, Program | None]] = []
    start = low
    for cluster in clusters:
        left, right = (frozen(program, end) for end in cluster)
        if left is None or right is None:
            continue
        if left == right and _alike_at(program, left, cluster):
            continue
        root, x = _root(program, steps, cluster, many)
        found = _break(program, left, right, root, x)
        if found is not None:
            points.append(found[0])
            orders.append(found[1])
            pieces.append((start, x, left))
            start = x
    last = clusters[-1][1] if clusters else _between(low, high)
    pieces.append((start, high, frozen(program, last)))
    return Breaks(tuple(points), tuple(orders), tuple(pieces), more)


def _between(left: float, right: float) -> float:
    """A number between two, with few digits."""
    if left < 0 < right:
        return 0.0 if min(-left, right) > 1e-30 else (right / 2 if right > -left else left / 2)
    middle = left / 2 + right / 2
    if left * right > 0 and max(abs(left), abs(right)) > 4 * min(abs(left), abs(right)):
        middle = math.copysign(math.sqrt(abs(left)) * math.sqrt(abs(right)), left)
    elif left == 0 or right == 0:
        middle = math.copysign(min(1.0, abs(left + right) / 2), left + right)
    return middle if left < middle < right else left


def _clusters(
    program: Program, steps: list[int], low: float, high: float
) -> tuple[list[tuple[float, float]], bool]:
    """Short intervals, in order, outside which no branch that matters changes."""
    powers = [2.0**k for k in range(-149, 129, 4)]
    start = sorted({low, 0.0, high, *powers, *(-p for p in powers)})
    edges = np.array([edge for edge in start if low <= edge <= high])
    left, right = places(edges[:-1], FLOAT64), places(edges[1:], FLOAT64)
    more = False
    while len(left):
        crossing = _crossing(program, steps, numbers(left, FLOAT64), numbers(right, FLOAT64))
        left, right = left[crossing], right[crossing]
        if not (right - left > 1).any():
            break
        if len(left) > WAITING:
            near = np.minimum(abs(numbers(left, FLOAT64)), abs(numbers(right, FLOAT64)))
            kept = np.sort(np.argsort(near, kind="stable")[:WAITING])
            left, right, more = left[kept], right[kept], True
        left, right = _divided(left, right, MANY if len(left) < FEWER else 2)
    clusters: list[tuple[float, float]] = []
    lows, highs = numbers(left, FLOAT64), numbers(right, FLOAT64)
    for a, b in zip(lows.tolist(), highs.tolist(), strict=True):
        if clusters and a <= math.nextafter(clusters[-1][1], math.inf):
            clusters[-1] = (clusters[-1][0], b)
        else:
            clusters.append((a, b))
    if len(clusters) > MOST:
        clusters = sorted(sorted(clusters, key=lambda c: min(map(abs, c)))[:MOST])
        more = True
    return [(_below(a), _above(b)) for a, b in clusters], more


def _divided(left: Places, right: Places, parts: int) -> tuple[Places, Places]:
    """The intervals in about so many parts each, as far as there are places between."""
    steps = np.arange(parts + 1)
    length = (right - left)[:, None]
    edges = left[:, None] + length // parts * steps + length % parts * steps // parts
    left, right = edges[:, :-1].ravel(), edges[:, 1:].ravel()
    return left[left < right], right[left < right]


def _below(x: float) -> float:
    return math.nextafter(x, -math.inf) if x else -1e-300


def _above(x: float) -> float:
    return math.nextafter(x, math.inf) if x else 1e-300


def _crossing(program: Program, steps: list[int], low: Floats, high: Floats) -> Any:
    """The intervals in which a branch that matters may change."""
    values = all_steps(program, {"x": Interval(low, high)})
    needed = _needed_where(program, values, low.shape)
    crossing = np.zeros(low.shape, np.bool_)
    for place in steps:
        step = program.steps[place]
        arguments = _separated(program, step, values)
        assert step.function is not None
        for formula in step.function.breaks:
            found = _applied(formula, arguments)
            here = (found.low <= 0) & (found.high >= 0) & ~((found.low == 0) & (found.high == 0))
            crossing |= here & needed[place]
    return crossing


def _separated(program: Program, step: Step, values: list[Interval]) -> list[Interval]:
    """The arguments of a step; of x + a < b the arguments of x < b - a, which does not cancel."""
    arguments = [values[place] for place in step.places]
    if len(arguments) != 2 or step.function in (elementary.BOTH, elementary.EITHER):
        return arguments
    for sum_, other in ((0, 1), (1, 0)):
        inner = program.steps[step.places[sum_]]
        if inner.function is not elementary.ADD or not _constant(arguments[other]):
            continue
        for kept, moved in (inner.places, inner.places[::-1]):
            if _constant(values[moved]):
                arguments[sum_] = values[kept]
                arguments[other] = apply(elementary.SUBTRACT, [arguments[other], values[moved]])
                return arguments
    return arguments


def _constant(values: Interval) -> bool:
    """Whether a step has the same value everywhere."""
    return all(bool(np.isfinite(end).all()) and float(np.ptp(end)) == 0 for end in values)


def _applied(formula: str, arguments: list[Interval]) -> Interval:
    return all_steps(_read(formula), dict(zip(ARGUMENTS, arguments, strict=False)))[-1]


@cache
def _read(formula: str) -> Program:
    return build(parse_tree(formula, Names(variables=ARGUMENTS, open_=False)), {}, ARGUMENTS)


def _needed_where(program: Program, values: list[Interval], shape: tuple[int, ...]) -> list[Any]:
    """For each step, the intervals on which the result depends on it."""
    needed: list[Any] = [np.zeros(shape, np.bool_) for _ in program.steps]
    needed[-1] = np.ones(shape, np.bool_)
    for place in range(len(program.steps) - 1, -1, -1):
        step = program.steps[place]
        for argument, taken in zip(step.places, _taken(step, values), strict=True):
            needed[argument] = needed[argument] | (needed[place] & taken)
    return needed


def _taken(step: Any, values: list[Interval]) -> list[Any]:
    """For each argument of a step, the intervals on which the step depends on it."""
    arguments = [values[p] for p in step.places]
    if step.function is elementary.WHERE:
        return [True, arguments[0].high > 0, arguments[0].low < 1]
    if step.function is elementary.MULTIPLY:  # by 0
        return [~((other.low == 0) & (other.high == 0)) for other in arguments[::-1]]
    if step.function in (elementary.BOTH, elementary.EITHER):
        a, b = arguments
        if step.function is elementary.BOTH:
            return [b.high > 0, a.high > 0]
        return [b.low < 1, a.low < 1]
    return [True] * len(arguments)


def _alike_at(program: Program, piece: Program, cluster: tuple[float, float]) -> bool:
    """Whether the program agrees with the piece throughout a cluster."""
    return all(
        _alike(nearest_value(program, x, order), nearest_value(piece, x, order))
        for x in _inside(cluster)
        for order in (0, 1)
    )


def _inside(cluster: tuple[float, float]) -> Iterator[float]:
    low, high = cluster
    if low < 0 < high:
        yield 0.0
        return
    x = math.nextafter(low, math.inf)
    for _ in range(64):
        if x >= high:
            return
        yield x
        x = math.nextafter(x, math.inf)


def about_value(program: Program, x: float, order: int) -> float:
    """A value to a few digits, nan if that takes many bits."""
    with balls.LOCK:
        for bits in (128, 512):
            found = balls.evaluate(program, arb(x), order + 1, bits)
            if isinstance(found, balls.Trouble) or len(found) <= order:
                continue
            if found[order].rel_accuracy_bits() > 20:
                return float(found[order].mid()) * math.factorial(order)
    return math.nan


def nearest_value(program: Program, x: float, order: int) -> float:
    """The correctly rounded float64 value."""
    from actcli.numerics.certified import nearest_number, true_value

    return float(nearest_number(true_value(program, x, order, FLOAT64), FLOAT64))


def as_float(value: Any) -> float:
    """A limit, a ball or a float, as the float64 in its middle."""
    return value if isinstance(value, float) else float(value.mid()) + 0.0


def _root(
    program: Program, steps: list[int], cluster: tuple[float, float], rough: bool
) -> tuple[Any, float]:
    """Where in a cluster the branches change: a ball (None if a float64), and the float64."""
    low, high = cluster
    if low < 0 < high:
        return None, 0.0
    with balls.LOCK:
        before = _decisions(program, steps, arb(low), 256)
        previous = low
        for x in [*_inside(cluster), high]:
            here = _decisions(program, steps, arb(x), 256)
            if here != before:
                for candidate in (x, previous):  # ceil changes after an integer
                    if _at_root(program, steps, candidate):
                        return None, candidate
                if rough:
                    return None, x
                ball = _followed(program, steps, previous, x, before)
                return ball, float(ball.mid())
            previous = x
    middle = list(_inside(cluster))
    return None, middle[len(middle) // 2]


def _followed(program: Program, steps: list[int], low: float, high: float, before: Any) -> Any:
    """The root between two neighbouring numbers, to many bits, by bisection."""
    flint.ctx.prec = CLOSE + 100
    a, b = arb(low), arb(high)
    for _ in range(CLOSE // 2):
        middle = (a + b) / 2
        same = _decisions(program, steps, middle, CLOSE + 100) == before
        a, b = (middle, b) if same else (a, middle)
    flint.ctx.prec = CLOSE + 100
    return (a + b) / 2


def _decisions(program: Program, steps: list[int], x: Any, bits: int) -> list[Any]:
    """The signs of the expressions that branches depend on at x. The lock must be held."""
    flint.ctx.prec = bits
    evaluator = balls.Evaluator(program, x, 1, bits)
    values = evaluator.values()
    signs: list[Any] = []
    for place in steps:
        step = program.steps[place]
        arguments = [values[p] for p in step.places]
        if any(isinstance(argument, balls.Trouble) for argument in arguments):
            signs.append(None)
        elif step.function in (elementary.FLOOR, elementary.CEIL, elementary.ROUND):
            value = values[place]
            exact = not isinstance(value, balls.Trouble | float) and value.is_exact()
            exact = exact and bool(abs(value) < WHOLE)
            signs.append(int(value.unique_fmpz()) if exact else None)
        elif step.function in (elementary.ABSOLUTE, elementary.SIGN_OF):
            signs.append(evaluator.sign(arguments[0]))
        else:
            first = arguments[0]
            signs += [balls._difference_sign(evaluator, first, other) for other in arguments[1:]]
    return signs


def _at_root(program: Program, steps: list[int], x: float) -> bool:
    """Whether a branch changes exactly at x, according to the last precision."""
    left, here, right = (
        _decisions(program, steps, arb(x) + shift, CLOSE + 100)
        for shift in (-arb((1, -CLOSE)) * abs(x), 0, arb((1, -CLOSE)) * abs(x))
    )
    return left != right or here != left


def _break(
    program: Program, left: Program, right: Program, root: Any, x: float
) -> tuple[Breakpoint, int] | None:
    """The breakpoint at x and the first order that changes there, if any does."""
    ends = [_end(piece, root, x, side) for piece, side in ((left, -1), (right, 1))]
    value = nearest_value(program, x, 0) + 0.0
    (left_value, left_slope, left_more), (right_value, right_slope, right_more) = ends
    if left_more is not None and right_more is not None:
        pairs = enumerate(zip(left_more, right_more, strict=False))
        changed = next((k for k, (a, b) in pairs if not _together(a, b)), ORDERS)
    else:
        bends = (_limit(left, x, -1, 2), _limit(right, x, 1, 2))
        sides = ((left_value, right_value), (left_slope, right_slope), bends)
        changed = next((k for k, (a, b) in enumerate(sides) if not _alike(a, b)), ORDERS)
    if root is None and not _alike(value, left_value) and not _alike(value, right_value):
        changed = 0
    slope = nearest_value(program, x, 1) + 0.0
    if changed == ORDERS and root is None and _alike(left_slope, right_slope):
        if _alike(slope, left_slope):
            return None
        changed = 1  # only at the point itself, by convention
    if changed == ORDERS:
        return None
    point = Breakpoint(x, value, slope, left_value, right_value, left_slope, right_slope)
    return point, changed


def _alike(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def _together(a: Any, b: Any) -> bool:
    return bool(abs(a - b) < arb((1, -100)) * (abs(a) + abs(b) + arb((1, -100))))


def _end(piece: Program, root: Any, x: float, side: int) -> tuple[float, float, Any]:
    """The limits of value and derivative of a piece at its end, and its series if it has one."""
    with balls.LOCK:
        found = balls.evaluate(piece, arb(x) if root is None else root, ORDERS, CLOSE + 100)
        if isinstance(found, balls.Trouble) or not all(c.is_finite() for c in found):
            return _limit(piece, x, side, 0), _limit(piece, x, side, 1), None
        return _nearest(found[0]), _nearest(found[1]), found


def _nearest(ball: Any) -> float:
    return 0.0 if abs(ball) < arb((1, 40 - CLOSE // 2)) else float(ball.mid()) + 0.0


def _limit(piece: Program, x: float, side: int, order: int) -> float:
    """The limit of one order at x from one side, where there is no series."""
    from actcli.numerics import limits
    from actcli.numerics.certified import nearest_number

    with balls.LOCK:
        found = limits.followed(piece, x, side, order)
    return float(nearest_number(found, FLOAT64)) + 0.0
